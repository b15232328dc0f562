"""What studies look like: measures over parameters, parallel coordinates, surfaces, sensitivities, searches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError, UnknownName
from flowcfd.studies.measured import Measured, Outcome, Parameter, gather, matched
from flowcfd.studies.picture import BLUE, GREY, HEIGHT, ORANGE, PIXELS, RED, WIDTH, Picture
from flowcfd.studies.point import Measure

if TYPE_CHECKING:
    from flowcfd.studies.optimum import Optimum
    from flowcfd.studies.sensitivity import Sensitivity
    from flowcfd.studies.study import Study
    from flowcfd.studies.surface import Surface

KINDS = ("scatter", "parallel")
FINE, COARSE = 200, 60
COLOURS = "viridis"


def _size(backend: str, width: float = WIDTH, height: float = HEIGHT) -> dict[str, Any]:
    """The options that give a drawing so many inches."""
    if backend == "bokeh":
        return {"width": round(width * PIXELS), "height": round(height * PIXELS)}
    return {"aspect": width / height, "fig_inches": (width, height)}


def study(of: Study, measures: Sequence[Measure], *, kind: str = "scatter") -> Picture:
    """Measures over each parameter that varies; or one line a point over all of them. Failed points are red."""
    if kind not in KINDS:
        raise UnknownName("kind", kind, KINDS, where="plot")
    if not measures:
        raise CaseError("plot: needs one measure or more, such as study.plot('body.Cd')")
    known: dict[Any, Any] = {}
    found = [gather(of, measure, known) for measure in measures]
    for one in found:
        one.require(1, "plot")
    words = f"{', '.join(one.measure for one in found)} of {of.name}"
    if kind == "parallel":
        return Picture(lambda backend: _parallel(found, backend), words, scale=found[-1].label)
    return Picture(lambda backend: _scatter(found, backend), words=words)


def surface(of: Surface, over: Sequence[str], at: Mapping[str, object]) -> Picture:
    """A surface over one or two parameters, with the points; the others as `at` says, or in the middle."""
    names = [matched(of.parameters, one) for one in over] or list(of.parameters[:2])
    if len(names) > 2:
        raise CaseError(f"plot: a surface is drawn over one or two parameters (got {', '.join(over)})")
    middle = {one.path: 0.5 * (one.low + one.high) for one in of.parameters}
    for name, value in at.items():
        one = matched(of.parameters, name)
        middle[one.path] = one.si(value)
    draw = _curve if len(names) == 1 else _contours
    words = f"{of.measured.measure} over {' and '.join(one.name for one in names)}"
    scale = of.measured.label if len(names) == 2 else ""
    return Picture(lambda backend: draw(of, names, middle, backend), words, scale=scale)


def sensitivity(of: Sensitivity) -> Picture:
    """Bars of the effects with their bands, the greatest first."""
    return Picture(lambda backend: _bars(of, backend), words=f"sensitivity of {of.measure}")


def search(of: Optimum) -> Picture:
    """The values in the order of the points, and the best so far."""
    return Picture(lambda backend: _history(of, backend), words=f"search of {of.measure}")


def _hv() -> Any:
    return import_module("holoviews")


def _opts(made: Any, backend: str, *, sized: bool = True, bokeh: Mapping[str, Any] | None = None,
          matplotlib: Mapping[str, Any] | None = None, **both: Any) -> Any:  # fmt: skip
    own = (bokeh if backend == "bokeh" else matplotlib) or {}
    room = _size(backend) if sized else {}
    return made.opts(**{**both, **room, **own}, backend=backend)


def _dots(rows: Any, labels: tuple[str, str], backend: str, *, colour: str, label: str, cross: bool = False) -> Any:
    made = _hv().Scatter(rows, labels[0], labels[1], label=label)
    sign = "X" if cross else "o"
    return _opts(
        made, backend, color=colour, sized=False,
        bokeh={"size": 9 if cross else 7, "marker": "x" if cross else "circle", "line_width": 2 if cross else 1},
        matplotlib={"s": 45 if cross else 20, "marker": sign, "linewidth": 1.8 if cross else 0.5},
    )  # fmt: skip


def _missing(found: Measured, parameter: Parameter) -> list[float]:
    """Where points failed; those that wait or run are not there yet."""
    return [float(one.values[parameter.path]) for one in found.outcomes if _failed(one)]


def _failed(one: Outcome) -> bool:
    return one.value is None and one.state in ("Failed", "Lost", "Cancelled", "Stopped", "Done")


def _scatter(found: Sequence[Measured], backend: str) -> Any:
    """Panels: a row a measure, a column a parameter."""
    panels = [_panel(one, parameter, backend) for one in found for parameter in one.parameters]
    if len(panels) == 1:
        return panels[0]
    made = _hv().Layout(panels).cols(len(found[0].parameters))
    return _opts(made, backend, sized=False, shared_axes=False,
                 matplotlib={"sublabel_format": "", "hspace": 0.45, "vspace": 0.45, "tight": True})  # fmt: skip


def _panel(found: Measured, parameter: Parameter, backend: str) -> Any:
    labels = parameter.label, found.label
    column = [one.path for one in found.parameters].index(parameter.path)
    at, values, bands = found.inputs[:, column], found.values, found.bands
    made = _dots((at, values), labels, backend, colour=BLUE, label="computed")
    if np.isfinite(bands).any():
        bars = _hv().ErrorBars((at, values, np.nan_to_num(bands)), labels[0], [labels[1], "band"])
        made = _opts(bars, backend, sized=False, bokeh={"line_color": BLUE}, matplotlib={"color": BLUE}) * made
    failed = _missing(found, parameter)
    if failed:
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        floor = low - 0.08 * ((high - low) or abs(low) or 1.0)
        made = made * _dots((failed, [floor] * len(failed)), labels, backend, colour=RED, label="failed", cross=True)
        return _opts(made, backend, show_legend=True, legend_position="top", padding=0.08)
    return _opts(made, backend, show_legend=False, padding=0.08, title="")


def _parallel(found: Sequence[Measured], backend: str) -> Any:
    """One line a point through the shares of the ranges of parameters and measures, coloured by the last measure."""
    hv, first = _hv(), found[0]
    labels = [*(one.label for one in first.parameters), *(one.label for one in found)]
    rows = np.array([
        [*(float(one.values[parameter.path]) for parameter in first.parameters),
         *(math.nan if each.outcomes[n].value is None else float(each.outcomes[n].value) for each in found)]  # type: ignore[arg-type]
        for n, one in enumerate(first.outcomes)
    ])  # fmt: skip
    low, high = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
    shares = (rows - low) / np.where(high > low, high - low, 1.0)
    places = np.arange(len(labels), dtype=float)
    lines = [{"at": places, "share": row, "value": full[-1]} for row, full in zip(shares, rows, strict=True)
             if np.isfinite(row).all()]  # fmt: skip
    made = _opts(hv.Contours(lines, ["at", "share"], "value"), backend, cmap=COLOURS, colorbar=backend == "bokeh",
                 clabel=labels[-1], sized=False, bokeh={"line_width": 2}, matplotlib={"linewidth": 1.4})  # fmt: skip
    lost = [{"at": places[np.isfinite(row)], "share": row[np.isfinite(row)]} for row, one in
            zip(shares, first.outcomes, strict=True) if _failed(one)]  # fmt: skip
    if lost:
        made = made * _opts(hv.Path(lost, ["at", "share"], label="failed"), backend, color=RED, sized=False,
                            bokeh={"line_dash": "dashed"}, matplotlib={"linestyle": "--"})  # fmt: skip
    for place, bottom, top in zip(places, low, high, strict=True):
        made = made * _opts(hv.VLine(place), backend, sized=False, color=GREY, alpha=0.5,
                            bokeh={"line_width": 1}, matplotlib={"linewidth": 0.8})  # fmt: skip
        for height, text in ((-0.06, f"{bottom:.4g}"), (1.06, f"{top:.4g}")):
            words = hv.Text(place + 0.03, height, text, halign="left", fontsize=8)
            made = made * _opts(words, backend, sized=False, color=GREY)
    return _opts(
        made, backend, sized=False, xticks=list(zip(places, labels, strict=True)), yaxis=None, xlabel="",
        xlim=(-0.35, places[-1] + 0.35), ylim=(-0.14, 1.14), show_legend=False,
        **_size(backend, 2 * WIDTH, 1.1 * HEIGHT),
    )  # fmt: skip


def _rows(of: Surface, middle: Mapping[str, float], columns: Mapping[str, Any], count: int) -> Any:
    return np.column_stack([columns.get(one.path, np.full(count, middle[one.path])) for one in of.parameters])


def _aside(of: Surface, middle: Mapping[str, float], names: Sequence[Parameter]) -> str:
    """Where the other parameters stand."""
    shown = {one.path for one in names}
    return ", ".join(f"{one.name} = {one.shown(middle[one.path])}" for one in of.parameters if one.path not in shown)


def _curve(of: Surface, names: Sequence[Parameter], middle: Mapping[str, float], backend: str) -> Any:
    hv, one = _hv(), names[0]
    at = np.linspace(one.low, one.high, FINE)
    mean, band = of.at(_rows(of, middle, {one.path: at}, FINE))
    labels = one.label, of.measured.label
    area = hv.Area((at, mean - band, mean + band), labels[0], [labels[1], "top"], label="95 %")
    made = _opts(area, backend, sized=False, alpha=0.2, bokeh={"line_alpha": 0, "fill_color": BLUE},
                 matplotlib={"facecolor": BLUE, "edgecolor": "none"})  # fmt: skip
    made = made * _opts(hv.Curve((at, mean), *labels, label="surface"), backend, sized=False, color=BLUE)
    if len(of.parameters) == 1:
        made = made * _dots(
            (of.measured.inputs[:, 0], of.measured.values), labels, backend, colour=ORANGE, label="computed"
        )
        failed = _missing(of.measured, one)
        if failed:
            floor = [float(min(of.measured.values.min(), (mean - band).min()))] * len(failed)
            made = made * _dots((failed, floor), labels, backend, colour=RED, label="failed", cross=True)
    return _opts(made, backend, title=_aside(of, middle, names), show_legend=True, padding=0.05,
                 legend_position="top")  # fmt: skip


def _contours(of: Surface, names: Sequence[Parameter], middle: Mapping[str, float], backend: str) -> Any:
    hv, (one, other) = _hv(), names
    x, y = (np.linspace(each.low, each.high, COARSE) for each in names)
    across, up = np.meshgrid(x, y)
    mean, _ = of.at(_rows(of, middle, {one.path: across.ravel(), other.path: up.ravel()}, across.size))
    made = _opts(hv.Image((x, y, mean.reshape(across.shape)), [one.label, other.label], of.measured.label), backend,
                 sized=False, cmap=COLOURS, colorbar=backend == "bokeh", clabel=of.measured.label)  # fmt: skip
    lines = hv.operation.contours(made, levels=8)
    lines = _opts(lines, backend, sized=False, cmap=["white"], alpha=0.6, show_legend=False,
                  bokeh={"line_width": 1}, matplotlib={"linewidth": 0.8})  # fmt: skip
    paths = [each.path for each in of.parameters]
    done = of.measured.inputs[:, [paths.index(one.path), paths.index(other.path)]]
    dots = hv.Points(done, [one.label, other.label])
    dots = _opts(dots, backend, sized=False, color="white", bokeh={"size": 7, "line_color": "black"},
                 matplotlib={"s": 28, "edgecolor": "black", "linewidth": 0.8})  # fmt: skip
    made = made * lines * dots
    failed = [
        (float(each.values[one.path]), float(each.values[other.path])) for each in of.measured.outcomes if _failed(each)
    ]
    if failed:
        crosses = hv.Points(failed, [one.label, other.label])
        made = made * _opts(crosses, backend, sized=False, color=RED,
                            bokeh={"size": 10, "marker": "x", "line_width": 3},
                            matplotlib={"s": 60, "marker": "X", "edgecolor": "white", "linewidth": 0.6})  # fmt: skip
    return _opts(made, backend, sized=False, title=_aside(of, middle, names), show_legend=False,
                 **_size(backend, 1.3 * WIDTH, 1.1 * HEIGHT))  # fmt: skip


def _bars(of: Sensitivity, backend: str) -> Any:
    """Points of the two numbers of each parameter, one above the other, with their bands."""
    hv = _hv()
    names = [one.parameter.name for one in of.effects]
    kinds = ("S1, alone", "ST, with others") if of.method == "sobol" else ("mu*, mean", "sigma, scatter")
    places = np.arange(len(names))[::-1].astype(float)
    axis = (
        "share of the variance" if of.method == "sobol" else f"step over the range{f' [{of.unit}]' if of.unit else ''}"
    )
    made = None
    for kind, colour, shift in zip(kinds, (BLUE, ORANGE), (0.19, -0.19), strict=True):
        values = [one.first if kind == kinds[0] else one.total for one in of.effects]
        bands = [one.first_band if kind == kinds[0] else one.total_band for one in of.effects]
        boxes = [(min(0.0, value), place + shift - 0.16, max(0.0, value), place + shift + 0.16)
                 for value, place in zip(values, places, strict=True)]  # fmt: skip
        bar = _opts(hv.Rectangles(boxes, [axis, "y", "x1", "y1"], label=kind), backend, sized=False, color=colour,
                    bokeh={"line_alpha": 0}, matplotlib={"edgecolor": "none"})  # fmt: skip
        made = bar if made is None else made * bar
        whiskers = [[(value - band, place + shift), (value + band, place + shift)]
                    for value, band, place in zip(values, bands, places, strict=True) if band is not None]  # fmt: skip
        if whiskers:
            made = made * _opts(hv.Path(whiskers, [axis, "y"]), backend, sized=False, color=GREY, show_legend=False,
                                bokeh={"line_width": 2}, matplotlib={"linewidth": 1.6})  # fmt: skip
    return _opts(made, backend, yticks=list(zip(places, names, strict=True)), ylabel="", xlabel=axis,
                 ylim=(-0.6, len(names) - 0.4), show_legend=True,
                 legend_position="top", matplotlib={"legend_cols": 2}, bokeh={"legend_cols": 2})  # fmt: skip


def _history(of: Optimum, backend: str) -> Any:
    hv, found = _hv(), of.surface.measured
    labels = "point", found.label
    first = len(of.study.designed)
    done = [(one.number, float(one.value)) for one in found.outcomes if one.value is not None]
    parts = [
        ("design", GREY, [one for one in done if one[0] < first]),
        ("proposed", BLUE, [one for one in done if one[0] >= first]),
    ]
    pick = np.maximum if of.largest else np.minimum
    numbers, values = (np.array(column) for column in zip(*done, strict=True))
    made = _opts(hv.Curve((numbers, pick.accumulate(values)), *labels, label="best so far"), backend, sized=False,
                 color=ORANGE, interpolation="steps-post")  # fmt: skip
    for label, colour, rows in parts:
        if rows:
            made = made * _dots(rows, labels, backend, colour=colour, label=label)
    failed = [one.number for one in found.outcomes if _failed(one)]
    if failed:
        made = made * _dots(
            (failed, [float(values.min())] * len(failed)), labels, backend, colour=RED, label="failed", cross=True
        )
    return _opts(
        made,
        backend,
        show_legend=True,
        padding=0.06,
        legend_position="top",
    )

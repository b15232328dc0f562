"""The plots of a dashboard: one source of data, so what is chosen in one is chosen in the other by the page itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bokeh.core.properties import value
from bokeh.models import BasicTicker, ColumnDataSource, HoverTool, Range1d, TapTool
from bokeh.plotting import figure

from flowcfd.post.open import results
from flowcfd.widgets.dashboard.gathered import Gathered, Row
from flowcfd.widgets.dashboard.marks import mark

HEIGHT = 270
INK, MUTED, LINE, ACCENT = "#1d2733", "#5b6673", "#d8dee6", "#0b6bcb"
SERIES = ("#0b6bcb", "#c0392b", "#1a7f4b", "#9a6700", "#6b4fbb", "#0f7c8a", "#a3386c", "#5b6673")
VIEW = 600
"""Height of what is seen of the chosen point [pixels]."""
LINES = 1500
"""A curve is drawn by at most so many points."""


def columns(now: Gathered, across: str, up: str, names: Sequence[str]) -> dict[str, Any]:
    """The columns of both plots: x and y of the marks, and for each row the line through all its scaled values."""
    scales = {name: Scale([now.value(row, name) for row in now.rows]) for name in {across, up, *names}}
    lines = [[scales[name].share(now.value(row, name)) for name in names] for row in now.rows]
    return {
        "x": [scales[across].number(now.value(row, across)) for row in now.rows],
        "y": [scales[up].number(now.value(row, up)) for row in now.rows],
        "xs": [list(range(len(names))) for _ in now.rows],
        "ys": lines,
        "name": [row.name for row in now.rows],
        "values": [_told(now, row) for row in now.rows],
        "colour": [mark(row)[0] for row in now.rows],
    }


class Scale:
    """The range of a column; texts are counted in the order in which they come."""

    def __init__(self, values: Sequence[float | str]) -> None:
        self.texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
        numbers = [number for number in map(self.number, values) if math.isfinite(number)]
        self.low, self.high = (min(numbers), max(numbers)) if numbers else (0.0, 0.0)

    def number(self, value: float | str) -> float:
        """Where it lies on an axis."""
        return float(self.texts.index(value)) if isinstance(value, str) else float(value)

    def share(self, value: float | str) -> float:
        """0 at the least, 1 at the largest value; the middle where all are equal."""
        number = self.number(value)
        if self.high == self.low:
            return 0.5 if math.isfinite(number) else math.nan
        return (number - self.low) / (self.high - self.low)

    def told(self, value: float) -> str:
        """An end of the range in words."""
        if self.texts:
            return self.texts[int(value)][:14]
        return f"{value:.3g}"


def _told(now: Gathered, row: Row) -> str:
    shown = []
    for name in (*now.parameters, *now.measures):
        value = now.value(row, name)
        if isinstance(value, str) or math.isfinite(value):
            shown.append(f"{now.titled(name)}: {value if isinstance(value, str) else f'{value:.5g}'}")
    return "\n".join(shown)


def scatter(source: ColumnDataSource) -> Any:
    """A mark for each row, in the colour of its verdict."""
    plot = _figure()
    plot.scatter(
        "x", "y", source=source, size=11, fill_color="colour", line_color="#ffffff", fill_alpha=0.9,
        selection_line_color=INK, selection_line_width=2.5, selection_fill_alpha=1.0, nonselection_fill_alpha=0.45,
        nonselection_line_color="#ffffff",
    )  # fmt: skip
    return plot


def parallel(source: ColumnDataSource) -> Any:
    """A line for each row through all that differs among them."""
    # No DataRange1d: when data come it takes up again the ends that it had when the page was made.
    plot = _figure()
    plot.x_range, plot.y_range = Range1d(start=-0.35, end=0.35), Range1d(start=-0.12, end=1.12)
    plot.multi_line(
        "xs", "ys", source=source, line_color="colour", line_width=2, line_alpha=0.7, selection_line_width=4.5,
        selection_line_alpha=1.0, nonselection_line_alpha=0.3,
    )  # fmt: skip
    plot.yaxis.visible = False
    plot.ygrid.visible = False
    plot.xgrid.grid_line_color = "#9aa5b1"
    ends = ColumnDataSource({"x": [], "y": [], "text": [], "baseline": []})
    plot.text(
        "x", "y", text="text", source=ends, text_baseline="baseline", text_align="center", text_color=MUTED,
        text_font_size="12px", text_font=value("system-ui"), level="overlay",
    )  # fmt: skip
    plot.tags = [ends]
    return plot


def name_axes(plot: Any, now: Gathered, across: str, up: str) -> None:
    """Say what is over what; texts stand at their numbers."""
    for axis, name in ((plot.xaxis[0], across), (plot.yaxis[0], up)):
        axis.axis_label = now.titled(name)
        texts = Scale([now.value(row, name) for row in now.rows]).texts if name else []
        axis.ticker = list(range(len(texts))) if texts else BasicTicker()
        axis.major_label_overrides = {number: text[:18] for number, text in enumerate(texts)}


def name_columns(plot: Any, now: Gathered, names: Sequence[str]) -> None:
    """The axes of the parallel plot: names below, the ends of each range on it."""
    axis = plot.xaxis[0]
    axis.ticker = list(range(len(names)))
    lower = "\n" if len(names) > 4 else ""  # every second name a line below, where they stand close
    axis.major_label_overrides = {n: f"{lower if n % 2 else ''}{now.titled(name)}" for n, name in enumerate(names)}
    end = max(1, len(names)) - 0.65
    plot.x_range.update(start=-0.35, end=end, reset_start=-0.35, reset_end=end)
    scales = [Scale([now.value(row, name) for row in now.rows]) for name in names]
    places = range(len(names))
    plot.tags[0].data = {
        "x": [*places, *places],
        "y": [-0.03] * len(names) + [1.03] * len(names),
        "text": [one.told(one.low) for one in scales] + [one.told(one.high) for one in scales],
        "baseline": ["top"] * len(names) + ["bottom"] * len(names),
    }


def residuals(run: str) -> Any:
    """Initial residuals over iterations or time, a curve for each field."""
    import holoviews as hv

    hv.extension("bokeh", logo=False)
    table = results(Path(run), wait=False).residuals
    step = max(1, math.ceil(len(table) / LINES))
    over = "Time" if table.index.name is None else str(table.index.name)
    curves = {}
    for number, name in enumerate(table.columns):
        values = table[name].where(table[name] > 0).iloc[::step]
        curve = hv.Curve((values.index.to_numpy(), values.to_numpy()), over, "initial residual", label=str(name))
        curves[str(name)] = curve.opts(color=SERIES[number % len(SERIES)], line_width=1.6)
    return hv.Overlay(list(curves.values())).opts(
        logy=True, height=VIEW, responsive=True, legend_position="top_right", hooks=[_calm], toolbar=None,
        show_grid=True, xlabel="iteration" if _steady(run) else "time [s]", ylabel="initial residual",
    )  # fmt: skip


def _steady(run: str) -> bool:
    from flowcfd.post import setup

    return setup.steady(results(Path(run), wait=False).case)


def _calm(plot: Any, _: Any) -> None:
    _style(plot.state)


def _figure() -> Any:
    plot = figure(
        height=HEIGHT, sizing_mode="stretch_width", tools="pan,box_zoom,wheel_zoom,reset", toolbar_location="right"
    )
    plot.add_tools(TapTool(), HoverTool(tooltips="<b>@name</b><div style='white-space:pre'>@values</div>"))
    _style(plot)
    return plot


def _style(plot: Any) -> None:
    plot.outline_line_color = None
    plot.background_fill_color = plot.border_fill_color = "#ffffff"
    plot.toolbar.logo = None
    for axis in plot.axis:
        axis.axis_line_color, axis.major_tick_line_color, axis.minor_tick_line_color = LINE, LINE, None
        axis.major_label_text_color = axis.axis_label_text_color = MUTED
        axis.major_label_text_font = axis.axis_label_text_font = "system-ui"
        axis.major_label_text_font_size = axis.axis_label_text_font_size = "12px"
        axis.axis_label_text_font_style = "normal"
    plot.grid.grid_line_color = "#eef1f5"

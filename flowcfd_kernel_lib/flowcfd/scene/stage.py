"""The stage: what the layers of a scene show, gathered and put onto a plotter with its scales and words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flowcfd.errors import CaseError
from flowcfd.scene.coarse import coarse, triangles
from flowcfd.scene.colours import ACCENT, PAPER
from flowcfd.scene.paint import Paint

WIDTH = 1000
"""The width of a picture whose size is not given [pixels]."""
SCALE = 62
"""Height of the scales of colours [pixels] in a picture of the usual size."""
LABELS = 5
"""Numbers beside a scale of colours."""


@dataclass
class Stage:
    """A plotter with the things on it, and the scales of their colours."""

    plotter: Any
    ink: str
    unit: Callable[[str], str]
    span: Callable[[Paint], tuple[float, float]]
    """The range of a paint over all times."""
    paper: str = PAPER
    shown: list[tuple[Any, Paint, bool, dict[str, Any]]] = field(default_factory=list)
    plain_shown: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    names: dict[str, tuple[np.ndarray, str]] = field(default_factory=dict)
    """Patches by name: where the name stands [m], and the colour."""
    marks: list[tuple[Any, list[str]]] = field(default_factory=list)
    spared: int = 0
    """Triangles that were left out."""

    def paint(self, dataset: Any, paint: Paint, *, vector: bool, edges: bool, opacity: float) -> None:
        """Keep a thing; the range of its colours is that of all things of its paint."""
        values = paint.chosen(np.asarray(dataset[paint.field], np.float64))
        bare = dataset.copy(deep=False)
        on_points = paint.field in dataset.point_data
        bare.clear_data()
        (bare.point_data if on_points else bare.cell_data)["shown"] = values
        self.shown.append((bare, paint, vector, {"show_edges": edges, "opacity": opacity}))

    def plain(self, dataset: Any, *, colour: str, edges: bool, opacity: float, width: float) -> None:
        """Keep a thing of one colour."""
        how = {"color": colour or self.ink, "show_edges": edges, "opacity": opacity, "line_width": width}
        self.plain_shown.append((dataset, how))

    def patch(self, dataset: Any, *, name: str, colour: str, edges: bool, opacity: float) -> None:
        """Keep a patch: its far side, and the near one so thin that what is behind is seen."""
        centres = np.asarray(dataset.cell_centers().points, float)
        middle = np.linalg.norm(centres - centres.mean(axis=0), axis=1).argmin()  # on the patch, also on one around all
        self.names[name] = centres[middle], colour
        how = {"color": colour, "edge_color": "#404a55", "ambient": 0.35, "diffuse": 0.7}
        if dataset.n_lines:
            self.plain_shown.append((dataset, {**how, "line_width": 5, "opacity": opacity}))
            return
        self.plain_shown.append((dataset, {**how, "culling": "front", "show_edges": edges, "opacity": opacity}))
        self.plain_shown.append((dataset, {**how, "culling": "back", "opacity": 0.12 * opacity}))

    def mark(self, places: Any, words: Sequence[str]) -> None:
        """Keep points with words beside them."""
        self.marks.append((np.asarray(places, float), list(words)))

    def lighten(self, most: int) -> None:
        """Leave at most about so many triangles, each thing its share."""
        before = [triangles(one) for one in self.things]
        if sum(before) <= most:
            return
        self.spared = sum(before) - most
        share = most / sum(before)
        self.shown = [(_lighter(one, share), *rest) for one, *rest in self.shown]
        self.plain_shown = [(_lighter(one, share), how) for one, how in self.plain_shown]

    @property
    def things(self) -> list[Any]:
        """All that is shown."""
        return [dataset for dataset, *_ in (*self.shown, *self.plain_shown)]

    @property
    def box(self) -> np.ndarray:
        """(low, high) in x, y and z of all that is shown (3, 2) [m]."""
        boxes = np.array([thing.bounds for thing in self.things]).reshape(-1, 3, 2)
        return np.stack([boxes[:, :, 0].min(axis=0), boxes[:, :, 1].max(axis=0)], axis=1)

    def put(self, front: np.ndarray) -> None:
        """Everything onto the plotter, with one scale for each paint; lines are moved by `front`, to be seen."""
        kinds = list(dict.fromkeys((paint, vector) for _, paint, vector, _ in self.shown))
        for number, (paint, vector) in enumerate(kinds):
            mine = [(dataset, how) for dataset, own, _, how in self.shown if own == paint]
            low, high = self._range(paint, [np.asarray(dataset["shown"]) for dataset, _ in mine])
            if vector and paint.component == "magnitude" and paint.range in (None, "times"):
                low = max(low, 0.0)  # around a single value there is room, but not below zero
            for dataset, how in mine:
                lines = bool(dataset.n_lines) if hasattr(dataset, "n_lines") else False
                last = self.plotter.add_mesh(
                    dataset.translate(front, inplace=False) if lines else dataset,
                    scalars="shown", cmap=paint.colours, clim=(low, high), log_scale=paint.log,
                    show_scalar_bar=False, line_width=2 if lines else 1, edge_color="#404a55", n_colors=256,
                    lighting=None if dataset.n_cells and not lines and not _flat(dataset) else False,
                    smooth_shading=False, ambient=0.35, diffuse=0.7, nan_color="#8a8f98", **how,
                )  # fmt: skip
            bar = self._scale(last.mapper, paint.label(self.unit(paint.field), vector=vector), number, len(kinds))
            if not paint.log:
                _label(bar, low, high)
        for dataset, how in self.plain_shown:
            lines = bool(getattr(dataset, "n_lines", 0))
            moved = dataset.translate(front, inplace=False) if lines else dataset
            self.plotter.add_mesh(moved, lighting=False if lines or _flat(dataset) else None, pickable=not lines, **how)
        for places, words in self.marks:
            self._mark(places + front, words)
        for name, (place, colour) in self.names.items():
            self._mark(place[None] + front, [name], colour)

    def _mark(self, places: Any, words: list[str], colour: str = ACCENT) -> None:
        size = letters(13, self.plotter.window_size[0])
        self.plotter.add_point_labels(
            places, words, font_size=size, text_color=self.ink, point_color=colour, point_size=10, shape="rounded_rect",
            shape_color=self.paper, shape_opacity=0.8, margin=3, render_points_as_spheres=True, always_visible=True,
            reset_camera=False, pickable=False, bold=False, justification_horizontal="left",
            justification_vertical="bottom",
        )  # fmt: skip

    def _range(self, paint: Paint, values: list[Any]) -> tuple[float, float]:
        if paint.range is not None and paint.range != "times":
            return paint.range
        if paint.range == "times":
            values = [np.array(self.span(paint))]
        known = np.concatenate([one[np.isfinite(one)] for one in values])
        if paint.log:
            known = known[known > 0]
        if not len(known):
            raise CaseError(f"color: {paint.field} has no value that can be shown" + (" on a log scale" * paint.log))
        low, high = (float(one) for one in np.percentile(known, (0, 100) if paint.range == "times" else (1, 99)))
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            low, high = float(known.min()), float(known.max())
        room = 0.5 * abs(low) or 0.5
        return (low, high) if high > low else (low - room, high + room)

    def _scale(self, mapper: Any, label: str, number: int, count: int) -> Any:
        import pyvista

        width, height = self.plotter.window_size
        text = letters(15, width)
        bar = self.plotter.add_scalar_bar(
            title=f"{label}\n", mapper=mapper, color=self.ink, fmt="%.3g", n_labels=LABELS, width=0.8 / count - 0.05,
            height=scale_height(width) / height, position_x=0.125 + number * 0.8 / count, position_y=0.01,
            title_font_size=text, label_font_size=text, font_family="arial", unconstrained_font_size=True,
        )  # fmt: skip
        paper = pyvista.Color(self.paper).float_rgb
        for words in (bar.GetTitleTextProperty(), bar.GetLabelTextProperty()):  # read on a field that fills the picture
            words.SetBackgroundColor(*paper)
            words.SetBackgroundOpacity(0.7)
        return bar


def ticks(low: float, high: float) -> tuple[list[float], str]:
    """The numbers beside a scale, without the dust of their arithmetic, and the format that tells them apart.

    The middle of a symmetric range is 0, not the 2e-08 of its arithmetic; a small range about a large value has digits
    enough to be seen.
    """
    step = (high - low) / (LABELS - 1)
    fine, large = (math.floor(math.log10(size)) for size in (step, max(abs(low), abs(high))))
    places = [min(max(round(low + n * step, 6 - fine) + 0.0, low), high) for n in range(LABELS)]
    return places, f"%.{max(3, large - fine + 2)}g"


def _label(bar: Any, low: float, high: float) -> None:
    from vtkmodules.vtkCommonCore import vtkDoubleArray

    places, form = ticks(low, high)
    values = vtkDoubleArray()
    for place in places:
        values.InsertNextValue(place)
    bar.SetCustomLabels(values)
    bar.UseCustomLabelsOn()
    bar.SetLabelFormat(form)


def letters(size: float, width: int) -> int:
    """The height of letters [pixels] in a picture of a width, from that in a usual one; small ones stay readable."""
    return round(size * _times(width))


def scale_height(width: int) -> float:
    """The height of a scale of colours with its letters [pixels] in a picture of a width."""
    return SCALE * _times(width)


def _times(width: int) -> float:
    times = width / WIDTH
    return times if times > 1 else float(times**0.5)


def _flat(dataset: Any) -> bool:
    box = np.array(dataset.bounds)
    spans = box[1::2] - box[0::2]
    return bool(spans.min() <= 1e-6 * max(spans.max(), 1e-300))


def _lighter(dataset: Any, share: float) -> Any:
    """A share of its triangles; small things stay as they are."""
    count = triangles(dataset)
    return dataset if count < 2000 else coarse(dataset, max(1000, round(share * count)))

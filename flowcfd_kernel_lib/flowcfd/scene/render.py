"""Draw a scene: as a picture, as vectors, as a page that turns, as a file of VTK."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError
from flowcfd.picture import Picture
from flowcfd.scene.camera import Camera
from flowcfd.scene.layers import AXES, Layer, Outline, Slice, Surface, Vector
from flowcfd.scene.paint import Paint

if TYPE_CHECKING:
    from flowcfd.scene.scene import Scene

INK, PAPER = "#1d2733", "#ffffff"
LIGHT, NIGHT = "#e6e9ed", "#14181d"
BODY = "#c3cad3"
WIDTH, LEAST, MOST = 1000, 140, 560
"""The width of a picture whose size is not given [pixels], and what its height without the scales may be."""
SCALE = 62
"""Height of the scales of colours [pixels] in a picture of the usual size."""
NO_WASM = "VTK_WASM_DIR_OVERRIDE"
TITLE = 34
"""Height of a title [pixels]."""


@dataclass
class Stage:
    """A plotter with the things on it, and the scales of their colours."""

    plotter: Any
    ink: str
    unit: Callable[[str], str]
    shown: list[tuple[Any, Paint, bool, dict[str, Any]]] = field(default_factory=list)
    plain_shown: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def paint(self, dataset: Any, paint: Paint, *, vector: bool, edges: bool, opacity: float) -> None:
        """Keep a thing; the range of its colours is that of all things of its paint."""
        values = np.asarray(dataset[paint.field], np.float64)
        if vector:
            one = paint.component
            values = np.linalg.norm(values, axis=1) if one == "magnitude" else values[:, "xyz".index(one)]
        bare = dataset.copy(deep=False)
        on_points = paint.field in dataset.point_data
        bare.clear_data()
        (bare.point_data if on_points else bare.cell_data)["shown"] = values
        self.shown.append((bare, paint, vector, {"show_edges": edges, "opacity": opacity}))

    def plain(self, dataset: Any, *, colour: str, edges: bool, opacity: float, width: float) -> None:
        """Keep a thing of one colour."""
        how = {"color": colour or self.ink, "show_edges": edges, "opacity": opacity, "line_width": width}
        self.plain_shown.append((dataset, how))

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
            for dataset, how in mine:
                lines = bool(dataset.n_lines) if hasattr(dataset, "n_lines") else False
                last = self.plotter.add_mesh(
                    dataset.translate(front, inplace=False) if lines else dataset,
                    scalars="shown", cmap=paint.colours, clim=(low, high), log_scale=paint.log,
                    show_scalar_bar=False, line_width=2 if lines else 1, edge_color="#404a55", n_colors=256,
                    lighting=None if dataset.n_cells and not lines and not _flat(dataset) else False,
                    smooth_shading=False, ambient=0.35, diffuse=0.7, nan_color="#8a8f98", **how,
                )  # fmt: skip
            self._scale(last.mapper, paint.label(self.unit(paint.field), vector=vector), number, len(kinds))
        for dataset, how in self.plain_shown:
            self.plotter.add_mesh(dataset, **how)

    def _range(self, paint: Paint, values: list[Any]) -> tuple[float, float]:
        if paint.range is not None:
            return paint.range
        known = np.concatenate([one[np.isfinite(one)] for one in values])
        if paint.log:
            known = known[known > 0]
        if not len(known):
            raise CaseError(f"color: {paint.field} has no value that can be shown" + (" on a log scale" * paint.log))
        low, high = (float(one) for one in np.percentile(known, (1, 99)))
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            low, high = float(known.min()), float(known.max())
        room = 0.5 * abs(low) or 0.5
        return (low, high) if high > low else (low - room, high + room)

    def _scale(self, mapper: Any, label: str, number: int, count: int) -> None:
        width, height = self.plotter.window_size
        times = width / WIDTH
        text = max(8, round(15 * times))
        self.plotter.add_scalar_bar(
            title=f"{label}\n", mapper=mapper, color=self.ink, fmt="%.3g", n_labels=5, width=0.8 / count - 0.05,
            height=SCALE * times / height, position_x=0.125 + number * 0.8 / count, position_y=0.01,
            title_font_size=text, label_font_size=text, font_family="arial", unconstrained_font_size=True,
        )  # fmt: skip


def _flat(dataset: Any) -> bool:
    box = np.array(dataset.bounds)
    spans = box[1::2] - box[0::2]
    return bool(spans.min() <= 1e-6 * max(spans.max(), 1e-300))


@dataclass
class Drawn:
    """A scene whose layers lie on a stage: from where it is looked at, and the normal of its plane where it has one."""

    scene: Scene
    stage: Stage
    seen: Camera
    flat: Vector | None

    def size(self) -> list[int]:
        """Width and height of its picture [pixels]; where that is not given it is what is shown needs."""
        return _size(self.stage, self.seen, self.scene, self.flat)

    def put(self) -> None:
        """Everything onto the plotter, as its window's size asks for."""
        made, stage = self.stage.plotter, self.stage
        stage.put(_front(stage, self.seen, self.flat))
        if self.scene.words:
            size = round(13 * made.window_size[0] / WIDTH)
            made.add_text(self.scene.words, position="upper_left", font_size=size, color=stage.ink)

    def aim(self) -> None:
        """Put the camera where the scene wants it."""
        below, above = _below(self.stage, self.stage.plotter.window_size[0]), TITLE * bool(self.scene.words)
        self.seen.place(self.stage.plotter, self.stage.box.ravel(), flat=self.flat, below=below, above=above)


def draw(scene: Scene, made: Any) -> Drawn:
    """The layers of a scene on the stage of a plotter, not yet put there. Raises what its layers raise."""
    made.set_background(NIGHT if scene.black else PAPER)
    stage = Stage(made, LIGHT if scene.black else INK, scene._data.unit)
    paint = scene.paint or default_paint(scene)
    layers = scene.layers or default_layers(scene)
    for layer in layers:
        own = layer.paint or paint
        scene._data.require(own.field)
        layer.draw(scene._data, stage, own)
    seen = scene.seen if scene.layers or scene.seen != Camera() else _first_look(scene)
    return Drawn(scene, stage, seen, _plane(layers, scene))


@contextmanager
def plotter(scene: Scene) -> Iterator[tuple[Any, Stage]]:
    """A plotter off screen with the scene on it; closed in the end. Raises what its layers raise."""
    import pyvista

    made: Any = pyvista.Plotter(off_screen=True, window_size=[WIDTH, MOST])
    try:
        drawn = draw(scene, made)
        made.window_size = drawn.size()
        drawn.put()
        drawn.aim()
        made.enable_anti_aliasing("ssaa")
        yield made, drawn.stage
    finally:
        made.close()


def _below(stage: Stage, width: int) -> float:
    """The room for the scales [pixels]."""
    return 1.25 * SCALE * width / WIDTH if stage.shown else 0.0


def _size(stage: Stage, seen: Camera, scene: Scene, flat: Vector | None) -> list[int]:
    """Width and height; where that is not given it is what is shown needs."""
    wide, tall = scene.pixels or (WIDTH, 0)
    if tall:
        return [wide, tall]
    width, height = seen.spans(stage.box.ravel(), flat=flat)
    share = min(max(height / max(width, 1e-300), LEAST / WIDTH), MOST / WIDTH)
    return [wide, round(share * wide + _below(stage, wide) + TITLE * bool(scene.words))]


def _front(stage: Stage, seen: Camera, flat: Vector | None) -> np.ndarray:
    """How far lines are moved towards the eye, so that a plane does not hide them."""
    if flat is None:
        return np.zeros(3)
    toward, _ = seen.looks(flat)
    thickness = float(np.ptp(stage.box, axis=1) @ np.abs(flat))
    size = float(np.linalg.norm(np.ptp(stage.box, axis=1)))
    return np.asarray(toward, float) * (thickness + 1e-3 * size)


def default_paint(scene: Scene) -> Paint:
    """The velocity, else the first field."""
    written = scene._data.written
    if not written:
        scene._data.require("U")
    return Paint("U" if "U" in written else next(name for name in ("p", "T", written[0]) if name in written))


def default_layers(scene: Scene) -> tuple[Layer, ...]:
    """The middle plane of two dimensions; else the walls and a plane along the flow."""
    if scene._data.plane is not None:
        return scene.middle().layers
    rest = () if scene._data.body is not None else (Outline(),)
    return (*scene.middle().layers, Surface(colour=BODY), *rest)


def _first_look(scene: Scene) -> Camera:
    """At the body with some room around it, where there is one; at a half model from the side that is there."""
    if scene._data.body is None:
        return scene.seen
    side = 1.3 * scene._data.towards
    upright = scene._data.across == 1
    direction = (-1.0, side, 0.8) if upright else (-1.0, 0.8, side)
    return Camera(direction=direction, up=AXES["z" if upright else "y"], near=scene._data.near)


def _plane(layers: tuple[Layer, ...], scene: Scene) -> tuple[float, float, float] | None:
    """The normal of the one plane in which all is that is shown; None for things in space."""
    if scene._data.plane is not None:
        return AXES["xyz"[scene._data.plane]]
    normals = {layer.normal if isinstance(layer, Slice) else None for layer in layers}
    return normals.pop() if len(normals) == 1 else None


def png(scene: Scene) -> bytes:
    """The picture as PNG."""
    with plotter(scene) as (made, _):
        return Picture.of(made.screenshot(return_img=True)).png


def save(scene: Scene, path: Path) -> Path:
    """Write the scene as its suffix says; CaseError for another suffix or a folder that is not there."""
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise CaseError(f"save: must end with {', '.join(WRITERS)} (got {path.name!r})")
    if not path.absolute().parent.is_dir():
        raise CaseError(f"save: there is no folder {path.absolute().parent}")
    write(scene, path)
    return path


def _save_png(scene: Scene, path: Path) -> None:
    path.write_bytes(scene.png)


def _save_figure(scene: Scene, path: Path) -> None:
    """Scales and words as vectors, what is drawn as they are in the picture."""
    with plotter(scene) as (made, _):
        made.save_graphic(str(path))


def _save_html(scene: Scene, path: Path) -> None:
    with plotter(scene) as (made, _), _offline():
        made.trame.export_html(str(path))


@contextmanager
def _offline() -> Iterator[None]:
    """Trame's VTK for browsers is fetched from the net when it is first imported, unless a folder is named."""
    before = os.environ.get(NO_WASM)
    with tempfile.TemporaryDirectory(prefix="flowcfd-wasm-") as empty:
        os.environ.setdefault(NO_WASM, empty)
        try:
            import trame_pyvista  # noqa: F401 - gives plotters their trame

            yield
        finally:
            if before is None:
                del os.environ[NO_WASM]


def _save_gltf(scene: Scene, path: Path) -> None:
    with plotter(scene) as (made, _):
        made.export_gltf(str(path))


def _save_vtm(scene: Scene, path: Path) -> None:
    import pyvista

    with plotter(scene) as (_, stage):
        pyvista.MultiBlock(stage.things).save(str(path))


WRITERS: Mapping[str, Callable[[Scene, Path], None]] = {
    ".png": _save_png, ".svg": _save_figure, ".pdf": _save_figure, ".html": _save_html, ".gltf": _save_gltf,
    ".vtm": _save_vtm,
}  # fmt: skip

"""Draw a scene: as a picture, as vectors, as a page that turns, as a file of VTK."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError, NoSuchField
from flowcfd.picture import Picture
from flowcfd.scene.camera import Camera
from flowcfd.scene.colours import BODY, INK, LIGHT, NIGHT, PAPER
from flowcfd.scene.layers import AXES, Layer, Outline, Slice, Surface, Vector
from flowcfd.scene.marks import Line, Patches, Probe
from flowcfd.scene.paint import Paint
from flowcfd.scene.ruler import Ruler
from flowcfd.scene.stage import WIDTH, Stage, letters, scale_height

if TYPE_CHECKING:
    from flowcfd.scene.scene import Scene

LEAST, MOST = 140, 560
"""What the height of a picture without the scales may be [pixels], where its size is not given."""
NO_WASM = "VTK_WASM_DIR_OVERRIDE"
ICONS = "https://kitware.github.io/vtk-js/icon/favicon-"
"""What trame's page asks for from the net when it is opened alone."""
PAGE = 80_000
"""Triangles of a page: with these and what draws them it has less than 5 MB."""
SHAPE = 1.5
"""How wide the window of a page is at least, by its height."""
TITLE = 34
"""Height of a title [pixels]."""


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
            title = made.add_text(self.scene.words, position=(0.005, 0.99), viewport=True, color=stage.ink)
            title.prop.font_size = letters(22, made.window_size[0])
            title.prop.justification_vertical = "top"
            title.prop.background_color, title.prop.background_opacity = stage.paper, 0.7
        if self.scene.ruled:
            Ruler(made, stage.ink, above=_below(stage, made.window_size[0]), paper=stage.paper)

    def aim(self) -> None:
        """Put the camera where the scene wants it."""
        self.seen.place(self.stage.plotter, self.stage.box.ravel(), **self._room())

    def approach(self) -> None:
        """Come as near as shows the same in a page: there the camera has perspective, for trame writes no other."""
        camera = self.stage.plotter.camera
        wide, tall = self.stage.plotter.window_size
        low, high = self.seen._box(self.stage.box.ravel())
        focus, position = np.asarray(camera.focal_point), np.asarray(camera.position)
        away = (position - focus) / np.linalg.norm(position - focus)
        height = 2 * camera.parallel_scale * max(1.0, wide / tall / SHAPE)
        far = 0.5 * height / np.tan(np.radians(camera.view_angle / 2)) + 0.5 * float(np.abs(away) @ (high - low))
        camera.position = tuple(focus + away * far)

    def turned(self) -> Camera:
        """The camera as it is now, such as after it was turned by the mouse."""
        return Camera.of(self.stage.plotter, self.stage.box.ravel(), **self._room())

    def _room(self) -> dict[str, Any]:
        width = self.stage.plotter.window_size[0]
        beside, over = _named(self.stage, width, self.flat)
        above = TITLE * bool(self.scene.words) + over
        return {"flat": self.flat, "below": _below(self.stage, width), "above": above, "beside": beside}


def draw(scene: Scene, made: Any) -> Drawn:
    """The layers of a scene on the stage of a plotter, not yet put there. Raises what its layers raise."""
    made.set_background(NIGHT if scene.black else PAPER)
    data = scene._data
    stage = Stage(made, LIGHT if scene.black else INK, data.unit, data.span, NIGHT if scene.black else PAPER)
    layers = scene.layers or default_layers(scene)
    usual = scene.paint or (default_paint(scene) if any(layer.painted for layer in layers) else NONE)
    for layer in layers:
        own = layer.paint or usual
        if layer.painted:
            data.require(own.field)
        layer.draw(data, stage, own)
    if not stage.things:  # words in the air: the domain around them
        Outline().draw(data, stage, usual)
    seen = scene.seen if scene.layers or scene.seen != Camera() else _first_look(scene)
    return Drawn(scene, stage, seen, _plane(layers, scene))


@contextmanager
def plotter(scene: Scene, most: int | None = None) -> Iterator[tuple[Any, Stage]]:
    """A plotter off screen with the scene on it, closed in the end; `most`: for a page of about so many triangles.

    Raises what its layers raise.
    """
    import pyvista

    made: Any = pyvista.Plotter(off_screen=True, window_size=[WIDTH, MOST])
    try:
        drawn = draw(scene, made)
        if most is not None:
            drawn.stage.lighten(most)
        made.window_size = drawn.size()
        drawn.put()
        drawn.aim()
        if most is not None:
            drawn.approach()
        made.enable_anti_aliasing("ssaa")
        yield made, drawn.stage
    finally:
        made.close()


def _below(stage: Stage, width: int) -> float:
    """The room for the scales [pixels]."""
    return 1.25 * scale_height(width) if stage.shown else 0.0


def _named(stage: Stage, width: int, flat: Vector | None) -> tuple[float, float]:
    """The room beside and above a plane for the names of what lies at its rims [pixels]."""
    if flat is None or not stage.names:
        return 0.0, 0.0
    size = letters(13, width)
    return min(0.25 * width, (0.62 * max(map(len, stage.names)) + 1) * size), 2.0 * size


def _size(stage: Stage, seen: Camera, scene: Scene, flat: Vector | None) -> list[int]:
    """Width and height; where that is not given it is what is shown needs."""
    wide, tall = scene.pixels or (WIDTH, 0)
    if tall:
        return [wide, tall]
    width, height = seen.spans(stage.box.ravel(), flat=flat)
    share = min(max(height / max(width, 1e-300), LEAST / WIDTH), MOST / WIDTH)
    beside, over = _named(stage, wide, flat)
    return [wide, round(share * (wide - beside) + over + _below(stage, wide) + TITLE * bool(scene.words))]


def _front(stage: Stage, seen: Camera, flat: Vector | None) -> np.ndarray:
    """How far lines are moved towards the eye, so that a plane does not hide them."""
    if flat is None:
        return np.zeros(3)
    toward, _ = seen.looks(flat)
    thickness = float(np.ptp(stage.box, axis=1) @ np.abs(flat))
    size = float(np.linalg.norm(np.ptp(stage.box, axis=1)))
    return np.asarray(toward, float) * (thickness + 1e-3 * size)


NONE = Paint("")
"""For layers that are not painted."""


def default_paint(scene: Scene) -> Paint:
    """The velocity, else the first field. Raises NoSuchField where none is written."""
    written = scene._data.written
    if not written:
        raise NoSuchField("no field can be shown: none is written yet")
    return Paint("U" if "U" in written else next(name for name in ("p", "T", written[0]) if name in written))


def default_layers(scene: Scene) -> tuple[Layer, ...]:
    """The middle plane of two dimensions, else the walls and a plane along the flow; of a mesh alone its patches."""
    if not scene._data.computed:
        return (Patches(),)
    if scene._data.plane is not None:
        return scene.middle().layers
    rest = () if scene._data.body is not None else (Outline(),)
    return (*scene.middle().layers, Surface(colour=BODY), *rest)


def explicit(scene: Scene) -> Scene:
    """The scene with what follows by default written out."""
    layers = scene.layers or default_layers(scene)
    seen = scene.seen if scene.layers or scene.seen != Camera() else _first_look(scene)
    paint = scene.paint
    if paint is None and any(layer.painted for layer in layers):
        paint = default_paint(scene)
    return scene.changed(layers=layers, paint=paint, seen=seen)


def _first_look(scene: Scene) -> Camera:
    """At the body with some room around it, where there is one; at a half model from the side that is there."""
    if scene._data.body is None:
        return scene.seen
    if scene._data.plane is not None:
        return Camera(near=scene._data.near)
    side = 1.3 * scene._data.towards
    upright = scene._data.across == 1
    direction = (-1.0, side, 0.8) if upright else (-1.0, 0.8, side)
    return Camera(direction=direction, up=AXES["z" if upright else "y"], near=scene._data.near)


def _plane(layers: tuple[Layer, ...], scene: Scene) -> tuple[float, float, float] | None:
    """The normal of the one plane in which all is that is shown; None for things in space."""
    shapes = [layer for layer in layers if not isinstance(layer, Probe | Line)]  # marks follow what they are on
    if scene._data.plane is not None:
        walls = bool(shapes) and all(isinstance(layer, Surface) and layer.on_edge(scene._data) for layer in shapes)
        return None if walls else AXES["xyz"[scene._data.plane]]
    normals = {layer.normal if isinstance(layer, Slice) else None for layer in shapes}
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
    new = not path.exists()
    try:
        with path.open("ab"):  # VTK says nothing where it cannot write
            pass
        write(scene, path)
    except OSError as error:
        raise CaseError(f"save: {path} cannot be written: {error.strerror or error}") from None
    finally:
        if new and path.is_file() and not path.stat().st_size:
            path.unlink()
    return path


def _save_png(scene: Scene, path: Path) -> None:
    path.write_bytes(scene.png)


def _save_figure(scene: Scene, path: Path) -> None:
    """Scales and words as vectors, what is drawn as they are in the picture."""
    with plotter(scene) as (made, _):
        made.save_graphic(str(path))


def _save_html(scene: Scene, path: Path) -> None:
    with plotter(scene, PAGE) as (made, stage), _offline():
        made.trame.export_html(str(path))
    path.write_text(path.read_text().replace(ICONS, "data:,"))
    if scene.words:  # trame writes no letters but those of scales
        _say(path, scene.words, "top:0;font-size:17px")
    if stage.spared:
        coarse = f"Coarser than computed: {PAGE} of {PAGE + stage.spared} triangles, so that the page stays small."
        _say(path, coarse, "bottom:0;font-size:12px")


def _say(path: Path, words: str, where: str) -> None:
    """Put a sentence onto a page, beside its body, which the script of the page empties."""
    style = f"position:fixed;left:0;z-index:9;padding:4px 8px;font-family:system-ui;color:{INK};background:#ffffffd9"
    given = [json.dumps(text).replace("<", "\\u003c") for text in (words, f"{style};{where}")]
    made = "const said = document.createElement('div'); document.documentElement.append(said);"
    script = f"<script>{{ {made} said.textContent = {given[0]}; said.style.cssText = {given[1]}; }}</script>"
    page = path.read_text()
    path.write_text(page.replace("</body>", f"{script}</body>", 1))


@contextmanager
def _offline() -> Iterator[None]:
    """Trame's VTK for browsers is fetched from the net when it is first imported, unless a folder is named."""
    before = os.environ.get(NO_WASM)
    with tempfile.TemporaryDirectory(prefix="flowcfd-wasm-") as empty:
        os.environ.setdefault(NO_WASM, empty)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # it prints which folder it takes
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

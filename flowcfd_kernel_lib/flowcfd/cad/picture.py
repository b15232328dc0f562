"""Pictures of a geometry: its patches in colours with their names, from several sides; and marks on it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.report import extent
from flowcfd.cad.surface import Floats, Ints
from flowcfd.errors import CaseError, UnknownName
from flowcfd.given import whole
from flowcfd.picture import VIEWS, Picture, frame

if TYPE_CHECKING:
    from flowcfd.cad.geometry import Feature, Geometry

PALETTE = ("#4c8bc9", "#e9a13b", "#58a668", "#c4618c", "#8d77c4", "#cfc04f", "#4fb0b5", "#d9785a", "#8a9a5b", "#b38cc7",
           "#6f7f92", "#a9795a")  # fmt: skip
PLAIN, INK, FAINT = "#b4bfcc", "#1d2733", "#8792a0"
MARKS = ("#e0262d", "#b5179e", "#ff7a00", "#e0262d")
CHOSEN = "#ff8c1a"
PADDING = 1.12
"""How much larger a picture is than what is on it."""
SHARP = 30.0
"""Edges that turn by more [degree] are drawn."""


@dataclass(frozen=True)
class Marks:
    """What is shown on a body: edges (n, 2, 3) and places (n, 3) [m] by their names, faces by their numbers."""

    places: Mapping[str, Floats] = field(default_factory=dict)
    faces: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.places or self.faces)


def picture(
    geometry: Geometry, views: str | Sequence[str] = ("iso", "back"), *, features: Sequence[Feature] = (),
    marks: Marks | None = None, width: int = 1000,
) -> Picture:  # fmt: skip
    """Draw it from some sides; with marks the body is a faint shell, and they stand out."""
    wanted = [views] if isinstance(views, str) else list(views) if isinstance(views, Sequence) else []
    if not wanted:
        raise CaseError(f"views: must be one at least of {', '.join(VIEWS)}")
    for view in wanted:
        if view not in VIEWS:
            raise UnknownName("view", view, VIEWS, where="views")
    width = whole(width, "width", 200, 8000)
    if any(not hasattr(one, "faces") for one in features):
        raise CaseError("features: must be features of geometry.features()")
    shown = marks or Marks()
    if features:
        chosen: dict[str, list[int]] = {}
        for one in features:
            chosen.setdefault(one.kind, []).extend(one.faces)
        shown = Marks(shown.places, {**shown.faces, **chosen})
    colours = painted(geometry, faint=bool(shown))
    columns = min(len(wanted), 2)
    images = [_drawn(geometry, view, colours, shown, 2 * width // columns) for view in wanted]
    legend = _legend(geometry, colours, shown)
    words = f"{geometry.label}, {' and '.join(wanted)}"
    return Picture(_composed(geometry, wanted, images, legend, width, columns), words)


def painted(geometry: Geometry, *, faint: bool = False) -> dict[str, str]:
    """The colour of each patch: all one for one patch, or for a shell with marks on it."""
    names = list(geometry.patches)
    if faint or len(names) == 1:
        return dict.fromkeys(names, PLAIN)
    return {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(names)}


def _legend(geometry: Geometry, colours: Mapping[str, str], marks: Marks) -> list[tuple[str, str]]:
    """Names with their colours."""
    if marks:
        places = [(f"{name} ({len(at)})", MARKS[number % 4]) for number, (name, at) in enumerate(marks.places.items())]
        return places + [(name, CHOSEN) for name in marks.faces]
    return list(colours.items())


def _drawn(geometry: Geometry, view: str, colours: Mapping[str, str], marks: Marks, width: int) -> Any:
    """The image (height, width, 3) of one view, as high as what is on it."""
    import pyvista

    direction, right, over = frame(*VIEWS[view])
    points = geometry.points[np.unique(geometry.triangles)]
    low, high = (np.array([pick(points @ right), pick(points @ over)]) for pick in (np.min, np.max))
    size, middle = np.maximum(high - low, 1e-3 * float((high - low).max())), (low + high) / 2
    shape = float(np.clip(size[1] / size[0], 0.25, 0.85))
    quiet = _quiet()  # VTK warns of a screen that is not there, and does without
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[width, int(shape * width)], lighting="light kit")
    try:
        plotter.set_background("white")
        _body(plotter, geometry, colours, marks)
        _marked(plotter, marks, width)
        plotter.enable_parallel_projection()
        focus = middle[0] * right + middle[1] * over + (points.mean(axis=0) @ direction) * direction
        plotter.camera_position = [focus + direction * 10 * float(np.linalg.norm(size)), focus, over]
        plotter.camera.parallel_scale = 0.5 * PADDING * max(size[1], size[0] * shape)
        plotter.reset_camera_clipping_range()
        if marks:
            plotter.enable_depth_peeling(8)
        plotter.enable_anti_aliasing("ssaa")
        return np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()
        quiet()


def _quiet() -> Callable[[], None]:
    """No warnings of VTK, until what is returned is called."""
    from vtkmodules.vtkCommonCore import vtkObject

    before = vtkObject.GetGlobalWarningDisplay()
    vtkObject.GlobalWarningDisplayOff()
    return lambda: vtkObject.SetGlobalWarningDisplay(before)


def _body(plotter: Any, geometry: Geometry, colours: Mapping[str, str], marks: Marks) -> None:
    points, triangles = geometry.points, geometry.triangles
    names = np.array(geometry.names)[geometry.faces]
    lit = [face for faces in marks.faces.values() for face in faces]
    bright = np.isin(geometry.faces, lit)
    look = {"smooth_shading": True, "split_sharp_edges": True, "feature_angle": SHARP, "show_scalar_bar": False,
            "ambient": 0.34, "diffuse": 0.78, "specular": 0.1, "specular_power": 12}  # fmt: skip
    opacity = 0.35 if marks else 1.0
    for name, colour in colours.items():
        mine = (names == name) & ~bright
        if mine.any():
            plotter.add_mesh(_mesh(points, triangles[mine]), color=colour, opacity=opacity, **look)
    if bright.any():
        plotter.add_mesh(_mesh(points, triangles[bright]), color=CHOSEN, **look)
    edges = borders(points, triangles, geometry.faces if geometry.cad else np.unique(names, return_inverse=True)[1])
    if len(edges):
        plotter.add_mesh(_lines(edges), color=INK, line_width=2.0, opacity=0.35 if marks else 0.85)


def _marked(plotter: Any, marks: Marks, width: int) -> None:
    import pyvista

    for number, places in enumerate(marks.places.values()):
        colour = MARKS[number % 4]
        if places.ndim == 3:
            plotter.add_mesh(_lines(places), color=colour, line_width=max(8.0, width / 90), render_lines_as_tubes=True,
                             ambient=0.6)  # fmt: skip
            places = places.mean(axis=1) if len(places) <= 3 else places[:0]
        if len(places):  # few edges are hard to find: a dot shows where
            plotter.add_mesh(pyvista.PolyData(places), color=colour, point_size=max(16.0, width / 40), lighting=False,
                             render_points_as_spheres=True)  # fmt: skip


def borders(points: Floats, triangles: Ints, faces: Ints) -> Floats:
    """The edges (n, 2, 3) [m] where faces change, that are sharp, or that have not two triangles."""
    points, triangles = surface.welded(points, triangles)
    whole = surface.proper(triangles)
    triangles, faces = triangles[whole], np.asarray(faces)[whole]
    return surface.feature_edges(points, triangles, faces, SHARP)


def _mesh(points: Floats, triangles: Ints) -> Any:
    import pyvista

    used, corners = np.unique(triangles, return_inverse=True)
    shaped = corners.reshape(-1, 3)
    return pyvista.PolyData(points[used], np.column_stack([np.full(len(shaped), 3), shaped]).reshape(-1))


def _lines(edges: Floats) -> Any:
    import pyvista

    numbers = np.arange(2 * len(edges)).reshape(-1, 2)
    lines = np.column_stack([np.full(len(edges), 2), numbers]).reshape(-1)
    return pyvista.PolyData(edges.reshape(-1, 3), lines=lines)


def _composed(
    geometry: Geometry, views: Sequence[str], images: Sequence[Any], legend: Sequence[tuple[str, str]], width: int,
    columns: int,
) -> bytes:  # fmt: skip
    """The images side by side, the names below, the sizes above; as PNG."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    rows = -(-len(images) // columns)
    across = width / 100
    heights = [
        max(image.shape[0] / image.shape[1] for image in images[row * columns : (row + 1) * columns])
        for row in range(rows)
    ]
    heights = [min(one, 0.85) * across / columns for one in heights]
    per_row = max(1, min(len(legend), int(across / (0.45 + 0.085 * max(len(name) for name, _ in legend)))))
    foot, head = 0.12 + 0.24 * -(-len(legend) // per_row), 0.32
    figure = Figure(figsize=(across, sum(heights) + foot + head), dpi=100, facecolor="white")
    total = sum(heights) + foot + head
    x, y, z = extent(geometry)
    figure.text(0.012, 1 - 0.5 * head / total, f"{x:.4g} × {y:.4g} × {z:.4g} m", color=INK, fontsize=10, va="center")
    top = total - head
    for row, height in enumerate(heights):
        top -= height
        for column, (view, image) in enumerate(list(zip(views, images, strict=True))[row * columns :][:columns]):
            axes = figure.add_axes((column / columns, top / total, 1 / columns, height / total))
            axes.imshow(image, aspect="equal", interpolation="antialiased")
            axes.axis("off")
            axes.apply_aspect()
            _triad(axes, view, image)
    figure.legend(
        handles=[Patch(facecolor=colour, label=name) for name, colour in legend], loc="lower center", ncols=per_row,
        frameon=False, fontsize=9, labelcolor=INK, handlelength=1.0, handleheight=1.0, columnspacing=1.4,
        bbox_to_anchor=(0.5, 0.0), borderaxespad=0.2,
    )  # fmt: skip
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()


def _triad(axes: Any, view: str, image: Any) -> None:
    """Where x, y and z go, in the emptiest corner; an axis that one looks along is left out."""
    _, right, over = frame(*VIEWS[view])
    rows, columns = (size // 5 for size in image.shape[:2])
    corners = {(0, 0): image[-rows:, :columns], (1, 0): image[-rows:, -columns:], (0, 1): image[:rows, :columns],
               (1, 1): image[:rows, -columns:]}  # fmt: skip
    corner = max(corners, key=lambda one: float((corners[one] > 250).all(axis=2).mean()))
    middle = np.array([34.0 if side == 0 else -34.0 for side in corner])
    for name, along in zip("xyz", np.eye(3), strict=True):
        way = 20 * np.array([along @ right, along @ over])
        if np.hypot(*way) > 3:
            axes.annotate(
                "", xy=middle + way, xytext=middle, xycoords=_from(axes, corner), textcoords=_from(axes, corner),
                arrowprops={"arrowstyle": "-|>", "color": FAINT, "lw": 1.2, "shrinkA": 0, "shrinkB": 0,
                            "mutation_scale": 8},
            )  # fmt: skip
            label = middle + way * (1 + 8 / np.hypot(*way))
            axes.annotate(
                name, xy=label, xycoords=_from(axes, corner), color=FAINT, fontsize=8, ha="center", va="center"
            )


def _from(axes: Any, corner: tuple[int, int]) -> Any:
    """Coordinates in points from a corner of the image."""
    from matplotlib.transforms import Affine2D

    pixels = axes.get_figure().dpi / 72
    return Affine2D().scale(pixels).translate(*axes.transAxes.transform(corner))

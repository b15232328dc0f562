"""A cut through a mesh near the body: the polygons that a plane makes of its cells, with their edges and a metric."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray

from flowcfd.post import polymesh

Floats = NDArray[np.float64]
AXES = "xyz"
COLOURS = "YlOrBr"
"""Pale is good, dark is bad, and edges are seen on both."""
SCALES = {"non-orthogonality": (0.0, 70.0), "skewness": (0.0, 4.0)}
"""Up to what checkMesh takes for severe: so a good mesh is pale, and pictures of two meshes can be compared."""
SOLID = "#bcc5cf"
RIGHT, TOP = 92, 36
"""Room [pixels] for the scale and for the title."""
MARGIN = 0.22
"""So much of the body's size is seen around it."""
OFF = 0.0137
"""The plane is off the middle by this share of the body's width: in the middle it may lie between two cells."""


def draw(files: Mapping[str, Path], values: Floats, request: Mapping[str, Any]) -> NDArray[np.uint8]:
    """An image (height, width, 3) of the slice, seen along its normal."""
    grid = polymesh.read_cells(files)
    metric = str(request["metric"])
    grid.cell_data[metric] = values
    low, high = _body(files, list(request["layered"]), grid)
    axis = AXES.index(request["normal"]) if request["normal"] else _across(low, high, grid)
    at = float(low[axis] + (0.5 + OFF) * (high[axis] - low[axis])) if request["at"] is None else float(request["at"])
    plane = _slice(grid, axis, at)
    worst = float(np.nanpercentile(np.asarray(plane.cell_data[metric]), 99.5)) if plane.n_cells else 1.0
    best = float(np.nanmin(plane.cell_data[metric])) if plane.n_cells else 0.0
    limits = SCALES.get(metric, (best, worst if worst > best else best + 1.0))
    wide, tall = request["size"]
    room = [wide - RIGHT, tall - TOP]
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=room)
    try:
        plotter.set_background(SOLID)
        plotter.add_mesh(
            plane, scalars=metric, cmap=COLOURS, clim=limits, show_edges=True, edge_color="#33414e", line_width=1,
            show_scalar_bar=False, lighting=False,
        )  # fmt: skip
        _look(plotter, axis, low, high, at, float(request["zoom"]), room)
        inner = np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()
    unit = f" [{'°' if request['unit'] == 'degree' else request['unit']}]" if request["unit"] else ""
    title = f"Cut at {AXES[axis]} = {at:.3g} m, {grid.n_cells:,} cells in the whole mesh"
    return _framed(inner, title, f"{metric}{unit}", limits, (wide, tall))


def _framed(
    inner: NDArray[np.uint8], title: str, label: str, limits: tuple[float, float], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """The image with a title above it and the scale of its colours beside it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    wide, tall = size
    figure = Figure(figsize=(wide / 100, tall / 100), dpi=100, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    figure.figimage(inner, 0, 0)
    figure.text(12 / wide, 1 - 0.62 * TOP / tall, title, fontsize=10.5, color="#222222", va="center")
    scale = figure.add_axes((1 - (RIGHT - 22) / wide, 0.15, 14 / wide, 0.62))
    bar = figure.colorbar(ScalarMappable(Normalize(*limits), COLOURS), cax=scale)
    bar.set_label(label, fontsize=9, color="#222222")
    bar.ax.tick_params(labelsize=8, colors="#222222")
    bar.outline.set_visible(False)
    canvas.draw()  # type: ignore[no-untyped-call]
    drawn = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return np.array(drawn[:, :, :3], np.uint8)


def _slice(grid: pyvista.UnstructuredGrid, axis: int, at: float) -> Any:
    """The plane through the cells: polygons with the values of their cells."""
    origin, normal = np.array(grid.center), np.zeros(3)
    origin[axis], normal[axis] = at, 1.0
    return grid.slice(normal=normal, origin=origin, generate_triangles=False)


def _body(files: Mapping[str, Path], layered: list[str], grid: pyvista.UnstructuredGrid) -> tuple[Floats, Floats]:
    """The box [m] of the patches with layers; else of those that lie inside the box of the mesh; else of all."""
    boundary = polymesh.read_boundary(files)
    mesh = np.array(grid.bounds).reshape(3, 2)
    boxes = {}
    for number, name in enumerate(boundary.names):
        faces = boundary.faces(number)
        if faces.stop > faces.start:
            labels = boundary.labels[boundary.offsets[faces.start] : boundary.offsets[faces.stop]]
            points = boundary.points[labels]
            boxes[name] = np.array(points.min(axis=0), float), np.array(points.max(axis=0), float)
    whole = mesh[:, 1] - mesh[:, 0]
    inner = [name for name, (low, high) in boxes.items() if np.count_nonzero(high - low > 0.9 * whole) < 2]
    inner = [name for name in inner if not _side(*boxes[name], mesh)]
    chosen = [name for name in layered if name in boxes] or inner or list(boxes)
    return np.min([boxes[name][0] for name in chosen], axis=0), np.max([boxes[name][1] for name in chosen], axis=0)


def _side(low: Floats, high: Floats, mesh: Floats) -> bool:
    """Whether this is a side of the box of the mesh."""
    thin = high - low < 1e-6 * (mesh[:, 1] - mesh[:, 0]).max()
    return bool(np.any(thin & (np.isclose(low, mesh[:, 0]) | np.isclose(high, mesh[:, 1]))))


def _across(low: Floats, high: Floats, grid: pyvista.UnstructuredGrid) -> int:
    """The axis that is cut across: not that of the flow (x), but the one along which the body lies in the middle."""
    mesh = np.array(grid.bounds).reshape(3, 2)
    off = np.abs((low + high) - mesh.sum(axis=1)) / (mesh[:, 1] - mesh[:, 0])
    thin = (mesh[:, 1] - mesh[:, 0]) < 1e-3 * (mesh[:, 1] - mesh[:, 0]).max()
    if thin.any():
        return int(np.argmax(thin))
    return 1 if off[1] <= off[2] + 1e-3 and (off[2] > 1e-3 or high[1] - low[1] >= high[2] - low[2]) else 2


def _look(plotter: Any, axis: int, low: Floats, high: Floats, at: float, zoom: float, size: list[int]) -> None:
    """A camera without perspective, on the body and what is around it; x to the right, z or y up."""
    right, up = {0: (1, 2), 1: (0, 2), 2: (0, 1)}[axis]
    middle = (low + high) / 2
    middle[axis] = at
    wide, tall = (high - low)[right], (high - low)[up]
    edge = MARGIN * max(wide, tall)
    half = max((tall + 2 * edge) / 2, (wide + 2 * edge) / 2 * size[1] / size[0]) / zoom
    away = np.zeros(3)
    away[axis] = -1.0 if axis == 1 else 1.0
    plotter.enable_parallel_projection()
    upwards = np.zeros(3)
    upwards[up] = 1.0
    distance = 10 * float((high - low).max() + half)
    plotter.camera_position = [tuple(middle + distance * away), tuple(middle), tuple(upwards)]
    plotter.camera.parallel_scale = half
    plotter.camera.clipping_range = (0.1 * distance, 10 * distance)

"""What lies under a place of the picture, and planes that are dragged in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from flowcfd.errors import ResultError
from flowcfd.picture import Vector


def picked(plotter: Any, x: float, y: float) -> Vector:
    """The point [m] under a place of the picture: shares of its width from the left, of its height from the top.

    ResultError where nothing is shown there.
    """
    from vtkmodules.vtkRenderingCore import vtkCellPicker

    wide, tall = plotter.window_size
    picker = vtkCellPicker()
    picker.SetTolerance(0.001)
    if not picker.Pick(x * (wide - 1), (1 - y) * (tall - 1), 0, plotter.renderer):
        raise ResultError("nothing is shown there; click on a plane or a surface")
    return rounded(picker.GetPickPosition(), plotter)


def rounded(point: Any, plotter: Any) -> Vector:
    """A point to a tenth of a pixel, so that it is short when it is written."""
    pixel = 2 * plotter.camera.parallel_scale / max(plotter.window_size[1], 1)
    digits = int(np.clip(np.ceil(-np.log10(max(0.1 * pixel, 1e-12))), 0, 12))
    x, y, z = (round(float(one), digits) + 0.0 for one in point)
    return x, y, z


def inside(cells: Any, point: Vector) -> Vector:
    """The point itself where it is in a cell, else the nearest one that is: a click on a wall may miss it by a hair."""
    if cells.find_containing_cell(point) >= 0:
        return point
    cell, nearest = cells.find_closest_cell(point, return_closest_point=True)
    centre = np.asarray(cells.get_cell(int(cell)).points).mean(axis=0)
    x, y, z = (float(f"{one:.7g}") for one in nearest + 1e-4 * (centre - nearest))
    return x, y, z


class Handle:
    """A plane with handles in the picture: dragged by the mouse, it says where it was left."""

    def __init__(self, plotter: Any, moved: Callable[[Vector, Vector], None]) -> None:
        self._plotter, self._moved = plotter, moved
        self._widget: Any = None

    def show(self, normal: Vector, origin: Vector, bounds: Any) -> None:
        """Put the handles on a plane; those that are there are moved, for one that is held must not go."""
        if self._widget is not None:
            self._widget.SetNormal(normal)
            self._widget.SetOrigin(origin)
            self._widget.UpdatePlacement()
            return
        self._widget = self._plotter.add_plane_widget(
            self._told, normal=normal, origin=origin, bounds=bounds, factor=1.05, color="#0b6bcb", implicit=True,
            outline_translation=False, origin_translation=True, interaction_event="end", test_callback=False,
        )  # fmt: skip

    def hide(self) -> None:
        """Take them away."""
        if self._widget is not None:
            self._widget.Off()
            self._plotter.clear_plane_widgets()
            self._widget = None

    def _told(self, normal: Any, origin: Any) -> None:
        x, y, z = (round(float(one), 3) + 0.0 for one in normal)
        place = rounded(origin, self._plotter)
        asyncio.get_running_loop().call_soon(self._moved, (x, y, z), place)  # not while VTK is in its event

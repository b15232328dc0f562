"""The worst cells of a mesh, drawn in its outline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray

from flowcfd.post import polymesh

AROUND = 0.1
"""What is seen around the worst cells, as a part of their longest extent."""


def draw(
    files: Mapping[str, Path], values: NDArray[np.float64], cells: NDArray[np.intp], request: Mapping[str, Any]
) -> NDArray[np.uint8]:
    """An image (height, width, 3): these cells coloured by the metric, from near; the patches as a faint shell."""
    grid, metric, chosen = polymesh.read_cells(files), str(request["metric"]), cells.tolist()
    bad = grid.extract_cells(chosen)
    bad.cell_data[metric] = values[bad.cell_data["vtkOriginalCellIds"]]
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(request["size"]))
    try:
        plotter.set_background("white")
        plotter.add_mesh(grid.extract_surface(algorithm=None), color="#9aa4b2", opacity=0.12)
        plotter.add_mesh(grid.extract_feature_edges(30), color="#5b6470", line_width=1)
        plotter.add_mesh(bad, scalars=metric, cmap="YlOrRd", show_edges=True, edge_color="#5b6470",
                         show_scalar_bar=False)  # fmt: skip
        bar(plotter)
        plotter.add_text(f"{len(chosen)} worst cells by {metric}", font_size=11, color="#222222")
        plotter.view_isometric()
        look_at(plotter, bad.bounds)
        return np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()


def look_at(plotter: Any, bounds: Any) -> None:
    """Come so near that a box (x, X, y, Y, z, Z) fills the picture; what lies around it is not cut away."""
    sides = [(bounds[n], bounds[n + 1]) for n in (0, 2, 4)]
    reach = AROUND * max(high - low for low, high in sides)
    plotter.renderer.ResetCamera([end for low, high in sides for end in (low - reach, high + reach)])
    plotter.renderer.ResetCameraClippingRange()
    plotter.camera_set = True  # else the first rendering goes back to all of the mesh


def bar(plotter: Any) -> None:
    """The scale of the colours, on the right."""
    plotter.add_scalar_bar(
        title="", color="#222222", vertical=True, fmt="%.3g", n_labels=3, position_x=0.91, position_y=0.2, width=0.04,
        height=0.6,
    )  # fmt: skip

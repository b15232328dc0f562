"""The worst cells of a mesh, drawn in its outline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray

from flowcfd.post import polymesh


def draw(
    files: Mapping[str, Path], values: NDArray[np.float64], cells: NDArray[np.intp], request: Mapping[str, Any]
) -> NDArray[np.uint8]:
    """An image (height, width, 3): the patches as a faint shell, these cells coloured by the metric."""
    grid, metric, chosen = polymesh.read_cells(files), str(request["metric"]), cells.tolist()
    bad = grid.extract_cells(chosen)
    bad.cell_data[metric] = values[bad.cell_data["vtkOriginalCellIds"]]
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(request["size"]))
    try:
        plotter.set_background("white")
        plotter.add_mesh(grid.extract_surface(algorithm=None), color="#9aa4b2", opacity=0.12)
        plotter.add_mesh(grid.extract_feature_edges(30), color="#5b6470", line_width=1)
        plotter.add_mesh(bad, scalars=metric, cmap="inferno", show_edges=True, show_scalar_bar=False)
        bar(plotter)
        plotter.add_text(f"{len(chosen)} worst cells by {metric}", font_size=11, color="#222222")
        plotter.view_isometric()
        return np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()


def bar(plotter: Any) -> None:
    """The scale of the colours, on the right."""
    plotter.add_scalar_bar(
        title="", color="#222222", vertical=True, fmt="%.3g", n_labels=3, position_x=0.91, position_y=0.2, width=0.04,
        height=0.6,
    )  # fmt: skip

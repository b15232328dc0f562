"""The worst cells of a mesh, drawn in its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import UnknownName
from flowcfd.post import polymesh

if TYPE_CHECKING:
    from flowcfd.post.quality.quality import MeshQuality


def picture(quality: MeshQuality, metric: str, count: int, *, size: tuple[int, int] = (900, 560)) -> NDArray[np.uint8]:
    """An image (height, width, 3): the patches as a faint shell, the `count` worst cells coloured by the metric."""
    import pyvista

    from flowcfd.post.quality.quality import WORST, _file

    if metric not in quality.metrics:
        raise UnknownName("metric", metric, quality.metrics, where="metric")
    files = {name: _file(quality.path, name) for name in ("points", "faces", "owner", "neighbour", "boundary")}
    grid, values = polymesh.read_cells(files), quality.metrics[metric]
    chosen = np.argsort(-values if WORST[metric] else values, kind="stable")[:count].tolist()
    bad = grid.extract_cells(chosen)
    bad.cell_data[metric] = values[bad.cell_data["vtkOriginalCellIds"]]
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(size))
    try:
        plotter.set_background("white")
        plotter.add_mesh(grid.extract_surface(algorithm=None), color="#9aa4b2", opacity=0.12)
        plotter.add_mesh(grid.extract_feature_edges(30), color="#5b6470", line_width=1)
        plotter.add_mesh(bad, scalars=metric, cmap="inferno", show_edges=True, show_scalar_bar=False)
        plotter.add_scalar_bar(
            title="", color="#222222", vertical=True, fmt="%.3g", n_labels=3, position_x=0.91, position_y=0.2,
            width=0.04, height=0.6,
        )  # fmt: skip
        plotter.add_text(f"{len(chosen)} worst cells by {metric}", font_size=11, color="#222222")
        plotter.view_isometric()
        return np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()

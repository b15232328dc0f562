"""Coarser surfaces: for pages that must be small, and pictures that move.

Points are binned and one of each bin is kept, which carries its values along: a second for ten million triangles.
Source: vtkBinnedDecimation, after Lindstrom, SIGGRAPH 2000.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def triangles(surface: Any) -> int:
    """How many triangles its faces are; 0 for lines, points and cells."""
    if not surface.IsA("vtkPolyData"):
        return 0
    faces = surface.GetPolys()
    return int(faces.GetNumberOfConnectivityIds() - 2 * faces.GetNumberOfCells()) + int(
        surface.GetStrips().GetNumberOfConnectivityIds()
    )


def coarse(surface: Any, target: int) -> Any:
    """About so many triangles of a surface, with values at points and in cells; lines are left out."""
    import pyvista
    from vtkmodules.vtkFiltersCore import vtkBinnedDecimation

    faces = pyvista.wrap(surface).triangulate()
    size = _bin(faces, target)
    box = np.array(faces.bounds)
    spans = box[1::2] - box[0::2]
    decimate = vtkBinnedDecimation()
    decimate.SetInputData(faces)
    decimate.SetNumberOfDivisions(*(max(1, round(float(span) / size)) for span in spans))
    decimate.AutoAdjustNumberOfDivisionsOff()
    decimate.SetPointGenerationModeToBinPoints()
    decimate.ProducePointDataOn()
    decimate.ProduceCellDataOn()
    decimate.Update()
    return pyvista.wrap(decimate.GetOutput())


def _bin(faces: Any, target: int) -> float:
    """The side of bins [m] that leaves so many triangles: two for each bin that the surface passes."""
    corners = np.asarray(faces.points)[faces.regular_faces]
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = 0.5 * float(np.linalg.norm(crosses, axis=1).sum())
    return max(float(np.sqrt(2 * area / target)), 1e-12)

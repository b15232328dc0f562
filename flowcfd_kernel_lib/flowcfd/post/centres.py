"""Centroids of cells, where the values of OpenFOAM's cells belong.

VTK's own cell centres are centres of the parameters, which differ from the centroid in every cell that is no
parallelepiped. Here a cell is cut into pyramids over its faces and a face into triangles about its mean point, as
OpenFOAM's primitiveMesh does.
"""

from __future__ import annotations

import numpy as np
import pyvista
from numpy.typing import NDArray
from pyvista import CellType
from vtkmodules.vtkCommonDataModel import vtkGenericCell

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_FACES: dict[int, tuple[tuple[int, ...], ...]] = {
    CellType.TETRA: ((0, 1, 3), (1, 2, 3), (2, 0, 3), (0, 2, 1)),
    CellType.PYRAMID: ((0, 3, 2, 1), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)),
    CellType.WEDGE: ((0, 1, 2), (3, 5, 4), (0, 3, 4, 1), (1, 4, 5, 2), (2, 5, 3, 0)),
    CellType.HEXAHEDRON: ((0, 4, 7, 3), (1, 2, 6, 5), (0, 1, 5, 4), (3, 7, 6, 2), (0, 3, 2, 1), (4, 5, 6, 7)),
}


def centres(grid: pyvista.UnstructuredGrid, cells: Integers) -> Floats:
    """The centroids of some cells, shape (len(cells), 3) [m]."""
    found = np.empty((len(cells), 3))
    kinds = np.asarray(grid.celltypes)[cells]
    points = np.asarray(grid.points, np.float64)
    for kind in np.unique(kinds):
        of_kind = np.flatnonzero(kinds == kind)
        if kind in _FACES:
            corners = _corners(grid, cells[of_kind])
            found[of_kind] = _centroids(points[corners], _FACES[kind])
        else:
            found[of_kind] = [_any_centroid(grid, int(cell)) for cell in cells[of_kind]]
    return found


def topology(grid: pyvista.UnstructuredGrid) -> tuple[Integers, Integers]:
    """Offsets (cells + 1) and the points of all cells one behind the other, views of the grid's own arrays."""
    cells = grid.GetCells()
    return pyvista.convert_array(cells.GetOffsetsArray()), pyvista.convert_array(cells.GetConnectivityArray())


def _corners(grid: pyvista.UnstructuredGrid, cells: Integers) -> Integers:
    """The points of cells of one kind, shape (cells, corners)."""
    offsets, labels = topology(grid)
    size = int(offsets[cells[0] + 1] - offsets[cells[0]])
    return np.asarray(labels[offsets[cells][:, None] + np.arange(size)], np.int64)


def _centroids(corners: Floats, faces: tuple[tuple[int, ...], ...]) -> Floats:
    """Centroids of cells of one kind from their corners, shape (cells, corners, 3)."""
    inside = corners.mean(axis=1)
    volume, moment = np.zeros(len(corners)), np.zeros((len(corners), 3))
    for face in faces:
        around = corners[:, face]
        middle = around.mean(axis=1)
        for one, two in zip(around.swapaxes(0, 1), np.roll(around, -1, axis=1).swapaxes(0, 1), strict=True):
            normal = np.cross(one - middle, two - middle)
            part = np.abs(np.einsum("ij,ij->i", normal, middle - inside))  # six times the tetrahedron's volume
            volume += part
            moment += part[:, None] * (one + two + middle + inside) / 4
    flat = volume <= 0
    volume[flat] = 1
    moment[flat] = inside[flat]
    return moment / volume[:, None]


def faces_of(grid: pyvista.UnstructuredGrid, cell: int) -> tuple[Integers, list[tuple[int, ...]]]:
    """The points of a cell of any kind, and its faces as places in them."""
    kind = int(np.asarray(grid.celltypes)[cell])
    if kind in _FACES:
        return _corners(grid, np.array([cell]))[0], list(_FACES[kind])
    found = vtkGenericCell()
    grid.GetCell(cell, found)
    number = {found.GetPointId(i): i for i in range(found.GetNumberOfPoints())}
    faces = []
    for index in range(found.GetNumberOfFaces()):
        face = found.GetFace(index)
        faces.append(tuple(number[face.GetPointId(i)] for i in range(face.GetNumberOfPoints())))
    return np.array(list(number), np.int64), faces


def _any_centroid(grid: pyvista.UnstructuredGrid, cell: int) -> Floats:
    """The centroid of a cell of any kind, a polyhedron above all."""
    labels, faces = faces_of(grid, cell)
    corners = np.array([grid.GetPoint(label) for label in labels.tolist()])
    return np.asarray(_centroids(corners[None], tuple(faces))[0])

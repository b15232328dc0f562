"""The cells of a mesh of hexahedra only, from its faces, in half the time of VTK's reader, which takes any cell.

Every cell has six faces of four corners. One is the base, 0 1 2 3 (counted so that its normal points inwards). A corner
of the base is in two side faces: that with edge 0-1 is, seen from outside, 0 1 5 4, that with edge 3-0 is 3 0 4 7. The
corner that is left, 6, follows from the sum of all labels, as each corner is in three faces.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyvista
from numpy.typing import NDArray
from pyvista import CellType

from flowcfd.foam.fields import Faces

Integers = NDArray[np.integer]
Labels = NDArray[np.int64]

_CELLS = 1 << 13
"""Cells taken at a time, few enough for the processor's cache."""


def hexahedra(
    faces: Faces, owner: Integers, neighbour: Integers, points: NDArray[np.float64]
) -> pyvista.UnstructuredGrid | None:
    """The grid of a polyMesh; None when a cell is no hexahedron or the faces are not in OpenFOAM's order."""
    if faces.labels.dtype.itemsize != 4 or not len(faces) or not (np.diff(faces.offsets) == 4).all():
        return None
    if len(owner) != len(faces) or len(neighbour) > len(owner) or not _within(faces.labels, len(points)):
        return None
    if not _within(owner, len(owner)) or not _within(neighbour, len(owner)):
        return None
    table = _faces_of_cells(owner, neighbour)
    if table is None:
        return None
    cells, owned = table
    corners = np.empty((len(cells), 8), np.int64)
    quads = np.ascontiguousarray(faces.labels, np.int32).view(np.dtype((np.void, 16)))
    for first in range(0, len(cells), _CELLS):
        part = slice(first, first + _CELLS)
        outward = (cells[part] >= len(neighbour)) | (np.arange(6) < owned[part, None])
        found = _corners(quads.take(cells[part].ravel()).view(np.int32).reshape(-1, 24), outward)
        if found is None:
            return None
        corners[part] = found
    grid = pyvista.UnstructuredGrid()
    grid.points = points
    offsets = np.arange(0, corners.size + 1, 8)
    grid.SetCells(
        int(CellType.HEXAHEDRON), pyvista.CellArray.from_arrays(cast(Any, offsets), cast(Any, corners.reshape(-1)))
    )
    return grid


def _within(labels: Integers, count: int) -> bool:
    return not len(labels) or (int(labels.min()) >= 0 and int(labels.max()) < count)


def _faces_of_cells(owner: Integers, neighbour: Integers) -> tuple[NDArray[np.int32], Labels] | None:
    """The six faces of each cell, those inner ones that it owns first, and how many these are."""
    inner = owner[: len(neighbour)]
    if (inner[1:] < inner[:-1]).any():
        return None
    count = int(owner.max()) + 1
    owned = np.bincount(inner, minlength=count)
    others = np.concatenate([neighbour, owner[len(neighbour) :]]).astype(np.int64)
    others <<= 32
    others |= np.arange(len(owner))  # cell and face in one number: sorting it is faster than an argsort
    others.sort()
    rest = np.bincount(others >> 32, minlength=count)
    if len(rest) != count or not (owned + rest == 6).all():
        return None
    mine = (np.arange(6) < owned[:, None]).ravel()
    cells = np.empty(6 * count, np.int32)
    cells[mine] = np.arange(len(neighbour), dtype=np.int32)
    cells[~mine] = (others & 0xFFFFFFFF).astype(np.int32)
    return cells.reshape(-1, 6), owned


def _corners(faces: NDArray[np.int32], outward: NDArray[np.bool_]) -> Labels | None:
    """VTK's eight corners from the corners of six faces, shape (cells, 24), and which faces point outwards."""
    count = len(faces)
    found = np.empty((count, 8), np.int64)
    out = outward[:, 0]
    found[:, 0], found[:, 2] = faces[:, 0], faces[:, 2]
    found[:, 1], found[:, 3] = np.where(out, faces[:, 3], faces[:, 1]), np.where(out, faces[:, 1], faces[:, 3])
    at = np.flatnonzero(faces[:, 4:] == faces[:, :1])
    cell = at // 20
    if len(at) != 2 * count or (cell[::2] != cell[1::2]).any():
        return None
    at += 4 * (cell + 1)  # from the sides alone to all faces
    flat, first, place = faces.ravel(), at & ~3, at & 3
    step = np.where(outward.ravel()[at >> 2], 1, 3)
    after, before = (flat[first + ((place + turn) & 3)].reshape(-1, 2) for turn in (step, -step))
    across = flat[first + ((place + 2) & 3)].reshape(-1, 2)
    towards_1 = after == found[:, 1, None]
    if (towards_1[:, 0] == towards_1[:, 1]).any():
        return None
    one = towards_1[:, 0]
    found[:, 4] = np.where(one, before[:, 0], before[:, 1])
    found[:, 5] = np.where(one, across[:, 0], across[:, 1])
    found[:, 7] = np.where(one, across[:, 1], across[:, 0])
    total = faces.sum(axis=1, dtype=np.int64)
    found[:, 6] = total // 3 - found[:, :6].sum(axis=1) - found[:, 7]
    return None if (total % 3).any() else found

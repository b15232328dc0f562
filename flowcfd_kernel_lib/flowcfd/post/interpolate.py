"""Cell values at points: which cell, and with which weights of which cells.

A corner's value is the weighted least-squares plane through the centroids of the cells around it (weights 1/distance
squared), so that a linear field comes out exactly, at the walls too. Where patches are given, a corner on them takes
the plane through their faces, those of walls before others, so that a wall has the wall's value; on edges, where the
faces span no plane, it is their mean. Inside a cell its own shape functions lead from corner to corner, and a hat that
is one at the centroid and zero on the faces lifts them to the cell's own value there, which keeps peaks. The result is
continuous. Steep gradients can overshoot by a fraction of the step.

A sample on a face of a patch (`ROUND_OFF`) takes its value from the faces of that patch alone, so that what a boundary
condition prescribes comes out to its edges: beside a moving lid a wall stands still. On an edge of several patches a
wall counts before others, then the patch that the mesh names first. Polyhedra and cells with warped faces have no such
shape functions: there the value is linear in tetrahedra between the cell's own value at its centroid, faces and corners
(`flowcfd.post.locate`), and a face is where its corners and its centroid are.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pyvista
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import reference
from vtkmodules.vtkCommonDataModel import vtkGenericCell

from flowcfd.post.centres import centres, topology
from flowcfd.post.locate import Located, Weights
from flowcfd.post.rim import Rim

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_FLAT = 1e-8
"""Extents below this part of the largest are rounding: cells may be a million times longer than thick."""

_CURVED = 0.05
"""The same for faces: a curved wall's bulge is no direction in which its values tell a gradient."""

ROUND_OFF = 1e-6
"""A sample lies on a face where the other corners of its cell weigh no more than this together."""


def from_cells(grid: pyvista.UnstructuredGrid, rim: Rim, located: Located) -> Weights:
    """The sums of `containing` over cells, and behind them the faces of the rim, in place of points."""
    cells = located.cells
    held = np.flatnonzero(cells >= 0)
    if not len(held):
        return located.corners
    located, patches = _on_faces(grid, rim, located)
    lifted, hats = _lifted(grid, located)
    asked, place = np.unique(np.stack([lifted.columns, patches]), axis=1, return_inverse=True)
    stencils = _stencils(grid, rim, asked[0], asked[1])
    rows, columns, weights = [held], [cells[held]], [hats[held]]
    for row, corner, weight in zip(lifted.rows.tolist(), place.tolist(), lifted.weights.tolist(), strict=True):
        around, parts = stencils[corner]
        rows.append(np.full(len(around), row))
        columns.append(around)
        weights.append(weight * parts)
    return Weights(np.concatenate(rows), np.concatenate(columns), np.concatenate(weights))


def _on_faces(grid: pyvista.UnstructuredGrid, rim: Rim, located: Located) -> tuple[Located, Integers]:
    """The weights without what round-off gives to corners off a patch, and for each the patch it is to use (or -1)."""
    corners, own = located.corners, located.own.copy()
    patches, kept = np.full(len(corners.weights), -1), corners.weights.copy()
    points, place = np.unique(corners.columns, return_inverse=True)
    faces = rim.at(np.asarray(grid.points, np.float64)[points])
    on_rim = np.array([bool(len(one)) for one in faces])[place]
    off = np.nan_to_num(own)
    np.add.at(off, corners.rows[~on_rim], np.abs(corners.weights[~on_rim]))
    near = np.flatnonzero((off <= ROUND_OFF)[corners.rows])
    for part in np.split(near, np.flatnonzero(np.diff(corners.rows[near])) + 1) if len(near) else ():
        if (found := _face(rim, [faces[n] for n in place[part]], corners.weights[part])) is None:
            continue
        on_face = np.array([bool(np.isin(faces[n], found).any()) for n in place[part]])
        patches[part[on_face]] = rim.patch_of(found[:1])[0]
        kept[part] = np.where(on_face, corners.weights[part], 0) / corners.weights[part][on_face].sum()
        row = corners.rows[part[0]]
        own[row] = np.minimum(own[row], 0)  # where it is not left to shape functions
    return Located(located.cells, Weights(corners.rows, corners.columns, kept), own), patches


def _face(rim: Rim, faces: list[Integers], weights: Floats) -> Integers | None:
    """The faces of one patch that all corners of weight have, most of them walls; None where there is none."""
    shared, shares = np.unique(np.concatenate(faces), return_inverse=True)
    weight = np.bincount(shares, weights=np.repeat(np.abs(weights), [len(one) for one in faces]))
    on = shared[weight >= np.abs(weights).sum() - ROUND_OFF]
    if not len(on):
        return None
    foremost = rim.foremost(on)
    return np.asarray(foremost[rim.patch_of(foremost) == rim.patch_of(foremost[:1])[0]])


def _lifted(grid: pyvista.UnstructuredGrid, located: Located) -> tuple[Weights, Floats]:
    """The corners' weights less what the hat takes from shape functions, and the weight of each cell's own value.

    The least weight of a corner is zero on every face and greatest about the centroid: the hat is its ratio to that
    at the centroid, at most one.
    """
    cells, corners, hats = located.cells, located.corners, np.nan_to_num(located.own)
    shaped = np.isnan(located.own)
    at_centroid = _centroid_weights(grid, np.unique(cells[shaped & (cells >= 0)]))
    weights = corners.weights.copy()
    for part in np.split(np.arange(len(weights)), np.flatnonzero(np.diff(corners.rows)) + 1):
        row = corners.rows[part[0]]
        if not shaped[row]:
            continue
        central = at_centroid[int(cells[row])]
        if central.min() > 0:
            hats[row] = np.clip(weights[part].min() / central.min(), 0, 1)
        weights[part] -= hats[row] * central
    return Weights(corners.rows, corners.columns, weights), hats


def _centroid_weights(grid: pyvista.UnstructuredGrid, cells: Integers) -> dict[int, Floats]:
    cell, closest, place = vtkGenericCell(), [0.0] * 3, [0.0] * 3
    found = {}
    for number, centroid in zip(cells.tolist(), centres(grid, cells).tolist(), strict=True):
        grid.GetCell(number, cell)
        weights = [0.0] * cell.GetNumberOfPoints()
        part, apart = cast(int, reference(0)), cast(float, reference(0.0))  # results that nobody asks for
        cell.EvaluatePosition(centroid, closest, part, place, apart, weights)
        found[number] = np.array(weights)
    return found


def _stencils(
    grid: pyvista.UnstructuredGrid, rim: Rim, points: Integers, patches: Integers
) -> list[tuple[Integers, Floats]]:
    """The columns that make the value of each point, and their weights; of one patch alone where it is not -1."""
    places = np.asarray(grid.points, np.float64)[points]
    once, which = np.unique(points, return_inverse=True)
    found_faces = rim.at(np.asarray(grid.points, np.float64)[once])
    on_rim = [
        found_faces[n][rim.patch_of(found_faces[n]) == patch] if patch >= 0 else rim.foremost(found_faces[n])
        for n, patch in zip(which.tolist(), patches.tolist(), strict=True)
    ]
    inner = np.array([not len(faces) for faces in on_rim])
    found = iter(_inner_stencils(grid, points[inner], places[inner]))
    return [
        _rim_stencil(grid.n_cells, rim, faces, place) if len(faces) else next(found)
        for faces, place in zip(on_rim, places, strict=True)
    ]


def _rim_stencil(first: int, rim: Rim, faces: Integers, place: Floats) -> tuple[Integers, Floats]:
    """The faces around a corner; on the edge of a patch, where they lie in a row, the next ones of the patch too."""
    numbers = rim.patch_of(faces)
    if (numbers == numbers[0]).all() and _rank(rim.centres[faces], _CURVED) < 2:
        faces = rim.ring(faces)
    return first + faces, _plane(rim.centres[faces], place, flat=_CURVED)


def _inner_stencils(grid: pyvista.UnstructuredGrid, points: Integers, places: Floats) -> list[tuple[Integers, Floats]]:
    """The cells around each point; where they lie in fewer directions than the mesh has, those around them too."""
    if not len(points):
        return []
    some = np.unique(np.linspace(0, grid.n_cells - 1, min(grid.n_cells, 2000)).astype(np.int64))
    full = _rank(centres(grid, some))
    around = _cells_of(grid, points)
    known = _Centres(grid)
    known.add(np.unique(np.concatenate(around)))
    lacking = [i for i, cells in enumerate(around) if _rank(known.of(cells)) < full]
    for i, cells in zip(lacking, _second_ring(grid, [around[i] for i in lacking]), strict=True):
        around[i] = cells
    known.add(np.unique(np.concatenate(around)))
    return [(cells, _plane(known.of(cells), place)) for cells, place in zip(around, places, strict=True)]


class _Centres:
    """Centroids computed once per cell."""

    def __init__(self, grid: pyvista.UnstructuredGrid) -> None:
        self._grid = grid
        self._cells = np.empty(0, np.int64)
        self._found = np.empty((0, 3))

    def add(self, cells: Integers) -> None:
        new = np.setdiff1d(cells, self._cells, assume_unique=True)
        everything = np.concatenate([self._cells, new])
        order = np.argsort(everything)
        self._found = np.concatenate([self._found, centres(self._grid, new)])[order]
        self._cells = everything[order]

    def of(self, cells: Integers) -> Floats:
        return self._found[np.searchsorted(self._cells, cells)]


def _cells_of(grid: pyvista.UnstructuredGrid, points: Integers) -> list[Integers]:
    """The cells at each of some points (sorted); one pass over the connectivity is faster than links for all points."""
    offsets, labels = topology(grid)
    wanted = np.zeros(grid.n_points, bool)
    wanted[points] = True
    at = np.flatnonzero(wanted[labels])
    cells = np.searchsorted(offsets, at, side="right") - 1
    order = np.argsort(labels[at], kind="stable")
    ends = np.searchsorted(labels[at][order], points, side="right")
    return [part.astype(np.int64) for part in np.split(cells[order], ends[:-1])]


def _second_ring(grid: pyvista.UnstructuredGrid, around: list[Integers]) -> list[Integers]:
    """The cells that share a point with the given ones."""
    if not around:
        return []
    offsets, labels = topology(grid)
    corners = {cell: labels[offsets[cell] : offsets[cell + 1]] for cells in around for cell in cells.tolist()}
    points = np.unique(np.concatenate(list(corners.values())))
    at = dict(zip(points.tolist(), _cells_of(grid, points), strict=True))
    return [
        np.unique(np.concatenate([at[point] for cell in cells.tolist() for point in corners[cell].tolist()]))
        for cells in around
    ]


def _rank(places: Floats, flat: float = _FLAT) -> int:
    """In how many directions the places differ."""
    apart = places - places.mean(axis=0)
    extents = np.linalg.svd(apart, compute_uv=False)
    return int(np.count_nonzero(extents > flat * max(extents[0], np.finfo(float).tiny))) if extents[0] > 0 else 0


def _plane(places: Floats, at: Floats, *, flat: float = _FLAT) -> Floats:
    """Weights that give the least-squares plane through values at `places`, taken at `at`; they sum to one.

    Directions in which the places do not differ (the third one of a plane mesh) have no gradient.
    """
    squares = ((places - at) ** 2).sum(axis=1)
    weights = 1 / np.maximum(squares, 1e-12 * squares.max() + np.finfo(float).tiny)
    share = weights / weights.sum()
    middle = share @ places
    root = np.sqrt(share)
    slopes = np.linalg.pinv(root[:, None] * (places - middle), rcond=flat) * root
    towards = (at - middle) @ slopes
    return np.asarray(share + towards - towards.sum() * share)

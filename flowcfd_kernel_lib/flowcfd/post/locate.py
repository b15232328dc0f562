"""Which cell a point lies in, and with which weights of its corners and of its own value.

Cells with plane faces have VTK's shape functions. Polyhedra and cells with a warped face are cut into tetrahedra as
OpenFOAM cuts them, each with the centroid of the cell, that of a face and an edge of this face: they fill a mesh
without gaps, and every face has its own centroid on it. VTK (9.7) takes any point in the box of a polyhedron for one
inside of it, and a warped face for a bilinear one or for triangles, so that the centre of a wall's face lay outside of
the mesh or in the cell behind the first one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyvista
from numpy.typing import NDArray
from pyvista import CellType
from vtkmodules.vtkCommonCore import reference, vtkIdList
from vtkmodules.vtkCommonDataModel import vtkGenericCell, vtkStaticCellLocator

from flowcfd.post.centres import centres, faces_of, topology

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUND_OFF = 1e-6
"""A face is plane where its corners lie off its plane by no more than this part of the cell's height; a sample is in a
cell if it is outside by no more than this part of the cell's size."""

_FLAT = 1e-14
"""Tetrahedra of less than this part of their edges' product have no volume."""


@dataclass(frozen=True)
class Weights:
    """Sums over columns: value at sample i = sum of `weight` times the value of `column`, over entries of `row` i."""

    rows: Integers
    columns: Integers
    weights: Floats

    def apply(self, values: NDArray[np.generic], count: int) -> Floats:
        """The sums, shape (count, ...); NaN where a sample has no entries."""
        flat = np.asarray(values, np.float64).reshape(len(values), -1)
        found = np.full((count, flat.shape[1]), np.nan)
        found[np.unique(self.rows)] = 0
        np.add.at(found, self.rows, self.weights[:, None] * flat[self.columns])
        return found.reshape(count, *values.shape[1:])


@dataclass(frozen=True)
class Located:
    """The cell of each sample (-1 outside), the weights of its corners (rows: samples, columns: points of the grid).

    `own` is the weight of the cell's own value; NaN where the corners' weights are those of shape functions, which sum
    to one without it.
    """

    cells: Integers
    corners: Weights
    own: Floats


def from_points(grid: pyvista.UnstructuredGrid, values: Floats, samples: Floats) -> Floats:
    """Values at the points of a grid (n, ...) at samples (m, 3) [m]: (m, ...); NaN outside.

    A cell that is cut into tetrahedra has at its centroid what the plane through its corners' values has there.
    """
    located = containing(grid, samples)
    found = located.corners.apply(values, len(samples))
    for row in np.flatnonzero(np.nan_to_num(located.own)):
        cell = grid.get_cell(int(located.cells[row]))
        corners = np.asarray(cell.points, np.float64)
        middle, centroid = corners.mean(axis=0), centres(grid, located.cells[row : row + 1])[0]
        told = np.asarray(values, np.float64)[cell.point_ids]
        mean = told.mean(axis=0)
        slope = np.linalg.lstsq(corners - middle, (told - mean).reshape(len(told), -1), rcond=None)[0]
        found[row] += located.own[row] * (mean + ((centroid - middle) @ slope).reshape(mean.shape))
    return found


def containing(grid: pyvista.UnstructuredGrid, samples: Floats) -> Located:
    """Where the samples, shape (n, 3) [m], lie in a mesh."""
    finder = _Finder(grid)
    cells, own = np.full(len(samples), -1, np.int64), np.full(len(samples), np.nan)
    rows: list[Integers] = []
    columns: list[Integers] = []
    weights: list[Floats] = []
    for row, sample in enumerate(samples):
        if (found := finder.find(sample)) is None:
            continue
        cells[row], own[row] = found.cell, found.own
        rows.append(np.full(len(found.points), row))
        columns.append(found.points)
        weights.append(found.weights)
    if not rows:
        return Located(cells, Weights(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)), own)
    return Located(cells, Weights(np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)), own)


@dataclass(frozen=True)
class _Found:
    cell: int
    points: Integers
    weights: Floats
    own: float = np.nan


class _Finder:
    """Finds cells one by one; what was cut once is kept."""

    def __init__(self, grid: pyvista.UnstructuredGrid) -> None:
        self._grid = grid
        self._locator = vtkStaticCellLocator()
        self._locator.SetDataSet(grid)
        self._locator.BuildLocator()
        self._cell = vtkGenericCell()
        self._kinds = np.asarray(grid.celltypes)
        self._trusted = not (self._kinds == CellType.POLYHEDRON).any()
        self._points = np.asarray(grid.points, np.float64)
        self._offsets, self._labels = topology(grid)
        self._shape = [0.0] * max(int(np.diff(self._offsets).max()), 8)
        self._near = 1e-9 * grid.length
        self._cuts: dict[int, _Cut] = {}

    def find(self, sample: Floats) -> _Found | None:
        """The cell of a sample, by its shape functions where it has plane faces."""
        usual = self._by_vtk(sample) if self._trusted else None
        if usual is not None and self._cut(usual.cell).plane:
            return usual
        best = max(self._around(sample), key=lambda cut: cut.depth(sample), default=None)
        if best is None or best.outside(sample) > ROUND_OFF * best.size:
            return usual  # cells that are bent by more than their height have no centroid that sees all their faces
        return (best.plane and self._shaped(best.cell, sample)) or best.found(sample)

    def _by_vtk(self, sample: Floats) -> _Found | None:
        place = [0.0] * 3
        found = self._locator.FindCell(sample.tolist(), self._near**2, self._cell, place, self._shape)
        return None if found < 0 else self._corners(found)

    def _shaped(self, number: int, sample: Floats) -> _Found | None:
        """The weights of the shape functions of a cell, where VTK too has the sample in it."""
        closest, place = [0.0] * 3, [0.0] * 3
        part, apart = cast(int, reference(0)), cast(float, reference(0.0))  # results that nobody asks for
        self._grid.GetCell(number, self._cell)
        inside = self._cell.EvaluatePosition(sample.tolist(), closest, part, place, apart, self._shape)
        return self._corners(number) if inside == 1 else None

    def _corners(self, number: int) -> _Found:
        points = np.array([self._cell.GetPointId(i) for i in range(self._cell.GetNumberOfPoints())], np.int64)
        return _Found(number, points, np.array(self._shape[: len(points)]))

    def _around(self, sample: Floats) -> Iterator[_Cut]:
        """The cells whose boxes hold the sample; the locator gives all that are in the same part of its own grid."""
        found, pad = vtkIdList(), max(self._near, ROUND_OFF * self._grid.length)
        bounds = np.stack([sample - pad, sample + pad], axis=1).ravel()
        self._locator.FindCellsWithinBounds(bounds.tolist(), found)
        cells = np.array([found.GetId(i) for i in range(found.GetNumberOfIds())], np.int64)
        if not len(cells):
            return iter(())
        sizes = self._offsets[cells + 1] - self._offsets[cells]
        starts = np.cumsum(sizes) - sizes
        at = np.repeat(self._offsets[cells] - starts, sizes) + np.arange(int(sizes.sum()))
        corners = self._points[self._labels[at]]
        low, high = np.minimum.reduceat(corners, starts), np.maximum.reduceat(corners, starts)
        near = ((low - pad <= sample) & (sample <= high + pad)).all(axis=1)
        return (self._cut(cell) for cell in cells[near].tolist())

    def _cut(self, cell: int) -> _Cut:
        if cell not in self._cuts:
            self._cuts[cell] = _Cut(self._grid, cell)
        return self._cuts[cell]


class _Cut:
    """A cell as tetrahedra: its own centroid, that of a face, and two corners that follow each other on this face."""

    def __init__(self, grid: pyvista.UnstructuredGrid, cell: int) -> None:
        self.cell = cell
        self._labels, faces = faces_of(grid, cell)
        points = np.asarray(grid.points, np.float64)[self._labels]
        self.size = float(np.linalg.norm(np.ptp(points, axis=0)))
        self._middle = centres(grid, np.array([cell]))[0]
        parts = [_Side(points[list(face)]) for face in faces]
        heights = [abs(float((side.centre - self._middle) @ side.normal)) for side in parts]
        plane = max(side.warp for side in parts) <= ROUND_OFF * min(heights)
        self.plane = plane and grid.celltypes[cell] != CellType.POLYHEDRON
        self._spread, edges = _spread(parts, faces, len(points)), []
        for side in parts:
            centre = np.broadcast_to(side.centre, side.corners.shape)
            edges.append(np.stack([centre, side.corners, np.roll(side.corners, -1, axis=0)], axis=1))
        sides = np.concatenate(edges) - self._middle
        whole = np.abs(np.linalg.det(sides)) > _FLAT * np.prod(np.linalg.norm(sides, axis=2), axis=1)
        self._spread = self._spread[whole]
        slopes = np.linalg.inv(sides[whole]).swapaxes(1, 2)  # of the weights of face, corner and next corner
        self._slopes = np.concatenate([-slopes.sum(axis=1, keepdims=True), slopes], axis=1)

    def _weights(self, sample: Floats) -> Floats:
        """The weights of centroid, face, corner and next corner in each tetrahedron, shape (tetrahedra, 4)."""
        return np.asarray(self._slopes @ (sample - self._middle) + [1.0, 0.0, 0.0, 0.0])

    def depth(self, sample: Floats) -> float:
        """The least weight in the tetrahedron that has the sample, or is the nearest to it; negative outside."""
        return float(self._weights(sample).min(axis=1).max(initial=-np.inf))

    def outside(self, sample: Floats) -> float:
        """How far [m] the sample is outside; not positive inside."""
        weights = self._weights(sample)
        if not len(weights):
            return float(np.inf)
        best = int(weights.min(axis=1).argmax())
        return float((-weights[best] / np.linalg.norm(self._slopes[best], axis=1)).max())

    def found(self, sample: Floats) -> _Found:
        """The weights of the corners and of the cell itself."""
        weights = self._weights(sample)
        best = int(weights.min(axis=1).argmax())
        share = weights[best].clip(min=0)
        share /= share.sum()
        corners = share[1:] @ self._spread[best]
        used = np.flatnonzero(self._spread[best].any(axis=0))
        return _Found(self.cell, self._labels[used], corners[used], float(share[0]))


class _Side:
    """A face: corners, centroid (the sum of `shares` of corners), normal, how far [m] corners lie off its plane."""

    def __init__(self, corners: Floats) -> None:
        self.corners = corners
        arms = corners - corners.mean(axis=0)
        across = np.cross(arms, np.roll(arms, -1, axis=0))
        areas = np.linalg.norm(across, axis=1)
        total = float(areas.sum())
        parts = areas / total if total > 0 else np.full(len(corners), 1 / len(corners))
        self.shares = (parts + np.roll(parts, 1) + 1 / len(corners)) / 3
        self.centre = self.shares @ corners
        normal = across.sum(axis=0)
        self.normal = normal / max(float(np.linalg.norm(normal)), np.finfo(float).tiny)
        self.warp = float(np.abs((corners - self.centre) @ self.normal).max())


def _spread(sides: list[_Side], faces: list[tuple[int, ...]], count: int) -> Floats:
    """The cell's corners' weights for face, corner and next corner, shape (tetrahedra, 3, corners)."""
    found = []
    for side, face in zip(sides, faces, strict=True):
        at, after = np.array(face), np.roll(face, -1)
        part = np.zeros((len(face), 3, count))
        part[:, 0, at] = side.shares
        part[np.arange(len(face)), 1, at] = 1
        part[np.arange(len(face)), 2, after] = 1
        found.append(part)
    return np.concatenate(found)

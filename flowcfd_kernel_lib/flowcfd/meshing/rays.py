"""Where the lines through the centres of a lattice's cells meet a surface of triangles.

A mesher that castellates asks one thing of a surface: which rays from the centre of a cell to that of its neighbour
meet it. On a lattice these rays lie on lines along the axes, so each triangle is drawn on the plane of the lines, row
by row, as pixels are. A cell of a lattice is named by one number, 21 bits for each of its three indices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BITS = 21
SHIFTS = (2 * BITS, BITS, 0)
_FIELD = (1 << BITS) - 1
CHUNK = 400_000
"""Pairs of a triangle and a row of lines that are drawn at a time; keeps the memory small."""
_OFF = (3.1e-7, 7.3e-7, 5.7e-7)
"""Shares of a cell by which the lines are shifted, so that none runs along an edge of a triangle."""


@dataclass(frozen=True)
class Surface:
    """Triangles (m, 3) over points (n, 3) in cells of the lattice's level 0, the patch (m,) and unit normal of each."""

    points: Floats
    triangles: NDArray[np.int64]
    patch: NDArray[np.int64]
    normals: Floats


@dataclass(frozen=True)
class Hits:
    """Rays along one axis that meet the surface: the cell below each, the triangle, where [cells], its sign.

    `sign` is 1 where the line goes into the solid and -1 where it leaves. A ray that begins outside of the lattice
    has its cell one below the first.
    """

    axis: int
    line: Keys
    index: NDArray[np.int64]
    at: Floats
    triangle: NDArray[np.int64]
    sign: NDArray[np.int8]

    def within(self, count: int) -> Hits:
        """Those between the first and the last side of `count` cells."""
        kept = (self.at >= 0) & (self.at <= count + 2 * _OFF[self.axis])
        return Hits(self.axis, self.line[kept], self.index[kept], self.at[kept], self.triangle[kept], self.sign[kept])


def hits(surface: Surface, axis: int, counts: tuple[int, int, int], scale: float) -> Hits:
    """All rays along an axis of a lattice of `counts` cells, `scale` for each of level 0, that meet the surface."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    parts = list(_drawn(surface, axis, counts, scale))
    tri, row, col = (np.concatenate([part[n] for part in parts]) if parts else np.empty(0, np.int64) for n in range(3))
    corner = surface.points[surface.triangles[tri, 0]] * scale
    normal = surface.normals[tri]
    du, dv = col + 0.5 + _OFF[u] - corner[:, u], row + 0.5 + _OFF[v] - corner[:, v]
    at = corner[:, axis] - (normal[:, u] * du + normal[:, v] * dv) / normal[:, axis] + _OFF[axis]
    index = np.floor(at - 0.5).astype(np.int64)
    line = (col << SHIFTS[u]) | (row << SHIFTS[v])
    return Hits(axis, line, index, at, tri, np.where(normal[:, axis] < 0, 1, -1).astype(np.int8))


def _drawn(
    surface: Surface, axis: int, counts: tuple[int, int, int], scale: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Triangles, rows and columns of the lines along an axis that go through them."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    points = surface.points * scale - 0.5
    flat = np.stack([points[:, u] - _OFF[u], points[:, v] - _OFF[v]], axis=1)
    heights = flat[:, 1][surface.triangles]
    first = np.maximum(np.ceil(heights.min(axis=1)), 0).astype(np.int64)
    last = np.minimum(np.floor(heights.max(axis=1)), counts[v] - 1).astype(np.int64)
    rows = np.where(np.abs(surface.normals[:, axis]) > 1e-12, np.maximum(last - first + 1, 0), 0)
    some = np.flatnonzero(rows)
    ends = np.cumsum(rows[some])
    for low, high in _chunks(ends):
        chosen = some[low:high]
        tri = np.repeat(chosen, rows[chosen])
        row = first[tri] + _counted(rows[chosen])
        start, stop = _stretch(flat, surface.triangles[tri], row.astype(np.float64))
        begin = np.maximum(np.ceil(start), 0).astype(np.int64)
        end = np.minimum(np.ceil(stop), counts[u]).astype(np.int64)
        wide = np.maximum(end - begin, 0)
        some_wide = wide > 0
        tri, row, begin, wide = tri[some_wide], row[some_wide], begin[some_wide], wide[some_wide]
        col = np.repeat(begin, wide) + _counted(wide)
        yield np.repeat(tri, wide), np.repeat(row, wide), col


def _chunks(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    low = 0
    while low < len(ends):
        before = ends[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + CHUNK, "right")))
        yield low, high
        low = high


def _counted(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ... of each length, one after the other."""
    total = np.cumsum(lengths)
    return np.arange(int(total[-1]) if len(total) else 0) - np.repeat(total - lengths, lengths)


def _stretch(flat: Floats, corners: NDArray[np.int64], row: Floats) -> tuple[Floats, Floats]:
    """From where to where each row lies in its triangle; neighbours share an edge's value to the last bit."""
    start, stop = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        a = flat[np.minimum(corners[:, one], corners[:, other])]
        b = flat[np.maximum(corners[:, one], corners[:, other])]
        cuts = (a[:, 1] <= row) != (b[:, 1] <= row)
        rise = np.where(cuts, b[:, 1] - a[:, 1], 1.0)
        where = a[:, 0] + (row - a[:, 1]) * ((b[:, 0] - a[:, 0]) / rise)
        start = np.where(cuts, np.minimum(start, where), start)
        stop = np.where(cuts, np.maximum(stop, where), stop)
    return start, stop


@dataclass(frozen=True)
class Inside:
    """Which cells of a lattice have their centre in the solid, by the lines along x."""

    places: Floats
    depth: NDArray[np.int32]
    width: int

    @classmethod
    def of(cls, found: Hits, counts: tuple[int, int, int]) -> Inside:
        """From the hits along x of a lattice of `counts` cells."""
        width = counts[0] + 4
        places = _place(found.line, counts, width) + np.clip(found.at, -0.5, counts[0] + 1)
        order = np.argsort(places, kind="stable")
        depth = np.concatenate([[0], np.cumsum(found.sign[order], dtype=np.int32)]).astype(np.int32)
        return cls(places[order], depth, width)

    def solid(self, keys: Keys, counts: tuple[int, int, int]) -> Bools:
        """Whether each cell's centre is in the solid: more surfaces were entered than left on the way to it."""
        base = _place(keys & ((1 << SHIFTS[0]) - 1), counts, self.width)
        here = np.searchsorted(self.places, base + ((keys >> SHIFTS[0]) + 0.5))
        start = np.searchsorted(self.places, base - 1)
        return np.asarray(self.depth[here] - self.depth[start] > 0)


def _place(line: Keys, counts: tuple[int, int, int], width: int) -> Floats:
    """Lines along x one behind the other, as one axis."""
    row = ((line >> SHIFTS[1]) & _FIELD) * counts[2] + (line & _FIELD)
    return row.astype(np.float64) * width

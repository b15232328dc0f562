"""The cells that snappyHexMesh will make, counted by doing what its castellation does, on lattices instead of a mesh.

The rules are those of OpenFOAM's snappyRefineDriver, meshRefinement and hexRef8: a ray between neighbouring centres
that meets the surface asks for the surface's lowest level in both cells; normals that differ by more than an angle,
in a cell or across a face, ask for its highest; a feature edge for its level in each cell that it crosses; a region for
its level in each cell whose centre it holds; each level spreads over a number of cells before the next coarser one
begins; a cell with five finer neighbours is refined. Cells on the other side of the surface than `inside` go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.meshing.rays import BITS, SHIFTS, Floats, Hits, Inside, Keys, Surface, hits

_FIELD = (1 << BITS) - 1
_HALVED = sum(((1 << (BITS - 1)) - 1) << shift for shift in SHIFTS)
_NONE: Keys = np.empty(0, np.int64)
_CORNERS = np.array([(x << SHIFTS[0]) | (y << SHIFTS[1]) | z for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.int64)
_ORDER = np.array([0, 2, 3, 5, 4, 6, 7, 1], np.int64)
MOST = 12
"""Normals of one cell that are compared."""
FLUSH = 1e-6
"""Shares of a cell within which an edge lies in a plane between cells."""
PASSES = 60
"""How often regions and spreading take turns; a level that creeps along an edge takes one for each two cells."""


@dataclass(frozen=True)
class Region:
    """Where cells are refined: a `box` (low, high), a `sphere` (centre, radius), a `cylinder` (ends, radius) [m]...

    or `near` patches within a distance [m].
    """

    level: int
    shape: str
    numbers: tuple[float, ...]
    patches: tuple[int, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """What a castellation is given: the background lattice and the levels.

    `low` [m] is its corner, `size` [m] its cells, `counts` how many. `levels` are (lowest, highest) of each patch,
    `edges` the level of feature edges, `angle` [degrees] that of resolveFeatureAngle, `between` the cells between
    levels, `gap` (cells, level) or None, `layers` the number on each patch, `fluid_in_solid` whether the inside of the
    surface is what is computed.
    """

    low: tuple[float, float, float]
    size: tuple[float, float, float]
    counts: tuple[int, int, int]
    levels: tuple[tuple[int, int], ...]
    edges: int = 0
    angle: float = 30.0
    between: int = 3
    regions: tuple[Region, ...] = ()
    gap: tuple[int, int] | None = None
    layers: tuple[int, ...] = ()
    fluid_in_solid: bool = False

    @property
    def finest(self) -> int:
        """The highest level that anything asks for."""
        asked = [high for _, high in self.levels] + [region.level for region in self.regions]
        return max([0, self.edges, *asked, *([self.gap[1]] if self.gap else [])])


@dataclass(frozen=True)
class Count:
    """Cells without layers by level, faces on each patch, and all cells with layers."""

    by_level: tuple[int, ...]
    faces: tuple[int, ...]
    layers: tuple[int, ...] = ()

    @property
    def castellated(self) -> int:
        """Cells before layers are added."""
        return sum(self.by_level)

    @property
    def cells(self) -> int:
        """All cells: n layers give n cells for each face."""
        return self.castellated + sum(n * faces for n, faces in zip(self.layers, self.faces, strict=False))


@dataclass
class _Lattice:
    """One level: what meets the surface in it, which of its cells are refined."""

    level: int
    counts: tuple[int, int, int]
    rays: tuple[Hits, Hits, Hits]
    inside: Inside
    refined: Keys = field(default_factory=lambda: _NONE)
    edged: Keys = field(default_factory=lambda: _NONE)
    first: tuple[Keys, Keys] = (_NONE, _NONE)
    """The cells below and above each face that met the surface before regions were refined: levels spread from it."""
    seen: dict[str, Keys] = field(default_factory=dict)

    def new(self, use: str, keys: Keys) -> Keys:
        """Those sorted keys that were not yet given for this use."""
        before = self.seen.get(use, _NONE)
        fresh = keys[~member(before, keys)]
        self.seen[use] = union(before, fresh)
        return fresh

    def solid(self, keys: Keys) -> NDArray[np.bool_]:
        return self.inside.solid(keys, self.counts)

    def within(self, keys: Keys) -> Keys:
        """Those that are no further out than the lattice; indices may be -1 or one too large."""
        kept = np.ones(len(keys), bool)
        for shift, count in zip(SHIFTS, self.counts, strict=True):
            kept &= ((keys >> shift) & _FIELD) < count
        return keys[kept & (keys >= 0)]


class Octree:
    """A surface in a background lattice, refined by a recipe."""

    def __init__(self, points: Floats, triangles: Keys, patch: Keys, edges: Floats, recipe: Recipe) -> None:
        """`points` (n, 3) [m], `triangles` (m, 3), `patch` (m,), feature `edges` (e, 2, 3) [m]."""
        self.recipe = recipe
        low, size = np.array(recipe.low), np.array(recipe.size)
        scaled = (points - low) / size
        self.surface = Surface(scaled, triangles, patch, _normals(scaled, triangles))
        self.physical = _normals(points, triangles)
        self.edges = (edges - low) / size
        self.points = points
        self._lowest = np.array([one for one, _ in recipe.levels] or [0])
        self._highest = np.array([one for _, one in recipe.levels] or [0])
        self.levels = [self._lattice(level) for level in range(recipe.finest + 1)]

    def count(self) -> Count:
        """Refine, and count."""
        self._by_edges()
        self._by_surface()
        for lattice in self.levels:
            lattice.first = self._first(lattice)
        self._outwards()
        self._dangling()
        return self._counted()

    def _lattice(self, level: int) -> _Lattice:
        x, y, z = (count << level for count in self.recipe.counts)
        counts = (x, y, z)
        rays = [hits(self.surface, axis, counts, float(1 << level)) for axis in range(3)]
        inside = Inside.of(rays[0], counts)
        first, second, third = (found.within(count) for found, count in zip(rays, counts, strict=True))
        return _Lattice(level, counts, (first, second, third), inside)

    def _by_surface(self) -> None:
        """Refine by rays, normals and edges, from coarse to fine, until neighbours differ by one level at most."""
        for _ in range(PASSES):
            before = [len(lattice.refined) for lattice in self.levels]
            self._refine()
            self._even()
            if before == [len(lattice.refined) for lattice in self.levels]:
                break

    def _by_edges(self) -> None:
        for lattice in self.levels[:-1]:
            if self.recipe.edges > lattice.level:
                lattice.refined = self._existing(lattice.level, self._crossed(lattice))
        self._even()
        for lattice in self.levels:
            lattice.edged = lattice.refined

    def _refine(self) -> None:
        for lattice in self.levels[:-1]:
            level = lattice.level
            for _ in range(3):
                lattice.refined = union(lattice.refined, self._asked(lattice))
                lacking = self._beside(lattice)
                if not len(lacking):
                    break
                coarser = self.levels[level - 1]
                coarser.refined = union(coarser.refined, lacking)

    def _asked(self, lattice: _Lattice) -> Keys:
        level = lattice.level
        pairs = [self._pairs(lattice, axis) for axis in range(3)]
        below, above, triangle = (np.concatenate([pair[n] for pair in pairs]) for n in range(3))
        patch = self.surface.patch[triangle]
        low = self._lowest[patch] > level
        asked = [below[low], above[low]]
        bent = ~low & (self._highest[patch] > level)
        if bent.any():
            asked.append(self._bent(below[bent], above[bent], triangle[bent]))
        return self._existing(level, unique(np.concatenate(asked)))

    def _pairs(self, lattice: _Lattice, axis: int) -> tuple[Keys, Keys, Keys]:
        """The cells on both sides of each ray that meets the surface; at the rim both are the one that there is."""
        rays, step = lattice.rays[axis], 1 << SHIFTS[axis]
        last = lattice.counts[axis] - 1
        below = rays.line + np.maximum(rays.index, 0) * step
        above = rays.line + np.minimum(rays.index + 1, last) * step
        return below, above, rays.triangle

    def _existing(self, level: int, keys: Keys) -> Keys:
        return keys[self._exist(self.levels[level], keys)]

    def _beside(self, lattice: _Lattice) -> Keys:
        """Coarser cells across a ray that meets the surface from a cell of this level: they are asked to be finer."""
        if lattice.level == 0:
            return _NONE
        refined = self.levels[lattice.level - 1].refined
        found = []
        for axis in range(3):
            below, above, triangle = self._pairs(lattice, axis)
            one, other = parents(below), parents(above)
            low = self._lowest[self.surface.patch[triangle]] >= lattice.level
            has, had = member(refined, one), member(refined, other)
            found += [other[has & ~had & low], one[had & ~has & low]]
        lacking = unique(np.concatenate(found))
        return self._existing(lattice.level - 1, lacking)

    def _bent(self, below: Keys, above: Keys, triangle: Keys) -> Keys:
        """Cells in which, or across whose faces, normals differ by more than the angle."""
        cells = np.concatenate([below, above])
        owners = np.concatenate([triangle, triangle])
        keys, normals = _grouped(cells, self.physical[owners])
        limit = float(np.cos(np.radians(self.recipe.angle)))
        found = [keys[_differing(normals, normals, limit)]]
        for axis in range(3):
            place = np.searchsorted(keys, keys + (1 << SHIFTS[axis]))
            place[place == len(keys)] = 0
            here = np.flatnonzero(keys[place] == keys + (1 << SHIFTS[axis]))
            other = place[here]
            mine, theirs = normals[here], normals[other]
            bent = _differing(mine, theirs, limit)
            here, other, mine, theirs = here[bent], other[bent], mine[bent], theirs[bent]
            both = ~(_subset(mine, theirs) | _subset(theirs, mine))
            found += [keys[here[both]], keys[other[both]]]
        return np.concatenate(found)

    def _crossed(self, lattice: _Lattice) -> Keys:
        """Cells that feature edges go through."""
        if not len(self.edges):
            return _NONE
        ends = self.edges * (1 << lattice.level)
        lengths = np.abs(ends[:, 1] - ends[:, 0]).max(axis=1)
        steps = np.maximum(np.ceil(4 * lengths).astype(np.int64), 1)
        owner = np.repeat(np.arange(len(steps)), steps + 1)
        first = np.cumsum(steps + 1) - (steps + 1)
        share = (np.arange(len(owner)) - first[owner]) / steps[owner]
        along = ends[owner, 0] + share[:, None] * (ends[owner, 1] - ends[owner, 0])
        # An edge in a plane between cells is tracked on both sides of it, one between four cells on one of them.
        flush = (np.abs(ends - np.round(ends)) < FLUSH).all(axis=1) & (np.abs(ends[:, 1] - ends[:, 0]) < FLUSH)
        aside = flush * (flush.sum(axis=1) == 1)[:, None] * 0.25
        index = np.floor(np.concatenate([along + aside[owner], (along - aside[owner])[aside.any(axis=1)[owner]]]))
        index = index.astype(np.int64)
        kept = ((index >= 0) & (index < np.array(lattice.counts))).all(axis=1)
        return unique(_keys(index[kept]))

    def _even(self) -> None:
        """No cell has a neighbour that is more than one level coarser."""
        steps = [sign << shift for shift in SHIFTS for sign in (-1, 1)]
        for finer, lattice in zip(reversed(self.levels[1:-1]), reversed(self.levels[:-2]), strict=True):
            around = np.concatenate([finer.refined + step for step in steps])
            lattice.refined = union(lattice.refined, parents(finer.within(unique(around))))

    def _outwards(self) -> None:
        """Regions from coarse to fine, the cells between levels from fine to coarse, until nothing changes."""
        for _ in range(PASSES):
            before = [len(lattice.refined) for lattice in self.levels]
            for lattice in self.levels[:-1]:
                if any(region.level > lattice.level for region in self.recipe.regions):
                    lattice.refined = union(lattice.refined, self._held(lattice))
            for lattice in reversed(self.levels[:-1]):
                lattice.refined = union(lattice.refined, self._spread(lattice))
            if before == [len(lattice.refined) for lattice in self.levels]:
                break

    def _cells(self, level: int) -> Keys:
        """The cells of a level, refined or not."""
        if level:
            return children(self.levels[level - 1].refined)
        x, y, z = np.meshgrid(*(np.arange(count) for count in self.recipe.counts), indexing="ij")
        return _keys(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1))

    def _fresh(self, level: int) -> Keys:
        """The cells of a level that were not yet asked whether a region holds them."""
        if level == 0:
            return self._cells(0) if "held" not in self.levels[0].seen else _NONE
        coarser = self.levels[level - 1]
        return children(coarser.new("held", coarser.refined))

    def _held(self, lattice: _Lattice) -> Keys:
        """Cells whose centre is in a region of a higher level."""
        cells = self._fresh(lattice.level)
        size = np.array(self.recipe.size) / (1 << lattice.level)
        centres = (_indices(cells) + 0.5) * size + np.array(self.recipe.low)
        chosen = np.zeros(len(cells), bool)
        for region in self.recipe.regions:
            if region.level > lattice.level:
                chosen |= self._holds(region, centres)
        if lattice.level == 0:
            lattice.seen.setdefault("held", _NONE)
        return unique(cells[chosen])

    def _holds(self, region: Region, at: Floats) -> NDArray[np.bool_]:
        numbers = np.array(region.numbers)
        if region.shape == "box":
            return np.asarray(((at >= numbers[:3]) & (at <= numbers[3:6])).all(axis=1))
        if region.shape == "sphere":
            return np.asarray(((at - numbers[:3]) ** 2).sum(axis=1) <= numbers[3] ** 2)
        if region.shape == "cylinder":
            axis = numbers[3:6] - numbers[:3]
            length = float(np.linalg.norm(axis))
            along = (at - numbers[:3]) @ (axis / length)
            across = ((at - numbers[:3]) ** 2).sum(axis=1) - along**2
            return np.asarray((along >= 0) & (along <= length) & (across <= numbers[6] ** 2))
        return self._near(region, at)

    def _near(self, region: Region, at: Floats) -> NDArray[np.bool_]:
        """Centres within a distance of patches; the surface by points closer to each other than a quarter of it."""
        from scipy.spatial import cKDTree

        distance = region.numbers[0]
        mine = np.isin(self.surface.patch, region.patches) if region.patches else np.ones(len(self.surface.patch), bool)
        samples = sampled(self.points, self.surface.triangles[mine], distance / 4)
        low, high = samples.min(axis=0) - distance, samples.max(axis=0) + distance
        close = np.asarray(((at >= low) & (at <= high)).all(axis=1))
        found = cKDTree(samples).query(at[close], distance_upper_bound=distance)[0]
        close[close] = found <= distance
        return close

    def _spread(self, lattice: _Lattice) -> Keys:
        """Cells that finer ones and the surface ask to be refined, with `between` cells from level to level."""
        level, reach = lattice.level, self.recipe.between / 2
        finer = self.levels[level + 1]
        fresh = finer.new("spread", finer.refined)
        asked = [parents(fresh), spread(finer.new("one", self._origins(finer)), 1, reach)]
        if level + 2 < len(self.levels):
            finest = self.levels[level + 2]
            grand = children(fresh)
            fluid = grand[finest.solid(grand) == self.recipe.fluid_in_solid]
            asked.append(spread(union(fluid, finest.new("two", self._origins(finest))), 2, reach))
        return lattice.within(unique(np.concatenate(asked)))

    def _first(self, lattice: _Lattice) -> tuple[Keys, Keys]:
        """The earlier and the later cell at each face of this level's size that meets the surface."""
        found = []
        for axis in range(3):
            below, above, _ = self._pairs(lattice, axis)
            ages = [self._age(lattice, below), self._age(lattice, above)]
            whole = ~(member(lattice.refined, below) | member(lattice.refined, above))
            kept = whole & (np.minimum(*ages) < 2)
            below, above, young = below[kept], above[kept], (ages[0] - ages[1])[kept]
            last = np.where(young == 0, later(below, above, lattice.level), np.where(young > 0, below, above))
            found.append((below + above - last, last))
        return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])

    def _age(self, lattice: _Lattice, keys: Keys) -> NDArray[np.int64]:
        """0 for cells that edges made, 1 for those that the surface made, 2 for those that are not there yet."""
        if lattice.level == 0:
            return np.zeros(len(keys), np.int64)
        above = parents(keys)
        coarser = self.levels[lattice.level - 1]
        return 2 - member(coarser.refined, above).astype(np.int64) - member(coarser.edged, above)

    def _exist(self, lattice: _Lattice, keys: Keys) -> NDArray[np.bool_]:
        if lattice.level == 0:
            return np.ones(len(keys), bool)
        return member(self.levels[lattice.level - 1].refined, parents(keys))

    def _origins(self, lattice: _Lattice) -> Keys:
        """The cells above those first faces that now have cells of this level on both sides."""
        one, last = lattice.first
        both = self._exist(lattice, one) & self._exist(lattice, last)
        both &= ~(member(lattice.refined, one) | member(lattice.refined, last))
        return unique(last[both])

    def _dangling(self) -> None:
        """Refine cells with five finer neighbours."""
        for lattice in reversed(self.levels[:-1]):
            steps = [sign << shift for shift in SHIFTS for sign in (-1, 1)]
            fluid = lattice.refined[lattice.solid(lattice.refined) == self.recipe.fluid_in_solid]
            around = np.sort(np.concatenate([fluid + step for step in steps]))
            if len(around) < 5:
                continue
            five = unique(around[4:][around[4:] == around[:-4]])
            five = lattice.within(five[~member(lattice.refined, five)])
            lattice.refined = union(lattice.refined, self._existing(lattice.level, five))

    def _counted(self) -> Count:
        found = []
        faces = np.zeros(len(self.recipe.levels), np.int64)
        for lattice in self.levels:
            cells = np.sort(self._cells(lattice.level))
            leaves = cells[~member(lattice.refined, cells)]
            fluid = leaves[lattice.solid(leaves) == self.recipe.fluid_in_solid]
            found.append(len(fluid))
            faces += self._faces(lattice, fluid)
        return Count(tuple(found), tuple(faces.tolist()), self.recipe.layers)

    def _faces(self, lattice: _Lattice, fluid: Keys) -> NDArray[np.int64]:
        """Faces on each patch: the faces of one cell on one patch become one."""
        pairs = [self._pairs(lattice, axis) for axis in range(3)]
        cell = np.concatenate([pair[n] for pair in pairs for n in (0, 1)])
        other = np.concatenate([pair[n] for pair in pairs for n in (1, 0)])
        patch = self.surface.patch[np.concatenate([pair[2] for pair in pairs for _ in (0, 1)])]
        kept = (lattice.solid(other) != self.recipe.fluid_in_solid) & member(fluid, cell)
        cell, patch = cell[kept], patch[kept]
        order = np.lexsort((patch, cell))
        cell, patch = cell[order], patch[order]
        first = np.ones(len(cell), bool)
        first[1:] = (cell[1:] != cell[:-1]) | (patch[1:] != patch[:-1])
        return np.bincount(patch[first], minlength=len(self.recipe.levels))


def unique(keys: Keys) -> Keys:
    """Sorted, each once."""
    keys = np.sort(keys)
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def union(one: Keys, other: Keys) -> Keys:
    """All of both, sorted."""
    return unique(np.concatenate([one, other]))


def member(ordered: Keys, keys: Keys) -> NDArray[np.bool_]:
    """Which keys are in a sorted array."""
    if not len(ordered):
        return np.zeros(len(keys), bool)
    place = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.asarray(ordered[place] == keys)


def common(one: Keys, other: Keys) -> Keys:
    """Those of the first that are in the second; both sorted."""
    return one[member(other, one)]


def parents(keys: Keys, times: int = 1) -> Keys:
    """The cells a level coarser that hold them."""
    for _ in range(times):
        keys = (keys >> 1) & _HALVED
    return keys


def children(keys: Keys) -> Keys:
    """The eight cells of each, a level finer; not sorted."""
    return ((keys << 1)[:, None] | _CORNERS).ravel()


def later(one: Keys, other: Keys, level: int) -> Keys:
    """Of each pair of cells that one which hexRef8 made later: the neighbour, not the owner, of their face.

    Of a split cell the child at its oldest corner keeps its number; the others get new ones in the order of their
    oldest corners: the corner of the coarser cell first, then that one's middle, the middles of its edges and faces.
    """
    first, second = _rows(parents(one, level)), _rows(parents(other, level))
    after = np.sign(first - second).astype(np.int8)
    for step in range(1, level + 1):
        rank = [_rank(parents(key, level - step), step) for key in (one, other)]
        together = parents(one, level - step + 1) == parents(other, level - step + 1)
        both = (rank[0] > 0) & (rank[1] > 0)
        single = np.sign(rank[0] - rank[1]).astype(np.int8)
        after = np.where(together | (both & (after == 0)) | (~both & ((rank[0] > 0) | (rank[1] > 0))), single, after)
    return np.where(after > 0, one, other)


def _rows(keys: Keys) -> Keys:
    """The number of a background cell: along x first, then y, then z."""
    return (keys & _FIELD) << (2 * BITS) | ((keys >> SHIFTS[1]) & _FIELD) << BITS | (keys >> SHIFTS[0])


def _rank(keys: Keys, level: int) -> Keys:
    """The place of a cell among the eight of its parent, in the order in which hexRef8 makes them."""
    mine = (keys >> SHIFTS[0] & 1) | (keys >> SHIFTS[1] & 1) << 1 | (keys & 1) << 2
    if level == 1:
        return mine
    above = keys >> 1
    theirs = (above >> SHIFTS[0] & 1) | (above >> SHIFTS[1] & 1) << 1 | (above & 1) << 2
    return np.asarray(_ORDER[mine ^ theirs])


def spread(keys: Keys, levels: int, reach: float) -> Keys:
    """The cells `levels` coarser whose centre is nearer than `reach` (in their size) to the centre of one of these."""
    if not len(keys):
        return _NONE
    steps, words = _reached(levels, reach)
    bits = (1 << levels) - 1
    place = np.zeros(len(keys), np.int64)
    for shift in SHIFTS:
        place = (place << levels) | ((keys >> shift) & bits)
    home = parents(keys, levels)
    order = np.argsort(home, kind="stable")
    home = home[order]
    first = np.flatnonzero(np.concatenate([[True], home[1:] != home[:-1]]))
    wanted = np.bitwise_or.reduceat(words[place[order]], first, axis=0)
    home = home[first]
    found = [home[(wanted[:, n // 62] >> (n % 62)) & 1 > 0] + step for n, step in enumerate(steps)]
    return unique(np.concatenate(found))


@lru_cache(maxsize=32)
def _reached(levels: int, reach: float) -> tuple[list[int], NDArray[np.int64]]:
    """Steps to coarse cells around one, and for each place of a fine cell in it the bits of the steps in reach."""
    n = 1 << levels
    far = int(np.ceil(reach + 0.5)) - 1
    offsets = [(x, y, z) for x in range(-far, far + 1) for y in range(-far, far + 1) for z in range(-far, far + 1)]
    inner = (np.arange(n) + 0.5) / n - 0.5
    x, y, z = np.meshgrid(inner, inner, inner, indexing="ij")
    places = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
    words = np.zeros((len(places), len(offsets) // 62 + 1), np.int64)
    for number, offset in enumerate(offsets):
        near = ((places - np.array(offset)) ** 2).sum(axis=1) < reach**2
        words[:, number // 62] |= near.astype(np.int64) << (number % 62)
    return [sum(step << shift for step, shift in zip(offset, SHIFTS, strict=True)) for offset in offsets], words


def sampled(points: Floats, triangles: Keys, distance: float) -> Floats:
    """Points on the triangles, at most about a distance [m] apart."""
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    parts = np.clip(np.ceil(longest / distance), 1, 400).astype(np.int64)
    found = [points]
    for n in np.unique(parts):
        mine = corners[parts == n]
        i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
        a, b = ((grid[i + j < n] + 1 / 3) / n for grid in (i, j))
        found.append(
            (
                mine[:, None, 0] * (1 - a - b)[None, :, None]
                + mine[:, None, 1] * a[None, :, None]
                + mine[:, None, 2] * b[None, :, None]
            ).reshape(-1, 3)
        )
    return np.concatenate(found)


def feature_edges(points: Floats, triangles: Keys, patch: Keys, angle: float = 30.0) -> Floats:
    """Edges (e, 2, 3) where normals turn by more than an angle [degrees], patches meet or the surface ends."""
    ends = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(triangles)), 3)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    first = np.flatnonzero(np.concatenate([[True], (ends[1:] != ends[:-1]).any(axis=1)]))
    shared = np.diff(np.append(first, len(ends)))
    normals = _normals(points, triangles)
    pair = first[shared == 2]
    one, other = owner[pair], owner[pair + 1]
    sharp = (normals[one] * normals[other]).sum(axis=1) < np.cos(np.radians(angle))
    chosen = np.concatenate([pair[sharp | (patch[one] != patch[other])], first[shared != 2]])
    return np.asarray(points[ends[chosen]])


def recipe(given: Mapping[str, Any]) -> Recipe:
    """A recipe from what JSON made of it."""
    fields = {name: _tuples(value) for name, value in given.items()}
    named = ({name: _tuples(value) for name, value in region.items()} for region in given["regions"])
    return Recipe(**{**fields, "regions": tuple(Region(**region) for region in named)})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, (list, tuple)) else value


def _normals(points: Floats, triangles: Keys) -> Floats:
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return np.asarray(normal / np.where(length > 0, length, 1.0))


def _keys(index: NDArray[np.int64]) -> Keys:
    return np.asarray((index[:, 0] << SHIFTS[0]) | (index[:, 1] << SHIFTS[1]) | index[:, 2])


def _indices(keys: Keys) -> NDArray[np.int64]:
    return np.stack([(keys >> shift) & _FIELD for shift in SHIFTS], axis=1)


def _grouped(cells: Keys, normals: Floats) -> tuple[Keys, NDArray[np.float32]]:
    """Cells, each once, and their normals (n, MOST, 3); places that are not used repeat the first."""
    order = np.argsort(cells, kind="stable")
    cells, normals = cells[order], normals[order]
    first = np.concatenate([[True], cells[1:] != cells[:-1]])
    number = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    place = np.arange(len(cells)) - starts[number]
    kept = place < MOST
    table = np.repeat(normals[starts].astype(np.float32)[:, None], MOST, axis=1)
    table[number[kept], place[kept]] = normals[kept]
    return cells[starts], table


def _differing(one: NDArray[np.float32], other: NDArray[np.float32], limit: float) -> NDArray[np.bool_]:
    found = np.zeros(len(one), bool)
    for low in range(0, len(one), 50_000):
        part = slice(low, low + 50_000)
        found[part] = (one[part] @ other[part].transpose(0, 2, 1)).min(axis=(1, 2)) < limit
    return found


def _subset(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each normal of the first is one of the second."""
    return np.asarray(((one @ other.transpose(0, 2, 1)).max(axis=2) > 1 - 1e-6).all(axis=1))

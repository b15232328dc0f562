"""The cells that snappyHexMesh will make, counted by doing what its castellation does, on lattices instead of a mesh.

The rules are those of OpenFOAM's snappyRefineDriver, meshRefinement and hexRef8: a ray between neighbouring centres
that meets the surface asks for the surface's lowest level in both cells; normals that differ by more than an angle,
in a cell or across a face, ask for its highest; a feature edge for its level in each cell that it crosses; a region for
its level in each cell whose centre it holds; each level spreads over a number of cells before the next coarser one
begins; a cell with five finer neighbours is refined. Cells on the other side of the surface than `inside` go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad import surface
from flowcfd.meshing.bends import bent
from flowcfd.meshing.cells import NONE, children, indices, later, member, numbered, parents, spread, union, unique
from flowcfd.meshing.lattice import Lattice
from flowcfd.meshing.rays import SHIFTS, Floats, Inside, Keys, Surface, hits
from flowcfd.meshing.recipe import Recipe

PASSES = 60
"""How often regions and spreading take turns; a level that creeps along an edge takes one for each two cells."""


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


class Octree:
    """A surface in a background lattice, refined by a recipe."""

    def __init__(self, points: Floats, triangles: Keys, patch: Keys, edges: Floats, recipe: Recipe) -> None:
        """`points` (n, 3) [m], `triangles` (m, 3), `patch` (m,), feature `edges` (e, 2, 3) [m]."""
        self.recipe = recipe
        low, size = np.array(recipe.low), np.array(recipe.size)
        scaled = (points - low) / size
        self.surface = Surface(scaled, triangles, patch, surface.areas(scaled, triangles)[1])
        self.normals = surface.areas(points, triangles)[1]
        self.edges = (edges - low) / size
        self.points = points
        # hexRef8 measures all distances by the shortest edge of the background, whose cells are seldom cubes.
        x, y, z = (side / min(recipe.size) for side in recipe.size)
        self._sides = x, y, z
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

    def _lattice(self, level: int) -> Lattice:
        x, y, z = (count << level for count in self.recipe.counts)
        counts = (x, y, z)
        rays = [hits(self.surface, axis, counts, float(1 << level)) for axis in range(3)]
        inside = Inside.of(rays[0], counts)
        first, second, third = (found.within(count) for found, count in zip(rays, counts, strict=True))
        return Lattice(level, counts, (first, second, third), inside)

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
                lattice.refined = self._existing(lattice.level, lattice.crossed(self.edges))
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

    def _asked(self, lattice: Lattice) -> Keys:
        level = lattice.level
        pairs = [lattice.pairs(axis) for axis in range(3)]
        below, above, triangle = (np.concatenate([pair[n] for pair in pairs]) for n in range(3))
        patch = self.surface.patch[triangle]
        low = self._lowest[patch] > level
        asked = [below[low], above[low]]
        turning = ~low & (self._highest[patch] > level)
        if turning.any():
            asked.append(bent(below[turning], above[turning], self.normals[triangle[turning]], self.recipe.angle))
        return self._existing(level, unique(np.concatenate(asked)))

    def _existing(self, level: int, keys: Keys) -> Keys:
        return keys[self._exist(self.levels[level], keys)]

    def _beside(self, lattice: Lattice) -> Keys:
        """Coarser cells across a ray that meets the surface from a cell of this level: they are asked to be finer."""
        if lattice.level == 0:
            return NONE
        refined = self.levels[lattice.level - 1].refined
        found = []
        for axis in range(3):
            below, above, triangle = lattice.pairs(axis)
            one, other = parents(below), parents(above)
            low = self._lowest[self.surface.patch[triangle]] >= lattice.level
            has, had = member(refined, one), member(refined, other)
            found += [other[has & ~had & low], one[had & ~has & low]]
        lacking = unique(np.concatenate(found))
        return self._existing(lattice.level - 1, lacking)

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
        return numbered(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1))

    def _fresh(self, level: int) -> Keys:
        """The cells of a level that were not yet asked whether a region holds them."""
        if level == 0:
            return self._cells(0) if "held" not in self.levels[0].seen else NONE
        coarser = self.levels[level - 1]
        return children(coarser.new("held", coarser.refined))

    def _held(self, lattice: Lattice) -> Keys:
        """Cells whose centre is in a region of a higher level."""
        cells = self._fresh(lattice.level)
        size = np.array(self.recipe.size) / (1 << lattice.level)
        centres = (indices(cells) + 0.5) * size + np.array(self.recipe.low)
        chosen = np.zeros(len(cells), bool)
        for region in self.recipe.regions:
            if region.level > lattice.level:
                chosen |= region.holds(centres, self.surface, self.points)
        if lattice.level == 0:
            lattice.seen.setdefault("held", NONE)
        return unique(cells[chosen])

    def _spread(self, lattice: Lattice) -> Keys:
        """Cells that finer ones and the surface ask to be refined, with `between` cells from level to level."""
        level, reach, sides = lattice.level, self.recipe.between / 2, self._sides
        finer = self.levels[level + 1]
        fresh = finer.new("spread", finer.refined)
        asked = [parents(fresh), spread(finer.new("one", self._origins(finer)), 1, reach, sides)]
        if level + 2 < len(self.levels):
            finest = self.levels[level + 2]
            grand = children(fresh)
            fluid = grand[finest.solid(grand) == self.recipe.fluid_in_solid]
            asked.append(spread(union(fluid, finest.new("two", self._origins(finest))), 2, reach, sides))
        return lattice.within(unique(np.concatenate(asked)))

    def _first(self, lattice: Lattice) -> tuple[Keys, Keys]:
        """The earlier and the later cell at each face of this level's size that meets the surface."""
        found = []
        for axis in range(3):
            below, above, _ = lattice.pairs(axis)
            ages = [self._age(lattice, below), self._age(lattice, above)]
            whole = ~(member(lattice.refined, below) | member(lattice.refined, above))
            kept = whole & (np.minimum(*ages) < 2)
            below, above, young = below[kept], above[kept], (ages[0] - ages[1])[kept]
            last = np.where(young == 0, later(below, above, lattice.level), np.where(young > 0, below, above))
            found.append((below + above - last, last))
        return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])

    def _age(self, lattice: Lattice, keys: Keys) -> NDArray[np.int64]:
        """0 for cells that edges made, 1 for those that the surface made, 2 for those that are not there yet."""
        if lattice.level == 0:
            return np.zeros(len(keys), np.int64)
        above = parents(keys)
        coarser = self.levels[lattice.level - 1]
        return 2 - member(coarser.refined, above).astype(np.int64) - member(coarser.edged, above)

    def _exist(self, lattice: Lattice, keys: Keys) -> NDArray[np.bool_]:
        if lattice.level == 0:
            return np.ones(len(keys), bool)
        return member(self.levels[lattice.level - 1].refined, parents(keys))

    def _origins(self, lattice: Lattice) -> Keys:
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

    def _faces(self, lattice: Lattice, fluid: Keys) -> NDArray[np.int64]:
        """Faces on each patch: the faces of one cell on one patch become one.

        Where a body is thinner than the cells beside it, a face between two cells of the fluid meets it: the mesher
        makes a wall without thickness of it, two faces, and snaps each to its side.
        """
        pairs = [lattice.pairs(axis) for axis in range(3)]
        cell = np.concatenate([pair[n] for pair in pairs for n in (0, 1)])
        other = np.concatenate([pair[n] for pair in pairs for n in (1, 0)])
        patch = self.surface.patch[np.concatenate([pair[2] for pair in pairs for _ in (0, 1)])]
        kept = (self._gone(lattice, other) | member(fluid, other)) & member(fluid, cell)
        beside, its = self._beside_coarser(lattice, fluid)
        cell, patch = np.concatenate([cell[kept], beside]), np.concatenate([patch[kept], its])
        order = np.lexsort((patch, cell))
        cell, patch = cell[order], patch[order]
        first = np.ones(len(cell), bool)
        first[1:] = (cell[1:] != cell[:-1]) | (patch[1:] != patch[:-1])
        return np.bincount(patch[first], minlength=len(self.recipe.levels))

    def _gone(self, lattice: Lattice, keys: Keys) -> NDArray[np.bool_]:
        """Which cells are on the other side; where there is a coarser cell instead, that one's centre decides."""
        gone = lattice.solid(keys) != self.recipe.fluid_in_solid
        if lattice.level:
            coarser = np.flatnonzero(~self._exist(lattice, keys))
            gone[coarser] = self._gone(self.levels[lattice.level - 1], parents(keys[coarser]))
        return np.asarray(gone)

    def _beside_coarser(self, lattice: Lattice, fluid: Keys) -> tuple[Keys, Keys]:
        """The cells of this level beside one of the next coarser level that is gone, with the patch that this meets."""
        if lattice.level == 0:
            return NONE, NONE
        coarse = self.levels[lattice.level - 1]
        pairs = [coarse.pairs(axis) for axis in range(3)]
        met = np.concatenate([pair[n] for pair in pairs for n in (0, 1)])
        patch = self.surface.patch[np.concatenate([pair[2] for pair in pairs for _ in (0, 1)])]
        met, first = np.unique(met, return_index=True)
        patch = patch[first]
        kept = self._exist(coarse, met) & ~member(coarse.refined, met) & self._gone(coarse, met)
        met, patch = met[kept], patch[kept]
        cells, patches = [NONE], [NONE]
        for step in (sign << shift for shift in SHIFTS for sign in (-1, 1)):
            near = children(met + step)
            of, its = np.repeat(met, 8), np.repeat(patch, 8)
            kept = (parents(near - step) == of) & member(fluid, near)
            cells.append(near[kept])
            patches.append(its[kept])
        return np.concatenate(cells), np.concatenate(patches)

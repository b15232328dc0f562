"""The faces of a mesh's patches with the values on them, found by the points of the cells they touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pyvista
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NO_VALUES = ("empty", "wedge", "cyclic", "processor")
_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


@dataclass(frozen=True, eq=False)
class Rim:
    """All faces of patches that say something about the field: not those of empty, wedge and cyclic patches."""

    patches: tuple[pyvista.PolyData, ...] = ()

    def values(self, name: str) -> list[NDArray[np.generic]]:
        """The values of a field on the faces, one array per patch."""
        return [np.asarray(patch.cell_data[name]) for patch in self.patches]

    @cached_property
    def centres(self) -> Floats:
        """The centroids of the faces, shape (faces, 3) [m]."""
        return np.concatenate([np.empty((0, 3)), *map(_centroids, self.patches)])

    @cached_property
    def starts(self) -> Integers:
        """The first face of each patch, and behind them the number of all."""
        return np.cumsum([0, *(patch.n_cells for patch in self.patches)])

    def patch_of(self, faces: Integers) -> Integers:
        """The number of the patch of each face."""
        return np.searchsorted(self.starts, faces, side="right") - 1

    def foremost(self, faces: Integers) -> Integers:
        """Those on walls, where there are some; where a wall meets another patch the fluid has the wall's velocity."""
        walls = np.array([patch.user_dict.get("type") == "wall" for patch in self.patches])
        on_walls = walls[self.patch_of(faces)]
        return faces[on_walls] if on_walls.any() else faces

    def ring(self, faces: Integers) -> Integers:
        """The faces of one patch with those that share a corner with them."""
        number = int(self.patch_of(faces[:1])[0])
        offsets, labels = _topology(self.patches[number])
        first = self.starts[number]
        near = np.zeros(self.patches[number].n_points, bool)
        for face in (faces - first).tolist():
            near[labels[offsets[face] : offsets[face + 1]]] = True
        touching = np.searchsorted(offsets, np.flatnonzero(near[labels]), side="right") - 1
        return np.asarray(first + np.unique(touching), np.int64)

    def at(self, places: Floats) -> list[Integers]:
        """The faces that have each place (no two alike) as a corner; a corner has the very coordinates of the place."""
        if not len(places):
            return []
        keys = _keys(places)
        order = np.argsort(keys)
        found: list[list[int]] = [[] for _ in places]
        first = 0
        for patch in self.patches:
            offsets, labels = _topology(patch)
            own = _keys(np.asarray(patch.points, np.float64))
            near = np.searchsorted(keys[order], own).clip(max=len(keys) - 1)
            place = np.where(keys[order][near] == own, order[near], -1)[labels]
            corners = np.flatnonzero(place >= 0)
            faces = np.searchsorted(offsets, corners, side="right") - 1 + first
            for which, face in zip(place[corners].tolist(), faces.tolist(), strict=True):
                found[which].append(face)
            first += len(offsets) - 1
        return [np.array(faces, np.int64) for faces in found]


def parts(mesh: pyvista.UnstructuredGrid | pyvista.MultiBlock) -> tuple[pyvista.UnstructuredGrid, Rim]:
    """The cells of what `fields.mesh` returned, and its rim, which has no faces when the patches are not there."""
    if not isinstance(mesh, pyvista.MultiBlock):
        return mesh, Rim()
    blocks = cast(pyvista.MultiBlock, mesh["boundary"])
    patches = [cast(pyvista.PolyData, blocks[i]) for i in range(len(blocks))]
    kept = [patch for patch in patches if not str(patch.user_dict.get("type", "")).startswith(_NO_VALUES)]
    return cast(pyvista.UnstructuredGrid, mesh["internalMesh"]), Rim(tuple(kept))


def _keys(places: Floats) -> NDArray[np.uint64]:
    """A number per place, equal for equal coordinates (0 and -0 alike)."""
    bits = np.ascontiguousarray(places + 0.0).view(np.uint64)
    keys: NDArray[np.uint64] = ((bits ^ (bits >> np.uint64(29))) * _ODD).sum(axis=1, dtype=np.uint64)
    return keys


def _topology(patch: pyvista.PolyData) -> tuple[Integers, Integers]:
    faces = patch.GetPolys()
    return pyvista.convert_array(faces.GetOffsetsArray()), pyvista.convert_array(faces.GetConnectivityArray())


def _centroids(patch: pyvista.PolyData) -> Floats:
    """Centroids of polygons: their triangles about the mean of the corners, weighted by area."""
    offsets, labels = _topology(patch)
    corners = np.asarray(patch.points, np.float64)[labels]
    sizes = np.diff(offsets)
    middle = np.add.reduceat(corners, offsets[:-1]) / sizes[:, None]
    after = np.arange(1, len(labels) + 1)
    after[offsets[1:] - 1] = offsets[:-1]
    around = np.repeat(middle, sizes, axis=0)
    area = np.linalg.norm(np.cross(corners - around, corners[after] - around), axis=1)
    moment = area[:, None] * (corners + corners[after] + around) / 3
    total = np.add.reduceat(area, offsets[:-1])
    return np.where(
        total[:, None] > 0, np.add.reduceat(moment, offsets[:-1]) / np.maximum(total, 1e-300)[:, None], middle
    )

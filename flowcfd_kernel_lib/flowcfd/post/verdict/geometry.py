"""The mesh as numpy arrays, by OpenFOAM's formulas: areas, centres, volumes, and how good the faces are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import ResultError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Tree
from flowcfd.foam.fields import Faces, read_list

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Arrays = Mapping[str, NDArray[np.generic]]

SMALL = 1e-150
_BLOCK = 1 << 12
_LONG = 1 << 20
"""Meshes whose faces take more [byte] are kept as arrays in the cache."""


@dataclass(frozen=True)
class Patch:
    """One patch: type, area vectors (n, 3) [m2] that point outwards, face centres (n, 3) [m], cells behind (n,)."""

    kind: str
    areas: Floats
    centres: Floats
    cells: Ints
    points: Floats
    skewness: Floats
    groups: tuple[str, ...] = ()

    @property
    def sizes(self) -> Floats:
        """Areas (n,) [m2]."""
        return _length(self.areas)

    @property
    def area(self) -> float:
        """The whole area [m2]."""
        return float(self.sizes.sum())


@dataclass(frozen=True)
class Mesh:
    """Cells with centres (n, 3) [m] and volumes (n,) [m3], the faces between them, and the patches.

    A decomposed mesh is the sum of its parts; the faces between processors are left out.
    """

    centres: Floats
    volumes: Floats
    areas: Floats
    owner: Ints
    neighbour: Ints
    skewness: Floats
    patches: Mapping[str, Patch]
    counts: tuple[int, ...]
    """Cells of each part."""

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """The lowest and the highest corner [m]."""
        points = np.concatenate([patch.points for patch in self.patches.values()])
        return points.min(axis=0), points.max(axis=0)

    def non_orthogonality(self) -> Floats:
        """The angle [degree] at each inner face between its normal and the line of the two cells' centres."""
        line = self.centres[self.neighbour] - self.centres[self.owner]
        cosine = np.einsum("ij,ij->i", line, self.areas)
        cosine /= _length(line) * _length(self.areas) + SMALL
        return cast(Floats, np.degrees(np.arccos(np.clip(cosine, -1, 1))))

    def growth(self) -> Floats:
        """The ratio of the larger to the smaller volume at each inner face."""
        one, other = self.volumes[self.owner], self.volumes[self.neighbour]
        return np.maximum(one, other) / np.maximum(np.minimum(one, other), SMALL)


def read(parts: Sequence[Mapping[str, Path]]) -> Mesh:
    """The mesh in the polyMesh files of one case, or of its processors; raises DictionaryError, ResultError."""
    return _joined([_kept(files) for files in parts])


def _kept(files: Mapping[str, Path]) -> Arrays:
    if files["faces"].stat().st_size < _LONG:
        return _arrays(files)
    from flowcfd.post import cache  # brings pyvista with it

    return cache.arrays(cache.key("mesh geometry", files.values()), lambda: _arrays(files))


def _arrays(files: Mapping[str, Path]) -> Arrays:
    """All of one polyMesh, derived arrays and patches, by name."""
    points = np.asarray(read_list(files["points"]), np.float64)
    faces = read_list(files["faces"])
    if not isinstance(faces, Faces):
        raise ResultError(f"{files['faces']}: class is no faceList")
    owner = np.asarray(read_list(files["owner"]), np.int64)
    neighbour = np.asarray(read_list(files["neighbour"]), np.int64)
    offsets, labels = np.asarray(faces.offsets, np.int64), np.asarray(faces.labels, np.int64)
    neighbour = neighbour[neighbour >= 0]
    areas, middles = _faces(points, offsets, labels)
    centres, volumes = _cells(areas, middles, owner, neighbour)
    names, kinds, sizes, groups = _patches(files["boundary"])
    starts = len(owner) - sum(sizes) + np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    corners = [points[np.unique(labels[offsets[a] : offsets[b]])] for a, b in pairwise(starts)]
    return {
        "areas": areas,
        "middles": middles,
        "owner": owner,
        "neighbour": neighbour,
        "centres": centres,
        "volumes": volumes,
        "skewness": _skewness(points, offsets, labels, areas, middles, centres, owner, neighbour),
        "names": np.array(names, dtype=str),
        "kinds": np.array(kinds, dtype=str),
        "groups": np.array(groups, dtype=str),
        "starts": starts,
        "corners": np.concatenate([*corners, np.empty((0, 3))]),
        "corner_starts": np.concatenate([[0], np.cumsum([len(each) for each in corners])]).astype(np.int64),
    }


def _patches(file: Path) -> tuple[list[str], list[str], list[int], list[str]]:
    """Names, types, numbers of faces and groups (separated by blanks) of the patches."""
    tree = dictionary.read(file)
    names = [name for name in tree if name != "FoamFile" and isinstance(tree.get((name,)), Tree)]
    groups = [tree.get((name, "inGroups"), ()) for name in names]
    return (
        names,
        [str(tree[(name, "type")]) for name in names],
        [int(tree[(name, "nFaces")]) for name in names],
        [" ".join(map(str, each)) if isinstance(each, tuple) else "" for each in groups],
    )


def _by_size(offsets: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Faces with equally many corners: their numbers (m,), and the places of their corners (m, corners).

    In blocks of which all that is computed fits into a processor's cache.
    """
    sizes = np.diff(offsets)
    for size in np.unique(sizes):
        every = np.flatnonzero(sizes == size)
        for first in range(0, len(every), _BLOCK):
            faces = every[first : first + _BLOCK]
            yield faces, offsets[faces, None] + np.arange(size)


def _faces(points: Floats, offsets: Ints, labels: Ints) -> tuple[Floats, Floats]:
    """Area vectors and centres of faces from their triangles about the mean of the corners."""
    areas, centres = np.empty((len(offsets) - 1, 3)), np.empty((len(offsets) - 1, 3))
    for faces, places in _by_size(offsets):
        corner = points[labels[places]]
        other = np.roll(corner, -1, axis=1)
        middle = corner.mean(axis=1)
        normal = _cross(other - corner, middle[:, None] - corner)
        weight = _length(normal)
        total = weight.sum(axis=1)[:, None]
        centre = np.einsum("ij,ijk->ik", weight, corner + other) / (3 * total + SMALL) + middle / 3
        areas[faces] = 0.5 * normal.sum(axis=1)
        centres[faces] = np.where(total > SMALL, centre, middle)
    return areas, centres


def _cross(a: Floats, b: Floats) -> Floats:
    """The cross product of the last axes; many times faster than numpy's."""
    made = np.empty_like(a)
    for k in range(3):
        one, other = (k + 1) % 3, (k + 2) % 3
        made[..., k] = a[..., one] * b[..., other] - a[..., other] * b[..., one]
    return made


def _length(a: Floats) -> Floats:
    """The lengths of vectors along the last axis."""
    return cast(Floats, np.sqrt(np.einsum("...i,...i->...", a, a)))


def _cells(areas: Floats, middles: Floats, owner: Ints, neighbour: Ints) -> tuple[Floats, Floats]:
    """Centres and volumes of cells from their pyramids about the mean of the face centres."""
    count, inner = int(owner.max()) + 1, len(neighbour)
    faces = np.concatenate([np.arange(len(owner)), np.arange(inner)])
    cells = np.concatenate([owner, neighbour])
    sign = np.concatenate([np.ones(len(owner)), -np.ones(inner)])
    middle = _summed(cells, middles[faces], count) / np.bincount(cells, minlength=count)[:, None]
    pyramid = sign * np.einsum("ij,ij->i", areas[faces], middles[faces] - middle[cells])
    volume = np.bincount(cells, pyramid, count)
    weighted = _summed(cells, pyramid[:, None] * (0.75 * middles[faces] + 0.25 * middle[cells]), count)
    whole = np.abs(volume) > SMALL
    centre = np.where(whole[:, None], weighted / np.where(whole, volume, 1)[:, None], middle)
    return centre, volume / 3


def _summed(cells: Ints, values: Floats, count: int) -> Floats:
    return np.stack([np.bincount(cells, values[:, axis], count) for axis in range(3)], axis=1)


def _skewness(
    points: Floats,
    offsets: Ints,
    labels: Ints,
    areas: Floats,
    middles: Floats,
    centres: Floats,
    owner: Ints,
    neighbour: Ints,
) -> Floats:
    """How far the line of the centres misses the face's centre, over the face's size there, as checkMesh has it."""
    inner = len(neighbour)
    to_face = middles - centres[owner]
    line = np.empty_like(to_face)
    line[:inner] = centres[neighbour] - centres[owner[:inner]]
    normal = areas[inner:] / (_length(areas[inner:])[:, None] + SMALL)
    line[inner:] = normal * np.einsum("ij,ij->i", normal, to_face[inner:])[:, None]
    share = np.einsum("ij,ij->i", areas, to_face) / (np.einsum("ij,ij->i", areas, line) + SMALL)
    miss = to_face - share[:, None] * line
    length = _length(miss)
    unit = miss / (length[:, None] + SMALL)
    reach = np.empty(len(owner))
    for faces, places in _by_size(offsets):
        arms = points[labels[places]] - middles[faces, None]
        reach[faces] = np.abs(np.einsum("ik,ijk->ij", unit[faces], arms)).max(axis=1)
    least = _length(line) * np.where(np.arange(len(owner)) < inner, 0.2, 0.4)
    return length / (np.maximum(reach, least) + SMALL)


def _joined(parts: Sequence[Arrays]) -> Mesh:
    counts = tuple(len(part["volumes"]) for part in parts)
    firsts = np.cumsum([0, *counts])
    gathered: dict[str, list[Patch]] = {}
    for part, first in zip(parts, firsts, strict=False):
        for k, (name, kind) in enumerate(zip(part["names"].tolist(), part["kinds"].tolist(), strict=True)):
            if not kind.startswith("processor"):
                gathered.setdefault(name, []).append(_patch(part, k, kind, int(first)))
    inner = [len(part["neighbour"]) for part in parts]
    return Mesh(
        centres=_stack([part["centres"] for part in parts]),
        volumes=_stack([part["volumes"] for part in parts]),
        areas=_stack([part["areas"][:n] for part, n in zip(parts, inner, strict=True)]),
        owner=_labels([part["owner"][:n] for part, n in zip(parts, inner, strict=True)], firsts),
        neighbour=_labels([part["neighbour"] for part in parts], firsts),
        skewness=_stack([part["skewness"][:n] for part, n in zip(parts, inner, strict=True)]),
        patches={name: _whole(pieces) for name, pieces in gathered.items()},
        counts=counts,
    )


def _patch(part: Arrays, k: int, kind: str, first: int) -> Patch:
    faces = slice(int(cast(Ints, part["starts"])[k]), int(cast(Ints, part["starts"])[k + 1]))
    corners = slice(int(cast(Ints, part["corner_starts"])[k]), int(cast(Ints, part["corner_starts"])[k + 1]))
    return Patch(
        kind=kind,
        areas=cast(Floats, part["areas"][faces]),
        centres=cast(Floats, part["middles"][faces]),
        cells=cast(Ints, part["owner"][faces]) + first,
        points=cast(Floats, part["corners"][corners]),
        skewness=cast(Floats, part["skewness"][faces]),
        groups=tuple(str(part["groups"][k]).split()),
    )


def _whole(pieces: Sequence[Patch]) -> Patch:
    if len(pieces) == 1:
        return pieces[0]
    return Patch(
        kind=pieces[0].kind,
        areas=np.concatenate([each.areas for each in pieces]),
        centres=np.concatenate([each.centres for each in pieces]),
        cells=np.concatenate([each.cells for each in pieces]),
        points=np.concatenate([each.points for each in pieces]),
        skewness=np.concatenate([each.skewness for each in pieces]),
        groups=pieces[0].groups,
    )


def _stack(arrays: Sequence[NDArray[np.generic]]) -> Floats:
    return cast(Floats, np.concatenate(arrays) if len(arrays) > 1 else arrays[0])


def _labels(arrays: Sequence[NDArray[np.generic]], firsts: Ints) -> Ints:
    return np.concatenate([cast(Ints, each) + first for each, first in zip(arrays, firsts, strict=False)])

"""constant/polyMesh of a structured plane grid, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowcfd.foam import dictionary
from flowcfd.foam.text import COMMENT

FOLDER = "constant/polyMesh"
Labels = NDArray[np.int64]


class Faces(NamedTuple):
    """Faces of four points each, shape (n, 4), and the cells that own them."""

    points: Labels
    owner: Labels


def c_grid(
    points: NDArray[np.complex128], cut: int, thickness: float, types: Mapping[str, Mapping[str, object]]
) -> dict[str, str]:
    """The files of a C-grid of points x + iy, shape (ni, nj), one cell thick between z = 0 and `thickness`.

    On the line j = 0 the first and the last `cut` cells are neighbours across the wake; between them is the patch
    "airfoil". The ends of i and of j are the patch "farfield", the planes "frontAndBack". `types` has the entries of
    the three patches in their order.
    """
    label, used = _merged(points, cut)
    cell = np.arange((points.shape[0] - 1) * (points.shape[1] - 1)).reshape(points.shape[0] - 1, -1)
    count = len(used)
    inner, neighbour = _inner(label, cell, cut, count)
    patches = _patches(label, cell, cut, count)
    order = [inner, *(patches[name] for name in types)]
    faces, owner = (np.concatenate([getattr(one, part) for one in order]) for part in Faces._fields)
    x, y = points.ravel()[used].real, points.ravel()[used].imag
    rows = [
        f"({a:.12g} {b:.12g} {z:.12g})" for z in (0.0, thickness) for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
    note = f"nPoints:{2 * count} nCells:{cell.size} nFaces:{len(faces)} nInternalFaces:{len(neighbour)}"
    return {
        f"{FOLDER}/points": _list("vectorField", "points", rows),
        f"{FOLDER}/faces": _list("faceList", "faces", [f"4({a} {b} {c} {d})" for a, b, c, d in faces.tolist()]),
        f"{FOLDER}/owner": _list("labelList", "owner", [str(each) for each in owner.tolist()], note),
        f"{FOLDER}/neighbour": _list("labelList", "neighbour", [str(each) for each in neighbour.tolist()], note),
        f"{FOLDER}/boundary": _boundary(types, patches, len(neighbour)),
    }


def _merged(points: NDArray[np.complex128], cut: int) -> tuple[Labels, Labels]:
    """The label of each grid point in one plane, those on the cut being one, and the points that are labelled."""
    label = np.arange(points.size).reshape(points.shape)
    label[-cut - 1 :, 0] = label[: cut + 1, 0][::-1]
    used, inverse = np.unique(label, return_inverse=True)
    return inverse.reshape(points.shape), used


def _standing(start: Labels, end: Labels, count: int) -> Labels:
    """The faces over edges of the plane; their normals point to the right of start -> end, seen from z > 0."""
    a, b = start.ravel(), end.ravel()
    return np.stack([a, b, b + count, a + count], axis=1)


def _inner(label: Labels, cell: Labels, cut: int, count: int) -> tuple[Faces, Labels]:
    """Faces between two cells and the neighbour of each, in OpenFOAM's order (by owner, then by neighbour)."""
    parts = (
        (_standing(label[1:-1, :-1], label[1:-1, 1:], count), cell[:-1], cell[1:]),
        (_standing(label[1:, 1:-1], label[:-1, 1:-1], count), cell[:, :-1], cell[:, 1:]),
        (_standing(label[:cut, 0], label[1 : cut + 1, 0], count), cell[:cut, 0], cell[::-1, 0][:cut]),
    )
    faces = np.concatenate([part[0] for part in parts])
    owner, neighbour = (np.concatenate([part[n].ravel() for part in parts]) for n in (1, 2))
    order = np.lexsort((neighbour, owner))
    return Faces(faces[order], owner[order]), neighbour[order]


def _patches(label: Labels, cell: Labels, cut: int, count: int) -> dict[str, Faces]:
    """The faces of each patch, their normals pointing out."""
    wall = slice(cut, label.shape[0] - 1 - cut)
    after = slice(cut + 1, label.shape[0] - cut)
    far = (
        _standing(label[1:, -1], label[:-1, -1], count),
        _standing(label[0, 1:], label[0, :-1], count),
        _standing(label[-1, :-1], label[-1, 1:], count),
    )
    corners = (label[:-1, :-1], label[1:, :-1], label[1:, 1:], label[:-1, 1:])
    front = np.stack([each.ravel() for each in corners], axis=1) + count
    back = np.stack([each.ravel() for each in corners[:1] + corners[:0:-1]], axis=1)
    return {
        "airfoil": Faces(_standing(label[wall, 0], label[after, 0], count), cell[wall, 0]),
        "farfield": Faces(np.concatenate(far), np.concatenate([cell[:, -1], cell[0], cell[-1]])),
        "frontAndBack": Faces(np.concatenate([back, front]), np.concatenate([cell.ravel()] * 2)),
    }


def _boundary(types: Mapping[str, Mapping[str, object]], patches: Mapping[str, Faces], start: int) -> str:
    rows = []
    for name, entries in types.items():
        size = len(patches[name].owner)
        words = {**entries, "nFaces": size, "startFace": start}
        rows.append(f"    {name} {{ {' '.join(f'{key} {value};' for key, value in words.items())} }}")
        start += size
    return _list("polyBoundaryMesh", "boundary", rows)


def _list(cls: str, name: str, rows: list[str], note: str = "") -> str:
    return _header(cls, name, note) + "\n".join([str(len(rows)), "(", *rows, ")", ""])


def _header(cls: str, name: str, note: str = "") -> str:
    header = dictionary.dumps({}, header=(cls, name, FOLDER))
    return COMMENT + (header.replace("    object", f'    note        "{note}";\n    object') if note else header)

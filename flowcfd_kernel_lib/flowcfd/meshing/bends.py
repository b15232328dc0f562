"""Where the surface bends: normals of the triangles in a cell, compared with each other and across its faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flowcfd.meshing.rays import SHIFTS, Floats, Keys

MOST = 12
"""Normals of one cell that are compared."""


def bent(below: Keys, above: Keys, normals: Floats, angle: float) -> Keys:
    """Cells in which, or across whose faces, normals differ by more than an angle [degrees].

    `normals` (n, 3) are those where a ray between the cells `below` and `above` (n,) meets the surface.
    """
    keys, table = _grouped(np.concatenate([below, above]), np.concatenate([normals, normals]))
    limit = float(np.cos(np.radians(angle)))
    found = [keys[_differing(table, table, limit)]]
    for axis in range(3):
        place = np.searchsorted(keys, keys + (1 << SHIFTS[axis]))
        place[place == len(keys)] = 0
        here = np.flatnonzero(keys[place] == keys + (1 << SHIFTS[axis]))
        other = place[here]
        mine, theirs = table[here], table[other]
        turned = _differing(mine, theirs, limit)
        here, other, mine, theirs = here[turned], other[turned], mine[turned], theirs[turned]
        both = ~(_subset(mine, theirs) | _subset(theirs, mine))
        found += [keys[here[both]], keys[other[both]]]
    return np.concatenate(found)


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

"""Cells of lattices as sorted arrays of their numbers: sets of them, parents and children, which was made later."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flowcfd.meshing.rays import BITS, SHIFTS, Keys

FIELD = (1 << BITS) - 1
"""The bits of one index."""
NONE: Keys = np.empty(0, np.int64)
_HALVED = sum(((1 << (BITS - 1)) - 1) << shift for shift in SHIFTS)
_CORNERS = np.array([(x << SHIFTS[0]) | (y << SHIFTS[1]) | z for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.int64)
_ORDER = np.array([0, 2, 3, 5, 4, 6, 7, 1], np.int64)


def numbered(index: NDArray[np.int64]) -> Keys:
    """The numbers of cells from their indices (n, 3)."""
    return np.asarray((index[:, 0] << SHIFTS[0]) | (index[:, 1] << SHIFTS[1]) | index[:, 2])


def indices(keys: Keys) -> NDArray[np.int64]:
    """The indices (n, 3) of cells."""
    return np.stack([(keys >> shift) & FIELD for shift in SHIFTS], axis=1)


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
    return (keys & FIELD) << (2 * BITS) | ((keys >> SHIFTS[1]) & FIELD) << BITS | (keys >> SHIFTS[0])


def _rank(keys: Keys, level: int) -> Keys:
    """The place of a cell among the eight of its parent, in the order in which hexRef8 makes them."""
    mine = (keys >> SHIFTS[0] & 1) | (keys >> SHIFTS[1] & 1) << 1 | (keys & 1) << 2
    if level == 1:
        return mine
    above = keys >> 1
    theirs = (above >> SHIFTS[0] & 1) | (above >> SHIFTS[1] & 1) << 1 | (above & 1) << 2
    return np.asarray(_ORDER[mine ^ theirs])


def spread(keys: Keys, levels: int, reach: float, sides: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Keys:
    """The cells `levels` coarser whose centre is nearer than `reach` to the centre of one of these.

    `reach` is in the unit of `sides`, the lengths of a coarser cell.
    """
    if not len(keys):
        return NONE
    steps, words = _reached(levels, reach, sides)
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
def _reached(levels: int, reach: float, sides: tuple[float, float, float]) -> tuple[list[int], NDArray[np.int64]]:
    """Steps to coarse cells around one, and for each place of a fine cell in it the bits of the steps in reach."""
    n = 1 << levels
    far = int(np.ceil(reach / min(sides) + 0.5)) - 1
    offsets = [(x, y, z) for x in range(-far, far + 1) for y in range(-far, far + 1) for z in range(-far, far + 1)]
    inner = (np.arange(n) + 0.5) / n - 0.5
    x, y, z = np.meshgrid(inner, inner, inner, indexing="ij")
    places = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
    words = np.zeros((len(places), len(offsets) // 62 + 1), np.int64)
    for number, offset in enumerate(offsets):
        near = (((places - np.array(offset)) * sides) ** 2).sum(axis=1) < reach**2
        words[:, number // 62] |= near.astype(np.int64) << (number % 62)
    return [sum(step << shift for step, shift in zip(offset, SHIFTS, strict=True)) for offset in offsets], words

"""Hollows: the parts of a surface that, with caps in its openings, enclose a space outside of the material."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad import surface
from flowcfd.cad.loops import Opening, cap
from flowcfd.cad.surface import Floats, Ints


@dataclass(frozen=True)
class Hollow:
    """A space of some volume [m3]: `walls` are flags of the triangles (m,) round it, `caps` its openings."""

    walls: NDArray[np.bool_]
    caps: tuple[Opening, ...]
    volume: float


def hollows(points: Floats, triangles: Ints, chosen: Sequence[Opening]) -> list[Hollow]:
    """What the chosen openings close; what hangs together with a face round an opening is the outside."""
    owner, edges = _edges(triangles)
    barred = np.isin(_keys(edges, len(points)), np.concatenate([_keys(_rim(one), len(points)) for one in chosen]))
    labels = _labels(owner[~barred], len(triangles))
    outside = {label for one in chosen for label in labels[one.around].tolist()}
    beside = _beside(triangles, labels, len(points), chosen)
    found = []
    for label in sorted(set().union(*beside) - outside):
        walls = labels == label
        caps = tuple(one for one, its in zip(chosen, beside, strict=True) if label in its)
        shell = np.concatenate([triangles[walls], *(lid(points, one) for one in caps)])
        volume = surface.volume(points, shell)
        # material looks into a hollow: one that is turned outwards is a lump that the caps cut off
        if surface.watertight(points, shell).open_edges or (volume >= 0 and caps[0].of):
            continue
        found.append(Hollow(walls, caps, abs(volume)))
    return found


def lid(points: Floats, one: Opening) -> Ints:
    """The triangles of a cap, turned as the walls are."""
    flat = cap(points, list(one.corners))
    return flat[:, ::-1] if one.of else flat


def _rim(one: Opening) -> Ints:
    return np.stack([one.corners, np.roll(one.corners, -1)], axis=1)


def _keys(edges: Ints, count: int) -> Ints:
    """A number for each edge, whichever way it goes."""
    return np.asarray(edges.min(axis=1) * count + edges.max(axis=1))


def _edges(triangles: Ints) -> tuple[Ints, Ints]:
    """The pairs (n, 2) of triangles that are neighbours, and the edges (n, 2) between them."""
    ends = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(triangles)), 3)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    same = (ends[order][1:] == ends[order][:-1]).all(axis=1)
    return np.stack([owner[order][:-1][same], owner[order][1:][same]], axis=1), ends[order][1:][same]


def _labels(pairs: Ints, count: int) -> Ints:
    """The part (m,) of each triangle: neighbours are in one."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _beside(triangles: Ints, labels: Ints, count: int, chosen: Sequence[Opening]) -> list[set[int]]:
    """The parts that each opening touches."""
    keys = np.concatenate([_keys(triangles[:, pair], count) for pair in ([0, 1], [1, 2], [2, 0])])
    owner = np.tile(labels, 3)
    order = np.argsort(keys, kind="stable")
    found = []
    for one in chosen:
        wanted = _keys(_rim(one), count)
        first, last = (np.searchsorted(keys[order], wanted, side) for side in ("left", "right"))
        found.append({int(owner[order[at]]) for low, high in zip(first, last, strict=True) for at in range(low, high)})
    return found

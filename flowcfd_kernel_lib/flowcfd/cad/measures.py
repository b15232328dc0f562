"""Measures of a surface that a mesh has to resolve: its parts, the gaps between them, shortest edges, curvature."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.crossing import crossings
from flowcfd.cad.depth import Surface, winding
from flowcfd.cad.surface import Floats, Ints

Place = tuple[float, float, float]
SHRUNK = 1e-4
"""Parts that do not go through each other when they are smaller by this share touch only."""
MOST = 400
"""So many points of a part are measured against another at most, the most promising first."""


@dataclass(frozen=True)
class Near:
    """Two places [m] and how far [m] they are from each other."""

    size: float
    places: tuple[Place, Place]

    @property
    def at(self) -> Place:
        """The middle between them."""
        return _place((np.array(self.places[0]) + np.array(self.places[1])) / 2)


@dataclass(frozen=True)
class Pair:
    """Two parts, by number, that overlap, touch, or of which the second lies in the first; and a place there [m]."""

    kind: str
    one: int
    other: int
    at: Place


def parts(points: Floats, triangles: Ints) -> Ints:
    """The part (m,) of each triangle of a welded surface: parts share no points."""
    return surface.parts(len(points), triangles)


def shortest(points: Floats, triangles: Ints, faces: Ints) -> Near:
    """The shortest straight stretch of a border between faces; of triangles' edges where there is one face only."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    owners = np.tile(faces, 3)
    key = np.sort(ends, axis=1)
    order = np.lexsort((key[:, 1], key[:, 0]))
    same = (key[order][1:] == key[order][:-1]).all(axis=1)
    border = same & (owners[order][1:] != owners[order][:-1])
    chosen = ends[order][1:][border] if border.any() else ends
    lengths = np.linalg.norm(points[chosen[:, 0]] - points[chosen[:, 1]], axis=1)
    lengths[lengths == 0] = np.inf
    least = int(lengths.argmin())
    one, other = points[chosen[least]]
    return Near(float(lengths[least]), (_place(one), _place(other)))


def gap(points: Floats, triangles: Ints, labels: Ints) -> Near | None:
    """The smallest distance between two parts, from corners of one to triangles of the other; None for one part."""
    pieces = [triangles[labels == number] for number in range(int(labels.max()) + 1)]
    corners = [points[np.unique(piece)] for piece in pieces]
    surfaces = [Surface.of(points, piece) for piece in pieces]
    best: Near | None = None
    order = sorted(combinations(range(len(pieces)), 2), key=lambda pair: _apart(corners[pair[0]], corners[pair[1]]))
    for one, other in order:
        if best is not None and _apart(corners[one], corners[other]) >= best.size:
            break
        for mine, others in ((one, other), (other, one)):
            best = _nearest(corners[mine], corners[others], surfaces[others], best)
    return best


def _apart(one: Floats, other: Floats) -> float:
    """How far the boxes of points are from each other at least [m]."""
    between = np.maximum(one.min(axis=0) - other.max(axis=0), other.min(axis=0) - one.max(axis=0))
    return float(np.linalg.norm(np.maximum(between, 0)))


def _nearest(mine: Floats, others: Floats, there: Surface, best: Near | None) -> Near | None:
    """The smaller of `best` and what points have to a surface."""
    from scipy.spatial import cKDTree

    low, high = others.min(axis=0), others.max(axis=0)
    bound = np.linalg.norm(np.maximum(np.maximum(low - mine, mine - high), 0), axis=1)
    to_points, index = cKDTree(others).query(mine)
    for number in np.lexsort((to_points, bound))[:MOST].tolist():
        if best is not None and bound[number] >= best.size:
            break
        far = there.distance(mine[number])
        if best is None or far < best.size:
            best = Near(far, (_place(mine[number]), _place(others[index[number]])))
    return best


def pairs(points: Floats, triangles: Ints, labels: Ints, crossed: Floats, touching: Near | None) -> list[Pair]:
    """Which parts overlap, lie in another or touch; `crossed` are places where the surface goes through itself."""
    pieces = [triangles[labels == number] for number in range(int(labels.max()) + 1)]
    boxes = [(points[piece].min(axis=(0, 1)), points[piece].max(axis=(0, 1))) for piece in pieces]
    solid = [surface.volume(points, piece) > 0 for piece in pieces]
    slack = 1e-9 * float(np.linalg.norm(np.ptp(points, axis=0)))
    found = []
    for one, other in combinations(range(len(pieces)), 2):
        low = np.maximum(boxes[one][0], boxes[other][0]) - slack
        high = np.minimum(boxes[one][1], boxes[other][1]) + slack
        if (low > high).any():
            continue
        common = crossed[((crossed >= low) & (crossed <= high)).all(axis=1)]
        inner, outer = sorted((one, other), key=lambda number: float(np.prod(np.subtract(*boxes[number][::-1]))))
        middle = points[pieces[inner][0]].mean(axis=0)
        if len(common):
            kind = "overlaps" if _enters(points, pieces[one], pieces[other]) else "touches"
            found.append(Pair(kind, one, other, _place(common[0])))
        elif solid[inner] and abs(winding(points, pieces[outer], middle)) > 0.5:
            found.append(Pair("holds", outer, inner, _place(middle)))
    if touching is not None and touching.size <= slack and not found:
        found.append(Pair("touches", 0, 1, touching.at))
    return found


def _enters(points: Floats, one: Ints, other: Ints) -> bool:
    """Whether two parts still go through each other when both are a little smaller."""
    shrunk = []
    for piece in (one, other):
        corners = points[piece].reshape(-1, 3)
        middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
        shrunk.append(middle + (1 - SHRUNK) * (corners - middle))
    both = np.concatenate(shrunk)
    return bool(len(crossings(both, np.arange(len(both)).reshape(-1, 3))))


def bend(points: Floats, triangles: Ints) -> Near | None:
    """The smallest radius that neighbours turn round, by their circumcentres: exact on balls and cylinders.

    Edges above 30 degrees are sharp and do not count. The places are those of the triangles where it is so.
    """
    lowest = points.min(axis=0)
    size = float(np.linalg.norm(np.ptp(points, axis=0))) or 1.0
    points, triangles = surface.welded((points - lowest) / size, triangles)
    pairs, angles = surface.neighbours(points, triangles)
    thin = surface.areas(points, triangles)[0] < 1e-14  # where they look is chance
    smooth = (angles > 1e-3) & (angles < np.radians(30)) & ~thin[pairs].any(axis=1)
    if not smooth.any():
        return None
    corners = points[triangles]
    middles = circumcentres(corners)[pairs[smooth]]
    radii = np.linalg.norm(middles[:, 0] - middles[:, 1], axis=1) / (2 * np.sin(angles[smooth] / 2))
    radius = float(np.percentile(radii, 1))
    where = pairs[smooth][int(np.abs(radii - radius).argmin())]
    one, other = lowest + size * corners[where].mean(axis=1)
    return Near(size * radius, (_place(one), _place(other)))


def circumcentres(corners: Floats) -> Floats:
    """The centres (m, 3) of the circles through the corners (m, 3, 3) of triangles."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(a, b)
    square = (normal**2).sum(axis=1, keepdims=True)
    across = np.cross(normal, a) * (b**2).sum(axis=1, keepdims=True) + np.cross(b, normal) * (a**2).sum(
        axis=1, keepdims=True
    )
    return np.asarray(corners[:, 0] + across / np.maximum(2 * square, 1e-300))


def _place(point: Floats) -> Place:
    x, y, z = (float(value) for value in point)
    return x, y, z

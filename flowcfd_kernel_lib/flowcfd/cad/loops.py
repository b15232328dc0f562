"""Openings: the loops of edges through which one looks into a surface, and how triangles fill them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.surface import Floats, Ints
from flowcfd.errors import GeometryError

PLANE = 1e-3
"""An opening is plane when its corners lie so near to a plane, as a part of its extent."""
FLAT = 0.05
"""Neighbours that turn by less [degree] belong to one plane face."""


@dataclass(frozen=True, eq=False)
class Opening:
    """A loop that a cap can close: its middle, normal out of the fluid, box, area [m2] and way round [m].

    `off` is how far [m] its corners lie off a plane, `of` the faces round it (none for the rim of an open surface) and
    `around` their triangles there,
    `corners` its points in the order that the triangles of a cap have which go on from those at the rim, or, in a plane
    face, fill the hole.
    """

    at: tuple[float, float, float]
    normal: tuple[float, float, float]
    area: float
    round: float
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    off: float
    of: frozenset[int]
    around: Ints
    corners: tuple[int, ...]

    @property
    def plane(self) -> bool:
        """Whether a flat cap closes it."""
        extent = float(np.linalg.norm(np.subtract(self.bounds[1], self.bounds[0])))
        return self.off <= PLANE * extent

    def __repr__(self) -> str:
        x, y, z = self.normal
        return f"<Opening at {self}, out along ({x:.3g} {y:.3g} {z:.3g})>"

    def __str__(self) -> str:
        x, y, z = self.at
        return f"({x:.4g} {y:.4g} {z:.4g}) of {self.area:.3g} m2"


def openings(points: Floats, triangles: Ints, faces: Ints) -> list[Opening]:
    """The openings of a welded surface, the largest first: rims where it is open, else holes in its plane faces."""
    ends = rims(triangles)
    if ends:
        caps = [cap(points, rim) for rim in ends]
        closed = np.concatenate([triangles, *caps])
        inwards = surface.volume(points, closed) < 0
        found = [_opening(points, rim, frozenset(), np.zeros(0, np.int64), flip=inwards) for rim in ends]
    else:
        found = _holes(points, triangles, faces)
    return sorted(found, key=lambda one: -one.area)


def _holes(points: Floats, triangles: Ints, faces: Ints) -> list[Opening]:
    """The loops round plane faces, but for the outermost of each."""
    found = []
    _, normals = surface.areas(points, triangles)
    regions = surface.regions(points, triangles, FLAT)
    order = np.argsort(regions, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(regions[order])) + 1):
        edges = rims(triangles[mine]) if len(mine) > 1 else []
        if len(edges) < 2 or float((normals[mine] @ normals[mine[0]]).min()) < 1 - 1e-6:
            continue
        extents = [float(np.linalg.norm(np.ptp(points[rim], axis=0))) for rim in edges]
        outer = int(np.argmax(extents))
        of = frozenset(np.unique(faces[mine]).tolist())
        found += [_opening(points, rim, of, mine, flip=False) for number, rim in enumerate(edges) if number != outer]
    return found


def rims(triangles: Ints, *, of: str = "an opening", mend: str = "; heal") -> list[list[int]]:
    """The open edges as closed loops of points, turned so that triangles on them fit their neighbours.

    Raises GeometryError as `chains` does.
    """
    return chains(_lone(triangles), of=of, mend=mend)


def _lone(triangles: Ints) -> Ints:
    """The directed edges (n, 2) that have one triangle, against the direction that it has them in."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    key = np.sort(ends, axis=1)
    _, inverse, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(ends[count[inverse.reshape(-1)] == 1][:, ::-1])


def chains(edges: Ints, *, of: str = "an opening", mend: str = "; heal") -> list[list[int]]:
    """Directed edges as closed loops of points; GeometryError, about the rim `of` what, where they do not close."""
    after: dict[int, list[int]] = defaultdict(list)
    for start, end in edges.tolist():
        after[start].append(end)
    loops = []
    while after:
        start = next(iter(after))
        loop, here = [start], after[start].pop()
        while here != start:
            loop.append(here)
            if not after.get(here):
                raise GeometryError(f"the rim of {of} does not close: its triangles are turned differently{mend}")
            here = after[here].pop()
        loops.append(loop)
        for point in {point for point in loop if not after[point]}:  # a loop may pass a point twice
            del after[point]
    return loops


def _opening(points: Floats, rim: list[int], of: frozenset[int], around: Ints, *, flip: bool) -> Opening:
    corners = points[rim]
    middle = corners.mean(axis=0)
    normal = np.cross(corners - middle, np.roll(corners, -1, axis=0) - middle).sum(axis=0) / 2
    area = float(np.linalg.norm(normal))
    normal = normal * (-1 if flip else 1) / max(area, 1e-300)
    steps = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    middle = (corners * (steps + np.roll(steps, 1))[:, None]).sum(axis=0) / max(2 * float(steps.sum()), 1e-300)
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle[np.abs(middle) < 1e-12 * float((high - low).max())] = 0.0
    normal[np.abs(normal) < 1e-9] = 0.0
    off = float(np.abs((corners - middle) @ normal).max())
    return Opening(_triple(middle), _triple(normal + 0.0), area, float(steps.sum()),
                   (_triple(low), _triple(high)), off, of, around, tuple(rim))  # fmt: skip


def cap(points: Floats, rim: list[int]) -> Ints:
    """Triangles (n - 2, 3) in a loop of n points, by cutting ears off: it may be concave, but not cross itself."""
    corners = points[rim]
    middle = corners.mean(axis=0)
    normal = np.cross(corners - middle, np.roll(corners, -1, axis=0) - middle).sum(axis=0)
    along = int(np.argmax(np.abs(normal)))
    flat = np.delete(corners, along, axis=1) * ([1, 1] if (normal[along] > 0) == (along != 1) else [-1, 1])
    left, found = list(range(len(rim))), []
    while len(left) > 3:
        ear = _ear(flat, left)
        before, after = left[ear - 1], left[(ear + 1) % len(left)]
        found.append([rim[before], rim[left[ear]], rim[after]])
        del left[ear]
    found.append([rim[number] for number in left])
    return np.array(found, np.int64)


def _ear(flat: Floats, left: list[int]) -> int:
    """The best corner to cut off: one that bulges out, with no other corner in its triangle; the fattest of these."""
    here, before, after = flat[left], flat[np.roll(left, 1)], flat[np.roll(left, -1)]
    bulge = _cross(here - before, after - here)
    longest = np.maximum(((after - before) ** 2).sum(axis=1), 1e-300)
    for ear in np.argsort(-bulge / longest).tolist():
        if bulge[ear] <= 0:
            break
        a, b, c = before[ear], here[ear], after[ear]
        inside = (_cross(b - a, here - a) >= 0) & (_cross(c - b, here - b) >= 0) & (_cross(a - c, here - c) >= 0)
        inside[[ear - 1, ear, (ear + 1) % len(left)]] = False
        if not inside.any():
            return int(ear)
    return int(np.argmax(bulge))


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _triple(vector: Floats) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in vector)
    return x, y, z

"""The surface of the body: its file, and, where its box does not tell enough, its triangles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd.case.body import Body
from flowcfd.case.bounds import Bounds, Point
from flowcfd.errors import GeometryError
from flowcfd.foam.casefiles import Blob
from flowcfd.settings import settings

Floats = NDArray[np.float64]
FOLDER = "constant/triSurface"


def files(body: Body) -> Mapping[str, str | Blob]:
    """The STL, by reference."""
    return {f"{FOLDER}/{body.label}.stl": Blob(kept(body), body.surface, body.size)}


def kept(body: Body) -> Path:
    """The STL of a body where `flowcfd.cad` keeps it; GeometryError when it is not there."""
    path = settings().home / "geometry" / body.digest[:24] / "surface.stl"
    if not path.exists() or path.stat().st_size != body.size:
        source = body.source or body.label
        raise GeometryError(
            f"geometry: the surface of {body.label} is not in {path.parent} any more; load {source} again"
        )
    return path


def solid(body: Body, patch: str) -> str:
    """The text of one solid of the STL."""
    text = kept(body).read_text("latin-1")
    start = text.find(f"solid {patch}\n")
    end = text.find(f"endsolid {patch}", start)
    if start < 0 or end < 0:
        raise GeometryError(f"geometry: the surface of {body.label} has no part {patch!r}; load it again")
    return text[start:end] + f"endsolid {patch}\n"


@dataclass(frozen=True)
class Triangles:
    """The corners (n, 3, 3) [m] of all triangles, turned outwards."""

    corners: Floats

    def winding(self, point: Point) -> float:
        """How often the surface goes round a point: 1 inside, 0 outside.

        Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30 (1983) 125.
        """
        a, b, c = (self.corners[:, n] - np.asarray(point) for n in range(3))
        x, y, z = (np.linalg.norm(one, axis=1) for one in (a, b, c))
        above = np.einsum("ij,ij->i", a, np.cross(b, c))
        below = x * y * z + _dot(a, b) * z + _dot(b, c) * x + _dot(c, a) * y
        return float(np.arctan2(above, below).sum() / (2 * np.pi))

    def clearance(self, point: Point) -> float:
        """A lower bound of the distance of a point from the surface [m]."""
        middles = self.corners.mean(axis=1)
        reach = np.linalg.norm(self.corners - middles[:, None], axis=2).max(axis=1)
        return float((np.linalg.norm(middles - np.asarray(point), axis=1) - reach).min())

    def volume(self, box: Bounds) -> float:
        """The volume [m3] of the solid that lies in a box: the flux of (0, 0, height over the floor) through it."""
        corners = self.corners
        for axis in range(2):
            for limit, sign in zip(box[axis], (1.0, -1.0), strict=True):
                corners = _beyond(corners, axis, limit, sign)
        floor, roof = box[2]
        under, over = _beyond(corners, 2, roof, -1.0), _beyond(corners, 2, roof, 1.0)
        middle = _beyond(under, 2, floor, 1.0)
        flux = _normal_z(middle) * (middle[:, :, 2].mean(axis=1) - floor)
        return float(flux.sum() + (_normal_z(over) * (roof - floor)).sum())


def triangles(body: Body) -> Triangles:
    """The triangles of a body's STL."""
    rows = re.findall(r"^\s*vertex\s(.+)$", kept(body).read_text("latin-1"), re.MULTILINE)
    return Triangles(np.array(" ".join(rows).split(), dtype=np.float64).reshape(-1, 3, 3))


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", a, b))


def _normal_z(corners: Floats) -> Floats:
    """The z-components of the area vectors of triangles."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]))


def _beyond(corners: Floats, axis: int, limit: float, sign: float) -> Floats:
    """The parts of triangles on one side of a plane, as triangles: what has sign (x - limit) >= 0."""
    height = sign * (corners[:, :, axis] - limit)
    inside = (height >= 0).sum(axis=1)
    parts = [corners[inside == 3]]
    for count in (1, 2):
        some, far = corners[inside == count], height[inside == count]
        if len(some):
            odd = np.argmax((far >= 0) == (count == 1), axis=1)  # the corner that is alone on its side
            order = (odd[:, None] + np.arange(3)) % 3
            a, b, c = np.take_along_axis(some, order[:, :, None], axis=1).transpose(1, 0, 2)
            p, q, r = np.take_along_axis(far, order, axis=1).T
            ab, ac = a + (p / (p - q))[:, None] * (b - a), a + (p / (p - r))[:, None] * (c - a)
            parts += [_stacked(a, ab, ac)] if count == 1 else [_stacked(ab, b, c), _stacked(ab, c, ac)]
    return np.concatenate(parts)


def _stacked(a: Floats, b: Floats, c: Floats) -> Floats:
    return np.stack([a, b, c], axis=1)

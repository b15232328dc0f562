"""Shell: a surface of polygons that belong to faces, and which faces are neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import GeometryError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FREE = 4
"""A body may touch two sides of the box that it is in: the ground, and the plane of a half model."""


@dataclass(frozen=True, eq=False)
class Seams:
    """Edges (e, 2, 3) [m] between two faces (e, 2), by how much they turn there (e,) [degree]; and open ends."""

    edges: Floats
    faces: Ints
    turned: Floats
    rims: Floats
    rim_faces: Ints

    def around(self, chosen: NDArray[np.bool_]) -> Floats:
        """The edges (n, 2, 3) between faces that are chosen (count,) and others, and their open ends."""
        differs = chosen[self.faces[:, 0]] != chosen[self.faces[:, 1]]
        return np.concatenate([self.edges[differs], self.rims[chosen[self.rim_faces]]])


@dataclass(frozen=True, eq=False)
class Shell:
    """Polygon i has the points `corners[offsets[i]:offsets[i + 1]]` and belongs to face `faces[i]` of `count`.

    `points` (n, 3) [m], turned outwards. A face may have no polygon: then it is known by name only.
    """

    points: Floats
    offsets: Ints
    corners: Ints
    faces: Ints
    count: int

    @classmethod
    def of_triangles(cls, points: Floats, triangles: Ints, faces: Ints, count: int) -> Shell:
        """The shell of triangles (m, 3)."""
        return cls(points, np.arange(len(triangles) + 1, dtype=np.int64) * 3, triangles.reshape(-1), faces, count)

    @classmethod
    def joined(cls, parts: Sequence[tuple[Floats, Ints, Ints, Ints]], count: int) -> Shell:
        """One shell of several parts (points, offsets, corners, faces); no part is an empty shell."""
        if not parts:
            none = np.zeros(0, np.int64)
            return cls(np.zeros((0, 3)), np.zeros(1, np.int64), none, none, count)
        first_point = np.cumsum([0, *(len(points) for points, *_ in parts)])
        first_corner = np.cumsum([0, *(len(corners) for _, _, corners, _ in parts)])
        offsets = [part[1][:-1] + first for part, first in zip(parts, first_corner, strict=False)]
        return cls(
            np.concatenate([part[0] for part in parts]),
            np.append(np.concatenate(offsets), first_corner[-1]).astype(np.int64),
            np.concatenate([part[2] + first for part, first in zip(parts, first_point, strict=False)]).astype(np.int64),
            np.concatenate([part[3] for part in parts]).astype(np.int64),
            count,
        )

    def save(self, path: Path) -> Path:
        """Write it, for another process."""
        np.savez(
            path, points=self.points, offsets=self.offsets, corners=self.corners, faces=self.faces, count=self.count
        )
        return path

    @classmethod
    def load(cls, path: Path) -> Shell:
        """What `save` wrote; GeometryError where it is gone."""
        try:
            with np.load(path) as file:
                return cls(file["points"], file["offsets"], file["corners"], file["faces"], int(file["count"]))
        except (OSError, ValueError, KeyError) as error:
            raise GeometryError(f"the surface to pick on is gone ({error}); run the cell again") from None

    @property
    def size(self) -> int:
        """The number of polygons."""
        return len(self.faces)

    @cached_property
    def vectors(self) -> Floats:
        """The area vectors (m, 3) [m2] of the polygons, outwards."""
        points = self.points[self.corners]
        crossed = np.cross(points, points[self._next])
        return 0.5 * np.add.reduceat(crossed, self.offsets[:-1], axis=0) if self.size else np.zeros((0, 3))

    @cached_property
    def areas(self) -> Floats:
        """The area of each face (count,) [m2]."""
        return np.asarray(np.bincount(self.faces, np.linalg.norm(self.vectors, axis=1), self.count), np.float64)

    @cached_property
    def polygons(self) -> Ints:
        """The number of polygons of each face (count,)."""
        return np.bincount(self.faces, minlength=self.count)

    @cached_property
    def seams(self) -> Seams:
        """The edges that polygons of different faces share, and those that one polygon has alone."""
        _, same = np.unique(self.points.round(self._digits), axis=0, return_inverse=True)
        corners = same.reshape(-1)[self.corners]
        after = corners[self._next]
        low, high = np.minimum(corners, after), np.maximum(corners, after)
        order = np.lexsort((high, low))
        low, high = low[order], high[order]
        owner = np.repeat(np.arange(self.size), np.diff(self.offsets))[order]
        ends = np.stack([self.corners, self.corners[self._next]], axis=1)[order]
        like = (low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (low[1:] != high[1:])
        first = np.flatnonzero(like)
        one, other = owner[first], owner[first + 1]
        across = self.faces[one] != self.faces[other]
        alone = ~(np.append(like, False) | np.append(False, like)) & (low != high)
        return Seams(
            self.points[ends[first[across]]],
            np.stack([self.faces[one], self.faces[other]], axis=1)[across],
            self._turn(one[across], other[across]),
            self.points[ends[alone]],
            self.faces[owner[alone]],
        )

    @cached_property
    def neighbours(self) -> tuple[Ints, Floats]:
        """Pairs of faces (e, 2) that share edges, and by what angle (e,) [degree] their normals differ there.

        The angle is the mean over the shared edges, weighed by their lengths: slivers do not count.
        """
        seams = self.seams
        lengths = np.linalg.norm(seams.edges[:, 1] - seams.edges[:, 0], axis=1)
        pairs, which = np.unique(np.sort(seams.faces, axis=1), axis=0, return_inverse=True)
        which = which.reshape(-1)
        weights = np.maximum(np.bincount(which, lengths, len(pairs)), 1e-300)
        return pairs.astype(np.int64), np.bincount(which, lengths * seams.turned, len(pairs)) / weights

    def grown(self, seeds: Iterable[int], angle: float) -> frozenset[int]:
        """The faces that hang together with the seeds by edges where normals differ by less than `angle` [degree]."""
        pairs, turned = self.neighbours
        beside: dict[int, list[int]] = {}
        for one, other in pairs[turned < angle].tolist():
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
        found, waiting = set(seeds), list(seeds)
        while waiting:
            new = [face for face in beside.get(waiting.pop(), ()) if face not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    @cached_property
    def boxes(self) -> Floats:
        """The lowest and the highest corner of each face (count, 2, 3) [m]; not finite where it has no polygon."""
        found = np.empty((self.count, 2, 3))
        found[:, 0], found[:, 1] = np.inf, -np.inf
        owner = np.repeat(self.faces, np.diff(self.offsets))
        np.minimum.at(found[:, 0], owner, self.points[self.corners])
        np.maximum.at(found[:, 1], owner, self.points[self.corners])
        return found

    @cached_property
    def outer(self) -> NDArray[np.bool_]:
        """The faces (count,) that one looks through to see a body: the sides of a box that has one inside of it."""
        nowhere = np.zeros(self.count, bool)
        there = self.polygons > 0
        if not there.any():
            return nowhere
        low, high = self.boxes[there, 0].min(axis=0), self.boxes[there, 1].max(axis=0)
        near = 1e-6 * float((high - low).max())
        normals = np.abs(self.vectors) / np.maximum(np.linalg.norm(self.vectors, axis=1), 1e-300)[:, None]
        middles = self.points[self.corners[self.offsets[:-1]]]
        at_side = ((middles <= low + near) | (middles >= high - near)) & (normals > 1 - 1e-6)
        inner_polygons = np.bincount(self.faces, ~at_side.any(axis=1), self.count)
        side, within = there & (inner_polygons == 0), there & (inner_polygons > 0)
        if not side.any() or not within.any():
            return nowhere
        inner_low, inner_high = self.boxes[within, 0].min(axis=0), self.boxes[within, 1].max(axis=0)
        free = int((inner_low > low + near).sum() + (inner_high < high - near).sum())
        return side if free >= FREE else nowhere

    @property
    def _digits(self) -> int:
        """To so many digits points are the same: a billionth of the size of the shell."""
        size = float(np.ptp(self.points, axis=0).max()) if len(self.points) else 1.0
        return int(np.clip(9 - np.floor(np.log10(max(size, 1e-300))), 0, 300))

    @cached_property
    def _next(self) -> Ints:
        """For each corner the place of the next one of its polygon (k,)."""
        following = np.arange(1, len(self.corners) + 1)
        following[self.offsets[1:] - 1] = self.offsets[:-1]
        return following

    def _turn(self, one: Ints, other: Ints) -> Floats:
        """The angles [degree] between the normals of polygons."""
        lengths = np.maximum(np.linalg.norm(self.vectors, axis=1), 1e-300)[:, None]
        normals = self.vectors / lengths
        cosine = np.clip((normals[one] * normals[other]).sum(axis=1), -1.0, 1.0)
        return np.asarray(np.degrees(np.arccos(cosine)), np.float64)

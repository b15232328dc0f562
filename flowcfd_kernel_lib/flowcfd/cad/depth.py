"""Points against a closed surface: whether they are in it, how far from it, and one that is deep inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowcfd.cad.surface import Floats, Ints, areas

RAYS = 64
"""From so many places of the surface is it looked inwards for a deep point."""


def winding(points: Floats, triangles: Ints, place: Floats) -> float:
    """How often the surface goes round a point (3,): 1 inside of one that is turned outwards, 0 outside.

    Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30 (1983) 125.
    """
    a, b, c = (points[triangles[:, corner]] - place for corner in range(3))
    lengths = [np.linalg.norm(one, axis=1) for one in (a, b, c)]
    above = np.einsum("ij,ij->i", a, np.cross(b, c))
    below = (
        lengths[0] * lengths[1] * lengths[2] + np.einsum("ij,ij->i", a, b) * lengths[2]
        + np.einsum("ij,ij->i", b, c) * lengths[0] + np.einsum("ij,ij->i", c, a) * lengths[1]
    )  # fmt: skip
    return float(np.arctan2(above, below).sum() / (2 * np.pi))


@dataclass(frozen=True)
class Surface:
    """Triangles (m, 3, 3) [m] with what is asked of them again and again."""

    corners: Floats
    middles: Floats
    reach: Floats

    @classmethod
    def of(cls, points: Floats, triangles: Ints) -> Surface:
        """With the balls that each triangle lies in."""
        corners = points[triangles]
        middles = corners.mean(axis=1)
        return cls(corners, middles, np.sqrt(((corners - middles[:, None]) ** 2).sum(axis=2).max(axis=1)))

    def distance(self, place: Floats) -> float:
        """The distance [m] of a point (3,): exactly, or a little too small where triangles are tiny against it."""
        to = self.middles - place
        far = np.sqrt(np.einsum("ij,ij->i", to, to))
        least, most = float((far - self.reach).min()), float((far + self.reach).min())
        if least > 0.98 * most:
            return least
        near = far - self.reach <= most
        return float(np.sqrt(_squares(self.corners[near], place).min()))

    def depth(self, start: Floats, direction: Floats, own: int) -> float:
        """How far [m] it is from a place on the triangle `own` to another triangle; infinite where there is none."""
        to = self.middles - start
        along = to @ direction
        off = np.einsum("ij,ij->i", to, to) - along**2
        near = np.flatnonzero((off <= self.reach**2 * (1 + 1e-9)) & (along > -self.reach))
        near = near[near != own]
        corners = self.corners[near]
        one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        across = np.cross(direction, other)
        determinant = np.einsum("ij,ij->i", one, across)
        inverse = 1 / np.where(np.abs(determinant) > 1e-300, determinant, np.inf)
        to = start - corners[:, 0]
        turned = np.cross(to, one)
        u, v = np.einsum("ij,ij->i", to, across) * inverse, turned @ direction * inverse
        far = np.einsum("ij,ij->i", turned, other) * inverse
        hit = (inverse != 0) & (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (far > 0)
        return float(far[hit].min()) if hit.any() else float("inf")


def _squares(corners: Floats, place: Floats) -> Floats:
    """The squares of the distances [m2] of triangles (m, 3, 3) from a point: of their planes above, else of edges."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.einsum("ij,ij->i", normal, normal)
    found = np.full(len(corners), np.inf)
    above = size > 0
    for number in range(3):
        start, along = corners[:, number], corners[:, (number + 1) % 3] - corners[:, number]
        to = place - start
        square = np.einsum("ij,ij->i", along, along)
        share = np.clip(np.einsum("ij,ij->i", to, along) / np.maximum(square, 1e-300), 0, 1)
        rest = to - share[:, None] * along
        found = np.minimum(found, np.einsum("ij,ij->i", rest, rest))
        above &= np.einsum("ij,ij->i", np.cross(along, to), normal) >= 0
    height = np.einsum("ij,ij->i", place - corners[:, 0], normal)
    return np.where(above, np.minimum(found, height**2 / np.maximum(size, 1e-300)), found)


def deepest(points: Floats, triangles: Ints) -> tuple[float, float, float] | None:
    """A point in a closed surface that is turned outwards, far from it; None where there is no such point.

    From places of the surface it is looked inwards to the other side; the best middle is moved until no step helps.
    It is a good point, and the deepest one where there is only one such.
    """
    sizes, normals = areas(points, triangles)
    if not sizes.sum() > 0:
        return None
    surface = Surface.of(points, triangles)
    # places that are spread by area, and the largest triangle; none on an edge or an axis of symmetry of its triangle
    shares = np.searchsorted(np.cumsum(sizes), (np.arange(RAYS) + 0.5) / RAYS * sizes.sum())
    chosen = np.unique(np.append(np.minimum(shares, len(sizes) - 1), int(sizes.argmax())))
    ranked = []
    for own in chosen[sizes[chosen] > 0].tolist():
        start = np.array([0.34, 0.353, 0.307]) @ surface.corners[own]
        if np.isfinite(depth := surface.depth(start, -normals[own], own)):
            place = start - normals[own] * depth / 2
            ranked.append((surface.distance(place), place))
    for far, place in sorted(ranked, key=lambda one: -one[0])[:8]:
        if far > 0 and abs(winding(points, triangles, place) - 1) < 0.01:
            return _moved(surface, place, far)
    return None


def _moved(surface: Surface, place: Floats, far: float) -> tuple[float, float, float]:
    """The point moved along the axes as long as it comes farther from the surface.

    A step is never longer than the way to the surface: so the point stays on its side.
    """
    steps = np.concatenate([np.eye(3), -np.eye(3)])
    length, least = 0.5 * far, 0.02 * far
    while length > least:
        tried = [(surface.distance(place + length * step), length * step) for step in steps]
        best, step = max(tried, key=lambda one: one[0])
        if best > far * (1 + 1e-3):
            place, far = place + step, best
        else:
            length /= 2
    x, y, z = (float(value) for value in place)
    return x, y, z

"""Regions in which cells are refined: boxes, balls, cylinders, and what is near to patches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowcfd.meshing.rays import Floats, Keys, Surface


@dataclass(frozen=True)
class Region:
    """Where cells are refined: a `box` (low, high), a `sphere` (centre, radius), a `cylinder` (ends, radius) [m]...

    or `near` patches within a distance [m].
    """

    level: int
    shape: str
    numbers: tuple[float, ...]
    patches: tuple[int, ...] = ()

    def holds(self, at: Floats, surface: Surface, points: Floats) -> NDArray[np.bool_]:
        """Which places (n, 3) [m] are in it; `points` [m] are those of the surface's triangles."""
        numbers = np.array(self.numbers)
        if self.shape == "box":
            return np.asarray(((at >= numbers[:3]) & (at <= numbers[3:6])).all(axis=1))
        if self.shape == "sphere":
            return np.asarray(((at - numbers[:3]) ** 2).sum(axis=1) <= numbers[3] ** 2)
        if self.shape == "cylinder":
            axis = numbers[3:6] - numbers[:3]
            length = float(np.linalg.norm(axis))
            along = (at - numbers[:3]) @ (axis / length)
            across = ((at - numbers[:3]) ** 2).sum(axis=1) - along**2
            return np.asarray((along >= 0) & (along <= length) & (across <= numbers[6] ** 2))
        return self._near(at, surface, points)

    def _near(self, at: Floats, surface: Surface, points: Floats) -> NDArray[np.bool_]:
        """Places within a distance of patches; the surface by points closer to each other than a quarter of it."""
        from scipy.spatial import cKDTree

        distance = self.numbers[0]
        mine = np.isin(surface.patch, self.patches) if self.patches else np.ones(len(surface.patch), bool)
        samples = sampled(points, surface.triangles[mine], distance / 4)
        low, high = samples.min(axis=0) - distance, samples.max(axis=0) + distance
        close = np.asarray(((at >= low) & (at <= high)).all(axis=1))
        found = cKDTree(samples).query(at[close], distance_upper_bound=distance)[0]
        close[close] = found <= distance
        return close


def sampled(points: Floats, triangles: Keys, distance: float) -> Floats:
    """Points on the triangles, at most about a distance [m] apart."""
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    parts = np.clip(np.ceil(longest / distance), 1, 400).astype(np.int64)
    found = [points]
    for n in np.unique(parts):
        mine = corners[parts == n]
        i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
        a, b = ((grid[i + j < n] + 1 / 3) / n for grid in (i, j))
        found.append(
            (
                mine[:, None, 0] * (1 - a - b)[None, :, None]
                + mine[:, None, 1] * a[None, :, None]
                + mine[:, None, 2] * b[None, :, None]
            ).reshape(-1, 3)
        )
    return np.concatenate(found)

"""How wide the narrowest passages are that a fluid has between walls that face each other, by samples of a surface."""

from __future__ import annotations

from typing import Any

import numpy as np

SAMPLES = 2500
"""Points on the surface; each is compared with all, so the work grows with their square."""
FACING = -0.7
"""Greatest cosine between the normals of two places that face each other."""
SHARE = 0.02
"""Least share of the surface that must have another side across: less is a notch or a corner."""
NARROW = 20.0
"""Of the widths that were found, the per cent below the one that is told."""
ROWS = 250


def passage(points: Any, triangles: Any, *, internal: bool) -> float | None:
    """The width [m] of narrow passages outside of a closed surface, or inside of it; None where no walls face.

    `points` (n, 3) [m], `triangles` (m, 3) with outward normals. A wall faces another where a line along its normal
    meets that one, nearer than all else, within the distance between two samples.
    """
    corners = points[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = 0.5 * np.linalg.norm(normals, axis=1)
    if not areas.sum() > 0:
        return None
    dice = np.random.default_rng(1)
    of = dice.choice(len(areas), SAMPLES, p=areas / areas.sum())
    u, v = dice.random((2, SAMPLES, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    places = corners[of, 0] + u * (corners[of, 1] - corners[of, 0]) + v * (corners[of, 2] - corners[of, 0])
    along = normals[of] / (2 * areas[of, None]) * (-1.0 if internal else 1.0)
    spacing = float(np.sqrt(areas.sum() / SAMPLES))
    widths = np.concatenate([_across(places, along, slice(at, at + ROWS), spacing) for at in range(0, SAMPLES, ROWS)])
    found = widths[np.isfinite(widths)]
    return float(np.percentile(found, NARROW)) if len(found) >= SHARE * SAMPLES else None


def _across(places: Any, along: Any, rows: slice, spacing: float) -> Any:
    """How far the opposite wall is from each sample of these rows; inf where there is none."""
    to = places[None, :, :] - places[rows, None, :]
    height = np.einsum("ijk,ik->ij", to, along[rows])
    aside = np.einsum("ijk,ijk->ij", to, to) - height**2
    opposite = along[rows] @ along.T < FACING
    return np.where(opposite & (height > 0) & (aside < spacing**2), height, np.inf).min(axis=1)

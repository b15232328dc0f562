"""Where a surface goes through itself: pairs of triangles of which an edge of one pierces the other."""

from __future__ import annotations

import numpy as np

from flowcfd.cad.surface import Floats, Ints, proper, welded

SLACK = 1e-6
"""An edge that ends on a triangle, nearer than this part of it, touches and does not cross."""
FLAT = 1e-4
"""Nor does one that runs along a triangle at less than this angle [radian]."""


def crossings(points: Floats, triangles: Ints) -> Floats:
    """The places (n, 3) [m] where edges pierce triangles that they have no corner in common with."""
    points, triangles = welded(points, triangles)
    triangles = triangles[proper(triangles)]
    if len(triangles) < 2:
        return np.zeros((0, 3))
    pairs = _near(points[triangles])
    first, second = triangles[pairs[:, 0]], triangles[pairs[:, 1]]
    apart = ~(first[:, :, None] == second[:, None, :]).any(axis=(1, 2))
    pairs = pairs[apart]
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return _pierced(points[triangles[both[:, 0]]], points[triangles[both[:, 1]]])


def _near(corners: Floats) -> Ints:
    """Pairs (n, 2) of triangles (m, 3, 3) whose boxes overlap, each once: by a binary tree of boxes."""
    order = _order(corners.mean(axis=1))
    depth = max(1, int(np.ceil(np.log2(len(corners)))))
    low, high = np.full((2**depth, 3), np.inf), np.full((2**depth, 3), -np.inf)
    low[: len(order)], high[: len(order)] = corners[order].min(axis=1), corners[order].max(axis=1)
    levels = [(low, high)]
    while len(levels[-1][0]) > 1:
        below = levels[-1]
        levels.append((np.minimum(below[0][::2], below[0][1::2]), np.maximum(below[1][::2], below[1][1::2])))
    pairs = np.zeros((1, 2), np.int64)
    for low, high in reversed(levels[:-1]):
        children = 2 * pairs[:, None, :] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        children[pairs[:, 0] == pairs[:, 1], 2] = -1  # the mirror image of the one before
        pairs = children.reshape(-1, 2)
        pairs = pairs[pairs[:, 0] >= 0]
        a, b = pairs.T
        pairs = pairs[((low[a] <= high[b]) & (low[b] <= high[a])).all(axis=1)]
    return np.asarray(order[pairs[pairs[:, 0] != pairs[:, 1]]], np.int64)


def _order(middles: Floats) -> Ints:
    """The triangles along a curve that keeps neighbours together (Z order of their middles)."""
    low, size = middles.min(axis=0), np.ptp(middles, axis=0).max()
    cells = ((middles - low) / max(size, 1e-300) * 1023).astype(np.int64)
    code = np.zeros(len(middles), np.int64)
    for bit in range(10):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")


def _pierced(one: Floats, other: Floats) -> Floats:
    """Where edges of triangles (n, 3, 3) pierce as many others. Moeller and Trumbore, J. Graphics Tools 2 (1997) 21."""
    found = []
    side, up = other[:, 1] - other[:, 0], other[:, 2] - other[:, 0]
    area = np.linalg.norm(np.cross(side, up), axis=1)
    for number in range(3):
        start = one[:, number]
        along = one[:, (number + 1) % 3] - start
        across = np.cross(along, up)
        determinant = np.einsum("ij,ij->i", side, across)
        flat = np.abs(determinant) <= FLAT * area * np.linalg.norm(along, axis=1)
        inverse = 1 / np.where(flat, np.inf, determinant)
        to = start - other[:, 0]
        turned = np.cross(to, side)
        u, v = np.einsum("ij,ij->i", to, across) * inverse, np.einsum("ij,ij->i", along, turned) * inverse
        far = np.einsum("ij,ij->i", up, turned) * inverse
        hit = ~flat & (u > -SLACK) & (v > -SLACK) & (u + v < 1 + SLACK) & (far > SLACK) & (far < 1 - SLACK)
        found.append(start[hit] + far[hit, None] * along[hit])
    return np.concatenate(found)

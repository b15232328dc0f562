"""The surface of a mesh of blocks that is not made yet: the faces that a blockMeshDict gives its patches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import Named, Tree, parse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Quads = tuple[Floats, Ints]
"""Points (n, 3) [m] and quads (m, 4)."""
STEPS = 12
"""A side with bent edges is drawn with so many quads each way."""


def block_patches(text: str) -> dict[str, tuple[str, list[Quads]]]:
    """Type and sides of each patch; {} for a dictionary of another shape, such as one with code in it."""
    tree = parse(text)
    try:
        scale = float(tree.get("scale", tree.get("convertToMeters", 1)))
        corners = scale * np.array([[float(one) for one in corner] for corner in tree["vertices"]])
        bends = _bends(tree.get("edges", ()), scale)
        return {
            str(item.name): (str(item.entries["type"]), _sides(item.entries["faces"], corners, bends))
            for item in tree["boundary"]
            if isinstance(item, Named) and isinstance(item.entries, Tree)
        }
    except (DictionaryError, KeyError, TypeError, ValueError, IndexError):
        return {}


def _bends(listed: Any, scale: float) -> dict[frozenset[int], tuple[int, str, Floats]]:
    """What bends the edges: where it starts, its kind and its points; edges of other kinds are drawn straight."""
    found: dict[frozenset[int], tuple[int, str, Floats]] = {}
    words = list(listed) if isinstance(listed, tuple) else []
    while len(words) >= 4:
        kind, start, end, through = words[:4]
        words = words[4:]
        points = scale * np.atleast_2d(np.array(through, np.float64))
        if kind in ("arc", "polyLine", "spline") and points.shape[1] == 3:
            found[frozenset((int(start), int(end)))] = (int(start), str(kind), points)
    return found


def _sides(faces: Any, corners: Floats, bends: Mapping[frozenset[int], tuple[int, str, Floats]]) -> list[Quads]:
    return [_side([int(one) for one in face], corners, bends) for face in faces]


def _side(face: Sequence[int], corners: Floats, bends: Mapping[frozenset[int], tuple[int, str, Floats]]) -> Quads:
    """One side as quads; between bent edges the points lie as blockMesh puts them, by transfinite interpolation."""
    a, b, c, d = face
    if not any(frozenset(pair) in bends for pair in ((a, b), (b, c), (d, c), (a, d))):
        return corners[[a, b, c, d]], np.array([[0, 1, 2, 3]])
    low, high = _edge(a, b, corners, bends), _edge(d, c, corners, bends)
    left, right = _edge(a, d, corners, bends), _edge(b, c, corners, bends)
    share = np.linspace(0, 1, STEPS + 1)
    u, v = share[None, :, None], share[:, None, None]
    points = (1 - v) * low[None] + v * high[None] + (1 - u) * left[:, None] + u * right[:, None]
    points = points - (1 - u) * ((1 - v) * corners[a] + v * corners[d]) - u * ((1 - v) * corners[b] + v * corners[c])
    number = np.arange((STEPS + 1) ** 2).reshape(STEPS + 1, STEPS + 1)
    around = (number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1])
    return points.reshape(-1, 3), np.stack([part.reshape(-1) for part in around], axis=1)


def _edge(
    start: int, end: int, corners: Floats, bends: Mapping[frozenset[int], tuple[int, str, Floats]]
) -> Floats:  # fmt: skip
    """The points (STEPS + 1, 3) along an edge."""
    share = np.linspace(0, 1, STEPS + 1)
    first, last = corners[start], corners[end]
    bend = bends.get(frozenset((start, end)))
    if bend is None:
        return np.asarray(first + share[:, None] * (last - first))
    begins, kind, through = bend
    if kind == "arc":
        return _arc(first, last, through[0], share)
    way = np.concatenate([[first], through if begins == start else through[::-1], [last]])
    along = np.append(0, np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1)))
    return np.stack([np.interp(share * along[-1], along, way[:, axis]) for axis in range(3)], axis=1)


def _arc(first: Floats, last: Floats, through: Floats, share: Floats) -> Floats:
    """Points on the circle through three; a straight line where they lie on one."""
    one, other = through - first, last - first
    across = np.cross(one, other)
    if np.linalg.norm(across) < 1e-12 * np.linalg.norm(one) * np.linalg.norm(other):
        return np.asarray(first + share[:, None] * other)
    squares = (one @ one) * np.cross(other, across) + (other @ other) * np.cross(across, one)
    middle = first + squares / (2 * (across @ across))
    x = first - middle
    y = np.cross(across / np.linalg.norm(across), x)

    def angle(point: Floats) -> float:
        return math.atan2(float((point - middle) @ y), float((point - middle) @ x)) % (2 * math.pi)

    whole = angle(last)
    turned = share * (whole if angle(through) < whole else whole - 2 * math.pi)
    return np.asarray(middle + np.cos(turned)[:, None] * x + np.sin(turned)[:, None] * y)

"""Shadows: the area that a surface covers when one looks along an axis, whatever its shape."""

from __future__ import annotations

import numpy as np

from flowcfd.cad.surface import Floats, Ints, areas

LINES = 2048
"""So many lines are laid across the shadow."""
MOST = 4_000_000
"""So many pieces of lines are held at a time."""


def shadows(points: Floats, triangles: Ints, *, closed: bool = False, lines: int = LINES) -> tuple[float, float, float]:
    """The areas [m2] of the shadows along x, y and z; of a `closed` surface half of the triangles are enough.

    Lines are laid across the shadow, as many in each stretch between corners as its length asks for; the part of each
    line that triangles cover is exact, where one lies behind another it counts once, and between lines the midpoint
    rule holds. A shadow of straight edges that do not cross is exact; any other is good to 1e-5 of it, but for the
    triangles themselves, which lie a little inside of what is round.
    """
    _, normals = areas(points, triangles)
    x, y, z = (
        _shadow(points[:, others], triangles[(normals[:, axis] if closed else np.abs(normals[:, axis])) > 1e-12], lines)
        for axis, others in enumerate(([1, 2], [2, 0], [0, 1]))
    )
    return x, y, z


def _shadow(points: Floats, triangles: Ints, lines: int) -> float:
    """The area that flat triangles, of `points` (n, 2), cover together."""
    if not len(triangles):
        return 0.0
    corners = points[triangles]
    corners = np.take_along_axis(corners, np.argsort(corners[:, :, 1], axis=1, kind="stable")[:, :, None], axis=1)
    heights, widths = _lines(np.unique(corners[:, :, 1]), lines)
    first = np.searchsorted(heights, corners[:, 0, 1])
    behind = np.searchsorted(heights, corners[:, 2, 1])
    total, start = 0.0, 0
    while start < len(heights):
        end = _end(first, behind, start, len(heights))
        covered = _covered(corners, np.maximum(first, start), np.minimum(behind, end), heights)
        total += float(covered @ widths)
        start = end
    return total


def _lines(breaks: Floats, lines: int) -> tuple[Floats, Floats]:
    """The heights [m] of the lines and the width [m] that each stands for, between the heights of corners."""
    low, high = float(breaks[0]), float(breaks[-1])
    if len(breaks) > lines:
        breaks = np.array([low, high])
    parts = np.ceil(np.diff(breaks) / max(high - low, 1e-300) * lines).astype(np.int64)
    steps = np.diff(breaks) / np.maximum(parts, 1)
    number = np.arange(int(parts.sum())) - np.repeat(np.cumsum(parts) - parts, parts)
    widths = np.repeat(steps, parts)
    return np.repeat(breaks[:-1], parts) + (number + 0.5) * widths, widths


def _end(first: Ints, behind: Ints, start: int, lines: int) -> int:
    """The line up to which there are not more than MOST pieces, from `start`; at least one line."""
    change = np.bincount(first, minlength=lines + 1) - np.bincount(behind, minlength=lines + 1)
    sums = np.cumsum(np.cumsum(change)[start:lines])
    return start + max(1, int(np.searchsorted(sums, MOST, "right")))


def _covered(corners: Floats, first: Ints, behind: Ints, heights: Floats) -> Floats:
    """The length [m] of each line that lies in triangles (m, 3, 2), sorted upwards, from `first` to before `behind`."""
    many = np.maximum(behind - first, 0)
    owner = np.repeat(np.arange(len(corners)), many)
    if not len(owner):
        return np.zeros(len(heights))
    line = np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many) + first[owner]
    height = heights[line]
    bottom, middle, top = (corners[owner, corner] for corner in range(3))
    across = _crossing(bottom, top, height)
    other = np.where(height < middle[:, 1], _crossing(bottom, middle, height), _crossing(middle, top, height))
    begin, end = np.minimum(across, other), np.maximum(across, other)
    # lines are set apart by more than any is long, so that one order and one running maximum serve all
    left = float(begin.min())
    apart = (line - line[0]) * (2.0 * (float(end.max()) - left))
    order = np.argsort(begin + apart, kind="stable")
    line, apart, begin, end = line[order], apart[order], begin[order], end[order]
    reached = np.maximum.accumulate(end + apart)
    before = np.full(len(line), -np.inf)
    before[1:] = np.where(line[1:] == line[:-1], reached[:-1] - apart[1:], -np.inf)
    return np.asarray(np.bincount(line, np.maximum(end - np.maximum(begin, before), 0.0), len(heights)), np.float64)


def _crossing(one: Floats, other: Floats, height: Floats) -> Floats:
    """Where the edges from `one` to `other` (n, 2) are at a height (n,)."""
    rise = other[:, 1] - one[:, 1]
    share = np.clip((height - one[:, 1]) / np.where(rise > 0, rise, 1.0), 0.0, 1.0)
    return np.asarray(one[:, 0] + share * (other[:, 0] - one[:, 0]))

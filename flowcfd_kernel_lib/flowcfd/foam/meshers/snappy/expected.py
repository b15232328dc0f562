"""What the finished mesh must be like: its patches and its volume, by which leaks and wrong sides are found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowcfd.case.bounds import Bounds, inside
from flowcfd.foam.casefiles import Blob

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

PATH = "system/meshExpected"
EXACT = 0.01
"""The volume may be off by this share of the body's."""
ROUND = 0.05
"""And by this share of a cell on all of its surface: cells cut the corners of what is round."""
WIDEST = 0.25
"""But never by more than this share of the body's volume: a leak takes all of it."""


def files(task: Task) -> Mapping[str, str | Blob]:
    """The expectation as JSON: `patches` that must have faces, `volume` (low, high) [m3] or none, and `why`."""
    limits, why = volume(task)
    told = {"patches": [*task.space.patches], "volume": limits, "why": why}
    return {PATH: json.dumps(told, indent=2) + "\n"}


def volume(task: Task) -> tuple[list[float] | None, str]:
    """The least and the greatest volume of the mesh [m3] and how it comes about; None for an open surface."""
    body = task.body
    if body.volume is None:
        return None, f"the surface of {body.label} is not closed, so the volume of the fluid is not known"
    coarsest = task.size(min(task.levels[name][0] for name in task.wetted))
    slack = min(EXACT * body.volume + ROUND * body.area * coarsest, WIDEST * body.volume)
    if task.internal:
        return _limits(body.volume, slack), f"the volume of {body.label}, {body.volume:.6g} m3"
    whole = _contains(task.box, body.bounds)
    solid = body.volume if whole else task.triangles.volume(task.box)
    slack *= min(1.0, solid / body.volume)
    empty = 1.0
    for low, high in task.box:
        empty *= high - low
    part = body.label if whole else f"the part of {body.label} in it"
    return _limits(empty - solid, slack), f"the box, {empty:.6g} m3, without {part}, {solid:.6g} m3"


def _limits(value: float, slack: float) -> list[float]:
    return [float(f"{value - slack:.9g}"), float(f"{value + slack:.9g}")]


def _contains(box: Bounds, other: Bounds) -> bool:
    return all(inside(box, corner) for corner in zip(*other, strict=True))

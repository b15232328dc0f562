"""What the finished mesh must be like: its patches and its volume, by which leaks and wrong sides are found."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowcfd.case.bounds import Bounds, inside
from flowcfd.foam.casefiles import Blob

if TYPE_CHECKING:
    from flowcfd.foam.meshers.around import Around

PATH = "system/meshExpected"
EXACT = 0.01
"""The volume may be off by this share of the body's."""
FLAT, ROUND = 0.01, 0.05
"""And by these shares of a cell on its plane and its other patches: cells cut edges, and more of what is round."""
WIDEST = 0.25
"""But never by more than this share of the body's volume: a leak takes all of it."""


def files(task: Around) -> Mapping[str, str | Blob]:
    """The expectation as JSON.

    `patches` must have faces, those that are `narrow` (with the reason) may have lost theirs, `types` has the type of
    all; `volume` is (low, high) [m3] or null, and `why` says how it comes about.
    """
    limits, why = volume(task)
    thin = narrow(task)
    patches = [name for name in task.space.patches if name not in thin]
    told = {"patches": patches, "narrow": thin, "types": task.types, "volume": limits, "why": why}
    return {PATH: json.dumps(told, indent=2) + "\n"}


def narrow(task: Around) -> dict[str, str]:
    """Patches of the body that are less than two cells wide, which snapping may leave without faces, and why."""
    found = {}
    for name in task.wetted:
        patch = task.body.patches[name]
        width = patch.area / math.dist(*zip(*patch.bounds, strict=True))
        cell = task.size(task.levels[name][1])
        if width < 2 * cell:
            found[name] = f"it is about {width:.2g} m wide, cells on it are {cell:.2g} m"
    return found


def volume(task: Around) -> tuple[list[float] | None, str]:
    """The least and the greatest volume of the mesh [m3] and how it comes about; None where it would tell nothing."""
    body = task.body
    if body.volume is None:
        return None, f"the surface of {body.label} is not closed, so the volume of the fluid is not known"
    coarsest = task.size(min(task.levels[name][0] for name in task.wetted))
    flat = sum(patch.area for patch in body.patches.values() if patch.normal is not None)
    cut = (FLAT * flat + ROUND * max(0.0, body.area - flat)) * coarsest
    slack = min(EXACT * body.volume + cut, WIDEST * body.volume)
    if task.internal:
        return _limits(body.volume, slack), f"the volume of {body.label}, {body.volume:.6g} m3"
    whole = _contains(task.box, body.bounds)
    solid = (body.volume if whole else task.triangles.volume(task.box)) + body.void  # no fluid gets into its hollows
    box = math.prod(high - low for low, high in task.box)
    digits = box * 10.0 ** (1 - task.case.solve.write_precision)
    if digits > WIDEST * solid:
        return None, f"{body.label} takes so little of the box that the digits of checkMesh do not show it"
    part = body.label if whole else f"the part of {body.label} in it"
    why = f"the box, {box:.6g} m3, without {part}, {solid:.6g} m3"
    return _limits(box - solid, slack * min(1.0, solid / body.volume) + digits), why


def _limits(value: float, slack: float) -> list[float]:
    return [float(f"{value - slack:.9g}"), float(f"{value + slack:.9g}")]


def _contains(box: Bounds, other: Bounds) -> bool:
    (x, a), (y, b), (z, c) = other
    return inside(box, (x, y, z)) and inside(box, (a, b, c))

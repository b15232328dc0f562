"""Boxes of finer cells that a domain proposes around its body: near it, in its wake, on the ground and in gaps.

All sizes are rules of thumb, or those of the guidelines that are named, and each box says its own in `why`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flowcfd.case.body import Body
from flowcfd.case.bounds import Bounds
from flowcfd.case.refinement import Refine

ACROSS = 20
"""Cells across the root of the frontal area, near the body."""
NEAR = 0.25
"""The margin of the box near the body, in roots of the frontal area."""
IN_GAP = 8
"""Cells across a gap."""
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the boxes are drawn in: the body, its domain's box, which axis points up, and where the ground is."""

    body: Body
    box: Bounds
    vertical: int
    ground: float | None

    @property
    def size(self) -> float:
        """The root of the frontal area [m]."""
        return math.sqrt(self.body.frontal[0])

    def refine(self, name: str, sides: Mapping[int, Interval], cell: float, why: str) -> Iterator[Refine]:
        """A box of cells, cut by the domain's; nothing where no part of it is left."""
        cut = [
            (_plain(max(low, first)), _plain(min(high, last)))
            for (low, high), (first, last) in zip((sides[0], sides[1], sides[2]), self.box, strict=True)
        ]
        if all(high > low for low, high in cut):
            yield Refine(name=name, box=(cut[0], cut[1], cut[2]), cell=_plain(cell), why=why)


def near(stage: Stage, cell: float, reason: str) -> Iterator[Refine]:
    """Around the whole body."""
    margin = NEAR * stage.size
    sides = {axis: (low - margin, high + margin) for axis, (low, high) in enumerate(stage.body.bounds)}
    why = f"{margin:.3g} m around the body, a quarter of the root of its frontal area; cells of {cell:.3g} m: {reason}"
    yield from stage.refine("near", sides, cell, why)


def wake(stage: Stage, cell: float, spread: float = 0.0) -> Iterator[Refine]:
    """Behind the body; `spread` is by how much of its length it widens in the vertical."""
    size, length = stage.size, stage.body.extent[0]
    behind = min(max(2.5 * length, 3 * size), 10 * size)
    words = "2.5 body lengths" if behind == 2.5 * length else f"{behind / size:.3g} roots of the frontal area"
    margin = 0.5 * size
    sides = {axis: (low - margin, high + margin) for axis, (low, high) in enumerate(stage.body.bounds)}
    low, high = sides[stage.vertical]
    sides[stage.vertical] = low - spread * behind, high + spread * behind
    nose, tail = stage.body.bounds[0]
    sides[0] = 0.5 * (nose + tail), tail + behind
    why = f"the wake, {behind:.3g} m ({words}) long; cells of {cell:.3g} m, twice those near the body (rule of thumb)"
    yield from stage.refine("wake", sides, cell, why)


def under(stage: Stage) -> Iterator[Refine]:
    """Between the body and the ground, where it hangs closely above it."""
    if stage.ground is None:
        return
    low, high = stage.body.bounds[stage.vertical]
    gap = low - stage.ground
    if not 1e-6 * (high - low) < gap < 0.5 * (high - low):
        return
    margin = NEAR * stage.size
    sides = {axis: (first - margin, last + margin) for axis, (first, last) in enumerate(stage.body.bounds)}
    sides[0] = stage.body.bounds[0][0] - margin, stage.body.bounds[0][1] + stage.size
    sides[stage.vertical] = stage.ground, low
    why = f"under the body, {gap:.3g} m over the ground; {IN_GAP} cells across of {gap / IN_GAP:.3g} m (rule of thumb)"
    yield from stage.refine("ground", sides, gap / IN_GAP, why)


def footing(stage: Stage, cell: float) -> Iterator[Refine]:
    """On the ground around buildings, where people walk."""
    if stage.ground is None:
        return
    low, high = stage.body.bounds[stage.vertical]
    height = high - low
    sides = {axis: (first - height, last + 2 * height) for axis, (first, last) in enumerate(stage.body.bounds)}
    for axis in {1, 2} - {stage.vertical}:
        first, last = stage.body.bounds[axis]
        sides[axis] = first - height, last + height
    sides[stage.vertical] = stage.ground, stage.ground + 0.2 * height
    why = f"the lowest fifth, a height around and two behind; cells of {cell:.3g} m, half of those near (rule of thumb)"
    yield from stage.refine("ground", sides, cell, why)


def gaps(stage: Stage) -> Iterator[Refine]:
    """Between parts of the body that stand apart along x, y or z, where the gap is narrower than they are."""
    boxes = [patch.bounds for patch in stage.body.patches.values()]
    for axis, name in enumerate("xyz"):
        for number, (low, high) in enumerate(holes([box[axis] for box in boxes])):
            before = [box for box in boxes if box[axis][1] <= low]
            behind = [box for box in boxes if box[axis][0] >= high]
            sides = {other: _facing(before, behind, other) for other in range(3) if other != axis}
            if high - low > max(last - first for first, last in sides.values()):
                continue
            cell = (high - low) / IN_GAP
            why = f"the gap of {high - low:.3g} m along {name}; {IN_GAP} cells across of {cell:.3g} m (rule of thumb)"
            yield from stage.refine(f"gap_{name}{number or ''}", {**sides, axis: (low, high)}, cell, why)


def holes(intervals: list[Interval]) -> Iterator[Interval]:
    """What no interval covers between the lowest and the highest of them; touching ones leave no hole."""
    ordered = sorted(intervals)
    if not ordered:
        return
    least = 1e-6 * (max(high for _, high in ordered) - ordered[0][0])
    end = ordered[0][1]
    for low, high in ordered[1:]:
        if low > end + least:
            yield end, low
        end = max(end, high)


def _plain(length: float) -> float:
    """To six digits, which is what a proposal is worth."""
    return float(f"{length:.6g}")


def _facing(before: list[Bounds], behind: list[Bounds], axis: int) -> Interval:
    """Where two parts face each other along an axis; where they do not, all that both reach over."""
    one = min(box[axis][0] for box in before), max(box[axis][1] for box in before)
    other = min(box[axis][0] for box in behind), max(box[axis][1] for box in behind)
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if high > low else (min(one[0], other[0]), max(one[1], other[1]))

"""The background: one block of nearly cubic cells that all others are halved from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowcfd.case.bounds import Bounds, Point
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.meshers import topology
from flowcfd.foam.meshers.block import MOST_CELLS, patch_entries
from flowcfd.foam.meshers.grading import uniform
from flowcfd.foam.text import text

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

SIDES = dict(zip(("-x", "+x", "-y", "+y", "-z", "+z"), topology.SIDES, strict=True))
AWAY = "background"
"""The patch of sides that do not bound the fluid; all its faces are cut away with what lies outside of the body."""
PLACES = tuple(math.modf(n * 0.6180339887498949)[0] for n in range(1, 22))
"""Multiples of the golden ratio: none is near a half, a quarter, an eighth ..., so near no plane of any level."""


@dataclass(frozen=True)
class Background:
    """A box [m] and the number of cells along x, y and z."""

    box: Bounds
    counts: tuple[int, int, int]

    @classmethod
    def around(cls, task: Task) -> Background:
        """The box of a domain around a body, in whole cells: its sides stay, the cells become nearly cubes."""
        counts = [max(1, round((high - low) / task.mesh.cell)) for low, high in task.box]
        sizes = [(high - low) / count for (low, high), count in zip(task.box, counts, strict=True)]
        if max(sizes) > 1.5 * min(sizes):
            raise CaseError(
                f"mesh.cell: {task.mesh.cell:g} m is too large for the box, whose shortest side is "
                f"{min(high - low for low, high in task.box):g} m"
            )
        return cls(task.box, (counts[0], counts[1], counts[2]))

    @classmethod
    def inside(cls, task: Task) -> Background:
        """Cubes around a body that is the fluid: with a margin, and no plane through its ends or its inner point."""
        cell, point = task.mesh.cell, task.mesh.inside or task.body.inside
        box, counts = [], []
        for axis, (low, high) in enumerate(task.body.bounds):
            start = low if point is None else point[axis]
            shift = max(PLACES, key=lambda place: _clear(place, (low - start) / cell, (high - start) / cell))
            first = start - cell * (math.ceil((start - low) / cell + 1) + shift)
            count = math.ceil((high - first) / cell + 0.5)
            box.append((first, first + count * cell))
            counts.append(count)
        return cls((box[0], box[1], box[2]), (counts[0], counts[1], counts[2]))

    @property
    def sizes(self) -> Point:
        """The size of the cells along x, y and z [m]."""
        x, y, z = ((high - low) / count for (low, high), count in zip(self.box, self.counts, strict=True))
        return x, y, z

    @property
    def cells(self) -> int:
        """The number of cells."""
        return math.prod(self.counts)

    def off_planes(self, point: Point) -> Point:
        """A point in the same cell that lies on no plane of any level."""
        x, y, z = (
            low + (min(count - 1, max(0, math.floor((value - low) / size))) + PLACES[axis]) * size
            for axis, (value, (low, _), size, count) in enumerate(
                zip(point, self.box, self.sizes, self.counts, strict=True)
            )
        )
        return x, y, z


def _clear(place: float, low: float, high: float) -> float:
    """How far both ends of a body stay away from the planes and the middles of cells, in cells."""
    return min(abs(math.remainder(end + place, 0.5)) for end in (low, high))


def files(task: Task) -> Mapping[str, str | Blob]:
    """The blockMeshDict."""
    made = task.background
    if made.cells > MOST_CELLS:
        raise CaseError(
            f"mesh.cell: makes {made.cells:.3g} cells of background; OpenFOAM counts up to {MOST_CELLS:.3g}"
        )
    spacing = [uniform(high - low, count) for (low, high), count in zip(made.box, made.counts, strict=True)]
    names = {SIDES[side]: name for side, name in task.sides.items()}
    origin = (made.box[0][0], made.box[1][0], made.box[2][0])
    x, y, z = ([one] for one in spacing)
    shape = topology.boxes(x, y, z, lambda i, j, k, side: names.get(side, AWAY), origin=origin)
    patches = task.case.patches
    rims = [name for name in task.space.patches if name in shape.faces]
    types = {name: patch_entries(patches[name]) for name in rims}
    away = {AWAY: {"type": "patch"}} if AWAY in shape.faces else {}
    path = "system/blockMeshDict"
    return {path: text(path, topology.entries(shape, {**types, **away}))}

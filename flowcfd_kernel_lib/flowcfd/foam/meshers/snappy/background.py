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
FITTED = 3
"""In directions in which a body has at least so many cells, they are made to fit it."""
PLACES = tuple(math.modf(n * 0.6180339887498949)[0] for n in range(1, 22))
"""Multiples of the golden ratio: none is near a half, a quarter, an eighth ..., so near no plane of any level."""

SEEN = 2.0
"""A body that is smaller than so many cells of the background may lie between their middles, unseen."""


@dataclass(frozen=True)
class Background:
    """A box [m] and the number of cells along x, y and z."""

    box: Bounds
    counts: tuple[int, int, int]

    @classmethod
    def around(cls, task: Task) -> Background:
        """The box of a domain around a body, in whole cells: its sides stay, the cells become nearly cubes."""
        small = min(task.body.extent) < SEEN * task.mesh.cell
        middle = task.body.inside if small and task.body.inside is not None else (None, None, None)
        counts = [_count(low, high, task.mesh.cell, at) for (low, high), at in zip(task.box, middle, strict=True)]
        sizes = [(high - low) / count for (low, high), count in zip(task.box, counts, strict=True)]
        shortest = min(high - low for low, high in task.box)
        if max(sizes) > 1.5 * min(sizes) or task.mesh.cell > shortest:
            raise CaseError(
                f"mesh.cell: {task.mesh.cell:g} m is too large for the box, whose shortest side is {shortest:g} m"
            )
        return cls(task.box, (counts[0], counts[1], counts[2]))

    @classmethod
    def inside(cls, task: Task) -> Background:
        """Cells around a body that is the fluid, with one more on each side.

        They fit the body's ends, so that a plane inlet or a duct's wall needs no snapping, and are nearly cubes; in
        directions in which the body has but a few cells they are as large as wanted, and its ends lie amid cells.
        """
        box, counts = [], []
        for low, high in task.body.bounds:
            cells = (high - low) / task.mesh.cell
            count = round(cells) if cells >= FITTED else math.ceil(cells) + 1
            size = (high - low) / count if cells >= FITTED else task.mesh.cell
            margin = size + 0.5 * (count * size - (high - low))
            box.append((low - margin, high + margin))
            counts.append(count + 2)
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

    def off_planes(self, point: Point, level: int = 0) -> Point:
        """A point in the same cell of a level that lies on no plane of any level."""
        x, y, z = (
            low + (math.floor((value - low) / size * 2**level) + PLACES[axis]) * size / 2**level
            for axis, (value, (low, _), size) in enumerate(zip(point, self.box, self.sizes, strict=True))
        )
        return x, y, z


def _count(low: float, high: float, cell: float, at: float | None) -> int:
    """The number of cells along a side: one more where the middle of a cell is then nearer to `at`, a deep point.

    snappyHexMesh sees a body by the lines from cell to cell that go through it. A ball between all of these lines was
    taken for no body at all.
    """
    usual = max(1, round((high - low) / cell))
    if at is None:
        return usual
    share = (at - low) / (high - low)
    return min((usual, usual + 1), key=lambda count: round(abs(share * count % 1 - 0.5), 6))


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

"""Where the fluid is: a point in it, and one that must not be reached from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowcfd.case.bounds import Point, inside, shown, span
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.snappy.background import PLACES

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

TRIED = 400
"""So many points are tried where the body reaches to all sides of the box."""
MORE = 6
"""So many levels beyond the finest one are tried for a point in a body that is very thin."""
DEEP = 2.0
"""A point in the solid is told to the mesher where it is at least so many cells under the surface."""


def fluid(task: Task) -> Point:
    """A point in the fluid, on no plane of cells: inside of the body or outside of it, as the domain has it.

    Raises CaseError where there is none, or where the one that is given is on the wrong side.
    """
    if task.mesh.inside is not None:
        return _given(task, task.mesh.inside)
    if not task.internal:
        return _outside(task)
    if task.body.inside is None:
        raise CaseError("mesh.inside: missing; no point in the body is known, for its surface is not closed")
    return _inside(task, task.body.inside)


def solid(task: Task) -> Point | None:
    """A point that the fluid must not reach; None where none can be told."""
    if task.internal:
        corner = tuple(
            low + 0.5 * size for (low, _), size in zip(task.background.box, task.background.sizes, strict=True)
        )
        return task.background.off_planes((corner[0], corner[1], corner[2]))
    point, body = task.body.inside, task.body
    if point is None or body.volume is None or not inside(task.box, point):
        return None
    # A body's largest ball has at least the radius volume over area (it does where it is convex).
    coarsest = task.size(min(low for low, _ in task.levels.values()))
    if body.volume / body.area < DEEP * coarsest or _near_side(task, point, DEEP * coarsest):
        return None
    return point


def _inside(task: Task, deep: Point) -> Point:
    """A point near the deepest one in the body that lies on no plane of cells."""
    for level in range(task.finest, task.finest + MORE):
        point = task.background.off_planes(deep, level)
        if task.triangles.winding(point) > 0.5:
            return point
    raise CaseError(f"mesh.inside: no point in {task.body.label} was found; give one")


def _near_side(task: Task, point: Point, distance: float) -> bool:
    return any(
        value - low < distance or high - value < distance for value, (low, high) in zip(point, task.box, strict=True)
    )


def _given(task: Task, point: Point) -> Point:
    """The point of the user, when it can be in the fluid."""
    if not inside(task.box, point):
        raise CaseError(f"mesh.inside: {shown(point)} is outside of the box: {span(task.box)}")
    if task.body.volume is not None:
        within = task.triangles.winding(point) > 0.5
        if within != task.internal:
            fluid = "inside" if task.internal else "outside"
            raise CaseError(f"mesh.inside: {shown(point)} must be {fluid} of {task.body.label}, where the fluid is")
    return point


def _outside(task: Task) -> Point:
    """A point in the box beyond the body's box; where there is no room for it, one that the triangles allow."""
    gaps = sorted(_gaps(task), reverse=True)
    for cells, point in gaps[:1]:
        if cells >= 1.5:
            return task.background.off_planes(point)
    found = max(_tried(task), default=None)
    if found is None:
        raise CaseError(
            "mesh.inside: no point outside of the body was found in the box; make the domain larger, or give a point"
        )
    return found[1]


def _gaps(task: Task) -> Iterator[tuple[float, Point]]:
    """The room between each side of the box and the body, in cells, and the middle of it."""
    middle = [0.5 * (low + high) for low, high in task.box]
    for axis, ((low, high), (first, last)) in enumerate(zip(task.box, task.body.bounds, strict=True)):
        for start, end in ((low, first), (last, high)):
            point = [*middle]
            point[axis] = 0.5 * (start + end)
            yield (end - start) / task.background.sizes[axis], (point[0], point[1], point[2])


def _tried(task: Task) -> Iterator[tuple[float, Point]]:
    """Points outside of the body that are more than a cell away from it, and how far they are at least."""
    least = task.size(min(low for low, _ in task.levels.values()))
    for number in range(1, TRIED):
        shares = ((number * PLACES[axis]) % 1.0 for axis in (0, 3, 7))
        x, y, z = (low + share * (high - low) for share, (low, high) in zip(shares, task.box, strict=True))
        far = task.triangles.clearance((x, y, z))
        if far > least and task.triangles.winding((x, y, z)) < 0.5:
            yield far, task.background.off_planes((x, y, z)) if far > 2 * task.size(0) else (x, y, z)

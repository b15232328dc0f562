"""The sides of the blocks of a blockMeshDict that a patch lies on: outward normals, areas, first cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flowcfd.foam.check import blockmesh, layout, plain

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

Vector = tuple[float, float, float]

_SIDES = (((0, 4, 7, 3), 0, False), ((1, 2, 6, 5), 0, True), ((0, 1, 5, 4), 1, False), ((3, 7, 6, 2), 1, True),
          ((0, 3, 2, 1), 2, False), ((4, 5, 6, 7), 2, True))  # fmt: skip
"""The corners of each side, in an order that points outwards, the direction across it, and whether it ends there."""
_ACROSS = (((0, 1), (3, 2), (7, 6), (4, 5)), ((0, 3), (1, 2), (5, 6), (4, 7)), ((0, 4), (1, 5), (2, 6), (3, 7)))


class Side(NamedTuple):
    """One side of a block on a patch, taken as plane."""

    area: Vector
    """Area times the normal that points out of the domain [m2]."""
    first_cell: float
    """The height of the cells on it [m]: the shortest along the edges that leave it."""
    centre: Vector


def of(case: CaseView) -> Mapping[str, tuple[Side, ...]]:
    """The sides of each patch; empty where the mesh is not made by blockMesh alone, or is curved."""
    return case.made("sides", lambda: _made(case))


def normal(case: CaseView, patch: str) -> Vector | None:
    """The unit normal of a plane patch, out of the domain; None where it is not plane or not known."""
    area = _area(case, patch)
    size = math.hypot(*area)
    whole = sum(math.hypot(*side.area) for side in of(case).get(patch, ()))
    if not size or size < 0.999 * whole:
        return None
    return (area[0] / size, area[1] / size, area[2] / size)


def flux(case: CaseView, patch: str, velocity: Vector) -> float | None:
    """The volume that leaves through a patch at a given velocity [m3/s]; None where its sides are not known."""
    if not any(velocity):
        return 0.0
    if patch not in of(case):
        return None
    return sum(a * b for a, b in zip(_area(case, patch), velocity, strict=True))


def first_cell(case: CaseView, patch: str) -> float | None:
    """The smallest height of a cell on a patch [m]; None where it is not known."""
    return min((side.first_cell for side in of(case).get(patch, ())), default=None)


def empty_direction(case: CaseView) -> int | None:
    """The axis across the empty patches, 0 to 2; None where there are none or they are not on one axis."""
    found = set()
    for name, patch in (case.patches or {}).items():
        for side in of(case).get(name, ()) if patch.type == "empty" else ():
            size = math.hypot(*side.area)
            found |= {axis for axis in range(3) if size and abs(side.area[axis]) > 0.999 * size}
    return found.pop() if len(found) == 1 else None


def _area(case: CaseView, patch: str) -> Vector:
    sides = of(case).get(patch, ())
    return (sum(s.area[0] for s in sides), sum(s.area[1] for s in sides), sum(s.area[2] for s in sides))


def _made(case: CaseView) -> dict[str, tuple[Side, ...]]:
    path = layout.block_file(case)
    if case.mesh is None or case.patches is None or not path or layout.meshed(case.files):
        return {}
    entries = case.expanded(path)
    written = blockmesh.boundary(entries)
    scale = plain.number(entries.get("convertToMeters", entries.get("scale", 1)))
    points = [plain.vector(point) for point in entries.get("vertices", ())]
    if written is None or scale is None or entries.get("edges") or entries.get("mergePatchPairs"):
        return {}
    if any(point is None for point in points):
        return {}
    corners = [(p[0] * scale, p[1] * scale, p[2] * scale) for p in points if p is not None]
    found = {}
    for block in blockmesh.blocks(entries):
        for places, direction, last in _SIDES:
            labels = [block.corners[place] for place in places]
            found[frozenset(labels)] = _side(block, corners, labels, direction, last)
    named = {name: tuple(found[face] for face in faces if face in found) for name, (_, faces, _) in written.items()}
    defaults = {name for name in case.patches if name not in written}
    if len(defaults) == 1:
        taken = {face for _, faces, _ in written.values() for face in faces}
        inner = _inner(entries)
        named[defaults.pop()] = tuple(side for face, side in found.items() if face not in taken | inner)
    return {name: sides for name, sides in named.items() if sides}


def _inner(entries: Mapping[str, Any]) -> set[frozenset[int]]:
    """The faces that two blocks share."""
    seen: set[frozenset[int]] = set()
    inner: set[frozenset[int]] = set()
    for block in blockmesh.blocks(entries):
        for face in block.faces:
            (inner if face in seen else seen).add(face)
    return inner


def _side(block: blockmesh.Block, corners: list[Vector], labels: list[int], direction: int, last: bool) -> Side:
    a, b, c, d = (corners[label] for label in labels)
    first, second = _minus(c, a), _minus(d, b)
    area = (
        0.5 * (first[1] * second[2] - first[2] * second[1]),
        0.5 * (first[2] * second[0] - first[0] * second[2]),
        0.5 * (first[0] * second[1] - first[1] * second[0]),
    )
    lengths = [
        math.dist(corners[block.corners[begin]], corners[block.corners[end]]) for begin, end in _ACROSS[direction]
    ]
    share = end_share(block.grading, direction, block.cells[direction], last=last)
    centre = ((a[0] + c[0]) / 2, (a[1] + c[1]) / 2, (a[2] + c[2]) / 2)
    return Side(area, min(lengths) * share, centre)


def end_share(grading: Any, direction: int, cells: int, *, last: bool) -> float:
    """The share of an edge that the cell at its beginning (or at its end) has, by simpleGrading or its sections."""
    value = grading[direction] if isinstance(grading, tuple) and len(grading) == 3 else 1
    if isinstance(value, tuple) and value and all(isinstance(part, tuple) and len(part) == 3 for part in value):
        sections = [[plain.number(part) or 0.0 for part in section] for section in value]
        length, counts = sum(one[0] for one in sections), sum(one[1] for one in sections)
        chosen = sections[-1 if last else 0]
        if length <= 0 or counts <= 0:
            return 1 / max(cells, 1)
        return chosen[0] / length * _of_row(chosen[2], max(1, round(chosen[1] / counts * cells)), last=last)
    return _of_row(plain.number(value) or 1.0, cells, last=last)


def _of_row(ratio: float, cells: int, *, last: bool) -> float:
    """The first or last of `cells` cells on an edge of length 1 whose last is `ratio` times its first."""
    ratio = 1 / -ratio if ratio < 0 else ratio
    if cells < 2 or ratio <= 0 or abs(ratio - 1) < 1e-9:
        return 1 / max(cells, 1)
    factor = float(ratio ** (1 / (cells - 1)))
    first = (1 - factor) / (1 - factor**cells)
    return first * ratio if last else first


def _minus(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])

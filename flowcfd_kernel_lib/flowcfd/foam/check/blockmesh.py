"""What a blockMeshDict will make: patches, cells, bounds and the smallest steps, without making it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowcfd.foam.check import plain
from flowcfd.foam.dictionary import Named, Tree, Word

if TYPE_CHECKING:
    from flowcfd.foam.check.layout import MeshView

Face = frozenset[int]
Point = tuple[float, float, float]
_SIDES = ((0, 4, 7, 3, 1, 2), (1, 2, 6, 5, 1, 2), (0, 1, 5, 4, 0, 2), (3, 7, 6, 2, 0, 2), (0, 3, 2, 1, 0, 1),
          (4, 5, 6, 7, 0, 1))  # fmt: skip
"""Corners of the six sides of a block, and the two directions whose cell counts make the faces on it."""
_EDGES = (((0, 1), (3, 2), (7, 6), (4, 5)), ((0, 3), (1, 2), (5, 6), (4, 7)), ((0, 4), (1, 5), (2, 6), (3, 7)))
"""The four edges along each direction of a block."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its eight vertices, the cells along each direction and how they grow."""

    corners: tuple[int, ...]
    cells: tuple[int, int, int]
    grading: Any

    @property
    def faces(self) -> dict[Face, int]:
        """The sides by their corners, with the number of faces on each; sides that are a line or point are none."""
        found = {}
        for *places, first, second in _SIDES:
            side = frozenset(self.corners[place] for place in places)
            if len(side) > 2:
                found[side] = self.cells[first] * self.cells[second]
        return found


def blocks(entries: Mapping[str, Any]) -> list[Block]:
    """The blocks; [] when their list has another shape than is known here."""
    found: list[Block] = []
    listed = entries.get("blocks")
    parts: list[Any] = list(listed) if isinstance(listed, tuple) else []
    while parts:
        if parts.pop(0) != "hex" or len(parts) < 2:
            continue
        corners: Any = parts.pop(0)
        if isinstance(parts[0], str) and "Grading" not in parts[0]:
            parts.pop(0)  # the name of a cell zone
        counts: Any = parts.pop(0) if parts else ()
        grading = parts[1] if len(parts) > 1 and parts[0] in ("simpleGrading", "edgeGrading") else None
        if not _whole(corners, 8) or not _whole(counts, 3):
            return []
        found.append(Block(tuple(corners), (counts[0], counts[1], counts[2]), grading))
    return found


def _whole(value: Any, size: int) -> bool:
    return isinstance(value, tuple) and len(value) == size and all(isinstance(part, int) for part in value)


def boundary(entries: Mapping[str, Any]) -> dict[str, tuple[str, list[Face], tuple[str, ...]]] | None:
    """Type, faces and groups of each patch as written; None when it has another shape than is known here."""
    listed = entries.get("boundary")
    if isinstance(listed, tuple):
        found = {}
        for item in listed:
            if not isinstance(item, Named) or not isinstance(item.entries, Tree):
                return None
            patch = plain.of(item.entries)
            found[str(item.name)] = (
                str(patch.get("type", "patch")), _faces(patch.get("faces")), plain.words(patch.get("inGroups")),
            )  # fmt: skip
        return found
    old = entries.get("patches")
    if not isinstance(old, tuple):
        return None if listed is not None else {}
    items = list(old)
    made: dict[str, tuple[str, list[Face], tuple[str, ...]]] = {}
    while len(items) >= 3 and isinstance(items[0], Word):
        made[str(items[1])] = (str(items[0]), _faces(items[2]), ())
        items = items[3:]
    return None if items else made


def _faces(value: Any) -> list[Face]:
    listed = value if isinstance(value, tuple) else ()
    return [frozenset(face) for face in listed if isinstance(face, tuple) and all(isinstance(at, int) for at in face)]


def measured(entries: Mapping[str, Any]) -> MeshView | None:
    """Cells, bounds and smallest steps; None for a shape that is not known here."""
    from flowcfd.foam.check.layout import MeshView

    found = blocks(entries)
    scale = plain.number(entries.get("convertToMeters", entries.get("scale", 1)))
    points = [plain.vector(point) for point in _listed(entries.get("vertices"))]
    if not found or scale is None or not points or any(point is None for point in points):
        return None
    corners: list[Point] = [(p[0] * scale, p[1] * scale, p[2] * scale) for p in points if p is not None]
    if any(max(block.corners) >= len(corners) or min(block.corners) < 0 for block in found):
        return None
    used = [corners[at] for block in found for at in block.corners]
    low = (min(p[0] for p in used), min(p[1] for p in used), min(p[2] for p in used))
    high = (max(p[0] for p in used), max(p[1] for p in used), max(p[2] for p in used))
    return MeshView(sum(math.prod(block.cells) for block in found), (low, high), _smallest(found, corners))


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _smallest(found: list[Block], corners: list[Point]) -> Point | None:
    """The smallest step along x, y and z: of each straight edge its shortest cell, in the direction it mostly has."""
    least = [math.inf, math.inf, math.inf]
    for block in found:
        for direction, edges in enumerate(_EDGES):
            for number, (first, second) in enumerate(edges):
                begin, end = corners[block.corners[first]], corners[block.corners[second]]
                vector = [abs(b - a) for a, b in zip(begin, end, strict=True)]
                length = math.hypot(*vector)
                if length <= 0:
                    continue
                axis = vector.index(max(vector))
                share = _shortest(block.grading, direction, number, block.cells[direction])
                least[axis] = min(least[axis], length * share)
    if math.inf in least:
        return None
    return (least[0], least[1], least[2])


def _shortest(grading: Any, direction: int, edge: int, cells: int) -> float:
    """The share of an edge that its shortest cell has: the geometric row of its grading (sections too).

    simpleGrading has three values, edgeGrading one for each of the twelve edges.
    """
    count = len(grading) if isinstance(grading, tuple) else 0
    value = grading[direction] if count == 3 else grading[4 * direction + edge] if count == 12 else 1
    if isinstance(value, tuple) and all(isinstance(part, tuple) and len(part) == 3 for part in value):
        return _of_sections(value, cells)
    ratio = plain.number(value) or 1.0
    return _of_row(ratio, cells)


def _of_sections(sections: tuple[Any, ...], cells: int) -> float:
    numbers = [[plain.number(part) or 0.0 for part in section] for section in sections]
    lengths, counts = sum(one[0] for one in numbers), sum(one[1] for one in numbers)
    if lengths <= 0 or counts <= 0:
        return 1 / max(cells, 1)
    shares = [
        length / lengths * _of_row(ratio or 1.0, max(1, round(count / counts * cells)))
        for length, count, ratio in numbers
    ]
    return min(shares)


def _of_row(ratio: float, cells: int) -> float:
    """The shortest of `cells` cells on an edge of length 1 whose last is `ratio` times its first (< 0: its inverse)."""
    ratio = 1 / -ratio if ratio < 0 else ratio
    if cells < 2 or ratio <= 0 or abs(ratio - 1) < 1e-9:
        return 1 / max(cells, 1)
    factor = float(ratio ** (1 / (cells - 1)))
    first = (1 - factor) / (1 - factor**cells)
    return float(min(first, first * ratio))

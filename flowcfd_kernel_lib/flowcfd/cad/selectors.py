"""Which faces are meant: by where they look, where they lie, or what is nearest to a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad.lengths import degrees, numbers, point
from flowcfd.errors import CaseError
from flowcfd.given import whole

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


class Selector(Protocol):
    """Chooses faces: `centres` (n, 3) [m], `normals` (n, 3) outwards, `boxes` (n, 2, 3) [m]; returns flags (n,)."""

    def chosen(self, centres: Floats, normals: Floats, boxes: Floats) -> Flags:
        """Which faces are meant."""
        ...


def selects(given: object) -> bool:
    """Whether it is a selector, and not the class of one."""
    return hasattr(given, "chosen") and not isinstance(given, type)


@dataclass(frozen=True)
class Facing:
    """Faces that look in a direction ("x", "-z" or a vector), on average, within an angle."""

    direction: str | Sequence[float]
    within: str | float = "10 degree"

    def chosen(self, centres: Floats, normals: Floats, boxes: Floats) -> Flags:
        """By the angle between their mean normal and the direction."""
        direction: Floats | None
        if isinstance(self.direction, str):
            name = self.direction[1:] if self.direction[:1] in ("+", "-") else self.direction
            if name not in _AXES:
                raise CaseError(f"direction: must be x, y, z, -x, -y, -z or three numbers (got {self.direction!r})")
            direction = np.array(_AXES[name]) * (-1 if self.direction.startswith("-") else 1)
        else:
            direction = numbers(self.direction)
        length = 0.0 if direction is None else float(np.linalg.norm(direction))
        if direction is None or not 0 < length < np.inf:
            raise CaseError(f"direction: must be three numbers, not all 0 (got {self.direction!r})")
        within = degrees("within", self.within)
        if not 0 <= within <= 180:
            raise CaseError(f"within: must be 0 to 180 degrees (got {self.within!r})")
        return np.asarray(normals @ direction / length >= np.cos(np.radians(within)) - 1e-12)


@dataclass(frozen=True)
class Inside:
    """Faces that lie wholly in a box from corner to corner; lengths in [m] or with a unit."""

    lowest: Sequence[str | float]
    highest: Sequence[str | float]

    def chosen(self, centres: Floats, normals: Floats, boxes: Floats) -> Flags:
        """By the boxes of the faces."""
        low, high = (point("box", corner) for corner in (self.lowest, self.highest))
        if (low > high).any():
            raise CaseError(f"box: must be two corners, the lowest first (got {self.lowest!r}, {self.highest!r})")
        slack = 1e-9 * float(np.linalg.norm(high - low))
        return np.asarray(((boxes[:, 0] >= low - slack) & (boxes[:, 1] <= high + slack)).all(axis=1))


@dataclass(frozen=True)
class Near:
    """The one face whose centre is nearest to a point."""

    point: Sequence[str | float]

    def chosen(self, centres: Floats, normals: Floats, boxes: Floats) -> Flags:
        """By the distance of the centres."""
        distance = np.linalg.norm(centres - point("point", self.point), axis=1)
        return np.asarray(np.arange(len(centres)) == int(distance.argmin()))


class Faces:
    """Faces by their numbers, from 0, as `geometry.names` counts them: true for this geometry only."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers

    def chosen(self, centres: Floats, normals: Floats, boxes: Floats) -> Flags:
        """By their places in the list of faces; CaseError for a number that no face has."""
        for number in self.numbers:
            whole(number, "faces", 0, len(centres) - 1)
        found = np.zeros(len(centres), bool)
        found[list(self.numbers)] = True
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Faces) and self.numbers == other.numbers

    def __hash__(self) -> int:
        return hash(self.numbers)

    def __repr__(self) -> str:
        return f"Faces({', '.join(map(str, self.numbers))})"

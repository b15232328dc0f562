"""Which point of a study is computed next when points start from the fields of their neighbours."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.case import Case
from flowcfd.studies import design as designs
from flowcfd.studies.design import Values

DECADE = 10.0
"""A parameter that spans so great a ratio is measured by its logarithm."""

Places = NDArray[np.float64]


def places(case: Case, values: Sequence[Values]) -> Places:
    """Each point's place in the space, every parameter scaled to 0 to 1: shape (points, axes).

    A parameter that spans a decade or more is scaled by its logarithm; one that is no number has an axis for each of
    its values, so that two different ones are 1 apart.
    """
    known: dict[tuple[str, str], Any] = {}
    columns: list[NDArray[np.float64]] = []
    for path in values[0] if values else ():
        given = [designs.si(case, path, one.get(path), known) for one in values]
        columns += _axes(given)
    return np.column_stack(columns) if columns else np.zeros((len(values), 1))


class Order:
    """The points in the order in which they can be computed: a chain from neighbour to neighbour."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._nearest = np.full(len(places), np.inf)
        self._neighbour = np.full(len(places), -1)

    def finished(self, number: int) -> None:
        """From now on others can start from this point."""
        distance = np.linalg.norm(self.places - self.places[number], axis=1)
        nearer = distance < self._nearest
        self._nearest[nearer] = distance[nearer]
        self._neighbour[nearer] = number

    def next(self, left: Iterable[int]) -> tuple[int, int] | None:
        """The point that lies nearest to a finished one, and that one; None while none has finished."""
        rest = np.fromiter(left, int)
        if not len(rest) or not np.isfinite(self._nearest[rest]).any():
            return None
        number = int(rest[np.argmin(self._nearest[rest])])
        return number, int(self._neighbour[number])

    def seed(self, left: Iterable[int], taken: Iterable[int]) -> int:
        """A point to start cold: the one in the middle at first, then the one farthest from those that are `taken`."""
        rest, others = np.fromiter(left, int), np.fromiter(taken, int)
        if not len(others):
            middle = 0.5 * (self.places.min(axis=0) + self.places.max(axis=0))
            return int(rest[np.argmin(np.linalg.norm(self.places[rest] - middle, axis=1))])
        apart = np.full(len(rest), np.inf)
        for other in others:
            apart = np.minimum(apart, np.linalg.norm(self.places[rest] - self.places[other], axis=1))
        return int(rest[np.argmax(apart)])


def _axes(given: Sequence[Any]) -> list[NDArray[np.float64]]:
    """The axes of one parameter."""
    if all(_number(value) for value in given):
        return [_scaled(given)]
    if all(isinstance(value, (list, tuple)) and all(map(_number, value)) for value in given):
        lengths = {len(value) for value in given}
        if len(lengths) == 1:
            return [_scaled(column) for column in zip(*given, strict=True)]
    names = [json.dumps(value, sort_keys=True, default=str) for value in given]
    kinds = sorted(set(names))
    if len(kinds) == 1:
        return []
    return [np.array([name == kind for name in names]) * math.sqrt(0.5) for kind in kinds]


def _number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _scaled(given: Sequence[Any]) -> NDArray[np.float64]:
    numbers = np.array(given, float)
    if numbers.min() > 0 and numbers.max() >= DECADE * numbers.min():
        numbers = np.log(numbers)
    extent = np.ptp(numbers)
    return (numbers - numbers.min()) / extent if extent else np.zeros(len(numbers))

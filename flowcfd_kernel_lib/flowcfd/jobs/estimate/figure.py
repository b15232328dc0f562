"""A number that is not known yet: the value expected, the band that should hold it, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Figure:
    """An expected value and its 80 % band, `low` to `high`, in `unit`; `source` says what it was made from."""

    value: float
    low: float
    high: float
    unit: str = ""
    source: str = ""

    @classmethod
    def exact(cls, value: float, unit: str = "", source: str = "") -> Figure:
        """A number that is known."""
        return cls(value, value, value, unit, source)

    @classmethod
    def within(cls, value: float, down: float, up: float, unit: str = "", source: str = "") -> Figure:
        """A value whose band reaches from `value / down` to `value * up`."""
        return cls(value, value / down, value * up, unit, source)

    def each(self, function: Callable[[float], float]) -> Figure:
        """The figure whose three numbers a rising function gives."""
        return replace(self, value=function(self.value), low=function(self.low), high=function(self.high))

    @property
    def known(self) -> bool:
        """Whether there is nothing to doubt."""
        return self.low == self.high

    def holds(self, value: float) -> bool:
        """Whether a value lies in the band; rounding is forgiven."""
        return self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)

    def times(self, other: Figure | float, unit: str = "", source: str = "") -> Figure:
        """The product; bands of two doubtful factors are added in quadrature of their logarithms."""
        if not isinstance(other, Figure):
            return Figure(
                self.value * other, self.low * other, self.high * other, unit or self.unit, source or self.source
            )
        value = self.value * other.value
        down = math.hypot(_log(self.value, self.low), _log(other.value, other.low))
        up = math.hypot(_log(self.high, self.value), _log(other.high, other.value))
        return Figure.within(value, math.exp(down), math.exp(up), unit, source or _joined(self.source, other.source))

    def plus(self, other: Figure, source: str = "") -> Figure:
        """The sum; the widths of the bands are added in quadrature."""
        value = self.value + other.value
        low = value - math.hypot(self.value - self.low, other.value - other.low)
        high = value + math.hypot(self.high - self.value, other.high - other.value)
        return Figure(value, max(0.0, low), high, self.unit, source or _joined(self.source, other.source))

    def widened(self, factor: float) -> Figure:
        """The same value with a band at least so wide: `value / factor` to `value * factor`."""
        return replace(self, low=min(self.low, self.value / factor), high=max(self.high, self.value * factor))

    def capped(self, most: float) -> Figure:
        """No part of it beyond `most`."""
        return replace(self, value=min(self.value, most), low=min(self.low, most), high=min(self.high, most))

    def to_json(self) -> dict[str, float | str]:
        """As JSON types."""
        return {"value": self.value, "low": self.low, "high": self.high, "unit": self.unit, "source": self.source}


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of them lies, on a straight line between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _log(above: float, below: float) -> float:
    return math.log(above / below) if above > 0 and below > 0 else 0.0


def _joined(one: str, other: str) -> str:
    return one if not other or other in one else other if not one or one in other else f"{one}; {other}"

"""Sorts: what can be given at one place of a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flowcfd.case.quantities import Quantity, Vector
from flowcfd.case.spec import Spec
from flowcfd.registry import Registry


@dataclass(frozen=True)
class Sort:
    """What can be given at one place of a form."""


@dataclass(frozen=True)
class Number(Sort):
    """A float, as text with or without a unit."""

    quantity: Quantity


@dataclass(frozen=True)
class Whole(Sort):
    """A whole number."""

    limits: str = ""


@dataclass(frozen=True)
class Flag(Sort):
    """Yes or no."""


@dataclass(frozen=True)
class Choice(Sort):
    """One of a few values."""

    options: tuple[Any, ...]


@dataclass(frozen=True)
class Word(Sort):
    """A text; `long` for one of several lines."""

    long: bool = False


@dataclass(frozen=True)
class Free(Sort):
    """Whatever its own validator reads: a number, a list in brackets, a text with a unit."""


@dataclass(frozen=True)
class Triple(Sort):
    """Three components."""

    vector: Vector


@dataclass(frozen=True)
class Row(Sort):
    """A tuple of fixed length."""

    items: tuple[Sort, ...]


@dataclass(frozen=True)
class Listed(Sort):
    """Several single values, in one line of text."""

    item: Sort


@dataclass(frozen=True)
class Grid(Sort):
    """Several rows of single values, a line of text each."""

    item: Sort

    @property
    def columns(self) -> tuple[Sort, ...]:
        """What stands in a row."""
        return self.item.items if isinstance(self.item, Row) else (Number(Quantity()),) * 3


@dataclass(frozen=True)
class Many(Sort):
    """A list that grows."""

    item: Sort


@dataclass(frozen=True)
class Named(Sort):
    """Values by name."""

    item: Sort


@dataclass(frozen=True)
class Either(Sort):
    """One value for all, or values by name."""

    one: Sort
    named: Named


@dataclass(frozen=True)
class Nested(Sort):
    """The fields of a spec."""

    spec: type[Spec]


@dataclass(frozen=True)
class Short(Sort):
    """A spec that may be given by a short text instead ("air"), which `reads` turns into its fields."""

    nested: Nested
    reads: Callable[..., Any] = field(compare=False)


@dataclass(frozen=True)
class OneOf(Sort):
    """A spec of any kind of a family."""

    registry: Registry[Any] = field(hash=False, compare=False)


@dataclass(frozen=True)
class Held(Sort):
    """What a form shows and does not change, such as a body from CAD."""


LEAVES = (Number, Whole, Flag, Choice, Word, Free, Listed, Grid, Held)
SINGLE = (Number, Whole, Word, Free)


def limits(sort: Sort) -> str:
    """The range of a number in words; empty for none."""
    if isinstance(sort, Whole):
        return sort.limits
    if not isinstance(sort, Number):
        return ""
    own = sort.quantity
    said = [
        "positive" if own.gt == 0 else "" if own.gt is None else f"more than {own.gt:g}",
        "not negative" if own.ge == 0 else "" if own.ge is None else f"at least {own.ge:g}",
        "" if own.lt is None else f"less than {own.lt:g}",
        "" if own.le is None else f"at most {own.le:g}",
    ]
    return ", ".join(one for one in said if one)

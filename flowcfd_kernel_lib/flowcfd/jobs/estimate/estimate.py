"""What `fc.estimate` answers: one Figure for each question, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from flowcfd.jobs.estimate.figure import Figure

LABELS = {
    "cells": "cells",
    "steps": "steps",
    "memory": "memory",
    "disk": "disk",
    "cpu": "CPU time",
    "wall": "wall time",
    "core_hours": "core-hours",
    "price": "price",
}
"""The figures in the order in which they are shown."""


@dataclass(frozen=True)
class Estimate:
    """What a computation takes on `cores` cores of the executor `on`; a Figure is None where nothing can be said.

    `steps` are iterations of a steady case, time steps of another; `memory` and `disk` in [byte], `cpu` (of all ranks
    together, mesh and reconstruction included) and `wall` in [s], once the cores are free: no queue is in it. `price`
    has the unit of the profile's price per core-hour. `why` says why there is no estimate, `notes` what limits it.
    """

    name: str
    application: str
    on: str
    cores: int
    steady: bool = True
    proposed: int | None = None
    """The number of cores that suits the cell count; None where that is not known."""
    cells: Figure | None = None
    steps: Figure | None = None
    memory: Figure | None = None
    disk: Figure | None = None
    cpu: Figure | None = None
    wall: Figure | None = None
    core_hours: Figure | None = None
    price: Figure | None = None
    per_step: float | None = None
    """CPU time of one step on all ranks together [s]."""
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it says what the run costs."""
        return self.core_hours is not None

    @property
    def hours(self) -> Figure | None:
        """The wall time in hours."""
        return None if self.wall is None else self.wall.times(1 / 3600, "h")

    @property
    def figures(self) -> Iterator[tuple[str, Figure]]:
        """The figures that there are, under the words of LABELS."""
        for name, label in LABELS.items():
            figure = getattr(self, name)
            if figure is not None:
                yield ("iterations" if name == "steps" and self.steady else label), figure

    def rows(self) -> list[tuple[str, str, str, str]]:
        """What is shown: the question, the value, the 80 % band, the source; all as text."""
        rows = [(label, shown(each), band(each), each.source) for label, each in self.figures]
        if self.known and self.price is None:
            rows.append(("price", "no price known", "", f"the executor {self.on!r} has no price per core-hour"))
        if self.proposed is not None and self.proposed != self.cores:
            rows.append(("cores proposed", str(self.proposed), "", "by the number of cells"))
        return rows

    def to_json(self) -> dict[str, Any]:
        """As JSON types."""
        plain: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            plain[each.name] = value.to_json() if isinstance(value, Figure) else value
        return {**plain, "notes": list(self.notes), "hours": self.hours.to_json() if self.hours else None}

    def __str__(self) -> str:
        if not self.known:
            return f"{self.title}: no estimate: {self.why}"
        lines = [
            f"  {label:15}{value:>15}  {spread:34}  {source}".rstrip() for label, value, spread, source in self.rows()
        ]
        return "\n".join([self.title, *lines, *(f"  note: {note}" for note in self.notes)])

    def __repr__(self) -> str:
        if self.wall is None or self.core_hours is None:
            return f"<Estimate {self.name}: none, {self.why}>"
        return f"<Estimate {self.name}: {shown(self.wall)} on {self.place}, {shown(self.core_hours)}>"

    @property
    def place(self) -> str:
        """The cores and where they are."""
        return f"{self.cores} core{'s' * (self.cores > 1)} ({self.on})"

    @property
    def title(self) -> str:
        """One line that says what is estimated."""
        return f"{self.name}: {self.application or 'no solver'} on {self.place}"

    def _repr_html_(self) -> str:
        from flowcfd.jobs.estimate.page import page  # for notebooks only

        return page(self)


def shown(figure: Figure) -> str:
    """The value for people."""
    return amount(figure.value, figure.unit)


def band(figure: Figure) -> str:
    """The band for people; empty for a number that is known."""
    if amount(figure.low, figure.unit) == amount(figure.high, figure.unit):
        return ""
    return f"{amount(figure.low, figure.unit)} to {amount(figure.high, figure.unit)}"


def amount(value: float, unit: str) -> str:
    """A number with its unit, of three digits or so."""
    if unit == "byte":
        return size(value)
    if unit == "s":
        return span(value)
    if unit == "price":
        return f"{value:.3g}"
    if unit == "":
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g} {unit}".strip()


def size(count: float) -> str:
    """Bytes in the unit that suits."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.4g} TB"


def span(seconds: float) -> str:
    """A time in the unit that suits."""
    for unit, length, most in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.2g} {unit}" if seconds / length < 10 else f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.3g} days"

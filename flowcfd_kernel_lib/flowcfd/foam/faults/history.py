"""What a solver's log tells of its numbers, step by step: residuals, bounds, Courant number, continuity."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

_NUMBER: Final = r"([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf))"
_LINE: Final = (
    rf"^(?:Time = {_NUMBER}s?$"
    rf"|\S+:  Solving for (\S+), Initial residual = {_NUMBER}, Final residual = {_NUMBER}, No Iterations (\d+)"
    rf"|bounding (\S+), min: {_NUMBER} max: {_NUMBER} average: {_NUMBER}$"
    rf"|(?:Region: \S+ )?Courant Number mean: {_NUMBER} max: {_NUMBER}"
    rf"|Mean and max Courant Numbers = {_NUMBER} {_NUMBER}$"
    rf"|time step continuity errors (?:\(\S+\))?: sum local = {_NUMBER}, global = {_NUMBER}, cumulative = {_NUMBER}"
    rf"|deltaT = {_NUMBER}$)"
)
SOLVED: Final = ":  Solving for "
"""What stands in every line that tells of a solution."""


@dataclass(frozen=True, slots=True)
class Solve:
    """One solution of a linear system."""

    field: str
    initial: float
    final: float
    iterations: int

    @property
    def broken(self) -> bool:
        """Whether it is not a number, or infinite."""
        return not (math.isfinite(self.initial) and math.isfinite(self.final))


@dataclass(frozen=True, slots=True)
class Bound:
    """A field that had to be bounded, with what it was before."""

    field: str
    low: float
    high: float
    average: float


@dataclass(slots=True)
class Step:
    """What was printed between two `Time =` lines; Courant and deltaT lines just before belong to it as well."""

    time: float
    solves: list[Solve] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    courant: float | None = None
    deltaT: float | None = None
    continuity: float | None = None
    """Last sum of the local continuity errors."""

    @property
    def empty(self) -> bool:
        """Whether nothing was solved in it."""
        return not self.solves


def steps(text: str) -> list[Step]:
    """All steps in a log or a part of one; what stands before the first `Time =` is left out."""
    return [step for step in _steps(text) if not math.isnan(step.time)]


@cache
def _line() -> re.Pattern[str]:
    """Compiled when a solver's log is read, for it takes 8 ms, and a worker reads logs of meshers as well."""
    return re.compile(_LINE, re.MULTILINE)


def _steps(text: str) -> Iterator[Step]:
    step, courant, deltaT = Step(math.nan), None, None
    for found in _line().finditer(text):
        groups = found.groups()
        if groups[0] is not None:
            yield step
            step, courant, deltaT = Step(float(groups[0]), courant=courant, deltaT=deltaT), None, None
        elif groups[1] is not None:
            step.solves.append(Solve(groups[1], float(groups[2]), float(groups[3]), int(groups[4])))
            courant = deltaT = None
        elif groups[5] is not None:
            step.bounds.append(Bound(groups[5], *map(float, groups[6:9])))
        elif groups[10] is not None or groups[12] is not None:
            courant = float(groups[10] or groups[12])
            if step.empty:
                step.courant = courant
        elif groups[13] is not None:
            step.continuity = float(groups[13])
        elif groups[16] is not None:
            deltaT = float(groups[16])
            if step.empty and step.deltaT is None:
                step.deltaT = deltaT
    if courant is not None:
        step.courant = max(courant, step.courant or 0.0)
    yield step

"""How many steps a case takes and how often it writes, as far as its dictionaries say."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowcfd.errors import CaseError
from flowcfd.foam.check.clock import clock
from flowcfd.foam.check.view import CONTROL, SOLUTION, CaseView
from flowcfd.foam.log import Step
from flowcfd.jobs.estimate.figure import Figure

FORESEEN = 50
"""Iterations from which on residuals are extrapolated: before, they say little about the end."""
FURTHER = (1.2, 1.7, 1.9)
"""Iterations of a run over those that the residuals of its first ones promise: expected, and the band around it."""
SOONER = (0.45, 0.12, 0.9)
"""The share of its iterations that a steady run takes before its residuals are reached: expected, least, most."""
SLOW, UNSURE = 0.6, (0.6, 0.1, 1.0)
"""The share of its iterations beyond which what residuals promise is not believed, and what is said then."""
LATER_STEP = (2.0, 2.0)
"""By what the average of an adapted time step is off from that of the probe's second half, down and up.

So it was at 84 % of 134 ends that a probe might have had in ten of OpenFOAM's tutorials (a factor of 1.5 held 69 %).
"""


@dataclass(frozen=True)
class Schedule:
    """Start, end and step of the clock [s], or of the iterations; what ends it before, and when fields are written."""

    start: float
    end: float
    step: float
    steady: bool
    adjusted: bool
    control: str
    """writeControl."""
    interval: float
    """writeInterval: in steps or in seconds, by `control`."""
    keep: int = 0
    """How many written times are kept; 0: all."""
    targets: Mapping[str, float] = field(default_factory=dict)
    """Initial residuals at which a steady case ends, by field; names may be regular expressions."""
    settles: bool = False
    """Whether measures that settle may end it."""

    @property
    def limit(self) -> float:
        """The steps until the end, if all are as long as the first."""
        return max(1.0, round((self.end - self.start) / self.step))

    def steps(self, seen: Sequence[Step] = ()) -> Figure:
        """The number of steps of the whole run; `seen` are those of a probe."""
        if self.adjusted:
            return self._adapted(seen)
        if not self.steady or not (self.targets or self.settles):
            unit = "iterations" if self.steady else "steps"
            return Figure.exact(self.limit, source=f"controlDict: all {unit} are done")
        return self._early(seen)

    def writes(self, steps: Figure, cpu: Figure | None = None) -> Figure:
        """How often fields are written, for so many steps that take so much CPU time."""
        if self.control == "timeStep":
            found = steps.each(lambda n: math.floor(n / self.interval + 1e-9))
            stops_early = self.steady and steps.value < self.limit
            found = found.plus(Figure.exact(1)) if stops_early and steps.value % self.interval else found
        elif self.control in ("cpuTime", "clockTime"):
            found = Figure.exact(1) if cpu is None else cpu.times(1 / self.interval)
        else:
            found = Figure.exact(math.floor((self.end - self.start) / self.interval + 1e-6))
        return found.each(lambda n: max(1.0, float(round(n))))

    def kept(self, writes: Figure) -> Figure:
        """How many of the written times stay."""
        return writes.capped(self.keep) if self.keep else writes

    def _adapted(self, seen: Sequence[Step]) -> Figure:
        if len(seen) < 4:
            return Figure.within(self.limit, 10.0, 3.0, source="controlDict: deltaT, though it is adapted")
        now, before = seen[-1], seen[len(seen) // 2]
        each = (now.time - before.time) / (now.number - before.number)
        left = Figure.within(max(0.0, self.end - now.time) / each, *LATER_STEP)
        return left.plus(Figure.exact(len(seen)), f"the adapted time step of {len(seen)} steps in the probe")

    def _early(self, seen: Sequence[Step]) -> Figure:
        limit = self.limit
        if self.settles:
            share, source = (0.6, 0.2, 1.0), "rule for runs that end when measures have settled"
        else:
            share, source = SOONER, "rule for runs that end by their residuals"
            if len(seen) >= FORESEEN and (promised := foreseen(seen, self.targets)) is not None:
                value, down, up = FURTHER
                if promised * value > SLOW * limit:
                    words = f"residuals of {len(seen)} iterations, which fall too slowly to tell"
                    return _share(limit, UNSURE, words)
                found = Figure.within(promised * value, down, up, source=f"residuals of {len(seen)} iterations")
                return found.capped(limit)
        return _share(limit, share, source)


def _share(limit: float, shares: tuple[float, float, float], source: str) -> Figure:
    value, low, high = shares
    return Figure(value * limit, low * limit, high * limit, source=source).each(round)


def foreseen(seen: Sequence[Step], targets: Mapping[str, float]) -> float | None:
    """The iteration at which all residuals are at their targets, if they go on falling as in the second half seen.

    None where no target is of a field that is solved; a residual that does not fall gives infinity.
    """
    ends = [
        _reaches([step.residuals[name] for step in seen if step.residuals.get(name, 0.0) > 0.0], target)
        for name in seen[-1].residuals
        if (target := _target(name, targets)) is not None
    ]
    return max(ends, default=None)


def _reaches(residuals: Sequence[float], target: float) -> float:
    logs = [math.log10(each) for each in residuals]
    if not logs or logs[-1] <= math.log10(target):
        return float(len(logs))
    late = logs[len(logs) // 2 :]
    middle = (len(late) - 1) / 2
    slope = sum((n - middle) * each for n, each in enumerate(late)) / max(
        1.0, sum((n - middle) ** 2 for n in range(len(late)))
    )
    return len(logs) + (math.log10(target) - logs[-1]) / slope if slope < 0 else math.inf


def _target(name: str, targets: Mapping[str, float]) -> float | None:
    """The residual to reach of what the log calls `name`: Ux is of U."""
    for key, target in targets.items():
        if any(key == one or re.fullmatch(key, one) for one in (name, re.sub(r"[xyz]\Z", "", name))):
            return target
    return None


def schedule(case: CaseView, *, settles: bool = False) -> Schedule:
    """The schedule of a case; CaseError names the entry that does not tell."""
    found = clock(case)
    if found is None:
        raise CaseError("system/controlDict: startTime, endTime and deltaT are not plain numbers")
    interval = case.number(CONTROL, "writeInterval") or case.number(CONTROL, "writeFrequency")
    control = str(case.get(CONTROL, "writeControl", case.get(CONTROL, "outputControl", "timeStep")))
    if interval is None or interval <= 0:
        raise CaseError("system/controlDict: writeInterval is no number above 0")
    return Schedule(
        found.start,
        found.end,
        found.step,
        case.steady,
        found.adjusted,
        control,
        interval,
        int(case.number(CONTROL, "purgeWrite") or 0),
        _targets(case.get(SOLUTION, "SIMPLE.residualControl")) if case.steady else {},
        settles,
    )


def _targets(given: Any) -> dict[str, float]:
    if not isinstance(given, Mapping):
        return {}
    found = {
        str(name).strip('"'): each.get("tolerance") if isinstance(each, Mapping) else each
        for name, each in given.items()
    }
    return {name: float(each) for name, each in found.items() if isinstance(each, int | float)}

"""How long a case runs and how often it writes, as far as its controlDict says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowcfd.foam.check.speed import speeds

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

CONTROL = "system/controlDict"


@dataclass(frozen=True, slots=True)
class Clock:
    """Start, end and step of the time [s], or of the iterations of a steady case."""

    start: float
    end: float
    step: float
    adjusted: bool
    """Whether the solver chooses its steps itself, up to maxCo."""
    most_courant: float
    """The Courant number up to which it does; OpenFOAM's default is 1."""
    interval: float | None
    """The time [s] between two writes; None where it is not known."""
    longest: float = math.inf
    """maxDeltaT [s]."""

    @property
    def steps(self) -> float:
        """The number of steps if all are as long as the first one."""
        return max(0.0, self.end - self.start) / self.step

    @property
    def writes(self) -> float | None:
        """How often fields are written; None where that is not known."""
        return None if not self.interval else max(0.0, self.end - self.start) / self.interval


def clock(case: CaseView) -> Clock | None:
    """The clock of a case; None where start, end or step are not written as positive numbers."""
    return case.made("clock", lambda: _clock(case))


def _clock(case: CaseView) -> Clock | None:
    end, step = case.number(CONTROL, "endTime"), case.number(CONTROL, "deltaT")
    start = _start(case)
    if end is None or step is None or start is None or step <= 0:
        return None
    every = case.number(CONTROL, "writeInterval")
    every = case.number(CONTROL, "writeFrequency") if every is None else every
    control = str(case.get(CONTROL, "writeControl", case.get(CONTROL, "outputControl", "timeStep")))
    adjusted = case.switch(CONTROL, "adjustTimeStep") and not case.steady
    interval = None
    if every is not None and every > 0:
        if control == "timeStep" and not adjusted:
            interval = max(1.0, every) * step
        elif control in ("runTime", "adjustableRunTime", "adjustable"):
            interval = every
    return Clock(
        start, end, step, adjusted, case.number(CONTROL, "maxCo") or 1.0, interval,
        case.number(CONTROL, "maxDeltaT") or math.inf,
    )  # fmt: skip


def _start(case: CaseView) -> float | None:
    if str(case.get(CONTROL, "startFrom", "latestTime")) == "startTime":
        return case.number(CONTROL, "startTime")
    try:
        return float(case.start.removesuffix(".orig")) if case.start else 0.0
    except ValueError:
        return 0.0


def courant(case: CaseView, step: float) -> tuple[float, float, float] | None:
    """Courant number of a time step, and the speed [m/s] and the cell size [m] that make it the greatest.

    Per axis, by the velocities of the boundaries and the smallest step of the mesh; None where these are not known.
    """
    if case.mesh is None or case.mesh.smallest is None:
        return None
    best: tuple[float, float, float] | None = None
    for velocity in speeds(case):
        for part, size in zip(velocity, case.mesh.smallest, strict=True):
            found = abs(part) * step / size
            if best is None or found > best[0]:
                best = (found, abs(part), size)
    return best if best and best[0] > 0 else None

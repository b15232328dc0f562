"""Rules about what a run costs, and whether its time step can work."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.foam.check.clock import Clock, clock, courant
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, SCHEMES, CaseView

SECONDS = 3e-6
"""CPU seconds per cell and step: simpleFoam on pitzDaily 1.5e-6, pimpleFoam and interFoam two to four times that."""
LONG = 24.0
"""CPU hours from which a run is worth a word before it starts."""
ENDLESS = 5000.0
"""CPU hours from which it will not end: more than half a year on one core."""
MOST_STEPS = 1e6
"""Steps of a case of unknown size from which it is worth a word."""
EXPLICIT = ("icoFoam", "pisoFoam", "nonNewtonianIcoFoam", "dnsFoam", "sonicFoam", "rhoCentralFoam")
"""Solvers that need a Courant number below one."""


@rule("cannot-end", example=Example("cavity", {CONTROL: {"deltaT": 1e-10, "endTime": 1000, "writeInterval": 100}}))
def cannot_end(case: CaseView) -> Iterator[Finding]:
    """Steps times cells is the cost: a fifth of the cases of one published study died of their time limit instead."""
    found = clock(case)
    if found is None or case.solver is None:
        return
    steps = _steps(case, found)
    cells = case.mesh.cells if case.mesh else None
    if cells is None:
        if steps > MOST_STEPS:
            yield case.finding("warning", f"the run takes {steps:.2g} steps", CONTROL, "endTime")
        return
    hours = steps * cells * SECONDS / 3600
    if hours > LONG:
        yield case.finding(
            "error" if hours > ENDLESS else "warning",
            f"the run takes about {hours:.2g} CPU hours: {steps:.2g} steps of {cells} cells (at {SECONDS:g} s each)",
            CONTROL,
            "endTime",
        )


def _steps(case: CaseView, found: Clock) -> float:
    """The steps until the end; adjusted ones at the Courant number that they may reach."""
    if not found.adjusted:
        return found.steps
    one = courant(case, 1.0)
    step = min(found.longest, found.most_courant / one[0]) if one else found.step
    return max(0.0, found.end - found.start) / max(step, found.step)


@rule("courant-far-too-large", example=Example("cavity", {CONTROL: {"deltaT": 0.1}}))
def courant_too_large(case: CaseView) -> Iterator[Finding]:
    """The solver's own dry run cannot see it: speed times deltaT over the smallest cell must stay near one (PISO).

    Beyond, the velocities grow from step to step until a floating point exception ends the run.
    """
    found = clock(case)
    if found is None or found.adjusted or case.steady or case.solver is None:
        return
    worst = None if "local" in str(case.get(SCHEMES, "ddtSchemes.default", "")) else courant(case, found.step)
    if worst is None or not case.complete(CONTROL):
        return
    number, speed, size = worst
    low, high = (3.0, 20.0) if case.application in EXPLICIT else (50.0, 1000.0)
    if number > low:
        fit = float(f"{found.step / number * (0.5 if case.application in EXPLICIT else 5):.1g}")
        why = "this solver needs less than one" if low < 10 else "the solution does not follow time any more"
        yield case.finding(
            "error" if number > high else "warning",
            f"the Courant number is about {number:.2g}: {speed:g} m/s through cells of {size:.2g} m in "
            f"{found.step:g} s; {why}",
            CONTROL,
            "deltaT",
            mend=Mend.of(f"set deltaT {fit:g}", CONTROL, {"deltaT": fit}),
        )

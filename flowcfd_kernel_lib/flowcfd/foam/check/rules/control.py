"""Rules about the control of a run: time steps, what is written, and where it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, CaseView


@rule("max-courant-without-adjusting", example=Example("pulse", {CONTROL: {"adjustTimeStep": "no"}}))
def max_courant(case: CaseView) -> Iterator[Finding]:
    """A Courant limit is only read when adjustTimeStep is on; without it the step stays deltaT, whatever happens."""
    if case.steady or "maxCo" not in case.control or not case.complete(CONTROL):
        return
    if not case.switch(CONTROL, "adjustTimeStep"):
        yield case.finding(
            "warning",
            f"maxCo {case.control['maxCo']} is not read, because adjustTimeStep is off: the time step stays deltaT",
            CONTROL,
            "maxCo",
            mend=Mend.of("set adjustTimeStep yes", CONTROL, {"adjustTimeStep": "yes"}),
        )

"""Rules about the control of a run: time steps, what is written, and where it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.foam.check.clock import clock
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.layout import start_time
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, CaseView

FIXED_STEP = (
    "icoFoam",
    "pisoFoam",
    "nonNewtonianIcoFoam",
    "laplacianFoam",
    "scalarTransportFoam",
    "sonicFoam",
    "dnsFoam",
)
"""Transient solvers that never read adjustTimeStep."""
MANY = 1000
"""Written times beyond which the disk is what a run is about."""


@rule("max-courant-without-adjusting", example=Example("pulse", {CONTROL: {"adjustTimeStep": None}}))
def max_courant(case: CaseView) -> Iterator[Finding]:
    """A Courant limit is only read when adjustTimeStep is on; without it the step stays deltaT, whatever happens.

    A whole family of published cases ran 500 000 fixed steps for want of it.
    """
    if case.steady or "maxCo" not in case.control or not case.complete(CONTROL):
        return
    if case.application in FIXED_STEP or case.switch(CONTROL, "adjustTimeStep"):
        return
    off = "adjustTimeStep" in case.control
    yield case.finding(
        "note" if off else "warning",
        f"maxCo {case.control['maxCo']} is not read, because adjustTimeStep is {'off' if off else 'absent'}: "
        "the time step stays deltaT",
        CONTROL,
        "maxCo",
        mend=Mend.of("set adjustTimeStep yes", CONTROL, {"adjustTimeStep": "yes"}),
    )


@rule("step-is-not-adjusted", example=Example("cavity", {CONTROL: {"adjustTimeStep": "yes", "maxCo": 0.5}}))
def fixed_step(case: CaseView) -> Iterator[Finding]:
    """Some transient solvers (icoFoam, pisoFoam, ...) do not read adjustTimeStep: a case that relies on it blows up."""
    if case.application in FIXED_STEP and case.switch(CONTROL, "adjustTimeStep"):
        yield case.finding(
            "warning",
            f"{case.application} does not read adjustTimeStep: the time step stays deltaT; pimpleFoam adjusts it",
            CONTROL,
            "adjustTimeStep",
        )


@rule("stop-left-over", example=Example("cavity", {CONTROL: {"stopAt": "writeNow"}}))
def stop_left_over(case: CaseView) -> Iterator[Finding]:
    """After a run was stopped by hand `stopAt writeNow` stays in the file, and the next run ends after one step."""
    word = str(case.get(CONTROL, "stopAt", "endTime"))
    if word in ("writeNow", "noWriteNow", "nextWrite"):
        what = "at its first written time" if word == "nextWrite" else "after one step"
        yield case.finding(
            "warning",
            f"stopAt {word} ends the run {what}, whatever endTime is",
            CONTROL,
            "stopAt",
            mend=Mend.of("set stopAt endTime", CONTROL, {"stopAt": "endTime"}),
        )


@rule("control-entry-missing", example=Example("cavity", {CONTROL: {"deltaT": None}}))
def control_entry(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM reads deltaT, endTime and writeInterval without a default and ends when one is absent."""
    if CONTROL not in case.files:
        yield case.finding("error", "there is no system/controlDict, which every application reads", CONTROL)
        return
    if not case.complete(CONTROL):
        return
    ends = str(case.control.get("stopAt", "endTime")) == "endTime"
    needed = [("deltaT",), *([("endTime",)] if ends else []), ("writeInterval", "writeFrequency")]
    for names in needed:
        if not any(name in case.control for name in names):
            yield case.finding("error", f"{names[0]} is missing, and OpenFOAM has no default for it", CONTROL, names[0])


@rule("nothing-to-run", example=Example("cavity", {CONTROL: {"endTime": 0}}))
def nothing_to_run(case: CaseView) -> Iterator[Finding]:
    """A run whose end is not behind its start does nothing and still ends with exit code 0."""
    found = clock(case)
    if case.solver is None or found is None or found.end > found.start or not case.complete(CONTROL):
        return
    yield case.finding(
        "error", f"endTime {found.end:g} is not after the start at {found.start:g}: no step is done", CONTROL, "endTime"
    )


@rule(
    "start-time-missing", example=Example("cavity", {CONTROL: {"startFrom": "startTime", "startTime": 3, "endTime": 4}})
)
def start_missing(case: CaseView) -> Iterator[Finding]:
    """With `startFrom startTime` the fields must be in the folder of just that time; OpenFOAM takes no other."""
    if str(case.get(CONTROL, "startFrom", "latestTime")) != "startTime" or not case.start:
        return
    start = case.number(CONTROL, "startTime")
    if start is None or case.solver is None or start_time(case.files, start):
        return
    there = case.start.removesuffix(".orig")
    yield case.finding(
        "error",
        f"the run starts at time {start:g}, for which there is no folder; the nearest is {there}",
        CONTROL,
        "startTime",
        mend=Mend.of(f"set startTime {there}", CONTROL, {"startTime": there}),
    )


@rule("writes-nothing", example=Example("cavity", {CONTROL: {"writeControl": "timeStep", "writeInterval": 5000}}))
def writes_nothing(case: CaseView) -> Iterator[Finding]:
    """A writeInterval beyond the end means that no field is ever written, and the whole run was for nothing."""
    found = clock(case)
    if found is None or found.interval is None or case.solver is None or found.end <= found.start:
        return
    length = found.end - found.start
    if found.interval <= length * (1 + 1e-9):
        return
    control = str(case.get(CONTROL, "writeControl", "timeStep"))
    fit = max(1, round(length / found.step)) if control == "timeStep" else length
    yield case.finding(
        "warning",
        f"no field is ever written: the first time to write is {found.interval:g} after the start, the run ends after "
        f"{length:g}",
        CONTROL,
        "writeInterval",
        mend=Mend.of(f"set writeInterval {fit:g}", CONTROL, {"writeInterval": fit}),
    )


@rule("writes-thousands", example=Example("cavity", {CONTROL: {"writeInterval": 1e-5, "deltaT": 1e-5}}))
def writes_thousands(case: CaseView) -> Iterator[Finding]:
    """A field at every step fills the disk and makes the run wait for it; purgeWrite keeps only the last ones."""
    found = clock(case)
    writes = found.writes if found else None
    if writes is None or writes <= MANY or case.number(CONTROL, "purgeWrite") or case.solver is None:
        return
    assert found is not None
    control = str(case.get(CONTROL, "writeControl", "timeStep"))
    length = found.end - found.start
    every = max(1, round(length / found.step / 20)) if control == "timeStep" else length / 20
    yield case.finding(
        "warning",
        f"the fields are written {writes:.0f} times and all are kept",
        CONTROL,
        "writeInterval",
        mend=Mend.of(f"set writeInterval {every:g} (20 times)", CONTROL, {"writeInterval": every}),
    )

"""What went wrong in a run that ended with 0: data that is missing, numbers that are not to be believed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from flowcfd.foam.faults import blowup, history
from flowcfd.foam.faults.entries import catalogue
from flowcfd.foam.faults.fault import Fault
from flowcfd.foam.faults.history import Bound, Step
from flowcfd.foam.faults.words import plain

START: Final = 0.3
"""The part of the steps that may be rough: there fields are bounded and residuals are high in good runs, too."""

FLOOD: Final = 0.5
"""The part of the later steps in which a field is bounded below zero that makes it a flood."""

UNDERSHOOT: Final = 0.05
"""So far below zero, as a part of the field's average, makes a bounded field wrong; 0.01 is common in good runs."""

FEWEST: Final = 10
"""Steps that a log must have before anything is said about its later ones."""

LEAPS: Final = 100.0
"""A Courant number over this is no transient solution."""

COLLAPSED: Final = 1e-4
"""A time step this much smaller than the largest before it has collapsed."""

DRIFTED: Final = 100.0
"""Continuity errors this many times what they were have grown."""

MOST_SWEEPS: Final = (1000, 1001)
"""Iterations at which OpenFOAM's linear solvers give up, unless told otherwise."""

SIGNS: Final = (
    "Unknown function type",
    "Could not load",
    "Cannot load function",
    "cannot find required object",
    "request for objectRegistry",
    "not found",
    "Cannot find ",
    "Did not find location",
    "Unable to find turbulence",
    "but never used",
    "Not all entries in",
    "Extruding 0 out of",
    "Starting time loop",
    "does not match any patch",
    "mesh checks",
    "Finished meshing with ",
    "not currently supported",
)
"""One of these is in every text that a warning of the catalogue is recognised by; in most logs there is none."""

_BEGINS: Final = "Starting time loop"
"""A sign only where no step comes behind it."""


def troubles(*texts: str, case: Path | None = None) -> tuple[Fault, ...]:
    """What went wrong in a run by its log (or the log's beginning and end), the worst first; empty when nothing did.

    Each kind of trouble with each name is told once. "Solution not converged" is none: that is judged elsewhere.
    """
    text = plain(*texts, case=case)
    steps = [step for step in history.steps(text) if step.solves] if history.SOLVED in text else []
    broken = blowup.ended_with_nan(steps)
    found = [*(_wild(steps) if broken is None else [broken]), *(_warned(text) if _may_warn(text, steps) else [])]
    return tuple({(fault.name, fault.message): fault for fault in found}.values())


def _wild(steps: Sequence[Step]) -> Iterator[Fault]:
    """By the numbers of the later steps."""
    later = steps[int(START * len(steps)) :]
    yield from _leaping(steps)
    yield from _collapsed(steps)
    if len(steps) >= FEWEST:
        yield from _flooded(later)
        yield from _drifting(steps)
        yield from _sweeping(later)


def _leaping(steps: Sequence[Step]) -> Iterator[Fault]:
    worst = max((step for step in steps if step.courant is not None), key=_size, default=None)
    if worst is not None and not _size(worst) <= LEAPS:
        values = {"courant": f"{worst.courant:.3g}", "time": f"{worst.time:g}"}
        yield _known("courant-wild", values, field="U", time=worst.time, courant=worst.courant)


def _size(step: Step) -> float:
    courant = step.courant or 0.0
    return math.inf if math.isnan(courant) else courant


def _collapsed(steps: Sequence[Step]) -> Iterator[Fault]:
    sizes = [(step.deltaT, step.time) for step in steps if step.deltaT is not None]
    if sizes and sizes[-1][0] < COLLAPSED * max(size for size, _ in sizes):
        values = {"deltaT": f"{sizes[-1][0]:.3g}", "largest": f"{max(sizes)[0]:.3g}"}
        yield _known("time-step-collapsed", values, time=sizes[-1][1])


def _flooded(later: Sequence[Step]) -> Iterator[Fault]:
    """Fields that are bounded below zero again and again, long after the start."""
    counts: dict[str, int] = {}
    worst: dict[str, Bound] = {}
    for step in later:
        deep = {bound.field: bound for bound in step.bounds if -bound.low > UNDERSHOOT * abs(bound.average)}
        for field, bound in deep.items():
            counts[field] = counts.get(field, 0) + 1
            worst[field] = min(bound, worst.get(field, bound), key=lambda each: each.low)
    for field, count in counts.items():
        if count >= FLOOD * len(later):
            values = {
                "field": field,
                "share": f"{count} of the last {len(later)} steps",
                "low": f"{worst[field].low:.3g}",
                "average": f"{worst[field].average:.3g}",
            }
            yield _known("bounded-flood", values, field=field)


def _drifting(steps: Sequence[Step]) -> Iterator[Fault]:
    errors = [step.continuity for step in steps if step.continuity is not None and math.isfinite(step.continuity)]
    if len(errors) < FEWEST:
        return
    half = len(errors) // 2
    before, after = _median(errors[:half]), _median(errors[-max(3, half // 5) :])
    if after > DRIFTED * before and after > 1e-4:
        yield _known("continuity-grows", {"before": f"{before:.3g}", "after": f"{after:.3g}"}, field="p")


def _sweeping(later: Sequence[Step]) -> Iterator[Fault]:
    """Linear solvers that give up in most steps."""
    counts: dict[str, int] = {}
    for step in later:
        for field in {blowup.vector(solve.field) for solve in step.solves if solve.iterations in MOST_SWEEPS}:
            counts[field] = counts.get(field, 0) + 1
    for field, count in counts.items():
        if count >= FLOOD * len(later):
            share = f"{count} of the last {len(later)} steps"
            yield _known("linear-solver-stalls", {"field": field, "share": share}, field=field)


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _may_warn(text: str, steps: Sequence[Step]) -> bool:
    """Whether it is worth while to read the catalogue for the warnings in a log."""
    return any(sign in text for sign in SIGNS if sign != _BEGINS or not steps)


def _warned(text: str) -> Iterator[Fault]:
    """By its warnings: each that the catalogue knows."""
    for entry in catalogue().values():
        if entry.on != "warning" or not entry.pattern:
            continue
        seen: set[tuple[str, ...]] = set()
        for found in entry.matches(text):
            caught = {name: value or "" for name, value in found.groupdict().items()}
            if (key := tuple(caught.values())) not in seen:
                seen.add(key)
                yield entry.fault(caught, file=entry.file.format_map(caught))


def _known(name: str, values: Mapping[str, object], **attributes: object) -> Fault:
    return catalogue()[name].fault(values, **attributes)  # type: ignore[arg-type]

"""Numbers that left the range that can be computed: which field went first, when, and at which Courant number.

A floating point exception has no FATAL text, only a stack; and the header of every healthy log names it ("trapFpe:
Floating point exception trapping enabled"), its handler does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flowcfd.foam.faults import history
from flowcfd.foam.faults.entries import Entry, catalogue, search
from flowcfd.foam.faults.fault import Fault
from flowcfd.foam.faults.history import Step

HANDLER: Final = "Foam::sigFpe::sigHandler"

LIMIT: Final = 1.0
"""Courant number above which PISO and the explicit parts of a transient solver are no longer stable."""

EXPLODED: Final = 10.0
"""Courant number over which a transient solver's end is seen in it."""

BEFORE: Final = 50
"""So many of the last steps at least are searched for the Courant number before the explosion."""

GROWN: Final = 1e3
"""So many times its usual size (the lower quartile) makes a field one that blew up."""

_NOT_CONVECTED: Final = ("p", "rho", "Phi")
_SHOWS: Final = {"Courant number": "U", "continuity error": "p"}
"""The field that a number tells of."""


_FRAME: Final = re.compile(r"#\d+\s+(Foam::(?!error::|sigFpe::)[^#\n]*?)(?= at \?\?| in /|\[\d+\]|#|$)", re.MULTILINE)
_NAMED_FRAMES: Final = 8
_EXCEPTION: Final = "floating point exception"
_REASON: Final = ": a number left the range that can be computed"


def fault(text: str) -> Fault | None:
    """The Fault behind a floating point exception; None when there was none."""
    handler = text.find(HANDLER)
    if handler < 0:
        return None
    frames = _FRAME.findall(text[handler:])
    where = f" in {_short(frames[0])}" if frames else ""
    return _explained(text, where, "\n".join(frames[:_NAMED_FRAMES]))


def ended_with_nan(steps: Sequence[Step]) -> Fault | None:
    """The Fault of a solver that went on to its end with numbers that are none; None when its last ones are numbers."""
    solved = [step for step in steps if step.solves]
    if not solved or not any(solve.broken for solve in solved[-1].solves):
        return None
    return _broken(catalogue()["ended-with-nan"], solved)


def killed(text: str) -> Fault | None:
    """The Fault of a solver that SIGFPE ended without a stack; None when it had not begun to solve."""
    return _explained(text, "", "") if any(step.solves for step in history.steps(text)) else None


def diverging(text: str) -> Fault:
    """The Fault of a solver that was stopped by its log because its numbers grew without bound."""
    return _explained(text, "", "", what="stopped while its numbers grew without bound")


def dated(known: Fault, text: str) -> Fault:
    """A diverged Fault that an error message told of, with field, time and Courant number by the log."""
    steps = history.steps(text)
    if known.name == "nan-in-own-residuals":
        return _broken(catalogue()[known.name], [step for step in steps if step.solves], said=known.said)
    field, why = _culprit(steps)
    time = steps[-1].time if steps else None
    return replace(known, field=known.field or (field if why else ""), time=time, courant=_courant(steps))


def _broken(recipe: Entry, steps: Sequence[Step], *, said: str = "") -> Fault:
    """The Fault of residuals that are none, from the first such step on."""
    first = next((step for step in steps if any(solve.broken for solve in step.solves)), None)
    if first is None:
        return recipe.fault({"field": "?", "time": "?"}, said=said, courant=_courant(steps))
    field = vector(next(solve.field for solve in first.solves if solve.broken))
    values = {"field": field, "time": f"{first.time:g}"}
    return recipe.fault(values, field=field, time=first.time, courant=_courant(steps), said=said)


def _explained(text: str, where: str, frames: str, *, what: str = _EXCEPTION) -> Fault:
    steps = history.steps(text)
    time = steps[-1].time if steps else None
    field, why = _culprit(steps)
    last = steps[-1].solves[-1].field if steps and steps[-1].solves else ""
    courant, before = _courant(steps), _before(steps)
    transient = any(step.courant is not None for step in steps)
    values = {
        "what": what,
        "reason": _REASON if what == _EXCEPTION else "",
        "where": where,
        "when": (f" at time {time:g}" if time is not None else "") + (f" after {last} was solved" if last else ""),
        "field": field,
        "convected": field if field and not field.startswith(_NOT_CONVECTED) else "U",
        "grown": f"; {field} blew up first ({why})" if why else "",
        "courant": f"{courant:.3g}" if courant is not None else "",
        "then": f"; Courant number then {courant:.3g}" if courant is not None else "",
        "before": f"{before:.3g}",
        "less": f"{max(0.001, 0.5 * LIMIT / before):.1g}" if before else "",
    }
    too_large = before > LIMIT and courant is not None and not courant <= EXPLODED
    if not too_large and (known := search("stack", frames)):
        recipe, values = known[0], {**values, **known[1]}
    elif too_large:
        recipe = catalogue()["courant-blow-up"]
    elif not any(step.solves for step in steps):
        recipe = catalogue()["floating-point-at-once"]
    else:
        recipe = catalogue()["transient-blow-up" if transient else "steady-blow-up"]
    return recipe.fault(values, field=field, time=time, courant=courant)


def _culprit(steps: Sequence[Step]) -> tuple[str, str]:
    """The field that blew up first and how that shows; without a sign the one solved last, and nothing."""
    signs = [
        (number, vector(solve.field), f"its linear solver ended at a residual of {solve.final:.3g}")
        for number, step in enumerate(steps)
        for solve in step.solves
        if solve.broken or solve.final > max(1.0, GROWN * solve.initial)
    ]
    for name, sizes in _sizes(steps).items():
        usual = sorted(size for _, size in sizes)[len(sizes) // 4]
        if not sizes[-1][1] <= GROWN * usual:
            number, size = next((number, size) for number, size in sizes if not size <= GROWN * usual)
            signs.append((number, _SHOWS.get(name, name), f"{name if name in _SHOWS else 'it'} reached {size:.3g}"))
    if signs:
        return min(signs, key=lambda sign: sign[0])[1:]
    if steps and (steps[-1].courant or 0.0) > EXPLODED:
        return "U", ""
    last = next((solve.field for step in reversed(steps) for solve in reversed(step.solves)), "")
    return vector(last), ""


def _sizes(steps: Sequence[Step]) -> dict[str, list[tuple[int, float]]]:
    """What tells of the size of fields, with the steps' numbers: bounds, Courant number, errors of continuity."""
    found: dict[str, list[tuple[int, float]]] = {}
    for number, step in enumerate(steps):
        for bound in step.bounds:
            found.setdefault(bound.field, []).append((number, max(abs(bound.low), abs(bound.high))))
        if step.courant:
            found.setdefault("Courant number", []).append((number, step.courant))
        if step.continuity:
            found.setdefault("continuity error", []).append((number, step.continuity))
    return found


def vector(name: str) -> str:
    """The field that a solved component belongs to: Ux is of U."""
    return name[:-1] if len(name) > 1 and name[-1] in "xyz" and name[-2].isupper() else name


def _courant(steps: Sequence[Step]) -> float | None:
    """The last Courant number that was printed."""
    return next((step.courant for step in reversed(steps) if step.courant is not None), None)


def _before(steps: Sequence[Step]) -> float:
    """The Courant number before it exploded; 0 where none was printed."""
    known = [step.courant for step in steps if step.courant and math.isfinite(step.courant)]
    return min(known[-max(BEFORE, len(known) // 2) :], default=0.0)


def _short(frame: str) -> str:
    """`Foam::PCG::scalarSolve` of a demangled frame: no return type, template arguments or parameters."""
    bare = frame
    while (cut := re.sub(r"<[^<>]*>|\([^()]*\)", "", bare)) != bare:
        bare = cut
    names = re.findall(r"Foam::[\w:~]+", bare)
    return str(names[-1]) if names else frame.strip()

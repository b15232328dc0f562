"""Judges of convergence: residuals, whether what was measured has settled, Courant numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import numpy as np

from flowcfd.errors import ResultError
from flowcfd.foam import measures, tables
from flowcfd.post import forces as force_tables
from flowcfd.post.verdict.evidence import Evidence, Missing, names_of
from flowcfd.post.verdict.geometry import Floats
from flowcfd.post.verdict.judge import Judgement, amber, green, inapplicable, judge, percent, red, shade
from flowcfd.series import Settling, even, mean_settled, settled

LEVEL: Final = (1e-3, 1e-2, 5e-2)
"""Initial residuals of a steady computation: below the first it is converged in the common sense; above the second not
while they still fall, above the third not even where they stall."""
FEW: Final = 300
"""In fewer iterations nothing is said to stall."""
WITHIN: Final = (0.01, 0.05)
"""The band that a measure stays in, as a share of the largest of its family."""
MEAN: Final = 0.02
"""What the mean of an unsteady measure has to be known to."""
EVEN: Final = 0.05
"""What two quarters of a swing about zero may differ by."""
LARGE: Final = 0.5
"""From this share of the largest of its kind on a measure's changes are told as shares of itself."""
LEAST: Final = 10
OVERSHOOT: Final = 1.2
"""What an adapted time step may exceed its Courant number by."""
_AXES: Final = "xyz"


@judge("residuals")
def residuals(seen: Evidence) -> Judgement:
    """Steady: the worst initial residual of the last step, and whether the last third still falls, stalls or rises.

    Amber from 1e-3 (three orders below the start: the common measure of practice, Ferziger and Peric, Computational
    Methods for Fluid Dynamics, 2002), red from 1e-2 while it falls, from 5e-2 where it stalls, or where it grew
    tenfold. Components of U that carry less than a thousandth of the speed are left out: in a wedge or a plane flow
    their residual is noise over noise.
    A level alone proves nothing: judge by what was measured too.

    Unsteady: the last solve of each field in a step must have converged in the step: its final residual, in the median
    of the last third of the steps, amber from 1e-3, red from 0.1.
    """
    return _steady(seen) if seen.steady else _in_steps(seen)


def _steady(seen: Evidence) -> Judgement:
    table = seen.residuals
    columns = [name for name in table.columns if not _noise(seen, str(name))]
    if not len(table) or not columns:
        raise Missing("the log has no residuals")
    last = {str(name): float(table[name].dropna().iloc[-1]) for name in columns if table[name].notna().any()}
    if not all(np.isfinite(list(last.values()))):
        return red(f"residuals are not finite: {names_of(k for k, v in last.items() if not np.isfinite(v))}", "nan")
    name, level = max(last.items(), key=lambda each: each[1])
    course, factor = _course(np.asarray(table[name].dropna(), float))
    steps = len(table)
    limit = f"{LEVEL[0]:g} (red {LEVEL[1]:g}, stalled {LEVEL[2]:g})"
    where = f"the residual of {name} is {level:.1e} after {steps} iterations"
    if course == "rising" and level > LEVEL[0]:
        made = red if factor > 10 or level > LEVEL[2] else amber
        return made(f"{where} and rising", f"{level:.1e}", limit, details={"last": last})
    stalled = course == "stalled" and steps >= FEW
    colour = shade(level, LEVEL[0], LEVEL[2] if stalled else LEVEL[1])
    if colour == "green":
        return green(f"{where}, the largest", f"{level:.1e}", limit, details={"last": last})
    advice = "it stalls there: judge by the measured quantities" if stalled else "it has not arrived: go on"
    return (red if colour == "red" else amber)(f"{where}; {advice}", f"{level:.1e}", limit, details={"last": last})


def _noise(seen: Evidence, name: str) -> bool:
    """Whether it is the residual of a component of U that the flow does not have."""
    if name not in ("Ux", "Uy", "Uz"):
        return False
    try:
        speed = np.abs(seen.field("U").cells)
    except Missing:
        return False
    return bool(speed[:, _AXES.index(name[1])].max() < 1e-3 * max(float(speed.max()), 1e-300))


def _course(values: Floats) -> tuple[str, float]:
    """falling, stalled or rising by the straight line through the logarithms of the last third; and the factor."""
    tail = values[-max(len(values) // 3, LEAST) :]
    tail = np.log10(tail[tail > 0])
    if len(tail) < LEAST:
        return "stalled", 1.0
    change = float(np.polyfit(np.linspace(0, 1, len(tail)), tail, 1)[0])
    course = "falling" if change < -0.1 else "rising" if change > 0.3 else "stalled"
    return course, 10**change


def _in_steps(seen: Evidence) -> Judgement:
    log = seen.log
    solves, count = log.solves, len(log.steps["time"])
    late = (solves["step"] >= 2 * count // 3) & (solves["step"] < count)
    if not count or not late.any():
        raise Missing("the log has no residuals")
    solved = late & (np.asarray(solves["iterations"]) > 0)
    if not solved.any():
        if not np.any(np.asarray(solves["initial"])[late]):
            return inapplicable("the solver is explicit: it has no equation to converge")
        solved = late
    labels = np.asarray(solves["region"])[solved] * len(log.names) + np.asarray(solves["field"])[solved]
    level = {}
    for label in np.unique(labels):
        of = labels == label
        steps, final = np.asarray(solves["step"])[solved][of], np.asarray(solves["final"])[solved][of]
        ends = np.append(np.flatnonzero(np.diff(steps)), len(steps) - 1)
        region, field = divmod(int(label), len(log.names))
        level["/".join(filter(None, (log.names[region], log.names[field])))] = float(np.median(final[ends]))
    name, worst = max(level.items(), key=lambda each: each[1] if np.isfinite(each[1]) else np.inf)
    if not np.isfinite(worst):
        return red(f"the residual of {name} is not finite", "nan", details={"last": level})
    made = {"red": red, "amber": amber, "green": green}[shade(worst, 1e-3, 0.1)]
    text = f"the final residual of {name} in a time step is {worst:.1e} (median of the last third)"
    return made(
        text if worst >= 1e-3 else f"{text}, the largest", f"{worst:.1e}", "1e-3 (red 0.1)", details={"last": level}
    )


@judge("settled")
def settling(seen: Evidence) -> Judgement:
    """What was measured stays where it is: forces, probes and other tables over the last quarter of their rows.

    Steady: in a band of 1 % of the largest of its kind, without a trend that leads out of it (`series.settled`); amber
    beyond, red beyond 5 %. Unsteady: the mean after the initial transient known to 2 % at 95 % confidence
    (`series.mean_settled`), or a swing about zero that is the same to 5 % in the last two quarters; amber otherwise.
    Where nothing was measured, in a steady computation: the change of U between the last two written times, in the
    mean, amber from 1 %, red from 10 %.
    """
    found = list(_measured(seen))
    if not found:
        return _by_fields(seen)
    details: dict[str, object] = {}
    ambers: list[str] = []
    reds: list[str] = []
    for name, values, scale in found:
        over = max(min(len(values) // 4, 200), LEAST)
        state = _steadiness(values, scale, over) if seen.steady else _stationarity(values, scale, over)
        grave = seen.steady and state.band > WITHIN[1] * scale
        details[name] = {"settled": state.ok, "mean": state.mean, "why": state.why}
        if not state.ok:
            (reds if grave else ambers).append(f"{name} {state.why}")
    said = [*reds, *ambers]
    limit = "1 % (red 5 %)" if seen.steady else "mean to 2 %"
    if not said:
        return green(f"{names_of(details)} settled", f"{len(found)} of {len(found)}", limit, details=details)
    text = f"{'; '.join(said[:2])}{f'; and {len(said) - 2} more' if len(said) > 2 else ''}"
    return (red if reds else amber)(text, f"{len(found) - len(said)} of {len(found)}", limit, details=details)


def _steadiness(values: Floats, scale: float, over: int) -> Settling:
    """Whether a measure of a steady computation stays where it is."""
    own = float(np.abs(values[-over:].mean())) > LARGE * scale
    return settled(values.tolist(), within=WITHIN[0] * (1.0 if own else scale), relative=own, over=over)


def _stationarity(values: Floats, scale: float, over: int) -> Settling:
    """Whether the mean of an unsteady measure is known; of one that swings about zero, whether it swings evenly."""
    own = float(np.abs(values[len(values) // 2 :].mean())) > LARGE * scale
    state = mean_settled(values.tolist(), within=MEAN * (1.0 if own else scale), relative=own, over=over)
    quarter = len(values) // 4
    last, before = values[-quarter:], values[-2 * quarter : -quarter]
    swing = float(np.ptp(last)) / 2
    if state.ok or own or abs(last.mean()) > swing / 2:
        return state
    ends = max(abs(last.max() - before.max()), abs(last.min() - before.min()))  # do not ask for whole periods
    moments = max(abs(last.std() - before.std()), abs(last.mean() - before.mean()))
    change = float(min(ends, moments))
    if change <= EVEN * swing:
        return replace(state, ok=True, why=f"swings evenly about zero by ±{swing:.2g}")
    return replace(
        state, why=f"swings about zero, by {percent(change / swing)} otherwise than a quarter of the run before"
    )


def _measured(seen: Evidence) -> Iterator[tuple[str, Floats, float]]:
    """Each measure: name, values over time, and the size that its changes are compared with.

    Times that are apart by different steps are made even in an unsteady computation, as wherever means are judged.
    """

    def course(column: Any) -> Floats:
        known = column.dropna()
        values = np.asarray(known, float)
        return values if seen.steady else np.array(even(known.index.to_numpy(float).tolist(), values.tolist()))

    for output in force_tables.names(seen.case):
        with suppress(ResultError):
            table = seen.results.forces(output)
            columns = [name for name in ("Cd", "Cl") if name in table] or [f"F{axis}" for axis in _AXES]
            family = {name: course(table[name]) for name in columns if name in table}
            yield from _family(output, family)
    for output, stems in tables.names(seen.case).items():
        kinds = [stem for stem in stems if stem in ("surfaceFieldValue", "volFieldValue")]
        for stem in kinds:
            with suppress(ResultError):
                table = seen.results.function(output, stem)
                family = {str(name): course(table[name]) for name in table.columns}
                for name, values in family.items():
                    yield from _family(output, {name: values})
    for name, written in measures.measures(seen.case).items():
        if written.source.direction is not None:  # where the flow comes back to a wall
            with suppress(ResultError):
                yield from _family("", {name: course(seen.results.measure(name))})
    with suppress(ResultError):
        table = seen.results.probes()
        fields = list(table.columns.get_level_values(0).unique())
        vectors = {name[:-1] for name in fields if {name[:-1] + axis for axis in _AXES} <= set(fields)}
        families: dict[str, dict[str, Floats]] = {}
        for field in fields:
            family = families.setdefault(field[:-1] if field[:-1] in vectors else field, {})
            family |= {f"{field}[{k}]": course(table[field][k]) for k in table[field].columns}
        for family in families.values():
            yield from _family("", family)


def _family(output: str, family: dict[str, Floats]) -> Iterator[tuple[str, Floats, float]]:
    family = {name: values[np.abs(values) < 1e290] for name, values in family.items()}
    family = {name: values for name, values in family.items() if len(values) >= 2 * LEAST}
    scale = max((float(np.abs(values[len(values) // 2 :]).mean()) for values in family.values()), default=0.0)
    for name, values in family.items():
        if scale > 0:
            yield f"{output}.{name}" if output else name, values, scale


def _by_fields(seen: Evidence) -> Judgement:
    if not seen.steady:
        raise Missing("nothing was measured over time: add Forces or Probes to see whether means have settled")
    before = seen.earlier("U")
    if before is None:
        raise Missing("nothing was measured: add Forces or Probes, by which a run is seen to have settled")
    now = seen.field("U").cells
    weight = seen.mesh.volumes
    change = float(np.sqrt(weight @ ((now - before[1]) ** 2).sum(1)) / np.sqrt(weight @ (now**2).sum(1) + 1e-300))
    last = seen.parts[0].time
    text = f"U changed by {change:.2g} of itself from iteration {before[0]:g} to {last:g}; nothing else was measured"
    made = {"red": red, "amber": amber, "green": green}[shade(change, 1e-2, 0.1)]
    return made(text, f"{change:.2g}", "1e-2 (red 0.1)")


_EXPLICIT: Final = ("rhoCentralFoam", "rhoCentralDyMFoam", "sonicFoam")


@judge("Courant number")
def courant(seen: Evidence) -> Judgement:
    """The largest Courant number in the field against what the algorithm bears.

    PISO and explicit fluxes: 1 (Issa, J. Comput. Phys. 62 (1986) 40; Courant, Friedrichs and Lewy 1928), PIMPLE with
    outer correctors: 5, an interface of two phases: 1. Amber beyond the limit, red beyond ten times it, as accuracy in
    time is gone and the splitting error of PISO grows. Judged is the value that 5 % of the steps of the last half
    exceed, or the last one. Steady computations have none.
    """
    if seen.steady:
        return inapplicable("a steady computation has no time step that matters")
    table = seen.courant
    columns = [name for name in table.columns if str(name).endswith("max")]
    if not len(table) or not columns:
        raise Missing("the log has no Courant numbers")
    tail = table.iloc[len(table) // 2 :]
    each = {
        str(name).removesuffix("max").strip() or "flow": max(
            float(tail[name].quantile(0.95)), float(tail[name].dropna().iloc[-1])
        )
        for name in columns
        if tail[name].notna().any()
    }
    if not each:
        raise Missing("the log has no Courant numbers")
    outer = seen.solution.get("PIMPLE.nOuterCorrectors", 1)
    several = isinstance(outer, int | float) and outer > 1 and not seen.phases
    limit = 5.0 if several else 1.0
    name, value = max(each.items(), key=lambda one: one[1] if np.isfinite(one[1]) else np.inf)
    if not np.isfinite(value):
        return red(f"the Courant number of {name} is not finite", "nan", f"{limit:g}")
    how = (
        "PIMPLE with outer correctors" if several else "an explicit solver" if seen.application in _EXPLICIT else "PISO"
    )
    colour = shade(value, limit * OVERSHOOT, limit * 10)
    text = f"the Courant number reaches {value:.2g} ({how} bears {limit:g})"
    made = {"red": red, "amber": amber, "green": green}[colour]
    advice = "" if colour == "green" else ": take shorter steps"
    return made(text + advice, f"{value:.2g}", f"{limit:g}", details=each)

"""What is to be said of a run, as the page shows it: state, how far it is, what it died of, its verdict, its means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowcfd.errors import FlowError
from flowcfd.foam.log import Progress
from flowcfd.jobs import settle
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE, Job
from flowcfd.jobs.status import Status
from flowcfd.series import even, mean_settled, settled
from flowcfd.telling import span
from flowcfd.widgets.monitor.follow import FORCES_TAB, PROBES, Follower, Group
from flowcfd.widgets.monitor.loose import Loose

ACTIONS = {
    "Queued": ("cancel",),
    "Running": ("stop", "cancel"),
    "Paused": ("resume", "cancel"),
    "Stopped": ("resume", "cancel"),
    "Failed": ("retry",),
    "Lost": ("resume", "retry", "cancel"),
    "Cancelled": ("resume",),
}
"""What a run can be asked in each state."""

WITHIN, OVER = 0.005, 200
"""The band [share of the mean] and the window [samples] by which curves are judged that nobody asked to settle."""
JUDGED = 6
"""So many curves of a group are judged."""


def told(
    follower: Follower, status: Status, *, note: str = "", verdict: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All of it as values of JSON."""
    job, progress = follower.run.record, follower.progress
    fault = follower.run.fault if status.state == "Failed" else None
    actions = [verb for verb in ACTIONS.get(status.state, ()) if verb in asked(follower.run)]
    return {
        "name": job.name,
        "run": job.path.name,
        "path": str(job.path),
        "state": status.state,
        "why": "" if fault is not None else status.why,
        "far": ", ".join(_far(follower, progress, status)),
        "left": f"about {span(progress.remaining)} left" if status.state == "Running" and progress.remaining else "",
        "fraction": progress.shown if progress.meshing is not None else status.fraction,
        "x": "iteration" if steady(job, follower) else "time [s]",
        "fault": None if fault is None else {"cause": _cause(fault), "mend": fault.mend, "place": fault.place},
        "troubles": [str(each) for each in follower.run.troubles] if status.state == "Done" else [],
        "settling": follower.run.settling,
        "verdict": verdict,
        "empty": _empty(job, status),
        "actions": [] if job.mesh_only and status.state == "Done" else actions,
        "note": note,
    }


def asked(run: Run) -> tuple[str, ...]:
    """What a run can be asked at all; a case that is none, nothing."""
    return () if isinstance(run, Loose) else ("stop", "resume", "retry", "cancel")


def _empty(job: Job, status: Status) -> str:
    """What stands in the place of curves that are not there."""
    if job.mesh_only:
        return "This run makes a mesh and solves nothing: it has no curves."
    if status.state in ACTIVE:
        return "No curves yet: they appear as soon as the solver writes."
    return "No curves: no solver has written any."


def _cause(fault: Any) -> str:
    return f"{fault.place}: {fault.message}" if fault.place else str(fault.message)


def _far(follower: Follower, progress: Progress, status: Status) -> Iterator[str]:
    if follower.behind > 0.02:
        yield f"reading the log, {1 - follower.behind:.0%}"
    if progress.meshing is not None:
        yield str(progress.meshing)
    elif progress.time is None and status.state == "Running":
        stages = follower.run.stages
        yield f"{stages[-1].name} at work" if stages else "starts"
    if progress.time is not None:
        end = progress.end_time
        if steady(follower.run.record, follower):
            yield f"iteration {progress.time:g}" + (f" of {end:g}" if end else "")
        else:
            yield f"time {progress.time:.4g} s" + (f" of {end:g} s" if end else "") + f", step {follower.steps}"
    if progress.converged is not None:
        yield f"converged at iteration {progress.converged}"
    if progress.courant is not None:
        yield f"Co {progress.courant:.2g}"
    if (each := progress.pace) and status.state == "Running":
        yield f"{span(each) if each >= 1 else f'{1000 * each:.2g} ms'} a step"


def steady(job: Job, follower: Follower) -> bool:
    """Whether Time counts iterations: as the case's schemes say, read once."""
    if follower.steady is None:
        from flowcfd.post import setup  # reads the case's dictionaries

        follower.steady = setup.steady(job.case)
    return follower.steady


def bands(follower: Follower) -> list[dict[str, Any]]:
    """Mean and band of the settled window of each force, coefficient and probe, and whether it has settled.

    What the run's `until` asks for is judged as the worker does (`jobs.settle.judged`), the rest as `Results.settled`
    does without a word: by WITHIN and OVER.
    """
    until = follower.run.record.until or {}
    wanted = {one["name"]: one for one in until.get("measures", ())}
    found = []
    for group in follower.groups.values():
        if group.tab not in (FORCES_TAB, PROBES):
            continue
        named = [name for name in group.columns if _whole(group, name) in wanted]
        rest = [name for name in group.columns if name not in named]
        chosen = [*named, *rest][: max(JUDGED, len(named))]
        judged = (_band(follower, group, name, wanted.get(_whole(group, name))) for name in chosen)
        found += [one for one in judged if one is not None]
    return found


def _whole(group: Group, column: str) -> str:
    return f"{group.key.partition('/')[0]}.{column}"


def _band(follower: Follower, group: Group, name: str, asked: Any) -> dict[str, Any] | None:
    rows = group.history.rows
    known = rows[~(rows[:, group.column(name)] != rows[:, group.column(name)])]
    times, values = known[:, 0].tolist(), known[:, group.column(name)].tolist()
    over = int(asked["samples"]) if asked else OVER
    if len(times) < 2 * over:
        return None
    until = follower.run.record.until
    try:
        if asked and until:
            by_mean, judged = until["mean"] or not until["steady"], settle.judged(times, values, asked, until)
            late = sum(time > until["after"] for time in times)
            times = times[len(times) - late :]
        elif not steady(follower.run.record, follower):
            times = times[-8 * over :]  # judged again and again while the run goes on: its newest part is enough
            values = even(times, values[-8 * over :])
            by_mean, judged = True, mean_settled(values, within=WITHIN, relative=True, over=over)
        else:
            by_mean, judged = False, settled(values, within=WITHIN, relative=True, over=over)
    except ValueError:
        return None
    if judged.mean != judged.mean:
        return None
    within, relative = (asked["within"], asked["relative"]) if asked else (WITHIN, True)
    first = judged.dropped if by_mean else len(times) - over
    half = within * abs(judged.mean) if relative else within
    return {
        "group": group.key,
        "column": name,
        "from": times[max(0, min(first, len(times) - 1))],
        "to": times[-1],
        "mean": judged.mean,
        "half": half,
        "ok": bool(judged.ok),
        "asked": asked is not None,
        "why": judged.why,
    }


def verdict(follower: Follower) -> dict[str, Any] | None:
    """The verdict on a finished run: its colour, its line and the gravest reasons; None for one that only meshes."""
    from flowcfd.post.open import Results  # pandas is loaded by those who come to an end

    if follower.run.record.mesh_only:
        return None
    try:
        run = follower.run
        found = Results(run.case, None if isinstance(run, Loose) else run).verdict
    except (FlowError, OSError) as error:
        return {"colour": "grey", "line": f"no verdict: {' '.join(str(error).split())}", "reasons": []}
    return {"colour": found.colour, "line": found.line, "reasons": list(found.reasons[:4])}

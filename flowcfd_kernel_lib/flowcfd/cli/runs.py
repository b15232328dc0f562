"""`flowcfd runs`, `show` and `log`: look at runs."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.cli import output
from flowcfd.cli.case import run as find
from flowcfd.errors import CaseError, NotYet, UnknownName
from flowcfd.index.listing import listed
from flowcfd.index.selection import Selection
from flowcfd.jobs import table
from flowcfd.jobs.collection import Runs
from flowcfd.jobs.handle import Run
from flowcfd.jobs.listing import Unreadable
from flowcfd.jobs.record import ACTIVE, StageRecord
from flowcfd.jobs.status import Status
from flowcfd.kernel import progress
from flowcfd.settings import settings

if TYPE_CHECKING:
    from rich.console import RenderableType

RESUMABLE = ("Stopped", "Paused", "Lost", "Cancelled")
POLL = 0.3
"""Time [s] between two looks at a log that is followed."""
REASONS = 10
"""So many causes stand below a list that was not asked for the dead."""
LIVE, RELIST = 1.0, 5
"""Time [s] between two looks at a table that lives; with every fifth it is asked which runs there are."""


def runs(options: Namespace) -> int:
    """List all runs, or those that are wanted, the newest first."""
    if options.live and options.json:
        raise CaseError("runs: --live has no end that a JSON document could have; leave one of the two")
    selection = Selection.of(
        state=options.state, name=options.name, study=options.study, project=options.project, user=options.user,
        solver=options.solver, since=options.since, before=options.before,
    )  # fmt: skip
    found, statuses, note = _wanted(options, selection)
    if note:
        output.report_line(note)
    if options.json:
        output.document([*map(_listed, statuses), *map(_unreadable, found.unreadable)])
    elif options.live:
        _live(lambda: _wanted(options, selection)[0])
    elif not len(found) and not found.unreadable:
        output.text(_none(options))
    else:
        _table(found, statuses, dead=options.dead)
    return 0


def _none(options: Namespace) -> str:
    """There are no runs, or none of what was asked for: who reads it must not think that all are gone."""
    state = f" in state {options.state}" if options.state else ""
    asked = ("name", "executor", "study", "project", "solver", "user", "since", "before", "dead")
    given = [f"--{name}" for name in asked if getattr(options, name, None)]
    return f"no runs{state} under {settings().runs}" + (f" for {' '.join(given)}" if given else "")


def _wanted(options: Namespace, selection: Selection) -> tuple[Runs, list[Status], str]:
    """The wanted runs, and what is true of them; those whose executor is not here are among the unreadable."""
    found = listed(selection)
    chosen = found.runs
    if options.executor or options.dead:
        chosen = chosen.select(executor=options.executor, dead=True if options.dead else None)
    statuses = chosen.statuses()  # once: the next look at what has ended would cost as much again
    strange = [one for one in statuses if one.state == "Unreadable"]
    if strange:
        names = {one.path for one in strange}
        statuses = [one for one in statuses if one.path not in names]
        unreadable = [*chosen.unreadable, *(Unreadable(one.path, one.why) for one in strange)]
        chosen = Runs([run for run in chosen if run.path not in names], unreadable=unreadable)
    return chosen, statuses, found.note


def _table(found: Runs, statuses: Sequence[Status], *, dead: bool) -> None:
    """The runs as a table; what needs a sentence stands below it, for it is too long for a column."""
    heads, rows = rows_of(statuses, time.time())
    rows += [(one.path.name, "Unreadable", *[""] * (len(heads) - 2)) for one in found.unreadable]
    output.table(heads, rows, numbers=_NUMBERS)
    for one in found.unreadable:
        output.text(f"{one.path.name}: {one.why}")
    told = [f"{one.run}: {why}" for one in statuses if (dead or one.state == "Failed") and (why := table.reason(one))]
    most = len(told) if dead else REASONS
    for line in told[:most]:
        output.text(line)
    if len(told) > most:
        output.text(f"and {len(told) - most} more that failed: flowcfd runs --dead")


_NUMBERS = ("done", "residual", "core h", "age")
_NARROW = ("run", "state", "done", "left", "measure")
"""What a narrow screen has room for."""


def rows_of(statuses: Sequence[Status], now: float) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Heads and rows; columns in which nothing stands are left out."""
    wanted = _NARROW if output.narrow() else table.COLUMNS
    told = [table.cells(status, now) for status in statuses]
    heads = [name for name in wanted if name in ("run", "state") or any(cells[name] for cells in told)]
    return heads, [tuple(cells[name] for name in heads) for cells in told]


def _live(wanted: Callable[[], Runs]) -> None:
    """The table, again and again while a run is active; new runs come into it. Ctrl-C ends it, and not the runs."""
    from rich.live import Live

    def drawn(statuses: Sequence[Status]) -> RenderableType:
        return output.live_table(*rows_of(_first(statuses), time.time()), numbers=_NUMBERS,
                                 title=table.summary(statuses))  # fmt: skip

    found, looks = wanted(), 0
    statuses = found.statuses()
    with Live(drawn(statuses), console=output.console(), auto_refresh=False) as shown:
        while any(status.active for status in statuses):
            time.sleep(LIVE)
            looks += 1
            found = found if looks % RELIST else wanted()
            statuses = found.statuses()
            shown.update(drawn(statuses), refresh=True)


def _first(statuses: Sequence[Status]) -> list[Status]:
    """As many as the screen has lines for, those that are active first."""
    room = max(5, output.console().height - 6)
    return sorted(statuses, key=lambda status: not status.active)[:room]


_FIRST = ("run", "name", "path", "state", "application", "cores", "executor", "created")
_REST = tuple(one.name for one in fields(Status) if one.name not in (*_FIRST, "why"))
_values = attrgetter(*_FIRST, "why", *_REST)


def _listed(status: Status) -> dict[str, Any]:
    """A run of many, for machines."""
    return {**dict(zip((*_FIRST, "cause", *_REST), _values(status), strict=True)), "path": str(status.path)}


def _unreadable(run: Unreadable) -> dict[str, Any]:
    unknown = dict.fromkeys(one.name for one in fields(Status))
    unknown.pop("why")
    return {**unknown, "cause": run.why, "run": run.path.name, "path": run.path, "state": "Unreadable", "why": run.why}


def show(options: Namespace) -> int:
    """One run: state, stages, cause of a failure with the log's tail."""
    run = find(options.run)
    if options.json:
        output.document(as_dict(run))
    else:
        describe(run)
    return 0


def log(options: Namespace) -> int:
    """Print a log; follow it while the run is active."""
    if options.follow and options.json:
        raise CaseError("log: --follow has no end that a JSON document could have; leave one of the two")
    if options.lines is not None and options.lines < 1:
        raise CaseError(f"--lines: must be at least 1 (got {options.lines})")
    run = find(options.run)
    path = _log(run, options.log, wait=options.follow)
    with path.open("rb") as file:
        lines = (line.decode("latin-1") for line in (file if options.lines is None else deque(file, options.lines)))
        if options.json:
            output.document({"log": path, "lines": [line.rstrip("\n") for line in lines]})
            return 0
        sys.stdout.writelines(lines)
        offset = file.tell()
    sys.stdout.flush()
    if options.follow:
        _follow(run, options.log, path, offset)
    return 0


def describe(run: Run) -> None:
    """A run for people."""
    state, why = run.state, run.why
    record = run.record
    told = why and state != "Failed"  # the cause of a failure stands below, with its log
    output.text(f"{run.path.name}: {state}" + (f", {why}" if told else ""))
    what = "mesh only" if record.mesh_only else record.application
    output.text(f"  solver    {what} on {run.cores} core{'s' if run.cores > 1 else ''} ({record.executor})")
    output.text(f"  made      {output.moment(record.created)}")
    output.text(f"  case      {run.case}")
    if record.mesh_only and (said := run.mesh_line):
        output.text(f"  mesh      {said}")
    far = progress.text(run.progress())
    if far:
        output.text(f"  progress  {far}")
    if run.settling and state in ACTIVE:
        output.text(f"  settled   {run.settling}")
    for trouble in run.troubles:
        output.text(f"  trouble   {trouble}")
    _stage_table(run)
    if state == "Failed" and run.error is not None:
        output.text(str(run.error))
        output.text(f"Do the failed stage again: flowcfd retry {run.path.name}")
    elif state in RESUMABLE:
        output.text(f"Go on: flowcfd resume {run.path.name}")
    elif state == "Done":
        name = run.path.name
        output.text(f"How good it is: flowcfd quality {name}" if record.mesh_only else f"  verdict   {_verdict(run)}")


def _verdict(run: Run) -> str:
    """Whether its numbers can be believed, in one line."""
    from flowcfd.post import results  # pandas is loaded by those who look at one run, not by lists of them

    return results(run, wait=False).verdict.line


def as_dict(run: Run) -> dict[str, Any]:
    """A run for machines."""
    state = run.state
    error = run.error
    far = run.progress()
    return {
        **_brief(run, state),
        "why": run.why,
        "case": run.case,
        "digest": run.record.digest,
        "steps": run.record.steps,
        "stages": [
            {**asdict(stage), "wall": stage.wall, "cpu": stage.cpu, "memory": stage.memory} for stage in run.stages
        ],
        "settling": run.settling,
        "progress": {**asdict(far), "fraction": far.fraction, "remaining": far.remaining},
        "error": None if error is None else output.as_dict(error),
        "fault": None if (fault := run.fault) is None else fault.to_json(),
        "troubles": [trouble.to_json() for trouble in run.troubles],
    }


def _brief(run: Run, state: str) -> dict[str, Any]:
    return {
        "run": run.path.name,
        "name": run.name,
        "path": run.path,
        "state": state,
        "application": run.record.application,
        "cores": run.cores,
        "executor": run.record.executor,
        "created": run.record.created,
    }


def _stage_table(run: Run) -> None:
    rows = [
        (stage.name, stage.state, output.duration(_wall(stage)), output.duration(stage.cpu), output.size(stage.memory),
         output.size(stage.disk), ", ".join(step.command for step in stage.steps))
        for stage in run.stages
    ]  # fmt: skip
    if rows:
        numbers = ("wall", "CPU", "memory", "disk")
        output.table(("stage", "state", "wall", "CPU", "memory", "disk", "commands"), rows, numbers=numbers)


def _wall(stage: StageRecord) -> float:
    """Time in its commands [s], the one that runs now included."""
    running = [step for step in stage.steps[-1:] if step.rc is None and stage.state == "running"]
    return stage.wall + sum(time.time() - step.started for step in running)


def _log(run: Run, application: str | None, *, wait: bool) -> Path:
    """The newest log; with `wait` until there is one."""
    while True:
        path = run.log(application)
        if path is not None and path.is_file():
            return path
        if not wait or run.state not in ACTIVE:
            there = sorted(file.name.removeprefix("log.") for file in run.case.glob("log.*"))
            if application is not None:
                raise UnknownName("log", application, there, where=run.path.name)
            raise NotYet(f"{run.path.name}: has no log so far, it is {run.state}")
        time.sleep(POLL)


def _follow(run: Run, application: str | None, path: Path, offset: int) -> None:
    """Print what comes, going on with the next command's log when a command has ended."""
    while True:
        active = run.state in ACTIVE
        with path.open("rb") as file:
            file.seek(offset)
            new = file.read()
        offset += len(new)
        sys.stdout.write(new.decode("latin-1"))
        sys.stdout.flush()
        newest = run.log(application)
        if newest is not None and newest != path and newest.is_file():
            path, offset = newest, 0
            continue
        if not active:
            return
        time.sleep(POLL)

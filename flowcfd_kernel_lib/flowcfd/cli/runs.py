"""`flowcfd runs`, `show` and `log`: look at runs."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flowcfd.cli import output
from flowcfd.cli.case import run as find
from flowcfd.errors import CaseError, FlowError, NotYet, UnknownName
from flowcfd.jobs import listing
from flowcfd.jobs.handle import Run
from flowcfd.jobs.listing import Unreadable
from flowcfd.jobs.record import ACTIVE, StageRecord
from flowcfd.kernel import progress
from flowcfd.settings import settings

RESUMABLE = ("Stopped", "Paused", "Lost", "Cancelled")
POLL = 0.3
"""Time [s] between two looks at a log that is followed."""


def runs(options: Namespace) -> int:
    """List all runs, the newest first."""
    if options.state and options.state not in output.STYLES:
        raise UnknownName("state", options.state, output.STYLES, where="--state")
    listed = [(run, state) for run, state in _listed() if options.state in (None, state)]
    if options.json:
        output.document([_brief(run, state) for run, state in listed])
        return 0
    if not listed:
        output.text(f"no runs{f' in state {options.state}' if options.state else ''} under {settings().runs}")
        return 0
    output.table(
        ("run", "state", "solver", "cores", "made", "done"),
        [_row(run, state) for run, state in listed],
        numbers=("cores",),
    )
    for run, _ in listed:
        if isinstance(run, Unreadable):  # below the table: a cause is too long for a column
            output.text(f"{run.path.name}: {run.why}")
    return 0


def _listed() -> list[tuple[Run | Unreadable, str]]:
    """All runs with their states; those that cannot be read, or whose executor is not here, come last."""
    readable, unreadable = listing.look()
    found: list[tuple[Run | Unreadable, str]] = []
    for run in readable:
        try:
            found.append((run, run.state))
        except FlowError as error:
            unreadable.append(Unreadable(run.path, str(error).splitlines()[0]))
    return [*found, *((run, "Unreadable") for run in unreadable)]


def _row(run: Run | Unreadable, state: str) -> tuple[object, ...]:
    if isinstance(run, Unreadable):
        return (run.path.name, state, "", "", "", "")
    return (run.path.name, state, run.record.application, run.cores, _made(run), _far(run))


def _made(run: Run) -> str:
    """When it was made, to the minute; on a narrow screen without the year."""
    minute = output.moment(run.record.created)[: len("2026-01-31 12:00")]
    return minute[len("2026-") :] if output.narrow() else minute


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
    output.text(
        f"  solver    {record.application} on {run.cores} core{'s' if run.cores > 1 else ''} ({record.executor})"
    )
    output.text(f"  made      {output.moment(record.created)}")
    output.text(f"  case      {run.case}")
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
        output.text(f"  verdict   {_verdict(run)}")


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


def _brief(run: Run | Unreadable, state: str) -> dict[str, Any]:
    if isinstance(run, Unreadable):
        unknown = dict.fromkeys(("name", "application", "cores", "executor", "created"))
        return {"run": run.path.name, "path": run.path, "state": state, "why": run.why, **unknown}
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


def _far(run: Run) -> str:
    """How far it is, in a word: of runs there may be many."""
    fraction = run.progress().fraction
    return "" if fraction is None else f"{fraction:.0%}"


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

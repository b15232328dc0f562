"""What the folders of runs tell: the rows of the index, made by looking at them."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from flowcfd.errors import RunError
from flowcfd.index.attempts import attempts
from flowcfd.jobs import record
from flowcfd.jobs.handle import Run
from flowcfd.jobs.status import Status, statuses

RACE = 2.0
"""A folder that changed so short a time ago [s] may change again and show the same time."""
FINAL = frozenset({"Done", "Failed", "Cancelled", "Stopped", "Paused"})

COLUMNS = ("run", "name", "state", "application", "cores", "executor", "user", "project", "created", "ended")
"""What of a Status has a column of its own; the rest of it is kept as JSON."""
_REST = {one.name: one for one in fields(Status) if one.name not in (*COLUMNS, "path")}

_NAMES = _REST.keys()


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder told when it was read: rows without the home."""

    status: Status
    row: Mapping[str, Any]
    usage: tuple[Mapping[str, Any], ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing but a change of the folder can make another truth of it."""
        return int(self.row["seen"]) > 0


def folders(runs: Path) -> dict[str, int]:
    """The folders that may be runs, and when each was last changed [ns]; nothing is opened."""
    found = {}
    try:
        with os.scandir(runs) as entries:
            for entry in entries:
                if entry.name[0] == ".":
                    continue
                try:
                    seen = entry.stat()
                except OSError:  # deleted meanwhile, or a link to nowhere
                    continue
                if stat.S_ISDIR(seen.st_mode):
                    found[entry.name] = seen.st_ctime_ns
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return found


def read(runs: Path, changed: Mapping[str, int], clock: float) -> list[Found]:
    """What these folders tell; those without a job.json are no runs. `clock` is the time of the file system [s]."""
    opened, found = [], []
    for name in changed:
        try:
            opened.append(Run(runs / name))
        except RunError as error:
            why = str(error).removesuffix(f" [{runs / name}]")
            if _holds_job(runs / name):
                status = Status(run=name, name=name, path=runs / name, state="Unreadable", why=why)
                found.append(Found(status, _row(status, "", -changed[name])))
    for run, status in zip(opened, statuses(opened), strict=True):
        seen = changed[status.run]
        settled = _final(run.path, status) and seen / 1e9 < clock - RACE
        usage = tuple(_usage(run, status))
        found.append(Found(status, _row(status, run.record.uid, seen if settled else -seen), usage))
    return found


def _holds_job(folder: Path) -> bool:
    """Whether there is a job.json; one that may not even be looked for counts."""
    try:
        return (folder / "job.json").is_file()
    except PermissionError:
        return True


def _final(path: Path, status: Status) -> bool:
    """Whether the run has ended and said so: whatever comes next changes its folder."""
    worker, end, request = record.worker(path), record.end(path), record.request(path)
    if worker is None or end is None or end.attempt != worker.attempt or end.state != status.state:
        return False
    asked = record.unanswered(request, worker)
    queued_again = end.outside or end.timeout  # a scheduler may have put the job into the queue again
    return status.state in FINAL and not asked and not (status.state == "Stopped" and queued_again)


def _row(status: Status, uid: str, seen: int) -> dict[str, Any]:
    rest = {name: getattr(status, name) for name, one in _REST.items()}
    rest = {name: value for name, value in rest.items() if value != _default(name)}
    told = json.dumps({name: dict(value) if isinstance(value, Mapping) else value for name, value in rest.items()})
    return {
        **{name: getattr(status, name) for name in COLUMNS},
        "uid": uid,
        "seen": seen,
        "told": told,
    }


def _default(name: str) -> object:
    one = _REST[name]
    return one.default_factory() if one.default_factory is not MISSING else one.default


def states(runs: Path, rows: Sequence[Sequence[Any]]) -> list[Status]:
    """The Status in each row: COLUMNS, then `told`; in the order of the rows."""
    paths = {path.name: path for path in runs.iterdir()} if runs.is_dir() else {}  # quicker than to make each
    rest: list[dict[str, Any]] = json.loads(f"[{','.join([row[len(COLUMNS)] for row in rows])}]")
    if not set().union(*rest) <= _NAMES:  # of a version whose Status had more to say
        rest = [{name: more[name] for name in more.keys() & _NAMES} for more in rest]
    return [
        Status(
            row[0], row[1], paths.get(row[0]) or runs / row[0], row[2], application=row[3], cores=row[4],
            executor=row[5], user=row[6], project=row[7], created=row[8], ended=row[9], **more,
        )
        for row, more in zip(rows, rest, strict=True)
    ]  # fmt: skip


def _usage(run: Run, status: Status) -> Iterator[dict[str, Any]]:
    job, now = run.record, time.time()
    for attempt in attempts(job, active=status.active):
        yield {
            "uid": job.uid,
            "attempt": attempt.number,
            "run": status.run,
            "user": status.user,
            "project": status.project,
            "executor": status.executor,
            "application": status.application,
            "cores": job.cores,
            "queued": attempt.queued,
            "started": attempt.started,
            "ended": attempt.ended,
            "core_seconds": round(attempt.core_seconds(job.cores, now), 3),
            "cpu_seconds": round(attempt.cpu, 3),
            "memory": attempt.memory,
            "disk": attempt.disk,
            "state": attempt.state or status.state,
            "gone": False,
        }

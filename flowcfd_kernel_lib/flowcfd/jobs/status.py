"""What is true of many runs now: one question to each executor, a few small reads for each run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flowcfd.jobs import process, record
from flowcfd.jobs.glance import Glance
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE, EndRecord, Job
from flowcfd.jobs.state import Answer, Records, ask, known

if TYPE_CHECKING:
    from typing import Literal

    from flowcfd.jobs.record import State

STATES = ("Queued", "Running", "Paused", "Stopped", "Done", "Failed", "Cancelled", "Lost", "Unreadable")
"""All states, and what is in their place where a run cannot be read."""

DEAD: frozenset[str] = frozenset({"Failed", "Lost"})
"""The states of runs that do not go on unless somebody does something about it."""


@dataclass(frozen=True, slots=True)
class Status:
    """What was true of a run when it was looked at. Times since the epoch in [s]; what is not known is None."""

    run: str
    """The name of its folder."""
    name: str
    path: Path
    state: State | Literal["Unreadable"]
    why: str = ""
    application: str = ""
    cores: int = 1
    executor: str = ""
    created: float = 0.0
    started: float | None = None
    """When its newest attempt began."""
    ended: float | None = None
    fraction: float | None = None
    """The part of its time range that is done, 0 to 1."""
    remaining: float | None = None
    """Time left at its pace so far [s]."""
    residual: float | None = None
    """The largest of the newest initial residuals."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """What it is to settle, or its newest force coefficients, as they were last written."""
    core_seconds: float = 0.0
    user: str = ""
    project: str = ""
    tries: int = 0
    """How often it was begun, by somebody or again by itself; 0 before the first time."""
    priority: int = 0
    """Where it stands among those that wait: greater is sooner."""
    node: str = ""
    """The machine that computes, or did."""
    mend: str = ""
    """What would help one that failed, where that is known."""

    @property
    def active(self) -> bool:
        """Whether it waits or computes."""
        return self.state in ACTIVE

    @property
    def dead(self) -> bool:
        """Whether it has failed for good, its retries used up, or was lost: somebody has to look at it."""
        return self.state in DEAD

    @property
    def measure(self) -> str:
        """The first measure in a few characters, "Cd 0.381"; empty without one."""
        first = next(iter(self.measures.items()), None)
        return "" if first is None else f"{first[0].rpartition('.')[2]} {first[1]:.4g}"

    @property
    def where(self) -> str:
        """Executor and machine: "local", "cluster/node3"."""
        return f"{self.executor}/{self.node}" if self.node and self.executor != "local" else self.executor


@dataclass(slots=True)
class _Note:
    """What is remembered of a run between two looks; `final` is its Status once it has ended."""

    stamp: tuple[int, ...]
    records: Records
    glance: Glance
    final: Status | None = None


_NOTES: WeakKeyDictionary[Run, _Note] = WeakKeyDictionary()


def status(run: Run) -> Status:
    """What is true of one run now."""
    return statuses([run])[0]


def statuses(runs: Iterable[Run]) -> list[Status]:
    """What is true of these runs now, in their order. A run whose executor is not here is "Unreadable"."""
    members = list(runs)
    notes = [_note(run) for run in members]
    open_ = [run for run, note in zip(members, notes, strict=True) if note.final is None]
    answers = _answers([run.record for run in open_])
    orphans = process.all_marked() if open_ else {}
    return [
        # The records as they are now: one that ended since they were read is not alive, and has said how it ended.
        note.final or _look(run, _note(run), answers[run.record.executor], orphans)
        for run, note in zip(members, notes, strict=True)
    ]


def stamp(path: Path) -> tuple[int, ...]:
    """What changes when a run is asked something, begun or ended."""
    return tuple(map(_changed, (f"{path}/worker.json", f"{path}/request.json", f"{path}/end.json")))


def _changed(path: str) -> int:
    try:
        seen = os.stat(path)  # noqa: PTH116 - three for each of hundreds of runs
    except OSError:
        return 0
    return (seen.st_mtime_ns << 32) + (seen.st_ino & 0xFFFFFFFF)  # a file system's clock may be coarse


def _note(run: Run) -> _Note:
    """What is remembered of a run, read anew where anything has happened to it since."""
    now, note = stamp(run.path), _NOTES.get(run)
    if note is None or note.stamp != now:
        glance = Glance(run.record) if note is None else note.glance
        note = _NOTES[run] = _Note(now, Records.of(run.path), glance)
    return note


def _look(run: Run, note: _Note, answer: Answer, orphans: Mapping[str, list[int]]) -> Status:
    found = _status(run.record, note, answer, orphans)
    end = note.records.over
    if end is not None and not found.active and not end.outside:
        note.final = found
    return found


def _answers(jobs: Sequence[Job]) -> dict[str, Answer]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.executor, []).append(job)
    return {name: ask(name, group) for name, group in groups.items()}


def _status(job: Job, note: _Note, answer: Answer, orphans: Mapping[str, list[int]]) -> Status:
    worker, over, glance = note.records.worker, note.records.over, note.glance
    if answer.error is not None and answer.executor is None and worker is None:  # no such executor, and no trace
        return _unreadable(job, " ".join(str(answer.error).split()))
    state, why = known(job, answer, orphans.get(job.uid, []), note.records)
    far = glance.progress()
    return Status(
        run=job.path.name,
        name=job.name,
        path=job.path,
        state=state,
        why=why,
        application=job.application,
        cores=job.cores,
        executor=job.executor,
        created=job.created,
        started=None if worker is None else worker.started,
        ended=None if over is None or state in ACTIVE else over.ended,
        fraction=1.0 if state == "Done" else replace(far, ended=False).fraction,
        remaining=far.remaining if state == "Running" else None,
        residual=max(far.residuals.values(), default=None),
        measures=glance.measures(),
        core_seconds=glance.spent(active=state in ACTIVE),
        user=getattr(job, "user", ""),
        project=getattr(job, "project", ""),
        tries=0 if worker is None else worker.attempt - 1 + worker.tries,
        priority=record.priority(job.path) if state == "Queued" else 0,
        node="" if worker is None else worker.identity.place.partition("/")[0],
        mend=_mend(over),
    )


def _unreadable(job: Job, why: str) -> Status:
    return Status(job.path.name, job.name, job.path, "Unreadable", why, created=job.created, executor=job.executor)


def _mend(end: EndRecord | None) -> str:
    return "" if end is None or not end.fault else str(end.fault.get("mend", ""))

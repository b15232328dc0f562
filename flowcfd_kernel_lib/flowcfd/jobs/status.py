"""What is true of many runs now: one question to each executor, a few small reads for each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flowcfd.jobs import process, record
from flowcfd.jobs.glance import Glance
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE, EndRecord, Job
from flowcfd.jobs.state import Answer, ask, known

if TYPE_CHECKING:
    from typing import Literal

    from flowcfd.jobs.record import State

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
    """How often its newest attempt was begun; 0 before the first."""
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


_GLANCES: WeakKeyDictionary[Run, Glance] = WeakKeyDictionary()


def status(run: Run) -> Status:
    """What is true of one run now."""
    return statuses([run])[0]


def statuses(runs: Iterable[Run]) -> list[Status]:
    """What is true of these runs now, in their order. A run whose executor is not here is "Unreadable"."""
    members = list(runs)
    answers = _answers([run.record for run in members])
    orphans = process.all_marked() if members else {}
    return [_status(run, answers[run.record.executor], orphans) for run in members]


def _answers(jobs: Sequence[Job]) -> dict[str, Answer]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.executor, []).append(job)
    return {name: ask(name, group) for name, group in groups.items()}


def _status(run: Run, answer: Answer, orphans: Mapping[str, list[int]]) -> Status:
    job = run.record
    worker, end = record.worker(job.path), record.end(job.path)
    if answer.error is not None and answer.executor is None and worker is None:  # no such executor, and no trace
        return _unreadable(job, " ".join(str(answer.error).split()))
    state, why = known(job, answer, orphans.get(job.uid, []))
    glance = _GLANCES.setdefault(run, Glance(job))
    far = glance.progress()
    over = end if end is not None and worker is not None and end.attempt == worker.attempt else None
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
        core_seconds=glance.spent(),
        user=getattr(job, "user", ""),
        project=getattr(job, "project", ""),
        tries=0 if worker is None else worker.tries,
        node="" if worker is None else worker.identity.place.partition("/")[0],
        mend=_mend(over),
    )


def _unreadable(job: Job, why: str) -> Status:
    return Status(job.path.name, job.name, job.path, "Unreadable", why, created=job.created, executor=job.executor)


def _mend(end: EndRecord | None) -> str:
    return "" if end is None or not end.fault else str(end.fault.get("mend", ""))

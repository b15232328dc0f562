"""The state of a run: derived from its records and from what its executor says, never stored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import lock, process, record
from flowcfd.jobs.executors import Executor, Explaining, Requeueing, executors
from flowcfd.jobs.record import ACTIVE, EndRecord, Job, Request, WorkerRecord

if TYPE_CHECKING:
    from flowcfd.jobs.record import State


HELD = "held in the queue"
"""Why a run is Paused whose job waits at its executor: nobody is there yet who could end it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an executor said of all runs that are its: who lives, or why nobody knows."""

    executor: Executor | None
    alive: frozenset[str] = frozenset()
    error: CaseError | SiteError | None = None


def ask(name: str, jobs: Sequence[Job]) -> Answer:
    """Ask the executor of this name of all these jobs at once."""
    try:
        executor = executors.get(name, where=str(jobs[0].path / "job.json"))
    except (CaseError, SiteError) as error:
        return Answer(None, error=error)
    try:
        return Answer(executor, frozenset(executor.alive(jobs)))
    except (CaseError, SiteError) as error:
        return Answer(executor, error=error)


@dataclass(frozen=True, slots=True)
class Records:
    """What the worker and the handles of a run wrote last."""

    worker: WorkerRecord | None
    end: EndRecord | None
    request: Request | None

    @classmethod
    def of(cls, path: Path) -> Records:
        """Those in a run directory."""
        return cls(record.worker(path), record.end(path), record.request(path))

    @property
    def over(self) -> EndRecord | None:
        """How the newest attempt ended; None while it did not."""
        ended = self.end is not None and self.worker is not None and self.end.attempt == self.worker.attempt
        return self.end if ended else None


def known(
    job: Job, answer: Answer, orphans: Sequence[int] | None = None, records: Records | None = None
) -> tuple[State, str]:
    """State and cause of a job. The executor was asked first: a worker that ended in between has written its end."""
    if answer.error is not None or answer.executor is None:  # what is not ended, may live
        state, why = derive(job, alive=True, records=records)
        return state, " ".join(str(answer.error).split()) if state in ACTIVE else why
    alive = job.uid in answer.alive
    state, why = derive(job, alive=alive, orphans=orphans, records=records)
    if state == "Lost" and isinstance(answer.executor, Explaining):
        return state, "; ".join(filter(None, [answer.executor.lost(job), why]))
    if not alive or state == "Paused":
        return state, why
    try:
        waits = answer.executor.waits_for(job)
    except SiteError as error:
        return state, " ".join(str(error).split()) if state in ACTIVE else why
    again = state == "Running" and isinstance(answer.executor, Requeueing) and answer.executor.waiting(job)
    if waits and (again or state == "Stopped"):  # its worker was ended from outside, but it is in the queue again
        return "Queued", waits
    return state, waits or why


def derive(
    job: Job, *, alive: bool, orphans: Sequence[int] | None = None, records: Records | None = None
) -> tuple[State, str]:
    """State and cause of a job from its records, given whether its executor says that it lives.

    `orphans`, the processes that compute for it, and `records` are given where they are known already.
    """
    records = Records.of(job.path) if records is None else records
    worker, request, over = records.worker, records.request, records.over
    if alive:
        if worker is None and request is not None and request.kind == "pause":
            return "Paused", HELD
        if worker is None or record.unanswered(request, worker):
            return "Queued", "waits for its executor"
        if over is None:
            return worker.phase, _waiting(worker) if worker.phase == "Queued" else ""
    cancel = request if request is not None and request.kind == "cancel" else None
    if over is not None and not record.unanswered(cancel, worker):
        return over.state, over.why
    if worker is None and lock.taken(job.path / "lock"):
        return "Queued", "is being started"
    if cancel is not None and not process.marked(job.uid):
        return "Cancelled", f"cancel asked by {cancel.by}"  # before a worker was there, or by its death
    if worker is None:
        here = (job.path / "job.json").exists()
        return "Lost", "it was written but never started" if here else "its directory is gone"
    pids = process.marked(job.uid) if orphans is None else orphans
    still = f"; its solver still computes (pid {', '.join(map(str, pids))})" if pids else ""
    return "Lost", f"its worker (pid {worker.identity.pid}) is gone and did not say why{still}"


def _waiting(worker: WorkerRecord) -> str:
    """What a worker that does not compute waits for."""
    if worker.again is None:
        return "waits for free cores"
    return f"tries again in {max(0.0, worker.again - time.time()):.0f} s: {worker.why}"

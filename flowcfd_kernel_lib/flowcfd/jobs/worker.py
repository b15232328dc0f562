"""The process that computes a run: `python -m flowcfd.jobs.worker [--detach] RUN`.

It holds the lock worker.lock for life, so there is never a second one; it alone writes worker.json, stages/, end.json
and, after the submission, case/. It imports the standard library and light modules only. Return codes: 0 it ended (or,
with --detach, it started) as it should, 75 another worker has the run, 1 it could not begin.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.foam import install
from flowcfd.jobs import attempt, ends, lock, record, space
from flowcfd.jobs.attempt import Attempt
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import AGAIN, EndRecord, Job, WorkerRecord
from flowcfd.jobs.slots import Slots
from flowcfd.jobs.watch import Fenced, Watch
from flowcfd.settings import settings

BUSY = 75
"""The return code of a worker that found another one at work (EX_TEMPFAIL)."""

FENCE_PATIENCE = 120.0
"""So long [s] a worker of an earlier turn may take to end its solver and leave; a dead node's lock to be freed."""

GROWTH = 4.0
"""Each pause before a new try is so many times as long as the one before."""

_QUEUE_POLL, _HEAD_POLL = 0.5, 0.05
"""Time [s] between two looks for free cores: of whoever waits, and of the one that is next."""


def main(arguments: list[str] | None = None) -> int:
    """Compute the run named on the command line."""
    words = sys.argv[1:] if arguments is None else arguments
    run = Path(words[-1]).absolute()
    if "--detach" in words:
        return detach(run)
    turned = "--allocated" in words or "--turn" in words
    turn = Turn.of(os.environ, allocated="--allocated" in words) if turned else None
    return work(run, ready=lambda code: None, turn=turn, over="--time-is-over" in words)


def detach(run: Path) -> int:
    """Leave session, terminal and parent; the process that was called returns when the worker is at work."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        answer = os.read(reader, 1)
        return answer[0] if answer else 1
    os.close(reader)
    os.setsid()

    def ready(code: int) -> None:
        os.write(writer, bytes([code]))
        os.close(writer)

    return work(run, ready=ready)


@dataclass(frozen=True)
class Turn:
    """A turn of a scheduler's job: the first, or one after it was put into the queue again.

    Unless it is `allocated`, the cores are this machine's and are waited for.
    """

    job: str
    number: int
    most: int
    allocated: bool = True

    @classmethod
    def of(cls, environ: Mapping[str, str], *, allocated: bool = True) -> Turn:
        """What an executor that counts turns itself says ("job.number"), else Slurm of the job of this process."""
        if said := environ.get("FLOWCFD_TURN"):
            job, _, number = said.rpartition(".")
            return cls(job, int(number), int(environ.get("FLOWCFD_RESTARTS") or "0"), allocated)
        restarts, most = environ.get("SLURM_RESTART_COUNT") or "0", environ.get("FLOWCFD_RESTARTS") or "0"
        return cls(environ.get("SLURM_JOB_ID", ""), int(restarts), int(most))

    def __str__(self) -> str:
        return f"{self.job}.{self.number}"


def work(run: Path, *, ready: Callable[[int], None], turn: Turn | None = None, over: bool = False) -> int:
    """Compute the run, unless another worker does; `ready` is told a return code once that is decided.

    In a scheduler's allocation it has its cores already; when the time of the `turn` is over and more are allowed it
    says AGAIN. `over`: the job could not be put into the queue again, so this is the end of the run for now.
    """
    locked = _lock(run, turn)
    if locked is None:
        ready(BUSY)
        return BUSY
    record.hold_reserve(run)
    if over:
        return _say_over(run)
    mine = _begin(run, turn)
    ready(0)
    try:
        end = _until_it_ends(run, mine, allocated=turn is not None and turn.allocated)
    except Fenced:
        record.event(run, "fenced", attempt=mine.attempt)
        return BUSY
    except (FlowError, OSError) as error:
        end = ends.failed(mine.attempt, "", error)
    except Exception as error:  # the outermost frame: whatever happened is told
        end = EndRecord(mine.attempt, "Failed", f"a defect of FlowCFD: {error!r} (see worker.log)", time.time())
        record.write_record(run, end, sync=True)
        raise
    if turn is not None and end.state == "Stopped" and end.timeout and turn.number < turn.most:
        record.write_record(run, replace(mine, phase="Queued"))
        record.event(run, "time is over", attempt=mine.attempt, turn=turn.number)
        return AGAIN
    record.write_record(run, end, sync=True)
    record.event(run, "end", attempt=end.attempt, state=end.state, why=end.why)
    (run / "reserve").unlink(missing_ok=True)
    return 0


def _lock(run: Path, turn: Turn | None) -> int | None:
    """The worker's lock; None when another worker has the run, and has it by right.

    The worker of an earlier turn, on a node that the scheduler gave up, has none: it is told by a fence, and leaves.
    """
    locked = lock.acquire(run / "worker.lock", patience=0.5)
    if locked is not None or turn is None or not _newer(run, turn):
        return locked
    record.write(run / "fence.json", {"turn": str(turn), "at": time.time()})
    return lock.acquire(run / "worker.lock", patience=FENCE_PATIENCE)


def _newer(run: Path, turn: Turn) -> bool:
    """Whether this turn came after the one that the living worker was started in."""
    before, request = record.worker(run), record.request(run)
    if before is None or not before.allocation:
        return False
    job, _, number = before.allocation.rpartition(".")
    return record.unanswered(request, before) or (job == turn.job and int(number) < turn.number)


def _say_over(run: Path) -> int:
    before = record.worker(run)
    number = before.attempt if before is not None else 1
    why = "the walltime is over and the job could not be put into the queue again; run.resume() goes on"
    record.write_record(run, EndRecord(number, "Stopped", why, time.time()), sync=True)
    return 0


def _begin(run: Path, turn: Turn | None) -> WorkerRecord:
    """Say that a new attempt has begun."""
    before, request, me = record.worker(run), record.request(run), Identity.of(os.getpid())
    assert me is not None
    number = before.attempt + 1 if before is not None else 1
    mine = WorkerRecord(me, number, request.id if request is not None else "", "Queued", time.time(), str(turn or ""))
    record.write_record(run, mine)
    record.event(run, "attempt", attempt=number, pid=me.pid)
    return mine


def _until_it_ends(run: Path, mine: WorkerRecord, *, allocated: bool) -> EndRecord:
    """Compute; again after a pause where the site failed and not the case, and in a new turn where the time was over.

    A scheduler counts the turns itself; here they are what `max_restarts` allows, none unless it was given.
    """
    job, watch = record.job(run), Watch(run)
    turns = 0 if allocated else int(job.resources.get("max_restarts") or 0)
    end: EndRecord | None = None
    while True:
        if end is None or not end.site or not space.full(run):  # it would only take what is left for our own records
            end = _tried(job, mine, watch, allocated=allocated)
        end = replace(end, tries=mine.tries, ended=time.time())
        if end.timeout and turns:
            turns -= 1
            watch.forget_limit()
            record.event(run, "time is over", attempt=mine.attempt)
            mine = replace(mine, phase="Queued")
            record.write_record(run, mine)
        elif end.site and mine.tries <= job.retries and watch.asked() is None:
            mine = _later(run, mine, end)
            while mine.again is not None and time.time() < mine.again:
                watch.wait(min(_QUEUE_POLL, max(0.0, mine.again - time.time())))
                if asked := watch.asked():
                    return replace(ends.asked(mine.attempt, asked), tries=mine.tries)
            mine = replace(mine, tries=mine.tries + 1, again=None, why="")
            _told(run, mine)
        else:
            return end


def _later(run: Path, mine: WorkerRecord, end: EndRecord) -> WorkerRecord:
    """Say when it is tried again: each pause is longer than the one before."""
    pause = settings().retry_after * GROWTH ** (mine.tries - 1)
    waiting = replace(mine, phase="Queued", again=time.time() + pause, why=end.why)
    record.event(run, "again", attempt=mine.attempt, tries=mine.tries, wait=pause, stage=end.stage, why=end.why)
    _told(run, waiting)
    return waiting


def _told(run: Path, mine: WorkerRecord) -> None:
    """Say how it stands, and have a reserve again to say the next thing: on a full disk either may fail."""
    with contextlib.suppress(OSError):
        record.write_record(run, mine)
    with contextlib.suppress(OSError):
        record.hold_reserve(run)


def _tried(job: Job, mine: WorkerRecord, watch: Watch, *, allocated: bool) -> EndRecord:
    """One try; an error that is not of a command is an end as well."""
    slots = Slots(settings().home, job.cores, lambda: record.priority(job.path), job.created)
    try:
        return _compute(job, mine, watch, slots, allocated=allocated)
    except (FlowError, OSError) as error:
        return ends.failed(mine.attempt, "", error)
    finally:
        slots.release()


def _compute(job: Job, mine: WorkerRecord, watch: Watch, slots: Slots, *, allocated: bool) -> EndRecord:
    """Wait for cores, unless they are `allocated`, then compute."""
    request = record.request(job.path)
    retry = request is not None and request.kind == "retry" and mine.tries == 1
    watch.wait(0)
    while not allocated and not slots.ready():
        if asked := watch.asked():
            return ends.asked(mine.attempt, asked)
        watch.wait(_HEAD_POLL if slots.leads else _QUEUE_POLL * min(6.0, 1.0 + slots.ahead / 20))
    if not allocated:
        watch.limit(job.walltime)
    record.write_record(job.path, replace(mine, phase="Running"))
    record.event(job.path, "running", attempt=mine.attempt)
    environment = install.find().environment(case=job.case, cores=job.cores)
    return attempt.compute(Attempt(job, mine.attempt, retry, environment, watch))


if __name__ == "__main__":
    sys.exit(main())

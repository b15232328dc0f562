"""The process that computes a run: `python -m flowcfd.jobs.worker [--detach] RUN`.

It holds the lock worker.lock for life, so there is never a second one; it alone writes worker.json, stages/, end.json
and, after the submission, case/. It imports the standard library and light modules only. Return codes: 0 it ended (or,
with --detach, it started) as it should, 75 another worker has the run, 1 it could not begin.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.foam import install
from flowcfd.jobs import attempt, lock, record
from flowcfd.jobs.attempt import Attempt
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, WorkerRecord
from flowcfd.jobs.slots import Slots
from flowcfd.jobs.watch import Watch
from flowcfd.settings import settings

BUSY = 75
"""The return code of a worker that found another one at work (EX_TEMPFAIL)."""

_QUEUE_POLL = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Compute the run named on the command line."""
    words = sys.argv[1:] if arguments is None else arguments
    run = Path(words[-1]).absolute()
    return detach(run) if "--detach" in words else work(run, ready=lambda code: None)


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


def work(run: Path, *, ready: Callable[[int], None]) -> int:
    """Compute the run, unless another worker does; `ready` is told a return code once that is decided."""
    locked = lock.acquire(run / "worker.lock", patience=0.5)
    if locked is None:
        ready(BUSY)
        return BUSY
    record.hold_reserve(run)
    mine = _begin(run)
    ready(0)
    try:
        end = _compute(run, mine)
    except (FlowError, OSError) as error:
        end = attempt.failed(mine.attempt, "", error)
    except Exception as error:  # the outermost frame: whatever happened is told
        end = EndRecord(mine.attempt, "Failed", f"a defect of FlowCFD: {error!r} (see worker.log)", time.time())
        record.write_record(run, end, sync=True)
        raise
    record.write_record(run, end, sync=True)
    record.event(run, "end", attempt=end.attempt, state=end.state, why=end.why)
    (run / "reserve").unlink(missing_ok=True)
    return 0


def _begin(run: Path) -> WorkerRecord:
    """Say that a new attempt has begun."""
    before, request, me = record.worker(run), record.request(run), Identity.of(os.getpid())
    assert me is not None
    number = before.attempt + 1 if before is not None else 1
    mine = WorkerRecord(me, number, request.id if request is not None else "", "Queued", time.time())
    record.write_record(run, mine)
    record.event(run, "attempt", attempt=number, pid=me.pid)
    return mine


def _compute(run: Path, mine: WorkerRecord) -> EndRecord:
    """Wait for cores, then compute."""
    job, request, watch = record.job(run), record.request(run), Watch(run)
    retry = request is not None and request.kind == "retry"
    slots = Slots(settings().home, job.cores)
    watch.wait(0)
    while not slots.ready():
        if asked := watch.asked():
            return attempt.asked(mine.attempt, asked)
        watch.wait(_QUEUE_POLL)
    record.write_record(run, replace(mine, phase="Running"))
    environment = install.find().environment(case=job.case, cores=job.cores)
    return attempt.compute(Attempt(job, mine.attempt, retry, environment, watch))


if __name__ == "__main__":
    sys.exit(main())

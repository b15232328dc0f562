"""How an attempt ended: asked for, told from outside, or explained by the disk, the log and the return code."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.jobs import asking, checkpoint, record, site, space
from flowcfd.jobs.record import EndRecord, Job, Request, StageRecord
from flowcfd.jobs.stages import Stage
from flowcfd.jobs.watch import WALLTIME, Watch

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.foam.faults import Fault

SIGNAL_PATIENCE = 3.0
"""So long [s] after its child was ended by SIGTERM a worker waits for the same signal to itself."""

_TEXT = 200_000
"""So much of a log [bytes] is searched for the cause of a failure."""


def asked(number: int, request: Request, stage: str = "") -> EndRecord:
    """The end that a request asks for."""
    limit = request.by.startswith(WALLTIME)
    timeout = limit or request.by == "SIGUSR1"
    over = f"the {request.by if limit else WALLTIME} is over"
    why = over if timeout else f"{request.kind} asked by {request.by}"
    return EndRecord(number, record.ENDS[request.kind], why, time.time(), stage, timeout=timeout)


def from_outside(number: int, stage: StageRecord, watch: Watch) -> EndRecord | None:
    """The end of a run whose processes all got SIGTERM, as a scheduler's cancel or limit sends it; None for another.

    A run that is asked to end just as its job begins is cancelled at the scheduler too, which may be quicker.
    """
    rc = stage.steps[-1].rc
    if rc not in (-signal.SIGTERM, 128 + signal.SIGTERM, 1):
        return None
    deadline = time.monotonic() + (0.0 if rc == 1 else SIGNAL_PATIENCE)
    while (request := watch.asked()) is None:  # the child may have got it, and ended, a moment before
        watch.wait(0.05)
        if time.monotonic() > deadline:
            break
    lost = "fields since the last write are lost"
    if request is not None and request.by == "SIGUSR1":  # the time is over, and it was ended before it had obeyed
        end = asked(number, request, stage.name)
        return replace(end, why=f"{end.why}; {lost}", outside=True)
    if request is None or (rc == 1 and request.by != "SIGTERM" and request.kind != "cancel"):  # it may have failed
        return None
    if request.by != "SIGTERM":  # whoever asked has cancelled its job as well, which seemed to wait
        end = asked(number, request, stage.name)
        return end if request.kind == "cancel" else replace(end, why=f"{end.why}; {lost}")
    why = f"ended by SIGTERM from outside, such as scancel; {lost}"
    return EndRecord(number, "Stopped", why, time.time(), stage.name, outside=True)


def failed(number: int, stage: str, error: FlowError | OSError) -> EndRecord:
    """The end after an error that is not of a command: a file that is gone, a full disk, no OpenFOAM."""
    why = str(error)
    if isinstance(error, OSError) and error.strerror:
        why = error.strerror.lower() + (f": {error.filename}" if error.filename else "")
    return EndRecord(number, "Failed", why, time.time(), stage, site=site.error(error))


def settled(job: Job, planned: Sequence[Stage]) -> str:
    """What is to be said of a run that is done: why its solver ended early, or what did not settle."""
    known = (record.stage(job.path, stage.name) for stage in planned)
    steps = [done for stage in known if stage is not None for done in stage.steps if done.why]
    if not steps:
        return "all stages are done"
    return steps[-1].why if steps[-1].ended_by == "settled" else f"all stages are done; {steps[-1].why}"


def troubles(job: Job, planned: Sequence[Stage]) -> tuple[dict[str, Any], ...]:
    """What went wrong in a run that is done, by the newest log of each of its commands."""
    from flowcfd.foam import faults  # when all is computed, so nothing waits for it

    known = (record.stage(job.path, stage.name) for stage in planned)
    logs = {each.command: job.case / each.log for stage in known if stage is not None for each in stage.steps}
    return tuple(trouble.to_json() for trouble in faults.of_logs(logs.values(), case=job.case))


def explained(job: Job, number: int, stage: StageRecord) -> EndRecord:
    """The end after a command that failed; its cause is what the disk, the log or the return code tell."""
    from flowcfd.foam import faults  # many expressions to compile, for a failure only

    last = stage.steps[-1]
    text, full = asking.tail(job.case / last.log, _TEXT), space.full(job.path)
    fault = refused(job, last.command.partition(" ")[0], last.log) if stage.name == "mesh" and last.rc == 0 else None
    fault = fault or faults.cause(last.rc, text.decode("latin-1"), case=job.case)
    why = "no space left on device; free some, then resume" if full else str(fault) or "a fatal error without a word"
    if last.ended_by == "diverging" or fault.kind == "diverged":
        fault, why = _diverged(job, stage, fault, why)
    return EndRecord(
        number,
        "Failed",
        f"{last.command}: {why}",
        time.time(),
        stage.name,
        last.log,
        diverged=fault.kind == "diverged",
        fault=fault.to_json(),
        site=site.fault(fault, text, full=full),
    )


def _diverged(job: Job, stage: StageRecord, fault: Fault, why: str) -> tuple[Fault, str]:
    """The fault and the words for it; times that were written after it began are put under case/diverged/<n>/."""
    from flowcfd.jobs.growth import Growth

    last = stage.steps[-1]
    growth = Growth(job.case / last.log)
    explosion, onset = growth.poll(), growth.onset()
    times = checkpoint.written(job.case, job.cores, stage.begin)
    if onset is not None:
        bad = [time for time in times if float(time) > onset]
        checkpoint.set_aside(job.case, job.cores, bad, folder="diverged")
        times = times[: len(times) - len(bad)]
    if explosion is not None and last.ended_by == "diverging":
        if fault.kind != "diverged":  # it was stopped in time
            from flowcfd.foam import faults

            fault = faults.diverging(asking.tail(job.case / last.log, _TEXT).decode("latin-1"))
        fault = replace(fault, field=explosion.field, time=_seconds(explosion.time))
        fault = replace(fault, message=last.why)
    kept = f"last good fields at {times[-1]}" if times else "no good fields were written after the start"
    if last.ended_by == "diverging":
        return fault, f"{last.why}; {kept}" + (f"; {fault.mend}" if fault.mend else "")
    return fault, f"{why}; {kept}"


def _seconds(time: str) -> float | None:
    return float(time) if time else None


def refused(job: Job, application: str, log: str) -> Fault | None:
    """Why the mesh that checkMesh has just looked at is not to be solved on."""
    if application != "checkMesh" or not (job.case / "system" / "meshExpected").is_file():
        return None
    from flowcfd.foam.faults import meshgate  # for meshes of which it is known what they should be

    return meshgate.refused(job.case, job.case / log)


def spoiled(log: Path) -> bool:
    """Whether a solver that ended with 0 went on with numbers that are none."""
    text = asking.tail(log, _TEXT)
    if b"residual = nan" not in text and b"residual = -nan" not in text and b"residual = inf" not in text:
        return False
    from flowcfd.foam import faults

    return faults.cause(0, text.decode("latin-1")).kind == "diverged"

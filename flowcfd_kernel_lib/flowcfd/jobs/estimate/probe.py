"""The probe: the real case for a few steps, in a folder that is removed again, by the same worker as a real run."""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flowcfd import telling
from flowcfd.errors import CaseError, FlowError, RunError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.log import Step, Tail
from flowcfd.jobs import lock, record, space
from flowcfd.jobs.estimate.told import FEWEST, NoProbe, Probe, told
from flowcfd.jobs.executors.local import PROGRAM
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import Job
from flowcfd.settings import settings

SECONDS = 2.0
"""CPU time [s] behind the first step after which a probe has seen enough."""
LEAST = 12
"""Steps that it does at least, if there is time."""
PATIENCE = 60.0
"""Time [s] that a probe may take with all that comes before the solver."""
_POLL = 0.05
_ENDING = 60.0
_LEFT_BEHIND = 3600.0


def probe(job: Job, files: CaseFiles, *, patience: float = PATIENCE) -> Probe:
    """Compute the first steps of a job on this machine on its cores; NoProbe says why that told nothing.

    The folder lies in the cache under FLOWCFD_HOME; nothing of it is kept, the mesh neither.
    """
    homes = settings().cache / "estimates"
    homes.mkdir(parents=True, exist_ok=True)
    _sweep(homes)
    folder = homes / uuid.uuid4().hex
    try:
        return _probed(_alone(job, folder), files, patience)
    except (OSError, RunError) as error:
        raise NoProbe(f"the probe could not be made: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alone(job: Job, folder: Path) -> Job:
    """The job in the probe's folder: on this machine, without end but its own, and apart from what runs share."""
    return replace(
        job, path=folder, uid=folder.name, executor="local", launcher="", resources={}, until=None, rolling=False,
        walltime=None, retries=0, mesh="", warm={},
    )  # fmt: skip


def _probed(job: Job, files: CaseFiles, patience: float) -> Probe:
    from flowcfd.jobs.submit import prepared

    space.require(job.path.parent, 0)
    job.path.mkdir()
    try:
        prepared(files).write(job.case)
    except CaseError as error:
        raise NoProbe(str(error), broken=True) from error
    record.write_job(job, job.path)
    run = Run(job.path)
    with _worker(job) as worker:
        _watched(run, worker, patience)
    return told(run)


@contextlib.contextmanager
def _worker(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that ends with us: when this process is killed, it gets SIGTERM, and its solver is ended by it."""
    libc = ctypes.CDLL(None)

    def ends_with_parent() -> None:
        libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG

    with (job.path / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", PROGRAM, str(job.path)],
            cwd=job.path,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=ends_with_parent,
        )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            with contextlib.suppress(FlowError, OSError):  # a full disk takes no request: then it is killed
                Run(job.path).cancel()
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(_ENDING)
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def _watched(run: Run, worker: subprocess.Popen[bytes], patience: float) -> None:
    """Wait until the solver has done enough, then have it write its fields and end."""
    begin, who, tail = time.monotonic(), object(), None
    steps: list[Step] = []
    try:
        while worker.poll() is None:
            time.sleep(_POLL)
            if tail is None and (path := run.log(run.record.application)) is not None:
                tail = Tail(path)
            steps += tail.poll() if tail is not None else []
            used = time.monotonic() - begin
            done = _seconds(steps) / SECONDS
            telling.tell(who, _words(run, steps), min(1.0, max(min(done, len(steps) / LEAST), used / patience)))
            if done >= 1.0 and len(steps) >= LEAST:
                break
            if used > patience:
                if len(steps) < FEWEST:
                    raise NoProbe(_late(run, len(steps), patience))
                break
        else:
            return
        run.stop(timeout=None)
        worker.wait(_ENDING)
    except subprocess.TimeoutExpired:
        raise NoProbe(f"the solver did not write its fields within {_ENDING:g} s when it was asked to end") from None
    finally:
        telling.tell(who, "", over=True)


def _late(run: Run, steps: int, patience: float) -> str:
    """Why there are no steps when the time is over."""
    if (worker := record.worker(run.path)) is None or worker.phase == "Queued":
        return f"no core of this machine was free for {patience:g} s"
    last = max((step for stage in run.stages for step in stage.steps), key=lambda step: step.started, default=None)
    name = last.command.split()[0] if last is not None else "the worker"
    if name == run.record.application:
        return f"{name} did {steps} steps in {patience:g} s"
    return f"{name} did not end within {patience:g} s"


def _words(run: Run, steps: list[Step]) -> str:
    if steps:
        return f"probe: {len(steps)} steps"
    stages = run.stages
    return f"probe: {stages[-1].name}" if stages else "probe: waiting for a core"


def _seconds(steps: list[Step]) -> float:
    times = [step.execution_time for step in steps if step.execution_time is not None]
    return times[-1] - times[0] if len(times) > 1 else 0.0


def _sweep(homes: Path) -> None:
    """Remove what a probe left behind whose process was killed."""
    for folder in homes.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND and not lock.taken(folder / "worker.lock"):
                shutil.rmtree(folder, ignore_errors=True)

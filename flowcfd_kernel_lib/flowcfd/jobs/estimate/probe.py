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
from dataclasses import dataclass, replace
from pathlib import Path

from flowcfd import telling
from flowcfd.errors import CaseError, RunError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.log import Step, Tail
from flowcfd.jobs import checkpoint, lock, record, space
from flowcfd.jobs.estimate import mesh
from flowcfd.jobs.executors.local import PROGRAM
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import Job, StageRecord, StepRecord
from flowcfd.settings import settings

SECONDS = 2.0
"""CPU time [s] behind the first step after which a probe has seen enough."""
LEAST = 12
"""Steps that it does at least, if there is time."""
FEWEST = 4
"""Steps without which it tells nothing."""
PATIENCE = 60.0
"""Time [s] that a probe may take with all that comes before the solver."""
_POLL = 0.05
_ENDING = 60.0
_LEFT_BEHIND = 3600.0


class NoProbe(Exception):
    """Why a probe told nothing; `broken` when the case itself fails, so that the run would fail as well."""

    def __init__(self, why: str, *, broken: bool = False) -> None:
        super().__init__(why)
        self.broken = broken


@dataclass(frozen=True)
class Sizes:
    """What a probe left on the disk [byte]: the case with its mesh, one written time, what a step adds."""

    case: int
    time: int
    per_step: float
    per_write: int
    """What function objects write with each written time."""
    total: int


@dataclass(frozen=True)
class Probe:
    """What a few steps on `ranks` MPI ranks told. Times in CPU seconds of all ranks together, memory in [byte]."""

    ranks: int
    cells: int | None
    steps: tuple[Step, ...]
    whole: bool
    """Whether the run came to its end within the probe."""
    before: float
    """What comes before the solver: mesh, start fields, decomposition."""
    division: float
    """The decomposition alone."""
    start: float
    """What the solver does before its first step."""
    per_step: float
    per_write: float
    cpu: float
    """All of the probe."""
    memory: int
    solver_memory: int
    sizes: Sizes

    @property
    def source(self) -> str:
        """In words."""
        if self.whole:
            return f"the whole run, done in the probe ({len(self.steps)} steps)"
        ranks = f" on {self.ranks} ranks" if self.ranks > 1 else ""
        return f"probe of {len(self.steps)} steps{ranks}"


def probe(job: Job, files: CaseFiles, *, patience: float = PATIENCE) -> Probe:
    """Compute the first steps of a job on this machine on its cores; NoProbe says why that told nothing.

    The folder lies in the cache under FLOWCFD_HOME; nothing of it is kept, the mesh neither.
    """
    homes = settings().cache / "estimates"
    homes.mkdir(parents=True, exist_ok=True)
    _sweep(homes)
    folder = homes / uuid.uuid4().hex
    try:
        return _probed(
            replace(
                job,
                path=folder,
                uid=folder.name,
                executor="local",
                launcher="",
                resources={},
                until=None,
                rolling=False,
            ),
            files,
            patience,
        )
    except (OSError, RunError) as error:
        raise NoProbe(f"the probe could not be made: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
        enough = _watched(run, worker, patience)
    return _told(run, enough)


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
            Run(job.path).cancel()
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(_ENDING)
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def _watched(run: Run, worker: subprocess.Popen[bytes], patience: float) -> bool:
    """Wait until the solver has done enough, then have it write its fields and end; whether there was enough."""
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
            return True
        run.stop(timeout=None)
        worker.wait(_ENDING)
    except subprocess.TimeoutExpired:
        raise NoProbe(f"the solver did not write its fields within {_ENDING:g} s when it was asked to end") from None
    finally:
        telling.tell(who, "", over=True)
    return True


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


def _told(run: Run, enough: bool) -> Probe:
    """What the records and the log of the probe say."""
    state, why = run.state, run.why
    if state not in ("Done", "Stopped"):
        raise NoProbe(f"the case fails: {why}" if state == "Failed" else why or state, broken=state == "Failed")
    stages = {stage.name: stage for stage in run.stages}
    solve = stages.get("solve")
    last = next((step for step in reversed(solve.steps) if _is(step, run)), None) if solve is not None else None
    steps = _steps(run) if last is not None else []
    if solve is None or last is None or (len(steps) < FEWEST and state != "Done"):
        raise NoProbe(f"{run.record.application} writes no ExecutionTime for its steps into its log")
    first, per_step, per_write = _costs(steps, written := _written(run, solve))
    scale = last.cpu / steps[-1].execution_time if steps and steps[-1].execution_time else 1.0
    return Probe(
        ranks=run.cores,
        cells=mesh.cells(run.case),
        steps=tuple(steps),
        whole=state == "Done",
        before=sum(stage.cpu for name, stage in stages.items() if name in ("mesh", "decompose"))
        + sum(step.cpu for step in solve.steps if step is not last),
        division=stages["decompose"].cpu if "decompose" in stages else 0.0,
        start=first * scale,
        per_step=per_step * scale,
        per_write=per_write * scale,
        cpu=sum(stage.cpu for stage in stages.values()),
        memory=max(stage.memory for stage in stages.values()),
        solver_memory=last.memory,
        sizes=_sizes(run, written, len(steps)),
    )


def _is(step: StepRecord, run: Run) -> bool:
    return step.command.split()[0] == run.record.application


def _steps(run: Run) -> list[Step]:
    path = run.log(run.record.application)
    return [] if path is None else [step for step in Tail(path).poll() if step.execution_time is not None]


def _written(run: Run, solve: StageRecord) -> list[str]:
    return checkpoint.written(run.case, run.cores, solve.begin)


def _costs(steps: list[Step], written: list[str]) -> tuple[float, float, float]:
    """CPU time [s] of one rank before the first step, for a step, and for writing the fields once.

    The last step of a probe writes the fields; those that were written on the way are taken off the rest.
    """
    times = [step.execution_time or 0.0 for step in steps]
    if len(times) < FEWEST:
        total = times[-1] if times else 0.0
        return total, 0.0, 0.0
    inner = (times[-2] - times[0]) / (len(times) - 2)
    write = max(0.0, times[-1] - times[-2] - inner)
    between = max(0, len(written) - 1)
    each = max(0.2 * inner, inner - write * between / (len(times) - 2)) if between else inner
    return max(0.0, times[0] - each), each, write


def _sizes(run: Run, written: list[str], steps: int) -> Sizes:
    case, roots = run.case, checkpoint.roots(run.case, run.cores)
    times = [sum(space.used(root / name) for root in roots) for name in written]
    logs = sum(path.stat().st_size for path in case.glob(f"log.{run.record.application}*"))
    post = case / "postProcessing"
    by_write = [folder for folder in post.glob("*/*") if written and folder.name in written and folder.is_dir()]
    seldom = sum(space.used(folder) for folder in by_write)
    often = (space.used(post) if post.is_dir() else 0) - seldom
    total = space.used(case)
    return Sizes(
        case=max(0, total - sum(times) - logs - often - seldom),
        time=times[-1] if times else 0,
        per_step=(logs + _apparent(post, by_write)) / max(1, steps),
        per_write=seldom // max(1, len(written)),
        total=total,
    )


def _apparent(post: Path, without: list[Path]) -> int:
    return sum(
        path.stat().st_size for path in post.rglob("*") if path.is_file() and not set(path.parents) & set(without)
    )


def _sweep(homes: Path) -> None:
    """Remove what a probe left behind whose process was killed."""
    for folder in homes.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND and not lock.taken(folder / "worker.lock"):
                shutil.rmtree(folder, ignore_errors=True)

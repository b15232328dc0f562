"""A run on a real Slurm against a bare sbatch of the same commands; what is asked to know the state of 500 runs."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flowcfd import jobs
from flowcfd.bench.home import home
from flowcfd.bench.row import Row
from flowcfd.cluster import private, profile
from flowcfd.cluster.private import Private
from flowcfd.errors import SiteError
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import record
from flowcfd.jobs.executors import executors
from flowcfd.jobs.executors.slurm import Slurm
from flowcfd.jobs.handle import Run

GOAL = 0.3
"""The most that a run may come later to its solver's first line than a bare job [s]."""
STATUS_GOAL, RUNS = 0.5, 500
"""The longest time [s] in which the state of so many live runs is known, by one call of squeue."""
PATIENCE = 120.0

_BEGUN = "date +%s.%N > begun"
_NAME = "bench"


def run(*, quick: bool = False) -> list[Row]:
    """Times [s]: the call that submits, the way from the job's beginning to the solver's, the state of many runs.

    How long a job waits for the scheduler is its own business and by far the largest part, so it is left out: the
    script's first line says when the job began.
    """
    with home() as folder, _slurm() as cluster:
        known = profile.Profile(conf=cluster.conf, shared_cores=True, setup=(_BEGUN,))
        profile.write(_NAME, known)
        bench = _Bench(folder, cluster, _case())
        (bench.ours(), bench.bare())  # the first of each reads what later ones find in memory
        pairs = [(bench.ours(), bench.bare()) for _ in range(3 if quick else 10)]
        return [*_rows([ours for ours, _ in pairs], [bare for _, bare in pairs]), *_status(cluster, bench.files)]


@dataclass(frozen=True, slots=True)
class _Times:
    """Of one job [s]: its submission, the wait in the queue, the way from its first line to the solver's."""

    call: float
    queue: float
    way: float


class _Bench:
    """The same case for both, one after the other on an empty cluster."""

    def __init__(self, folder: Path, cluster: Private, files: CaseFiles) -> None:
        self.folder, self.cluster, self.files = folder, cluster, files
        self.environment = {**install.find().environment(case=folder, shared=True), **cluster.environment}
        self._number = itertools.count()

    def ours(self) -> _Times:
        """`fc.run` of the files."""
        begin = time.time()
        made = jobs.run(self.files, on=_NAME, name=f"run{next(self._number)}")
        times = self._times(begin, made.path, made.case)
        made.wait(PATIENCE)
        made.check()
        self._empty()
        return times

    def bare(self) -> _Times:
        """What a person submits who has the case on the disk already."""
        case = self.folder / f"case{next(self._number)}"
        self.files.write(case)
        script = case / "job.sh"
        script.write_text(
            f"#!/bin/sh\n#SBATCH -n 1 -D {case} -o {case}/job.log\n{_BEGUN}\n"
            f"export {shlex.quote('PWD=' + str(case))}\nblockMesh > log.blockMesh && icoFoam > log.icoFoam\n"
        )
        begin = time.time()
        environment = {**self.environment, "PWD": str(case)}
        subprocess.run(["sbatch", "--parsable", script], env=environment, check=True, stdout=subprocess.DEVNULL)
        times = self._times(begin, case, case)
        self._empty()
        return times

    def _times(self, begin: float, folder: Path, case: Path) -> _Times:
        called = time.time()
        log = case / "log.icoFoam"
        _until(lambda: log.exists() and log.stat().st_size > 0)
        first = time.time()
        begun = float((folder / "begun").read_text())
        return _Times(called - begin, begun - called, first - begun)

    def _empty(self) -> None:
        _until(lambda: not self.cluster.ask("squeue", "-h"))


def _rows(ours: Sequence[_Times], bare: Sequence[_Times]) -> Iterator[Row]:
    """The medians; the difference in all that is not the scheduler's is the goal's."""
    over = [mine.call + mine.way - its.call - its.way for mine, its in zip(ours, bare, strict=True)]
    for name, what in (("the call that submits", "call"), ("from the job's first line to the solver's", "way")):
        mine, its = (statistics.median(getattr(each, what) for each in these) for these in (ours, bare))
        yield Row(name=name, ours=mine, unit="s", peer_name="sbatch", peer=its, note=f"{mine - its:+.3f} s")
    waits = statistics.median(each.queue for each in (*ours, *bare))
    yield Row(
        name="submission to the solver's first line, over sbatch",
        ours=statistics.median(over),
        unit="s",
        goal=GOAL,
        absolute=True,
        note=f"without the wait in the queue, {waits:.1f} s for both; {min(over):.3f} to {max(over):.3f} s",
    )


def _status(cluster: Private, files: CaseFiles) -> Iterator[Row]:
    """The state of runs that wait in the queue, as one array, and how often Slurm was asked for it."""
    executor = executors.get(_NAME)
    assert isinstance(executor, Slurm)
    runs = _copies(jobs.run(files, on=_NAME, name="waiting", start=False))
    for node in cluster.names:
        cluster.ask("scontrol", "update", f"NodeName={node}", "State=DRAIN", "Reason=bench")
    begin = time.perf_counter()
    executor.start_many([each.record for each in runs])
    submitted = time.perf_counter() - begin
    calls = _counted(executor)
    took = []
    for _ in range(5):
        executor.queue.forget()
        calls.clear()
        begin = time.perf_counter()
        states = {status.state for status in jobs.statuses(runs)}
        took.append(time.perf_counter() - begin)
        assert states == {"Queued"}, states
    cluster.ask("scancel", "--full", "-u", str(os.getuid()))
    note = f"submitted in {submitted:.2f} s, as one array"
    name = f"the state of {len(runs)} runs in the queue"
    yield Row(name=name, ours=statistics.median(took), unit="s", goal=STATUS_GOAL, absolute=True, note=note)
    yield Row(
        name="calls of Slurm for that", ours=len(calls), unit="calls", goal=1, absolute=True, note=", ".join(calls)
    )


def _copies(first: Run) -> list[Run]:
    """Runs as if so many cases had been submitted, made by copies of one directory."""
    made = [first]
    for number in range(1, RUNS):
        path = first.path.with_name(f"waiting{number}-{first.record.digest[:12]}")
        shutil.copytree(first.path, path)
        record.write_job(replace(first.record, uid=uuid.uuid4().hex, name=f"waiting{number}"), path)
        made.append(Run(path))
    return made


def _counted(executor: Slurm) -> list[str]:
    """The programs of Slurm that the executor calls from now on."""
    called: list[str] = []
    answer = executor.client.answer

    def counting(words: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
        called.append(words[0])
        return answer(words, **options)  # type: ignore[arg-type]

    executor.client.answer = counting  # type: ignore[method-assign]
    return called


@contextmanager
def _slurm() -> Iterator[Private]:
    with tempfile.TemporaryDirectory() as folder:
        cluster = private.up(Path(folder) / "slurm", nodes=3, cores=2)
        try:
            yield cluster
        finally:
            private.down(cluster.folder)


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise SiteError(f"the private Slurm did not get a job done in {PATIENCE:g} s")
        time.sleep(0.003)


def _case() -> CaseFiles:
    """The cavity tutorial, 20 steps."""
    examples = install.find().examples
    if examples is None:
        raise SiteError("OpenFOAM's tutorials are not installed; install them: apt-get install openfoam-examples")
    return adopt(examples / "incompressible/icoFoam/cavity/cavity").edit("system/controlDict", endTime=0.1)

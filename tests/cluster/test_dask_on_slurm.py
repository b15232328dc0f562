"""A pool of Dask whose pilots are jobs of a real Slurm: what becomes of runs when a pilot ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.cluster import private
from flowcfd.cluster.pool import Pool
from flowcfd.cluster.private import Private
from flowcfd.cluster.profile import write
from flowcfd.cluster.resources import Resources
from flowcfd.errors import CaseError, SiteError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import process
from flowcfd.jobs.executors.dask.handle import DaskPool
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

pytestmark = pytest.mark.cluster

Until = Callable[..., None]
LONG = 90.0
ENDS = count(1000)
OPTIONS = {"OMPI_MCA_btl": "self,tcp"}


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Private]:
    try:
        private.programs()
    except SiteError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("slurm")
    yield private.up(folder, nodes=2, cores=2)
    assert private.down(folder)


@pytest.fixture(scope="module")
def place(slurm: Private, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the pool `pilots`: at most two jobs of two cores."""
    folder = tmp_path_factory.mktemp("pilots")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder))
        settings.cache_clear()
        write("pilots", Pool(cluster="slurm", conf=slurm.conf, cores=2, pilots=2, interface="lo", shared_cores=True,
                             grace=20.0, environment=OPTIONS))  # fmt: skip
        yield folder
        assert DaskPool("pilots").down()
        deadline = time.monotonic() + LONG
        while jobs_of(slurm):
            assert time.monotonic() < deadline, "its pilots are still there"
            time.sleep(0.1)
    settings.cache_clear()


@pytest.fixture
def pilots(place: Path) -> Iterator[DaskPool]:
    made = DaskPool("pilots")
    yield made
    for run in made.runs():
        run.cancel()


@pytest.fixture
def endless(slow_cavity: Callable[..., CaseFiles]) -> Callable[[], CaseFiles]:
    def build() -> CaseFiles:
        return slow_cavity(steps=10**6, write=20).edit("system/controlDict", endTime=next(ENDS))

    return build


def call(cluster: Private, *words: str) -> str:
    done = subprocess.run(
        words, env={**os.environ, **cluster.environment}, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip()


def jobs_of(cluster: Private) -> list[str]:
    return call(cluster, "squeue", "-h", "-o", "%i").split()


def busy(run: Run) -> bool:
    return run.state == "Running" and (run.progress().time or 0.0) > 0.0


def attempts(run: Run) -> int:
    return (run.path / "events.jsonl").read_text().count('"event": "attempt"')


def logs(run: Run) -> list[Path]:
    return sorted(run.case.glob("log.icoFoam*"), key=lambda path: (len(path.name), path.name))


def steps(run: Run) -> list[float]:
    """The times that the solver has computed to their end, over all its logs."""
    found = []
    for log in logs(run):
        time = 0.0
        for line in log.read_text().splitlines():
            if line.startswith("Time = "):
                time = float(line.split()[-1])
            elif line.startswith("ExecutionTime"):
                found.append(time)
    return found


def test_runs_of_several_ranks_share_pilots_and_calls_are_made_there(
    slurm: Private, pilots: DaskPool, cavity: Callable[..., CaseFiles], until: Until
) -> None:
    runs = [jobs.run(cavity(steps=80 + number), on="pilots", cores=1 + number % 2) for number in range(6)]
    until(lambda: runs[0].state == "Running" or "pilot, Slurm job" in runs[0].why or runs[0].state == "Done", LONG)
    for run in runs:
        assert run.wait(LONG) == "Done", run.why
    assert all(attempts(run) == 1 for run in runs)
    assert 1 <= len(jobs_of(slurm)) <= 2
    assert pilots.map(lambda number: 2 * number, range(4)) == [0, 2, 4, 6]
    asked = call(slurm, "scontrol", "show", "job", jobs_of(slurm)[0])
    assert "NumNodes=1 NumCPUs=2 NumTasks=2 CPUs/Task=1" in asked, "mpirun sees two slots"
    assert str(pilots.place.folder / "key.pem") not in repr(pilots)


def test_what_its_pilots_end_interrupts_goes_on_in_the_next_one_so_often_and_is_stopped_then(
    slurm: Private, pilots: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    # Large steps: two ranks that heed the signal at different steps wait for each other until they are ended.
    large = endless().edit("system/controlDict", deltaT=0.0005)
    mesh = large.text("system/blockMeshDict").replace("(60 60 1)", "(120 120 1)")
    run = jobs.run(
        large.with_files({"system/blockMeshDict": mesh}), on="pilots", cores=2, resources={"max_restarts": 1}
    )
    until(lambda: busy(run), LONG)
    for job in jobs_of(slurm):
        call(slurm, "scancel", "--batch", "--signal=USR1", job)  # what Slurm does `grace` before the end
    until(lambda: len(logs(run)) == 2 and busy(run), LONG)
    assert attempts(run) == 2
    for job in jobs_of(slurm):
        call(slurm, "scancel", "--batch", "--signal=USR1", job)
    until(lambda: run.state == "Stopped", LONG)
    assert run.why == "the walltime is over"
    assert sorted(set(steps(run))) == steps(run), "no step was computed twice"
    last = max(float(path.name) for path in (run.case / "processor0").iterdir() if path.name[0].isdigit())
    assert last == steps(run)[-1], "its fields are written"
    until(lambda: not pilots.place.tickets(), LONG)
    assert run.resume().state in ("Queued", "Running")
    until(lambda: len(logs(run)) == 3 and busy(run), LONG)
    assert run.cancel().state == "Cancelled"
    assert process.marked(run.record.uid) == []


def test_a_pilot_that_is_killed_is_replaced_and_its_run_goes_on(
    slurm: Private, pilots: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="pilots")
    until(lambda: busy(run) and (run.case / "0.02").is_dir(), LONG)
    with pilots.client() as client:
        pids = list(client.run(os.getpid).values())
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(logs(run)) == 2 and busy(run), LONG)
    assert steps(run).count(0.001) == 1, "not from the beginning"
    assert attempts(run) == 2
    assert run.cancel().state == "Cancelled"


def test_a_scheduler_that_is_killed_leaves_the_run_to_its_pilot(
    slurm: Private, pilots: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="pilots")
    until(lambda: busy(run), LONG)
    pid = pilots.status.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not pilots.place.kept)
    reached = steps(run)[-1]
    until(lambda: steps(run)[-1] > reached + 0.05, LONG)
    assert run.state == "Running"
    pilots.up()
    until(lambda: pilots.status.computing == 1, LONG)
    assert run.stop().state == "Stopped"
    assert attempts(run) == 1
    until(lambda: not pilots.place.tickets(), LONG)


def test_a_pilot_that_is_cancelled_from_outside_leaves_a_run_that_can_go_on(
    slurm: Private, pilots: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="pilots", resources={"max_restarts": 0})
    until(lambda: busy(run) and (run.case / "0.02").is_dir(), LONG)
    for job in jobs_of(slurm):
        call(slurm, "scancel", job)
    until(lambda: run.state in ("Stopped", "Lost"), LONG)
    assert run.why
    until(lambda: not pilots.place.tickets(), LONG)
    assert run.resume().state in ("Queued", "Running")
    until(lambda: len(logs(run)) == 2 and busy(run), LONG)
    assert steps(run).count(0.001) == 1
    assert run.cancel().state == "Cancelled"


def test_what_slurm_would_never_give_a_pilot_is_refused(
    slurm: Private, place: Path, cavity: Callable[..., CaseFiles]
) -> None:
    write("wrong", Pool(cluster="slurm", conf=slurm.conf, cores=2, resources=Resources(partition="shrot")))
    write("large", Pool(cluster="slurm", conf=slurm.conf, cores=64))
    before = sorted(place.glob("runs/*"))
    for name, says in (("wrong", "did you mean 'short'"), ("large", "2 nodes of 2 cores")):
        with pytest.raises(CaseError, match=says):
            jobs.run(cavity(steps=7), on=name)
    assert sorted(place.glob("runs/*")) == before
    script = jobs.preview(cavity(steps=7), on="pilots", cores=2)
    for part in ("--ntasks=2", "--nodes=1", "--signal=B:USR1@20", "flowcfd.jobs.worker --allocated"):
        assert part in script

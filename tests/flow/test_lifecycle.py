"""What becomes of runs over their life, with real OpenFOAM: time limits, tries again, priorities, many at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import Runs, checkpoint, record
from flowcfd.jobs.handle import Run
from flowcfd.jobs.slots import Slots
from flowcfd.jobs.status import status
from flowcfd.settings import settings

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]
Until = Callable[..., None]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long enough between two tries for a test to put the site right."""
    monkeypatch.setenv("FLOWCFD_RETRY_AFTER", "1")


@pytest.fixture
def one_core() -> Iterator[None]:
    """This process and all it starts see one core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture
def mpirun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only mpirun on the PATH, which can be taken away: a link, beside all other programs of the machine."""
    real = shutil.which("mpirun")
    assert real is not None
    programs, alone = tmp_path / "bin", tmp_path / "mpi" / "mpirun"
    programs.mkdir()
    alone.parent.mkdir()
    for folder in dict.fromkeys(Path(folder).resolve() for folder in os.environ["PATH"].split(":")):
        for program in folder.iterdir() if folder.is_dir() else ():
            if program.name not in ("mpirun", "mpiexec", "orterun") and not (programs / program.name).is_symlink():
                (programs / program.name).symlink_to(program)
    alone.symlink_to(real)
    monkeypatch.setenv("PATH", f"{programs}:{alone.parent}")
    return alone


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A FLOWCFD_HOME on a file system of 48 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    monkeypatch.setenv("FLOWCFD_HOME", str(folder))
    monkeypatch.setenv("FLOWCFD_SHARED_CORES", "1")
    settings.cache_clear()
    yield folder
    settings.cache_clear()
    subprocess.run(["umount", "-l", folder], check=True)


def solving(run: Run) -> bool:
    return run.progress().iteration > 5


def latest(run: Run) -> float:
    return float(checkpoint.times(run.case)[-1])


def told(run: Run, event: str) -> int:
    return (run.path / "events.jsonl").read_text().count(f'"event": "{event}"')


def tries_again(run: Run) -> bool:
    assert run.state != "Failed", run.why
    return run.why.startswith("tries again in ")


def test_a_run_whose_walltime_is_over_has_written_its_fields_and_goes_on_when_it_is_resumed(
    home: Path, slow_cavity: Build
) -> None:
    run = jobs.run(slow_cavity(steps=100_000, write=100_000), walltime="2 s")
    assert run.wait(60) == "Stopped" and run.why == "the walltime (2 s) is over"
    assert json.loads((run.path / "job.json").read_text())["walltime"] == 2.0
    first = latest(run)
    assert first > 0
    assert run.resume().wait(60) == "Stopped" and latest(run) > first


def test_more_turns_are_taken_where_they_are_allowed(home: Path, slow_cavity: Build) -> None:
    allowed = {"walltime": "1 s", "max_restarts": 2}
    run = jobs.run(slow_cavity(steps=100_000, write=100_000), resources=allowed)
    assert run.wait(60) == "Stopped" and run.why == "the walltime (1 s) is over"
    assert told(run, "time is over") == 2 and told(run, "attempt") == 1


def test_every_run_has_a_day_unless_it_is_told_otherwise(home: Path, cavity: Build) -> None:
    assert jobs.run(cavity(steps=20)).record.walltime == 24 * 3600.0
    assert jobs.run(cavity(steps=40), walltime=None).record.walltime is None
    assert jobs.run(cavity(steps=60), resources={"walltime": "none"}).record.walltime is None
    assert all(row.ok for row in Runs(jobs.runs()).wait(60))


def test_a_full_disk_is_waited_out(small_disk: Path, patient: None, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(write=5))
    until(lambda: len(checkpoint.times(run.case)) > 2)
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    until(lambda: tries_again(run))
    assert run.state == "Queued" and "no space left on device" in run.why
    ballast.unlink()
    assert run.wait(90) == "Done", run.why
    assert latest(run) == 0.4 and status(run).tries > 1 and told(run, "attempt") == 1


def test_an_mpirun_that_is_gone_is_waited_for_until_it_is_back(
    home: Path, patient: None, mpirun: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(steps=160), cores=2)
    until(lambda: solving(run))
    run.pause()
    real = mpirun.readlink()
    mpirun.unlink()
    run.resume()
    until(lambda: tries_again(run))
    assert "mpirun" in run.why
    mpirun.symlink_to(real)
    assert run.wait(90) == "Done", run.why
    assert latest(run) == 0.16 and told(run, "again") >= 1


def test_a_run_that_waits_for_its_next_try_can_be_cancelled_and_one_without_retries_fails_at_once(
    home: Path, patient: None, mpirun: Path, slow_cavity: Build, until: Until
) -> None:
    waits, fails = (jobs.run(slow_cavity(steps), cores=2, retries=n) for steps, n in ((400, 9), (401, 0)))
    until(lambda: solving(waits))
    waits.pause()
    until(lambda: solving(fails))
    fails.pause()
    mpirun.unlink()
    waits.resume()
    until(lambda: tries_again(waits))
    assert waits.cancel().state == "Cancelled"
    assert fails.resume().wait(60) == "Failed" and "mpirun" in fails.why and told(fails, "again") == 0


def test_a_wrong_case_is_not_tried_again_and_is_among_the_dead_until_it_is_mended(home: Path, cavity: Build) -> None:
    schemes = cavity().text("system/fvSchemes").replace("div(phi,U)", "div(phi,V)")
    wrong = jobs.run(cavity().with_files({"system/fvSchemes": schemes}), wait=True)
    assert wrong.state == "Failed" and told(wrong, "again") == 0
    (dead,) = Runs(jobs.runs()).select(dead=True).statuses()
    assert (dead.run, dead.tries) == (wrong.path.name, 1) and "div(phi,U)" in dead.why
    mended = wrong.case / "system/fvSchemes"
    mended.write_text(mended.read_text().replace("div(phi,V)", "div(phi,U)"))
    assert Runs([wrong]).retry().ok and wrong.wait(60) == "Done"
    assert len(Runs(jobs.runs()).select(dead=True)) == 0


def test_a_solver_that_is_killed_is_not_tried_again(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity())
    until(lambda: solving(run))
    step = record.stage(run.path, "solve").steps[-1]  # type: ignore[union-attr]
    assert step.identity is not None
    os.kill(step.identity.pid, signal.SIGKILL)
    assert run.wait(60) == "Failed" and told(run, "again") == 0


@pytest.mark.parametrize("first", [signal.SIGUSR1, signal.SIGTERM], ids=["time is over", "cancelled"])
def test_a_run_whose_solver_the_scheduler_ends_with_it_is_stopped_and_goes_on(
    home: Path, slow_cavity: Build, until: Until, first: signal.Signals
) -> None:
    """A scheduler signals all processes of a job in any order: the solver may be gone before it was asked to write."""
    run = jobs.run(slow_cavity(steps=10_000, write=20))
    until(lambda: solving(run) and (run.case / "0.02").is_dir())
    solver = record.stage(run.path, "solve").steps[-1].identity  # type: ignore[union-attr]
    worker = record.worker(run.path)
    assert solver is not None and worker is not None
    os.kill(solver.pid, signal.SIGSTOP)  # so it dies of what comes second, before it can obey the first
    os.kill(worker.identity.pid, first)
    os.kill(solver.pid, signal.SIGTERM)
    os.kill(solver.pid, signal.SIGCONT)
    assert run.wait(60) == "Stopped", run.why
    assert "since the last write are lost" in run.why
    assert run.resume().state in ("Queued", "Running")
    assert run.cancel().state == "Cancelled"


def test_who_waits_with_a_greater_priority_begins_first(
    home: Path, one_core: None, slow_cavity: Build, until: Until
) -> None:
    first = jobs.run(slow_cavity(steps=100_000))
    until(lambda: solving(first))
    early, late = jobs.run(slow_cavity(steps=20)), jobs.run(slow_cavity(steps=21))
    assert {early.state, late.state} == {"Queued"}
    late.priority(5)
    assert status(late).priority == 5
    queue = Slots(home, 1).folder / "waiting"
    until(lambda: min(ticket.name for ticket in queue.iterdir()).startswith("00995-"))
    first.cancel()
    assert early.wait(60) == late.wait(60) == "Done"
    begun = [record.stage(run.path, "solve").started for run in (late, early)]  # type: ignore[union-attr]
    assert begun == sorted(begun)


def test_a_paused_run_leaves_the_queue_and_is_resumed_into_it(
    home: Path, one_core: None, slow_cavity: Build, until: Until
) -> None:
    first, held = jobs.run(slow_cavity(steps=100_000)), jobs.run(slow_cavity(steps=20))
    assert held.pause().state == "Paused"
    first.cancel()
    assert held.state == "Paused"
    assert held.resume().wait(60) == "Done"


def test_many_are_told_at_once_and_one_that_refuses_stops_nobody(
    home: Path, cavity: Build, slow_cavity: Build, until: Until
) -> None:
    done = jobs.run(cavity(steps=20), wait=True)
    active = [jobs.run(slow_cavity(steps=5000 + n)) for n in range(2)]
    until(lambda: all(solving(run) for run in active))
    runs = Runs([done, *active])
    assert [one.state for one in runs.statuses()] == ["Done", "Running", "Running"]
    outcome = runs.pause()
    assert [(row.ok, row.state) for row in outcome] == [(False, "Done"), (True, "Paused"), (True, "Paused")]
    assert not outcome.ok and "nothing to end" in str(outcome.refused[0])
    assert [run.path for run in runs.select(state="Paused")] == [run.path for run in active]
    assert runs.select(state="Paused").resume().ok
    assert {one.state for one in runs.statuses()[1:]} <= {"Queued", "Running"}
    assert runs.select(name="cav*", state=("Queued", "Running")).cancel().ok
    assert [one.state for one in runs.statuses()] == ["Done", "Cancelled", "Cancelled"]


def test_a_run_that_was_lost_with_its_worker_is_tended(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(steps=150))
    until(lambda: solving(run))
    worker = record.worker(run.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)
    until(lambda: run.state == "Lost")
    assert status(run).dead
    (row,) = Runs([run]).tend()
    assert row.ok and run.wait(90) == "Done"
    assert len(Runs([run]).tend()) == 0

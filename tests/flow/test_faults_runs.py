"""Runs to which something happens: killed callers, workers, ranks and solvers, full disks, removed files, no power."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.errors import Lost, NotEnoughSpace, StageFailed
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import checkpoint, process, record, space
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]
Until = Callable[..., None]

SUBMIT = """
import sys, time
from flowcfd import jobs
run = jobs.run(sys.argv[1], cores=int(sys.argv[2]))
print(run.path, flush=True)
time.sleep(float(sys.argv[3]))
"""


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


def times(run: Run) -> list[str]:
    return checkpoint.times(checkpoint.roots(run.case, run.cores)[0])


def has_written(run: Run) -> bool:
    return len(times(run)) > 2


def solvers(run: Run) -> list[int]:
    """The pids of the solver's processes, without mpirun."""
    found = []
    for pid in process.marked(run.record.uid):
        with contextlib.suppress(OSError):  # it may end meanwhile
            if "icoFoam" in Path(f"/proc/{pid}/comm").read_text():
                found.append(pid)
    return found


def worker(run: Run) -> int:
    known = record.worker(run.path)
    assert known is not None
    return known.identity.pid


def attempts(run: Run) -> int:
    return (run.path / "events.jsonl").read_text().count('"attempt", ')


def finishes(run: Run, before: list[str]) -> None:
    """The resumed run comes to its end, and every time that was written whole is still there."""
    assert run.wait(90) == "Done", run.why
    assert times(run)[-1] == "0.4"
    assert set(before[:-1]) <= set(times(run))
    assert "End" in run.tail()
    assert (run.case / "0.4" / "U").is_file()


@pytest.mark.parametrize("cores", [1, 2])
def test_a_killed_caller_does_not_end_its_run(
    home: Path, tmp_path: Path, slow_cavity: Build, until: Until, cores: int
) -> None:
    case = tmp_path / "cavity"
    slow_cavity(steps=100).write(case)
    caller = subprocess.Popen([sys.executable, "-c", SUBMIT, case, str(cores), "60"], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    run = jobs.open(Path(caller.stdout.readline().strip()))
    until(lambda: run.state == "Running")
    caller.kill()
    caller.wait()
    caller.stdout.close()
    assert run.wait(90) == "Done", run.why


def test_two_submits_at_once_start_one_job(home: Path, tmp_path: Path, cavity: Build) -> None:
    case = tmp_path / "cavity"
    cavity().write(case)
    command = [sys.executable, "-c", SUBMIT, str(case), "1", "0"]
    callers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    paths = {caller.communicate()[0].strip() for caller in callers}
    assert len(paths) == 1 and "" not in paths
    run = jobs.open(Path(paths.pop()))
    assert run.wait(60) == "Done"
    assert attempts(run) == 1 and len(jobs.runs()) == 1
    assert list((home / "runs").iterdir()) == [run.path]


@pytest.mark.parametrize("cores", [1, 2])
def test_a_killed_worker_leaves_a_lost_run_whose_solver_is_asked_to_write_and_taken_over(
    home: Path, slow_cavity: Build, until: Until, cores: int
) -> None:
    run = jobs.run(slow_cavity(), cores=cores)
    until(lambda: has_written(run))
    os.kill(worker(run), signal.SIGKILL)
    until(lambda: run.state == "Lost")
    assert solvers(run) and "still computes" in run.why
    with pytest.raises(Lost):
        run.check()
    before = times(run)
    run.resume()
    finishes(run, [*before, "0.4"])
    asked = "sigStopAtWriteNow : setting up" if cores == 1 else "Re-reading object controlDict"
    assert asked in (run.case / "log.icoFoam").read_text()
    begin = (run.case / "log.icoFoam.2").read_text()
    assert "\nTime = 0.001\n" not in begin


def test_a_killed_rank_fails_the_stage_with_its_cause_and_the_run_goes_on(
    home: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(), cores=2)
    until(lambda: has_written(run))
    os.kill(solvers(run)[1], signal.SIGKILL)
    assert run.wait(60) == "Failed"
    with pytest.raises(StageFailed, match=r"stage 'solve' failed: icoFoam: .*signal 9") as failure:
        run.check()
    assert failure.value.tail and failure.value.log == run.case / "log.icoFoam"
    before = times(run)
    run.resume()
    finishes(run, before)


def test_a_killed_solver_fails_the_stage_with_its_cause_and_the_run_goes_on(
    home: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity())
    until(lambda: has_written(run))
    os.kill(solvers(run)[0], signal.SIGKILL)
    assert run.wait(60) == "Failed"
    with pytest.raises(StageFailed, match=r"signal 9 \(SIGKILL\)"):
        run.check()
    before = times(run)
    run.resume()
    finishes(run, before)


@pytest.mark.parametrize("cores", [1, 2])
def test_the_power_button_loses_nothing_that_was_written(
    home: Path, slow_cavity: Build, until: Until, cores: int
) -> None:
    run = jobs.run(slow_cavity(), cores=cores)
    until(lambda: has_written(run))
    for pid in [worker(run), *process.marked(run.record.uid)]:
        os.kill(pid, signal.SIGKILL)
    until(lambda: run.state == "Lost" and not process.marked(run.record.uid))
    assert run.why.endswith("did not say why")
    before = times(run)
    run.resume()
    finishes(run, before)


def test_a_truncated_time_is_put_aside_and_the_one_before_is_taken(
    home: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(), cores=2)
    until(lambda: len(times(run)) > 3)
    for pid in [worker(run), *process.marked(run.record.uid)]:
        os.kill(pid, signal.SIGKILL)
    until(lambda: run.state == "Lost" and not process.marked(run.record.uid))
    last = checkpoint.written(run.case, 2, ["0"])[-1]
    shutil.copytree(run.case / "processor0" / last, run.case / "processor1" / last, dirs_exist_ok=True)
    field = run.case / "processor1" / last / "U"
    content = field.read_bytes()
    field.write_bytes(content[: len(content) // 2])
    run.resume()
    assert run.wait(90) == "Done", run.why
    assert (run.case / "incomplete/1/processor1" / last / "U").stat().st_size == len(content) // 2


def test_a_full_disk_is_named_and_the_run_goes_on_when_there_is_space(
    small_disk: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(write=5))
    until(lambda: has_written(run))
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    assert run.wait(60) == "Failed"
    with pytest.raises(StageFailed, match="no space left on device"):
        run.check()
    with pytest.raises(NotEnoughSpace, match="MB are free"):
        run.resume()
    ballast.unlink()
    before = times(run)
    run.resume()
    finishes(run, before)


def test_no_run_begins_on_a_disk_that_is_nearly_full(
    small_disk: Path, slow_cavity: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "LEAST", 10**9)
    with pytest.raises(NotEnoughSpace) as refusal:
        jobs.run(slow_cavity())
    assert refusal.value.exit_code == 3
    assert list((small_disk / "runs").iterdir()) == []


def test_a_removed_file_fails_the_stage_and_names_it(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity())
    until(lambda: has_written(run))
    run.stop()
    schemes = (run.case / "system/fvSchemes").read_bytes()
    (run.case / "system/fvSchemes").unlink()
    assert run.resume().wait(60) == "Failed"
    with pytest.raises(StageFailed, match="fvSchemes"):
        run.check()
    (run.case / "system/fvSchemes").write_bytes(schemes)
    before = times(run)
    run.resume()
    finishes(run, before)


def test_a_run_written_but_never_started_is_said_so_and_the_next_call_starts_it_once(
    home: Path, slow_cavity: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(job: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(executors.get("local"), "start", crash)
        with pytest.raises(Crash):
            jobs.run(slow_cavity(steps=50))
    (run,) = jobs.runs()
    assert (run.state, run.why) == ("Lost", "it was written but never started")
    assert jobs.run(slow_cavity(steps=50)).path == run.path
    assert run.wait(60) == "Done" and attempts(run) == 1


def test_a_second_worker_leaves_at_once(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity())
    until(lambda: run.state == "Running")
    second = subprocess.run([sys.executable, "-m", "flowcfd.jobs.worker", run.path], check=False, timeout=30)
    assert second.returncode == 75
    assert attempts(run) == 1
    run.cancel()


def test_a_hung_worker_can_be_cancelled(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(steps=5000))
    until(lambda: has_written(run))
    os.kill(worker(run), signal.SIGSTOP)
    assert run.cancel(timeout=1.0).state == "Cancelled"
    assert process.marked(run.record.uid) == []


def test_a_terminated_worker_stops_its_solver_with_fields_written(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(steps=5000, write=5000))
    until(lambda: run.progress().iteration > 5)
    os.kill(worker(run), signal.SIGTERM)
    assert run.wait(60) == "Stopped"
    assert run.why == "stop asked by SIGTERM" and len(times(run)) == 2


def test_a_killed_mpirun_leaves_no_ranks_and_the_run_goes_on(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(), cores=2)
    until(lambda: has_written(run))
    (mpirun,) = set(process.marked(run.record.uid)) - set(solvers(run))
    os.kill(mpirun, signal.SIGKILL)
    assert run.wait(60) == "Failed" and process.marked(run.record.uid) == []
    before = times(run)
    run.resume()
    finishes(run, before)


def test_a_lost_run_whose_solver_still_computes_can_be_stopped_or_cancelled(
    home: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(steps=5000, write=5000))
    until(lambda: run.progress().iteration > 5)
    os.kill(worker(run), signal.SIGKILL)
    until(lambda: run.state == "Lost")
    assert run.stop().state == "Stopped" and len(times(run)) == 2
    run.resume()
    until(lambda: run.state == "Running" and solvers(run))
    os.kill(worker(run), signal.SIGKILL)
    until(lambda: run.state == "Lost")
    assert run.cancel().state == "Cancelled" and process.marked(run.record.uid) == []

"""The state of a run follows from its records and from whether its executor says that it lives."""

from __future__ import annotations

import builtins
import errno
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.errors import MOST_NAMES, Cancelled, CaseError, Diverged, Lost, RunError, StageFailed, Stopped, UnknownName
from flowcfd.jobs import handle, listing, lock, record, waiting
from flowcfd.jobs.handle import Run, derive
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, Job, Request, StageRecord, StepRecord, WorkerRecord


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return make(tmp_path / "home" / "runs" / "cavity-0123456789ab")


def make(path: Path, created: float = 1.0) -> Job:
    path.mkdir(parents=True)
    name = path.name.rpartition("-")[0]
    job = Job(
        path, f"uid of {path.name}", name, "0" * 64, 1, "", "local", ("icoFoam",), "icoFoam", created, 0.0, 1.0, "1912"
    )
    record.write_job(job, path)
    return job


def worker(job: Job, *, attempt: int = 1, request: str = "", phase: str = "Running", pid: int = 2**22 + 1) -> None:
    identity = Identity(pid, 1, "another-host/boot/1")
    record.write_record(job.path, WorkerRecord(identity, attempt, request, phase, 1.0))  # type: ignore[arg-type]


def end(job: Job, state: str, *, attempt: int = 1, why: str = "why", diverged: bool = False) -> None:
    record.write_record(
        job.path,
        EndRecord(attempt, state, why, 2.0, "solve", "log.icoFoam", diverged),  # type: ignore[arg-type]
    )


def test_a_living_worker_says_whether_it_waits_for_cores(job: Job) -> None:
    worker(job, phase="Queued")
    assert derive(job, alive=True) == ("Queued", "waits for free cores")
    worker(job)
    assert derive(job, alive=True) == ("Running", "")


def test_a_job_that_its_scheduler_holds_is_queued(job: Job) -> None:
    assert derive(job, alive=True)[0] == "Queued"
    worker(job)
    end(job, "Paused")
    record.write_record(job.path, Request("r2", "start", "me", attempt=2))
    assert derive(job, alive=True)[0] == "Queued"


def test_an_end_counts_for_its_own_attempt_only(job: Job) -> None:
    worker(job)
    end(job, "Paused")
    assert derive(job, alive=False)[0] == "Paused" and derive(job, alive=True)[0] == "Paused"
    worker(job, attempt=2)
    assert derive(job, alive=True)[0] == "Running"
    assert derive(job, alive=False)[0] == "Lost"


def test_a_dead_worker_without_an_end_is_lost(job: Job) -> None:
    worker(job)
    state, why = derive(job, alive=False)
    assert state == "Lost" and "is gone and did not say why" in why


def test_a_run_that_is_just_being_started_is_queued_and_one_that_never_was_is_lost(job: Job) -> None:
    assert derive(job, alive=False) == ("Lost", "it was written but never started")
    descriptor = lock.acquire(job.path / "lock")
    assert derive(job, alive=False) == ("Queued", "is being started")
    assert descriptor is not None
    os.close(descriptor)


@pytest.mark.parametrize(
    ("state", "diverged", "error"),
    [
        ("Failed", False, StageFailed),
        ("Failed", True, Diverged),
        ("Cancelled", False, Cancelled),
        ("Stopped", False, Stopped),
        ("Paused", False, Stopped),
    ],
)
def test_check_raises_what_went_wrong(job: Job, state: str, diverged: bool, error: type[RunError]) -> None:
    worker(job)
    end(job, state, why="the cause", diverged=diverged)
    with pytest.raises(error, match="the cause") as raised:
        Run(job.path).check()
    assert raised.value.path == job.path


def test_check_is_silent_for_a_run_that_is_done_and_tells_of_a_lost_one(job: Job) -> None:
    with pytest.raises(Lost, match="resume"):
        Run(job.path).check()
    worker(job)
    end(job, "Done")
    Run(job.path).check()
    with pytest.raises(RunError, match="nothing to go on with"):
        Run(job.path).resume()


def test_wait_ends_with_the_run_or_with_its_time(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    worker(job)
    run = Run(job.path)
    monkeypatch.setattr(Run, "_now", lambda run: ("Running", ""))
    with pytest.raises(TimeoutError, match=r"still Running after 0\.1 s"):
        run.wait(0.1)
    states = iter(["Queued", "Running", "Done", "Done"])
    monkeypatch.setattr(Run, "_now", lambda run: (next(states), ""))
    seen: list[bool] = []
    monkeypatch.setattr(waiting, "LISTENERS", [lambda run, over: seen.append(over)])
    assert run.wait(5) == "Done"
    assert seen == [False, False, True]


def test_the_newest_log_is_the_last_by_number(job: Job) -> None:
    job.case.mkdir()
    for name in ("log.icoFoam", "log.icoFoam.2", "log.icoFoam.10", "log.icoFoam-postProcess", "log.icoFoamX"):
        (job.case / name).write_text(f"{name}\nEnd\n")
    run = Run(job.path)
    assert [log.name for log in handle.logs(job.case, "icoFoam")] == ["log.icoFoam", "log.icoFoam.2", "log.icoFoam.10"]
    assert run.tail(application="icoFoam") == ["log.icoFoam.10", "End"]
    assert run.log() is None and run.tail() == []
    step = StepRecord("icoFoam", "log.icoFoam.2", 2.0)
    record.write_record(job.path, StageRecord("solve", "running", 1.0, (step,)))
    assert run.tail(1) == ["End"] and run.log() == job.case / "log.icoFoam.2"


@pytest.mark.parametrize(("ipython", "kind"), [(False, KeyboardInterrupt), (True, waiting.Detached)])
def test_an_interrupt_ends_the_wait_and_says_that_the_run_goes_on(
    job: Job, monkeypatch: pytest.MonkeyPatch, ipython: bool, kind: type[KeyboardInterrupt]
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    seen: list[bool] = []
    monkeypatch.delattr(builtins, "__IPYTHON__", raising=False)
    if ipython:
        monkeypatch.setattr(builtins, "__IPYTHON__", True, raising=False)
    monkeypatch.setattr(waiting, "LISTENERS", [lambda run, over: seen.append(over)])
    monkeypatch.setattr(time, "sleep", interrupt)
    monkeypatch.setattr(Run, "_now", lambda run: ("Running", ""))
    with pytest.raises(KeyboardInterrupt, match=r"goes on without this wait; fc\.results\(run\) waits again") as raised:
        Run(job.path).wait()
    assert raised.type is kind and seen == [False, True]


def test_a_handle_shows_itself_in_a_terminal_and_in_a_notebook(job: Job) -> None:
    worker(job)
    end(job, "Failed", why="0/U: <missing>")
    run = Run(job.path)
    assert repr(run) == f"<Run cavity: Failed, {job.path}>"
    assert "&lt;missing&gt;" in run._repr_html_()


def test_runs_are_found_by_path_name_and_beginning(home: Path, job: Job) -> None:
    other = make(home / "runs" / "pipe-aaaaaaaaaaaa", created=2.0)
    make(home / "runs" / "pipe-flow-bbbbbbbbbbbb", created=0.5)
    assert [run.name for run in listing.runs()] == ["pipe", "cavity", "pipe-flow"]
    assert listing.open(str(job.path)).path == listing.open("cavity").path == listing.open("cavity-01").path == job.path
    assert listing.open("pipe").path == other.path
    with pytest.raises(CaseError, match=r"may be any of pipe-aaaaaaaaaaaa \(the newest\), pipe-flow-bbbbbbbbbbbb$"):
        listing.open("pipe-")
    with pytest.raises(UnknownName, match="there are: cavity-0123456789ab"):
        listing.open("nozzle")
    with pytest.raises(UnknownName, match="unknown run ''"):
        listing.open("")
    with pytest.raises(RunError, match="no run here"):
        listing.open(home)


def test_a_beginning_of_many_names_shows_the_newest_and_some_of_them(home: Path) -> None:
    for number in range(60):
        make(home / "runs" / f"pipe-{number:012x}", created=float(100 - abs(number - 50)))
    newest = make(home / "runs" / "pipe-aaaaaaaaaaaa", created=1000.0)
    (make(home / "runs" / "pipe-bbbbbbbbbbbb").path / "job.json").write_text("{")
    with pytest.raises(CaseError) as raised:
        listing.open("pipe")
    said = str(raised.value)
    assert said.startswith("run: 'pipe' may be any of pipe-aaaaaaaaaaaa (the newest), pipe-000000000032, ")
    assert said.endswith(" and 22 more") and said.count("pipe-") == MOST_NAMES
    assert newest.path.name in said


def test_folders_that_are_no_runs_are_passed_over(home: Path, job: Job) -> None:
    (home / "runs" / "notes").mkdir()
    broken = make(home / "runs" / "broken-cccccccccccc")
    (broken.path / "job.json").write_text("{")
    assert [run.path for run in listing.runs()] == [job.path]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"{", "missing or broken"),
        (b"\xff\xfe", "missing or broken"),
        (b"[]", "missing or broken"),
        (b'{"schema": 99}', "schema 1"),
        (b'{"schema": 1}', "cannot be understood"),
        (b'{"created": "yesterday"}', "created"),
        (b'{"cores": null}', "cores"),
        (b'{"steps": 3}', "steps"),
        (b'{"steps": [3]}', "steps"),
    ],
)
def test_a_run_that_cannot_be_read_is_left_out_and_its_cause_can_be_asked(
    home: Path, job: Job, content: bytes, cause: str
) -> None:
    broken = make(home / "runs" / "broken-cccccccccccc").path / "job.json"
    if content.startswith(b'{"') and b"schema" not in content:
        broken.write_text(json.dumps(json.loads(broken.read_text()) | json.loads(content)))
    else:
        broken.write_bytes(content)
    readable, unreadable = listing.look()
    assert [run.path for run in readable] == [run.path for run in listing.runs()] == [job.path]
    assert [found.path for found in unreadable] == [broken.parent]
    assert cause in unreadable[0].why and "\n" not in unreadable[0].why


def test_a_run_of_somebody_who_does_not_show_it_is_left_out(
    home: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = make(home / "runs" / "secret-cccccccccccc").path / "job.json"

    def seen(path: Path) -> Path:
        if path == secret:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return path

    stat, read_text = Path.stat, Path.read_text
    monkeypatch.setattr(Path, "stat", lambda path, **how: stat(seen(path), **how))
    monkeypatch.setattr(Path, "read_text", lambda path, *how: read_text(seen(path), *how))
    readable, unreadable = listing.look()
    assert [run.path for run in readable] == [job.path]
    assert [found.path for found in unreadable] == [secret.parent]
    assert unreadable[0].why.startswith("job.json cannot be read: Permission denied")


def test_stop_of_a_run_that_has_ended_asks_nothing(job: Job) -> None:
    worker(job)
    end(job, "Done")
    assert Run(job.path).stop().state == "Done" and Run(job.path).cancel().state == "Done"
    assert record.request(job.path) is None


def test_jobs_differ_by_what_changes_the_numbers(job: Job) -> None:
    assert replace(job, name="x") != job

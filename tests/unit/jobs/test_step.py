"""Commands are run, measured, and ended when asked; here with programs of the system in OpenFOAM's place."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flowcfd.jobs import process, record, step
from flowcfd.jobs.record import Request, StepRecord
from flowcfd.jobs.stages import Command
from flowcfd.jobs.watch import Watch

if TYPE_CHECKING:
    from flowcfd.jobs.record import Kind

SOLVER = """
import os, signal, sys, time
def write(number, frame):  # it may come while the line below is being printed
    os.write(1, b"sigStopAtWriteNow : setting up write and stop at end of the next iteration\\nEnd\\n")
    sys.exit(0)
time.sleep(0.3)
signal.signal(signal.SIGUSR2, write)
print("sigStopAtWriteNow : Enabling writing and stopping upon signal 12", flush=True)
time.sleep(30)
"""


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A watch over the requests in tmp_path; the handlers of the test's process are put back."""
    numbers = (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in numbers]
    yield Watch(tmp_path)
    signal.set_wakeup_fd(-1)
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def run(command: Command, case: Path, watch: Watch, began: list[StepRecord] | None = None) -> StepRecord:
    told: list[StepRecord] = [] if began is None else began
    environment = {"PATH": f"{case}:{os.environ['PATH']}"}
    return step.run(command, case=case, uid="u9", environment=environment, watch=watch, began=told.append)


def ask(case: Path, kind: Kind, after: float) -> threading.Timer:
    timer = threading.Timer(after, lambda: record.write_record(case, Request("r", kind, "me")))
    timer.start()
    return timer


@pytest.fixture
def solver(tmp_path: Path) -> Command:
    """A stand-in for a solver; like a real one it listens some time after it was started."""
    (tmp_path / "solver.py").write_text(SOLVER)
    (tmp_path / "fakeFoam").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/solver.py"\n')
    (tmp_path / "fakeFoam").chmod(0o755)
    return Command("fakeFoam", solver=True)


def test_a_command_is_told_while_it_lives_and_measured_when_it_ended(tmp_path: Path, watch: Watch) -> None:
    began: list[StepRecord] = []
    program = "x = bytearray(40_000_000)\nfor n in range(10**6): pass\nraise SystemExit(3)"
    done = run(Command("sh", ("-c", f"exec '{sys.executable}' -S -c '{program}'")), tmp_path, watch, began)
    assert began[0].rc is None and began[0].identity is not None and began[0].identity == done.identity
    assert (done.rc, done.interrupted) == (3, False)
    assert done.cpu > 0.01 and done.wall >= done.cpu / 2 and done.memory >= done.rank_memory > 40e6


def test_both_streams_go_into_logs_that_never_overwrite_each_other(tmp_path: Path, watch: Watch) -> None:
    for text in ("one", "two", "three"):
        run(Command("sh", ("-c", f"echo {text}; echo error >&2")), tmp_path, watch)
    assert (tmp_path / "log.sh").read_text() == "one\nerror\n"
    assert (tmp_path / "log.sh.3").read_text() == "three\nerror\n"


def test_a_solver_is_asked_to_write_only_when_it_listens(tmp_path: Path, watch: Watch, solver: Command) -> None:
    record.write_record(tmp_path, Request("r", "stop", "me"))
    done = run(solver, tmp_path, watch)
    assert (done.rc, done.interrupted) == (0, True)
    assert (tmp_path / "log.fakeFoam").read_text().endswith("End\n")


def test_a_solver_that_gives_no_sign_after_it_was_asked_is_ended(
    tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "SILENCE", 0.2)
    monkeypatch.setattr(step, "POLL", 0.02)  # so that its longest pause, of which it gets ten, is not that of the looks
    deaf = SOLVER.replace("    sys.exit(0)", "    pass").replace("time.sleep(0.3)\n", "")
    deaf = deaf.replace("time.sleep(30)", "[time.sleep(0.1) for _ in range(6000)]")
    (tmp_path / "deafFoam").write_text(f"#!{sys.executable}\n{deaf}")
    (tmp_path / "deafFoam").chmod(0o755)
    timer = ask(tmp_path, "stop", 0.6)
    done = run(Command("deafFoam", solver=True), tmp_path, watch)
    timer.join()
    assert done.interrupted
    assert done.why == step.UNANSWERED
    assert done.rc != 0


def test_a_solver_that_writes_for_long_is_not_taken_for_silent(tmp_path: Path) -> None:
    (tmp_path / "processor0/0.5").mkdir(parents=True)
    before = step.written(tmp_path)
    (tmp_path / "processor0/0.5/U").write_text("more")
    os.utime(tmp_path / "processor0/0.5/U", (before + 9, before + 9))
    assert step.written(tmp_path) == before + 9
    assert step.written(tmp_path / "nothing") == 0.0


def test_a_solver_that_ended_by_itself_was_not_interrupted(tmp_path: Path, watch: Watch) -> None:
    record.write_record(tmp_path, Request("r", "stop", "me"))
    (tmp_path / "quickFoam").write_text("#!/bin/sh\necho End\n")
    (tmp_path / "quickFoam").chmod(0o755)
    assert run(Command("quickFoam", solver=True), tmp_path, watch).interrupted is False


def test_a_cancelled_solver_and_a_stopped_mesher_are_ended(tmp_path: Path, watch: Watch, solver: Command) -> None:
    asked = ask(tmp_path, "cancel", 0.5)
    done = run(solver, tmp_path, watch)
    asked.join()
    assert done.interrupted and done.rc == -signal.SIGTERM
    record.write_record(tmp_path, Request("r2", "stop", "me"))
    done = run(Command("sleep", ("30",)), tmp_path, watch)
    assert done.interrupted and done.rc == -signal.SIGTERM and done.wall < 10
    assert process.marked("u9") == []


def test_sigterm_to_the_worker_is_a_request_to_stop(tmp_path: Path, watch: Watch) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    watch.wait(0)
    assert watch.asked() == Request("", "stop", "SIGTERM")


def test_a_request_to_start_ends_nothing(tmp_path: Path, watch: Watch) -> None:
    record.write_record(tmp_path, Request("r", "start", "me"))
    watch.wait(0)
    assert watch.asked() is None


def test_a_later_request_replaces_the_one_before(tmp_path: Path, watch: Watch) -> None:
    for kind in ("stop", "cancel"):
        record.write_record(tmp_path, Request(kind, kind, "me"))  # type: ignore[arg-type]
        watch.wait(0)
    assert watch.asked() == Request("cancel", "cancel", "me")


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path, watch: Watch) -> None:
    with pytest.raises(FileNotFoundError):
        run(Command("noSuchFoam"), tmp_path, watch)


def test_a_command_that_cannot_be_recorded_is_not_left_running(tmp_path: Path, watch: Watch) -> None:
    def began(step: StepRecord) -> None:
        raise OSError("the run directory is gone")

    with pytest.raises(OSError, match="is gone"):
        step.run(
            Command("sleep", ("30",)), case=tmp_path, uid="u9", environment=dict(os.environ), watch=watch, began=began
        )
    assert process.marked("u9") == []

"""Ranks are asked by their controlDict, serial solvers by a signal, and both only when they listen."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from flowcfd.jobs import asking
from flowcfd.jobs.asking import STOP, Asking

BEFORE = "sigStopAtWriteNow : Enabling writing and stopping upon signal 12\nBuild  : 1912\nCreate time\n\n"
LISTENS = f"{BEFORE}sigStopAtWriteNow : Enabling writing and stopping upon signal 12\nCreate mesh for time = 0\n\n"
STEP = "Time = 1\n\nExecutionTime = 1 s  ClockTime = 1 s\n\n"
READ = '        Re-reading object controlDict from file "/case/system/controlDict"\n'


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "flowcfd.jobs.process.send", lambda pids, number: told.extend((pid, int(number)) for pid in pids)
    )
    return told


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "system").mkdir()
    (tmp_path / "system/controlDict").write_text("stopAt endTime;\n// ***")
    (tmp_path / "system/controlDict").chmod(0o640)
    return tmp_path


def control(case: Path) -> bytes:
    return (case / "system/controlDict").read_bytes()


def asks(case: Path, log: str, *, ranks: bool = True) -> Asking:
    (case / "log").write_text(log)
    return Asking(case, case / "log", ranks)


def test_a_serial_solver_gets_the_signal(case: Path, sent: list[tuple[int, int]]) -> None:
    assert not asks(case, "", ranks=False).ask(7) and not sent
    assert asks(case, LISTENS, ranks=False).ask(7)
    assert sent == [(7, signal.SIGUSR2)] and not control(case).endswith(STOP)


def test_ranks_read_it_and_the_file_is_as_it_was_behind_it(case: Path, sent: list[tuple[int, int]]) -> None:
    before = control(case)
    assert not asks(case, BEFORE).ask(7) and control(case) == before
    one = asks(case, LISTENS + STEP)
    assert one.ask(7) and control(case) == before + STOP and not one.obeyed()
    assert one.ask(7) and control(case) == before + STOP
    (case / "log").write_text(LISTENS + STEP + READ + 5 * STEP)
    one.insist(7)
    assert one.obeyed() and not sent
    asking.restore(case)
    assert control(case) == before and (case / "system/controlDict").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (case / "system").iterdir()] == ["controlDict"]


def test_what_was_changed_meanwhile_stays(case: Path) -> None:
    assert asks(case, LISTENS).ask(7)
    (case / "system/controlDict").write_bytes(b"endTime 9;\n" + control(case))
    asking.restore(case)
    assert control(case) == b"endTime 9;\nstopAt endTime;\n// ***"


def test_ranks_that_do_not_read_again_get_the_signal(case: Path, sent: list[tuple[int, int]]) -> None:
    one = asks(case, LISTENS + STEP)
    assert one.ask(7)
    one.insist(7)
    (case / "log").write_text(LISTENS + 3 * STEP)
    one.insist(7)
    assert not sent  # they may be about to
    (case / "log").write_text(LISTENS + 4 * STEP)
    one.insist(7)
    one.insist(7)
    assert sent == [(7, signal.SIGUSR2)]


def test_without_room_or_case_ranks_get_the_signal(case: Path, sent: list[tuple[int, int]]) -> None:
    (case / "system/.controlDict.part").mkdir()
    assert asks(case, LISTENS).ask(7) and sent == [(7, signal.SIGUSR2)]
    asking.restore(case / "nowhere")

"""How a run ended whose processes got SIGTERM: by whom, and whether that was wanted."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flowcfd.jobs import ends, record
from flowcfd.jobs.record import Request, StageRecord, StepRecord
from flowcfd.jobs.watch import Watch

if TYPE_CHECKING:
    from flowcfd.jobs.record import Kind

LOST = "fields since the last write are lost"


def ended(run: Path, rc: int, kind: Kind | None = None) -> tuple[str, str] | None:
    """State and reason of a run whose solver ended with `rc` while somebody asked for `kind`."""
    if kind is not None:
        record.write_record(run, Request("r", kind, "ann@desk"))
    watch = Watch(run)
    watch.wait(0)
    stage = StageRecord("solve", "failed", 0.0, steps=(StepRecord("icoFoam", "log.icoFoam", 0.0, rc=rc),))
    end = ends.from_outside(1, stage, watch)
    return None if end is None else (end.state, end.why)


@pytest.mark.parametrize("rc", [-signal.SIGTERM, 128 + signal.SIGTERM, 1])
def test_a_run_that_is_cancelled_as_its_job_begins_is_cancelled(tmp_path: Path, rc: int) -> None:
    """It seemed to wait, so that its job was cancelled as well, which ended the solver before the worker could."""
    assert ended(tmp_path, rc, "cancel") == ("Cancelled", "cancel asked by ann@desk")


def test_one_that_is_asked_to_stop_then_is_stopped(tmp_path: Path) -> None:
    assert ended(tmp_path, -signal.SIGTERM, "stop") == ("Stopped", f"stop asked by ann@desk; {LOST}")


def test_one_that_fails_while_it_is_asked_to_stop_has_failed(tmp_path: Path) -> None:
    assert ended(tmp_path, 1, "stop") is None
    assert ended(tmp_path, -signal.SIGSEGV, "cancel") is None


def test_one_that_nobody_asked_to_end_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "SIGNAL_PATIENCE", 0.0)
    assert ended(tmp_path, -signal.SIGTERM) is None

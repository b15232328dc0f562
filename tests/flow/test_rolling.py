"""A long solver that would write nothing before its end keeps its newest fields on the way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import checkpoint, rolling, step
from flowcfd.jobs.guard import Guard
from flowcfd.jobs.stages import Command
from flowcfd.jobs.watch import Watch

pytestmark = pytest.mark.flow


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A watch over the requests in tmp_path; the handlers of the test's process are put back."""
    numbers = (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in numbers]
    yield Watch(tmp_path)
    signal.set_wakeup_fd(-1)
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_fields_are_kept_on_the_way_and_the_last_ones_only_at_the_end(
    home: Path, slow_cavity: Callable[..., CaseFiles], watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling, "PERIOD", 0.3)
    run = jobs.run(slow_cavity(steps=4, write=4), wait=True)
    assert run.record.rolling
    assert checkpoint.times(run.case) == ["0", "0.004"]
    control = run.case / "system" / "controlDict"
    control.write_text(control.read_text().replace("endTime         0.004", "endTime         0.4"))
    control.write_text(control.read_text().replace("writeInterval   4;", "writeInterval   400;"))
    job = replace(run.record, end=0.4)
    own, seen = {"0", "0.004", "0.4"}, set[str]()

    class Seeing(Guard):
        def look(self, pid: int):  # type: ignore[no-untyped-def]  # as Guard's
            now = set(checkpoint.times(run.case)) - own
            seen.update(now)
            assert len(now) <= rolling.KEPT + 1
            return super().look(pid)

    monkeypatch.setattr("flowcfd.jobs.guard.PERIOD", 0.1)
    environment = install.find().environment(case=run.case)
    done = step.run(
        Command("icoFoam", solver=True),
        case=run.case,
        uid=job.uid,
        environment=environment,
        watch=watch,
        began=lambda running: None,
        guarded=lambda log: Seeing(job, log),
    )
    assert (done.rc, done.ended_by) == (0, "")
    assert len(seen) >= 2, "no fields were kept on the way"
    assert checkpoint.times(run.case) == ["0", "0.004", "0.4"]


def test_cases_that_write_on_the_way_or_run_on_ranks_are_left_alone(
    home: Path, cavity: Callable[..., CaseFiles]
) -> None:
    assert not jobs.run(cavity(), wait=True).record.rolling
    assert not jobs.run(cavity(steps=20, write=20), cores=2, wait=True).record.rolling
    assert jobs.run(cavity(steps=20, write=20), wait=True).record.rolling
    purged = cavity(steps=20, write=20).edit("system/controlDict", purgeWrite=1)
    assert not jobs.run(purged, wait=True).record.rolling

"""The suite for executors.

class TestQueue(ExecutorSuite):
    name = "queue"

    def files(self) -> CaseFiles:
        return adopt("a case that computes for some ten seconds")
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from flowcfd import jobs
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs.executors import Executor, executors
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

if TYPE_CHECKING:
    import pytest


class ExecutorSuite:
    """What every executor promises. A subclass gives its registered `name` and the `files` of a case."""

    name: ClassVar[str]
    patience: ClassVar[float] = 60.0
    """Longest time [s] until a worker is started, or known to have ended."""

    def files(self) -> CaseFiles:
        """A case that computes for some ten seconds and writes fields meanwhile."""
        raise NotImplementedError

    @property
    def executor(self) -> Executor:
        """The executor."""
        return executors.get(self.name)

    def test_a_worker_lives_from_its_start_to_its_stop(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And a run whose worker was ended by force is Lost, or Stopped where it could say so, and can be resumed."""
        run = self._run(tmp_path, monkeypatch)
        assert self.executor.alive([run.record]) == {run.record.uid}
        self._until(lambda: run.state == "Running")
        self.executor.stop(run.record)
        self._until(lambda: run.state in ("Lost", "Stopped"))
        assert self.executor.alive([run.record]) == set()
        assert run.resume().state in ("Queued", "Running")
        assert run.cancel().state == "Cancelled"

    def test_a_second_start_does_no_harm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It may come from a caller that was too late."""
        run = self._run(tmp_path, monkeypatch)
        self._until(lambda: run.state == "Running")
        self.executor.start(run.record)
        assert (run.path / "events.jsonl").read_text().count('"event": "attempt"') == 1
        run.cancel()

    def test_many_are_asked_in_one_call_and_the_dead_are_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever their order, and none is an answer as well."""
        first, second = self._run(tmp_path, monkeypatch, "first"), self._run(tmp_path, monkeypatch, "second")
        first.cancel()
        self._until(lambda: self.executor.alive([first.record, second.record]) == {second.record.uid})
        second.cancel()
        self._until(lambda: self.executor.alive([second.record, first.record]) == set())
        assert self.executor.alive([]) == set()

    def _run(self, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str | None = None) -> Run:
        monkeypatch.setenv("FLOWCFD_HOME", str(folder))
        settings.cache_clear()
        try:
            return jobs.run(self.files(), on=self.name, name=name)
        finally:
            settings.cache_clear()

    def _until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.patience
        while not true():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.05)

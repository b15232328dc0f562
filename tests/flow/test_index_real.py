"""The index of real runs: stopped, resumed, killed, failed, deleted; the same in a file and in a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.index.database import Database, place
from flowcfd.index.ledger import told
from flowcfd.index.listing import listed
from flowcfd.index.rebuild import rebuild
from flowcfd.index.selection import Selection
from flowcfd.jobs import record
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

pytestmark = pytest.mark.flow

Until = Callable[..., None]
Cases = Callable[..., CaseFiles]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("FLOWCFD_PROJECT", "wing-7")
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql")())
    settings.cache_clear()
    return place()


def states(**asked: str) -> dict[str, str]:
    found = listed(Selection.of(**asked), many=0)
    assert not found.note
    return {one.name: one.state for one in found.runs.statuses()}


def kill(run: Run) -> None:
    """The worker dies as by a power cut; its solver is ended then, too."""
    worker = record.worker(run.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)


def test_real_runs_are_listed_counted_and_proved(
    database: Database, cavity: Cases, slow_cavity: Cases, until: Until
) -> None:
    done = fc.run(cavity(steps=20), name="done", wait=True)
    failed = fc.run(
        cavity(steps=20).edit("system/fvSolution", **{"solvers.p.solver": "none"}), name="failed", wait=True
    )
    stopped = fc.run(slow_cavity(steps=100_000), name="stopped")
    until(lambda: stopped.progress().time)
    assert states() == {"done": "Done", "failed": "Failed", "stopped": "Running"}
    assert states(project="wing-7", state="Running") == {"stopped": "Running"} and states(project="other") == {}
    stopped.stop()
    assert states(state="Stopped") == {"stopped": "Stopped"}
    stopped.resume()
    until(lambda: stopped.state == "Running")
    assert states(name="stop*") == {"stopped": "Running"}
    stopped.cancel()
    rows, _ = told(by=("attempt",))
    assert [(row["run"], row["state"]) for row in rows] == [
        (done.path.name, "Done"), (failed.path.name, "Failed"),
        (stopped.path.name, "Stopped"), (stopped.path.name, "Cancelled"),
    ]  # fmt: skip
    assert all(row["started"] <= row["ended"] and row["project"] == "wing-7" for row in rows)
    assert all(row["core_seconds"] >= row["ended"] - row["started"] - 0.01 for row in rows)
    assert rows[2]["cpu_seconds"] > 0 and rows[2]["memory"] > 1_000_000 and rows[0]["disk"] > 0
    before, _ = told(by=("user", "project"))
    shutil.rmtree(stopped.path)
    assert states() == {"done": "Done", "failed": "Failed"}
    after, _ = told(by=("user", "project"))
    assert after[0]["core_seconds"] == before[0]["core_seconds"] and after[0]["attempts"] == 4
    assert rebuild(database).differences == ()


def test_a_killed_attempt_counts_and_so_does_the_next(database: Database, slow_cavity: Cases, until: Until) -> None:
    run = fc.run(slow_cavity(steps=100_000, write=5), name="killed")
    until(lambda: run.progress().time)
    kill(run)
    until(lambda: states() == {"killed": "Lost"})
    (row,), _ = told(by=("attempt",))
    assert row["state"] == "Lost" and row["core_seconds"] > 0
    run.resume()
    until(lambda: run.state == "Running" and run.progress().time)
    assert states() == {"killed": "Running"}
    until(lambda: len(told(by=("attempt",))[0]) == 2 and told(by=("attempt",))[0][1]["core_seconds"] > 0)
    first, second = told(by=("attempt",))[0]
    assert first["ended"] is not None and second["ended"] is None
    run.cancel()
    assert [row["state"] for row in told(by=("attempt",))[0]] == ["Lost", "Cancelled"]
    assert rebuild(database).differences == ()


def test_the_public_names_give_runs_and_a_table(database: Database, cavity: Cases) -> None:
    run = fc.run(cavity(steps=5), name="one", wait=True)
    assert [one.path for one in fc.runs(state="Done", solver="icoFoam")] == [run.path]
    table = fc.usage(by="project")
    assert list(table["project"]) == ["wing-7"] and table["cpu_seconds"].units == "s" and table["runs"][0] == 1
    assert run.record.project == "wing-7" and run.record.user

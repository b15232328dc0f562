"""Many runs: selected, told, shown, without a solver."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.errors import CaseError, RunError, UnknownName
from flowcfd.jobs import Runs, record, table
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.outcome import of_each
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, Job, StageRecord, StepRecord, WorkerRecord
from flowcfd.jobs.status import Status, status, statuses

Make = Callable[..., Run]
LOG = """Create time
Create mesh for time = 0
Time = 1
smoothSolver:  Solving for Ux, Initial residual = 0.5, Final residual = 0.05, No Iterations 1
ExecutionTime = 1 s  ClockTime = 1 s

Time = 25
smoothSolver:  Solving for Ux, Initial residual = 0.01, Final residual = 0.001, No Iterations 1
GAMG:  Solving for p, Initial residual = 0.02, Final residual = 0.001, No Iterations 1
ExecutionTime = 10 s  ClockTime = 10 s
"""


@pytest.fixture
def make(home: Path) -> Make:
    """A run directory in the given state; its worker is this process where it is at work."""

    def made(name: str, state: str = "Lost", *, why: str = "", executor: str = "local", **known: object) -> Run:
        path = home / "runs" / f"{name}-0123456789ab"
        path.mkdir(parents=True)
        uid = f"{name}-uid"
        job = Job(path, uid, name, "0" * 64, 2, "", executor, ("simpleFoam",), "simpleFoam", 1000.0, 0.0, 100.0, "1912")
        record.write_job(replace(job, **known), path)  # type: ignore[arg-type]
        if state in ("Running", "Queued", "Lost"):
            me = Identity.of(os.getpid())
            assert me is not None
            alive = me if state != "Lost" else replace(me, start=me.start + 1)
            phase = "Queued" if state == "Queued" else "Running"
            record.write_record(path, WorkerRecord(alive, 1, "", phase, 2000.0))  # type: ignore[arg-type]
        else:
            record.write_record(path, WorkerRecord(Identity(1, 1, "node1/b/1"), 1, "", "Running", 2000.0))
            record.write_record(path, EndRecord(1, state, why, 3000.0, tries=1))  # type: ignore[arg-type]
        return Run(path)

    return made


def solve(run: Run) -> None:
    run.case.mkdir()
    (run.case / "log.simpleFoam").write_text(LOG)
    step = StepRecord("simpleFoam", "log.simpleFoam", time.time(), rc=0, wall=1800.0)
    record.write_record(run.path, StageRecord("solve", "running", 0.0, (step,)))


def test_a_status_tells_how_far_a_run_is_what_it_spent_and_what_it_found(make: Make) -> None:
    run = make("ahmed", "Running")
    solve(run)
    folder = run.case / "postProcessing/forces/0"
    folder.mkdir(parents=True)
    (folder / "coefficient.dat").write_text(
        "# Force coefficients\n# Time \tCd \tCs \tCl\n1 0.9 0 0.1\n25 0.381 0 0.02\n3"
    )
    found = status(run)
    assert (found.state, found.fraction, found.remaining, found.residual) == ("Running", 0.25, 30.0, 0.02)
    assert found.measures == {"Cd": 0.381, "Cl": 0.02} and found.measure == "Cd 0.381"
    assert found.core_seconds == 3600.0 and found.active and not found.dead
    cells = table.cells(found, 1000.0 + 7200.0)
    assert (cells["done"], cells["core h"], cells["age"], cells["residual"]) == ("25%", "1.000", "2 h", "2.0e-02")
    assert cells["left"].startswith("30 s (")


def test_an_executor_is_asked_once_for_all_of_its_runs(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    local = executors.get("local")

    class Counting:
        def alive(self, jobs: list[Job]) -> set[str]:
            asked.append(len(jobs))
            return local.alive(jobs)

        def waits_for(self, job: Job) -> str:
            return ""

    monkeypatch.setattr(executors, "get", lambda name, where="": Counting())
    runs = Runs([make(f"r{n}", "Running" if n % 2 else "Done") for n in range(40)])
    assert len(runs.statuses()) == 40 and asked == [20 + 20]
    assert [one.state for one in runs.statuses()[:2]] == ["Done", "Running"]
    assert asked == [40, 20]  # what has ended is not asked for again


def test_what_has_ended_is_looked_at_again_when_something_happens_to_it(make: Make) -> None:
    run = make("a", "Failed", why="it broke")
    assert status(run).state == status(run).state == "Failed"
    record.write_record(run.path, EndRecord(1, "Done", "all stages are done", 4000.0))
    assert status(run).state == "Done"


def test_a_known_status_spares_opening_the_directory_until_its_records_change(home: Path, make: Make) -> None:
    gone = Status("gone-1", "gone", home / "runs/gone-1", "Done")
    runs = Runs([gone, make("here", "Running")])
    assert [one.state for one in runs.statuses()] == ["Done", "Running"]  # there is no such directory
    run = make("later", "Failed", why="no")
    held = Runs([Status(run.path.name, "later", run.path, "Stopped")])
    assert held.statuses()[0].state == "Stopped" and held.statuses()[0].state == "Stopped"
    record.write_record(run.path, EndRecord(1, "Cancelled", "by hand", 4000.0))
    assert held.statuses()[0].state == "Cancelled"


def test_runs_are_the_list_that_they_were(make: Make) -> None:
    a, b = make("a", "Done"), make("b", "Done")
    runs = Runs([a, b])
    assert len(runs) == 2 and runs[0] is a and list(runs) == [a, b] and runs == [a, b] and [*runs[1:]] == [b]
    (first, second) = runs
    assert (first, second) == (a, b) and a in runs and runs + [a] == [a, b, a]  # noqa: RUF005 - as lists can
    assert not Runs() and Runs() == []


def test_a_selection_is_by_what_is_true_of_runs_now(make: Make) -> None:
    runs = Runs([make("ahmed1", "Done", project="wing"), make("ahmed2", "Failed", why="no"), make("box", "Lost")])

    def names(**wanted: object) -> list[str]:
        return [run.name for run in runs.select(**wanted)]  # type: ignore[arg-type]

    assert names(state="Done") == ["ahmed1"] and names(state=("Done", "Lost")) == ["ahmed1", "box"]
    assert names(name="ahmed*") == ["ahmed1", "ahmed2"] and names(name="box-0123456789ab") == ["box"]
    assert names(dead=True) == ["ahmed2", "box"] and names(dead=False) == ["ahmed1"]
    assert names(project="wing") == ["ahmed1"] and names(executor="moon") == []
    assert len(names(solver="simpleFoam")) == 3
    assert names(since="2 h") == [] and len(names(before="2 h")) == 3
    with pytest.raises(UnknownName, match=r"did you mean 'Running'\? there are: Cancelled, Done"):
        runs.select(state="running")
    with pytest.raises(CaseError, match="since: must be a date"):
        runs.select(since="yesterday")


def test_one_that_refuses_is_told_and_stops_nobody(make: Make) -> None:
    runs = [make(name, "Done") for name in ("a", "b", "c")]

    def do(run: Run) -> None:
        if run.name == "b":
            raise RunError("not this one", path=run.path)

    told = of_each(runs, "moved", do)
    assert [row.ok for row in told] == [True, False, True] and not told.ok
    assert str(told.refused[0]) == "b-0123456789ab: not moved: not this one"
    assert "refused" in told._repr_html_() and "not this one" in repr(told)
    assert of_each([], "moved", do).ok


def test_a_lost_run_is_tended_no_more_often_than_it_may_be_tried(make: Make) -> None:
    run = make("a", "Lost", retries=2)
    worker = record.worker(run.path)
    assert worker is not None
    record.write_record(run.path, replace(worker, attempt=3))
    (row,) = Runs([run]).tend()
    assert not row.ok and "it was begun 3 times" in row.why


def test_the_table_says_why_and_what_would_help_and_escapes_what_it_is_told(make: Make) -> None:
    run = make("a", "Failed", why="icoFoam: <b>no")
    record.write_record(run.path, replace(record.end(run.path), tries=3, fault={"mend": "free some"}))  # type: ignore[type-var]
    html = Runs([run, make("b", "Running")])._repr_html_()
    assert "icoFoam: &lt;b&gt;no; free some" in html and "2 runs: 1 Running, 1 Failed" in html
    assert "<b>no" not in html
    bundle = Runs([run])._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}  # nobody looks on


def test_a_table_of_very_many_runs_shows_the_first(make: Make) -> None:
    run = status(make("a", "Done"))
    assert "and 300 more" in table.table([run] * (table.MOST + 300))


def test_a_run_whose_executor_is_not_here_is_told_and_hinders_no_other(home: Path, make: Make) -> None:
    path = home / "runs" / "far-0123456789ab"
    path.mkdir(parents=True)
    job = Job(path, "far", "far", "0" * 64, 1, "", "moon", ("icoFoam",), "icoFoam", 1.0, 0.0, 1.0, "1912")
    record.write_job(job, path)
    far, near = statuses([Run(path), make("near", "Done")])
    assert far.state == "Unreadable" and "unknown executor 'moon'" in far.why and near.state == "Done"


@pytest.mark.parametrize("given", [1001, -1001, 1.5, True, "high"])
def test_a_priority_is_a_whole_number_in_its_range(make: Make, given: object) -> None:
    run = make("a", "Done")
    with pytest.raises(CaseError, match="priority: must be a whole number from -1000 to 1000"):
        run.priority(given)  # type: ignore[arg-type]
    assert not (run.path / "priority.json").exists()
    run.priority(7)
    assert record.priority(run.path) == 7


def test_a_run_that_ends_while_its_executor_is_asked_is_not_lost(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make("a", "Running")

    class Late:
        def alive(self, jobs: list[Job]) -> set[str]:
            record.write_record(run.path, EndRecord(1, "Done", "all stages are done", 4000.0))
            return set()

    monkeypatch.setattr(executors, "get", lambda name, where="": Late())
    assert status(run).state == "Done"


def test_runs_that_were_removed_since_hinder_no_other(make: Make) -> None:
    known, handle, other = make("known", "Failed"), make("handle", "Done"), make("other", "Done")
    runs = Runs([status(known), handle, other])
    assert [one.state for one in runs.statuses()] == ["Failed", "Done", "Done"]
    assert len(runs.statuses()) == 3
    for run in (known, handle):
        run.path.rename(run.path.with_name(f".gone-{run.path.name}"))
    found = runs.statuses()
    assert [one.state for one in found] == ["Unreadable", "Lost", "Done"]
    assert found[0].why == "no run here: job.json is missing or broken" and found[1].why == "its directory is gone"
    assert "Unreadable" in repr(runs)

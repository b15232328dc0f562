"""Many runs in one job array of a real Slurm: each is a run like any other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.cluster.private import Private
from flowcfd.errors import CaseError, SiteError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import lock
from flowcfd.jobs.executors import Executor, Many, Queueing, executors
from flowcfd.jobs.executors.slurm import array
from flowcfd.jobs.handle import Run

pytestmark = pytest.mark.cluster

Until = Callable[..., None]
LONG = 90.0


def attempts(run: Run) -> int:
    events = run.path / "events.jsonl"
    return events.read_text().count('"event": "attempt"') if events.exists() else 0


def busy(run: Run) -> bool:
    return run.state == "Running" and (run.progress().time or 0.0) > 0.0


def numbers(cluster: Private) -> set[str]:
    """The jobs in the queue, as "12"; all tasks of an array have one number."""
    return set(cluster.ask("squeue", "-h", "-r", "-o", "%F").split())


def start(runs: Sequence[Run], at_once: int | None = None) -> Executor:
    """All in one array."""
    executor = executors.get("private")
    assert isinstance(executor, Many)
    executor.start_many([run.record for run in runs], at_once=at_once)
    return executor


def test_many_runs_are_one_job_array_that_computes_so_many_at_once(
    site: Private, cavity: Callable[..., CaseFiles], until: Until
) -> None:
    runs = [jobs.run(cavity(steps=200 + n), on="private", start=False) for n in range(5)]
    start([*runs, runs[0]], at_once=2)
    assert len(numbers(site)) == 1
    uids = {array.of(run.record).array for run in runs}  # type: ignore[union-attr]
    assert len(uids) == 1
    assert "#SBATCH --array=0-4%2" in jobs.preview(runs[3])
    assert f"#SBATCH --job-name=flow-a-{uids.pop()}" in jobs.preview(runs[3])
    assert [run.wait(LONG) for run in runs] == ["Done"] * 5
    assert [attempts(run) for run in runs] == [1] * 5
    spans = [
        (known.started, end["ended"])
        for run in runs
        for known, end in [(run.stages[0], json.loads((run.path / "end.json").read_text()))]
    ]
    for run in runs:
        until(lambda run=run: "Slurm's log" in run.usage.source, LONG)
        used = run.usage
        assert used.source == "Slurm's log of ended jobs; CPU time and memory by the run's own records"
        assert used.nodes[0] in site.names
        assert used.core_seconds == pytest.approx(used.elapsed)
        assert used.elapsed + 2 > sum(stage.wall for stage in run.stages)
        assert used.cpu_seconds == sum(stage.cpu for stage in run.stages) > 0
        assert used.memory > 2**20
    assert max(sum(begin <= at < end for begin, end in spans) for at, _ in spans) <= 2


def test_one_task_of_an_array_is_cancelled_stopped_held_and_goes_on_without_the_others(
    site: Private, slow_cavity: Callable[..., CaseFiles], until: Until
) -> None:
    files = [slow_cavity(steps=10**6 + 1000 * n) for n in range(4)]
    wanted = {"cores": 1, "resources": {"extra": ["--nodelist=n1"], "max_restarts": 1}}
    runs = [jobs.run(each, on="private", start=False, **wanted) for each in files]  # type: ignore[arg-type]
    first, second, third, fourth = runs
    executor = start(runs)
    until(lambda: busy(first) and busy(second), LONG)
    until(lambda: "is pending" in third.why and "_2 " in third.why, LONG)
    assert third.state == fourth.state == "Queued"
    executor.start(third.record)
    start(runs)  # it is too late for that, and does no harm
    assert len(numbers(site)) == 1
    assert isinstance(executor, Queueing)
    executor.hold(third.record)
    executor.prioritise(fourth.record, 10)

    assert first.cancel().state == "Cancelled"
    until(lambda: busy(fourth), LONG)
    assert third.state == "Queued"
    assert busy(second)
    (number,) = numbers(site)
    site.ask("scancel", "--batch", "--signal=USR1", f"{number}_1")  # its time is over
    until(lambda: attempts(second) == 2 and busy(second), LONG)
    assert attempts(fourth) == 1, "only its own task was put into the queue again"
    site.ask("scontrol", "requeue", f"{number}_3")
    until(lambda: attempts(fourth) == 2 and busy(fourth), LONG)
    assert fourth.stop().state == "Stopped"
    executor.release(third.record)
    until(lambda: busy(third), LONG)
    until(lambda: fourth.record.uid not in executor.alive([fourth.record]), LONG)
    fourth.resume()
    until(lambda: len(numbers(site)) == 2, LONG)
    assert array.of(fourth.record) is None, "it has a job of its own now"
    assert "--array" not in jobs.preview(fourth)
    for run in (second, third, fourth):
        assert run.cancel().state == "Cancelled"
    until(lambda: not numbers(site), LONG)


def test_what_cannot_be_one_array_is_refused_and_leaves_nothing(
    site: Private, home: Path, cavity: Callable[..., CaseFiles]
) -> None:
    runs = [jobs.run(cavity(steps=n), on="private", start=False) for n in (21, 22)]
    other = jobs.run(cavity(steps=23), on="private", start=False, resources={"exclusive": True})
    with pytest.raises(CaseError, match="must ask for the same cores and resources"):
        start([*runs, other])
    with pytest.raises(CaseError, match="at_once: must be at least 1"):
        start(runs, at_once=0)
    taken = lock.acquire(other.path / "lock")
    assert taken is not None
    shutil.move(home / "profiles/private.yaml", home / "kept")
    text = (home / "kept").read_text() + "resources:\n  account: nobodys\n  extra: ['--reservation=none']\n"
    (home / "profiles/private.yaml").write_text(text)
    with pytest.raises(SiteError, match="sbatch refuses"):
        start(runs)
    assert not list((home / "arrays").iterdir())
    assert all(array.of(run.record) is None for run in runs)
    assert site.ask("squeue", "-h") == ""

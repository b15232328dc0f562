"""Runs that wait in the queue of a real Slurm are held, let go, sent behind others and left, by the verbs for runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.cluster.private import Private
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import Runs

pytestmark = pytest.mark.cluster
Build = Callable[..., CaseFiles]
Until = Callable[..., None]


def test_runs_that_wait_are_paused_in_their_place_resumed_and_cancelled(
    site: Private, slow_cavity: Build, until: Until
) -> None:
    filling = [jobs.run(slow_cavity(steps=100_000 + n), on="private", cores=2) for n in range(3)]
    until(lambda: all(run.state == "Running" for run in filling))
    held, left = (jobs.run(slow_cavity(steps=20 + n), on="private", cores=2) for n in range(2))
    until(lambda: held.state == left.state == "Queued")
    assert Runs([held, left]).pause().ok
    assert (held.state, held.why) == ("Paused", "held in the queue")
    assert "JobHeldUser" in site.ask("squeue", "-h", "-o", "%j|%r")
    told = {one.run: one.state for one in fc.runs(state="Paused").statuses()}
    assert told == {held.path.name: "Paused", left.path.name: "Paused"}
    assert left.cancel().state == "Cancelled" and left.record.uid not in site.ask("squeue", "-h", "-o", "%j")
    assert held.resume().state == "Queued"
    held.priority(-10)
    (row,) = fc.runs(state="Queued").statuses()
    assert (row.run, row.priority) == (held.path.name, -10)
    assert fc.runs(executor="private", state="Running").cancel().ok
    until(lambda: held.state not in ("Queued", "Running"), 90.0)
    assert held.state == "Done", held.why


def test_no_limit_of_time_is_refused_where_the_partition_has_one_and_a_given_one_is_slurms(
    site: Private, cavity: Build
) -> None:
    with pytest.raises(CaseError, match=r"walltime: must be at most that of partition cpu .* \(got no limit\)"):
        jobs.run(cavity(steps=20), on="private", walltime=None)
    assert len(fc.runs()) == 0
    run = jobs.run(cavity(steps=20), on="private", walltime="2 h")
    assert run.record.walltime == 7200.0 and "#SBATCH --time=120" in jobs.preview(run)
    assert run.wait(90) == "Done", run.why

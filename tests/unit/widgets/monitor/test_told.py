"""What is told of runs in states that are hard to bring about: queued, meshing, lost, settled; and of bare cases."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.errors import CaseError
from flowcfd.jobs import Runs, record, settle
from flowcfd.jobs.handle import Run
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import Job, StageRecord, WorkerRecord
from flowcfd.picture import Picture
from flowcfd.widgets.monitor import picture, target
from flowcfd.widgets.monitor.follow import FORCES_TAB, Follower
from flowcfd.widgets.monitor.loose import Loose, status_of
from flowcfd.widgets.monitor.told import bands, told

MESHLOG = Path(__file__).parents[2] / "foam/meshlogs/log.snappyHexMesh.sphere.txt"
CONTROL = "application icoFoam; endTime 0.5; deltaT 0.1;"
SCHEMES = "ddtSchemes { default Euler; }"
LOG = "Exec   : icoFoam\nCreate time\n\nCreate mesh for time = 0\n\nStarting time loop\n\n"
STEP = "Time = {0}\n\nCourant Number mean: 0.1 max: 0.2\nsmoothSolver:  Solving for Ux, Initial residual = {1}, "
STEP += "Final residual = 1e-9, No Iterations 2\nExecutionTime = {0} s  ClockTime = 1 s\n\n"
Make = Callable[..., Run]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A run directory by hand: its worker lives (this process) or not; a stage is at work or not."""

    def make(phase: str = "Running", *, alive: bool = True, stage: str = "", **more: Any) -> Run:
        path = tmp_path / "a-0123456789ab"
        _case(path / "case")
        given: dict[str, Any] = {"application": "icoFoam", "steps": ("icoFoam",)} | more
        job = Job(
            path, "u", "a", "0" * 64, 1, "", "local", given.pop("steps"), given.pop("application"), 1.0, 0.0, 0.5,
            "1912", **given,
        )  # fmt: skip
        record.write_job(job, path)
        me = Identity.of(os.getpid())
        assert me is not None
        identity = me if alive else Identity(2**22 + 1, 1, me.place)
        record.write_record(path, WorkerRecord(identity, 1, "", phase, time.time()))  # type: ignore[arg-type]
        if stage:
            record.write_record(path, StageRecord(stage, "running", (), ()))  # type: ignore[call-arg]
        return Run(path)

    return make


def _case(case: Path) -> Path:
    (case / "system").mkdir(parents=True)
    (case / "system/controlDict").write_text(CONTROL)
    (case / "system/fvSchemes").write_text(SCHEMES)
    return case


def seen(run: Run) -> dict[str, Any]:
    follower = Follower(run)
    follower.poll()
    return told(follower, status_of(run, follower.progress))


def test_a_queued_run_says_for_what_it_waits_and_can_be_cancelled(make: Make) -> None:
    said = seen(make("Queued"))
    assert said["state"] == "Queued"
    assert "waits" in said["why"]
    assert said["actions"] == ["cancel"]
    assert not said["left"]


def test_in_the_place_of_curves_stands_why_there_are_none(make: Make) -> None:
    assert seen(make("Queued"))["empty"] == "No curves yet: they appear as soon as the solver writes."


def test_a_run_that_is_over_promises_no_curves(make: Make) -> None:
    assert seen(make(alive=False))["empty"] == "No curves: no solver has written any."


def test_a_mesh_promises_no_curves(make: Make) -> None:
    assert "solves nothing" in seen(make(application="mesh", steps=("blockMesh",)))["empty"]


def test_a_lost_run_can_be_resumed(make: Make) -> None:
    said = seen(make(alive=False))
    assert said["state"] == "Lost"
    assert said["why"]
    assert "resume" in said["actions"]


def test_a_mesh_that_is_made_says_how_far_it_is(make: Make) -> None:
    run = make(steps=("blockMesh", "snappyHexMesh -overwrite", "icoFoam"), stage="mesh")
    text = MESHLOG.read_text()
    (run.case / "log.snappyHexMesh").write_text(text[: len(text) // 2])
    said = seen(run)
    assert said["state"] == "Running"
    assert said["far"]
    assert 0 < said["fraction"] < 1


def test_what_the_run_is_to_settle_is_judged_as_it_asks(make: Make) -> None:
    asked = {"name": "lid.Fx", "within": 0.01, "relative": True, "samples": 20}
    run = make(until={"measures": [asked], "steady": True, "mean": False, "after": 0.0, "over": 20, "confidence": 0.95})
    (run.case / "system/fvSchemes").write_text("ddtSchemes { default steadyState; }")
    follower = Follower(run)
    group = follower._group("lid/force.dat/", FORCES_TAB, "lid: forces", ["Fx", "Fy"])
    x = np.arange(100.0)
    group.history.extend(np.column_stack([x, 2 + np.exp(-x), np.sin(x)]))
    [band] = bands(follower)
    assert band["column"] == "Fx"
    assert band["asked"]
    assert band["ok"]
    assert band["mean"] == pytest.approx(2.0)
    assert band["half"] == pytest.approx(0.02)
    assert band["from"] == 80.0


def test_the_band_of_a_mean_is_what_the_worker_says_of_it(make: Make) -> None:
    asked = {"name": "lid.Fx", "unit": "N", "within": 0.01, "relative": True, "samples": 100}
    until = {"measures": [asked], "steady": False, "mean": False, "after": 2.0, "over": 100, "confidence": 0.9}
    run = make(until=until)
    (run.case / "system/fvSchemes").write_text("ddtSchemes { default Euler; }")
    x = np.cumsum(0.01 * (1 + 0.5 * np.sin(np.arange(1500.0))))  # steps that differ
    y = np.where(x < 2, 50.0, 3 + 0.5 * np.sin(7 * x))
    follower = Follower(run)
    follower._group("lid/force.dat/", FORCES_TAB, "lid: forces", ["Fx"]).history.extend(np.column_stack([x, y]))
    said = settle.judged(x.tolist(), y.tolist(), asked, until)
    [band] = bands(follower)
    assert (band["mean"], band["ok"], band["why"]) == (said.mean, said.ok, said.why)
    assert band["mean"] == pytest.approx(3, abs=0.05)
    assert band["from"] > 2.0


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A case that somebody runs by hand, at its third step."""
    case = _case(tmp_path / "mine")
    (case / "log.icoFoam").write_text(LOG + "".join(STEP.format(0.1 * n, 0.5 / n) for n in (1, 2, 3)))
    return case


def test_a_case_that_is_no_run_is_followed_by_its_log(bare: Path) -> None:
    run = target.target(bare)
    assert isinstance(run, Loose)
    follower = Follower(run)
    follower.poll()
    said = told(follower, status_of(run, follower.progress))
    assert (said["state"], said["actions"]) == ("Running", [])
    assert "no run of FlowCFD" in said["why"]
    assert said["fraction"] == pytest.approx(0.6)
    assert follower.groups["residuals"].history.count == 2  # the third is open
    with (bare / "log.icoFoam").open("a") as log:
        log.write(STEP.format(0.4, 0.1) + STEP.format(0.5, 0.1) + "End\n\n")
    follower.poll()
    assert told(follower, status_of(run, follower.progress))["state"] == "Done"
    assert run.state == "Done"
    assert follower.groups["residuals"].history.count == 5


def test_a_log_that_has_its_end_is_done_before_it_is_read(bare: Path) -> None:
    log = bare / "log.icoFoam"
    log.write_text(log.read_text() + STEP.format(0.5, 0.1) + "End\n\nFinalising parallel run\n")
    os.utime(log, (1e9, 1e9))
    run = Loose(bare)
    assert status_of(run, run.progress()).state == "Done"


def test_the_picture_of_several_runs_has_their_table_and_a_long_cause_is_whole(make: Make) -> None:
    rows = [{"label": f"{n}: speed {n}", "state": "Done", "fraction": 1.0, "measure": f"Cd {n}"} for n in range(30)]
    assert picture._table({"rows": rows})[1].split() == ["1:", "speed", "1", "Done", "100", "%", "Cd", "1"]
    assert picture._table({"rows": rows})[-1] == "and 6 more"
    told_ = {"run": "r", "state": "Failed", "far": "", "left": "", "why": "because " * 60}
    long, short = (Picture(picture.png([], {**told_, "why": why}, [], {})).size for why in (told_["why"], "it failed"))
    assert long[1] > short[1]  # room for all of its lines
    table = Picture(picture.png([], {}, [], {"title": "30 runs", "rows": rows})).size
    assert table[1] > short[1]


def test_what_is_no_run_is_named(make: Make) -> None:
    for wrong in (fc.Cavity("1 m"), b"run"):
        with pytest.raises(CaseError, match=rf"watch: must be a run, .* \(got {type(wrong).__name__}\)"):
            target.target(wrong)


def test_a_log_that_grows_no_more_and_one_that_failed_are_said(bare: Path) -> None:
    log = bare / "log.icoFoam"
    os.utime(log, (1e9, 1e9))
    said = seen(Loose(bare))
    assert said["state"] == "Stopped"
    assert "has not grown for" in said["why"]
    log.write_text(log.read_text() + "--> FOAM FATAL ERROR:\nno such patch\n\nFOAM exiting\n")
    said = seen(Loose(bare))
    assert said["state"] == "Failed"
    assert "no such patch" in said["fault"]["cause"]
    assert said["actions"] == []


def test_a_log_by_another_name_is_found_by_what_it_says(bare: Path) -> None:
    (bare / "log.checkMesh").write_text("Exec   : checkMesh\n")
    shutil.move(bare / "log.icoFoam", bare / "night.log")
    assert [path.name for path in Loose(bare).solver_logs()] == ["night.log"]


def test_a_case_without_a_log_says_what_to_do(bare: Path) -> None:
    (bare / "log.icoFoam").unlink()
    with pytest.raises(CaseError, match=r"icoFoam > log\.icoFoam"):
        target.target(bare)
    with pytest.raises(CaseError, match="alone"):
        (bare / "log.icoFoam").write_text(LOG)
        target.target([bare, bare])


@pytest.mark.parametrize("nothing", [[], {}, Runs([])], ids=["list", "dict", "runs"])
def test_no_runs_at_all_are_refused(nothing: object) -> None:
    with pytest.raises(CaseError, match="there is no run in what was given"):
        target.target(nothing)  # type: ignore[arg-type]

"""Warm starts: the answers are those of cold ones within the settled band, and where the fields came from is told."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.errors import CaseError
from flowcfd.foam import fields
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import process, record
from flowcfd.jobs.handle import Run
from flowcfd.studies import Study

pytestmark = pytest.mark.flow
SPEED, WITHIN = "boundaries.inlet.speed", 0.005
WALLS = ("upstreamWall", "step", "lowerWall", "upperWall")


def step(speed: float = 1.0, **changes: object) -> fc.Case:
    """A laminar backward-facing step that ends when the reattachment has settled."""
    case = fc.Case(
        name="step",
        domain=fc.BackwardFacingStep(step="1 cm", inlet_height="1 cm", upstream="2 cm", downstream="16 cm"),
        mesh=fc.Blocks(cell="2 mm"),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-4, rho=1.0)),
        boundaries={"inlet": fc.Inlet(speed), "outlet": fc.Outlet(), **dict.fromkeys(WALLS, fc.Wall())},
        solve=fc.Steady(2000, residual=None, until=fc.Settled("reattachment", within=WITHIN, over=50)),
        outputs=(fc.Reattachment("lowerWall", every=5),),
    )
    return case.replace(changes) if changes else case


def done(run: Run) -> Run:
    assert run.wait() == "Done", run.why
    return run


def length(run: Run) -> float:
    return float(fc.results(run).measure("reattachment").iloc[-1])


def test_a_warm_run_has_the_others_fields_inside_and_its_own_at_the_boundaries(home: Path) -> None:
    first = done(jobs.run(step(1.0)))
    warm = done(jobs.run(step(1.1), warm=first))
    told = warm.record.warm
    assert (told["from"], told["how"]) == (first.path.name, "copied")
    assert not (warm.case / "log.potentialFoam").exists(), "it would make fields of its own"
    began, ended = fields.read(warm.case / "0/U"), fields.read(first.case / told["time"] / "U")
    np.testing.assert_array_equal(began.internal, ended.internal)
    np.testing.assert_array_equal(began.boundary["inlet"]["value"], (1.1, 0, 0))
    cold = done(jobs.run(step(1.1)))
    assert cold.path != warm.path, "who asks for the case gets what was computed from it alone"
    assert told["cold"] == cold.record.digest
    assert length(warm) == pytest.approx(length(cold), rel=WITHIN)
    assert jobs.run(step(1.1), warm=first).path == cold.path, "one that is done needs no other"
    shutil.rmtree(cold.path)
    assert jobs.run(step(1.1), warm=cold_again(home)).path == warm.path, "wherever it would start from"


def cold_again(home: Path) -> Run:
    return done(jobs.run(step(1.2)))


def test_on_another_mesh_the_fields_are_mapped_by_a_step_of_the_run(home: Path) -> None:
    first = done(jobs.run(step(1.0)))
    finer = step(1.0, **{"mesh.cell": "1.25 mm"})
    warm = done(jobs.run(finer, warm=first))
    assert warm.record.warm["how"] == "mapped"
    assert warm.record.steps == ("blockMesh", "mapFields warm -sourceTime latestTime", "simpleFoam")
    began = fields.read(warm.case / "0/U")
    assert len(began.internal) != len(fields.read(first.case / warm.record.warm["time"] / "U").internal)
    assert np.ptp(began.internal[:, 0]) > 0.5, "it is no uniform field any more"
    np.testing.assert_array_equal(began.boundary["inlet"]["value"], (1.0, 0, 0))
    assert length(warm) == pytest.approx(length(done(jobs.run(finer))), rel=WITHIN)


def test_a_study_is_computed_warm_and_its_answers_are_the_cold_ones(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speeds = [0.8, 1.0, 1.2, 1.4, 1.6]
    warm = Study(step(), {SPEED: speeds}, name="warm").run(warm=True, at_once=1, wait=True)
    table = warm.table(length="reattachment")
    assert list(table["state"]) == ["Done"] * 5
    assert list(table["warm from"].isna()) == [False, False, True, False, False], "the one in the middle was first"
    assert set(table["warm from"].dropna()) <= set(range(5))
    saving = warm.saving
    assert (saving.points, saving.measured) == (4, 0)
    assert "4 points started warm" in repr(warm)
    cold = Study(step(), {SPEED: speeds}, name="cold")
    for number in range(len(cold)):
        done(jobs.run(cold.at(number)))
    assert (warm.saving.points, warm.saving.measured) == (4, 4)
    known = cold.run(wait=True).table(length="reattachment")
    assert "warm from" not in known
    np.testing.assert_allclose(table["length"], known["length"], rtol=WITHIN)
    again = Study(step(), {SPEED: [*speeds, 1.8]}, name="more").run(warm=True, wait=True)
    assert again.states == {"Done": 6}
    assert again.points[5].warm, "what was computed cold is a neighbour as well"
    assert all(not point.warm for point in again.points[:5])


def test_what_cannot_start_warm_is_refused_before_anything_is_written(
    home: Path, cavity: Callable[..., CaseFiles]
) -> None:
    first = done(jobs.run(cavity(steps=4, write=4)))
    with pytest.raises(CaseError, match="warm: only a steady solve"):
        jobs.run(cavity(steps=8, write=8), warm=first)
    transient = step(1.0, solve=fc.Transient(end=1, step=0.1))
    with pytest.raises(CaseError, match="warm: only a steady solve"):
        Study(transient, {SPEED: [1, 2]}).run(warm=True)
    written = jobs.run(step(1.0), start=False)
    with pytest.raises(CaseError, match="is not done"):
        jobs.run(step(1.1), warm=written)
    assert not (home / "studies").exists()


def test_a_point_that_is_lost_is_taken_up_again(home: Path, until: Callable[..., None]) -> None:
    slow = step(1.0, **{"mesh.cell": "0.5 mm"})
    study = Study(slow, {SPEED: [1.0]}, name="lost").run()
    until(lambda: study.points[0].run is not None and checkpoint_begun(study.points[0].run))
    run = study.points[0].run
    assert run is not None
    worker = record.worker(run.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)
    process.end(run.record.uid)
    until(lambda: study.points[0].lost == 1)
    until(lambda: (found := record.worker(run.path)) is not None and found.attempt == 2)
    study.cancel()
    assert study.points[0].state in ("Cancelled", "Done")


def checkpoint_begun(run: Run) -> bool:
    return run.state == "Running" and (run.case / "log.simpleFoam").exists()


def test_a_design_that_is_extended_computes_only_what_is_new(home: Path) -> None:
    quick = step(1.0, solve=fc.Steady(20, residual=None))
    small = Study(quick, {SPEED: (0.5, 1.5)}, design="sobol", points=2, name="two").run(wait=True)
    large = Study(quick, {SPEED: (0.5, 1.5)}, design="sobol", points=4, name="four").run(wait=True)
    assert large.states == {"Done": 4}
    assert [p.run.path for p in large.points[:2] if p.run] == [p.run.path for p in small.points if p.run]
    assert len(jobs.runs()) == 4

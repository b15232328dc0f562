"""Runs that go as they should, with real OpenFOAM: serial and on ranks, stopped, paused, resumed, queued."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.case import Case
from flowcfd.errors import Cancelled, Stopped
from flowcfd.foam import dictionary, fields, install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.tutorials import tutorial
from flowcfd.jobs import checkpoint, record
from flowcfd.jobs.handle import Run

pytestmark = pytest.mark.flow
CASES = Path(__file__).parents[1] / "cases"
Build = Callable[..., CaseFiles]
Until = Callable[..., None]


@pytest.fixture
def one_core() -> Iterator[None]:
    """This process and all it starts see one core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def solving(run: Run) -> bool:
    """Whether some iterations are done."""
    return run.progress().iteration > 5


def times(run: Run) -> list[str]:
    return checkpoint.times(checkpoint.roots(run.case, run.cores)[0])


def test_a_serial_case_is_computed_and_everything_about_it_is_on_disk(home: Path, cavity: Build) -> None:
    run = jobs.run(cavity())
    assert run.state in ("Queued", "Running", "Done")
    assert run.wait(60) == "Done"
    again = jobs.open(run.path)
    assert [(stage.name, stage.state) for stage in again.stages] == [("mesh", "done"), ("solve", "done")]
    solve = again.stages[1]
    assert solve.cpu > 0 and solve.wall > 0 and solve.memory > 10e6 and solve.disk > 100e3
    assert times(again) == ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]
    progress = again.progress()
    assert progress.time == 0.5 and progress.fraction == 1.0 and set(progress.residuals) == {"Ux", "Uy", "p"}
    assert "End" in again.tail()
    again.check()
    assert [r.path for r in jobs.runs()] == [run.path] and jobs.open(run.path.name).path == run.path


def test_an_equal_case_returns_its_run_and_is_not_computed_again(home: Path, cavity: Build) -> None:
    first = jobs.run(cavity(), wait=True)
    second = jobs.run(cavity())
    assert second.path == first.path and second.state == "Done"
    assert jobs.run(cavity(steps=20)).path != first.path
    assert record.worker(first.path).attempt == 1


def test_the_case_in_a_run_can_be_taken_away_and_run_by_hand(home: Path, tmp_path: Path, cavity: Build) -> None:
    run = jobs.run(cavity(), wait=True)
    taken = tmp_path / "taken"
    run.case.rename(taken)
    for name in ("0.1", "0.2", "0.3", "0.4", "0.5"):
        subprocess.run(["rm", "-r", taken / name], check=True)
    environment = install.find().environment(case=taken)
    done = subprocess.run(["icoFoam"], cwd=taken, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.rstrip().endswith("End")
    assert checkpoint.times(taken)[-1] == "0.5"


def test_two_ranks_replace_scotch_by_hierarchical_and_reconstruct(home: Path, tutorials: Path) -> None:
    files = adopt(tutorials / "incompressible/simpleFoam/pitzDaily").edit(
        "system/controlDict", endTime=4, writeInterval=4
    )
    scotch = dictionary.dumps(
        {"numberOfSubdomains": 6, "method": "scotch", "constraints": {}},
        header=("dictionary", "decomposeParDict", "system"),
    )
    run = jobs.run(files.with_files({"system/decomposeParDict": scotch}), cores=2)
    assert run.wait(120) == "Done", run.why
    assert [stage.name for stage in run.stages] == ["mesh", "decompose", "solve", "reconstruct"]
    tree = dictionary.read(run.case / "system/decomposeParDict")
    assert (tree["method"], tree["numberOfSubdomains"], tree["coeffs.n"]) == ("hierarchical", 2, (2, 1, 1))
    assert "constraints" in tree
    assert times(run) == ["0", "4"] and (run.case / "4" / "U").is_file()
    assert (run.case / "processor1").is_dir() and not (run.case / "processor2").exists()


def test_ptscotch_divides_through_redistributePar(home: Path, cavity: Build) -> None:
    run = jobs.run(cavity(), cores=2, method="ptscotch")
    assert run.wait(60) == "Done", run.why
    assert run.stages[1].steps[0].command == "redistributePar -decompose -overwrite"
    assert (run.case / "0.5" / "U").is_file()


@pytest.mark.parametrize("cores", [1, 2])
def test_a_run_whose_solver_writes_no_time_says_so(home: Path, cavity: Build, cores: int) -> None:
    run = jobs.run(cavity(steps=10, write=1000), cores=cores)
    assert run.wait(60) == "Done", run.why
    assert run.why == "all stages are done; the solver wrote no new time"
    known = [(stage.name, stage.state, len(stage.steps)) for stage in run.stages]
    divided = [("decompose", "done", 1)] if cores == 2 else []
    assert known == [("mesh", "done", 1), *divided, ("solve", "done", 1)]  # nothing was put together
    assert times(run) == ["0"] and not list(run.case.glob("log.reconstructPar*"))
    assert fc.results(run).residuals.index[-1] == pytest.approx(0.05)


def test_a_divided_run_that_had_written_nothing_yet_begins_its_solution_anew(
    home: Path, slow_cavity: Build, until: Until
) -> None:
    run = jobs.run(slow_cavity(steps=150, write=150), cores=2)
    until(lambda: solving(run))
    run.cancel()
    assert times(run) == ["0"]
    assert run.resume().wait(90) == "Done", run.why
    assert times(run) == ["0", "0.15"] and (run.case / "0.15" / "U").is_file()


@pytest.mark.parametrize("cores", [1, 2])
def test_a_stopped_run_has_written_its_fields_and_goes_on_from_them(
    home: Path, slow_cavity: Build, until: Until, cores: int
) -> None:
    run = jobs.run(slow_cavity(steps=300, write=300), cores=cores)
    until(lambda: solving(run))
    run.stop()
    assert run.state == "Stopped"
    with pytest.raises(Stopped):
        run.check()
    signalled = "sigStopAtWriteNow : setting up" in (run.case / "log.icoFoam").read_text()
    assert signalled is (cores == 1)  # ranks would take it at different steps, and wait for each other
    assert dictionary.read(run.case / "system/controlDict")["stopAt"] == "endTime"
    written = times(run)
    assert len(written) == 2 and 0 < float(written[1]) < 0.3
    assert run.resume().wait(90) == "Done", run.why
    assert times(run) == [*written, "0.3"]
    control = dictionary.read(run.case / "system/controlDict")
    assert (control["startFrom"], control["stopAt"]) == ("latestTime", "endTime")
    logs = [path.name for path in sorted(run.case.glob("log.icoFoam*"))]
    assert logs == ["log.icoFoam", "log.icoFoam.2"]
    assert f"Time = {written[1]}\n" not in (run.case / "log.icoFoam.2").read_text()


def test_a_paused_run_frees_its_core_and_a_queued_one_takes_it(
    home: Path, cavity: Build, slow_cavity: Build, until: Until, one_core: None
) -> None:
    first = jobs.run(slow_cavity(steps=5000, write=5000))
    until(lambda: solving(first))
    second = jobs.run(cavity())
    assert (second.state, second.why) == ("Queued", "waits for free cores")
    time.sleep(0.5)
    assert second.state == "Queued"
    assert first.pause().state == "Paused"
    assert second.wait(60) == "Done"
    assert first.resume().state in ("Queued", "Running")
    until(lambda: first.state == "Running" and solving(first))
    first.cancel()


def test_a_queued_run_can_be_cancelled_without_ever_having_run(
    home: Path, cavity: Build, slow_cavity: Build, one_core: None
) -> None:
    first = jobs.run(slow_cavity(steps=5000))
    second = jobs.run(cavity())
    assert second.state == "Queued"
    assert second.cancel().state == "Cancelled" and second.stages == ()
    assert first.cancel().state == "Cancelled"
    with pytest.raises(Cancelled):
        first.check()


def test_retry_does_the_stage_again_and_puts_what_it_wrote_aside(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity(steps=100), cores=2)
    until(lambda: len(times(run)) > 2)
    run.cancel()
    assert run.retry().wait(60) == "Done", run.why
    aside = run.case / "incomplete" / "1"
    assert checkpoint.times(aside / "processor0")[0] == "0" and len(checkpoint.times(aside / "processor0")) > 2
    assert times(run)[-1] == "0.1" and (run.case / "0.1" / "U").is_file()


def test_a_case_is_rendered_and_its_description_kept_beside_it(home: Path) -> None:
    case = Case.from_json((CASES / "cavity_icofoam/case.json").read_text())
    run = jobs.run(case, wait=True)
    run.check()
    assert Case.from_json((run.path / "case.json").read_text()) == case
    assert run.name == case.name and jobs.run(case).path == run.path


def test_potentialFoam_and_the_solver_run_on_ranks_and_are_not_started_again(home: Path, until: Until) -> None:
    case = Case.from_json((CASES / "step_kOmegaSST/case.json").read_text())
    run = jobs.run(case.replace({"solve.iterations": 5000}), cores=2)  # it must not be ready before it is stopped
    until(lambda: solving(run))
    assert run.stop().state == "Stopped"
    solve = run.stages[-1]
    assert [step.command for step in solve.steps] == ["potentialFoam -writephi", "simpleFoam"]
    run.resume()
    until(lambda: run.state == "Running" and (run.case / "log.simpleFoam.2").exists() and solving(run))
    assert run.stop().state == "Stopped"
    assert [step.command for step in run.stages[-1].steps] == ["potentialFoam -writephi", "simpleFoam", "simpleFoam"]
    assert len(times(run)) == 3


def test_start_fields_that_a_step_overwrites_are_kept_for_another_try(home: Path, tutorials: Path) -> None:
    files = adopt(tutorials / "multiphase/interFoam/laminar/damBreak/damBreak")
    files = files.edit("system/controlDict", endTime=0.01, writeInterval=0.01, maxCo=1)
    missing = files.with_files({"system/fvSchemes": None})
    run = jobs.run(missing, cores=1)
    assert run.wait(60) == "Failed" and "setFields" in (run.log() or Path()).name
    before = (run.path / "initial/mesh/0/alpha.water").read_bytes()
    assert before == files.text("0/alpha.water").encode("latin-1")
    (run.case / "system/fvSchemes").write_text(files.text("system/fvSchemes"))
    (run.case / "0/alpha.water").write_text("half a fie")
    assert run.retry().wait(90) == "Done", run.why
    assert (run.case / "incomplete/1/0/alpha.water").read_text() == "half a fie"
    assert b"nonuniform" in (run.case / "0/alpha.water").read_bytes()
    assert times(run) == ["0", "0.01"]


def test_a_solver_that_writes_into_its_start_time_is_put_together(home: Path) -> None:
    files = adopt(tutorial("potentialFoam/pitzDaily"))
    speeds = []
    for cores in (1, 2):
        run = jobs.run(files, cores=cores)
        assert run.wait(120) == "Done", run.why
        assert run.why == "all stages are done"
        speed = np.linalg.norm(fields.read(run.case / "0" / "U", memmap=False).values(12225), axis=1)
        speeds.append(np.median(speed))
    assert speeds[0] == pytest.approx(speeds[1], rel=1e-3)
    assert speeds[0] > 1

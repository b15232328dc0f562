"""The cause of a failure is told wherever a run is looked at, and so is what went wrong in one that ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.cli import main
from flowcfd.errors import Diverged, StageFailed
from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import attempt
from flowcfd.jobs.attempt import Attempt
from flowcfd.jobs.executors import executors
from flowcfd.jobs.watch import Watch
from flowcfd.kernel import process

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]
HINT = "did you mean noSlip?"


@pytest.fixture
def misspelt(cavity: Build) -> CaseFiles:
    """A cavity whose walls have a boundary condition that does not exist."""
    files = cavity(steps=2)
    return files.with_files({"0/U": files.text("0/U").replace("noSlip", "noSlipp")})


def test_results_of_a_failed_run_raise_with_cause_place_and_mend(home: Path, misspelt: CaseFiles) -> None:
    run = jobs.run(misspelt)
    with pytest.raises(StageFailed, match=r"0/U:31 boundaryField\.fixedWalls: there is no boundary condition noSlipp"):
        fc.results(run)
    assert run.fault is not None and run.fault.name == "unknown-boundary-condition"
    assert run.fault.valid[0] == "noSlip" and len(run.fault.valid) > 50
    assert HINT in run.why and len(run.why) < 400
    assert HINT in repr(run.error) and HINT in run._repr_html_()


def test_show_prints_the_cause(home: Path, misspelt: CaseFiles, capsys: pytest.CaptureFixture[str]) -> None:
    run = jobs.run(misspelt)
    run.wait(60)
    assert main(["show", str(run.path)]) == 0
    assert HINT in capsys.readouterr().out
    main(["show", str(run.path), "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert shown["fault"]["file"] == "0/U" and shown["fault"]["line"] == 31 and shown["troubles"] == []


def test_a_diverged_run_names_field_time_and_courant_number(home: Path, cavity: Build) -> None:
    run = jobs.run(cavity().edit("system/controlDict", deltaT=0.5, endTime=50))
    with pytest.raises(Diverged) as failure:
        fc.results(run)
    assert failure.value.field in ("U", "p") and failure.value.time is not None and failure.value.time < 50
    assert "multiply deltaT by 0.009 (for a Courant number of 0.5)" in str(failure.value)
    assert run.fault is not None and run.fault.name == "courant-blow-up" and (run.fault.courant or 0) > 1e6


def test_what_went_wrong_in_a_run_that_ended_is_kept_and_shown(
    home: Path, cavity: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    control = cavity(steps=2).text("system/controlDict")
    lost = "functions { lost { type residuals; libs (utilityFunctionObjects); } }\n"
    run = jobs.run(cavity(steps=2).with_files({"system/controlDict": control + lost}))
    assert run.wait(60) == "Done"
    (trouble,) = run.troubles
    assert trouble.name == "function-object-unknown" and "its data are missing" in trouble.message
    assert "lost was left out" in repr(run) and "lost was left out" in run._repr_html_()
    main(["show", str(run.path)])
    assert "lost was left out" in capsys.readouterr().out
    assert jobs.open(run.path).troubles == run.troubles


def test_a_healthy_run_has_no_troubles(home: Path, cavity: Build) -> None:
    run = jobs.run(cavity(steps=20))
    assert run.wait(60) == "Done"
    assert run.troubles == () and run.fault is None


def test_a_solver_that_ends_with_nan_has_failed(home: Path, tutorials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where floating point errors are not trapped a solver goes on to its end with numbers that are none."""
    files = fc.adopt(tutorials / "incompressible/simpleFoam/pitzDaily")
    files = files.edit("system/controlDict", endTime=12, writeInterval=12).edited(
        "system/fvSolution",
        {"SIMPLE.residualControl": None, "SIMPLE.consistent": "no", "relaxationFactors.equations.U": 1.0},
    )
    files = files.edited("0/U", {"boundaryField.inlet.value": "uniform (1e160 0 0)"})
    monkeypatch.setattr(executors.get("local"), "start", lambda job: None)
    run = jobs.run(files)
    environment = {**install.find().environment(case=run.case), "FOAM_SIGFPE": "false"}
    end = attempt.compute(Attempt(run.record, 1, False, environment, Watch(run.path)))
    assert (end.state, end.diverged) == ("Failed", True), end.why
    assert end.fault is not None and end.fault["kind"] == "diverged"
    solve = next(stage for stage in run.stages if stage.name == "solve")
    assert solve.state == "failed" and replace(solve.steps[-1], rc=0) == solve.steps[-1]


def test_a_foam_cell_tells_the_cause(misspelt: CaseFiles, tmp_path: Path) -> None:
    misspelt.write(tmp_path)
    environment = install.find().environment(case=tmp_path)
    said: list[str] = []
    with pytest.raises(process.CommandFailed, match=r"(?s)icoFoam: exit code 1 .*did you mean noSlip\?") as failure:
        process.run("blockMesh\nicoFoam", cwd=tmp_path, env=environment, say=said.append)
    assert failure.value.code == 1 and len(str(failure.value)) < 500
    assert "Unknown patchField type noSlipp" in "".join(said)


def test_a_foam_cell_that_fails_by_itself_tells_no_cause_of_an_application(cavity: Build, tmp_path: Path) -> None:
    cavity().write(tmp_path)
    with pytest.raises(process.CommandFailed) as failure:
        process.run("blockMesh\nfalse", cwd=tmp_path, env=install.find().environment(case=tmp_path), say=len)
    assert str(failure.value) == f"false: exit code 1 in {tmp_path}"

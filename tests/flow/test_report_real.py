"""Reports on runs and studies that were really computed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.cli import main
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles

pytestmark = pytest.mark.flow


def lid(speed: float = 1.0) -> fc.Case:
    return fc.Case(
        name="lid",
        domain=fc.Cavity("0.1 m"),
        mesh=fc.Blocks(16),
        physics=fc.Incompressible(fluid=fc.Fluid(name="oil", nu=1e-3, rho=900.0)),
        boundaries={"lid": fc.Wall(velocity=(speed, 0, 0)), "walls": fc.Wall()},
        solve=fc.Steady(iterations=120),
        outputs=[fc.Forces("lid", speed=speed, area=0.001, length=0.1)],
    )


def text(page: Path) -> str:
    """What a reader sees of a page."""
    body = re.sub(r"<style.*?</style>", "", page.read_text(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_report_says_the_numbers_of_the_run(home: Path, tmp_path: Path) -> None:
    run = fc.run(lid())
    res = fc.results(run)
    page = text(fc.report(res, tmp_path / "lid.html", title="Lid", author="Ada", note="A first look."))
    assert "Lid Ada" in page
    assert "A first look." in page
    assert str(res.statistics("forces.Cd")) in page
    assert run.record.digest in page
    assert "256 cells" in page
    assert "oil (nu 0.001 m²/s, rho 900 kg/m³)" in page
    assert "velocity (1 0 0) m/s" in page
    assert f"Verdict {res.verdict.line}" in page
    for judgement in res.verdict.judged:
        assert judgement.sentence in page
    for step in ("blockMesh", "simpleFoam"):
        assert step in page
    assert (tmp_path / "lid.html").read_text().count("<img ") == 4  # residuals, forces, speed, pressure


def test_a_report_as_pdf_holds_its_pictures(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = fc.run(lid())
    run.wait()
    assert main(["report", run.name, str(tmp_path / "lid.pdf"), "--title", "Lid", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    content = (tmp_path / "lid.pdf").read_bytes()
    assert said == {"path": str(tmp_path / "lid.pdf"), "bytes": len(content)}
    assert content.startswith(b"%PDF")
    assert content.count(b"/Subtype /Image") + content.count(b"/Subtype/Image") >= 2
    assert not list(tmp_path.glob(".*part"))


def test_a_run_that_failed_is_reported_with_its_reason(
    home: Path, tmp_path: Path, cavity: Callable[..., CaseFiles]
) -> None:
    run = fc.run(cavity().edit("system/controlDict", deltaT=1.0, endTime=50))
    run.wait()
    assert run.state == "Failed"
    page = text(fc.report(run, tmp_path / "failed.html"))
    assert "The run is Failed: " in page
    assert run.why in page
    assert "An OpenFOAM case that was adopted as it is." in page
    assert "red: do not use these numbers" in page
    assert "no fields were written after the start" in page


def test_the_checks_of_a_report_are_of_the_case_as_it_was_before_the_run(
    home: Path, tmp_path: Path, cavity: Callable[..., CaseFiles]
) -> None:
    files = cavity().edit("system/controlDict", startFrom="latestTime")
    run = fc.run(files)
    run.wait()
    page = text(fc.report(run, tmp_path / "done.html"))
    assert "Checks before the run" in page and "no errors" in page
    assert "nothing-to-run" not in page  # now it would start at its end
    folder = text(fc.report(run.case, tmp_path / "folder.html"))  # the same without the run's record
    assert "nothing-to-run" not in folder
    assert "Checks before the run" in text(fc.report(run.name, tmp_path / "named.html"))  # by its name, as everywhere
    for wrong, said in (
        ({"sections": 3}, "sections: give a list"), ({"scenes": fc.view(run.case)}, "scenes: give a list"),
        ({"evidence": 3}, "evidence: give a list"), ({"title": 3}, "title: must be text"),
        ({"template": 3}, "template: must be the path"),
    ):  # fmt: skip
        with pytest.raises(CaseError, match=said):
            fc.report(run, tmp_path / "wrong.html", **wrong)  # type: ignore[arg-type]


def test_a_mesh_is_reported_without_a_flow(home: Path, tmp_path: Path) -> None:
    run = fc.mesh(lid())
    run.wait(120)
    page = text(fc.report(run, tmp_path / "mesh.html"))
    assert "This run makes a mesh and solves nothing." in page and "256 cells" in page
    assert not re.search("no measure|Not shown|Convergence|Speed in", page)


def test_a_run_whose_fields_are_gone_is_reported_without_pictures(home: Path, tmp_path: Path) -> None:
    run = fc.run(lid())
    res = fc.results(run)
    for folder in res.case.iterdir():
        if folder.is_dir() and folder.name.isdigit() and folder.name != "0":
            shutil.rmtree(folder)
    said = text(fc.report(run, tmp_path / "bare.html"))
    assert "simpleFoam" in said and "Speed in the plane" not in said


def test_a_study_is_reported_with_all_its_points(home: Path, tmp_path: Path) -> None:
    study = fc.Study(lid(), {"boundaries.lid.velocity": [(1, 0, 0), (2, 0, 0)]}, name="speeds")
    study.run().wait()
    page = text(fc.report(study, tmp_path / "study.html"))
    assert "Study of 2 computations" in page
    assert "2 points: 2 Done." in page
    for name in ("forces.Cd", "forces.Cl"):
        value = fc.results(study.points[0].run).measure(name).iloc[-1]
        assert name in page and f"{value:.5g}" in page, "a column of the points"
    assert study.digest in page


def test_mesh_independence_is_reported_with_its_grids_and_scenes_of_ones_own(home: Path, tmp_path: Path) -> None:
    coarse = lid().model_copy(update={"mesh": fc.Blocks(8)})
    found = fc.studies.independence(coarse, measure="forces.Cd", levels=3)
    finest = found.known[0].run
    scene = fc.view(finest).slice("z").color("p").title("The pressure")
    page = text(fc.report(found, tmp_path / "grids.html", scenes=[scene]))
    assert "Mesh independence" in page
    assert all(f"{level.cells:,}" in page for level in found.levels)
    assert str(found.gci or found.why_no_gci) in page
    assert finest.record.digest in page
    assert "The pressure" in page
    assert "Speed in the plane" not in page


def test_bad_input_is_one_line(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "nothing", str(tmp_path / "a.pdf")]) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "nothing" in said
    assert main(["report", str(tmp_path), str(tmp_path / "a.doc")]) == 2
    assert "must end with .pdf or .html" in capsys.readouterr().err
    assert main(["report", "--list"]) == 0
    assert "provenance" in capsys.readouterr().out

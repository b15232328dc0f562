"""Meshes made by runs: refused before a solver starts, made on ranks, made alone, shared, and how far they are."""

from __future__ import annotations

import json
import math
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flowcfd import jobs
from flowcfd.cli import main
from flowcfd.errors import CaseError, ResultError, StageFailed
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.log import Meshing
from flowcfd.jobs import process, record
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.jobs.status import status
from flowcfd.post.open import results
from flowcfd.post.quality import quality
from flowcfd.settings import settings

pytestmark = pytest.mark.flow

HEAD = "FoamFile {{ version 2.0; format ascii; class {0}; object {1}; }}\n"
FIELD = """dimensions [0 {0} -1 0 0 0 0]; internalField uniform {1};
boundaryField {{ inlet {{ {2} }} outlet {{ {3} }} sides {{ type slip; }} body {{ type {4}; }} }}
"""
BOX = 6.0 * 4.0 * 3.2
"""Volume of the background [m3]."""
OUTSIDE, INSIDE = "(-1.511 0.0123 0.017)", "(0.0131 0.0123 0.017)"
PATCHES = ["inlet", "outlet", "sides", "body"]
MESHERS = ("blockMesh", "surfaceFeatureExtract", "snappyHexMesh -overwrite", "checkMesh")


def cylinder(leak: int = 0, sides: int = 48) -> str:
    """A cylinder along y, diameter 1 m and 2 m long, with so many triangles of its side left out."""
    ring = [(math.cos(2 * math.pi * n / sides) / 2, math.sin(2 * math.pi * n / sides) / 2) for n in range(sides)]
    found = []
    for (x, z), (u, w) in zip(ring, ring[1:] + ring[:1], strict=True):
        found += [((x, -1, z), (x, 1, z), (u, 1, w)), ((x, -1, z), (u, 1, w), (u, -1, w))]
        found += [((0, -1, 0), (x, -1, z), (u, -1, w)), ((0, 1, 0), (u, 1, w), (x, 1, z))]
    lines = []
    for facet in found[4 * leak :]:
        corners = "".join(f"vertex {x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in facet)
        lines.append(f"facet normal 0 0 0\nouter loop\n{corners}endloop\nendfacet\n")
    return f"solid body\n{''.join(lines)}endsolid body\n"


def case(
    *, leak: int = 0, point: str = OUTSIDE, layers: int = 2, expected: object = ..., cell: float = 0.5
) -> CaseFiles:
    """Potential flow around the cylinder, on a mesh of some thousand cells."""
    low, high = BOX - math.pi / 2 * 1.05, BOX - math.pi / 2 * 0.95
    told = {"patches": PATCHES, "volume": [low, high], "why": "the box without the cylinder"}
    counts = " ".join(str(round(side / cell)) for side in (6.0, 4.0, 3.2))
    snappy = (Path(__file__).parent / "cylinder.snappyHexMeshDict").read_text()
    texts = {
        "system/controlDict": "application potentialFoam; startTime 0; endTime 1; deltaT 1; writeControl timeStep; "
        "writeInterval 1; writeFormat binary; writePrecision 12;",
        "system/fvSchemes": "ddtSchemes {} gradSchemes { default Gauss linear; } divSchemes { default none; "
        "div(phi,U) Gauss linear; div(div(phi,U)) Gauss linear; } laplacianSchemes { default Gauss linear corrected; } "
        "interpolationSchemes { default linear; } snGradSchemes { default corrected; }",
        "system/fvSolution": "solvers { Phi { solver GAMG; smoother GaussSeidel; tolerance 1e-6; relTol 0.01; } } "
        "potentialFlow { nNonOrthogonalCorrectors 2; }",
        "system/blockMeshDict": "vertices ((-2 -2 -1.6) (4 -2 -1.6) (4 2 -1.6) (-2 2 -1.6) (-2 -2 1.6) (4 -2 1.6) "
        f"(4 2 1.6) (-2 2 1.6)); blocks (hex (0 1 2 3 4 5 6 7) ({counts}) simpleGrading (1 1 1)); boundary ( "
        "inlet { type patch; faces ((0 4 7 3)); } outlet { type patch; faces ((1 2 6 5)); } "
        "sides { type patch; faces ((0 1 5 4) (3 7 6 2) (0 3 2 1) (4 5 6 7)); } );",
        "system/surfaceFeatureExtractDict": "body.stl { extractionMethod extractFromSurface; "
        "extractFromSurfaceCoeffs { includedAngle 150; } writeObj no; }",
        "system/snappyHexMeshDict": snappy.replace("POINT", point).replace("LAYERS", str(layers)),
    }  # fmt: skip
    files = {path: HEAD.format("dictionary", path.rpartition("/")[2]) + text for path, text in texts.items()}
    files["0/U"] = HEAD.format("volVectorField", "U") + FIELD.format(
        "1", "(1 0 0)", "type fixedValue; value uniform (1 0 0);", "type zeroGradient;", "slip"
    )
    files["0/p"] = HEAD.format("volScalarField", "p") + FIELD.format(
        "2", "0", "type zeroGradient;", "type fixedValue; value uniform 0;", "zeroGradient"
    ).replace("-1 0", "-2 0").replace("type slip", "type zeroGradient")  # fmt: skip
    files["constant/triSurface/body.stl"] = cylinder(leak)
    if expected is not None:
        files["system/meshExpected"] = json.dumps(told if expected is ... else expected)
    return CaseFiles(files, (*MESHERS, "potentialFoam"), "cylinder")


def commands(run: Run, stage: str = "mesh") -> list[str]:
    known = next(known for known in run.stages if known.name == stage)
    return [step.command for step in known.steps]


def points(run: Run) -> bytes:
    return (run.case / "constant/polyMesh/points").read_bytes()


def cells(run: Run) -> int:
    found = re.search(r"^ +cells: +(\d+)$", (run.case / "log.checkMesh").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


@contextmanager
def living(folder: Path) -> Iterator[None]:
    """A home for several tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder))
        patch.setenv("FLOWCFD_SHARED_CORES", "1")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run, Run]:
    """A home with the sound mesh made alone by one process, and by ranks: both are looked at only."""
    folder = tmp_path_factory.mktemp("meshed")
    with living(folder):
        return folder, jobs.mesh(case(), wait=True), jobs.mesh(case(), cores=2, mesh_cores=2, wait=True)


@pytest.fixture
def there(made: tuple[Path, Run, Run]) -> Iterator[tuple[Run, Run]]:
    """The runs of `made`, in their home."""
    with living(made[0]):
        yield made[1:]


# --- the gate


def refused(run: Run, name: str, words: str) -> None:
    """It failed by its mesh before a solver started, said so, and left no mesh to others."""
    assert run.state == "Failed" and run.fault is not None
    assert (run.fault.kind, run.fault.name) == ("mesh", name)
    assert words in run.why and run.fault.mend in run.why and run.why.startswith("checkMesh: ")
    assert not (run.case / "log.potentialFoam").exists()
    with pytest.raises(StageFailed, match="mesh") as caught:
        run.check()
    assert caught.value.log == run.case / "log.checkMesh"
    assert not list(settings().home.glob("meshes/*/mesh.json")), "nobody else takes it"


@pytest.mark.parametrize(
    ("files", "name", "words"),
    [
        (case(point=INSIDE), "point-inside-body", "inlet, outlet and sides are not there"),
        (case(expected={"patches": [*PATCHES, "mirror"]}), "patch-without-faces", "no faces on mirror"),
        (case(expected={"patches": PATCHES, "volume": [76, 77], "why": ""}), "mesh-too-small", "not meshed"),
    ],
    ids=["inside", "patch", "volume"],
)  # fmt: skip
def test_a_mesh_that_is_not_what_it_should_be_is_refused_before_a_solver_starts(
    home: Path, files: CaseFiles, name: str, words: str
) -> None:
    refused(jobs.run(files, wait=True), name, words)


def test_a_refused_mesh_is_refused_again_and_meshed_anew_once_it_is_mended(home: Path) -> None:
    run = jobs.run(case(leak=4), wait=True)
    refused(run, "mesh-leaks", "the surface leaks: the mesh fills the inside of the body as well (76.7")
    assert run.resume().wait() == "Failed" and run.fault is not None and run.fault.name == "mesh-leaks"
    (run.case / "constant/triSurface/body.stl").write_text(cylinder())
    assert run.retry().wait() == "Done", run.why


def test_cells_turned_inside_out_are_refused(home: Path) -> None:
    files = case(expected={"patches": PATCHES[:3]}, cell=0.4).edit("system/controlDict", writeFormat="ascii")
    made = jobs.mesh(CaseFiles(files.files, ("blockMesh", "potentialFoam"), "block"), wait=True)
    mesh = {f"constant/polyMesh/{path.name}": path.read_text() for path in (made.case / "constant/polyMesh").iterdir()}
    lines = mesh["constant/polyMesh/points"].splitlines()
    middle = next(n for n, line in enumerate(lines) if line == "(0.8 0 0)")
    lines[middle] = "(3.7 1.7 1.3)"
    mesh["constant/polyMesh/points"] = "\n".join(lines) + "\n"
    run = jobs.run(CaseFiles({**files.files, **mesh}, ("checkMesh", "potentialFoam"), "spoilt"), wait=True)
    assert run.state == "Failed" and run.fault is not None and run.fault.name == "mesh-inside-out", run.why
    assert "negative volume" in run.why and not (run.case / "log.potentialFoam").exists()


def test_a_case_that_expects_nothing_is_run_as_ever(home: Path) -> None:
    run = jobs.run(case(leak=4, expected=None), wait=True)
    assert run.state == "Done", run.why


# --- on ranks


def test_a_mesh_made_on_ranks_is_whole_and_as_good(there: tuple[Run, Run]) -> None:
    alone, two = there
    assert (alone.state, two.state) == ("Done", "Done"), (alone.why, two.why)
    assert commands(two) == [
        "blockMesh", "surfaceFeatureExtract", "decomposePar -force -time constant", "snappyHexMesh -overwrite",
        "reconstructParMesh -constant", "checkMesh",
    ]  # fmt: skip
    assert "nProcs : 2" in (two.case / "log.snappyHexMesh").read_text()
    assert not list(two.case.glob("processor*"))
    assert cells(two) == pytest.approx(cells(alone), rel=0.05)
    ours, theirs = quality(two), quality(alone)
    assert ours.layers is not None and ours.layers.coverage == pytest.approx(theirs.layers.coverage, abs=0.05)  # type: ignore[union-attr]
    assert ours.layers.cells == ours.report.cells, "all ranks are in it"
    assert ours.report.volume == pytest.approx(theirs.report.volume, rel=1e-3)
    assert ours.score.total == pytest.approx(theirs.score.total, abs=5)


def test_ranks_count_for_what_is_shared_and_the_solver_takes_the_whole_mesh(there: tuple[Run, Run]) -> None:
    alone, two = there
    solved = jobs.run(case(), cores=2, mesh_cores=2, wait=True)
    assert solved.state == "Done", solved.why
    assert solved.stages[0].shared and points(solved) == points(two)
    assert [stage.name for stage in solved.stages] == ["mesh", "decompose", "solve", "reconstruct"]
    other = jobs.run(case(), cores=2, wait=True)
    assert other.record.mesh_cores == 1, "too few cells for ranks"
    assert other.record.digest != solved.record.digest
    assert points(other) == points(alone) != points(two), "the mesh of one process, not that of ranks"


def test_a_stopped_and_a_killed_mesh_on_ranks_are_made_anew(home: Path, until: Callable[..., None]) -> None:
    fine = case(cell=0.36)
    run = jobs.mesh(fine, cores=2, mesh_cores=2)
    log = run.case / "log.snappyHexMesh"
    until(lambda: log.is_file() and b"refinement iteration" in log.read_bytes())
    run.stop()
    assert run.state == "Stopped" and not process.marked(run.record.uid), "no rank is left"
    run.resume()
    again = run.case / "log.snappyHexMesh.2"
    until(lambda: again.is_file() and b"refinement iteration" in again.read_bytes())
    worker = record.worker(run.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)
    until(lambda: run.state == "Lost")
    run.resume()
    assert run.wait(180) == "Done", run.why
    assert (run.case / "log.snappyHexMesh.3").is_file(), "logs are kept"
    assert points(run) == points(jobs.mesh(fine, cores=2, mesh_cores=2, name="undisturbed", wait=True))


# --- alone


def test_a_mesh_alone_is_taken_by_the_run_of_the_case(there: tuple[Run, Run]) -> None:
    meshed, _ = there
    assert meshed.state == "Done" and [stage.name for stage in meshed.stages] == ["mesh"]
    assert meshed.record.mesh_only and "cells" in meshed._repr_html_()
    assert quality(meshed).score.total > 50
    with pytest.raises(ResultError, match=r"solves nothing; fc\.quality"):
        results(meshed)
    solved = jobs.run(case(), wait=True)
    assert (solved.state, solved.troubles) == ("Done", ()), solved.why
    assert [stage.name for stage in solved.stages] == ["mesh", "solve"]
    assert solved.path != meshed.path
    assert solved.stages[0].shared and points(solved) == points(meshed)
    assert jobs.mesh(case()).path == meshed.path, "an equal one is the same run"


def test_the_quality_of_a_mesh_that_is_being_made_is_that_of_the_whole(home: Path) -> None:
    run = jobs.mesh(case())
    assert quality(run).report.cells == cells(run)
    assert run.state == "Done"


def test_a_case_that_brings_its_mesh_has_none_to_be_made(home: Path) -> None:
    files = case()
    with pytest.raises(CaseError, match="brings its mesh"):
        jobs.mesh(CaseFiles(files.files, ("potentialFoam",), "bare"))
    assert not settings().runs.exists()


def test_it_says_how_far_the_mesh_is(home: Path, until: Callable[..., None]) -> None:
    run = jobs.mesh(case(cell=0.36))
    seen: list[Meshing] = []
    fractions: list[float] = []

    def over() -> bool:
        if (now := run.progress()).meshing is not None:
            seen.append(now.meshing)
        if (done := status(run).fraction) is not None:
            fractions.append(done)
        return run.state not in ACTIVE

    until(over, 180)
    assert run.state == "Done" and status(run).fraction == 1.0
    assert [one.fraction for one in seen] == sorted(one.fraction for one in seen) and seen[-1].fraction > 0.2
    assert fractions == sorted(fractions)
    assert {one.phase for one in seen} & {"castellation", "snapping", "layers"}


# --- from the command line


KEYS = {
    "file", "run", "path", "case", "state", "sound", "why", "cells", "patches", "seconds", "cores", "mesh_cores",
    "body", "domain", "mesh", "expected_cells", "reasons", "quality", "advice", "fault", "out", "error",
}  # fmt: skip
"""What stands in the document whatever became of the mesh."""


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON document."""
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_from_a_file_of_triangles_to_a_mesh(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    surface, out, picture = tmp_path / "can.stl", tmp_path / "meshed", tmp_path / "cut.png"
    surface.write_text(cylinder())
    words = [str(surface), "--unit", "m", "--cell", "1.2 m", "--level", "2", "--layers", "1", "--domain", "freeair"]
    assert main(["mesh", *words, "--out", str(out), "--picture", str(picture), "--json"]) == 0
    said = told(capsys)
    assert set(said) == KEYS
    assert said["sound"] and said["state"] == "Done" and said["error"] is None
    assert said["cells"] == said["quality"]["cells"] and said["quality"]["score"] > 50
    assert set(said["quality"]["layers"]) == {"body"} and said["mesh"]["cell"] == 1.2
    assert (out / "constant/polyMesh/points").exists() and picture.stat().st_size > 5000
    assert main(["mesh", *words, "--out", str(out)]) == 2, "it is there already"
    assert "is there already" in capsys.readouterr().err


def test_a_refused_mesh_ends_with_one_and_the_reason(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "leaky"
    files = case(leak=4)
    files.write(folder)
    assert main(["mesh", str(folder), "--json"]) == 1
    said = told(capsys)
    assert set(said) == KEYS
    assert not said["sound"] and said["state"] == "Failed" and said["fault"]["name"] == "mesh-leaks"
    assert "the surface leaks" in said["why"] and said["quality"]["cells"] == said["cells"]
    assert said["quality"]["score"] == 0 and "the surface leaks" in said["quality"]["refused"][0], (
        "checkMesh is content"
    )
    assert main(["mesh", str(folder)]) == 1
    assert "the surface leaks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["can.stl"], "does not say its unit"),
        (["none.step"], "no such file"),
        (["none"], "no such file"),
        (["can.stl", "--unit", "m", "--cell", "a"], "must be a number with a unit"),
        (["can.stl", "--unit", "m", "--level", "2"], "go with --cell"),
        (["can.stl", "--unit", "m", "--cell", "1 m", "--cells", "9000"], "--cell, --cells"),
        (["can.stl", "--unit", "m", "--domain", "internal", "--half"], "--half"),
        (["can.stl", "--unit", "m", "--picture", "none/a.png"], "there is no folder"),
        (["empty.stl", "--unit", "m"], "empty"),
        (["part.sldprt"], "unknown kind of geometry file 'sldprt'; there are: brep, iges"),
        (["part"], "does not end in what it is; give a file of brep, iges"),
        (["empty.stl", "--speed", "fast"], "Flow.speed"),
        (["empty.stl", "--on", "mars"], "unknown executor 'mars'"),
        (["empty.stl", "--cells", "12"], "cells: must be a whole number from 1000"),
        (["empty.stl", "--cores", "0"], "cores: must be a whole number"),
        (["bare", "--cell", "1 m"], "for a CAD file"),
        (["bare"], "not an OpenFOAM case"),
    ],
)
def test_a_mistake_ends_with_two_and_one_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str],
    says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "can.stl").write_text(cylinder())
    (tmp_path / "empty.stl").write_text("")
    for name in ("part", "part.sldprt"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0 of a program of its own")
    (tmp_path / "bare").mkdir()
    code = main(["mesh", *words, "--json"])
    said = capsys.readouterr()
    assert says in said.err and said.err.count("\n") == 1 and "Traceback" not in said.err
    assert code in (1, 2) and json.loads(said.out)["error"]["exit_code"] == code
    assert not (home / "runs").exists()

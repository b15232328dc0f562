"""The quality of real meshes: what checkMesh says, every cell's metrics, and a score that tells good from bad."""

from __future__ import annotations

import gc
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from flowcfd.cli import main
from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.foam import install
from flowcfd.picture import Picture
from flowcfd.post.quality import MeshQuality, quality
from flowcfd.post.verdict import geometry

pytestmark = pytest.mark.flow

BLOCK = """FoamFile {{ version 2.0; format ascii; class dictionary; object blockMeshDict; }}
scale 1;
vertices ((0 0 0) (1 0 0) ({far} 1 0) ({near} 1 0) (0 0 1) (1 0 1) ({far} 1 1) ({near} 1 1));
blocks (hex (0 1 2 3 4 5 6 7) (10 10 10) simpleGrading (1 {grading} 1));
edges ();
boundary (walls {{ type wall; faces ((0 3 2 1) (4 5 6 7) (0 1 5 4) (1 2 6 5) (2 3 7 6) (3 0 4 7)); }});
"""
CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application x; startTime 0; endTime 1; deltaT 1; writeControl timeStep; writeInterval 1; writeFormat ascii;
"""


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A block of 10 x 10 x 10 cells whose top is shifted, with points moved inside if asked."""

    def made(name: str, shear: float = 0.0, grading: float = 1.0, spoil: bool = False) -> Path:
        case = tmp_path_factory.mktemp(name)
        (case / "system").mkdir()
        text = BLOCK.format(far=1 + shear, near=shear, grading=grading)
        (case / "system/blockMeshDict").write_text(text)
        (case / "system/controlDict").write_text(CONTROL)
        found = install.find()
        subprocess.run(
            [str(found.application("blockMesh"))], cwd=case, env=found.environment(case=case), check=True,
            capture_output=True, timeout=120,
        )  # fmt: skip
        if spoil:
            points = case / "constant/polyMesh/points"
            lines = points.read_text().splitlines()
            middle = next(n for n, line in enumerate(lines) if line == "(0.5 0.5 0.5)")
            lines[middle] = "(0.95 0.95 0.95)"
            points.write_text("\n".join(lines) + "\n")
        return case

    return made


@pytest.fixture(scope="module")
def cube(block: Callable[..., Path]) -> MeshQuality:
    return quality(block("cube"))


def test_a_cube_of_cubes_is_as_good_as_it_gets(cube: MeshQuality) -> None:
    assert cube.score.total == 100
    assert cube.report.ok
    assert cube.advice == ()
    assert cube.report.volume == pytest.approx(1.0)
    assert cube.metrics["volume"] == pytest.approx(0.001)
    assert cube.metrics["aspect ratio"] == pytest.approx(1.0)
    assert cube.metrics["non-orthogonality"].max() < 1e-3


def test_a_sheared_block_has_the_angle_that_it_was_sheared_by(block: Callable[..., Path]) -> None:
    sheared = quality(block("half", shear=1.0))
    assert sheared.metrics["non-orthogonality"].max() == pytest.approx(45.0, abs=1e-3)
    assert sheared.report.non_orthogonality == pytest.approx(45.0, abs=1e-3)
    assert sheared.score.total < 100


def test_what_checkmesh_refuses_gets_less_than_half(block: Callable[..., Path]) -> None:
    sheared = quality(block("sheared", shear=10.0))
    assert not sheared.report.ok
    assert 0 < sheared.score.total <= 49
    assert sheared.score.hopeless == ()
    assert any(line.startswith("skewness") for line in sheared.advice)
    assert sheared.refused == ("Max skewness = 10, 200 highly skew faces of 3300",)


def test_cells_turned_inside_out_get_nothing_and_are_shown_where_they_are(block: Callable[..., Path]) -> None:
    spoilt = quality(block("spoilt", spoil=True))
    assert spoilt.score.total == 0
    assert spoilt.refused[0].endswith("have no or a negative volume")
    assert "negative volume" in spoilt.advice[0]
    worst = spoilt.worst(3, "volume")
    assert worst["volume"].iloc[0] < 0
    assert np.linalg.norm(worst[["x", "y", "z"]].to_numpy()[0] - 0.6) < 0.2


def test_the_metrics_are_those_of_our_own_geometry(block: Callable[..., Path]) -> None:
    case = block("graded", shear=0.5, grading=8.0)
    found = quality(case)
    names = ("points", "faces", "owner", "neighbour", "boundary")
    mesh = geometry.read([{name: case / "constant/polyMesh" / name for name in names}])
    assert found.metrics["volume"] == pytest.approx(mesh.volumes, rel=1e-6)
    angles = mesh.non_orthogonality()
    assert found.metrics["non-orthogonality"].max() == pytest.approx(angles.max(), rel=1e-5)
    mean = np.degrees(np.arccos(np.cos(np.radians(angles)).mean()))  # checkMesh averages the cosines
    assert found.report.mean_non_orthogonality == pytest.approx(mean, rel=1e-5)


def test_looking_at_a_mesh_leaves_it_as_it_was(block: Callable[..., Path]) -> None:
    case = block("still", shear=10.0)
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*") if path.is_file()}
    quality(case)
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*") if path.is_file()} == before


def colours(picture: Picture) -> int:
    return len(np.unique(imread(io.BytesIO(picture.png)).reshape(-1, 4), axis=0))


def test_worst_cells_as_a_table_and_as_a_picture(cube: MeshQuality) -> None:
    assert list(cube.worst(5).columns) == ["x", "y", "z", "non-orthogonality"]
    assert len(cube.worst(5)) == 5
    with pytest.raises(UnknownName, match="did you mean 'skewness'"):
        cube.worst(5, "skewnes")
    picture = cube.picture("aspect ratio", count=20)
    assert (picture.size, picture.words) == ((900, 560), "the 20 worst cells by aspect ratio")
    assert colours(picture) > 50, "something is drawn"
    assert cube.percentiles().loc[100, "volume"] == pytest.approx(0.001)
    assert "100 of 100" in cube._repr_html_()


def test_what_is_no_mesh_is_told(tmp_path: Path, block: Callable[..., Path]) -> None:
    with pytest.raises(ResultError, match="no mesh here"):
        quality(tmp_path)
    with pytest.raises(CaseError, match="must be a Run or the folder"):
        quality(3)  # type: ignore[arg-type]
    case = block("broken")
    shutil.copytree(case, tmp_path / "broken")
    (tmp_path / "broken/constant/polyMesh/faces").write_text("nothing")
    with pytest.raises(ResultError, match="checkMesh did not come to its end"):
        quality(tmp_path / "broken")
    (tmp_path / "split/processor0/constant/polyMesh").mkdir(parents=True)
    with pytest.raises(ResultError, match="the mesh is decomposed; reconstructParMesh"):
        quality(tmp_path / "split")


def test_the_command_line_tells_the_same(
    block: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = block("told", shear=10.0)
    assert main(["quality", str(case), "--json"]) == 1, "refused"
    assert json.loads(capsys.readouterr().out)["score"] == quality(case).score.total
    assert main(["quality", str(case), "--picture", str(tmp_path / "worst.png")]) == 1
    said = capsys.readouterr().out
    assert "checkMesh: Max skewness = 10" in said
    assert (tmp_path / "worst.png").stat().st_size > 5000
    assert main(["quality", str(block("hopeless", spoil=True))]) == 1
    assert main(["quality", str(case), "--metric", "skew"]) == 2
    assert main(["quality", str(tmp_path)]) == 2
    assert main(["quality", str(case), "--picture", str(tmp_path / "worst.jpg")]) == 2


def test_a_cut_shows_the_cells_that_a_plane_goes_through(cube: MeshQuality) -> None:
    picture = cube.picture("cut", normal="z", at=0.55, metric="aspect ratio", size=(600, 400))
    assert picture.size == (600, 400)
    assert picture._repr_png_() == picture.png, "a notebook shows it"
    assert colours(picture) > 50, "something is drawn"
    with pytest.raises(UnknownName, match="normal"):
        cube.picture("cut", normal="w")
    with pytest.raises(UnknownName, match="metric"):
        cube.picture("cut", metric="skewnes")


def test_a_large_mesh_does_not_come_into_this_process(block: Callable[..., Path]) -> None:
    """All that is large is read elsewhere; here are the report, percentiles, and files of what somebody looks at."""
    found = quality(block("metrics"))
    assert set(found.high) == set(found.metrics)
    volumes = found.metrics["volume"]
    assert isinstance(volumes, np.memmap) and found.high["volume"] == pytest.approx(0.001)
    folder = Path(str(volumes.filename)).parent
    del volumes, found
    gc.collect()
    assert not folder.exists(), "it goes with the last who has it"


def test_a_score_brings_no_tables_into_this_process() -> None:
    """pandas takes 70 MB, more than a kernel may grow by while a mesh of two million cells is made and looked at."""
    code = "import sys, flowcfd.post.quality.quality; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

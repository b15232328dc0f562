"""snappyHexMesh from cases: what it makes of bodies around and in which the fluid is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trimesh

import flowcfd as fc
from flowcfd import jobs
from flowcfd.cad import bodies
from flowcfd.errors import SiteError
from flowcfd.foam import checkmesh, install, snappylog
from flowcfd.jobs.handle import Run
from flowcfd.studies.family import family
from flowcfd.testing import MesherSuite
from flowcfd.testing.meshers import brick

pytestmark = pytest.mark.flow


class TestSnappy(MesherSuite):
    mesh = fc.Snappy("0.5 m", surface=2, layers=3)


class TestSnappyWithAll(MesherSuite):
    mesh = fc.Snappy(
        "0.5 m",
        surface={"body": 2, "roof": (2, 3), "front": "0.07 m"},
        edges=3,
        refine=[
            fc.Refine(((0.5, 2), (-0.6, 0.6), (-0.6, 0.6)), level=2, name="wake"),
            fc.Refine(centre=(1, 0, 1), radius="0.5 m", cell="0.25 m"),
            fc.Refine(axis=((0, 0, 0), (3, 0, 0)), radius="0.3 m", level=2),
            fc.Refine(patch="body", within="0.3 m", level=1),
            fc.Refine(patch="roof", within="0.1 m", level=2),
            fc.Refine(patch="sides", within="0.3 m", level=1),
        ],
        layers=[fc.Layers(2, first="1 cm"), fc.Layers(4, 1.3, y_plus=100, patches="roof")],
        controls={"addLayersControls.nGrow": 0, "meshQualityControls.relaxed.maxNonOrtho": 70},
    )


class TestCfMesh(MesherSuite):
    mesh = fc.CfMesh("0.5 m", surface=2, layers=3)

    def test_a_brick_becomes_a_mesh_with_its_patches_and_volume(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only where cfMesh is installed; else it is said what is missing, and nothing is written."""
        if "cartesianMesh" in install.find().applications():
            super().test_a_brick_becomes_a_mesh_with_its_patches_and_volume(tmp_path, monkeypatch)
            return
        with pytest.raises(SiteError, match="belongs to cfMesh"):
            super().test_a_brick_becomes_a_mesh_with_its_patches_and_volume(tmp_path, monkeypatch)
        assert not list(tmp_path.glob("home/runs/*"))


def case(body: object, domain: fc.case.Enclosure, mesh: fc.Snappy, **flow: object) -> fc.Case:
    around = domain.around(body)  # type: ignore[arg-type]
    return fc.Case(
        geometry=body, domain=domain, mesh=mesh, physics=fc.Incompressible("air", "kOmegaSST"),
        boundaries={**around.boundaries(speed="10 m/s"), **flow}, solve=fc.Steady(10),
    )  # type: ignore[arg-type, call-arg]  # fmt: skip


def meshed(case: fc.Case) -> tuple[Run, checkmesh.CheckMesh, snappylog.SnappyLog]:
    """The finished mesh, which is as it was to be, and its reports."""
    run = jobs.mesh(case, wait=True)
    assert run.state == "Done", run.why
    report = checkmesh.parse((run.case / "log.checkMesh").read_text("latin-1"))
    layers = snappylog.parse((run.case / "log.snappyHexMesh").read_text("latin-1"))
    told = json.loads((run.case / "system/meshExpected").read_text())
    assert report.ok and not layers.illegal_faces, report.failures
    low, high = told["volume"]
    assert low <= report.volume <= high
    assert set(told["patches"]) <= {name for name, patch in report.patches.items() if patch.faces}
    return run, report, layers


def sphere(folder: Path) -> fc.Geometry:
    """A ball of triangles around the origin, 1 m in diameter."""
    trimesh.creation.icosphere(subdivisions=4, radius=0.5).export(folder / "ball.stl")
    return fc.load(folder / "ball.stl", unit="m")


FREE = fc.WindTunnel("8 m", "6 m", "6 m", upstream="2.5 m", ground=False)


def test_a_sphere_has_all_of_its_layers(home: Path, tmp_path: Path) -> None:
    ball = sphere(tmp_path)
    _, report, layers = meshed(case(ball, FREE, fc.Snappy("0.5 m", surface=3, layers=5)))
    assert layers.coverage is not None and layers.coverage > 0.99
    assert all(patch.layers > 4.9 for patch in layers.layers.values())
    assert report.non_orthogonality < 50 and report.skewness < 1


def test_a_building_stands_on_the_ground_and_both_have_layers(home: Path) -> None:
    house = brick((0, -0.5, 0), (1, 0.5, 2), label="house")
    domain = fc.WindTunnel("10 m", "6 m", "5 m", upstream="3 m")
    near = fc.Refine(patch="ground", within="0.5 m", level=2)
    mesh = fc.Snappy("0.5 m", surface=2, refine=[near], layers=fc.Layers(3, patches=("body", "ground")))
    _, report, layers = meshed(case(house, domain, mesh))
    assert "under" not in report.patches, "what stands on the ground is not there"
    assert layers.coverage is not None and layers.coverage > 0.9
    assert {"ground", "roof", "front"} <= set(layers.layers)
    assert abs(report.volume - (300 - 2)) < 0.02


def test_half_a_body_is_cut_by_the_plane_of_symmetry(home: Path) -> None:
    house = brick((0, -0.5, 0), (1, 0.5, 2), label="house")
    domain = fc.WindTunnel("10 m", "6 m", "5 m", upstream="3 m", half=True)
    run, report, layers = meshed(case(house, domain, fc.Snappy("0.5 m", surface=2, layers=3)))
    assert abs(report.volume - (150 - 1)) < 0.01
    assert not {"left", "right"} <= set(report.patches), "one flank is in the other half"
    assert "symmetry;" in (run.case / "constant/polyMesh/boundary").read_text().partition("symmetry\n")[2][:200]
    assert layers.coverage is not None and layers.coverage > 0.9


def test_an_elbow_is_meshed_inside(home: Path) -> None:
    elbow = bodies.elbow("0.1 m", "0.2 m", inlet="0.1 m", outlet="0.1 m")
    _, report, layers = meshed(case(elbow, fc.Internal(), fc.Snappy("0.02 m", surface=1, layers=5)))
    assert set(report.patches) == {"inlet", "outlet", "wall"}
    assert layers.coverage is not None and layers.coverage > 0.95
    assert elbow.volume is not None and abs(report.volume / elbow.volume - 1) < 0.03


def test_a_plane_of_symmetry_of_the_body_lies_where_it_should(home: Path) -> None:
    """As a patch of type symmetry it would not be snapped: the duct was 5 % too large."""
    names = ("inlet", "outlet", "symmetry", "left", "under", "roof")
    duct = brick((0, 0, 0), (2, 0.5, 0.5), names=names, label="duct")
    run, report, _ = meshed(case(duct, fc.Internal(), fc.Snappy("0.1 m", surface=1, layers=2)))
    assert abs(report.volume - 0.5) < 1e-4
    assert report.bounds[0][1] == pytest.approx(0, abs=1e-6)
    assert "symmetry;" in (run.case / "constant/polyMesh/boundary").read_text()
    again = jobs.mesh(
        case(duct, fc.Internal(), fc.Snappy("0.1 m", surface=1, layers=2)).replace({"solve.iterations": 7})
    )
    assert again.wait() == "Done", again.why
    assert '"taken"' in (again.path / "events.jsonl").read_text(), "an equal mesh is not made twice"


def test_a_gap_is_closed_by_coarse_cells_which_is_told_and_cut_by_fine_ones(home: Path, tmp_path: Path) -> None:
    boxes = [trimesh.creation.box((1, 1, 1)), trimesh.creation.box((1, 1, 1)).apply_translation((0, 0, 1.1))]
    trimesh.util.concatenate(boxes).export(tmp_path / "two.stl")
    two = fc.load(tmp_path / "two.stl", unit="m")
    run = jobs.mesh(case(two, FREE, fc.Snappy("0.5 m", surface=2)), wait=True)
    assert run.state == "Failed" and run.fault is not None and run.fault.name == "mesh-too-small", run.why
    _, report, _ = meshed(case(two, FREE, fc.Snappy("0.5 m", surface=2, gaps=fc.Gaps(4, cells=3))))
    assert abs(report.volume - 286) < 0.02


def test_a_surface_that_leaks_is_told_with_the_way_of_the_leak(home: Path) -> None:
    cube = brick((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5))
    files = fc.render(case(cube, FREE, fc.Snappy("0.5 m", surface=3)))
    stl = "constant/triSurface/brick.stl"
    text = files.files[stl].source.read_text()  # type: ignore[union-attr]
    start = text.index(" facet", text.index("solid roof"))
    end = text.index(" facet", start + 1)
    run = jobs.mesh(files.with_files({stl: text[:start] + text[end:]}), wait=True)
    assert run.state == "Failed" and run.fault is not None and run.fault.name == "surface-leaks", run.why
    assert list(run.case.glob("postProcessing/**/leakPath*.vtk"))


def test_equal_bodies_share_their_mesh_and_families_do_not(home: Path) -> None:
    cube = brick((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5))
    first, second = (case(cube, FREE, fc.Snappy("0.5 m", surface=1)).replace({"solve.iterations": n}) for n in (5, 6))
    runs = [jobs.mesh(one, wait=True) for one in (first, second)]
    assert runs[0].record.mesh and runs[0].record.mesh == runs[1].record.mesh
    coarse, fine = (jobs.mesh(one, wait=True) for one in reversed(family(first, 2, 1.5).cases))
    counts = [checkmesh.parse((one.case / "log.checkMesh").read_text()).cells for one in (coarse, fine)]
    assert 2 < counts[1] / counts[0] < 4.5


@pytest.mark.parametrize("mesh", [fc.Snappy("0.5 m", layers=3), fc.CfMesh("0.5 m")], ids=lambda mesh: mesh.kind)
def test_the_solver_reads_a_case_before_its_mesh_is_made(home: Path, mesh: fc.Snappy) -> None:
    made = case(brick((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5)), FREE, mesh)
    found = fc.check(made, dry_run=True)
    assert not found.errors and "simpleFoam -dry-run" in str(found), found
    wrong = fc.render(made).edited("system/fvSchemes", {"divSchemes.div(phi,U)": "Gauss sideways"})
    assert fc.check(wrong, dry_run=True).errors

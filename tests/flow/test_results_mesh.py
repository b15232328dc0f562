"""Meshes with fields from cases of the real OpenFOAM: serial, decomposed, polyhedral, moving between formats."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvista

from flowcfd.foam.fields import read
from flowcfd.post import fields, sample
from flowcfd.post.centres import centres

pytestmark = pytest.mark.flow
Application = Callable[..., str]

DICT = "FoamFile {{ version 2.0; format ascii; class dictionary; object {}; }}\n{}\n"
REFINE = """actions
(
    { name c0; type cellSet; action new; source boxToCell; box (0.02 0.02 -1) (0.06 0.07 1); }
);"""
SETS = """type sets; libs (sampling); fields (p U); interpolationScheme cellPoint; setFormat raw;
writeControl writeTime;
sets ( middle { type uniform; axis distance; start (0.003 0.051 0.005); end (0.097 0.052 0.005); nPoints 21; } );"""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory, tutorials: Path, application: Application) -> Path:
    """The cavity with a region of cells cut in eight, so that their neighbours are polyhedra; solved to 0.1 s."""
    case = tmp_path_factory.mktemp("cavity") / "case"
    shutil.copytree(tutorials / "incompressible/icoFoam/cavity/cavity", case)
    (case / "system/topoSetDict").write_text(DICT.format("topoSetDict", REFINE))
    (case / "system/middle").write_text(SETS)
    control = case / "system/controlDict"
    text = control.read_text().replace("endTime         0.5", "endTime         0.1").replace("0.005;", "0.002;")
    control.write_text(
        text.replace("writePrecision  6", "writePrecision  12").replace("writeInterval   20", "writeInterval 25")
    )
    application(case, "blockMesh")
    application(case, "topoSet")
    application(case, "refineHexMesh", "c0", "-overwrite")
    application(case, "icoFoam")
    application(case, "postProcess", "-func", "writeCellCentres", "-latestTime")
    application(case, "postProcess", "-func", "middle", "-latestTime")
    return case


@pytest.fixture(params=["ascii", "binary"])
def decomposed(
    request: pytest.FixtureRequest, solved: Path, tmp_path: Path, application: Application, home: Path
) -> Path:
    """The same in three processor folders only, as a parallel run leaves it."""
    case = shutil.copytree(solved, tmp_path / "case")
    (case / "system/decomposeParDict").write_text(
        DICT.format("decomposeParDict", "numberOfSubdomains 3; method hierarchical; coeffs { n (3 1 1); }")
    )
    control = case / "system/controlDict"
    control.write_text(control.read_text().replace("writeFormat     ascii", f"writeFormat {request.param}"))
    application(case, "decomposePar", "-time", "0.05:0.1")
    for folder in ("0.05", "0.1", "0"):
        shutil.rmtree(case / folder)
    return case


def order(grid: pyvista.UnstructuredGrid) -> np.ndarray:
    """Cells sorted by their centres, to compare meshes of different numbering."""
    return np.lexsort(np.round(centres(grid, np.arange(grid.n_cells)), 9).T)


def test_polyhedra_and_hexahedra_have_openfoams_centroids_and_values(solved: Path, home: Path) -> None:
    for _ in ("first", "again"):
        mesh = fields.mesh(solved)
        assert isinstance(mesh, pyvista.UnstructuredGrid)
        assert set(np.unique(mesh.celltypes)) == {pyvista.CellType.HEXAHEDRON, pyvista.CellType.POLYHEDRON}
        found = centres(mesh, np.arange(mesh.n_cells))
        assert found == pytest.approx(read(solved / "0.1" / "C").internal, abs=1e-12)
        assert np.array_equal(mesh.cell_data["p"], read(solved / "0.1" / "p").internal)
        assert mesh.volume == pytest.approx(1e-4)


def test_times_fields_and_units_are_those_that_were_written(solved: Path, home: Path) -> None:
    assert fields.times(solved) == [0, 0.05, 0.1]
    assert fields.names(solved, "0.05") == ["U", "p"] and fields.names(solved) == ["C", "Cx", "Cy", "Cz", "U", "p"]
    assert fields.mesh(solved, fields=["U", "p"]).user_dict["units"] == {"U": "m/s", "p": "m2/s2"}


def test_a_decomposed_case_is_the_same_mesh_joined(solved: Path, decomposed: Path) -> None:
    whole, joined = fields.mesh(solved, 0.1, patches=True), fields.mesh(decomposed, 0.1, patches=True)
    assert isinstance(whole, pyvista.MultiBlock) and isinstance(joined, pyvista.MultiBlock)
    one, other = whole["internalMesh"], joined["internalMesh"]
    assert (other.n_cells, other.n_points) == (one.n_cells, one.n_points)
    first, second = order(one), order(other)
    for name in ("U", "p"):
        assert np.array_equal(one.cell_data[name][first], other.cell_data[name][second]), name
    assert joined["boundary"].keys() == whole["boundary"].keys()
    for name in whole["boundary"].keys():  # noqa: SIM118 (a MultiBlock iterates over its blocks)
        expected, found = whole["boundary"][name], joined["boundary"][name]
        assert (found.n_cells, found.n_points) == (expected.n_cells, expected.n_points)
        assert found.area == pytest.approx(expected.area)
        assert sorted(found.cell_data["p"]) == sorted(expected.cell_data["p"])


def test_reconstructed_times_come_from_the_case_itself(decomposed: Path, application: Application) -> None:
    application(decomposed, "reconstructPar", "-time", "0.05")
    assert fields.times(decomposed) == [0.05, 0.1]
    assert np.array_equal(fields.mesh(decomposed, 0.05).cell_data["p"], read(decomposed / "0.05" / "p").internal)
    assert fields.mesh(decomposed, 0.1).n_cells == fields.mesh(decomposed, 0.05).n_cells


def test_a_time_that_not_all_processors_have_does_not_count(decomposed: Path) -> None:
    shutil.rmtree(decomposed / "processor1" / "0.1")
    assert fields.times(decomposed) == [0.05]


def test_a_line_through_the_joined_mesh_is_that_through_the_whole(solved: Path, decomposed: Path) -> None:
    ends = (0, 0.051, 0.005), (0.1, 0.052, 0.005)
    one = sample.line(fields.mesh(solved, 0.1, fields=["p", "U"]), *ends, 41)  # type: ignore[arg-type]
    other = sample.line(fields.mesh(decomposed, 0.1, fields=["p", "U"]), *ends, 41)  # type: ignore[arg-type]
    assert other.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-12)


def test_sampling_agrees_with_openfoams_own(solved: Path, home: Path) -> None:
    theirs = np.loadtxt(next((solved / "postProcessing/middle/0.1").glob("middle_p*")))
    vectors = np.loadtxt(next((solved / "postProcessing/middle/0.1").glob("middle_U*")))
    mesh = fields.mesh(solved, 0.1, fields=["p", "U"])
    ours = sample.line(mesh, (0.003, 0.051, 0.005), (0.097, 0.052, 0.005), 21)  # type: ignore[arg-type]
    assert ours["distance"].to_numpy() == pytest.approx(theirs[:, 0], abs=1e-6)
    assert np.abs(ours["p"] - theirs[:, 1]).max() < 0.03 * np.ptp(theirs[:, 1])
    assert np.abs(ours["Uy"] - vectors[:, 2]).max() < 0.03 * np.ptp(vectors[:, 2])

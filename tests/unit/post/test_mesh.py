"""Meshes with fields from a case directory, made without OpenFOAM."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import pyvista

from flowcfd.bench.box import PATCHES, Box, write_field, write_mesh
from flowcfd.errors import DictionaryError, NoSuchField, NotYet, ResultError, UnknownName
from flowcfd.foam.fields import read, write
from flowcfd.post import fields

BOX = Box((4, 3, 2), (4.0, 1.5, 1.0))


@pytest.fixture(params=["ascii", "binary"])
def case(request: pytest.FixtureRequest, tmp_path: Path, home: Path) -> Path:
    """A box with U and p at 1, U at 0."""
    folder = tmp_path / "case"
    folder.mkdir()
    write_mesh(folder, BOX, request.param)
    write_field(folder, "0", "U", np.zeros((BOX.count, 3)), request.param)
    write_field(folder, "1", "U", BOX.centres(), request.param)
    write_field(folder, "1", "p", BOX.centres()[:, 0], request.param)
    return folder


def test_cells_come_in_openfoams_order_with_their_values(case: Path) -> None:
    mesh = fields.mesh(case)
    assert isinstance(mesh, pyvista.UnstructuredGrid)
    assert mesh.n_cells == 24 and mesh.points.dtype == np.float64
    assert np.allclose(mesh.cell_centers().points, BOX.centres(), atol=1e-12)
    assert np.array_equal(mesh.cell_data["U"], BOX.centres())
    assert np.array_equal(mesh.cell_data["p"], BOX.centres()[:, 0])
    assert mesh.volume == pytest.approx(6)


def test_the_mesh_knows_its_time_and_units(case: Path) -> None:
    mesh = fields.mesh(case)
    assert dict(mesh.user_dict) == {"time": 1.0, "units": {"U": "m/s", "p": "m2/s2"}}


def test_opening_again_gives_the_same(case: Path) -> None:
    first, again = fields.mesh(case), fields.mesh(case)
    assert np.array_equal(first.points, again.points)
    assert np.array_equal(first.cell_connectivity, again.cell_connectivity)
    assert np.array_equal(first.cell_data["U"], again.cell_data["U"])


def test_times_are_those_with_fields(case: Path) -> None:
    (case / "2").mkdir()
    (case / "0.orig").mkdir()
    assert fields.times(case) == [0.0, 1.0]
    assert fields.names(case) == ["U", "p"] and fields.names(case, 0) == ["U"]


@pytest.mark.parametrize("time", [1, 1.0, "1", "1.000", None])
def test_a_time_is_a_number_its_text_or_the_last(case: Path, time: float | str | None) -> None:
    assert fields.mesh(case, time).cell_data["p"].max() > 0


def test_a_time_that_is_not_written_lists_those_that_are(case: Path) -> None:
    with pytest.raises(NotYet, match=r"time 3 is not written in .*; there are: 0, 1$"):
        fields.mesh(case, 3)
    with pytest.raises(ResultError, match="'soon' is no number"):
        fields.mesh(case, "soon")


def test_a_field_that_is_not_there_lists_those_that_are(case: Path) -> None:
    with pytest.raises(NoSuchField, match=r"no field 'T'; there are: U, p$"):
        fields.mesh(case, fields=["U", "T"])


def test_only_the_wanted_fields_are_read(case: Path) -> None:
    (case / "1" / "p").write_bytes((case / "1" / "p").read_bytes()[:400])
    assert list(fields.mesh(case, fields=["U"]).cell_data) == ["U"]
    with pytest.raises(DictionaryError, match="1/p"):
        fields.mesh(case)


def test_patches_are_surfaces_with_the_values_on_them(case: Path) -> None:
    path = case / "1" / "U"
    field = read(path, memmap=False)
    field = field.replace("boundaryField.left.value", np.array([7.0, 8.0, 9.0]))
    field = field.replace("boundaryField.right.value", np.arange(18.0).reshape(6, 3))
    write(path, field.replace("boundaryField.top.type", "noSlip"))
    mesh = fields.mesh(case, patches=True)
    assert isinstance(mesh, pyvista.MultiBlock)
    assert mesh.keys() == ["internalMesh", "boundary"] and mesh["boundary"].keys() == list(PATCHES)
    patch = mesh["boundary"]
    assert [patch[name].area for name in PATCHES] == pytest.approx([1.5, 1.5, 4, 4, 6, 6])
    assert (patch["left"].cell_data["U"] == [7, 8, 9]).all()
    assert np.array_equal(patch["right"].cell_data["U"], np.arange(18.0).reshape(6, 3))
    assert not patch["top"].cell_data["U"].any()
    assert np.allclose(patch["bottom"].cell_data["U"][:, 1], 0.25), "zeroGradient: the value of the cell behind"
    assert np.allclose(patch["front"].cell_centers().points[:, 2], 1)


def test_a_patch_without_faces_has_its_fields_without_values(case: Path) -> None:
    path = case / "constant/polyMesh/boundary"
    text = path.read_text()
    assert text.count("\n6\n") == 1
    axis = "    axis\n    {\n        type empty;\n        nFaces 0;\n        startFace 72;\n    }\n)"
    path.write_text(axis.join(text.replace("\n6\n", "\n7\n").rsplit(")", 1)))
    mesh = fields.mesh(case, patches=True)
    assert isinstance(mesh, pyvista.MultiBlock)
    patch = mesh["boundary"]["axis"]
    assert patch.n_cells == 0 and patch.cell_data["U"].shape == (0, 3) and patch.cell_data["p"].shape == (0,)


def test_some_patches_can_be_wanted(case: Path) -> None:
    mesh = fields.mesh(case, patches=["top", "left"])
    assert isinstance(mesh, pyvista.MultiBlock) and mesh["boundary"].keys() == ["left", "top"]
    with pytest.raises(UnknownName, match=r"unknown patch 'lid'.*bottom"):
        fields.mesh(case, patches=["lid"])


def test_compressed_files_are_read(case: Path) -> None:
    for path in [*(case / "1").iterdir()]:
        write(path, read(path), compress=True)
    assert np.array_equal(fields.mesh(case).cell_data["U"], BOX.centres())


def test_a_changed_mesh_is_another_mesh(case: Path) -> None:
    fields.mesh(case)
    shutil.rmtree(case / "constant")
    other = Box((4, 3, 2), (1.0, 1.0, 1.0))
    write_mesh(case, other)
    assert fields.mesh(case).volume == pytest.approx(1)


def test_a_mesh_that_moves_is_that_of_its_time(case: Path) -> None:
    moved = Box((4, 3, 2), (8.0, 1.5, 1.0))
    write_mesh(case / "other", moved)
    (case / "1" / "polyMesh").mkdir()
    shutil.copy(case / "other" / "constant" / "polyMesh" / "points", case / "1" / "polyMesh" / "points")
    shutil.rmtree(case / "other")
    assert fields.mesh(case, 0).volume == pytest.approx(6)
    assert fields.mesh(case, 1).volume == pytest.approx(12)


def test_a_field_of_another_mesh_is_refused(case: Path) -> None:
    write_field(case, "1", "p", np.zeros(7))
    with pytest.raises(DictionaryError, match="p has 7 values; expected 24, one per cell"):
        fields.mesh(case)


def test_an_empty_field_file_is_named(case: Path) -> None:
    (case / "1" / "U").write_bytes(b"")
    with pytest.raises(DictionaryError, match=r"1/U:1:1: is empty \(0 bytes\)"):
        fields.mesh(case)


def test_a_case_without_fields_or_mesh_says_so(tmp_path: Path, home: Path) -> None:
    with pytest.raises(NotYet, match="no fields are written"):
        fields.mesh(tmp_path)
    (tmp_path / "processors2").mkdir()
    with pytest.raises(NotYet, match="processors2 are collated, which is not read: run reconstructPar"):
        fields.mesh(tmp_path)
    write_field(tmp_path, "1", "p", np.zeros(7))
    with pytest.raises(NotYet, match=r"no mesh is written: .*constant/polyMesh/points"):
        fields.mesh(tmp_path)
    with pytest.raises(ResultError, match="cannot be read: No such file"):
        fields.times(tmp_path / "nowhere")


def test_nothing_is_written_into_the_case(case: Path) -> None:
    before = sorted(case.rglob("*"))
    fields.mesh(case, patches=True)
    assert sorted(case.rglob("*")) == before


def test_each_region_has_its_mesh(case: Path) -> None:
    for folder in ("constant", "0", "1"):
        moved = case / "other" / folder
        shutil.move(case / folder, moved)
        (case / folder).mkdir()
        shutil.move(moved, case / folder / "heater")
    with pytest.raises(NotYet, match=r"no fields are written in .*; there are regions: heater$"):
        fields.mesh(case)
    with pytest.raises(NotYet, match=r"for region 'air'; there are regions: heater$"):
        fields.mesh(case, region="air")
    assert fields.times(case, region="heater") == [0, 1] and fields.names(case, region="heater") == ["U", "p"]
    assert np.array_equal(fields.mesh(case, region="heater").cell_data["U"], BOX.centres())


def test_a_case_meshed_in_parallel_is_read_from_its_processors(case: Path) -> None:
    (case / "processor0").mkdir()
    for folder in ("constant", "1"):
        shutil.move(case / folder, case / "processor0" / folder)
    shutil.copytree(case / "0", case / "processor0" / "0")
    assert fields.times(case) == [0, 1]
    assert fields.mesh(case, 0).n_cells == fields.mesh(case, 1).n_cells == 24


def test_a_spoilt_file_beside_the_wanted_field_does_no_harm(case: Path) -> None:
    (case / "1" / "p").write_bytes(b"")
    assert list(fields.mesh(case, fields=["U"]).cell_data) == ["U"]
    assert fields.names(case) == ["U", "p"]


def test_opening_prints_nothing(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fields.mesh(case, patches=True)
    said = capfd.readouterr()
    assert not said.out and not said.err


def test_a_broken_mesh_is_named_with_its_place_and_no_noise(case: Path, capfd: pytest.CaptureFixture[str]) -> None:
    owner = case / "constant" / "polyMesh" / "owner"
    owner.write_bytes(owner.read_bytes()[:-60])
    with pytest.raises(DictionaryError, match=r"constant/polyMesh/owner:\d+:\d+: .*list"):
        fields.mesh(case)
    said = capfd.readouterr()
    assert not said.out and not said.err

"""What checks know of a mesh that is dear: its patches, as its mesher foretells them, and a row of cells instead."""

from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import blockmesh, check, standin
from flowcfd.foam.check.view import CaseView
from flowcfd.testing.meshers import brick

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def files(home: object) -> CaseFiles:
    domain, body = fc.WindTunnel("10 m", "6 m", "5 m", half=True), brick((0, -0.5, 0), (1, 0.5, 1))
    return fc.render(
        fc.Case(
            geometry=body, domain=domain, mesh=fc.Snappy("0.5 m"), physics=fc.Incompressible("air", "kOmegaSST"),
            boundaries=domain.around(body).boundaries(speed="1 m/s"), solve=fc.Steady(10),
        )
    )  # fmt: skip


def test_the_patches_of_a_mesh_to_come_are_known_with_their_types(files: CaseFiles) -> None:
    patches = CaseView(files).patches
    assert patches is not None
    kinds = {name: patch.type for name, patch in patches.items()}
    assert (kinds["inlet"], kinds["roof"], kinds["symmetry"]) == ("patch", "wall", "symmetry")
    assert "under" not in kinds, "it stands on the ground"


def test_a_field_without_an_entry_for_a_patch_of_the_body_is_found(files: CaseFiles) -> None:
    found = check(files.edited("0/p", {"boundaryField.roof": None}), dry_run=False)
    assert [one.rule for one in found.errors] == ["patch-without-entry"]


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"types": 1}', '{"patches": []}'])
def test_nothing_is_known_where_nothing_is_foretold(files: CaseFiles, broken: str) -> None:
    other = files.with_files({"system/meshExpected": broken})
    assert CaseView(other).patches is None
    assert standin.files(other) is None


def test_cells_in_a_row_stand_in_for_the_mesh(files: CaseFiles) -> None:
    row = standin.files(files)
    assert row is not None and row.steps == ("blockMesh", files.steps[-1])
    measured = blockmesh.measured(CaseView(row).expanded("system/blockMeshDict"))
    assert measured is not None and measured.cells == len(standin.patches(files))


def test_patches_that_are_joined_have_no_stand_in(files: CaseFiles) -> None:
    told = files.text("system/meshExpected").replace('"symmetry": "symmetry"', '"symmetry": "cyclic"')
    assert standin.files(files.with_files({"system/meshExpected": told})) is None

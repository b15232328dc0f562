"""Which entries a patch takes, and which types fit: the subtle cases of the rules about patches."""

from __future__ import annotations

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Finding, check, mend
from flowcfd.foam.check.examples import base

BLOCK = "system/blockMeshDict"


def found(rule: str, files: CaseFiles) -> list[Finding]:
    return RULES.get(rule).findings(CaseView(files))


def replaced(files: CaseFiles, path: str, old: str, new: str) -> CaseFiles:
    text = files.text(path)
    assert old in text
    return files.with_files({path: text.replace(old, new)})


@pytest.mark.parametrize("key", ['"(lower|upper)Wall"', '".*Wall"', "wall", '".*"'])
def test_a_pattern_or_a_group_covers_its_patches(key: str) -> None:
    files = base("step").edited(
        "0/U",
        {"boundaryField.lowerWall": None, "boundaryField.upperWall": None, f"boundaryField.{key}": {"type": "noSlip"}},
    )
    assert key.strip('"') in files.text("0/U")
    assert not found("patch-without-entry", files)


def test_a_pattern_that_matches_too_little_is_seen() -> None:
    files = base("step").edited("0/U", {"boundaryField.lowerWall": None, 'boundaryField."upper.*"': {"type": "noSlip"}})
    assert ["lowerWall" in one.message for one in found("patch-without-entry", files)] == [True]


def test_empty_patches_need_no_entry() -> None:
    assert not found("patch-without-entry", base("step").edited("0/p", {"boundaryField.frontAndBack": None}))


def test_an_entry_that_differs_in_case_only_is_renamed_by_the_mend() -> None:
    files = replaced(base("step"), "0/U", "lowerWall", "lowerwall")
    (one,) = found("patch-without-entry", files)
    assert one.severity == "error" and "lowerwall: case matters" in one.message
    after = CaseView(mend(files, one).files)
    assert "lowerwall" not in after.fields["U"].boundary
    assert after.fields["U"].boundary["lowerWall"] == {"type": "noSlip"}


def test_a_misspelt_patch_is_renamed_by_the_mend_and_is_no_lost_reference() -> None:
    files = base("step")
    for name in ("U", "p", "k", "omega", "nut"):
        files = replaced(files, f"0/{name}", "outlet", "outlett")
    ones = found("patch-without-entry", files)
    assert {one.mend.text for one in ones if one.mend} == {"rename the entry outlett to outlet"}
    assert len(ones) == 5
    assert not found("pressure-without-reference", files)
    assert not found("entry-without-patch", files)
    after = mend(files, ones).files
    assert not check(after, dry_run=False).errors
    assert CaseView(after).fields["p"].boundary["outlet"] == CaseView(base("step")).fields["p"].boundary["outlet"]


def test_the_only_entry_without_a_patch_is_meant_for_the_only_patch_without_an_entry() -> None:
    files = replaced(base("step"), "0/U", "step", "motorBike")
    (one,) = found("patch-without-entry", files)
    assert one.mend and one.mend.text == "rename the entry motorBike to step"
    assert "which the mesh does not have" in one.message


def test_an_entry_of_a_constraint_is_not_renamed_to_a_wall() -> None:
    files = base("step").edited("0/U", {"boundaryField.step": None, "boundaryField.stepp": {"type": "empty"}})
    (one,) = found("patch-without-entry", files)
    assert one.mend and one.mend.text == "add noSlip for step"


def test_an_unused_entry_that_differs_in_case_only_is_a_warning() -> None:
    files = base("step").edited("0/p", {"boundaryField.Inlet": {"type": "fixedValue", "value": "uniform 1"}})
    assert [one.severity for one in found("entry-without-patch", files)] == ["warning"]


def test_an_entry_of_another_name_is_a_note_and_of_a_group_none() -> None:
    files = base("step").edited(
        "0/p", {"boundaryField.elsewhere": {"type": "zeroGradient"}, "boundaryField.wall": {"type": "zeroGradient"}}
    )
    (one,) = found("entry-without-patch", files)
    assert one.severity == "note" and "elsewhere" in one.message


def test_a_patch_type_said_in_the_field_overrides_the_constraint() -> None:
    files = base("periodic").edited(
        "0/p", {"boundaryField.inlet": {"type": "fixedJump", "patchType": "cyclic", "jump": "uniform 1"}}
    )
    assert not found("constraint-mismatch", files)


def test_a_constraint_on_which_all_fields_agree_is_mended_in_the_mesh() -> None:
    files = replaced(base("step"), BLOCK, "type            empty;", "type            patch;")
    ones = found("constraint-mismatch", files)
    assert {one.entry for one in ones} == {"boundaryField.frontAndBack.type"}
    assert mend(files, ones).files == base("step")


def test_a_constraint_of_one_field_only_is_not_mended_in_the_mesh() -> None:
    files = base("step").edited("0/p", {"boundaryField.step": {"type": "symmetryPlane"}})
    (one,) = found("constraint-mismatch", files)
    assert one.severity == "error" and one.mend is None


def test_a_library_of_the_users_own_may_bring_any_type() -> None:
    files = base("step").edited("0/U", {"boundaryField.step.type": "myNoSlip"})
    assert found("boundary-type-unknown", files)
    assert not found("boundary-type-unknown", files.edit("system/controlDict", libs='("libmine.so")'))


def test_a_scalar_condition_on_a_vector_is_named_as_that() -> None:
    files = base("step").edited("0/U", {"boundaryField.step.type": "totalPressure"})
    (one,) = found("boundary-type-unknown", files)
    assert "is for another kind of field" in one.message


def test_entries_may_come_by_a_macro() -> None:
    files = replaced(base("step"), "0/U", "inletValue      uniform (0 0 0);", "inletValue $internalField;")
    assert not found("boundary-entry-missing", files)


def test_a_long_list_counts_as_a_value() -> None:
    rows = " ".join("(10 0 0)" for _ in range(5000))
    files = base("step").edited("0/U", {"boundaryField.inlet.value": f"nonuniform List<vector> 5000({rows})"})
    assert not found("boundary-entry-missing", files)


def test_two_layers_between_empty_patches_are_counted() -> None:
    files = replaced(base("cavity"), BLOCK, "(20 20 1)", "(20 20 2)")
    (one,) = found("empty-with-several-cells", files)
    assert one.message.startswith("2 cells between")


def test_cyclic_patches_must_name_each_other() -> None:
    files = replaced(base("periodic"), BLOCK, "neighbourPatch  inlet", "neighbourPatch  bottom")
    assert any("does not name it" in one.message for one in found("cyclic-without-neighbour", files))


def test_patches_that_only_a_mesher_will_make_are_not_judged() -> None:
    head = "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class dictionary;\n    object x;\n}\n"
    files = base("step").with_files({"system/snappyHexMeshDict": head})
    files = CaseFiles(files.files).edited("0/U", {"boundaryField.lowerWall": None})
    assert not found("patch-without-entry", files)

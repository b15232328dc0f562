"""The third gate: what it does, what it leaves alone, and why it is left out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flowcfd import telling
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.check import RULES, check, examples
from flowcfd.foam.tutorials import tutorial
from flowcfd.settings import settings

pytestmark = pytest.mark.flow

CONTROL, BLOCK, TRANSPORT = "system/controlDict", "system/blockMeshDict", "constant/transportProperties"


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def meshed(tmp_path: Path) -> Path:
    """A sound cavity in a directory, with its mesh and without its blockMeshDict."""
    found = install.find()
    examples.base("cavity").write(tmp_path / "cavity")
    command = [str(found.application("blockMesh"))]
    environment = found.environment(case=tmp_path / "cavity")
    subprocess.run(command, cwd=tmp_path / "cavity", env=environment, capture_output=True, check=True)
    (tmp_path / "cavity" / BLOCK).unlink()
    return tmp_path / "cavity"


def test_the_mesh_of_the_case_is_used_and_nothing_in_its_directory_changes(meshed: Path) -> None:
    before = content(meshed)
    found = check(meshed, dry_run=True)
    assert list(found) == []
    assert found.gates[-1].done == "icoFoam -dry-run"
    assert content(meshed) == before


@pytest.mark.parametrize("base", examples.BASES)
def test_what_flowcfd_renders_passes_all_three_gates(base: str) -> None:
    found = check(examples.base(base), dry_run=True)
    assert found.errors == ()
    assert found.gates[-1].done.startswith("blockMesh and ")


def test_what_only_the_solver_knows_is_told_with_file_and_line_in_the_case() -> None:
    files = adopt(tutorial("icoFoam/cavity/cavity"))
    broken = files.with_files({TRANSPORT: files.text(TRANSPORT).replace("nu ", "mu ", 1)})
    (found,) = check(broken, dry_run=True, rules=[])
    assert (found.severity, found.rule, found.file) == ("error", "dry-run", TRANSPORT)
    assert "nu" in found.message
    assert str(Path("/tmp")) not in found.message


def test_what_a_rule_has_told_is_not_told_again() -> None:
    files = examples.base("cavity").edited("0/U", {"boundaryField.lid": None})
    assert [one.rule for one in check(files, dry_run=True).errors] == ["patch-without-entry"]
    assert [one.rule for one in check(files, dry_run=True, rules=[]).errors] == ["dry-run"]


@pytest.mark.parametrize("name", [
    "file-of-another-openfoam", "start-time-missing", "symmetry-plane-not-plane", "turbulence-value-zero",
    "wall-function-of-another-field", "wall-function-off-wall", "wall-function-without-nut", "field-dimensions",
    "level-not-absolute", "force-references-missing",
])  # fmt: skip
def test_a_cause_that_a_rule_and_the_solver_see_is_told_once_with_the_words_of_the_rule(name: str) -> None:
    found = check(RULES.get(name).example.broken(), dry_run=True)
    assert name in {one.rule for one in found.errors}
    assert not found.by("dry-run")
    assert "confirmed by a real step" in found.gates[-1].done or "ended with an error" in found.gates[-1].done


@pytest.mark.parametrize(("field", "dimensions"), [("k", "[0 2 -3 0 0 0 0]"), ("p", "[1 -1 -2 0 0 0 0]")])
def test_the_solver_names_no_field_when_dimensions_differ_and_the_fault_does(field: str, dimensions: str) -> None:
    files = adopt(tutorial("simpleFoam/pitzDaily")).edited(f"0/{field}", {"dimensions": dimensions})
    (found,) = check(files, dry_run=True, rules=[]).errors
    assert (found.file, found.entry) == (f"0/{field}", "dimensions")
    assert files.text(found.file).splitlines()[found.line - 1].startswith("dimensions")
    assert "[0 2 -2 0" in found.message


def test_a_mesh_that_cannot_be_made_is_an_error_of_blockmesh() -> None:
    text = examples.base("cavity").text(BLOCK).replace("hex (0 1 3 2 4 5 7 6)", "hex (0 3 1 2 4 7 5 6)")
    found = check(examples.base("cavity").with_files({BLOCK: text}), dry_run=True, rules=[])
    assert len(found.errors) == 1
    assert found.errors[0].message.startswith("blockMesh: ")


def test_code_of_the_case_is_not_run_unless_that_is_allowed() -> None:
    files = examples.base("cavity").with_files({TRANSPORT: 'nu #calc "0.005 * 2";\n'})
    found = check(files, dry_run=True, rules=[])
    assert list(found) == []
    assert "#calc compiles and runs code" in found.gates[-1].left_out
    assert "-dry-run" in check(files, dry_run=True, rules=[], allow_code=True).gates[-1].done


def test_a_mesh_that_is_not_cheap_is_not_made() -> None:
    text = examples.base("cavity").text(BLOCK).replace("(20 20 1)", "(2000 2000 1)")
    found = check(examples.base("cavity").with_files({BLOCK: text}), rules=[])
    assert "blockMesh would make 4000000 cells" in found.gates[-1].left_out


def test_a_solver_without_a_dry_run_is_said_to_be_one() -> None:
    found = check(tutorial("dnsFoam/boxTurb16"), rules=[])
    assert found.gates[-1].left_out == "dnsFoam has no -dry-run"


def test_several_regions_are_left_out() -> None:
    found = check(tutorial("chtMultiRegionFoam/multiRegionHeater"), rules=[])
    assert found.gates[-1].left_out == "a case of several regions"


def test_without_openfoam_the_other_gates_still_look(monkeypatch: pytest.MonkeyPatch) -> None:
    files = examples.base("cavity").edited("0/U", {"boundaryField.lid": None})
    monkeypatch.setenv("FLOWCFD_OPENFOAM", "/no/such/openfoam")
    settings.cache_clear()
    try:
        found = check(files)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert [one.rule for one in found.errors] == ["patch-without-entry"]
    assert "/no/such/openfoam" in found.gates[-1].left_out


def test_multigrid_without_levels_ends_the_solver_and_only_the_rule_sees_it_before(tmp_path: Path) -> None:
    rule = RULES.get("multigrid-without-levels")
    files = rule.example.broken()
    assert check(files, dry_run=True, rules=[]).ok  # the dry run has a mesh of its own
    files.write(tmp_path)
    installed = install.find()
    environment = installed.environment(case=tmp_path)
    done = [
        subprocess.run([installed.application(name)], cwd=tmp_path, env=environment, capture_output=True, text=True)
        for name in ("blockMesh", "simpleFoam")
    ]  # fmt: skip
    assert [one.returncode != 0 for one in done] == [False, True]
    assert "No coarse levels created" in done[1].stderr


def test_each_step_is_told_while_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(telling, "TELLERS", [lambda who, words, fraction, over: told.append((words, over))])
    check(examples.base("cavity"))
    assert list(dict.fromkeys(told)) == [
        ("check: blockMesh", False),
        ("", True),
        ("check: icoFoam -dry-run", False),
    ]
    assert told[-1] == ("", True)

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, DictionaryError, UnknownName
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.kernel import edit

HEADER = "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class dictionary;\n    object controlDict;\n}\n"
CONTROL = HEADER + (
    "// how long\nendTime         0.5;   // [s]\n\n"
    "functions\n{\n    probes { type probes; }\n    other  { type other; }\n}\n"
)


@pytest.fixture
def case(tmp_path: Path, home: Path) -> Path:
    folder = tmp_path / "cavity"
    (folder / "system").mkdir(parents=True)
    (folder / "system/controlDict").write_text(CONTROL)
    return folder


def shell(**variables: Any) -> Any:
    return SimpleNamespace(user_ns=variables)


def control(case: Path) -> str:
    return (case / "system/controlDict").read_text()


def test_entries_of_the_cell_are_set_or_added_and_all_other_bytes_stay(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit.edit_cell(shell(), f"{case} system/controlDict", "endTime 2;\nfunctions { probes { type sets; n 3; } }\n")
    text = control(case)
    assert "// how long\nendTime         2;   // [s]\n" in text
    assert "type sets;" in text and "type other;" in text and "n " in text
    said = capsys.readouterr().out
    assert "\033[31m-endTime         0.5;   // [s]\033[0m" in said
    assert "\033[32m+endTime         2;   // [s]\033[0m" in said


def test_a_variable_that_holds_casefiles_gets_a_new_value(case: Path) -> None:
    files = CaseFiles({"system/controlDict": CONTROL})
    notebook = shell(c=files)
    edit.edit_cell(notebook, "c system/controlDict", "endTime 2;")
    assert "endTime         2;" in notebook.user_ns["c"].text("system/controlDict")
    assert files.text("system/controlDict") == CONTROL


def test_a_variable_that_holds_a_case_gets_one_with_the_file_in_its_overlay(home: Path) -> None:
    case = fc.Case(
        domain=fc.Cavity("1 m"),
        mesh=fc.Blocks(8),
        physics=fc.Incompressible(fluid=fc.Fluid(0.01)),
        boundaries={"lid": fc.Wall(velocity=[1, 0, 0]), "walls": fc.Wall()},
        solve=fc.Steady(5),
    )
    notebook = shell(case=case)
    edit.edit_cell(notebook, "case system/controlDict", "writeInterval 3;")
    changed = notebook.user_ns["case"]
    assert isinstance(changed, fc.Case) and changed.digest != case.digest
    assert "writeInterval   3;" in changed.files["system/controlDict"]
    assert "writeInterval   3;" in fc.render(changed).text("system/controlDict")
    assert case.files == {}


def test_a_variable_that_holds_a_path_names_its_directory(case: Path) -> None:
    edit.edit_cell(shell(where=case), "where system/controlDict", "endTime 2;")
    assert "endTime         2;" in control(case)


def test_a_cell_with_a_header_is_the_whole_file(case: Path) -> None:
    edit.edit_cell(shell(), f"{case} system/controlDict", HEADER + "endTime 3;\n")
    assert control(case) == HEADER + "endTime 3;\n"
    edit.edit_cell(shell(), f"{case} constant/new", HEADER + "nu 1;\n")
    assert (case / "constant/new").read_text() == HEADER + "nu 1;\n"


@pytest.mark.parametrize("how", ["cell", "option"])
def test_an_entry_can_be_taken_away(case: Path, how: str) -> None:
    if how == "cell":
        edit.edit_cell(shell(), f"{case} system/controlDict", "functions { #remove probes\n}")
    else:
        edit.edit_cell(shell(), f"{case} system/controlDict --delete functions.probes", "endTime 0.5;")
    assert "probes" not in control(case) and "type other;" in control(case)


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ("endTime 2", "<cell>:2:1"),
        ("endTime 2;\nfunctions\n{\n    a { b 1; }\n", "<cell>:4:1"),
        ("\n\nendTime (1 2;\n", "<cell>:4:"),
        (HEADER + "endTime 2;\n}\n", "10:1"),
        ('endTime 2;\n#include "more"\n', "<cell>:3:1"),
    ],
    ids=["no end", "open brace", "open bracket", "whole file", "directive"],
)
def test_a_cell_that_does_not_parse_is_refused_with_its_place_and_nothing_is_written(
    case: Path, cell: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DictionaryError) as caught:
        edit.edit_cell(shell(), f"{case} system/controlDict", cell)
    assert place in str(caught.value)
    assert control(case) == CONTROL
    assert [path.name for path in (case / "system").iterdir()] == ["controlDict"]
    assert capsys.readouterr().out == ""


def test_nothing_to_change_says_so_and_writes_nothing(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (case / "system/controlDict").stat().st_mtime_ns
    edit.edit_cell(shell(), f"{case} system/controlDict", "endTime 0.5;")
    assert capsys.readouterr().out == "system/controlDict: nothing to change\n"
    assert (case / "system/controlDict").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("{case} system/controlDct", UnknownName, "did you mean 'system/controlDict'"),
        ("{case} ../outside --replace", CaseError, "inside the case"),
        ("{case}", CaseError, "usage: %%dict CASE FILE"),
        ("nowhere system/controlDict", CaseError, "must be a variable or a directory that exists"),
        ("number system/controlDict", CaseError, "is a int"),
    ],
    ids=["file", "outside", "words", "directory", "variable"],
)
def test_a_wrong_name_is_said_in_a_line(case: Path, line: str, kind: type[CaseError], words: str) -> None:
    with pytest.raises(kind) as caught:
        edit.edit_cell(shell(number=3), line.format(case=case), "a 1;")
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_the_files_of_a_run_are_not_edited(home: Path) -> None:
    system = home / "runs/cavity-123/case/system"
    system.mkdir(parents=True)
    (system / "controlDict").write_text(CONTROL)
    with pytest.raises(CaseError, match=r"lies in the run directory .*fc\.adopt"):
        edit.edit_cell(shell(), f"{system.parent} system/controlDict", "endTime 2;")
    assert (system / "controlDict").read_text() == CONTROL


def test_letters_outside_latin_1_survive_as_utf_8(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit.edit_cell(shell(), f"{case} system/controlDict", 'note "µ → ∞";')
    assert 'note            "µ → ∞";' in (case / "system/controlDict").read_text(encoding="utf-8")
    assert "µ → ∞" in capsys.readouterr().out


def test_the_line_magic_shows_a_file_or_an_entry(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit.show(shell(), f"{case} system/controlDict")
    assert capsys.readouterr().out == CONTROL
    edit.show(shell(), f"{case} system/controlDict endTime")
    assert capsys.readouterr().out == "0.5\n"

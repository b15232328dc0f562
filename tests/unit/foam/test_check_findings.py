"""Findings as values, the mends of findings, and what `check` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.case import Case
from flowcfd.errors import CaseError, CheckFailed
from flowcfd.foam.check import Change, Finding, Findings, Gate, Mend, check, examples, mend
from flowcfd.foam.check.examples import BASES

CONTROL = "system/controlDict"
LATER = Mend.of("set endTime 5", CONTROL, {"endTime": 5})
WARNING = Finding("warning", "late", "ends early", CONTROL, 16, 1, "endTime", LATER)
ERROR = Finding("error", "gone", "p is missing", "0/p")
NOTE = Finding("note", "aside", "a < b")


def test_the_worst_comes_first_and_an_error_is_not_ok() -> None:
    found = Findings([NOTE, WARNING, ERROR], name="cavity")
    assert [one.severity for one in found] == ["error", "warning", "note"]
    assert not found.ok
    assert Findings([NOTE, WARNING]).ok
    assert found.errors == (ERROR,)
    assert found.by("late") == (WARNING,)
    assert found.summary == "cavity: 1 error, 1 warning, 1 note"
    assert Findings([]).summary == "case: no errors, no warnings, no notes"


def test_a_finding_is_one_line_with_place_cause_rule_and_mend() -> None:
    text = "warning: system/controlDict:16:1 endTime: ends early [late]; mend: set endTime 5"
    assert str(WARNING) == text
    assert str(ERROR) == "error: 0/p: p is missing [gone]"
    assert text in str(
        Findings([WARNING], [Gate("parse", 0.1, "7 dictionaries"), Gate("dry run", 0, left_out="no mesh")])
    )
    assert "dry run: left out: no mesh" in str(Findings([], [Gate("dry run", 0, left_out="no mesh")]))


def test_the_notebook_shows_a_table_with_nothing_unescaped() -> None:
    html = Findings([NOTE, WARNING], name="<x>")._repr_html_()
    assert "a &lt; b" in html
    assert "&lt;x&gt;" in html
    assert html.count("<tr>") == 3
    assert "<table>" not in Findings([])._repr_html_()


def test_findings_are_plain_json() -> None:
    document = json.loads(json.dumps(Findings([WARNING], [Gate("parse", 0.25, "done")]).to_json()))
    assert document["ok"] is True
    assert document["warnings"] == 1
    assert document["findings"][0]["mend"]["changes"] == [{"file": CONTROL, "entry": "endTime", "value": 5}]
    assert document["gates"] == [{"name": "parse", "seconds": 0.25, "done": "done", "left_out": ""}]


def test_errors_are_raised_with_one_line_each() -> None:
    Findings([WARNING]).raise_for_errors()
    with pytest.raises(CheckFailed, match=r"0/p: p is missing \[gone\]"):
        Findings([WARNING, ERROR]).raise_for_errors()


def test_a_mend_gives_new_files_and_the_diff() -> None:
    files = examples.base("cavity")
    mended, diff = mend(files, [WARNING, ERROR])
    assert "-endTime         0.5;\n+endTime         5;\n" in str(diff)
    assert mended != files
    assert mend(files, [WARNING, ERROR]).left == (ERROR,)
    assert mend(files, WARNING).mended == (WARNING,)
    assert mend(files, [ERROR]).diff == ""


def test_the_first_of_two_mends_of_one_entry_decides() -> None:
    other = Finding("note", "x", "y", mend=Mend.of("set endTime 9", CONTROL, {"endTime": 9}))
    assert "endTime         5;" in mend(examples.base("cavity"), [WARNING, other]).files.text(CONTROL)


def test_a_mend_may_write_and_remove_whole_files() -> None:
    moved = Mend("rename it", (Change("0/p"), Change("0/p_rgh", "", "text\n")))
    files = mend(examples.base("cavity"), [Finding("error", "x", "y", mend=moved)]).files
    assert "0/p" not in files
    assert files.text("0/p_rgh") == "text\n"


def test_a_mend_that_does_not_fit_says_whose_it_is() -> None:
    with pytest.raises(CaseError, match=r"mend of 'late' does not fit cavity: .*no/such"):
        mend(examples.base("cavity"), [Finding("error", "late", "x", mend=Mend.of("x", "no/such", {"a": 1}))])


def test_a_case_its_files_and_their_directory_are_checked_alike(tmp_path: Path) -> None:
    case = Case.model_validate({"name": "cavity", **BASES["cavity"]})
    files = examples.base("cavity")
    files.write(tmp_path / "cavity")
    for target in (case, files, tmp_path / "cavity", str(tmp_path / "cavity")):
        found = check(target, dry_run=False)
        assert found.name == "cavity"
        assert found.errors == ()
        assert [gate.name for gate in found.gates] == ["parse", "rules", "dry run"]
        assert found.gates[-1].left_out == "not asked for"


def test_every_dictionary_that_cannot_be_parsed_is_a_finding_with_line_and_column() -> None:
    files = examples.base("cavity").with_files({CONTROL: "a 1;\n}\n", "system/fvSolution": "solvers {"})
    found = check(files)
    assert [(one.file, one.line, one.column) for one in found.by("parse")] == [
        (CONTROL, 2, 1),
        ("system/fvSolution", 1, 9),
    ]
    assert all(one.severity == "error" for one in found.by("parse"))
    assert found.gates[-1].left_out == "dictionaries cannot be read"


def test_a_directory_whose_controldict_is_broken_is_a_finding_and_no_exception(tmp_path: Path) -> None:
    examples.base("cavity").with_files({CONTROL: "startFrom latestTime;\n}\n"}).write(tmp_path)
    found = check(tmp_path)
    assert found.errors[0].rule == "parse"


def test_what_is_no_case_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"not an OpenFOAM case, system/controlDict is missing"):
        check(tmp_path)
    with pytest.raises(CaseError, match="int is no Case, CaseFiles or directory"):
        check(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("parts", [1, 2, 6, 12, 7])
def test_parts_are_divided_along_the_longest_axes(parts: int) -> None:
    from flowcfd.foam.check.rules.parallel import divided

    counts = divided(parts, (10, 1, 0.01))
    assert counts[0] * counts[1] * counts[2] == parts
    assert counts[0] == max(counts)
    assert counts[2] == 1


def test_a_finding_about_a_case_names_the_field_that_its_author_wrote() -> None:
    case = Case.model_validate({"name": "cavity", **BASES["cavity"]})
    (found,) = check(case.replace({"solve.step": 0.1}), dry_run=False, rules=["courant-far-too-large"])
    assert found.field == "solve.step"
    assert str(found).startswith("warning: solve.step (system/controlDict:17:1 deltaT): the Courant number is about 20")
    assert check(examples.base("cavity").edit("system/controlDict", deltaT=0.1), dry_run=False)[0].field == ""


def test_a_mend_is_shown_as_a_diff_with_nothing_unescaped() -> None:
    found = Finding("error", "some-rule", "cause", mend=Mend.of("set it", "system/controlDict", {"endTime": "<1>"}))
    mended = mend(examples.base("cavity"), [found, Finding("note", "other-rule", "cause")])
    assert repr(mended) == f"<Mended {mended.files.name}: 1 mended, 1 without a mend>"
    shown = mended._repr_html_()
    assert "&lt;1&gt;" in shown and "<1>" not in shown


def test_what_are_no_files_cannot_be_mended() -> None:
    with pytest.raises(CaseError, match="mend: files must be CaseFiles"):
        mend("somewhere", [])  # type: ignore[arg-type]

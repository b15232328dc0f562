"""`flowcfd check`: the table, the exit code, JSON, mends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.cli import main
from flowcfd.foam.check import RULES, examples


@pytest.fixture
def cavity(tmp_path: Path) -> Path:
    """A sound case in a directory."""
    examples.base("cavity").write(tmp_path / "cavity")
    return tmp_path / "cavity"


def test_a_sound_case_ends_with_0_and_says_what_was_done(cavity: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(cavity), "--no-dry-run"]) == 0
    said = capsys.readouterr().out
    assert "cavity: no errors, no warnings, no notes" in said
    assert "dry run: left out: not asked for" in said


def test_an_error_ends_with_1_and_is_shown_with_its_mend(cavity: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cavity / "0/p").unlink()
    assert main(["check", str(cavity), "--no-dry-run", "--mend"]) == 1
    said = capsys.readouterr().out
    assert "field-missing" in said
    assert "+++ b/0/p" in said


def test_a_warning_is_no_failure(cavity: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(cavity), "--no-dry-run", "--set", "system/controlDict:stopAt=writeNow"]) == 0
    assert "stop-left-over" in capsys.readouterr().out


def test_json_is_one_document(cavity: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", str(cavity), "--no-dry-run", "--json", "--mend", "--set", "system/fvSolution:solvers.U="]
    assert main(words) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert [one["rule"] for one in document["findings"]] == ["linear-solver-missing"]
    assert document["findings"][0]["file"] == "system/fvSolution"
    assert "+    U" in document["diff"]


def test_the_mended_case_is_written_elsewhere_and_the_directory_stays(cavity: Path, tmp_path: Path) -> None:
    broken = (cavity / "system/controlDict").read_text().replace("endTime;", "writeNow;")
    (cavity / "system/controlDict").write_text(broken)
    assert main(["check", str(cavity), "--no-dry-run", "--write", str(tmp_path / "new")]) == 0
    assert (cavity / "system/controlDict").read_text() == broken
    assert "writeNow" not in (tmp_path / "new/system/controlDict").read_text()


def test_the_rules_are_listed_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--list", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["rules"]) == set(RULES.names())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "check: names no case"),
        (["/no/such"], "no such directory"),
        ([".", "--rules", "no-such"], "unknown rule 'no-such'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    words: list[str], message: str, cavity: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(cavity)
    assert main(["check", *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said

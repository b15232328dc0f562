"""`flowcfd verdict` on directories that nobody computed here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.cli import main

CONTROL = "FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }\napplication simpleFoam;\n"


@pytest.fixture
def case(tmp_path: Path, home: Path) -> Path:
    """A case whose solver's log breaks off."""
    (tmp_path / "case/system").mkdir(parents=True)
    (tmp_path / "case/system/controlDict").write_text(CONTROL)
    (tmp_path / "case/log.simpleFoam").write_text("Create time\n\nTime = 1\n\n")
    return tmp_path / "case"


def test_a_red_verdict_is_exit_code_one_with_its_reason(case: Path, capsys) -> None:
    assert main(["verdict", str(case)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("red: judged ") and "\x1b" not in said
    line = next(line for line in said.splitlines() if "end of the run" in line)
    assert line.split()[0] == "red" and "does not finish with End" in line


def test_an_amber_verdict_is_exit_code_zero(case: Path, capsys) -> None:
    with (case / "log.simpleFoam").open("a") as log:
        log.write("ExecutionTime = 1 s  ClockTime = 1 s\n\nEnd\n")
    assert main(["verdict", str(case)]) == 0
    assert "not judged for want of evidence" in capsys.readouterr().out


def test_its_document_has_all_judgements(case: Path, capsys) -> None:
    assert main(["verdict", str(case), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["colour"] == "red" and told["case"] == "case"
    assert {"mass balance", "y+", "residuals"} <= {each["name"] for each in told["judgements"]}


def test_what_is_neither_a_run_nor_a_case_is_one_line_and_exit_code_two(tmp_path: Path, home: Path, capsys) -> None:
    assert main(["verdict", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

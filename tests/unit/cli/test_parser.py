from __future__ import annotations

import json
from importlib import import_module

import pytest

from flowcfd.cli import main
from flowcfd.cli.parser import parser
from flowcfd.errors import CaseError
from flowcfd.version import __version__

LINES = [
    "doctor", "kernel install --user", "run case --cores 2 --set a:b=c --detach", "run d --until Cd --over 50",
    "runs --state Done", "show r",
    "log -f r icoFoam", "stop r", "pause r", "resume r", "retry r", "cancel r", "results r --csv forces:body",
    "adopt d --write new", "diff a b --exit-code", "bench logs --quick",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_every_command_has_a_function_and_takes_json(line: str) -> None:
    options = parser().parse_args([*line.split(), "--json"])
    module, function = options.do.split(":")
    assert callable(getattr(import_module(f"flowcfd.cli.{module}"), function))
    assert options.json is True


@pytest.mark.parametrize(
    "line", ["", "nothing", "run", "run a --cores x", "kernel install --user --sys-prefix", "show a b"]
)
def test_a_mistake_in_the_words_is_one_line_and_exit_code_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CaseError, match=r"\(see: flowcfd.* --help\)"):
        parser().parse_args(line.split())
    assert main(line.split()) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 1 and said.err.startswith("flowcfd: ")


def test_a_mistake_is_a_document_too_where_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["type"] == "CaseError" and error["exit_code"] == 2 and "required: DIR|case.json" in error["message"]


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["run", "--help"]])
def test_version_and_help_end_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert said
    if words == ["--version"]:
        assert said == f"flowcfd {__version__}\n"


def test_the_help_documents_the_exit_codes() -> None:
    text = parser().format_help()
    for code in ("0  done", "1  the computation failed", "2  a mistake", "3  this machine lacks", "130"):
        assert code in text

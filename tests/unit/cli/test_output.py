from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from flowcfd.cli import output
from flowcfd.errors import DictionaryError, SiteError, StageFailed


def test_one_document_of_what_json_has(capsys: pytest.CaptureFixture[str]) -> None:
    output.document({"a": float("nan"), "b": (1, float("inf")), "c": Path("/x")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1, None], "c": "/x"}


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (163e6, "163 MB"), (2e15, "2e+03 TB")],
)
def test_sizes_for_people(count: float | None, words: str) -> None:
    assert output.size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (3.21, "3.2 s"), (32.4, "32 s"), (59.7, "1 min 0 s"), (252, "4 min 12 s"), (7500, "2 h 5 min")],
)
def test_spans_of_time_for_people(seconds: float | None, words: str) -> None:
    assert output.duration(seconds) == words


def test_an_error_is_a_line_on_standard_error_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert output.report(SiteError("no OpenFOAM"), as_json=False) == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "flowcfd: no OpenFOAM\n")


def test_an_error_for_machines_tells_the_place_that_it_knows() -> None:
    failed = StageFailed("solve", "diverged", path="/runs/a", log="/runs/a/log", tail=["last"])
    told = output.as_dict(failed)
    assert (told["stage"], told["cause"], told["exit_code"]) == ("solve", "diverged", 1)
    assert json.loads(json.dumps(told, default=str))["tail"] == ["last"]
    place = output.as_dict(DictionaryError("no", path="a", line=3, column=4))
    assert (place["path"], place["line"], place["column"]) == ("a", 3, 4)


def test_a_table_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("run", "what"), [("a" * 60, "b" * 70)])
    assert "a" * 60 + "  " + "b" * 70 in capsys.readouterr().out


class Screen(io.StringIO):
    """A standard output that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_narrow_screen_a_long_text_goes_on_under_its_own_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    assert output.narrow()
    output.hanging([("error", "one two three four five six seven eight nine")])
    lines = [line.rstrip() for line in screen.getvalue().splitlines()]
    assert lines == ["error  one two three four five six seven", "       eight nine"]


def test_what_is_no_terminal_is_not_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", "40")
    assert not output.narrow()


def test_a_long_list_has_a_line_for_each_member_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"a": n, "b": float("nan"), "c": {"d": Path("/x")}} for n in range(output.MANY + 1)]
    output.document(rows)
    said = capsys.readouterr().out
    assert len(said.splitlines()) == len(rows) + 2
    assert json.loads(said) == [{"a": n, "b": None, "c": {"d": "/x"}} for n in range(len(rows))]


def test_a_table_keeps_the_units_in_its_titles(capsys: pytest.CaptureFixture[str]) -> None:
    """rich takes [m/s] for markup and would leave it out."""
    output.table(["speed [m/s]", "CPU [s]"], [["[Pa]", "1"]], title="at most [kg]")
    output.hanging([("unit", "in [m]")])
    shown = capsys.readouterr().out
    assert all(unit in shown for unit in ("[m/s]", "[s]", "[Pa]", "[kg]", "[m]"))

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.kernel import where


def test_no_word_is_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert where.directory("", {}) == tmp_path


def test_a_directory_and_a_variable_that_holds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cavity").mkdir()
    assert where.directory("cavity", {}) == tmp_path / "cavity"
    assert where.directory("d", {"d": "cavity"}) == tmp_path / "cavity"
    assert where.directory("d", {"d": tmp_path / "cavity"}) == tmp_path / "cavity"


def test_a_variable_that_holds_a_run_is_its_case(tmp_path: Path) -> None:
    assert where.directory("run", {"run": SimpleNamespace(case=tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("word", "value", "words"),
    [
        ("/nowhere/else", None, "must be a directory that exists"),
        ("d", "/nowhere", "d: names /nowhere, which is no directory"),
        ("d", 3, "d: is a int; a shell needs a directory"),
    ],
)
def test_what_is_no_directory_is_said(word: str, value: object, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        where.directory(word, {} if value is None else {word: value})


def test_an_unknown_word_lists_the_runs(home: Path) -> None:
    with pytest.raises(UnknownName, match="unknown directory, variable or run 'nothing'"):
        where.directory("nothing", {})

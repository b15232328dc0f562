from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from flowcfd.cli import lab, main
from flowcfd.settings import settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that this process would have become."""
    commands: list[list[str]] = []

    def become(program: str, command: list[str], environment: Mapping[str, str]) -> None:
        assert program == sys.executable and "JUPYTER_CONFIG_PATH" in environment
        commands.append(command)

    monkeypatch.setattr(lab.os, "execve", become)
    monkeypatch.setattr(lab.spec, "installed", lambda: ["somewhere"])
    return commands


@pytest.mark.parametrize("first", [True, False])
def test_options_that_it_does_not_know_are_jupyterlabs(first: bool, started: list[list[str]], tmp_path: Path) -> None:
    options = ["--no-browser", "--port=8890", "--help-all"]
    main(["lab", *options, str(tmp_path)] if first else ["lab", str(tmp_path), *options])
    [command] = started
    assert command[1:5] == ["-P", "-m", "jupyterlab", str(tmp_path)]
    assert command[-3:] == options


def test_a_notebook_is_opened_too(started: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "one.ipynb").touch()
    main(["lab", str(tmp_path / "one.ipynb")])
    assert str(tmp_path / "one.ipynb") in started[0]


def test_a_folder_that_is_not_there_is_one_line(
    started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"flowcfd: lab: there is no folder or notebook {tmp_path / 'nowhere'}\n"
    assert not started


def test_without_the_kernel_it_says_the_command_that_installs_it(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab.spec, "installed", list)
    assert main(["lab"]) == 3
    assert "flowcfd kernel install --sys-prefix" in capsys.readouterr().err
    assert not started


def test_other_commands_still_refuse_options_that_they_do_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--port=8890"]) == 2
    assert "unrecognized arguments: --port=8890" in capsys.readouterr().err


def test_settings_that_cannot_be_meant_are_said_before_jupyterlab_starts(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLOWCFD_VIEW", "nonsense")
    settings.cache_clear()
    assert main(["lab", str(tmp_path)]) == 3
    assert "FLOWCFD_VIEW: must be one of live, html, picture (got 'nonsense')" in capsys.readouterr().err
    assert not started
    settings.cache_clear()

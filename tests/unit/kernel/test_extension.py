from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from flowcfd.errors import CaseError
from flowcfd.kernel import extension


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path, new_shell: Callable[[], InteractiveShell]
) -> InteractiveShell:
    monkeypatch.chdir(tmp_path)
    made = new_shell()
    extension.load_ipython_extension(made)
    return made


def test_an_error_of_ours_is_one_line(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell("from flowcfd.errors import CaseError\nraise CaseError('cells: must be positive')")
    said = capsys.readouterr()
    assert (said.out + said.err).strip() == "\033[1mCaseError\033[0m: cells: must be positive"
    assert isinstance(result.error_in_exec, CaseError)


def test_any_other_error_keeps_its_traceback(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("1/0")
    said = capsys.readouterr()
    assert "Traceback" in said.out + said.err


def test_the_magics_say_what_is_wrong_in_one_line(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    for cell, words in (
        ("%%foam nowhere\nls", "unknown directory, variable or run 'nowhere'"),
        ("%%foam a b\nls", "takes one case"),
        ("%foam", "give a command"),
        ("%%dict nowhere system/controlDict\na 1;", "must be a variable or a directory"),
    ):
        shell.run_cell(cell)
        said = capsys.readouterr()
        assert words in said.out + said.err
        assert len((said.out + said.err).strip().splitlines()) == 1


def test_loading_twice_enters_the_completer_once(shell: InteractiveShell) -> None:
    extension.load_ipython_extension(shell)
    ours = [m for m in shell.Completer.custom_matchers if getattr(m, "matcher_identifier", "") == "flowcfd_matcher"]
    assert len(ours) == 1
    extension.unload_ipython_extension(shell)
    assert shell.Completer.custom_matchers == []


def test_loading_imports_nothing_that_a_kernel_does_not_have_already() -> None:
    code = (
        "import sys, ipykernel.kernelapp\nbefore = set(sys.modules)\n"
        "import flowcfd.kernel.extension\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PATH": "/bin", "PYTHONPATH": ":".join(sys.path)}, timeout=60,
    )  # fmt: skip
    foreign = [name for name in done.stdout.split() if not name.startswith("flowcfd")]
    assert foreign == []
    assert "flowcfd.foam" not in done.stdout

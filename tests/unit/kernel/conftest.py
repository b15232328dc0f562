"""IPython's shells for tests, which leave nothing behind."""

from __future__ import annotations

import atexit
import builtins
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

BUILT_IN = ("__IPYTHON__", "display")
"""What a shell adds to the builtins, for good."""


@pytest.fixture
def new_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., InteractiveShell]]:
    """Makes shells; with `known` the one that `get_ipython()` finds.

    A shell puts itself in the place of `__main__`, adds to the builtins and keeps a thread for its history: without an
    end, every test after it is in a notebook.
    """
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    main, before = sys.modules["__main__"], {name: vars(builtins).get(name) for name in BUILT_IN}
    made: list[InteractiveShell] = []

    def make(*, known: bool = False) -> InteractiveShell:
        made.append(InteractiveShell.instance() if known else InteractiveShell())
        return made[-1]

    yield make
    for shell in made:
        _ended(shell)
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main
    for name, value in before.items():
        vars(builtins).pop(name, None) if value is None else setattr(builtins, name, value)


def _ended(shell: InteractiveShell) -> None:
    atexit.unregister(shell.atexit_operations)
    history = shell.history_manager
    if history is not None:
        history.end_session()
        if history.save_thread is not None:
            history.save_thread.stop()

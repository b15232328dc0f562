"""Fields kept on the way, for a solver that would write none before its end: there is something to go back to.

The solver is asked by SIGUSR1 every two minutes while its numbers are healthy; the newest two of these times are kept,
and when it has come to its end none. Serial solvers only: ranks take the signal at different times, and would write
different ones.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

from flowcfd.jobs import checkpoint, process

PERIOD = 120.0
"""Seconds between two of them."""

KEPT = 2

LISTENS = b"sigWriteNow : Enabling writing upon signal"


class Rolling:
    """The times that one solver writes on request; `case` has no other times to come but its end."""

    def __init__(self, case: Path, log: Path) -> None:
        self.case, self.log = case, log
        self._there = set(checkpoint.times(case))
        self._next = time.monotonic() + PERIOD

    def look(self, pid: int) -> None:
        """Ask for the fields when it is time, and remove the oldest."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PERIOD
        self._remove(self._ours()[:-KEPT])
        if self._listens():
            process.send([pid], signal.SIGUSR1)

    def finish(self) -> None:
        """The solver has come to its end: its last time stays."""
        self._remove(self._ours()[:-1])

    def _ours(self) -> list[str]:
        return [name for name in checkpoint.times(self.case) if name not in self._there]

    def _remove(self, names: list[str]) -> None:
        import shutil  # brings all compressors with it

        for name in names:
            shutil.rmtree(self.case / name, ignore_errors=True)

    def _listens(self) -> bool:
        try:
            with self.log.open("rb") as file:
                return LISTENS in file.read(8192)
        except OSError:
            return False

"""How a solver is asked to write its fields and end.

A serial solver gets SIGUSR2. Ranks would take a signal at different steps and then wait for each other for ever: they
find `stopAt writeNow` in their controlDict, which the first of them reads for all at the end of a step.
"""

from __future__ import annotations

import contextlib
import signal
from dataclasses import dataclass
from pathlib import Path

from flowcfd.jobs import process

STOP = b"\nstopAt writeNow;  // by FlowCFD, until the solver has ended\n"
"""Behind all other entries of a controlDict it is the one that counts."""

PATIENCE = 3
"""After so many steps a controlDict is not read again any more: `runTimeModifiable no`."""

_LISTENS = b"stopping upon signal"
_OBEYS = b"sigStopAtWriteNow : setting up write and stop"
_READ = b"Re-reading object controlDict from file"
_HEAD = 65536


@dataclass
class Asking:
    """Asks one solver of a case; `ranks` says whether it has several, and its process is that of mpirun."""

    case: Path
    log: Path
    ranks: bool
    _since: int | None = None
    """The size of the log when the ranks were asked, until they have read it [bytes]."""

    def ask(self, pid: int) -> bool:
        """Ask it, if it listens yet: before its log says so a signal would kill it, and a change would go unseen."""
        head = _part(self.log, 0, _HEAD)
        if not self.ranks:
            return _LISTENS in head and _signal(pid)
        if not _steps(head):
            return False
        self._since = self.log.stat().st_size
        try:
            _say(self.case)
        except OSError:  # no room for a second controlDict
            self._since = None
            return _signal(pid)
        return True

    def insist(self, pid: int) -> None:
        """Ranks that go on without reading their controlDict get the signal after all."""
        if self._since is None:
            return
        said = _part(self.log, self._since, 1_000_000)
        if _READ in said:
            self._since = None
        elif said.count(b"\nExecutionTime = ") >= PATIENCE:
            self._since = None
            _signal(pid)

    def obeyed(self) -> bool:
        """Whether its log says that it did."""
        said = tail(self.log, 1_000_000)
        return _OBEYS in said or (self.ranks and _READ in said)


def restore(case: Path) -> None:
    """Take back what ranks were asked, where the solver, or whoever asked it, has ended."""
    path = case / "system" / "controlDict"
    with contextlib.suppress(OSError):  # no such case any more, or no room: the next turn looks again
        text = path.read_bytes()
        if text.endswith(STOP):
            _put(path, text.removesuffix(STOP))


def tail(log: Path, size: int) -> bytes:
    """The last `size` bytes of a log; empty when it is gone."""
    try:
        return _part(log, max(0, log.stat().st_size - size), size)
    except OSError:
        return b""


def _say(case: Path) -> None:
    path = case / "system" / "controlDict"
    text = path.read_bytes()
    if not text.endswith(STOP):
        _put(path, text + STOP)


def _put(path: Path, text: bytes) -> None:
    """Nobody ever reads half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text)
    part.chmod(path.stat().st_mode & 0o7777)
    part.replace(path)


def _signal(pid: int) -> bool:
    process.send([pid], signal.SIGUSR2)
    return True


def _steps(head: bytes) -> bool:
    """Whether the solver has read its controlDict, and looks whether it changes."""
    _, created, said = head.partition(b"\nCreate time")
    return b"\nTime = " in head or (created != b"" and b"\nCreate " in said)


def _part(log: Path, start: int, size: int) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(start)
            return file.read(size)
    except OSError:
        return b""

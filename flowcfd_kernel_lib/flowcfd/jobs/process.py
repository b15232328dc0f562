"""Processes as /proc shows them: which one is meant, whether it lives, what a tree of them uses, how it is ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MARK = "FLOWCFD_RUN"
"""Every process that computes for a run carries the run's uid in this variable: so orphans are found again."""

_PROC = Path("/proc")
_UNKILLABLE = 30.0  # a process that waits for a dead disk ends when the disk does
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Identity:
    """One process for ever: a pid alone is used again; start [clock ticks since boot] and place make it unique."""

    pid: int
    start: int
    place: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The identity of a process of this machine; None when there is none (any more)."""
        stat = _stat(pid)
        return None if stat is None else cls(pid, stat[1], place())


@cache
def place() -> str:
    """Host, boot and pid namespace: where a pid means something."""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{os.uname().nodename}/{boot}/{(_PROC / 'self/ns/pid').stat().st_ino}"


def user() -> str:
    """The name of the user; in a container the number may have none."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def alive(identity: Identity) -> bool | None:
    """Whether this process lives; None when it belongs to another machine or container and nobody here can say."""
    if identity.place != place():
        host, boot, _ = identity.place.split("/")
        here, now, _ = place().split("/")
        return False if host == here and boot != now else None
    stat = _stat(identity.pid)
    return stat is not None and stat[1] == identity.start and stat[0] not in "ZX"


def marked(uid: str) -> list[int]:
    """The pids of all living processes of this machine that compute for the run `uid`."""
    wanted = f"{MARK}={uid}".encode()
    found = []
    for pid in _pids():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:  # gone, or another user's
            continue
        if wanted in environment.split(b"\0") and pid != os.getpid() and _lives(pid):
            found.append(pid)
    return found


def all_marked() -> dict[str, list[int]]:
    """The pids of all living processes of this machine that compute for any run, by the run's uid; one look at all."""
    found: dict[str, list[int]] = {}
    mark = f"{MARK}=".encode()
    for pid in _pids():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:  # gone, or another user's
            continue
        start = 0 if environment.startswith(mark) else environment.find(b"\0" + mark) + 1
        if (start or environment.startswith(mark)) and pid != os.getpid() and _lives(pid):
            uid = environment[start + len(mark) :].partition(b"\0")[0].decode("latin-1")
            found.setdefault(uid, []).append(pid)
    return found


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    pids = [pid]
    for parent in pids:  # grows while we walk
        try:
            for thread in (_PROC / str(parent) / "task").iterdir():
                pids.extend(int(child) for child in (thread / "children").read_text().split())
        except OSError:
            continue
    return pids


def memory(pids: Iterable[int]) -> int:
    """The resident memory of these processes together [bytes]; pages they share count for each."""
    total = 0
    for pid in pids:
        try:
            total += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
        except (OSError, IndexError):
            continue
    return total


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def end(uid: str, *, first: int | None = None, patience: float = 5.0) -> None:
    """End all processes of the run `uid`: TERM, and KILL for those that live after `patience` [s].

    `first` is one of them that is known by its pid: just started it may not show its environment yet.
    """
    deadline, told = time.monotonic() + patience, set[int]()
    while pids := _still(uid, first):
        number = signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL
        if time.monotonic() > deadline + _UNKILLABLE:
            return
        send([pid for pid in pids if pid not in told or number == signal.SIGKILL], number)
        told.update(pids)
        time.sleep(0.05)


def gone(uid: str, patience: float) -> bool:
    """Whether all processes of the run `uid` have ended, waiting for at most `patience` [s]."""
    deadline = time.monotonic() + patience
    while _still(uid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _still(uid: str, first: int | None = None) -> list[int]:
    """The pids that are left; none only when a second look finds none, for a process may just be born."""
    pids = {*marked(uid), *([first] if first is not None and _lives(first) else [])}
    if not pids:
        time.sleep(0.02)
        pids = set(marked(uid))
    return sorted(pids)


def _lives(pid: int) -> bool:
    stat = _stat(pid)
    return stat is not None and stat[0] not in "ZX"


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in os.scandir(_PROC) if entry.name.isdigit())


def _stat(pid: int) -> tuple[str, int] | None:
    """State and start time (field 22 of proc(5)); the command in brackets may hold blanks and brackets itself."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return (fields[0], int(fields[19])) if len(fields) > 19 else None

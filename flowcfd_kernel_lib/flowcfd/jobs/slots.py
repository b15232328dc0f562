"""A queue for the cores of this machine: a run waits until as many are free as it has ranks.

One lock file per core under FLOWCFD_HOME; a worker holds its locks for life, so that a killed one frees them. Who waits
holds a ticket, a locked file whose name says its place: greater priorities come first, then older runs. Who is at the
head of the queue holds the lock `queue` meanwhile, so two runs never wait for each other's cores.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.jobs import lock

MOST = 1000
"""The greatest priority; the smallest is its negative."""


def machine() -> int:
    """The cores that this process may use: those it is bound to, less when its container has a quota."""
    bound = len(os.sched_getaffinity(0))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):  # another sort of control groups, or "max"
        return bound


def _none() -> int:
    return 0


@dataclass
class Slots:
    """The locks that one worker holds. `priority` is asked at every look; `since` is when its run was made [s]."""

    home: Path
    cores: int
    priority: Callable[[], int] = _none
    since: float | None = None
    ahead: int = 0
    """How many stood before it at the last look."""
    _head: int | None = None
    _held: dict[int, int] = field(default_factory=dict)
    _ticket: tuple[Path, int] | None = None

    @property
    def folder(self) -> Path:
        """Where this machine's locks are; a home may be shared by machines."""
        return self.home / "slots" / os.uname().nodename

    @property
    def leads(self) -> bool:
        """Whether it is the head of the queue: the next free core is its."""
        return self._head is not None

    def ready(self) -> bool:
        """Take what is free without waiting; whether all that this run needs is held now."""
        cores = machine()
        needed = min(self.cores, cores)
        if len(self._held) >= needed:
            return True
        self._queue()
        if not self._first():
            self._give_way()
            return False
        if self._head is None:
            self._head = lock.acquire(self.folder / "queue", patience=0)
            if self._head is None:
                return False
        for number in range(cores):
            if number not in self._held and len(self._held) < needed:
                descriptor = lock.acquire(self.folder / f"core{number}", patience=0)
                if descriptor is not None:
                    self._held[number] = descriptor
        if len(self._held) < needed:
            return False
        self._leave()
        return True

    def release(self) -> None:
        """Free all cores and leave the queue."""
        self._give_way()
        self._leave()

    def _queue(self) -> None:
        """Hold a ticket of the priority that the run has now."""
        self.since = time.time() if self.since is None else self.since
        place = f"{MOST - self.priority():05d}-{self.since:018.6f}-{os.getpid()}-{id(self)}"
        if self._ticket is not None:
            if self._ticket[0].name == place:
                return
            self._tear()
        path = self.folder / "waiting" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{place}")  # nobody looks at it before it is locked
        descriptor = lock.acquire(part)
        assert descriptor is not None
        part.rename(path)
        self._ticket = path, descriptor

    def _first(self) -> bool:
        """Whether nobody who lives stands before it; the tickets of the dead are thrown away."""
        assert self._ticket is not None
        mine = self._ticket[0]
        with os.scandir(mine.parent) as entries:
            before = sorted(entry.name for entry in entries if entry.name < mine.name and entry.name[0] != ".")
        self.ahead = len(before)
        for name in before:
            other = mine.parent / name
            if lock.taken(other):
                return False
            other.unlink(missing_ok=True)
        return True

    def _give_way(self) -> None:
        """Let go of the cores and of the head of the queue."""
        for descriptor in (*self._held.values(), *([] if self._head is None else [self._head])):
            os.close(descriptor)
        self._held.clear()
        self._head = None

    def _leave(self) -> None:
        """Leave the queue; the cores that are held stay."""
        if self._head is not None:
            os.close(self._head)
            self._head = None
        self._tear()

    def _tear(self) -> None:
        if self._ticket is not None:
            with contextlib.suppress(OSError):
                self._ticket[0].unlink(missing_ok=True)
            os.close(self._ticket[1])
            self._ticket = None

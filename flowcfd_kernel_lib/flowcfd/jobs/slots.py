"""A queue for the cores of this machine: a run waits until as many are free as it has ranks.

One lock file per core under FLOWCFD_HOME; a worker holds its locks for life, so that a killed one frees them. Who
waits at the head of the queue holds the lock `queue` meanwhile, so two runs never wait for each other's cores.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.jobs import lock


def machine() -> int:
    """The cores that this process may use: those it is bound to, less when its container has a quota."""
    bound = len(os.sched_getaffinity(0))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):  # another sort of control groups, or "max"
        return bound


@dataclass
class Slots:
    """The locks that one worker holds."""

    home: Path
    cores: int
    _head: int | None = None
    _held: dict[int, int] = field(default_factory=dict)

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
        self.folder.mkdir(parents=True, exist_ok=True)
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
        os.close(self._head)
        self._head = None
        return True

    def release(self) -> None:
        """Free all cores and leave the queue."""
        for descriptor in (*self._held.values(), *([] if self._head is None else [self._head])):
            os.close(descriptor)
        self._held.clear()
        self._head = None

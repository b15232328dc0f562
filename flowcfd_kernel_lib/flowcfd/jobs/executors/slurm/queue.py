"""The queue of a cluster as far as it holds our runs: asked once for all runs of a process."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flowcfd.errors import SiteError
from flowcfd.jobs.executors.slurm.client import Client, said
from flowcfd.jobs.record import Job

PREFIX = "flow-"
"""What the name of a job begins with; the run's uid follows."""
FRESH = 1.0
"""So long [s] an answer of squeue stands."""


@dataclass(frozen=True)
class Waiting:
    """A job as squeue shows it."""

    number: str
    state: str
    reason: str

    def __str__(self) -> str:
        return f"Slurm job {self.number} is {self.state.lower()}" + (f" ({self.reason})" if self.reason else "")


@dataclass
class Queue:
    """What squeue says, for a moment."""

    client: Client
    _seen: Mapping[str, Waiting] = field(default_factory=dict, repr=False)
    _asked: float = field(default=-1e9, repr=False)
    _owners: frozenset[int] = field(default_factory=frozenset, repr=False)

    def find(self, jobs: Sequence[Job], *, fresh: bool = False) -> dict[str, Waiting]:
        """Those of the runs that are in the queue, by uid; `fresh`: as it is now. Raises SiteError."""
        owners = self._owners | {os.getuid(), *map(_owner, jobs)}
        recent = time.time() - self._asked < FRESH and owners == self._owners and not fresh
        if not recent or any(self._may_be_newer(job) for job in jobs):
            self._ask(owners, look=not fresh)
        return {job.uid: self._seen[job.uid] for job in jobs if job.uid in self._seen}

    def forget(self) -> None:
        """What was said does not stand any more."""
        self._asked = -1e9

    def _may_be_newer(self, job: Job) -> bool:
        """Whether a job that was not in the answer may have been submitted since."""
        if job.uid in self._seen:
            return False
        try:
            return (job.path / "slurm" / "job.sh").stat().st_mtime > self._asked - 30.0
        except OSError:
            return False

    def _ask(self, owners: frozenset[int], *, look: bool) -> None:
        # By number: the environment may name another user, as after `su`. Slurm knows no number without a name.
        whose = ["-u", ",".join(map(str, sorted(owners)))] if all(map(_has_name, owners)) else []
        done = self.client.answer(["squeue", "-h", *whose, "-o", "%j|%i|%T|%r"], look=look)
        if done.returncode:
            raise SiteError(f"Slurm does not answer: {said(done.stderr)}")
        self._seen, self._asked, self._owners = dict(_rows(done.stdout)), time.time(), owners


def _has_name(number: int) -> bool:
    try:
        return bool(pwd.getpwuid(number))
    except KeyError:
        return False


def _owner(job: Job) -> int:
    """Who submitted it: a run may be looked at by others."""
    try:
        return (job.path / "slurm" / "job.sh").stat().st_uid
    except OSError:
        return os.getuid()


def _rows(answer: str) -> list[tuple[str, Waiting]]:
    rows = [line.split("|", 3) for line in answer.splitlines() if line.startswith(PREFIX) and line.count("|") >= 3]
    return [(name.removeprefix(PREFIX), Waiting(number, state, "" if reason == "None" else reason))
            for name, number, state, reason in rows]  # fmt: skip

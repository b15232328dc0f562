"""The queue of a cluster as far as it holds our runs: asked once for all runs of a process."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flowcfd.errors import SiteError
from flowcfd.jobs.executors.slurm import array
from flowcfd.jobs.executors.slurm.client import Client, said
from flowcfd.jobs.record import Job

PREFIX = "flow-"
"""What the name of a job begins with; the run's uid follows."""
FRESH = 1.0
"""So long [s] an answer of squeue stands."""

WAITING = frozenset({"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "CONFIGURING"})
"""States in which a job is yet to be started."""
_RELEASE = "`scontrol release {number}` lets it begin"
HELD = {
    "JobHeldUser": _RELEASE,
    "JobHeldAdmin": "an administrator may release it",
    "launch failed requeued held": f"a node could not begin it; {_RELEASE}",
    "job requeued in held state": _RELEASE,
    "JobHoldMaxRequeue": f"nodes could not begin it again and again; {_RELEASE}",
}
"""Why a job waits for somebody to release it, and what is to be said of that."""
NEVER = {
    "PartitionConfig": "the partition has not what it asks for; cancel the run and ask for less",
    "BadConstraints": "no node has what it asks for; cancel the run and ask for less",
    "PartitionTimeLimit": "longer than the partition allows; cancel the run and ask for less",
    "PartitionNodeLimit": "more nodes than the partition allows; cancel the run and ask for less",
    "DependencyNeverSatisfied": "it will never begin; cancel the run",
}
"""Why a job will not begin as the cluster is now, and what is to be said of that."""


@dataclass(frozen=True)
class Waiting:
    """A job as squeue shows it."""

    number: str
    state: str
    reason: str
    name: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is yet to be started, for the first time or again."""
        return self.state in WAITING

    @property
    def held(self) -> bool:
        """Whether it is not to be started before somebody releases it."""
        return self.waits and self.reason in HELD

    def __str__(self) -> str:
        mend = HELD.get(self.reason, "") or NEVER.get(self.reason, "")
        reason = f" ({self.reason}{': ' if mend else ''}{mend.format(number=self.number)})" if self.reason else ""
        return f"Slurm job {self.number} is {self.state.lower()}{reason}"


@dataclass
class Queue:
    """What squeue says, for a moment."""

    client: Client
    _seen: Mapping[str, Waiting] = field(default_factory=dict, repr=False)
    asked: float = field(default=-1e9, repr=False)
    _owners: frozenset[int] = field(default_factory=frozenset, repr=False)
    _arrays: bool = field(default=False, repr=False)
    _tasks: dict[str, array.Task | None] = field(default_factory=dict, repr=False)

    def find(self, jobs: Sequence[Job], *, fresh: bool = False) -> dict[str, Waiting]:
        """Those of the runs that are in the queue, by uid; `fresh`: as it is now. Raises SiteError."""
        owners = self._owners | {os.getuid(), *map(_owner, jobs)}
        recent = time.time() - self.asked < FRESH and owners == self._owners and not fresh
        if not recent or any(self._may_be_newer(job) for job in jobs):
            self._ask(owners, look=not fresh)
        found = {job.uid: self._known(job) for job in jobs}
        return {uid: known for uid, known in found.items() if known is not None}

    def forget(self) -> None:
        """What was said does not stand any more."""
        self.asked = -1e9
        self._tasks.clear()

    def _known(self, job: Job) -> Waiting | None:
        """What was said of a run: of its own job, or of its task of an array."""
        if (own := self._seen.get(job.uid)) is not None or not self._arrays:
            return own
        if job.uid not in self._tasks:
            self._tasks[job.uid] = array.of(job)
        task = self._tasks[job.uid]
        return None if task is None else self._seen.get(task.key)

    def _may_be_newer(self, job: Job) -> bool:
        """Whether a job that was not in the answer may have been submitted since."""
        if self._known(job) is not None:
            return False
        try:
            return (job.path / "slurm" / "job.sh").stat().st_mtime > self.asked - 30.0
        except OSError:
            return False

    def _ask(self, owners: frozenset[int], *, look: bool) -> None:
        # By number: the environment may name another user, as after `su`. Slurm knows no number without a name.
        whose = ["-u", ",".join(map(str, sorted(owners)))] if all(map(_has_name, owners)) else []
        done = self.client.answer(["squeue", "-h", "-r", *whose, "-o", "%j|%i|%T|%r"], look=look)
        if done.returncode:
            raise SiteError(f"Slurm does not answer: {said(done.stderr)}")
        self._seen, self.asked, self._owners = dict(_rows(done.stdout)), time.time(), owners
        self._tasks.clear()
        self._arrays = any(key.startswith(array.PREFIX) for key in self._seen)


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


def _rows(answer: str) -> Iterator[tuple[str, Waiting]]:
    """The jobs of an answer by the uid of their run; a task of an array by the array's name and its own number."""
    for line in answer.splitlines():
        words = line.split("|", 3)
        if line.startswith(PREFIX) and len(words) == 4:
            name, number, state, reason = words
            key = name.removeprefix(PREFIX)
            if key.startswith(array.PREFIX):
                key = f"{key}_{number.partition('_')[2]}"
            yield key, Waiting(number, state, "" if reason == "None" else reason, name)

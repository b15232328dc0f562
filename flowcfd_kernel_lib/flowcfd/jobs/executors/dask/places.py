"""The folder of a pool: the tickets of those who submit, and what the keeper says. One file has one writer.

| file | writer | holds |
|---|---|---|
| `queue/<uid>.<ticket>.json` | an executor | a run that is to be computed; the keeper removes it when that is over |
| `stop/<uid>` | an executor | a run whose processes are to be ended, its path; the keeper removes it when they are |
| `pool.json` | who starts the keeper | what the pool is like |
| `keeper.json`, `tasks.json` | the keeper | where the scheduler is, its pilots; what becomes of each ticket |
| `cert.pem`, `key.pem` | the keeper | who has these may connect: nobody else can read them |
| `keeper.lock`, `start.lock` | the kernel's flock | one keeper lives; one process starts or ends it |
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.jobs import detached, lock, process, record
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import Job
from flowcfd.jobs.watch import HEARTBEAT

BREATH = 6 * HEARTBEAT
"""So long [s] without a sign of life means death, where the process itself cannot be seen."""


@dataclass(frozen=True)
class Ticket:
    """A run that is to be computed with so many cores, in at most so many turns after the first."""

    path: Path
    uid: str
    id: str
    run: Path
    cores: int
    restarts: int
    held: bool = False

    @classmethod
    def read(cls, path: Path) -> Ticket | None:
        """The ticket in a file; None for one that is gone or none."""
        raw = known(path)
        uid, _, number = path.name.removesuffix(".json").rpartition(".")
        try:
            return cls(path, uid, number, Path(raw["run"]), int(raw["cores"]), int(raw["restarts"]), raw["held"])
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Place:
    """The folder of one pool."""

    folder: Path

    @property
    def scratch(self) -> Path:
        """What this process has of its own while it is the keeper: the next one may begin before it is gone."""
        return self.folder / f"scratch-{os.getpid()}"

    @property
    def home(self) -> Path:
        """FLOWCFD_HOME."""
        return self.folder.parents[1]

    def make(self) -> None:
        """Make the folders; nobody else may look into them."""
        for name in ("queue", "stop", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def put(self, job: Job, restarts: int) -> None:
        """Leave a ticket for this run; an older one of the same run counts no more."""
        self.make()
        ticket = self.folder / "queue" / f"{job.uid}.{uuid.uuid4().hex[:12]}.json"
        content = {"run": str(job.path), "cores": job.cores, "restarts": restarts, "held": False}
        record.write(ticket, content, sync=True)
        for older in self.tickets(job.uid):
            if older != ticket:
                older.unlink(missing_ok=True)

    def hold(self, ticket: Ticket, held: bool) -> None:
        """Keep a run that waits from being started, or let it be started."""
        content = {"run": str(ticket.run), "cores": ticket.cores, "restarts": ticket.restarts, "held": held}
        record.write(ticket.path, content)

    def tickets(self, uid: str = "") -> list[Path]:
        """The tickets there are, of one run or of all."""
        try:
            return sorted((self.folder / "queue").glob(f"{uid or '[!.]*'}.*.json"))
        except OSError:
            return []

    def waiting(self) -> set[str]:
        """The uids of the runs that have a ticket."""
        try:
            return {path.name.split(".")[0] for path in (self.folder / "queue").iterdir() if path.suffix == ".json"}
        except OSError:
            return set()

    @property
    def kept(self) -> bool:
        """Whether the keeper lives: it holds a lock, and where locks are each host's own it gives signs of life."""
        if lock.taken(self.folder / "keeper.lock"):
            return True
        who = self.keeper.get("identity")
        if not isinstance(who, dict) or process.alive(Identity(**who)) is not None:
            return False
        return fresh(self.folder / "keeper.lock")

    @property
    def keeper(self) -> Mapping[str, Any]:
        """What the keeper says of itself; empty before its first word."""
        return known(self.folder / "keeper.json")

    @property
    def tasks(self) -> Mapping[str, Mapping[str, Any]]:
        """What the keeper says of each run, by uid."""
        return known(self.folder / "tasks.json")

    def last_words(self) -> str:
        """What a keeper that is gone said last."""
        return detached.last_words(self.folder / "keeper.log")


def known(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none."""
    try:
        raw = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def fresh(path: Path) -> bool:
    """Whether a file was touched lately."""
    try:
        return time.time() - path.stat().st_mtime < BREATH
    except OSError:
        return False


def lives(run: Path) -> bool:
    """Whether the worker of a run is at work, here or on another machine."""
    worker = record.worker(run)
    if worker is None:
        return False
    here = process.alive(worker.identity)
    return here if here is not None else fresh(run / "worker.lock") and not ended(run)


def ended(run: Path) -> bool:
    """Whether its newest worker said how it ended, and nothing was asked for since."""
    worker, end, request = record.worker(run), record.end(run), record.request(run)
    if worker is None or end is None or end.attempt != worker.attempt:
        return False
    return not record.unanswered(request, worker)

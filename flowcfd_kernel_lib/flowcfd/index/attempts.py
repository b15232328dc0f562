"""What each attempt of a run used, by the worker's events and records: also those that were stopped, or were killed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.jobs import record
from flowcfd.jobs.record import Job


@dataclass(slots=True)
class Attempt:
    """One attempt: times since the epoch [s], CPU time [s], the peak of memory and the case's disk at its end [bytes].

    `started` is when it had its cores first and None when it never got them; `ended` is None while it goes on. Between
    two tries, and two turns on this machine, it has none: `held` is how long it had them before, `since` since when
    it has them again.
    """

    number: int
    queued: float
    started: float | None = None
    ended: float | None = None
    state: str = ""
    cpu: float = 0.0
    memory: int = 0
    disk: int = 0
    held: float = 0.0
    since: float | None = None
    newest: float = 0.0
    """The last sign of life in the events."""
    steps: int = 0

    def take(self, at: float) -> None:
        """It has its cores from now on, also if it seemed to be over."""
        self.started = at if self.started is None else self.started
        self.since = at if self.since is None else self.since
        self.ended, self.state = None, ""

    def give(self, at: float) -> None:
        """It has them no more."""
        if self.since is not None:
            self.held += max(0.0, at - self.since)
        self.since = None

    def end(self, at: float, state: str) -> None:
        """It is over."""
        self.give(at)
        self.ended, self.state = at, state

    def core_seconds(self, cores: int, now: float) -> float:
        """All its cores for as long as it had them, until `now` if it has them now."""
        return cores * (self.held + (0.0 if self.since is None else max(0.0, now - self.since)))


def attempts(job: Job, *, active: bool) -> list[Attempt]:
    """All attempts of a run in their order; `active`: the last of them may still go on."""
    found = _of_events(_events(job.path))
    _complete(found, job)
    for attempt, later in zip(found, [*found[1:], None], strict=True):
        if attempt.ended is None and not (active and later is None):  # it was killed, and said nothing
            attempt.end(_last_sign(attempt, job, None if later is None else later.queued), "Lost")
    return found


def _events(path: Path) -> list[dict[str, Any]]:
    try:
        lines = (path / "events.jsonl").read_text(errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            event = json.loads(line)
            event["time"] = float(event["time"])
        except (ValueError, KeyError, TypeError):  # a line that a full disk cut off
            continue
        found.append(event)
    return found


def _of_events(events: Iterable[Mapping[str, Any]]) -> list[Attempt]:
    """The attempts that the events tell of; an event without a number belongs to the newest attempt."""
    found: dict[int, Attempt] = {}
    number = 0
    for event in events:
        of, name = event.get("attempt"), event.get("event")
        if not isinstance(of, int):
            of = number
        if name == "attempt":
            number = of
            found.setdefault(of, Attempt(of, event["time"]))
        attempt = found.get(of)
        if attempt is not None:
            _heard(attempt, event, str(name))
    return [found[number] for number in sorted(found)]


def _heard(attempt: Attempt, event: Mapping[str, Any], name: str) -> None:
    attempt.newest = max(attempt.newest, event["time"])
    if name == "running" or (name == "stage" and event.get("state") == "running" and attempt.since is None):
        attempt.take(event["time"])  # records of older versions tell of stages only
    elif name == "stage":
        attempt.disk = int(event.get("disk") or attempt.disk)
    elif name == "step":
        attempt.steps += 1
        attempt.cpu += float(event.get("cpu") or 0.0)
        attempt.memory = max(attempt.memory, int(event.get("memory") or 0))
    elif name == "again":
        attempt.give(event["time"])
    elif name in ("end", "time is over", "fenced"):
        attempt.end(event["time"], str(event.get("state") or "Stopped"))


def _complete(found: list[Attempt], job: Job) -> None:
    """Add what the records tell and the events do not: they inform only, and a full disk may have lost some."""
    worker, end = record.worker(job.path), record.end(job.path)
    if worker is not None and all(attempt.number != worker.attempt for attempt in found):
        found.append(Attempt(worker.attempt, worker.started, newest=worker.started))
    for attempt, later in zip(found, [*found[1:], None], strict=True):
        if not attempt.steps:
            _add_steps(attempt, job, None if later is None else later.queued)
        if end is not None and end.attempt == attempt.number and attempt.ended is None:
            attempt.end(end.ended, end.state)


def _add_steps(attempt: Attempt, job: Job, before: float | None) -> None:
    """What the records of the stages tell of the steps that an attempt began."""
    for stage in _stages(job):
        for step in stage.steps:
            if step.started < attempt.queued or (before is not None and step.started >= before):
                continue
            if attempt.ended is None and attempt.since is None:
                attempt.take(step.started)
            attempt.newest = max(attempt.newest, step.started + step.wall)
            attempt.cpu += step.cpu
            attempt.memory = max(attempt.memory, step.memory)
            attempt.disk = stage.disk or attempt.disk


def _stages(job: Job) -> list[record.StageRecord]:
    try:
        names = sorted(file.stem for file in (job.path / "stages").glob("*.json"))
    except OSError:
        return []
    return [stage for name in names if (stage := record.stage(job.path, name)) is not None]


def _last_sign(attempt: Attempt, job: Job, before: float | None) -> float:
    """When an attempt was last seen at work: a solver writes its log until it dies."""
    signs = [attempt.newest, attempt.queued]
    for log in job.case.glob("log.*"):
        try:
            changed = log.stat().st_mtime
        except OSError:
            continue
        if attempt.queued <= changed and (before is None or changed <= before):
            signs.append(changed)
    return max(signs)

"""What a run used: by the books of its cluster where it keeps any, else by its own records, which are always there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import attempt, record
from flowcfd.jobs.executors import Accounting, executors
from flowcfd.jobs.record import Job, StageRecord

OWN = "the run's own records"
ROUNDED = 2.0
"""So much [s] may be missing in books that are kept in whole seconds."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used in all its turns; times in [s], memory in [bytes].

    `elapsed` is the time that it had its cores, by its own records that of its commands alone; `core_seconds` are those
    times the cores, `cpu_seconds` what its processes computed, `memory` the peak of them together (by sacct of the
    largest task), `nodes` where it was computed last, `source` who says so.
    """

    elapsed: float
    core_seconds: float
    cpu_seconds: float
    memory: float
    nodes: tuple[str, ...]
    source: str

    def __str__(self) -> str:
        nodes = f" on {', '.join(self.nodes)}" if self.nodes else ""
        return (
            f"{self.core_seconds / 3600:.4g} core-hours in {self.elapsed / 3600:.4g} h{nodes}, "
            f"{self.cpu_seconds / 3600:.4g} h of CPU time, {self.memory / 2**20:.0f} MB ({self.source})"
        )


def usage(job: Job) -> Usage:
    """What the run used so far; a site that does not answer, or keeps no books, leaves its own records."""
    own = of_records(job)
    try:
        executor = executors.get(job.executor)
        told = executor.spent(job) if isinstance(executor, Accounting) else None
    except (CaseError, SiteError):
        return own
    if told is None or told.elapsed + ROUNDED < own.elapsed:  # the books hold not all of its jobs
        return own
    lacking = [name for name in ("cpu_seconds", "memory") if not getattr(told, name)]
    if not lacking:
        return told
    said = {"cpu_seconds": "CPU time", "memory": "memory"}
    source = f"{told.source}; {' and '.join(said[name] for name in lacking)} by {OWN}"
    return replace(told, source=source, **{name: getattr(own, name) for name in lacking})


def of_records(job: Job) -> Usage:
    """By what its worker wrote down of each command."""
    stages = list(_stages(job))
    elapsed, worker = sum(stage.wall for stage in stages), record.worker(job.path)
    return Usage(
        elapsed=elapsed,
        core_seconds=elapsed * job.cores,
        cpu_seconds=sum(stage.cpu for stage in stages),
        memory=max((stage.memory for stage in stages), default=0),
        nodes=() if worker is None else (worker.identity.place.partition("/")[0],),
        source=OWN,
    )


def _stages(job: Job) -> Iterator[StageRecord]:
    for stage in attempt.of(job):
        if (known := record.stage(job.path, stage.name)) is not None:
            yield known

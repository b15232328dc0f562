"""Where a worker is started: a table that plug-ins add to (entry points of the group `flowcfd.executors`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flowcfd.jobs.record import Job
from flowcfd.registry import Registry


class Executor(Protocol):
    """Starts workers and says which live. All that is known of a run lies in its directory."""

    def most_cores(self) -> int | None:
        """The largest number of ranks that a job may have; None when that is not known here."""
        ...

    def start(self, job: Job) -> None:
        """Start the worker of this job, or leave it to a scheduler; raises SiteError when that fails.

        The caller holds the run's lock. A second worker of the same run does no harm: it ends at once.
        """
        ...

    def alive(self, jobs: Sequence[Job]) -> set[str]:
        """The uids of those jobs whose worker lives or waits to be started, asked in one call."""
        ...

    def stop(self, job: Job) -> None:
        """End the worker and all that it started, at once; nothing more is written. For one that does not answer."""
        ...


def _own() -> None:
    from flowcfd.jobs.executors import local

    executors.register("local", local.Local())


executors: Registry[Executor] = Registry("executor", "flowcfd.executors", _own)

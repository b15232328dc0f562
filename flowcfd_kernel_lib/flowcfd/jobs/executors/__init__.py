"""Where a worker is started: a table that plug-ins add to (entry points of the group `flowcfd.executors`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from flowcfd.errors import UnknownName
from flowcfd.jobs.record import Job
from flowcfd.registry import Registry

if TYPE_CHECKING:
    from flowcfd.cluster.resources import Resources
    from flowcfd.jobs.usage import Usage


class Executor(Protocol):
    """Starts workers and says which live. All that is known of a run lies in its directory."""

    @property
    def launcher(self) -> str:
        """How MPI ranks are started, with {cores} in it; empty: by mpirun."""
        ...

    def require(self, cores: int, resources: Resources | None) -> None:
        """Nothing for a job that this executor would run; else CaseError, which says what is allowed."""
        ...

    def script(self, job: Job) -> str:
        """What is started, or given to a scheduler, as text for people."""
        ...

    def waits_for(self, job: Job) -> str:
        """Why a job that lives is not at work now; empty where the run directory tells that."""
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


@runtime_checkable
class Queueing(Protocol):
    """What an executor with a queue of its own can do besides: jobs that wait are held back, or sent ahead."""

    def hold(self, job: Job) -> None:
        """Keep a job that waits from being started until it is released; CaseError for one that does not wait."""
        ...

    def release(self, job: Job) -> None:
        """Let a job that is held be started; CaseError for one that does not wait."""
        ...

    def prioritise(self, job: Job, priority: int) -> None:
        """Start a waiting job sooner (greater) or later (smaller) than others; 0 is what it had in the beginning.

        CaseError, which says what is allowed, where the site forbids it or the job does not wait.
        """
        ...


@runtime_checkable
class Requeueing(Protocol):
    """What an executor can do besides: put a job whose worker is gone into its queue again, by itself."""

    def waiting(self, job: Job) -> bool:
        """Whether the job is yet to be started, or to be started again; as of the last look."""
        ...


@runtime_checkable
class Many(Protocol):
    """What an executor can do besides: take many runs at once."""

    def start_many(self, jobs: Sequence[Job], *, at_once: int | None = None) -> None:
        """Start the workers of all these jobs, at most `at_once` at a time; one already started is left alone.

        The caller holds the locks of all runs. CaseError for jobs that cannot be started together (they ask for
        different resources), SiteError when nothing was started.
        """
        ...


@runtime_checkable
class Accounting(Protocol):
    """What an executor can do besides: keep books of what its jobs used."""

    def spent(self, job: Job) -> Usage | None:
        """What the books say of a run; None where they say nothing. A figure that they do not hold is 0."""
        ...


@runtime_checkable
class Explaining(Protocol):
    """What an executor can do besides: say why a run is gone that did not say so itself."""

    def lost(self, job: Job) -> str:
        """Why a job is not alive that has not ended, in one line; empty where that is not known."""
        ...


PLAIN = ("slurm", "dask")
"""Executors that need no profile: a plain cluster with Slurm, a pool of Dask on this machine."""


def _own() -> None:
    from flowcfd.jobs.executors import local

    executors.register("local", local.Local())


class Executors(Registry[Executor]):
    """The executors: `local`, those of plug-ins, and one for each profile of a cluster, under the profile's name."""

    def get(self, name: str, *, where: str = "") -> Executor:
        """The executor of this name; a profile is read anew when its file has changed."""
        try:
            return super().get(name, where=where)
        except UnknownName:
            return _of_profile(name, where)


def _of_profile(name: str, where: str) -> Executor:
    from flowcfd.cluster import profile

    known = profile.profiles()
    if name in known:
        path = known[name]
        return _made(name, path, path.stat().st_mtime_ns)
    if name in PLAIN:
        return _made(name, None, 0)
    raise UnknownName("executor", name, {*executors.names(), *PLAIN, *known}, where=where)


@cache
def _made(name: str, path: Path | None, changed: int) -> Executor:
    """The executor of a profile, by its kind."""
    from flowcfd.cluster import profile
    from flowcfd.cluster.pool import Pool

    plain = Pool() if name == "dask" else profile.Profile()
    known = plain if path is None else profile.read(path)
    if isinstance(known, Pool):
        from flowcfd.jobs.executors.dask.executor import Dask

        return Dask(name, known)
    from flowcfd.jobs.executors.slurm import Slurm

    return Slurm(name, known)


executors = Executors("executor", "flowcfd.executors", _own)

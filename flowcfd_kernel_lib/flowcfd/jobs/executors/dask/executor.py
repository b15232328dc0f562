"""The executor of a pool: leave a ticket for the keeper, see what becomes of it, end what it started."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError
from flowcfd.jobs import process, record
from flowcfd.jobs.executors.dask import keeping
from flowcfd.jobs.executors.dask.places import Place, Ticket, ended, lives
from flowcfd.jobs.record import Job
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool
    from flowcfd.cluster.resources import Resources
    from flowcfd.jobs.executors.slurm import Slurm

STOP_PATIENCE = 40.0
"""So long [s] may ending a run take that computes on another node."""


@dataclass
class Dask:
    """The executor of one pool."""

    name: str
    pool: Pool

    @property
    def launcher(self) -> str:
        """The profile's; on this machine mpirun as ever."""
        return self.pool.launcher if self.pool.cluster == "slurm" else ""

    @property
    def cores(self) -> int:
        """The cores of a pilot."""
        return keeping.cores(self.pool)

    def require(self, cores: int, resources: Resources | None) -> None:
        """A run has to fit into one pilot, whose resources are the profile's."""
        keeping.require(self.pool)
        if cores > self.cores:
            raise CaseError(f"cores: a pilot of the pool {self.name!r} has {self.cores} (got {cores})")
        allowed = {"max_restarts", "walltime"}  # of the worker itself, so they need nobody's leave
        asked = set() if resources is None else set(resources.model_dump(exclude_defaults=True)) - allowed
        if asked:
            raise CaseError(
                f"resources.{min(asked)}: what a pilot has stands in the profile of the pool {self.name!r}; "
                f"a run may ask for {' and '.join(sorted(allowed))}"
            )
        if self.pool.cluster == "slurm":
            self._slurm.require(self.cores, None)

    def script(self, job: Job) -> str:
        """What Dask starts in a pilot; and of a pilot in Slurm its batch script."""
        pilot = "" if self.pool.cluster == "local" else f"# in a pilot of this kind:\n{keeping.pilot_script(self.pool)}"
        return f"# {job.cores} of the {self.cores} cores of a pilot of the pool {self.name!r}\n" + (
            f"{keeping.command(self.pool, job.path)}\n{pilot}"
        )

    def start(self, job: Job) -> None:
        """Leave a ticket, and see that there is a keeper who takes it. The ticket of a living run is left alone."""
        self.start_many([job])

    def start_many(self, jobs: Sequence[Job], *, at_once: int | None = None) -> None:
        """Leave a ticket for each. The pool computes as many at a time as it has cores for, whatever `at_once` says."""
        keeping.require(self.pool)
        alive = self.alive(jobs)
        for job in jobs:
            if job.uid not in alive:
                place = self._place(job)
                place.put(job, _restarts(job, self.pool))
                record.event(job.path, "submitted", executor=self.name)
        for folder in {self._place(job).folder for job in jobs}:
            keeping.start(Place(folder), self.name, self.pool)

    def alive(self, jobs: Sequence[Job]) -> set[str]:
        """The uids of the runs that compute, or wait for cores in a pool whose keeper lives."""
        found, kept = set(), dict[Path, set[str]]()
        for job in jobs:
            place = self._place(job)
            if place.folder not in kept:
                kept[place.folder] = place.waiting() if place.kept else set()
            if (job.uid in kept[place.folder] and not ended(job.path)) or lives(job.path):
                found.add(job.uid)
        return found

    def waits_for(self, job: Job) -> str:
        """What a run waits for that no worker has yet; empty when it computes, or waits itself."""
        place = self._place(job)
        if job.uid not in place.waiting() or lives(job.path) or not place.kept or ended(job.path):
            return ""
        said, keeper = place.tasks.get(job.uid, {}), place.keeper
        if not keeper.get("address"):
            return f"the pool {self.name!r} of Dask is being started"
        if job.cores > int(keeper.get("cores") or job.cores):
            end = f"flowcfd cluster dask down {self.name}"
            return f"needs {job.cores} cores; the pilots of the pool at work have {keeper['cores']} (end it: {end})"
        if said.get("held"):
            return f"is held in the pool {self.name!r}"
        missing = str(keeper.get("waits") or "")
        cores = f"{job.cores} free core{'s' * (job.cores > 1)}"
        return f"waits for {cores} of the pool {self.name!r}" + (f"; {missing}" if missing else "")

    def lost(self, job: Job) -> str:
        """Why a run is not alive that did not end; empty where nothing is known of that."""
        place = self._place(job)
        if said := str(place.tasks.get(job.uid, {}).get("said") or ""):
            return said
        if job.uid in place.waiting() and not place.kept:
            return f"the scheduler of the pool {self.name!r} is gone ({place.last_words()})"
        return ""

    def stop(self, job: Job) -> None:
        """End the run's processes, wherever they are; a run that waits is taken out of the queue."""
        place = self._place(job)
        for ticket in place.tickets(job.uid):
            ticket.unlink(missing_ok=True)
        worker = record.worker(job.path)
        if worker is not None and process.alive(worker.identity):
            process.send([worker.identity.pid], signal.SIGKILL)
        process.end(job.uid, patience=0.5)
        if lives(job.path) and place.kept:
            marker = place.folder / "stop" / job.uid
            marker.write_text(str(job.path))
            deadline = time.monotonic() + STOP_PATIENCE
            while marker.exists() and time.monotonic() < deadline:
                time.sleep(0.1)

    def hold(self, job: Job) -> None:
        """Keep a run that waits from being started."""
        self._held(job, True)

    def release(self, job: Job) -> None:
        """Let a run that is held be started."""
        self._held(job, False)

    def prioritise(self, job: Job, priority: int) -> None:
        """Start a run that waits sooner or later than others."""
        self._ticket(job)
        record.write_priority(job.path, priority)

    def _held(self, job: Job, held: bool) -> None:
        self._place(job).hold(self._ticket(job), held)

    def _ticket(self, job: Job) -> Ticket:
        found = [ticket for path in self._place(job).tickets(job.uid) if (ticket := Ticket.read(path)) is not None]
        if not found or lives(job.path):
            raise CaseError(f"{job.path.name} does not wait in the pool {self.name!r}")
        return found[-1]

    def _place(self, job: Job) -> Place:
        """The pool's folder, of the home that the run lies in."""
        runs = job.path.parent
        home = runs.parent if runs.name == "runs" else settings().home
        return Place(home / "dask" / self.name)

    @cached_property
    def _slurm(self) -> Slurm:
        from flowcfd.cluster.profile import Profile
        from flowcfd.jobs.executors.slurm import Slurm

        raw = {name: value for name, value in self.pool if name in Profile.model_fields and name != "executor"}
        return Slurm(self.name, Profile.model_validate(raw))


def _restarts(job: Job, pool: Pool) -> int:
    """The most turns of a run after its first."""
    asked = job.resources.get("max_restarts")
    return pool.resources.restarts if asked is None else int(asked)

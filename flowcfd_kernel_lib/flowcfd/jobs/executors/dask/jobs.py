"""Pilots in jobs of Slurm, by dask-jobqueue: as many as the work needs, at most those of the pool."""

from __future__ import annotations

import asyncio
import hashlib
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flowcfd.errors import SiteError
from flowcfd.jobs.executors.dask import keeping, pilots
from flowcfd.jobs.executors.dask.crew import Crew
from flowcfd.jobs.executors.dask.places import Place
from flowcfd.jobs.executors.slurm.client import Client, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool

LOOK = 1.0
"""Time [s] between two questions to squeue."""
SETTLING = 10.0
"""So long [s] after its submission a job may be unknown to squeue."""
PAUSE, MOST_PAUSE = 15.0, 600.0
"""Time [s] after a refused submission until the next, doubled each time."""


@dataclass(frozen=True)
class Job:
    """A pilot's job as squeue shows it."""

    number: str
    state: str
    reason: str


class SlurmCrew(Crew):
    """The scheduler here, the pilots in jobs that are named by the pool's folder."""

    def __init__(self, place: Place, name: str, pool: Pool) -> None:
        super().__init__(place, name, pool)
        self.slurm = Client(name, pool.conf)
        self.job_name = f"flowcfd-pool-{hashlib.sha256(str(place.folder).encode()).hexdigest()[:12]}"
        self.looked = self.paused_until = 0.0
        self.pause = PAUSE
        self.submitted: dict[str, float] = {}

    async def _made(self, security: Any) -> Any:
        from dask_jobqueue import SLURMCluster  # type: ignore[attr-defined]

        await self._cancel("--state=PENDING")  # an earlier keeper's: they would find nobody
        wrap = f"exec {keeping.pilot_python(self.pool)}"
        host = {"interface": self.pool.interface} if self.pool.interface else {}
        return await SLURMCluster(
            cores=self.cores, processes=1, memory="1 GB", asynchronous=True, security=security, protocol="tls://",
            scheduler_options={
                "dashboard_address": "127.0.0.1:0", "http_prefix": f"/{self.secret}", "port": 0, **host,
            },
            interface=self.pool.interface, job_name=self.job_name, python=wrap,
            worker_command="flowcfd.jobs.executors.dask.pilot", nanny=False, death_timeout=60,
            worker_extra_args=["--cores", str(self.cores), "--idle", f"{self.pool.idle:g}"],
            job_directives_skip=list(pilots.SKIPPED), job_extra_directives=pilots.directives(self.pool),
            job_script_prologue=pilots.prologue(self.pool), log_directory=shlex.quote(str(self.place.folder / "logs")),
        )  # fmt: skip

    async def close(self) -> None:
        """End all pilots by their name: a number may be another job's by now."""
        if self.cluster is not None:
            for name, job in list(self.cluster.workers.items()):
                job.job_id = None
                self._forget(name)
        await self._cancel()
        await super().close()

    async def look(self, wanted: Sequence[int]) -> None:
        """Forget pilots whose jobs are gone, submit those that are missing, and say what they wait for."""
        now = time.monotonic()
        if now - self.looked < LOOK:
            return
        self.looked = now
        try:
            jobs = await self._jobs()
        except SiteError as error:
            self.waits = str(error)
            return
        for name, job in list(self.cluster.workers.items()):
            self.submitted.setdefault(name, now)
            if job.job_id not in jobs and now - self.submitted[name] > SETTLING:
                self._forget(name)
        self.waits = self._waits(jobs)
        missing = min(self.pool.pilots, self._needed(wanted)) - len(self.cluster.worker_spec)
        if missing > 0 and now > self.paused_until:
            await self._submit(len(self.cluster.worker_spec) + missing)

    def _needed(self, wanted: Sequence[int]) -> int:
        """The pilots that hold all this at once: the largest first, each where it fits."""
        calls = [1] * sum(1 for state in self.cluster.scheduler.tasks.values() if state.key.startswith("call-"))
        free: list[int] = []
        for cores in sorted([*wanted, *calls], reverse=True):
            for number, left in enumerate(free):
                if left >= cores:
                    free[number] -= cores
                    break
            else:
                free.append(self.cores - cores)
        return len(free)

    async def _submit(self, count: int) -> None:
        """Have so many pilots; a refusal is told, and tried again after a pause that grows."""
        try:
            while len(self.cluster.worker_spec) < count:
                self.cluster.worker_spec.update(self.cluster.new_worker_spec())
            await self.cluster._correct_state()
            self.pause = PAUSE
        except (RuntimeError, OSError, ValueError) as error:
            words = str(error).partition("stderr:")[2] or str(error)
            self.waits = f"Slurm refuses the pilot: {said(words)}"
            self.paused_until, self.pause = time.monotonic() + self.pause, min(MOST_PAUSE, 2 * self.pause)
            for name in [name for name, job in self.cluster.workers.items() if job.job_id is None]:
                self._forget(name)
            for name in set(self.cluster.worker_spec) - set(self.cluster.workers):
                self._forget(name)

    def _forget(self, name: str) -> None:
        job = self.cluster.workers.pop(name, None)
        if job is not None:
            job.job_id = None  # Dask would cancel it by its number, which Slurm may have given away
        self.cluster.worker_spec.pop(name, None)
        self.submitted.pop(name, None)

    async def _jobs(self) -> dict[str, Job]:
        words = ["squeue", "-h", "--name", self.job_name, "-o", "%i|%T|%r"]
        done = await asyncio.to_thread(self.slurm.answer, words, look=True)
        if done.returncode:
            raise SiteError(f"Slurm does not answer: {said(done.stderr)}")
        rows = [line.split("|", 2) for line in done.stdout.splitlines() if line.count("|") >= 2]
        return {number: Job(number, state, "" if reason == "None" else reason) for number, state, reason in rows}

    def _waits(self, jobs: dict[str, Job]) -> str:
        waiting = [job for job in jobs.values() if job.state == "PENDING"]
        if not waiting:
            return self.waits if time.monotonic() < self.paused_until else ""
        first = waiting[0]
        return f"its pilot, Slurm job {first.number}, is pending" + (f" ({first.reason})" if first.reason else "")

    async def _cancel(self, *which: str) -> None:
        try:
            await asyncio.to_thread(self.slurm.answer, ["scancel", *which, "--name", self.job_name], look=True)
        except SiteError as error:
            self.waits = str(error)

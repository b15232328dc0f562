"""The executor of a profile: submit, look for, explain and end the jobs of runs."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import record
from flowcfd.jobs.executors.slurm import accounting, array, order
from flowcfd.jobs.executors.slurm.client import TIMEOUT, Client, Silent, said
from flowcfd.jobs.executors.slurm.partition import Partitions, hours
from flowcfd.jobs.executors.slurm.queue import PREFIX, Queue, Waiting
from flowcfd.jobs.executors.slurm.script import many, script
from flowcfd.jobs.record import Job
from flowcfd.jobs.watch import HEARTBEAT
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.cluster.profile import Profile
    from flowcfd.cluster.resources import Resources
    from flowcfd.jobs.usage import Usage


TRIAL, TRIED = "#!/bin/sh\n", "trial-of-flowcfd"
"""A job to be judged by Slurm, and its name."""


@dataclass
class Slurm:
    """The executor of one profile. All runs of a process ask through one `squeue` at a time."""

    name: str
    profile: Profile

    @cached_property
    def client(self) -> Client:
        """Slurm's programs."""
        return Client(self.name, self.profile.conf)

    @cached_property
    def queue(self) -> Queue:
        """What squeue says."""
        return Queue(self.client)

    @cached_property
    def partitions(self) -> Partitions:
        """What sinfo says."""
        return Partitions(self.client)

    @property
    def launcher(self) -> str:
        """The profile's."""
        return self.profile.launcher

    def require(self, cores: int, resources: Resources | None) -> None:
        """CaseError when this cluster would never run such a job, saying what is allowed; SiteError without Slurm."""
        wanted = self.profile.resources if resources is None else resources.over(self.profile.resources)
        if self.profile.most_cores is not None and cores > self.profile.most_cores:
            raise CaseError(f"cores: the profile {self.name!r} allows at most {self.profile.most_cores} (got {cores})")
        most = self.profile.most_walltime
        if most is not None and wanted.seconds > most:
            raise CaseError(f"resources.walltime: at most {hours(most)} here (got {hours(wanted.seconds)})")
        if (wanted.nodes or 1) > cores:
            raise CaseError(f"resources.nodes: must not be more than the cores, {cores} (got {wanted.nodes})")
        self.partitions.require(wanted.partition, wanted.seconds)
        directives = self._directives(wanted, cores)
        done = self.client.answer(["sbatch", "--test-only", *directives], text=TRIAL)
        refusal = said(done.stderr) if done.returncode else ""
        if refusal and self.partitions.lame(wanted.partition) and self.partitions.hold(
            wanted.partition, cores, wanted.nodes
        ):  # fmt: skip
            refusal = self._tried(directives)
        if refusal:
            raise CaseError(f"resources: Slurm refuses such a job: {refusal}{self.partitions.offers()}")

    def _tried(self, directives: Sequence[str]) -> str:
        """Why Slurm refuses a job that is really submitted; empty when it takes it, which is cancelled at once.

        `--test-only` refuses what would have to wait for nodes that are out of service. A trial that nobody is left to
        cancel ends by itself; one that is held Slurm would not examine.
        """
        name = f"--job-name={TRIED}"
        done = self.client.answer(
            ["sbatch", "--parsable", *directives, "--begin=now+1hour", name, "--output=/dev/null"], text=TRIAL
        )
        if done.returncode:
            return said(done.stderr)
        self.client.answer(["scancel", done.stdout.strip().partition(";")[0]])
        return ""

    def start(self, job: Job) -> None:
        """Submit the run's job, unless it is in the queue already; one whose work is over is waited for."""
        deadline = time.monotonic() + 2 * TIMEOUT
        submitted = (job.path / "slurm" / "job.sh").exists()  # it is written before
        while submitted and (found := self.queue.find([job], fresh=True)):
            if not _ended(job) or found[job.uid].waits:
                return
            if time.monotonic() > deadline:
                raise SiteError(f"{found[job.uid]} and does not end; submit again later")
            time.sleep(0.1)
        array.forget(job)
        path = _write(job.path / "slurm" / "job.sh", self._script(job))
        self._submit(path, [job])

    def start_many(self, jobs: Sequence[Job], *, at_once: int | None = None) -> None:
        """Submit one array, each task of which computes one of the runs, at most `at_once` at a time.

        Runs that are in the queue already stay as they are. CaseError when they do not all ask for the same.
        """
        if at_once is not None and at_once < 1:
            raise CaseError(f"at_once: must be at least 1 (got {at_once})")
        known = self.queue.find(jobs, fresh=True)
        left = list({job.uid: job for job in jobs if job.uid not in known}.values())  # each once
        for job in jobs if len(left) == 1 else [job for job in jobs if job.uid in known]:
            self.start(job)
        if len(left) < 2:
            return
        if len({(job.cores, json.dumps(dict(job.resources), sort_keys=True)) for job in left}) > 1:
            raise CaseError("runs that are started together must ask for the same cores and resources")
        if len(left) > (most := self._most_tasks):
            raise CaseError(f"this cluster takes at most {most} runs in one array (got {len(left)})")
        folder, uid = array.make(settings().home / "arrays", left)
        try:
            self._submit(self._written(folder, uid, left, at_once), left)
        except (CaseError, SiteError) as error:
            if not isinstance(error, Silent):  # who did not answer may have taken it
                for job in left:
                    array.forget(job)
                shutil.rmtree(folder, ignore_errors=True)
            raise

    def _written(self, folder: Path, uid: str, jobs: Sequence[Job], at_once: int | None) -> Path:
        """The batch script of an array; each of its runs has a copy, and knows its task."""
        wanted = _resources(jobs[0]).over(self.profile.resources)
        text = many(folder, uid, jobs, at_once, self.profile, wanted, self._directives(wanted, jobs[0].cores))
        for task, job in enumerate(jobs):
            array.note(job, uid, task)
            _write(job.path / "slurm" / "job.sh", text)
        return _write(folder / "job.sh", text)

    @cached_property
    def _most_tasks(self) -> int:
        """The most runs of one array."""
        done = self.client.answer(["scontrol", "show", "config"])
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)", done.stdout, re.MULTILINE)
        return int(found[1]) if found else array.MOST

    def _submit(self, script: Path, jobs: Sequence[Job]) -> None:
        self.queue.forget()
        done = self.client.answer(["sbatch", "--parsable", str(script)], enough=lambda: self._queued(jobs[0]))
        if done.returncode and not self._queued(jobs[0]):
            raise SiteError(f"sbatch refuses the run: {said(done.stderr)}{self.partitions.offers()}")
        self.queue.forget()
        number = done.stdout.strip().split(";")[0]
        for task, job in enumerate(jobs):
            name = number if len(jobs) == 1 else f"{number}_{task}"
            record.event(job.path, "submitted", executor=self.name, job=name)

    def alive(self, jobs: Sequence[Job]) -> set[str]:
        """The uids of the jobs that are in the queue, asked in one call; an ended run's record spares asking.

        A job whose run was cancelled while the controller did not answer is ended now.
        Raises SiteError when the controller does not answer and the directories do not tell either.
        """
        open_ = [job for job in jobs if not _over(job)]
        if not open_:
            return set()
        try:
            found = self.queue.find(open_)
            waiting = [job for job in open_ if job.uid in found and found[job.uid].waits]
            if kept := [job for job in waiting if _to_cancel(job) and self.waiting(job)]:
                for job in kept:
                    self._scancel(job)
                found = self.queue.find(open_, fresh=True)  # one that has just begun ends there
            return set(found)
        except SiteError:
            telling = {job.uid for job in open_ if _breathes(job)}
            if len(telling) == len(open_):
                return telling
            raise

    def stop(self, job: Job) -> None:
        """End the job, wherever it is: Slurm sends SIGTERM to all of its processes, and SIGKILL after its KillWait."""
        self._scancel(job)
        deadline = time.monotonic() + TIMEOUT
        while self.queue.find([job], fresh=True) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _scancel(self, job: Job) -> CompletedProcess[str]:
        task = self._found(job) if array.of(job) is not None else None
        # by its name as well: after the controller lost its memory, its number may be another's
        which = ["--name", PREFIX + job.uid] if task is None else ["--name", task.name, task.number]
        return self.client.answer(["scancel", *which])

    def waiting(self, job: Job) -> bool:
        """Whether the job is yet to be started, or to be started again."""
        found, worker = self.queue.find([job]).get(job.uid), record.worker(job.path)
        return found is not None and found.waits and (worker is None or worker.started < self.queue.asked)

    def waits_for(self, job: Job) -> str:
        """Why the job is not computing now, in Slurm's words; empty when it is, or is not there."""
        found = self.queue.find([job]).get(job.uid)
        return "" if found is None or found.state in ("RUNNING", "COMPLETING") else str(found)

    def spent(self, job: Job) -> Usage | None:
        """What sacct says of its jobs; where there is no accounting, the log of ended jobs of a run that has ended."""
        task = array.of(job)
        name, number = (PREFIX + job.uid, None) if task is None else (PREFIX + array.PREFIX + task.array, task.task)
        told = accounting.of_sacct(self.client, name, number, job.created)
        if told is None and _over(job):
            told = accounting.of_log(self.client, name, number)
        return told

    def hold(self, job: Job) -> None:
        """Keep a job that waits from being started until it is released."""
        order.hold(self.client, self._found(job))
        self.queue.forget()

    def release(self, job: Job) -> None:
        """Let a job that is held be started."""
        order.release(self.client, self._found(job))
        self.queue.forget()

    def prioritise(self, job: Job, priority: int) -> None:
        """Start a waiting job sooner (greater) or later (smaller) than others; plain users may only do the latter."""
        order.prioritise(self.client, self._found(job), priority)
        self.queue.forget()

    def _found(self, job: Job) -> Waiting | None:
        return self.queue.find([job], fresh=True).get(job.uid)

    def script(self, job: Job) -> str:
        """The batch script with which a run was submitted, or would be."""
        try:
            return (job.path / "slurm" / "job.sh").read_text(encoding="utf-8")
        except OSError:
            return self._script(job)

    def _script(self, job: Job) -> str:
        """The batch script by the profile as it is now."""
        wanted = _resources(job).over(self.profile.resources)
        return script(job, self.profile, wanted, self._directives(wanted, job.cores))

    def _directives(self, wanted: Resources, cores: int) -> list[str]:
        """The options of sbatch; as few nodes as the cores fit on, unless their number is given."""
        nodes = wanted.nodes or self.partitions.nodes(wanted.partition, cores)
        return wanted.model_copy(update={"nodes": nodes}).directives(cores)

    def _queued(self, job: Job) -> bool:
        try:
            return bool(self.queue.find([job], fresh=True))
        except SiteError:
            return False


def _write(path: Path, text: str) -> Path:
    """A batch script, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.chmod(0o755)
    return part.replace(path)


def _over(job: Job) -> bool:
    """Whether the run's own record says that its newest attempt has ended for good and none was asked for since."""
    worker, end, request = record.worker(job.path), record.end(job.path), record.request(job.path)
    if worker is None or end is None or end.attempt != worker.attempt or end.outside:
        return False
    return not record.unanswered(request, worker)


def _ended(job: Job) -> bool:
    """Whether its newest worker has written how it ended."""
    worker, end = record.worker(job.path), record.end(job.path)
    return worker is not None and end is not None and end.attempt == worker.attempt


def _to_cancel(job: Job) -> bool:
    request = record.request(job.path)
    return request is not None and request.kind == "cancel"


def _breathes(job: Job) -> bool:
    """Whether its worker gave a sign of life lately."""
    try:
        return time.time() - (job.path / "worker.lock").stat().st_mtime < 6 * HEARTBEAT
    except OSError:
        return False


def _resources(job: Job) -> Resources:
    from flowcfd.cluster.resources import Resources

    return Resources.model_validate(dict(job.resources))

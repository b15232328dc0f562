"""Runs on a cluster with Slurm: one job per run, named by the run's uid, whose only program is the run's worker.

A job id alone says nothing: a controller that was killed just after a submission gives the same id again. So a run is
found by its name, and the run directory, not the scheduler, tells how it ended.
"""

from __future__ import annotations

import getpass
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.jobs import record
from flowcfd.jobs.executors.local import PROGRAM
from flowcfd.jobs.record import AGAIN, STARTS, Job
from flowcfd.jobs.watch import HEARTBEAT

if TYPE_CHECKING:
    from flowcfd.cluster.profile import Profile
    from flowcfd.cluster.resources import Resources

PREFIX = "flow-"
"""What the name of a job begins with; the run's uid follows."""
FRESH = 1.0
"""So long [s] an answer of squeue stands for those jobs that it names."""
PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Pauses [s] between the attempts to reach a controller that does not answer."""
TIMEOUT = 30.0

_SPEAKS = re.compile(r"^(?:sbatch|squeue|scancel|scontrol): (?:error: )?", re.MULTILINE)


@dataclass(frozen=True)
class Waiting:
    """A job as squeue shows it."""

    number: str
    state: str
    reason: str


@dataclass(frozen=True)
class Partition:
    """A partition: its limit of time [s] (None: none), its nodes, and the cores and memory [MB] of the largest one."""

    name: str
    default: bool
    limit: float | None
    nodes: int
    cores: int
    memory: int

    @classmethod
    def read(cls, line: str) -> Partition | None:
        """A line of `sinfo -o "%P|%l|%D|%c|%m"`."""
        words = line.split("|")
        if len(words) != 5:
            return None
        name, limit, *numbers = words
        nodes, cores, memory = (int(re.sub(r"\D.*", "", word) or 0) for word in numbers)
        return cls(name.rstrip("*"), name.endswith("*"), _seconds(limit), nodes, max(1, cores), memory)

    def joined(self, other: Partition | None) -> Partition:
        """Both sorts of nodes of one partition."""
        if other is None:
            return self
        largest = max(self, other, key=lambda each: each.cores)
        return replace(largest, nodes=self.nodes + other.nodes)

    def __str__(self) -> str:
        time_ = "no limit of time" if self.limit is None else f"at most {_hours(self.limit)}"
        return f"{self.name} ({time_}, {self.nodes} nodes of {self.cores} cores and {self.memory} MB)"


@dataclass
class Slurm:
    """The executor of one profile. All runs of a process ask through one `squeue` at a time."""

    name: str
    profile: Profile
    _seen: Mapping[str, Waiting] = field(default_factory=dict, repr=False)
    _asked: float = field(default=-1e9, repr=False)

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
            raise CaseError(f"resources.walltime: at most {_hours(most)} here (got {_hours(wanted.seconds)})")
        if (wanted.nodes or 1) > cores:
            raise CaseError(f"resources.nodes: must not be more than the cores, {cores} (got {wanted.nodes})")
        place = self._partition(wanted)
        if place.limit is not None and wanted.seconds > place.limit:
            raise CaseError(
                f"resources.walltime: must be at most that of partition {place} (got {_hours(wanted.seconds)})"
            )
        done = self._call(["sbatch", "--test-only", *self._directives(wanted, cores)], text="#!/bin/sh\n")
        if done.returncode:
            raise CaseError(f"resources: Slurm refuses such a job: {_said(done.stderr)}; {self._offers()}")

    def start(self, job: Job) -> None:
        """Submit the run's job, unless it is in the queue already."""
        if self._queue([job], fresh=True):
            return
        folder = job.path / "slurm"
        folder.mkdir(exist_ok=True)
        script = folder / "job.sh"
        part = script.with_suffix(".part")
        part.write_text(self.script(job))
        part.chmod(0o755)
        part.replace(script)
        done = self._patient(["sbatch", "--parsable", str(script)], lambda: bool(self._queue([job], fresh=True)))
        if done.returncode and not self._queue([job], fresh=True):
            raise SiteError(f"sbatch refuses the run: {_said(done.stderr)}; {self._offers()}")
        self._asked = -1e9
        record.event(job.path, "submitted", executor=self.name, job=done.stdout.strip().split(";")[0])

    def alive(self, jobs: Sequence[Job]) -> set[str]:
        """The uids of the jobs that are in the queue, asked in one call; an ended run's record spares asking.

        Raises SiteError when the controller does not answer and the directories do not tell either.
        """
        open_ = [job for job in jobs if not _over(job)]
        if not open_:
            return set()
        try:
            queue = self._queue(open_)
        except SiteError:
            telling = {job.uid for job in open_ if _breathes(job)}
            if len(telling) == len(open_):
                return telling
            raise
        return {job.uid for job in open_ if job.uid in queue}

    def stop(self, job: Job) -> None:
        """End the job, wherever it is: Slurm sends SIGTERM to all of its processes, and SIGKILL after its KillWait."""
        name = PREFIX + job.uid
        self._patient(["scancel", "--name", name], lambda: False)
        deadline = time.monotonic() + TIMEOUT
        while self._queue([job], fresh=True) and time.monotonic() < deadline:
            time.sleep(0.1)

    def waits_for(self, job: Job) -> str:
        """Why the job is not running yet, in Slurm's words; empty when it runs or is not there."""
        found = self._queue([job]).get(job.uid)
        if found is None or found.state == "RUNNING":
            return ""
        return f"Slurm job {found.number} is {found.state.lower()}" + (f" ({found.reason})" if found.reason else "")

    def script(self, job: Job) -> str:
        """The batch script of a run."""
        profile, wanted = self.profile, _resources(job).over(self.profile.resources)
        grace = max(10, min(int(profile.grace), int(wanted.seconds) // 4))
        run, log = str(job.path), job.path / "slurm" / "job.log"
        options = [
            f"--job-name={PREFIX}{job.uid}", f"--comment={job.name}", *self._directives(wanted, job.cores), "--requeue",
            "--open-mode=append", f"--signal=B:USR1@{grace}", f"--chdir={run}", f"--output={log}",
        ]  # fmt: skip
        shared = f"FLOWCFD_SHARED_CORES={int(profile.shared_cores)}"
        variables = [shared, *(f"{name}={value}" for name, value in profile.environment.items())]
        worker = shlex.join(
            [*shlex.split(profile.wrap), profile.python or sys.executable, "-I", "-S", "-c", PROGRAM, "--allocated"]
        )
        return "\n".join([
            "#!/bin/sh",
            *(f"#SBATCH {_quoted(option)}" for option in options),
            *profile.setup,
            *(f"export {shlex.quote(word)}" for word in variables),
            f"export FLOWCFD_RESTARTS={wanted.restarts}",
            "work() {",
            f"    {worker} \"$@\" {shlex.quote(run)} &",
            "    worker=$!",
            "    wait $worker; code=$?  # a signal ends a wait, not the worker",
            "    while kill -0 $worker 2>/dev/null; do wait $worker; code=$?; done",
            "    return $code",
            "}",
            "trap 'kill -USR1 $worker' USR1",
            "trap 'kill -TERM $worker' TERM",
            "work; code=$?",
            f"if [ $code -eq {AGAIN} ]; then  # the time is over, the work is not",
            '    scontrol requeue "$SLURM_JOB_ID" && sleep 60',
            "    work --time-is-over; code=$?",
            "fi",
            "exit $code",
            "",
        ])  # fmt: skip

    def _directives(self, wanted: Resources, cores: int) -> list[str]:
        """The options of sbatch; as few nodes as the cores fit on, unless their number is given."""
        nodes = wanted.nodes or math.ceil(cores / self._partition(wanted).cores)
        return wanted.model_copy(update={"nodes": nodes}).directives(cores)

    def _partition(self, wanted: Resources) -> Partition:
        """The partition that is asked for, or the default one."""
        known = self._partitions()
        if wanted.partition is None:
            return next((each for each in known.values() if each.default), next(iter(known.values())))
        if wanted.partition not in known:
            raise UnknownName("partition", wanted.partition, known, where="resources.partition")
        return known[wanted.partition]

    def _partitions(self) -> dict[str, Partition]:
        """The partitions, by name. One with several sorts of nodes has a line for each."""
        done = self._patient(["sinfo", "-h", "-o", "%P|%l|%D|%c|%m"], lambda: False)
        found: dict[str, Partition] = {}
        for line in done.stdout.splitlines():
            if (each := Partition.read(line)) is not None:
                found[each.name] = each.joined(found.get(each.name))
        if not found:
            raise SiteError(f"Slurm does not answer: {_said(done.stderr)}")
        return found

    def _offers(self) -> str:
        try:
            return f"there are: {'; '.join(map(str, self._partitions().values()))}"
        except SiteError as error:
            return str(error)

    def _queue(self, jobs: Sequence[Job], *, fresh: bool = False) -> Mapping[str, Waiting]:
        """What squeue says of our runs, by uid. An answer stands a moment for the jobs that it names."""
        recent = time.monotonic() - self._asked < FRESH and not fresh
        if not recent or any(job.uid not in self._seen for job in jobs):
            words = ["squeue", "-h", "-u", getpass.getuser(), "-o", "%j|%i|%T|%r"]
            done = self._patient(words, lambda: False)
            if done.returncode:
                raise SiteError(f"Slurm does not answer: {_said(done.stderr)}")
            self._seen, self._asked = dict(_rows(done.stdout)), time.monotonic()
        wanted = {job.uid for job in jobs}
        return {uid: seen for uid, seen in self._seen.items() if uid in wanted}

    def _patient(self, words: Sequence[str], enough: Callable[[], bool]) -> subprocess.CompletedProcess[str]:
        """Call a client, again after a pause where the controller does not answer, unless `enough` was done by then."""
        for pause in (*PATIENCE, None):
            done = self._call(words)
            if done.returncode == 0 or pause is None or not _silent(done.stderr):
                break
            time.sleep(pause)
            if enough():
                break
        return done

    def _call(self, words: Sequence[str], *, text: str | None = None) -> subprocess.CompletedProcess[str]:
        program = shutil.which(words[0])
        if program is None:
            raise SiteError(
                f"there is no {words[0]} on this machine: it is no client of a Slurm cluster (profile {self.name!r})"
            )
        where = {} if self.profile.conf is None else {"SLURM_CONF": str(self.profile.conf)}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SBATCH_"))}
        if where == {} and "SLURM_CONF" in os.environ:
            where = {"SLURM_CONF": os.environ["SLURM_CONF"]}
        try:
            return subprocess.run(
                [program, *words[1:]], env={**environment, **where}, input=text, capture_output=True, text=True,
                timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(list(words), 1, "", f"Unable to contact: no answer in {TIMEOUT:g} s")


def _over(job: Job) -> bool:
    """Whether the run's own record says that its newest attempt has ended and none was asked for since."""
    worker, end, request = record.worker(job.path), record.end(job.path), record.request(job.path)
    if worker is None or end is None or end.attempt != worker.attempt:
        return False
    return request is None or request.kind not in STARTS or request.id == worker.request


def _breathes(job: Job) -> bool:
    """Whether its worker gave a sign of life lately."""
    try:
        return time.time() - (job.path / "worker.lock").stat().st_mtime < 6 * HEARTBEAT
    except OSError:
        return False


def _resources(job: Job) -> Resources:
    from flowcfd.cluster.resources import Resources

    return Resources.model_validate(dict(job.resources))


def _rows(answer: str) -> list[tuple[str, Waiting]]:
    rows = [line.split("|", 3) for line in answer.splitlines() if line.startswith(PREFIX) and line.count("|") >= 3]
    return [(name.removeprefix(PREFIX), Waiting(number, state, "" if reason == "None" else reason))
            for name, number, state, reason in rows]  # fmt: skip


def _silent(said: str) -> bool:
    return "Unable to contact" in said or "Socket timed out" in said or "Connection refused" in said


def _said(text: str) -> str:
    """What a client complains of, in one line."""
    lines = [line.strip() for line in _SPEAKS.sub("", text).splitlines() if line.strip()]
    return (
        "; ".join(dict.fromkeys(line.removeprefix("Batch job submission failed: ") for line in lines))
        or "no reason given"
    )


def _quoted(option: str) -> str:
    name, equals, value = option.partition("=")
    return f"{name}={chr(34)}{value}{chr(34)}" if equals and re.search(r"\s", value) else option


def _seconds(limit: str) -> float | None:
    """A time of Slurm, `days-hours:minutes:seconds`; None for `infinite`."""
    found = re.fullmatch(r"(?:(\d+)-)?(?:(?:(\d+):)?(\d+):)?(\d+)", limit.strip())
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 86400.0 * days + 3600 * hours + 60 * minutes + seconds


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:g} h"

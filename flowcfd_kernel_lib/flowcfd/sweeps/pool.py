"""Where the workers of a sweep are started: processes of this machine, or jobs of a cluster with Slurm."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import lock, slots
from flowcfd.jobs.executors import executors
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.cluster.resources import Resources
    from flowcfd.jobs.executors.slurm import Slurm

PREFIX = "flowsweep-"
"""How the jobs of sweeps are called."""
MOST_JOBS = 16
"""Jobs of one sweep at a time unless their number is given: each takes point after point with a warm kernel."""
GRACE = 30
"""Time [s] before the end of a job at which its worker is told."""


class Pool(Protocol):
    """Workers of one sweep."""

    most: int
    """How many there may be at a time."""
    poll: float
    """Time [s] between looks at it."""

    def start(self, count: int) -> None:
        """Start so many; SiteError when that fails."""
        ...

    def alive(self) -> int:
        """How many work or wait to be started."""
        ...

    def stop(self) -> None:
        """End them all."""
        ...

    def why(self) -> str:
        """What those wait for that wait; empty where nothing is known."""
        ...


def require(on: str, cores: int, resources: Mapping[str, object] | None) -> None:
    """Nothing where workers could be started so; else CaseError or SiteError, which say what is allowed."""
    if isinstance(cores, bool) or not isinstance(cores, int) or cores < 1:
        raise CaseError(f"cores: must be a whole number of at least 1 (got {cores!r})")
    if on == "local":
        if resources:
            raise CaseError("resources: are for clusters; on 'local' there is nothing to ask for")
        executors.get(on).require(cores, None)
        return
    _slurm(on).require(cores, _wanted(resources))


def pool(folder: Path, points: int, options: Mapping[str, Any]) -> Pool:
    """The pool of a sweep, by its options."""
    on, cores, most = str(options["on"]), int(options["cores"]), options.get("at_once")
    if on == "local":
        return Local(folder, min(points, int(most or max(1, slots.machine() // cores))))
    return Jobs(folder, min(points, int(most or MOST_JOBS)), _slurm(on), cores, options.get("resources") or {})


@dataclass
class Local:
    """Processes of this machine; those of an earlier driver count, by the places that they hold."""

    folder: Path
    most: int
    poll: float = 0.2
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, count: int) -> None:
        """Each in a session of its own: it goes on without this process."""
        (self.folder / "workers").mkdir(exist_ok=True)
        command = [sys.executable, "-P", "-m", "flowcfd.sweeps.worker", str(self.folder)]
        env = {**os.environ, "FLOWCFD_HOME": str(settings().home)}
        for _ in range(count):
            with (self.folder / "workers" / "local.log").open("ab") as log:
                process = subprocess.Popen(
                    command, env=env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,
                )  # fmt: skip
            self._started.append(process)

    def alive(self) -> int:
        """Those started by us that live, or the places that are taken where these are more."""
        self._started = [process for process in self._started if process.poll() is None]
        taken = sum(lock.taken(path) for path in (self.folder / "workers").glob("*.lock"))
        return max(len(self._started), taken)

    def stop(self) -> None:
        """They see the file `halt`; who does not is killed, and its kernels with it."""
        deadline = time.monotonic() + 4 * GRACE
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        for process in self._started:
            process.kill()
            process.wait()

    def why(self) -> str:
        """Nothing is waited for."""
        return ""


@dataclass
class Jobs:
    """Jobs of a cluster with Slurm, found by their name: an array of workers."""

    folder: Path
    most: int
    slurm: Slurm
    cores: int
    resources: Mapping[str, object]
    poll: float = 2.0
    _said: str = ""

    @property
    def name(self) -> str:
        """The name of its jobs."""
        return PREFIX + hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]

    def start(self, count: int) -> None:
        """One array job of so many workers."""
        folder = self.folder / "workers"
        folder.mkdir(exist_ok=True)
        script = folder / "job.sh"
        script.write_text(self.script(count), encoding="utf-8")
        done = self.slurm.client.answer(["sbatch", "--parsable", str(script)], enough=lambda: self.alive() > 0)
        if done.returncode and not self.alive():
            raise SiteError(f"sbatch refuses the workers of the sweep: {' '.join(done.stderr.split())}")

    def alive(self) -> int:
        """Those in the queue; SiteError while Slurm does not answer."""
        done = self.slurm.client.answer(["squeue", "-h", "-r", "--name", self.name, "-o", "%T|%r"])
        if done.returncode:
            raise SiteError(f"Slurm does not answer: {' '.join(done.stderr.split())}")
        rows = [line.split("|", 1) for line in done.stdout.splitlines() if "|" in line]
        reasons = {reason for state, reason in rows if state == "PENDING" and reason != "None"}
        self._said = ", ".join(sorted(reasons))
        return len(rows)

    def stop(self) -> None:
        """Cancel them, and wait until they are gone."""
        self.slurm.client.answer(["scancel", "--name", self.name])
        deadline = time.monotonic() + 4 * GRACE
        with contextlib.suppress(SiteError):
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.2)

    def why(self) -> str:
        """Slurm's reason."""
        return self._said

    def script(self, count: int) -> str:
        """The batch script of so many workers, by the profile."""
        from flowcfd.jobs.executors.slurm.script import grace, quoted

        profile = self.slurm.profile
        wanted = _wanted(self.resources).over(profile.resources)
        log = str(self.folder / "workers" / "slurm-%a.log")
        options = [
            f"--job-name={self.name}", f"--array=0-{count - 1}", *wanted.directives(self.cores), "--no-requeue",
            "--open-mode=append", f"--signal=B:TERM@{grace(GRACE, wanted.seconds)}", f"--chdir={self.folder}",
            f"--output={log}",
        ]  # fmt: skip
        variables = {
            **profile.environment,
            "FLOWCFD_HOME": str(settings().home),
            "FLOWCFD_SHARED_CORES": str(int(profile.shared_cores)),
        }
        python = shlex.join([profile.python or sys.executable, "-P", "-m", "flowcfd.sweeps.worker", str(self.folder)])
        return "\n".join([
            "#!/bin/sh",
            *(f"#SBATCH {quoted(option)}" for option in options),
            *profile.setup,
            *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
            f"exec {profile.wrap} {python}" if profile.wrap else f"exec {python}",
            "",
        ])  # fmt: skip


def _slurm(on: str) -> Slurm:
    """The executor of a profile with Slurm; UnknownName, or CaseError for an executor of another kind."""
    from flowcfd.jobs.executors.slurm import Slurm

    found = executors.get(on, where="on")
    if not isinstance(found, Slurm):
        raise CaseError(f"on: sweeps run on 'local' or on a profile of a cluster with Slurm (got {on!r})")
    return found


def _wanted(resources: Mapping[str, object] | None) -> Resources:
    """What is asked for; a notebook is one process, so it and what it starts share a node unless told otherwise."""
    from flowcfd.cluster.resources import Resources

    return Resources.model_validate({"nodes": 1, **(resources or {})})

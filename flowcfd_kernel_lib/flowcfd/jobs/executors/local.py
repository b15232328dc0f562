"""Runs on this machine: a worker in its own session, which waits in a queue for its cores."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import flowcfd
from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import detached, process, record, slots
from flowcfd.jobs.record import Job
from flowcfd.jobs.watch import HEARTBEAT

if TYPE_CHECKING:
    from flowcfd.cluster.resources import Resources

BUSY = 75
_START_TIMEOUT = 60.0
_PROGRAM = """
import sys
sys.path.append({folder!r})
from flowcfd.jobs.{module} import main
sys.exit(main())
"""
_FOLDER = str(Path(flowcfd.__file__).parents[1])
PROGRAM = _PROGRAM.format(folder=_FOLDER, module="worker")
NURSERY = _PROGRAM.format(folder=_FOLDER, module="nursery")
# -I -S: the standard library comes first, and no .pth file of site-packages is read, which would cost more than all
# that the worker does. It is `python -m flowcfd.jobs.worker` otherwise.


class Local:
    """The executor `local`."""

    launcher = ""

    def __init__(self) -> None:
        self._nursery: subprocess.Popen[str] | None = None

    @contextmanager
    def nursing(self) -> Iterator[None]:
        """Meanwhile workers are forked from one process that has loaded what they need: for who starts many runs."""
        command = [sys.executable, "-I", "-S", "-c", NURSERY]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as nursery:
            self._nursery = nursery
            try:
                yield
            finally:
                self._nursery = None

    def require(self, cores: int, resources: Resources | None) -> None:
        """At most four ranks a core: more do nothing but stop each other, and the machine with them."""
        most = 4 * slots.machine()
        if cores > most:
            raise CaseError(f"cores: the executor 'local' takes at most {most} on this machine (got {cores})")

    def script(self, job: Job) -> str:
        """The command that the worker is started with."""
        return shlex.join([sys.executable, "-m", "flowcfd.jobs.worker", "--detach", str(job.path)]) + "\n"

    def waits_for(self, job: Job) -> str:
        """Nothing but free cores, and that its worker says itself."""
        return ""

    def start(self, job: Job) -> None:
        """Start a detached worker; returns when it has written its record."""
        code = self._forked(job)
        if code is None:
            code = self._spawned(job)
        if code not in (0, BUSY):
            raise SiteError(f"the worker of {job.path} could not begin: {detached.last_words(job.path / 'worker.log')}")

    def _forked(self, job: Job) -> int | None:
        """Start it from the nursery; None where there is none, or it does not answer: then it is not asked again."""
        nursery = self._nursery
        if nursery is None or nursery.stdin is None or nursery.stdout is None or "\n" in str(job.path):
            return None
        try:
            nursery.stdin.write(f"{job.path}\n")
            nursery.stdin.flush()
            return int(nursery.stdout.readline())
        except (OSError, ValueError):
            self._nursery = None
            return None

    def _spawned(self, job: Job) -> int:
        """Start it from an interpreter of its own."""
        command = [sys.executable, "-I", "-S", "-c", PROGRAM, "--detach", str(job.path)]
        with (job.path / "worker.log").open("ab") as log:
            try:
                return subprocess.run(
                    command,
                    cwd=job.path,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    timeout=_START_TIMEOUT,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                raise SiteError(f"the worker of {job.path} did not begin within {_START_TIMEOUT:g} s") from None

    def alive(self, jobs: Sequence[Job]) -> set[str]:
        """The uids of the jobs whose worker lives; one of another machine by the time of its last sign."""
        return {job.uid for job in jobs if _alive(job)}

    def stop(self, job: Job) -> None:
        """Kill the worker, then all processes of the run."""
        worker = record.worker(job.path)
        if worker is not None and process.alive(worker.identity):
            process.send([worker.identity.pid], signal.SIGKILL)
        process.end(job.uid, patience=0.5)


def _alive(job: Job) -> bool:
    worker = record.worker(job.path)
    if worker is None:
        return False
    known = process.alive(worker.identity)
    if known is not None:
        return known
    try:
        return time.time() - (job.path / "worker.lock").stat().st_mtime < 6 * HEARTBEAT
    except OSError:
        return False

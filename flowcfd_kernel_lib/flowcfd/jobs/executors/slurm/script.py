"""The batch script of a run: Slurm's options, the site's setup, and the run's worker."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import SiteError
from flowcfd.jobs.executors.local import PROGRAM
from flowcfd.jobs.executors.slurm.queue import PREFIX
from flowcfd.jobs.record import AGAIN, Job

if TYPE_CHECKING:
    from flowcfd.cluster.profile import Profile
    from flowcfd.cluster.resources import Resources

LEAST_GRACE = 10
MOST_GRACE = 65535
"""The most [s] that sbatch takes."""


def script(job: Job, profile: Profile, wanted: Resources, directives: Sequence[str]) -> str:
    """The text of the batch script; SiteError for a run directory that Slurm's options cannot name."""
    run = str(job.path)
    options = [
        f"--job-name={PREFIX}{job.uid}", f"--comment={job.name}", *directives, "--requeue", "--open-mode=append",
        f"--signal=B:USR1@{grace(profile.grace, wanted.seconds)}", f"--chdir={run}", f"--output={_log(job.path)}",
    ]  # fmt: skip
    shared = f"FLOWCFD_SHARED_CORES={int(profile.shared_cores)}"
    variables = [shared, *(f"{name}={value}" for name, value in profile.environment.items())]
    python = [profile.python or sys.executable, "-I", "-S", "-c", PROGRAM, "--allocated"]
    worker = " ".join([*([profile.wrap] if profile.wrap else []), shlex.join(python)])
    return "\n".join([
        "#!/bin/sh",
        *(f"#SBATCH {quoted(option)}" for option in options),
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


def grace(wanted: float, walltime: float) -> int:
    """The time before the end [s] at which the job is told: at most a quarter of a short walltime."""
    return max(LEAST_GRACE, min(int(wanted), int(min(walltime, 4 * MOST_GRACE)) // 4, MOST_GRACE))


def quoted(option: str) -> str:
    """An option as a line `#SBATCH` takes it: blanks, quotes and # in a value are its own."""
    name, equals, value = option.partition("=")
    if not equals or not re.search(r"[\s\"'#]", value):
        return option
    escaped = value.replace('"', '\\"')
    return f'{name}="{escaped}"'


def _log(run: Path) -> str:
    """The job's own log, for --output, which takes %j and the like for patterns."""
    if "\\" in str(run):
        raise SiteError(f"{run}: Slurm takes no path with a backslash; set FLOWCFD_HOME to another folder")
    return str(run / "slurm" / "job.log").replace("%", "%%")

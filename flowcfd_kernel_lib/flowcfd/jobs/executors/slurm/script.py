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
from flowcfd.jobs.executors.slurm import array
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
    options = [
        f"--job-name={PREFIX}{job.uid}", f"--comment={job.name}", *directives, "--requeue", "--open-mode=append",
        f"--signal=B:USR1@{grace(profile.grace, wanted.seconds)}", f"--chdir={job.path}",
        f"--output={_log(job.path / 'slurm' / 'job.log')}",
    ]  # fmt: skip
    return "\n".join([*_head(options), *_work(profile, wanted, shlex.quote(str(job.path)), "$SLURM_JOB_ID")])


def many(
    folder: Path, uid: str, jobs: Sequence[Job], at_once: int | None, profile: Profile, wanted: Resources,
    directives: Sequence[str],
) -> str:  # fmt: skip
    """The text of the batch script of an array, each task of which computes one run; SiteError as above."""
    tasks = f"0-{len(jobs) - 1}" + ("" if at_once is None else f"%{at_once}")
    options = [
        f"--job-name={PREFIX}{array.PREFIX}{uid}", f"--comment={len(jobs)} runs", f"--array={tasks}", *directives,
        "--requeue", "--open-mode=append", f"--signal=B:USR1@{grace(profile.grace, wanted.seconds)}",
        f"--chdir={folder}", f"--output={_log(folder / 'job.log')}",
    ]  # fmt: skip
    return "\n".join([
        *_head(options),
        f'run=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {shlex.quote(str(array.listed(folder)))})',
        'cd "$run" && exec >> slurm/job.log 2>&1 || exit 1',
        # not by $SLURM_JOB_ID: one task has that of the whole array
        *_work(profile, wanted, '"$run"', "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"),
    ])  # fmt: skip


def _head(options: Sequence[str]) -> list[str]:
    return ["#!/bin/sh", *(f"#SBATCH {quoted(option)}" for option in options)]


def _work(profile: Profile, wanted: Resources, run: str, number: str) -> list[str]:
    """The lines that compute the run and, when its time is over, put the job of this number into the queue again."""
    shared = f"FLOWCFD_SHARED_CORES={int(profile.shared_cores)}"
    variables = [shared, *(f"{name}={value}" for name, value in profile.environment.items())]
    python = [profile.python or sys.executable, "-I", "-S", "-c", PROGRAM, "--allocated"]
    worker = " ".join([*([profile.wrap] if profile.wrap else []), shlex.join(python)])
    return [
        *profile.setup,
        *(f"export {shlex.quote(word)}" for word in variables),
        f"export FLOWCFD_RESTARTS={wanted.restarts}",
        "work() {",
        f'    {worker} "$@" {run} &',
        "    worker=$!",
        "    wait $worker; code=$?  # a signal ends a wait, not the worker",
        "    while kill -0 $worker 2>/dev/null; do wait $worker; code=$?; done",
        "    return $code",
        "}",
        "trap 'kill -USR1 $worker' USR1",
        "trap 'kill -TERM $worker' TERM",
        "work; code=$?",
        f"if [ $code -eq {AGAIN} ]; then  # the time is over, the work is not",
        f"    trap 'exit {AGAIN}' TERM  # Slurm ends the turn, scontrol and sleep with it; the next goes on",
        f'    scontrol requeue "{number}" && sleep 60',
        "    work --time-is-over; code=$?",
        "fi",
        "exit $code",
        "",
    ]


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


def _log(file: Path) -> str:
    """The job's own log, for --output, which takes %j and the like for patterns."""
    if "\\" in str(file):
        raise SiteError(f"{file.parents[1]}: Slurm takes no path with a backslash; set FLOWCFD_HOME to another folder")
    return str(file).replace("%", "%%")

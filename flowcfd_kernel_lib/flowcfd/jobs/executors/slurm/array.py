"""Many runs in one job array: the list of its runs, and which task of which array a run is.

An array is known by a name of its own, `flow-a-<uid>`, for its number may be given again; `$FLOWCFD_HOME/arrays/<uid>`
holds the list of its runs, one a line, and its batch script. A run knows its task by slurm/array.json.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flowcfd.jobs.record import Job

PREFIX = "a-"
"""What follows the prefix of all our jobs in the name of an array."""
MOST = 1001
"""Slurm's own limit of the tasks of an array (MaxArraySize), where the site tells none."""


@dataclass(frozen=True)
class Task:
    """Which task of which array computes a run."""

    array: str
    task: int

    @property
    def key(self) -> str:
        """What the queue knows it by, as a run of its own by its uid."""
        return f"{PREFIX}{self.array}_{self.task}"


def of(job: Job) -> Task | None:
    """The task that computes a run; None for one with a job of its own."""
    try:
        raw = json.loads(_file(job).read_text())
        return Task(str(raw["array"]), int(raw["task"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget(job: Job) -> None:
    """The run gets a job of its own."""
    _file(job).unlink(missing_ok=True)


def make(folder: Path, jobs: Sequence[Job]) -> tuple[Path, str]:
    """A folder for a new array in `folder`, with the list of its runs, and its uid."""
    uid = uuid.uuid4().hex
    made = folder / uid
    made.mkdir(parents=True)
    listed(made).write_text("".join(f"{job.path}\n" for job in jobs), encoding="utf-8")
    return made, uid


def listed(folder: Path) -> Path:
    """The list of the runs of an array: that of task n in line n + 1."""
    return folder / "runs"


def note(job: Job, uid: str, task: int) -> None:
    """Write down in the run which task it is."""
    path = _file(job)
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(Task(uid, task))) + "\n")
    part.replace(path)


def _file(job: Job) -> Path:
    return job.path / "slurm" / "array.json"

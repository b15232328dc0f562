"""The process that submits the points of a study: `python -m flowcfd.studies.driver STUDY`.

It keeps as many runs at work or waiting as the machine has cores for, or all at once where a scheduler has its own
queue, and ends when the last of them has ended. What it is killed in, the next one goes on with.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from flowcfd import jobs
from flowcfd.errors import FlowError
from flowcfd.jobs import lock, slots
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.studies import study as studies
from flowcfd.studies.study import Study

POLL = 0.1


def main(arguments: list[str] | None = None) -> int:
    """Drive the study named on the command line in a process of its own; nothing to do while another does."""
    path = Path((arguments or sys.argv[1:])[0])
    study, options = Study.read(path), studies.read(path)["options"]
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.read(reader, 1)  # until it holds the lock, or has ended
        return 0
    os.close(reader)
    os.setsid()
    held = lock.acquire(path / "driver.lock", patience=0.5)
    os.close(writer)
    if held is not None:
        drive(study, path, **options)
    return 0


def drive(
    study: Study, path: Path, *, on: str, cores: int, resources: dict[str, Any], at_once: int | None, again: bool
) -> None:
    """Submit all points of the study, at most so many at a time."""
    most = at_once or (max(1, slots.machine() // min(cores, slots.machine())) + 1 if on == "local" else len(study))
    active: list[Run] = []
    with (path / "points.jsonl").open("a") as file:
        for number in range(len(study)):
            active = _room(active, most, path)
            if (path / "halt").exists():
                return
            told, run = _submitted(study, number, on, cores, resources, again)
            file.write(json.dumps(told) + "\n")
            file.flush()
            active += [run] if run is not None else []
    _room(active, 1, path)


def _submitted(
    study: Study, number: int, on: str, cores: int, resources: dict[str, Any], again: bool
) -> tuple[dict[str, Any], Run | None]:
    """Start the run of a point, or find it; what points.jsonl is told, and the run."""
    try:
        run = jobs.run(study.at(number), on=on, cores=cores, resources=resources)
        if run.state in ("Stopped", "Paused", "Lost"):
            run.resume()
        elif again and run.state in ("Failed", "Cancelled"):
            run.retry()
    except FlowError as error:
        return {"point": number, "refused": " ".join(str(error).split())}, None
    return {"point": number, "run": run.path.name}, run


def _room(active: list[Run], most: int, path: Path) -> list[Run]:
    """The runs that are still active, once they are fewer than `most`, or the study was halted."""
    while True:
        active = [run for run in active if run.state in ACTIVE]
        if len(active) < most or (path / "halt").exists():
            return active
        time.sleep(POLL)


if __name__ == "__main__":
    sys.exit(main())

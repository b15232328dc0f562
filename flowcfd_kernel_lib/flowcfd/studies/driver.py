"""The process that submits the points of a study: `python -m flowcfd.studies.driver STUDY`.

It keeps as many runs at work or waiting as the machine has cores for, or all at once where a scheduler has its own
queue, and ends when the last of them has ended. What it is killed in, the next one goes on with.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from flowcfd import jobs
from flowcfd.errors import FlowError, SiteError
from flowcfd.jobs import lock, slots
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.studies import point as points
from flowcfd.studies import study as studies
from flowcfd.studies.study import Study

POLL = 0.1
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Pauses [s] between the attempts to submit a point to a site that cannot take it now."""


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
    active: dict[Path, Run] = {}
    for number in range(len(study)):
        active = _room(active, most, path)
        run = None
        for pause in (*(PAUSES if on != "local" else ()), None):
            if (path / "halt").exists():
                return
            told, run = _submitted(study, number, on, cores, resources, again, last=pause is None)
            points.tell(path, told)
            if pause is None or "waits" not in told:
                break
            _sleep(pause, path)
        if run is not None:
            active[run.path] = run
    _room(active, 1, path)


def _sleep(seconds: float, path: Path) -> None:
    """Wait, unless the study is halted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (path / "halt").exists():
        time.sleep(POLL)


def _submitted(
    study: Study, number: int, on: str, cores: int, resources: dict[str, Any], again: bool, *, last: bool
) -> tuple[dict[str, Any], Run | None]:
    """Start the run of a point, or find it; what points.jsonl is told, and the run. `last`: no attempt will follow."""
    try:
        run = jobs.run(study.at(number), on=on, cores=cores, resources=resources)
        state = run.state
        if state in ("Stopped", "Paused", "Lost", "Cancelled"):
            run.resume()
        elif again and state == "Failed":
            run.retry()
    except SiteError as error:
        return {"point": number, "refused" if last else "waits": " ".join(str(error).split())}, None
    except FlowError as error:
        return {"point": number, "refused": " ".join(str(error).split())}, None
    return {"point": number, "run": run.path.name}, run


def _room(active: dict[Path, Run], most: int, path: Path) -> dict[Path, Run]:
    """The runs that are still active, once they are fewer than `most`, or the study was halted."""
    while True:
        active = {folder: run for folder, run in active.items() if run.state in ACTIVE}
        if len(active) < most or (path / "halt").exists():
            return active
        time.sleep(POLL)


if __name__ == "__main__":
    sys.exit(main())

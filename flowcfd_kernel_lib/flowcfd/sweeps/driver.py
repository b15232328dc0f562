"""The process that keeps workers at a sweep: `python -m flowcfd.sweeps.driver SWEEP`.

It outlives who started it, starts workers anew where some were lost, and ends when no point is left. It executes
nothing itself: killed, it takes no point with it, and the next one goes on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flowcfd.errors import FlowError, SiteError
from flowcfd.jobs import detached
from flowcfd.sweeps import record as records
from flowcfd.sweeps.point import DONE, FAILED, Point
from flowcfd.sweeps.pool import Pool, pool

POLL = 0.2
PATIENCE = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses [s] before workers are started anew while those before them got nothing done; then it gives up."""


def main(arguments: list[str] | None = None) -> int:
    """Drive the sweep named on the command line in a process of its own; nothing to do while another does."""
    path = Path((arguments or sys.argv[1:])[0])
    swept = records.read(path)
    held = detached.leave(path / detached.LOCK)
    if held is not None:
        try:
            drive(path, swept.points(path), pool(path, len(swept.keys), swept.options))
        except FlowError as error:
            print(" ".join(str(error).split()), flush=True)
            return error.exit_code
    return 0


def drive(path: Path, points: tuple[Point, ...], workers: Pool) -> None:
    """Return when no point is left, or the sweep is halted; SiteError when workers get nothing done."""
    idle, before = 0, -1
    points = tuple(point for point in points if not _ended(point))
    while not (path / records.HALT).exists():
        # In this order: a worker that ends in between leaves points that are ended, or free.
        alive = _alive(workers)
        points = tuple(point.fresh() for point in points if not _ended(point.fresh()))
        if not points:
            while _alive(workers) and not (path / records.HALT).exists():  # so that who waits for us waits for them
                time.sleep(POLL)
            return
        free = sum(not point.locked for point in points)
        if alive is not None and free and alive < workers.most and (alive == 0 or alive < len(points)):
            done = sum(int(point.record.get("tries", 0)) for point in points) - 1000 * len(points)
            idle, before = (idle + 1 if done == before else 0), done
            if idle >= len(PATIENCE):
                raise SiteError("workers end and get nothing done; see workers/*.log")
            _sleep(PATIENCE[idle], path)
            workers.start(min(workers.most - alive, free))
        _sleep(workers.poll, path)
    workers.stop()


def _ended(point: Point) -> bool:
    return point.record.get("state") in (DONE, FAILED)


def _alive(workers: Pool) -> int | None:
    """How many there are; None where the site cannot tell now."""
    try:
        return workers.alive()
    except SiteError as error:
        print(" ".join(str(error).split()), flush=True)
        return None


def _sleep(seconds: float, path: Path) -> None:
    """Wait, unless the sweep is halted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (path / records.HALT).exists():
        time.sleep(min(POLL, seconds))


if __name__ == "__main__":
    sys.exit(main())

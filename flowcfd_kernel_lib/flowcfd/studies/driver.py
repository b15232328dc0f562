"""The process that submits the points of a study: `python -m flowcfd.studies.driver STUDY`.

It keeps as many runs at work or waiting as the machine has cores for, or all at once where a scheduler has its own
queue, and ends when the last of them has ended. What it is killed in, the next one goes on with.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flowcfd.jobs import detached, lock
from flowcfd.jobs.executors import executors
from flowcfd.jobs.executors.local import Local
from flowcfd.studies import added, record
from flowcfd.studies.drive import Drive
from flowcfd.studies.study import Study


def main(arguments: list[str] | None = None) -> int:
    """Drive the study named on the command line in a process of its own; nothing to do while another does."""
    path = Path((arguments or sys.argv[1:])[0])
    Study.read(path)  # refuses in this process what cannot be read
    held = detached.leave(path / detached.LOCK)
    while held is not None:
        asked = _asked(path)
        with _local().nursing():
            Drive(Study.read(path), record.read(path)["options"]).drive()
        os.close(held)
        if _asked(path) == asked or (path / "halt").exists():
            return 0
        held = lock.acquire(path / detached.LOCK, patience=0.5)  # who asked for more saw the lock taken
    return 0


def _local() -> Local:
    """The executor of this machine; its workers are forked from one process while a study is driven."""
    local = executors.get("local")
    assert isinstance(local, Local)
    return local


def _asked(path: Path) -> tuple[int, ...]:
    """What changes when somebody asks for more of the study."""
    found: list[int] = []
    for name in ("study.json", added.FILE):
        try:
            status = (path / name).stat()
            found += [status.st_mtime_ns, status.st_size]
        except OSError:
            found += [0, 0]
    return tuple(found)


if __name__ == "__main__":
    sys.exit(main())

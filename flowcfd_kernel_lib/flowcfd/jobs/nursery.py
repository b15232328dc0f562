"""A process from which workers are forked, for who starts many runs on this machine: `python -m flowcfd.jobs.nursery`.

It has loaded what a worker needs, so a worker costs milliseconds instead of the start of an interpreter. It reads the
paths of run directories from its input, one a line, and answers each with the return code of `worker --detach`. It ends
with its input; the workers do not.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from flowcfd.jobs import worker


def main() -> int:
    """Start a worker for each line of the standard input."""
    _load()
    gc.freeze()  # what is loaded is not looked at again, so its pages stay shared
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_begin(Path(line.rstrip("\n"))))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return 0


def _load() -> None:
    """What a worker may load later; heavier things it does not need."""
    import hashlib  # noqa: F401
    import shutil  # noqa: F401

    from flowcfd.foam.faults import causes, entries  # noqa: F401
    from flowcfd.jobs import guard, rolling, settle  # noqa: F401

    entries.catalogue()


def _begin(run: Path) -> int:
    """In a process of its own: leave the nursery's input and output, and become the worker of a run."""
    try:
        os.chdir(run)
        log = os.open("worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, number in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, number)
        return worker.detach(run)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

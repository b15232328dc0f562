"""The process that executes points of a sweep: `python -m flowcfd.sweeps.worker SWEEP`.

It takes one point after the other that nobody is at, and ends when there is none left. Many workers share a folder, on
one machine or on the nodes of a cluster: a point's lock says that one is at it, and is free when that one is gone.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

from flowcfd.jobs import lock
from flowcfd.sweeps import record as records
from flowcfd.sweeps import scraps
from flowcfd.sweeps.point import DONE, FAILED, RUNNING, TRIES, WAITING, Point
from flowcfd.sweeps.record import Record

POLL: Final = 0.5
AGAIN: Final = 75
"""Exit code of a worker that was told to end before it was through (EX_TEMPFAIL)."""
_UNNEEDED: Final = ("rfc3987_syntax", "pyarrow", "boto3", "azure", "gcsfs", "github")
"""What papermill and jsonschema import if it is there, and we never use: three quarters of their time, 2 s of CPU."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class _ToldToEnd(SystemExit):
    """SIGTERM came: by the scheduler, or because the sweep was halted. Event loops swallow other exceptions."""


def main(arguments: list[str] | None = None) -> int:
    """Execute points until none is left that nobody is at."""
    folder = Path((arguments or sys.argv[1:])[0]).absolute()
    swept = records.read(folder)
    place = _place(folder, int(swept.options.get("at_once") or len(swept.keys)))
    if place is None:
        return 0
    sys.modules.update(dict.fromkeys(_UNNEEDED))  # type: ignore[arg-type]  # None: as if it were not there
    signal.signal(signal.SIGTERM, _told_to_end)
    threading.Thread(target=_heed, args=(folder,), daemon=True).start()
    try:
        work(folder, swept)
    except _ToldToEnd:
        return AGAIN
    finally:
        os.close(place)
    return 0


def work(folder: Path, swept: Record) -> None:
    """Execute what nobody is at, in order."""
    for point in swept.points(folder):
        if point.record.get("state") in (DONE, FAILED) or (folder / records.HALT).exists():
            continue
        descriptor = point.take()
        if descriptor is None:
            continue
        try:
            now = point.fresh()
            if now.record.get("state") not in (DONE, FAILED):
                _execute(now, folder, swept, descriptor)
        finally:
            os.close(descriptor)


def _execute(point: Point, folder: Path, swept: Record, descriptor: int) -> None:
    """Execute one point and write how it went; `descriptor` holds its lock."""
    tries = int(point.record.get("tries", 0)) + 1
    base = {"tries": tries, "started": time.time(), "where": _where()}
    if tries > TRIES:
        why = f"its worker ended {TRIES} times before it was through: {point.record.get('cause') or 'killed'}"
        point.write(**{**point.record, "state": FAILED, "cause": why, "ended": time.time()})
        return
    at = {"cell": 0, "cells": 0}

    def tell(cell: int, cells: int) -> None:
        at.update(cell=cell, cells=cells)
        point.write(**base, **at, state=RUNNING)

    point.write(**base, **at, state=RUNNING)
    try:
        executed = _executed(point, folder, swept, descriptor, tell)
    except _ToldToEnd:
        halted = (folder / records.HALT).exists()
        why = "the sweep was cancelled" if halted else "its worker was told to end"
        point.write(**{**base, "tries": tries - halted}, **at, state=WAITING, cause=why)
        raise
    except Exception as error:  # whatever papermill, the kernel or the notebook raise is the cause of this point only
        point.write(**base, **at, state=FAILED, ended=time.time(), **cause(error, at["cell"]))
        return
    kept = scraps.values(executed)
    point.write(**base, cells=at["cells"], state=DONE, ended=time.time(), kept=kept)


def _executed(point: Point, folder: Path, swept: Record, descriptor: int, tell: Any) -> Any:
    """The executed notebook."""
    import papermill
    from papermill.engines import papermill_engines

    from flowcfd.sweeps.engine import FlowCFDEngine

    papermill_engines.register("flowcfd", FlowCFDEngine)
    origin = Path(swept.origin).parent
    return papermill.execute_notebook(
        _literally(folder / "notebook.ipynb"),
        _literally(point.notebook),
        parameters=dict(point.values),
        engine_name="flowcfd",
        kernel_name=swept.kernel,
        progress_bar=False,
        cwd=str(origin if origin.is_dir() else folder),
        execution_timeout=swept.options.get("timeout"),
        hold=descriptor,
        tell=tell,
    )


def cause(error: Exception, cell: int) -> dict[str, Any]:
    """Why a point failed in a cell, as its record has it: the sentence, and the place where it is known."""
    place: dict[str, Any] = {"cell": cell} if cell else {}
    kind, words = type(error).__name__, " ".join(str(error).split())
    if kind == "PapermillExecutionError":
        place |= _line(error)
        kind, words = str(getattr(error, "ename", kind)), " ".join(str(getattr(error, "evalue", "")).split())
    elif kind == "CellTimeoutError":
        kind, words = "", "took longer than a cell may (timeout)"
    elif kind == "DeadKernelError":
        kind = ""
    at = f"cell {cell}" if cell else ""
    at += f", line {place['line']} ({place['source']})" if "line" in place else ""
    return {"cause": ": ".join(part for part in (at, kind, words) if part), "failed": place}


def _line(error: Any) -> dict[str, Any]:
    """The line of the cell that failed, by the traceback; nothing where that does not tell."""
    lines = str(error.source).splitlines()
    text = _ANSI.sub("", "\n".join(error.traceback or ()))
    found = re.findall(rf"Cell In\[{error.exec_count}\], line (\d+)", text)
    if found and 1 <= int(found[-1]) <= len(lines):
        return {"line": int(found[-1]), "source": lines[int(found[-1]) - 1].strip()[:80]}
    return {}


def _literally(path: Path) -> str:
    """A path for papermill, which puts parameters in the place of braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _place(folder: Path, most: int) -> int | None:
    """A lock on one of as many places as there may be workers; None where all are taken."""
    (folder / "workers").mkdir(exist_ok=True)
    for number in range(most):
        held = lock.acquire(folder / "workers" / f"{number}.lock", patience=0.0)
        if held is not None:
            return held
    return None


def _where() -> Mapping[str, Any]:
    job = "_".join(
        filter(None, (os.environ.get("SLURM_ARRAY_JOB_ID", os.environ.get("SLURM_JOB_ID")),
                      os.environ.get("SLURM_ARRAY_TASK_ID")))
    )  # fmt: skip
    return {"host": os.uname().nodename, "pid": os.getpid(), **({"job": job} if job else {})}


def _told_to_end(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _ToldToEnd


def _heed(folder: Path) -> None:
    """End this process when the sweep is halted."""
    while not (folder / records.HALT).exists():
        time.sleep(POLL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())

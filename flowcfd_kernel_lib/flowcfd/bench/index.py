"""Listing many runs: by the index, beside a scan of the same directories. The same runs, the same states."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flowcfd.bench.measure import least
from flowcfd.bench.row import Row
from flowcfd.index.listing import listed
from flowcfd.index.selection import Selection
from flowcfd.jobs import listing
from flowcfd.jobs.collection import Runs
from flowcfd.settings import settings

GOAL = 0.3
"""Longest time of a listing of 10,000 runs [s CPU], with the state of each."""
RATIO = 0.1
"""The same, over that of a scan."""
PAUSE = 2.5
"""Longer than a folder's time is doubted [s]."""

_ENDS = (("Done", "all stages are done"), ("Done", "all stages are done"), ("Failed", "simpleFoam: diverged"),
         ("Cancelled", "cancel asked by somebody"))  # fmt: skip
_ITERATION = """Time = {n}

smoothSolver:  Solving for Ux, Initial residual = {r:g}, Final residual = {s:g}, No Iterations 3
smoothSolver:  Solving for Uy, Initial residual = {r:g}, Final residual = {s:g}, No Iterations 3
GAMG:  Solving for p, Initial residual = {r:g}, Final residual = {s:g}, No Iterations 5
time step continuity errors : sum local = 1e-06, global = -1e-08, cumulative = 1e-07
ExecutionTime = {t:g} s  ClockTime = {t:.0f} s

"""


def run(*, quick: bool = False) -> list[Row]:
    """CPU time of a listing with all states [s]: nothing changed, ten runs changed, and of the first one of all."""
    count, repeats = (1000, 3) if quick else (10_000, 5)
    with home() as folder:
        for number in range(count):
            make(folder / "runs", number)
        time.sleep(PAUSE)
        first = least(by_index, repeats=1)[0]
        scan = least(by_scan, repeats=1 if quick else 2)[0]
        same = least(by_index, repeats=repeats)[0]
        printed, start = least(lambda: _printed(folder), lambda: _printed(folder / "empty"), repeats=repeats)
        changed = least(_changed(folder / "runs", count), repeats=repeats)[0]
        some = least(lambda: by_index(Selection.of(state="Failed", since="1 d")), repeats=repeats)[0]
    goal = None if quick else GOAL  # it is one of 10,000 runs: what a listing of few costs is there for one as well
    told = f"{count} runs"
    return [
        _row(f"{told}, nothing changed", same, scan, goal=RATIO),
        Row(name=f"{told}, nothing changed", ours=same, unit="s CPU", goal=goal, absolute=True),
        Row(
            name=f"{told}, by flowcfd runs --json",
            ours=printed - start,
            unit="s CPU",
            note=f"over a process that lists none ({start:.2f} s); SQLAlchemy's import included",
        ),
        Row(name=f"{told}, ten changed", ours=changed, unit="s CPU", goal=goal, absolute=True),
        _row(f"{told}, the failed ones of a day", some, scan),
        _row(f"{told}, for the first time", first, scan, note="imports of SQLAlchemy and Alembic included"),
    ]


def _row(name: str, ours: float, scan: float, *, goal: float | None = None, note: str = "") -> Row:
    return Row(name=name, ours=ours, unit="s CPU", peer_name="scan", peer=scan, goal=goal, note=note)


def by_index(wanted: Selection = Selection()) -> Runs:  # noqa: B008  frozen
    """The runs with their states, by the index."""
    found = listed(wanted, many=0)
    assert not found.note, found.note
    found.runs.statuses()
    return found.runs


def _printed(home: Path) -> None:
    """`flowcfd runs --json` in a process of its own."""
    environment = {**os.environ, "FLOWCFD_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "flowcfd.cli", "runs", "--json"]
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=600)


def by_scan() -> Runs:
    """The same by the directories alone."""
    found = Runs(listing.runs())
    found.statuses()
    return found


def _changed(runs: Path, count: int) -> Callable[[], Runs]:
    """A listing after ten runs got another record; what they are changed by counts, and is little."""

    def work() -> Runs:
        for number in range(0, count, count // 10):
            (runs / _name(number) / "request.json").write_text(json.dumps({"id": "r", "kind": "stop", "by": "me"}))
            (runs / _name(number) / "request.json").unlink()
        return by_index()

    return work


def _name(number: int) -> str:
    return f"wing{number // 100:03d}-{number:012x}"


def make(runs: Path, number: int, *, now: float | None = None) -> Path:
    """A run directory as a worker leaves it, with a short log and the coefficients of a body; 2 kB of records."""
    path, name = runs / _name(number), _name(number).rpartition("-")[0]
    created = (time.time() if now is None else now) - 86400.0 - 60.0 * number
    state, why = _ENDS[number % len(_ENDS)]
    (path / "stages").mkdir(parents=True)
    coefficients = path / "case" / "postProcessing" / "forces" / "0"
    coefficients.mkdir(parents=True)
    for file, content in _records(number, name, created, state, why).items():
        (path / file).write_text(json.dumps(content, indent=1))
    (path / "events.jsonl").write_text(_events(created, state))
    with (path / "case" / "log.simpleFoam").open("w") as log:
        log.writelines(_ITERATION.format(n=n, r=1 / n, s=0.1 / n, t=n / 10) for n in range(1, 41))
    rows = "".join(f"{n}\t0.0\t{0.3 + 1 / n:.4f}\t{0.05 + 1 / n:.4f}\n" for n in range(1, 41))
    (coefficients / "coefficient.dat").write_text(f"# Time\tCm\tCd\tCl\n{rows}")
    return path


def _records(number: int, name: str, created: float, state: str, why: str) -> dict[str, Any]:
    cores = 1 + number % 4
    job = {
        "schema": 1, "uid": f"{number:032x}", "name": name, "digest": f"{number:012x}".ljust(64, "0"), "cores": cores,
        "method": "", "executor": "local", "steps": ["blockMesh", "simpleFoam"], "application": "simpleFoam",
        "created": created, "start": 0.0, "end": 40.0, "openfoam": "1912", "resources": {}, "launcher": "",
        "until": None, "rolling": False, "user": f"user{number % 7}", "project": f"project{number % 3}",
    }  # fmt: skip
    process = {"pid": 1, "start": 1, "place": "somewhere/boot/1"}
    step = {"started": created + 1, "identity": process, "rc": 0, "interrupted": False, "memory": 90_000_000}
    end: dict[str, Any] = {"attempt": 1, "state": state, "why": why, "ended": created + 12, "stage": "", "log": ""}
    return {
        "job.json": job,
        "worker.json": {"identity": process, "attempt": 1, "request": "", "phase": "Running", "started": created},
        "end.json": {**end, "troubles": []},
        **{
            f"stages/{stage}.json": {
                "name": stage, "state": "done", "started": created + 1, "ended": created + 11, "begin": [], "disk": 9,
                "steps": [{**step, "command": command, "log": f"log.{command}", "wall": 5.0, "cpu": 4.9}],
            }
            for stage, command in (("mesh", "blockMesh"), ("solve", "simpleFoam"))
        },
    }  # fmt: skip


def _events(created: float, state: str) -> str:
    events = (
        (0, {"event": "attempt", "attempt": 1, "pid": 1}),
        (1, {"event": "stage", "attempt": 1, "stage": "solve", "state": "running"}),
        (11, {"event": "step", "attempt": 1, "command": "simpleFoam", "rc": 0, "cpu": 9.8, "wall": 10.0, "memory": 9}),
        (12, {"event": "end", "attempt": 1, "state": state, "why": ""}),
    )
    return "".join(json.dumps({"time": created + after, **event}) + "\n" for after, event in events)


@contextmanager
def home() -> Iterator[Path]:
    """A FLOWCFD_HOME of its own, with an index in a file."""
    before = {name: os.environ.get(name) for name in ("FLOWCFD_HOME", "DATABASE_URL")}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLOWCFD_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        settings.cache_clear()
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})
            settings.cache_clear()

"""A quick look at one run: how far its solver is and what it has spent, by the ends of a few small files.

`Run.progress` reads a log from its beginning and on; who looks at hundreds of runs wants its last lines only.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flowcfd.foam.log import Meshing, MeshTail, Progress, Tail, began
from flowcfd.jobs.record import Job

HEAD, ENDS = 4096, (4096, 65536)
"""How much of a log's beginning and of its end is read [bytes]; more of it where a step is longer than that."""

_SHOWN = ("Cd", "Cl", "Cm", "Cs", "CmPitch")
"""The coefficients that are shown where nobody named a measure, the most wanted first."""
_MOST = 2


class Glance:
    """What was found of one run, so that the next look need not look for it again."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._table: tuple[Path, list[str]] | None = None
        self._written: dict[str, tuple[int, dict[str, Any]]] = {}
        self._mesh: MeshTail | None = None
        self._start: tuple[Path, float | None, float | None] | None = None

    def progress(self) -> Progress:
        """How far the solver is, by its newest log's last lines; iterations are not counted."""
        path = _newest(f"{self.job.case}/log.{self.job.application}")
        if path is None:
            return Progress(end_time=self.job.end, meshing=self._meshing(), mesh_only=self.job.mesh_only)
        if self._start is None or self._start[0] != path:
            head = Tail(path, end_time=self.job.end)
            head.feed(_ends(path, HEAD, 0)[0])
            first = Path(f"{self.job.case}/log.{self.job.application}")
            self._start = path, head.progress.start_time, began(path, first)
        tail = Tail(path, end_time=self.job.end)
        for size in ENDS:
            tail.feed(b"\n" + _ends(path, 0, size)[1])
            if (found := tail.progress).execution_time is not None:
                break
        return replace(found, start_time=self._start[1], began=self._start[2])

    def _meshing(self) -> Meshing | None:
        """How far the mesh of a run is that makes nothing else; read on from where the last look came."""
        path = _newest(f"{self.job.case}/log.snappyHexMesh") if self.job.mesh_only else None
        if path is None:
            return None
        if self._mesh is None or self._mesh.path != path:
            self._mesh = MeshTail(path)
        return self._mesh.poll()

    def spent(self, *, active: bool = True) -> float:
        """What its commands took so far [core s]; of an `active` run those that run now included.

        A command whose worker was killed has no end: how long it took nobody wrote down.
        """
        now, total = time.time(), 0.0
        for stage in self._stages():
            steps = stage.get("steps", ())
            total += sum(float(step["wall"]) for step in steps if step.get("rc") is not None)
            if active and steps and steps[-1].get("rc") is None:
                total += max(0.0, now - float(steps[-1]["started"]))
        return self.job.cores * total  # its cores are its own meanwhile

    def measures(self) -> Mapping[str, float]:
        """What it was asked to settle, as it stands now; else the newest force coefficients; else nothing."""
        return self._settling() or self._coefficients()

    def _stages(self) -> Iterator[dict[str, Any]]:
        try:
            entries = [entry for entry in os.scandir(f"{self.job.path}/stages") if entry.name.endswith(".json")]
        except OSError:
            return
        for entry in entries:
            with contextlib.suppress(OSError):
                written = entry.stat().st_mtime_ns
                if self._written.get(entry.name, (0,))[0] != written:
                    self._written[entry.name] = written, _json(entry.path)
                yield self._written[entry.name][1]

    def _settling(self) -> dict[str, float]:
        if self.job.until is None:
            return {}
        told = _json(self.job.path / "settling.json").get("measures", ())
        return {each["measure"]: each["mean"] for each in told if each.get("mean") is not None}

    def _coefficients(self) -> dict[str, float]:
        found = self._table or self._found()
        if found is None:
            return {}
        path, columns = self._table = found
        words = _ends(path, 0, ENDS[0])[1].rpartition(b"\n")[0].rpartition(b"\n")[2].split()
        try:
            row = dict(zip(columns, map(float, words), strict=True))
        except ValueError:  # half a line, or none yet
            return {}
        return {name: row[name] for name in [name for name in _SHOWN if name in row][:_MOST]}

    def _found(self) -> tuple[Path, list[str]] | None:
        """The newest table of force coefficients, and the names of its columns."""
        tables = list((self.job.case / "postProcessing").glob("*/*/coefficient*.dat"))
        if not tables:
            return None
        path = max(tables, key=lambda table: table.stat().st_mtime)
        heads = [line for line in _ends(path, HEAD, 0)[0].split(b"\n") if line.startswith(b"# Time")]
        return (path, heads[-1].decode("latin-1").lstrip("# ").split()) if heads else None


def _newest(log: str) -> Path | None:
    """log.simpleFoam, or the last of log.simpleFoam.2, log.simpleFoam.3, ..."""
    if not os.path.exists(log):  # noqa: PTH110 - a Path for each of hundreds of runs takes its time
        return None
    number = 1
    while os.path.exists(f"{log}.{number + 1}"):  # noqa: PTH110
        number += 1
    return Path(log if number == 1 else f"{log}.{number}")


def _ends(path: Path, head: int, end: int) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file; nothing of one that is gone."""
    try:
        with path.open("rb") as file:
            first = file.read(head)
            file.seek(max(0, file.seek(0, os.SEEK_END) - end))
            return first, file.read() if end else b""
    except OSError:
        return b"", b""


def _json(path: str | Path) -> dict[str, Any]:
    """A record, as it stands; empty when there is none that can be read."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

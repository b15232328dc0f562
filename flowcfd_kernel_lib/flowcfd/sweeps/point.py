"""Points of a sweep: the files of each, its lock, and the state that follows from them.

`points/<values>.<key>.ipynb` is the executed notebook, `.json` the record of who executes it and how that ended, and
`.lock` is held by the worker and by its kernel. One file, one writer: only who holds the lock writes the other two. The
key is made of the notebook's code and the values, so a changed notebook has points of its own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from flowcfd.jobs import lock

WAITING: Final = "Waiting"
RUNNING: Final = "Running"
DONE: Final = "Done"
FAILED: Final = "Failed"
OPEN: Final = (WAITING, RUNNING)
TRIES: Final = 3
"""So many workers may a point lose before it counts as failed."""


@dataclass(frozen=True)
class Point:
    """One point, as it was when it was looked at: its number, the values of the parameters, where its files are."""

    number: int
    values: Mapping[str, Any]
    key: str
    folder: Path

    @property
    def notebook(self) -> Path:
        """The executed notebook; not there before it is begun."""
        return self._file("ipynb")

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """What its worker wrote; empty before the first."""
        try:
            found = json.loads(self._file("json").read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def state(self) -> str:
        """Waiting, Running, Done or Failed; Waiting too where its worker is gone: it is taken again."""
        found = str(self.record.get("state", WAITING))
        if found == RUNNING and not self.locked:
            self.__dict__["record"] = self.fresh().record  # it may have ended between the two looks
            found = str(self.record.get("state", WAITING))
            found = WAITING if found == RUNNING else found
        return found if found in (RUNNING, DONE, FAILED) else WAITING

    @property
    def why(self) -> str:
        """The cause of a failure, or why it waits, in one line."""
        if self.state == WAITING and self.record.get("state") == RUNNING:
            return "its worker is gone; it is taken again"
        if self.state == RUNNING:
            return f"cell {self.record['cell']} of {self.record['cells']}" if self.record.get("cell") else "its start"
        return str(self.record.get("cause", ""))

    @property
    def fraction(self) -> float:
        """How far it is: the share of the cells that are through."""
        if self.state in (DONE, FAILED):
            return 1.0
        cell, cells = int(self.record.get("cell", 0)), int(self.record.get("cells", 0))
        return (cell - 1) / cells if self.state == RUNNING and cell and cells else 0.0

    @property
    def kept(self) -> Mapping[str, Mapping[str, Any]]:
        """The values that its notebook kept, by name: "value", and "unit" and "uncertainty" where known."""
        found: Mapping[str, Mapping[str, Any]] = self.record.get("kept", {})
        return found

    @property
    def locked(self) -> bool:
        """Whether a worker, or a kernel that it left, is at it."""
        return lock.taken(self._file("lock"))

    def fresh(self) -> Point:
        """The same point, looked at again."""
        return Point(self.number, self.values, self.key, self.folder)

    def take(self) -> int | None:
        """An open file that holds its lock; None where another holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return lock.acquire(self._file("lock"), patience=0.0)

    def write(self, **record: Any) -> None:
        """Write the record; for who holds the lock."""
        part = self._file(f"{os.getpid()}.part")
        part.write_text(json.dumps({"values": dict(self.values), **record}, indent=1) + "\n")
        part.replace(self._file("json"))

    def forget(self) -> None:
        """It is executed again."""
        self._file("json").unlink(missing_ok=True)

    def _file(self, kind: str) -> Path:
        return self.folder / f"{label(self.values)}.{self.key}.{kind}"


def label(values: Mapping[str, Any]) -> str:
    """The values as the beginning of a file's name, for people: `speed=5,angle=4`."""
    parts = (f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value}" for name, value in values.items())
    return re.sub(r"[^A-Za-z0-9_=,.+-]+", "_", ",".join(parts))[:100]

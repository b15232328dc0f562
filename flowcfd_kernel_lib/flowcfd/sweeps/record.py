"""What stands in the folder of a sweep: `sweep.json`, the notebook as it was submitted, the points, the workers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flowcfd.errors import ResultError
from flowcfd.sweeps.point import Point

SCHEMA: Final = 1
FILE: Final = "sweep.json"
HALT: Final = "halt"
"""A file that says: no more."""


@dataclass(frozen=True)
class Record:
    """What sweep.json holds; the rest of the folder follows from it."""

    name: str
    origin: str
    """The notebook that was swept."""
    kernel: str
    digest: str
    """Of the notebook's code and kernel."""
    design: str
    values: tuple[Mapping[str, Any], ...]
    keys: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    """How it is executed: on, cores, resources, at_once, timeout."""

    def points(self, folder: Path) -> tuple[Point, ...]:
        """Its points, as they are now."""
        both = zip(self.values, self.keys, strict=True)
        return tuple(Point(number, values, key, folder / "points") for number, (values, key) in enumerate(both))

    def write(self, folder: Path) -> None:
        """Put it into the folder."""
        content = {
            "schema": SCHEMA, "name": self.name, "notebook": self.origin, "kernel": self.kernel, "digest": self.digest,
            "design": self.design, "points": list(self.values), "keys": list(self.keys), "options": dict(self.options),
        }  # fmt: skip
        put(folder / FILE, json.dumps(content, indent=1) + "\n")


def read(folder: Path) -> Record:
    """The record in a folder; ResultError where it cannot be understood."""
    try:
        raw = json.loads((folder / FILE).read_text())
        if raw["schema"] == SCHEMA:
            values: Sequence[Mapping[str, Any]] = raw["points"]
            return Record(
                str(raw["name"]), str(raw["notebook"]), str(raw["kernel"]), str(raw["digest"]), str(raw["design"]),
                tuple(dict(one) for one in values), tuple(map(str, raw["keys"])), dict(raw["options"]),
            )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise ResultError(f"{folder}: no sweep that this version understands")


def put(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)

"""What a study keeps in its folder, study.json: written beside its place and renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowcfd.errors import ResultError

FILE = "study.json"
SCHEMA = 1


def read(path: Path) -> dict[str, Any]:
    """What study.json holds; ResultError where it cannot be understood."""
    try:
        raw = json.loads((path / FILE).read_text())
        if raw["schema"] == SCHEMA:
            return dict(raw)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise ResultError(f"{path}: no study that this version understands")


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Put it into the folder of the study, which is made where it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    part = path / f".{FILE}.{os.getpid()}.part"
    part.write_text(json.dumps({"schema": SCHEMA, **content}, indent=1, default=str) + "\n")
    part.replace(path / FILE)


def plain(values: Sequence[Any]) -> tuple[Any, ...]:
    """Values as JSON has them, so that a study that is read again is equal."""
    return tuple(json.loads(json.dumps(values, default=lambda value: value.model_dump(mode="json"))))

"""What the folders of studies tell, by their files alone: a Study brings its Case, and slow imports with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_GROWING = ("points.jsonl", "added.jsonl")
"""What the driver told of each point, and the points that were added to the design; a line each."""


def folders(studies: Path) -> dict[str, str]:
    """The folders of studies, and the times and sizes of their files in a few characters."""
    found = {}
    for file in studies.glob("*/study.json"):
        try:
            seen = file.stat()
            sizes = [_size(file.with_name(name)) for name in _GROWING]
        except OSError:  # deleted meanwhile
            continue
        found[file.parent.name] = ":".join(map(str, (seen.st_ctime_ns, seen.st_size, *sizes)))
    return found


def read(studies: Path, name: str, seen: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """The row of a study and those of its points, without the home; None where its file cannot be understood."""
    file = studies / name / "study.json"
    try:
        raw = json.loads(file.read_text())
        content = json.dumps([raw["case"], raw["points"]], sort_keys=True)
        row = {
            "study": name,
            "seen": seen,
            "name": str(raw["name"]),
            "digest": hashlib.sha256(content.encode()).hexdigest(),
            "points": len(raw["points"]) + len(_lines(studies / name / "added.jsonl")),
            "changed": file.stat().st_mtime,
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
    known = told(studies / name)
    points = [
        {"study": name, "point": number, "run": str(one.get("run") or ""), "refused": str(one.get("refused") or "")}
        for number, one in sorted(known.items())
    ]
    return row, points


def told(study: Path) -> dict[int, Mapping[str, Any]]:
    """What the driver told of each point; its last line counts."""
    found = {}
    for raw in _lines(study / "points.jsonl"):
        if isinstance(raw.get("point"), int):
            found[raw["point"]] = raw
    return found


def _lines(file: Path) -> list[Mapping[str, Any]]:
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return []
    found: list[Mapping[str, Any]] = []
    for line in lines:
        try:
            raw = json.loads(line)
        except ValueError:  # a line that was being written
            continue
        if isinstance(raw, dict):
            found.append(raw)
    return found


def _size(file: Path) -> int:
    """The size of a file that only grows; 0 before it is there."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0

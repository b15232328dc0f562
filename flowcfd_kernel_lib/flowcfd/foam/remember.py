"""Answers that are slow to get and follow from one file, kept under the cache folder as JSON."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path


def by_file(cache: Path | None, name: str, file: Path, compute: Callable[[], dict[str, str]]) -> dict[str, str]:
    """`compute()`, or what it said before for the same file of the same time and size.

    A cache folder that cannot be read or written only costs time.
    """
    if cache is None:
        return compute()
    import hashlib  # slow to import, and the distribution's own OpenFOAM comes without

    key = _key(file)
    place = cache / "openfoam" / f"{name}-{hashlib.sha256(str(file).encode()).hexdigest()[:12]}.json"
    kept = _read(place)
    known = kept.get("answer") if kept is not None and kept.get("key") == key else None
    if isinstance(known, dict):
        return {str(name): str(value) for name, value in known.items()}
    answer = compute()
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}.part")
        temporary.write_text(json.dumps({"key": key, "answer": answer}))
        temporary.replace(place)
    return answer


def _key(file: Path) -> list[int]:
    try:
        status = file.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]


def _read(place: Path) -> dict[str, object] | None:
    try:
        kept = json.loads(place.read_text())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None

"""The troubles that the logs of a run tell of."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flowcfd.foam.faults.fault import Fault
from flowcfd.foam.faults.trouble import troubles

HEAD: Final = 200_000
"""So much of a log's beginning [bytes] is read: what a function object lacks is said there."""
TAIL: Final = 1_000_000
"""So much of its end."""


def of_logs(paths: Iterable[Path], *, case: Path) -> tuple[Fault, ...]:
    """What went wrong by these logs, each kind of trouble once; a log that is gone tells nothing."""
    found: dict[tuple[str, str], Fault] = {}
    for path in paths:
        for trouble in troubles(_ends(path), case=case):
            found.setdefault((trouble.name, trouble.message), trouble)
    return tuple(found.values())


def _ends(path: Path) -> str:
    """The beginning and the end of a log, in whole lines; all of it when it is short."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if size <= HEAD + TAIL:
                return file.read().decode("latin-1")
            head = file.read(HEAD)
            file.seek(size - TAIL)
            tail = file.read()
    except OSError:
        return ""
    return (head.rpartition(b"\n")[0] + b"\n" + tail.partition(b"\n")[2]).decode("latin-1")

"""A mesh in one line, by the logs of those who made and checked it."""

from __future__ import annotations

from pathlib import Path

from flowcfd.errors import ResultError
from flowcfd.foam import checkmesh, snappylog
from flowcfd.foam.faults.words import plain


def said(checked: Path | None, snappy: Path | None) -> str:
    """`57,403 cells, checkMesh finds nothing; layers 99 % of the thickness asked for`; empty where nothing is known."""
    words = []
    try:
        if checked is not None:
            report = checkmesh.parse(plain(checked.read_text("latin-1")))
            found = f"{len(report.failures)} checks failed" if report.failures else "checkMesh finds nothing"
            words.append(f"{report.cells:,} cells, {found}")
        if snappy is not None:
            log = snappylog.parse(snappy.read_text("latin-1"))
            words += [f"{log.cells:,} cells"] if checked is None else []
            words += [] if log.coverage is None else [f"layers {log.coverage:.0%} of the thickness asked for"]
    except (ResultError, OSError):  # not ended, or cut off
        pass
    return "; ".join(words)

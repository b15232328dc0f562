"""What a process died of: looks at its words, then at its stack, then at its exit code."""

from __future__ import annotations

import signal
from pathlib import Path

from flowcfd.foam.faults import blowup, ending, fatal, history
from flowcfd.foam.faults.entries import search
from flowcfd.foam.faults.fault import Fault
from flowcfd.foam.faults.words import plain


def cause(returncode: int | None, *texts: str, case: Path | None = None) -> Fault:
    """The Fault behind an exit code and what was printed (standard error first, then the log or its tail).

    Errors of function objects come on the standard output, all others on the standard error, so give both.
    `returncode` is Python's (-9) or a shell's (137); None when it is not known. Never raises: what cannot be
    recognised is of kind "unknown" and says how the process ended and its last line.
    """
    text = plain(*texts, case=case)
    fault = fatal.fault(text, case)
    if fault is not None:
        return blowup.dated(fault, text) if fault.kind == "diverged" else fault
    fault = blowup.fault(text) or _told(text, case)
    if fault is None and returncode in (-signal.SIGFPE, 128 + signal.SIGFPE):
        fault = blowup.killed(text)
    if fault is None and returncode == 0:
        fault = blowup.ended_with_nan(history.steps(text))
    return fault or ending.fault(returncode, text)


def _told(text: str, case: Path | None) -> Fault | None:
    """What mpirun, the shell or the loader said."""
    found = search("text", text, case)
    if found is None:
        return None
    entry, caught = found
    if number := caught.get("signal"):
        caught["signal"] = ending.signal_name(int(number))
    return entry.fault(caught, file=entry.file.format_map(caught))

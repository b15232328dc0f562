"""Judges of the run itself: whether it came to its end, and what its logs complain of."""

from __future__ import annotations

from typing import Final

from flowcfd.foam.faults import cause, troubles
from flowcfd.post.verdict.evidence import Evidence, Missing, names_of
from flowcfd.post.verdict.judge import Judgement, amber, green, judge, red

_ACTIVE: Final = ("Queued", "Running")
_MOST: Final = 3
_LONG: Final = 1 << 20
_OTHERS: Final = ("bounded-flood",)
"""Entries of the catalogue that a judge of their own looks at."""


@judge("end of the run")
def end(seen: Evidence) -> Judgement:
    """A computation that did not come to its end is red, with the cause; one that still goes on is amber.

    A run says so by its state, any other directory by the last word of its solver's log, which is `End`.
    """
    run = seen.results.run
    if run is None:
        if not seen.log.ended:
            why = _cause(seen) or "it died or still computes"
            return red(f"the log of {seen.application} does not finish with End: {why}", "no End")
        return green(f"{seen.application} came to its end", "End")
    state = run.state
    if state == "Done":
        return green(f"the run came to its end{f': {run.why}' if run.why else ''}", state)
    if state in _ACTIVE:
        return amber(f"the run has not ended, it is {state}: all numbers may still change", state)
    return red(f"the run did not come to its end: {_cause(seen) or state}", state)


def _cause(seen: Evidence) -> str:
    run = seen.results.run
    if run is not None:
        return run.why
    for texts in _texts(seen, seen.application).values():
        if any("FOAM FATAL" in text or "sigFpe" in text for text in texts):
            return cause(1, *texts, case=seen.case).message
    return ""


@judge("complaints in the logs")
def complaints(seen: Evidence) -> Judgement:
    """What went wrong in a run that ended with 0, by the catalogue of faults: red where numbers left their range.

    Amber for the rest: function objects that only warned, solvers at their most iterations, floods of bounding, and
    the like (`flowcfd.foam.faults.troubles`).
    """
    logs = _texts(seen)
    if not logs:
        raise Missing("no logs are kept")
    found = [
        fault for name, texts in logs.items() for fault in troubles(*texts, case=seen.case) if fault.name not in _OTHERS
    ]
    if not found:
        return green(f"{names_of(logs)}: nothing that is known to be wrong", "0")
    said = list(dict.fromkeys(fault.message.splitlines()[0].rstrip(".") for fault in found))
    more = f"; and {len(said) - _MOST} more" if len(said) > _MOST else ""
    made = red if any(fault.kind == "diverged" for fault in found) else amber
    return made("; ".join(said[:_MOST]) + more, str(len(said)), details={"complaints": said})


def _texts(seen: Evidence, application: str = "*") -> dict[str, list[str]]:
    """Each log of the case by its application; of a long one the beginning and the end."""
    texts = {}
    for path in sorted(seen.case.glob(f"log.{application}")):
        if path.is_file():
            with path.open("rb") as file:
                size = path.stat().st_size
                parts = [file.read(_LONG)]
                if size > _LONG:
                    file.seek(max(size - _LONG, _LONG))
                    parts.append(file.read())
            texts[path.name.removeprefix("log.")] = [part.decode("latin-1") for part in parts]
    return texts

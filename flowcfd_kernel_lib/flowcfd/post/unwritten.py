"""Why a computation that came to its end wrote no fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flowcfd.post import setup
from flowcfd.post.residuals import Logs

_STEPS: Final = "timeStep"
_SECONDS: Final = ("runTime", "adjustable", "adjustableRunTime")


def cause(case: Path, logs: Logs, written: Sequence[float]) -> str:
    """What controlDict's writeInterval has to do with it; empty where there are fields, no end yet or another cause.

    `written` are the times with fields: those from before the computation, its initial fields, do not count.
    """
    log = logs[-1][0]
    computed = [time for one, _ in logs for time in one.steps["time"]]
    if not log.ended or not computed or any(time >= min(computed) for time in written):
        return ""
    control, interval = setup.writing(case)
    if interval is None or control not in (_STEPS, *_SECONDS):
        return ""
    times = log.steps["time"]
    reach = len(times) if control == _STEPS else float(times[-1]) - (log.start_time or 0.0)
    if interval <= reach * (1 + 1e-9):
        return ""
    what = "time steps" if control == _STEPS else "s"
    return f"no fields were written: writeInterval exceeds the end ({interval:g} and {reach:g} {what})"

"""Points in time as people give them."""

from __future__ import annotations

import re
import time
from datetime import date, datetime

from flowcfd.errors import CaseError

Moment = float | str | date | datetime

_SPANS = {
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "days": 86400.0,
    "w": 604800.0,
    "weeks": 604800.0,
}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*\Z")


def moment(given: Moment | None, what: str) -> float | None:
    """A time since the epoch [s]: itself, a date, or a text: "2026-01-31", "2026-01-31 12:00", or how long ago: "7 d".

    A date and a text without a zone are local time. `what` is its name in the CaseError for what is no time.
    """
    if given is None or (isinstance(given, (int, float)) and not isinstance(given, bool)):
        return given
    try:
        if isinstance(given, str):
            if (span := _SPAN.match(given)) and span[2] in _SPANS:
                return time.time() - float(span[1]) * _SPANS[span[2]]
            given = datetime.fromisoformat(given)
        if isinstance(given, datetime):
            return given.timestamp()
        if isinstance(given, date):
            return datetime(given.year, given.month, given.day).timestamp()
    except (ValueError, OverflowError):
        pass
    raise CaseError(f"{what}: must be a date such as '2026-01-31', or how long ago, such as '7 d' (got {given!r})")

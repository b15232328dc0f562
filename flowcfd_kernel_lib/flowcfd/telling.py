"""Who is told how far a wait is that is for more than one run; the kernel shows it by this door."""

from __future__ import annotations

from collections.abc import Callable

TELLERS: list[Callable[[object, str, float | None, bool], None]] = []
"""Called again and again: who waits (an object of its own), how far it is in words and as a fraction (None: unknown),
and whether the wait is over."""


def tell(who: object, words: str, fraction: float | None = None, *, over: bool = False) -> None:
    """Tell the TELLERS how far a wait is; with `over` the last time."""
    for teller in TELLERS:
        teller(who, words, fraction, over)


def span(seconds: float) -> str:
    """A span of time [s] for people: "3.2 s", "32 s", "4 min 12 s", "2 h 5 min"."""
    if 9.95 <= seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"

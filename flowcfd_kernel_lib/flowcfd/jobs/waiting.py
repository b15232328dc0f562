"""Who is told while a caller waits for a run, or for many; the kernel shows the progress by this door.

A module of its own, without imports: the kernel enters itself here at its start, before anything of jobs is needed.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable


class Detached(KeyboardInterrupt):
    """The wait for a run was interrupted; the run itself goes on."""


LISTENERS: list[Callable[..., None]] = []
"""Called with the run (a Run, which is not named here: its module needs this one) and whether the wait is over, at
every look and once at the end."""

TELLERS: list[Callable[[object, str, float | None, bool], None]] = []
"""Called while a caller waits for many runs: who waits (an object of its own), how far they are in words and as a
fraction (None: unknown), and whether the wait is over."""


def tell(who: object, words: str, fraction: float | None = None, *, over: bool = False) -> None:
    """Tell the TELLERS how far a wait is; with `over` the last time."""
    for teller in TELLERS:
        teller(who, words, fraction, over)


def interrupted(words: str) -> KeyboardInterrupt:
    """What an interrupted wait raises: Detached in IPython, which shows it in one line, else KeyboardInterrupt itself.

    For no other class does a script end as by the signal, so that the shell script around it ends as well.
    """
    return Detached(words) if hasattr(builtins, "__IPYTHON__") else KeyboardInterrupt(words)

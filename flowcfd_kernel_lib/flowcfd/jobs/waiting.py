"""Who is told while a caller waits for a run; the kernel shows its progress by this door.

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


def interrupted(words: str) -> KeyboardInterrupt:
    """What an interrupted wait raises: Detached in IPython, which shows it in one line, else KeyboardInterrupt itself.

    For no other class does a script end as by the signal, so that the shell script around it ends as well.
    """
    return Detached(words) if hasattr(builtins, "__IPYTHON__") else KeyboardInterrupt(words)

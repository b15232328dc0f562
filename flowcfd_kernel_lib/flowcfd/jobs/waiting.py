"""Who is told while a caller waits for a run; the kernel shows its progress by this door.

A module of its own, without imports: the kernel enters itself here at its start, before anything of jobs is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowcfd.jobs.handle import Run


class Detached(KeyboardInterrupt):
    """The wait for a run was interrupted; the run itself goes on."""


LISTENERS: list[Callable[[Run, bool], None]] = []
"""Called with the run and whether the wait is over, at every look and once at the end."""

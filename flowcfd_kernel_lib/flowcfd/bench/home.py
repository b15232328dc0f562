"""A FLOWCFD_HOME for one benchmark, in which detached workers are counted."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowcfd.settings import settings

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): a detached worker becomes our child, so that its time is counted."""


@contextmanager
def home() -> Iterator[Path]:
    """A FLOWCFD_HOME of its own, and this process as the one to which detached workers fall."""
    prctl = ctypes.CDLL(None).prctl
    before = {name: os.environ.get(name) for name in ("FLOWCFD_HOME", "FLOWCFD_SHARED_CORES")}
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(FLOWCFD_HOME=folder, FLOWCFD_SHARED_CORES="1")
        settings.cache_clear()
        prctl(_SUBREAPER, 1, 0, 0, 0)
        try:
            yield Path(folder)
        finally:
            prctl(_SUBREAPER, 0, 0, 0, 0)
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            settings.cache_clear()


def reaped() -> bool:
    """Wait for one adopted child; False when there is none."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True

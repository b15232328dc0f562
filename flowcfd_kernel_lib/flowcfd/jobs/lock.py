"""Locks on files: held by an open file, so the kernel frees them whatever becomes of the holder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def acquire(path: Path, *, patience: float | None = None) -> int | None:
    """An open file that holds the lock `path`, or None if another holds it for longer than `patience` [s].

    Without `patience` it waits for ever. The lock lives as long as the descriptor, which no child inherits.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    if patience is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.02)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock `path`, waiting for it."""
    descriptor = acquire(path)
    assert descriptor is not None
    try:
        yield
    finally:
        os.close(descriptor)


def taken(path: Path) -> bool:
    """Whether somebody holds the lock `path`; asking disturbs nobody who waits for it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)

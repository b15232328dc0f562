"""Space on disk: how much is left, how much a case takes, whether a write could fail for want of it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from flowcfd.errors import NotEnoughSpace

LEAST = 20_000_000
"""A run is not started with less left than this [bytes] beyond its own files."""

_PROBE = 256 * 1024


def require(folder: Path, files: int) -> None:
    """Raise NotEnoughSpace unless `folder` can take `files` bytes twice over and some more."""
    status = os.statvfs(folder)
    free, needed = status.f_bavail * status.f_frsize, 2 * files + LEAST
    if free < needed:
        raise NotEnoughSpace(
            f"{folder}: {free / 1e6:.0f} MB are free, the run needs at least {needed / 1e6:.0f} MB; "
            "remove old runs or set FLOWCFD_HOME to a larger disk"
        )


def full(folder: Path) -> bool:
    """Whether there is no space for even a small file (a quota counts as well)."""
    probe = folder / f".probe.{os.getpid()}"
    try:
        descriptor = os.open(probe, os.O_CREAT | os.O_WRONLY)
        try:
            os.posix_fallocate(descriptor, 0, _PROBE)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    finally:
        probe.unlink(missing_ok=True)
    return False


def used(folder: Path) -> int:
    """The bytes on disk of all files under `folder`."""
    total, folders = 0, [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:  # a solver with purgeWrite removes its old times meanwhile
            continue
    return total

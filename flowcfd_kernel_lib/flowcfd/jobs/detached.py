"""Processes that outlive who starts them: each leaves its caller's session, holds a lock for life, and writes a log.

Who starts one waits until it holds its lock, and not for what it does then.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from flowcfd.errors import SiteError
from flowcfd.jobs import lock
from flowcfd.settings import settings

START_TIMEOUT = 60.0
"""So long [s] may it take until the lock is held."""
LOCK, LOG = "driver.lock", "driver.log"


def begin(module: str, folder: Path) -> None:
    """Start `python -m MODULE FOLDER`, which leaves by `leave`, unless one is at work; SiteError when it does not."""
    if lock.taken(folder / LOCK):
        return
    command = [sys.executable, "-P", "-m", module, str(folder)]
    with (folder / LOG).open("ab") as log:
        try:
            done = subprocess.run(
                command, env={**os.environ, "FLOWCFD_HOME": str(settings().home)}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, timeout=START_TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise SiteError(f"{folder}: its driver did not begin within {START_TIMEOUT:g} s") from None
    if done.returncode:
        raise SiteError(f"{folder}: its driver did not begin: {last_words(folder / LOG)} (see {LOG})")


def leave(path: Path, *, patience: float = 0.5) -> int | None:
    """Go on in a process of its own: an open file that holds the lock `path`, None where another holds it.

    The process that was called ends here (SystemExit) when that is decided: with 1 where it never was.
    """
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        raise SystemExit(0 if os.read(reader, 1) else 1)
    os.close(reader)
    os.setsid()
    held = lock.acquire(path, patience=patience)
    os.write(writer, b"1")
    os.close(writer)
    return held


_WARNING = re.compile(r"^warnings\.warn\(|^\S+\.py:\d+: \w*Warning: ")
"""What Python's warnings write: it tells nothing of an end."""


def last_words(log: Path, nothing: str = "it left no message") -> str:
    """The last line of a log that says something."""
    try:
        lines = log.read_text(errors="replace").split("\n")
    except OSError:
        lines = []
    said = (line.strip() for line in reversed(lines))
    return next((line for line in said if line and not _WARNING.search(line)), nothing)

"""How a worker waits: until a child ends, somebody asks something, a signal comes, or time passes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path
from types import FrameType

from flowcfd.jobs import record
from flowcfd.jobs.record import Request

HEARTBEAT = 10.0
"""Seconds between two signs of life for readers on other machines."""


WALLTIME = "walltime"
"""Who asks when the time of a turn is over begins with this."""


def hours(seconds: float) -> str:
    """A walltime for people: "24 h", "90 min", "20 s"."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds / 3600:.3g} h" if seconds > 36000 else f"{seconds:g} s"


class Fenced(BaseException):
    """A worker of a later turn has the run; what this one started must end, and it must write nothing more."""


class Watch:
    """The requests to one run, and signals to its worker; SIGTERM and SIGUSR1 ask to stop with fields written."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self._asks, self._fence, self._mine = (run / f"{name}.json" for name in ("request", "fence", "worker"))
        self._limit: tuple[float, str] | None = None
        self._request: Request | None = None
        self._seen: object = None
        self._stop_signal = ""
        self._beat = 0.0
        self._reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, self._signalled)

    def limit(self, walltime: float | None) -> None:
        """Ask to stop when so much time [s] has passed from now; None: whenever it ends."""
        self._limit = None if walltime is None else (time.monotonic() + walltime, f"{WALLTIME} ({hours(walltime)})")

    def forget_limit(self) -> None:
        """The turn is over, the next one has its own limit."""
        if self._request is not None and self._request.by.startswith(WALLTIME):
            self._request = None
        self._limit = None

    def asked(self) -> Request | None:
        """The newest request to end, as of the last wait; None while there is none."""
        return self._request

    def wait(self, seconds: float) -> None:
        """Sleep until something happens, at most `seconds`; then look for a request."""
        select.select([self._reader], [], [], seconds)
        while True:
            try:
                if not os.read(self._reader, 4096):
                    break
            except BlockingIOError:
                break
        self._look()

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._beat > HEARTBEAT:
            self._beat = now
            with contextlib.suppress(OSError):
                os.utime(self.run / "worker.lock")
        self._heed_fence()
        try:
            status = self._asks.stat()  # paths made once: it is looked at twenty times a second
        except FileNotFoundError:
            status = None
        if status is not None and (status.st_mtime_ns, status.st_ino) != self._seen:
            self._seen = (status.st_mtime_ns, status.st_ino)
            found = record.request(self.run)
            if found is not None and found.kind in record.ENDS:
                self._request = found
        if self._request is None and self._stop_signal:
            self._request = Request("", "stop", self._stop_signal)
        if self._request is None and self._limit is not None and time.monotonic() > self._limit[0]:
            self._request = Request("", "stop", self._limit[1])

    def _heed_fence(self) -> None:
        """Both files are dated by the file system they lie on, so the clocks of the nodes do not matter."""
        try:
            fence, mine = self._fence.stat(), self._mine.stat()
        except OSError:
            return
        if fence.st_mtime_ns > mine.st_mtime_ns:
            raise Fenced

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._stop_signal = signal.Signals(number).name

"""The picture that a monitor leaves in the notebook: seen where no page is, and when the notebook is opened later.

A kernel that is run headless (papermill) gets the picture alone, drawn anew while the notebook goes on.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import TYPE_CHECKING, Any

from flowcfd.widgets.kept import Kept, Left
from flowcfd.widgets.monitor import picture

if TYPE_CHECKING:
    from flowcfd.widgets.monitor.widget import Monitor

FIRST, AGAIN = 3.0, 120.0
"""Times [s] after which a picture is drawn for the first time, and again, while a run goes on."""


class Still:
    """The picture of one monitor."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._handle: Any = None
        self._kept = Kept(".flowcfd-monitor", self._left)
        self._next = float("inf")
        self._lock = threading.Lock()

    def png(self) -> bytes:
        """What is shown now."""
        monitor = self.monitor
        with monitor._lock:
            groups = list(monitor._follower.groups.values()) if monitor._follower else []
            curves = [(group, group.history.rows) for group in groups]
        return picture.png(curves, monitor.told, monitor.bands, monitor.overview)

    def bundle(self) -> dict[str, Any]:
        """As IPython displays it."""
        return {"text/plain": self.words(), "image/png": base64.b64encode(self.png()).decode()}

    def words(self) -> str:
        """The same in one line."""
        return picture.words(self.monitor.told, self.monitor.overview)

    def display(self, *, headless: bool) -> None:
        """Show the monitor as an output of the cell that runs."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if headless:
            self._handle = display(self.bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
            if (shell := get_ipython()) is not None:
                shell.events.register("post_run_cell", self._after_cell)
            return
        self._kept.display(*self.monitor.bundle())
        self._next = time.monotonic() + FIRST

    def refresh(self, *, now: bool = False) -> None:
        """Draw it again when it is time, in a thread of its own: rows do not wait for it."""
        if self._there and (now or time.monotonic() >= self._next):
            self._next = time.monotonic() + AGAIN
            self.monitor._made("flowcfd-still", lambda _: self.leave(), None).start()

    def leave(self) -> None:
        """Draw it as it is now."""
        with self._lock:
            self._next = time.monotonic() + AGAIN
            if self._handle is not None:
                self._handle.update(self.bundle(), raw=True)
            self._kept.leave()

    @property
    def _there(self) -> bool:
        """Whether it was displayed."""
        return self._handle is not None or self._kept.shown

    def _after_cell(self, *_: object) -> None:
        """In a headless kernel: what a saved notebook shows is what was true after the cell that waited."""
        from IPython.core.getipython import get_ipython

        self.leave()
        shell = get_ipython()
        if not self.monitor.alive and shell is not None:
            shell.events.unregister("post_run_cell", self._after_cell)

    def _left(self) -> Left:
        """The curves once there are some, and how to see them move."""
        now = time.strftime("%d %b %H:%M")
        ended = f"{self.words()}, as it was {now}; load the page again, or run the cell, to see it live"
        return Left(self.words(), ended, picture=self.png() if self._kept.shown else b"")

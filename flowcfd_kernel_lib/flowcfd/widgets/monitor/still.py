"""The picture that a monitor leaves in the notebook: seen where no page is, and when the notebook is opened later.

Beside the widget it is hidden by a style for as long as the widget lives; a kernel that is run headless (papermill)
gets the picture alone, drawn anew while the notebook goes on.
"""

from __future__ import annotations

import base64
import html
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

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
        self._headless = False
        self._next = float("inf")
        self._mark = f"flowcfd-still-{uuid.uuid4().hex[:8]}"
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

        self._headless = headless
        if headless:
            self._handle = display(self.bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
            if (shell := get_ipython()) is not None:
                shell.events.register("post_run_cell", self._after_cell)
            return
        widget = self.monitor.bundle()
        data, metadata = widget if widget is not None else ({}, {})
        display({**data, "text/plain": self.words()}, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        self._handle = display(self._hidden(""), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        self._next = time.monotonic() + FIRST

    def refresh(self, *, now: bool = False) -> None:
        """Draw it again when it is time, in a thread of its own: rows do not wait for it."""
        if self._handle is not None and (now or time.monotonic() >= self._next):
            self._next = time.monotonic() + AGAIN
            self.monitor._made("flowcfd-still", lambda _: self.leave(), None).start()

    def leave(self) -> None:
        """Draw it as it is now."""
        if self._handle is None:
            return
        with self._lock:
            self._next = time.monotonic() + AGAIN
            if self._headless:
                self._handle.update(self.bundle(), raw=True)
            else:
                shown = base64.b64encode(self.png()).decode()
                self._handle.update(self._hidden(f"<img alt='' src='data:image/png;base64,{shown}'>"), raw=True)

    def _after_cell(self, *_: object) -> None:
        """In a headless kernel: what a saved notebook shows is what was true after the cell that waited."""
        from IPython.core.getipython import get_ipython

        self.leave()
        shell = get_ipython()
        if not self.monitor.alive and shell is not None:
            shell.events.unregister("post_run_cell", self._after_cell)

    def _hidden(self, image: str) -> dict[str, str]:
        """A picture that is seen only where the output above holds no living monitor."""
        words, mark = html.escape(self.words()), self._mark
        own, above = f".jp-OutputArea-child:has(.{mark})", f".jp-OutputArea-child:has(+ .jp-OutputArea-child .{mark})"
        style = (
            f"<style>.jp-OutputArea-child:has(.flowcfd-monitor) + {own}{{display:none}}"
            f"{above}:not(:has(.flowcfd-monitor)) .jp-OutputArea-output{{display:none}}</style>"
        )
        note = (
            f"{words}, as it was {time.strftime('%d %b %H:%M')}; load the page again, or run the cell, to see it live"
        )
        return {"text/plain": self.words(), "text/html": f"<div class='{mark}'>{style}{image}<div>{note}</div></div>"}

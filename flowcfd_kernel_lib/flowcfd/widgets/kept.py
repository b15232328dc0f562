"""What widgets leave in a notebook: seen when it is opened later, the kernel gone, and where no page is.

A widget is shown in one output of its cell, what it leaves in a second one below, which a style hides for as long as
the widget lives. Two outputs, for JupyterLab shows of one always the widget, be it dead.
"""

from __future__ import annotations

import base64
import contextlib
import contextvars
import html
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from flowcfd.errors import FlowError

LOOK, AGAIN = 3.0, 10.0
"""Time [s] between two looks for what has changed, and the least between two changes of one output in the notebook."""
_looking: WeakSet[Any] = WeakSet()
_thread: list[threading.Thread] = []
_lock = threading.Lock()


@dataclass(frozen=True)
class Left:
    """What stays of a widget: one line of words, a picture or HTML, a sentence for when the widget has gone."""

    words: str
    ended: str
    picture: bytes = b""
    """PNG or JPEG."""
    page: str = ""


class Kept:
    """The output that one widget leaves; `living` selects in the page what is there only while the widget lives."""

    def __init__(self, living: str, left: Callable[[], Left]) -> None:
        self._living, self._left = living, left
        self._mark = f"flowcfd-still-{uuid.uuid4().hex[:8]}"
        self._context = contextvars.Context()
        self._dirty, self._next = False, 0.0
        self.shown = False

    def display(self, widget: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        """Show a widget's bundle as an output of the cell that runs, and below it what stays."""
        from IPython.display import display

        left = self._left()
        self._context = contextvars.copy_context()  # the cell's: what a thread sends in it belongs to the cell
        display({**widget, "text/plain": left.words}, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        display(self._bundle(left), metadata=self._metadata, raw=True, display_id=self._mark)  # type: ignore[no-untyped-call]
        self.shown, self._dirty = True, False
        self._next = time.monotonic() + LOOK

    def changed(self) -> None:
        """It is another than is kept: kept anew soon, and seldom."""
        if self.shown:
            self._dirty = True
            look_on(self)

    def keep_up(self) -> None:
        """Keep it anew if it is time."""
        if self.shown and self._dirty and time.monotonic() >= self._next:
            self._dirty, self._next = False, time.monotonic() + AGAIN
            with contextlib.suppress(FlowError):  # of something that is being made: later then
                self._context.copy().run(self.leave)

    def leave(self) -> None:
        """Keep it as it is now."""
        if self.shown:
            from IPython.display import update_display

            bundle = self._bundle(self._left())
            update_display(bundle, display_id=self._mark, metadata=self._metadata, raw=True)  # type: ignore[no-untyped-call]

    @property
    def _metadata(self) -> dict[str, Any]:
        """By which JupyterLab's extension finds the output in a page that was loaded again."""
        return {"flowcfd": {"still": self._mark}}

    def _bundle(self, left: Left) -> dict[str, str]:
        """As HTML that is seen only where the output above holds no living widget."""
        alt = html.escape(left.words, quote=True)
        picture = f"<img alt='{alt}' style='max-width:100%' src='{as_address(left.picture)}'>" if left.picture else ""
        ended = f"<div class='flowcfd-ended' style='padding:4px 0'>{html.escape(left.ended)}</div>"
        look = "style='font:13px/1.5 system-ui,sans-serif;color:var(--jp-ui-font-color1,#1d2733)'"
        page = f"<div class='{self._mark}' {look}>{self._style}{picture}{ended}{left.page}</div>"
        return {"text/plain": left.words, "text/html": page}

    @property
    def _style(self) -> str:
        """While the page loads, the picture stands there already; the sentence would not be true."""
        child, mark = ".jp-OutputArea-child", f".{self._mark}"
        above = f"{child}:has(+ {child} {mark})"
        loading = f"{child}:has(> .lm-Panel.jp-OutputArea-output):not(:has(.jupyter-widgets))"
        return (
            f"<style>{child}:has({self._living}) + {child}:has({mark}){{display:none}}"
            f"{above}:not(:has({self._living})) .jp-OutputArea-output{{display:none}}"
            f"{loading} + {child} {mark} .flowcfd-ended{{visibility:hidden}}</style>"
        )


def as_address(picture: bytes) -> str:
    """A picture as an address that holds it."""
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def code(words: str) -> str:
    """Python in the page."""
    look = "white-space:pre-wrap;margin:0;font:13px/1.5 var(--jp-code-font-family,monospace)"
    return f"<pre style='{look}'>{html.escape(words)}</pre>" if words else ""


def since(sentence: str) -> str:
    """A sentence, and of when what stands above it is."""
    return f"{sentence} This is how it was on {time.strftime('%d %b at %H:%M')}."


def look_on(one: Any) -> None:
    """Call its `keep_up()` from now on, again and again: one thread looks for all widgets of this process."""
    with _lock:
        _looking.add(one)
        if not any(one.is_alive() for one in _thread):
            _thread[:] = [threading.Thread(target=_live, name="flowcfd-kept", daemon=True)]
            _thread[0].start()


def _live() -> None:
    while True:
        time.sleep(LOOK)
        with _lock:
            now = list(_looking)
        for one in now:
            one.keep_up()

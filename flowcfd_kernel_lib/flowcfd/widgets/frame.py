"""Frame: a view of the render process in the page, with a picture and a sentence where that cannot be.

Its last picture stays in the notebook, for when the kernel has gone.
"""

from __future__ import annotations

import base64
import contextlib
import contextvars
import html
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.errors import FlowError
from flowcfd.jobs.live import has_front_end
from flowcfd.viewer.kinds import Spec
from flowcfd.viewer.process import RenderProcess, render_process
from flowcfd.widgets.kept import Kept, Left, look_on, since
from flowcfd.widgets.mark import mark
from flowcfd.widgets.scripts import script

HERE = Path(__file__).parent
ENDED = "The kernel that drew this has ended. Run the cell again to turn it."
RESTS = 2.0
"""A picture that is so old is one at rest, and stays in the notebook [s]."""


class Frame(anywidget.AnyWidget):
    """One view of a kind (`viewer.kinds`); `spec` is what it shows, as JSON, whoever changed it.

    It is opened when a page shows it: by the cell that displays it, or when the page asks. A kernel without a page
    (papermill) leaves its picture. The page says what was changed there, so that observers of the trait `spec` hear
    it; `look()` asks the render process, which knows it also when the page said nothing. `way` is "live", or "html" or
    "picture" for a page that cannot reach the process.
    """

    _esm = script(HERE / "gone.js", HERE / "frame.js")
    _css = HERE / "frame.css"
    view, _pid, _lock = "", 0, threading.RLock()  # also of one that was never made: it is closed when it is thrown away

    address = traitlets.Any(None, allow_none=True).tag(sync=True)
    """Port and secret of the view's page."""
    label = traitlets.Unicode("").tag(sync=True)
    """What is shown, for those who do not see it."""
    height = traitlets.Int(560).tag(sync=True)
    """[pixels]"""
    words = traitlets.Unicode("").tag(sync=True)
    """What is wrong, in a sentence; empty where all is well."""
    picture = traitlets.Bytes(b"").tag(sync=True)
    """A PNG to show where the page cannot reach the view."""
    html = traitlets.Unicode("").tag(sync=True)
    """A page that needs nothing from elsewhere, for the same."""
    spec = traitlets.Dict().tag(sync=True)
    begun = traitlets.Bool(False).tag(sync=True)
    """Whether it was ever opened."""
    mark = traitlets.Unicode("").tag(sync=True)
    """That of the cell that this view writes."""

    def __init__(self, kind: str, spec: Spec, *, label: str, height: int = 560, way: str = "live") -> None:
        self.kind, self.way, self.view = kind, way, ""
        self._pid = 0
        self._lock = threading.RLock()
        self._seen: tuple[int, bytes] = (0, b"")
        self._kept = Kept(".flowcfd-frame", self._left)
        self.on_seen: list[Callable[[], object]] = [self._kept.changed]
        super().__init__(label=label, height=height, spec=spec, mark=mark("view"))
        self.on_msg(self._asked)
        self.process.on_loss.append(self._lost)

    @property
    def process(self) -> RenderProcess:
        """What draws it."""
        return render_process()

    def begin(self) -> None:
        """Open the view if it never was."""
        with self._lock:
            if not self.begun:
                self.again()

    def again(self) -> None:
        """Open the view, or open it again after the render process was lost."""
        with self._lock:
            try:
                opened = self.process.ask("open", kind=self.kind, spec=self.spec, view=self.view)
                self._pid, self.view = self.process.pid, opened["view"]
                self.picture = base64.b64decode(opened["picture"])
                self._look_again(after=-1, rests=0.0)
                self.html = self._page() if self.way == "html" else ""
            except FlowError as error:
                with self.hold_sync():
                    self.address, self.words, self.begun = None, str(error), True
                return
            with self.hold_sync():
                self.begun = True
                self.words = "" if self.way == "live" else opened["said"]  # a living page says it by itself
                self.address = {"port": opened["port"], "token": opened["token"]} if self.way == "live" else None

    def look(self) -> Spec:
        """What is shown now."""
        if self._open:
            self.spec = self.process.ask("spec", view=self.view)["spec"]
        found: Spec = self.spec
        return found

    def show(self, spec: Spec) -> None:
        """Show something else. Raises FlowError, and then shows what it showed before.

        What is wrong with one that no page has shown yet is said when a page does.
        """
        with self._lock:
            if not self._open:
                self.spec = spec
                if self.begun:
                    self.again()
                return
            still = self.address is None or bool(self.html)
            answer = self.process.ask("replace", view=self.view, spec=spec, picture=still)
            self.spec, self.words = spec, ""
            if still:
                self.picture = base64.b64decode(answer["picture"])
            if self.html:
                self.html = self._page()

    def _ipython_display_(self) -> None:
        self.displayed()
        if has_front_end():
            self._kept.display(*self.bundle())
            self.keep()
            return
        from IPython.display import display

        display(self.still_bundle(), raw=True)  # type: ignore[no-untyped-call]

    def bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget alone, as IPython displays it."""
        return super()._repr_mimebundle_() or ({}, {})

    def still_bundle(self) -> dict[str, str]:
        """Its picture, or what is wrong, where no page shows the widget."""
        bundle = {"text/plain": f"<{self.label}>"}
        if self.picture:
            bundle["image/png"] = base64.b64encode(self.picture).decode()
        elif self.words:
            bundle["text/html"] = _said(self.words)
        return bundle

    def keep(self) -> None:
        """From now on the functions in `on_seen` hear when a page was shown another picture that rests."""
        look_on(self)

    @property
    def seen(self) -> bytes:
        """The last picture at rest that is known here, as JPEG; empty before the first."""
        return self._seen[1]

    def keep_up(self) -> None:
        """Ask for the last picture at rest; called now and then, from a thread."""
        with contextlib.suppress(FlowError):
            if self._open and self._look_again(after=self._seen[0], rests=RESTS):
                for heard in self.on_seen:
                    heard()

    def _look_again(self, *, after: int, rests: float) -> bool:
        """Whether there is a picture later than that of this number."""
        answer = self.process.ask("seen", view=self.view, after=after, rests=rests)
        found = base64.b64decode(answer["picture"])
        if found:
            self._seen = int(answer["number"]), found
        return bool(found)

    def _left(self) -> Left:
        words = f"<{self.label}>"
        return Left(words, since(ENDED) if self.seen else ENDED, self.seen, _said(self.words))

    def displayed(self) -> None:
        """Open it for the page that shows it now; a kernel that nobody looks at gets a picture."""
        if has_front_end():
            self.begin()
        elif _is_kernel() and not self.begun:
            try:
                self.picture, self.words = self.still(), ""
            except FlowError as error:
                self.words = str(error)

    def still(self) -> bytes:
        """A PNG of what is shown, for who has no page; a process that was started for it ends. Raises FlowError."""
        alone = not self.process.alive
        try:
            opened = self.process.ask("open", kind=self.kind, spec=self.spec)
            self.process.ask("close", view=opened["view"])
        finally:
            if alone:
                self.process.end()
        return base64.b64decode(opened["picture"])

    def close(self) -> None:
        """Close the view too."""
        with self._lock:
            if self._lost in self.process.on_loss:
                self.process.on_loss.remove(self._lost)
            if self._open:
                self.process.ask("close", view=self.view)
            self.view, self.address = "", None
        super().close()

    @property
    def _open(self) -> bool:
        """Whether the process that has the view lives."""
        return bool(self.view) and self._pid != 0 and self.process.pid == self._pid

    def _page(self) -> str:
        return str(self.process.ask("page", view=self.view)["html"])

    def _lost(self, pid: int, why: str) -> None:
        """Called from a thread when a render process has ended by itself."""
        if pid == self._pid:
            self._pid = 0
            self.words, self.address = f"The render process of this view is gone ({why}).", None

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """The page asks for something: done in a thread, for it takes as long as a process to start."""
        does = {"shown": self.begin, "again": self._reached, "still": self._paged}.get(str(message.get("do")))
        if does is not None:
            here = contextvars.copy_context()  # what is said from the thread answers to this message
            threading.Thread(target=here.run, args=(does,), name="flowcfd-frame", daemon=True).start()

    def _reached(self) -> None:
        """Start again, or let the page try once more where nothing was lost."""
        before = self.address
        self.again()
        if self.address == before and before is not None:
            self.send({"do": "reach"})

    def _paged(self) -> None:
        """A page that needs no proxy."""
        with self._lock:
            if self.html:
                return
            try:
                self.html = self._page()
            except FlowError as error:
                self.send({"do": "said", "words": str(error)})


def _said(words: str) -> str:
    return f"<p>{html.escape(words)}</p>" if words else ""


def _is_kernel() -> bool:
    """Whether a notebook is run here, with a page or without."""
    ipython: Any = sys.modules.get("IPython")
    return getattr(None if ipython is None else ipython.get_ipython(), "kernel", None) is not None

"""Frame: a view of the render process in the page, with a picture and a sentence where that cannot be."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.errors import FlowError
from flowcfd.viewer.kinds import Spec
from flowcfd.viewer.process import RenderProcess, render_process
from flowcfd.widgets.mark import mark

HERE = Path(__file__).parent


class Frame(anywidget.AnyWidget):
    """One view of a kind (`viewer.kinds`); `spec` is what it shows, as JSON, whoever changed it.

    The page says what was changed there, so that observers of the trait `spec` hear it; `look()` asks the render
    process, which knows it also when the page said nothing. `way` is "live", or "html" or "picture" for a page that
    cannot reach the process.
    """

    _esm = HERE / "frame.js"
    _css = HERE / "frame.css"
    view, _pid = "", 0  # also of one that was never made: it is closed when it is thrown away

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
    mark = traitlets.Unicode("").tag(sync=True)
    """That of the cell that this view writes."""

    def __init__(self, kind: str, spec: Spec, *, label: str, height: int = 560, way: str = "live") -> None:
        self.kind, self.way, self.view = kind, way, ""
        self._pid = 0
        super().__init__(label=label, height=height, spec=spec, mark=mark("view"))
        self.on_msg(self._asked)
        self.process.on_loss.append(self._lost)
        self.again()

    @property
    def process(self) -> RenderProcess:
        """What draws it."""
        return render_process()

    def again(self) -> None:
        """Open the view, or open it again after the render process was lost."""
        try:
            opened = self.process.ask("open", kind=self.kind, spec=self.spec, view=self.view)
            self._pid, self.view = self.process.pid, opened["view"]
            self.picture = base64.b64decode(opened["picture"])
            self.html = self._page() if self.way == "html" else ""
        except FlowError as error:
            self.address, self.words = None, str(error)
            return
        with self.hold_sync():
            self.words = "" if self.way == "live" else opened["said"]  # a living page says it by itself
            self.address = {"port": opened["port"], "token": opened["token"]} if self.way == "live" else None

    def look(self) -> Spec:
        """What is shown now."""
        if self._open:
            self.spec = self.process.ask("spec", view=self.view)["spec"]
        found: Spec = self.spec
        return found

    def show(self, spec: Spec) -> None:
        """Show something else. Raises FlowError, and then shows what it showed before."""
        if not self._open:
            self.spec = spec
            self.again()
            return
        still = self.address is None or bool(self.html)
        answer = self.process.ask("replace", view=self.view, spec=spec, picture=still)
        self.spec, self.words = spec, ""
        if still:
            self.picture = base64.b64decode(answer["picture"])
        if self.html:
            self.html = self._page()

    def _repr_mimebundle_(self, **more: Any) -> Any:
        """The widget, and its picture and label for a notebook that is read without a kernel."""
        found = super()._repr_mimebundle_(**more)
        if found is None:
            return None
        bundle = {**found[0], "text/plain": f"<{self.label}>"}
        if self.picture:
            bundle["image/png"] = base64.b64encode(self.picture).decode()
        return bundle, found[1]

    def close(self) -> None:
        """Close the view too."""
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
        """The page asks to start again, or for a page that needs no proxy."""
        if message.get("do") == "again":
            before = self.address
            self.again()
            if self.address == before and before is not None:
                self.send({"do": "reach"})
        elif message.get("do") == "still" and not self.html:
            try:
                self.html = self._page()
            except FlowError as error:
                self.send({"do": "said", "words": str(error)})

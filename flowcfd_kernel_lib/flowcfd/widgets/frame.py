"""Frame: a view of the render process in the page, with a picture and a sentence where that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.errors import FlowError
from flowcfd.viewer.kinds import Spec
from flowcfd.viewer.process import RenderProcess, render_process

HERE = Path(__file__).parent


class Frame(anywidget.AnyWidget):
    """One view of a kind (`viewer.kinds`); `spec` is what it shows, as JSON, whoever changed it.

    The page says what was changed there, so that observers of the trait `spec` hear it; `look()` asks the render process,
    which knows it also when the page said nothing.
    """

    _esm = HERE / "frame.js"
    _css = HERE / "frame.css"

    address = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    """Port and secret of the view's page."""
    label = traitlets.Unicode("").tag(sync=True)
    """What is shown, for those who do not see it."""
    height = traitlets.Int(560).tag(sync=True)
    """[pixels]"""
    words = traitlets.Unicode("").tag(sync=True)
    """What is wrong, in a sentence; empty where all is well."""
    picture = traitlets.Bytes(b"").tag(sync=True)
    """A PNG to show where the page cannot reach the view."""
    spec = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, spec: Spec, *, label: str, height: int = 560) -> None:
        self.kind, self.view = kind, ""
        super().__init__(label=label, height=height, spec=spec)
        self.on_msg(self._asked)
        self.again()

    @property
    def process(self) -> RenderProcess:
        """What draws it."""
        return render_process()

    def again(self) -> None:
        """Open the view, or open it again after the render process was lost."""
        try:
            opened = self.process.ask("open", kind=self.kind, spec=self.spec, view=self.view)
        except FlowError as error:
            self.address, self.words = None, str(error)
            return
        self.view = opened["view"]
        self.address, self.words = {"port": opened["port"], "token": opened["token"]}, ""

    def look(self) -> Spec:
        """What is shown now."""
        if self.view and self.process.alive:
            self.spec = self.process.ask("spec", view=self.view)["spec"]
        found: Spec = self.spec
        return found

    def show(self, spec: Spec) -> None:
        """Show something else. Raises FlowError, and then shows what it showed before."""
        if self.address is not None and self.process.alive:
            self.process.ask("replace", view=self.view, spec=spec)
            self.spec = spec
        else:
            self.spec = spec
            self.again()

    def close(self) -> None:
        """Close the view too."""
        if self.view and self.process.alive:
            self.process.ask("close", view=self.view)
        self.view, self.address = "", None
        super().close()

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("do") == "again":
            self.again()

"""Page: the widget that shows a form, or a part of one, and says what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.widgets.kept import Kept, Left, code, since

HERE = Path(__file__).parent
ENDED = "The kernel of this form has ended. Run the cell again to fill it in."


class Page(anywidget.AnyWidget):
    """Rows of a form in a page: `tree` is what there is, `notes` what is said of it, by the path of a row.

    The page sends `{do: "give" | "back" | "add" | "remove" | "move", path, given, by, token}`; `heard` is the token of
    what was dealt with last, `trouble` a sentence where that could not be done.
    """

    _esm = HERE / "form.js"
    _css = HERE / "form.css"
    tree = traitlets.Dict().tag(sync=True)
    notes = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)
    heard = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, asked: Callable[[Mapping[str, Any]], object], said: Callable[[], str] = str, **traits: Any
    ) -> None:
        self._asked, self._said = asked, said
        self._kept = Kept(".flowcfd-form", self._left)
        super().__init__(**traits)
        self.on_msg(self._heard)

    def tell(self, tree: Mapping[str, Any], notes: Mapping[str, Any]) -> None:
        """Show these rows and notes."""
        with self.hold_sync():
            self.tree, self.notes = dict(tree), dict(notes)
        self._kept.changed()

    def _ipython_display_(self) -> None:
        """The widget, and what is in it for a notebook that is read without a kernel."""
        self._kept.display(*(self._repr_mimebundle_() or ({}, {})))

    def _left(self) -> Left:
        return Left("<a form>", since(ENDED), page=code(self._said()))

    def _heard(self, _: object, content: Mapping[str, Any], buffers: object) -> None:
        with self.hold_sync():
            self.trouble = ""
            self._asked(content)
            self.heard = str(content.get("token", ""))

"""Code that a widget writes into a cell of the notebook, so that what was clicked is a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent


class CellWriter(anywidget.AnyWidget):
    """Writes code into a cell below the one that shows this widget.

    JupyterLab with FlowCFD's extension answers; where nobody does (VS Code, a classic notebook) the code is shown with
    a button to copy it. A cell with the same mark is replaced where it stands, unless the user has edited it since:
    then a new one is inserted. Nothing is run unless it is asked for.

    With a `label` there is a button that writes `code`, also while the kernel is busy; with `keep` not None a box
    beside it, and while it is ticked every new `code` is written at once.
    """

    _esm = HERE / "cell.js"
    _css = HERE / "cell.css"

    code = traitlets.Unicode("").tag(sync=True)
    mark = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    keep = traitlets.Bool(None, allow_none=True).tag(sync=True)
    state = traitlets.Unicode("").tag(sync=True)
    """'' before, then 'written', 'no extension: ...' (nobody answered) or 'refused: ...'."""
    words = traitlets.Unicode("").tag(sync=True)
    """What the page says about it, in a sentence."""
    asked = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    run = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, code: str = "", mark: str = "", *, label: str = "", keep: bool | None = None, **traits: Any
    ) -> None:
        super().__init__(code=code, mark=mark, label=label, keep=keep, **traits)

    def write(self, code: str, mark: str, run: bool = False) -> None:
        """Put this code into the cell of this mark; it is run if asked.

        The widget has to be shown: the cell goes below it. Code that is written before it is shown is written then.
        """
        with self.hold_sync():
            self.code, self.mark, self.run = code, mark, run
            self.asked += 1

"""The list of patches in the page: names, areas, boundaries, what is chosen and what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.widgets.scripts import script

HERE = Path(__file__).parent


class Panel(anywidget.AnyWidget):
    """The list; what is done in it comes as a message {"do": ...}."""

    _esm = script(HERE.parent / "gone.js", HERE / "panel.js")
    _css = HERE / "panel.css"

    rows: Any = traitlets.List().tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    """What is selected, in words."""
    undoable = traitlets.Bool(False).tag(sync=True)
    names = traitlets.Bool(True).tag(sync=True)
    """Whether faces can be given names."""
    joinable = traitlets.Bool(False).tag(sync=True)
    """Whether the name that was asked for is taken, so that the selection may join it."""
    words = traitlets.Unicode("").tag(sync=True)
    """What was wrong with the last step, in a sentence."""
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)

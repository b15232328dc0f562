"""Small widgets that the pages of the wizard are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from flowcfd.widgets.scripts import script

HERE = Path(__file__).parent


class Stepper(anywidget.AnyWidget):
    """The steps in a row, each with its state in words; `current` is the one that is shown."""

    _esm = script(HERE.parent / "gone.js", HERE / "stepper.js")
    _css = HERE / "wizard.css"
    steps: Any = traitlets.List().tag(sync=True)
    """{name, word, why} of each."""
    current = traitlets.Unicode("").tag(sync=True)
    seek = traitlets.Int(0).tag(sync=True)
    """Counted up: the page puts the focus into its first field that is wrong."""


class Tiles(anywidget.AnyWidget):
    """Tiles to choose one of."""

    _esm = HERE / "tiles.js"
    items: Any = traitlets.List().tag(sync=True)
    """{name, title, words, picture (SVG), colour} of each; all but the name may be absent."""
    chosen = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    wide = traitlets.Bool(False).tag(sync=True)


def html(text: str = "") -> ipywidgets.HTML:
    """A piece of the page."""
    return ipywidgets.HTML(text)


def said(sentences: Iterable[str], kind: str = "") -> str:
    """Sentences as HTML; `kind`: bad, warn, good or nothing."""
    return "".join(f"<div class='fc-said fc-{kind}'>{escape(one)}</div>" for one in sentences)


def button(words: str, do: Callable[[], object], *, style: str = "", tip: str = "") -> ipywidgets.Button:
    """A button that does something; `style`: primary, or nothing."""
    made = ipywidgets.Button(description=words, button_style=style, tooltip=tip)
    made.on_click(lambda _: do())
    return made


def link(words: str, do: Callable[[], object]) -> ipywidgets.Button:
    """A button that looks like a link."""
    made = button(words, do)
    made.add_class("fc-link")
    return made


def row(*parts: ipywidgets.Widget) -> ipywidgets.HBox:
    """Parts beside one another, below where there is no room."""
    made = ipywidgets.HBox(parts, layout=ipywidgets.Layout(grid_gap="8px"))
    made.add_class("fc-row")
    return made


def column(*parts: ipywidgets.Widget) -> ipywidgets.VBox:
    """Parts below one another."""
    return ipywidgets.VBox(parts)


def display_html(value: Any) -> str:
    """What a value shows of itself in a notebook, as HTML."""
    shown = getattr(value, "_repr_html_", None)
    return (shown() if shown is not None else None) or f"<pre>{escape(str(value))}</pre>"

"""The step Geometry: a domain that has a shape of its own, or a body from a file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from flowcfd.cad.geometry import Geometry
from flowcfd.cad.load import UNITS, readers
from flowcfd.errors import FlowError, GeometryError
from flowcfd.meshing import usual
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.drawing import thumbnail
from flowcfd.widgets.wizard.loading import LARGEST, Loading, completions
from flowcfd.widgets.wizard.page import Desk
from flowcfd.widgets.wizard.parts import Tiles, button, column, display_html, html, row, said
from flowcfd.widgets.wizard.upload import Upload
from flowcfd.widgets.wizard.working import Working

OWN, FILE = "A shape of its own", "A body from a file"
SOURCES = {OWN: "a cavity, a channel, a cylinder ...: no file is needed", FILE: "STEP, IGES, BREP, STL or OBJ"}


class GeometryPage:
    """Chooses where the shape comes from; a file is loaded in a thread, and what was found in it is shown."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._shown = desk, ""
        self.working = Working()
        self.tiles = Tiles(items=[_tile(kind) for kind in usual.EXAMPLES], label="Domains with a shape of their own")
        self.tiles.observe(self._example, "chosen")
        sources = [{"name": name, "words": words} for name, words in SOURCES.items()]
        self._source = Tiles(items=sources, chosen=OWN, label="Where the shape comes from", wide=True)
        self._source.observe(lambda _: self._turn(), "chosen")
        self.name = ipywidgets.Text(description="Name of the case", continuous_update=False)
        self.name.observe(self._named, "value")
        self.path = ipywidgets.Combobox(
            placeholder="a path, such as ~/bodies/ahmed.step", description="File", continuous_update=True, options=[]
        )
        self.path.layout.width = "520px"
        self.path.observe(self._typed, "value")
        self.unit = ipywidgets.Dropdown(
            options=[("as the file says", None), *((u, u) for u in UNITS)], description="Unit"
        )
        self.heal = ipywidgets.Text(description="Close gaps up to", placeholder="0.01 mm; empty: none")
        accept = ",".join(f".{name}" for name in readers.names())
        self.upload = Upload(
            "Take a file from your machine", accept=accept, largest=LARGEST, taken=self._uploaded,
            refused=self.working.fail,
        )  # fmt: skip
        self._load = button("Load", self.load, style="primary")
        self._found = html()
        self._own = column(self.tiles)
        limit = f"STEP and IGES know their unit; STL, OBJ and BREP need one. Through the page up to {LARGEST >> 20} MB."
        self._file = column(
            row(self.path, self._load, self.upload), row(self.unit, self.heal),
            html(f"<span class='fc-why'>{limit}</span>"), self.working.widget, self._found,
        )  # fmt: skip
        self.widget = column(self.name, self._source, self._own, self._file)
        self._turn()

    def show(self, draft: Draft) -> None:
        """Show where the shape of this draft comes from."""
        if self.name.value != draft.name:
            self.name.value = draft.name
        if draft.geometry is not None:
            self._source.chosen = FILE
            self._body(draft)
        else:
            self._found.value, self._shown = "", ""
        kind = draft.domain.kind if draft.domain is not None and draft.geometry is None else ""
        if self.tiles.chosen != kind:
            with self.tiles.hold_trait_notifications():
                self.tiles.unobserve(self._example, "chosen")
                self.tiles.chosen = kind
            self.tiles.observe(self._example, "chosen")

    def enter(self) -> None:
        """Nothing to do."""

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """There is nothing to find about it."""

    def load(self) -> None:
        """Load the file of the path in a thread."""
        loading = Loading(self.path.value.strip(), self.unit.value, self.heal.value.strip() or None)
        if not loading.path:
            self.working.fail("path: type the name of a file, or take one from your machine")
            return

        def done(made: tuple[Geometry, str]) -> None:
            try:
                self._desk.change(self._desk.draft.with_geometry(*made))
            except FlowError as error:
                self.working.fail(str(error))

        self.working.start(f"reading {Path(loading.path).name}", loading.made, done)

    def _turn(self) -> None:
        own = self._source.chosen == OWN
        self._own.layout.display, self._file.layout.display = (None, "none") if own else ("none", None)

    def _example(self, change: Mapping[str, Any]) -> None:
        draft = self._desk.draft
        if change["new"] and (draft.domain is None or draft.domain.kind != change["new"]):
            self._desk.change(draft.with_example(change["new"]))

    def _named(self, change: Mapping[str, Any]) -> None:
        if change["new"] != self._desk.draft.name:
            self._desk.change(self._desk.draft.with_name(change["new"]))

    def _typed(self, change: Mapping[str, Any]) -> None:
        self.path.options = completions(change["new"])

    def _uploaded(self, path: Path) -> None:
        self.path.value = str(path)
        self.load()

    def _body(self, draft: Draft) -> None:
        body = draft.geometry
        if body is None or body.digest == self._shown:
            return
        self._shown = body.digest
        try:
            geometry = Geometry.kept(body.digest)
            self._found.value = _told(geometry)
        except GeometryError as error:
            self._found.value = said([str(error)], "warn")


def _told(geometry: Geometry) -> str:
    """What was found in a body: whether its surface is sound, its patches with their picture, and all the rest."""
    report = geometry.report()
    sound = said(["The surface is sound: closed, and nothing goes through itself."], "good")
    mend = "Something is wrong with the surface: 'Close gaps up to' mends small ones, then load again."
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in report.lines())
    more = f"<details><summary>All that was found</summary><table>{rows}</table></details>"
    return f"{sound if report.sound else said([mend], 'warn')}{display_html(geometry)}{more}"


def _tile(kind: str) -> dict[str, str]:
    domain, _, why = usual.example(kind)
    words = "".join(f" {one.lower()}" if one.isupper() else one for one in kind).strip()
    return {"name": kind, "title": words[:1].upper() + words[1:], "words": why, "picture": thumbnail(domain)}

"""The step Outputs: what is recorded, one form each; others can be added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

from flowcfd.case import Output
from flowcfd.case.output import OUTPUTS
from flowcfd.errors import CaseError
from flowcfd.widgets.form import Form
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.page import Desk, PartForm, patch_choices
from flowcfd.widgets.wizard.parts import Tiles, button, column, html, row, said


class OutputsPage:
    """Tiles of the outputs; the form of the chosen one; a form for one more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._form: PartForm | None = None
        self._new: Form | None = None
        self.tiles = Tiles(label="Outputs", wide=True)
        self.tiles.observe(lambda _: self._turn(), "chosen")
        self._none = html(
            said(["Fields, residuals and the cells' Courant numbers are recorded anyway; nothing more is asked for."])
        )
        self._place, self._adding = column(), column()
        self.kind = ipywidgets.Dropdown(options=OUTPUTS.names(), description="One more")
        self._add = button("Add", self.add)
        self._remove = button("Remove this one", self.remove)
        self.widget = column(self._none, self.tiles, self._place, self._remove, row(self.kind, self._add), self._adding)

    def show(self, draft: Draft) -> None:
        """Show the outputs of this draft."""
        self._none.layout.display = "none" if draft.outputs else None
        items = [
            {"name": str(n), "title": one.name, "words": _words(one, draft.reasons.get(f"outputs.{n}", ""))}
            for n, one in enumerate(draft.outputs)
        ]
        if self.tiles.items != items:
            self.tiles.items = items
        if self.tiles.chosen not in [item["name"] for item in items]:
            self.tiles.chosen = "0" if items else ""
        self._remove.layout.display = None if items else "none"
        if self._form is not None:
            self._form.show(draft)

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields."""
        if self._form is not None:
            self._form.find(found)

    def enter(self) -> None:
        """Nothing to do."""

    def add(self) -> None:
        """One more of the kind that is chosen: with what it needs asked for where it needs something."""
        kind, draft = OUTPUTS.get(self.kind.value), self._desk.draft
        given: dict[str, Any] = {"name": _free(kind, draft)}
        if "patches" in kind.model_fields and kind.model_fields["patches"].is_required():
            given["patches"] = _walls(draft)
        try:
            self._take(kind(**given))
        except CaseError:  # something is required that nobody can guess
            self._new = Form(kind, self._typed, choices=patch_choices(draft))
            title = html(f"<h4>A new {self.kind.value}</h4>")
            self._adding.children = (title, self._new.widget)

    def remove(self) -> None:
        """Take the chosen one away."""
        at = int(self.tiles.chosen or -1)
        left = tuple(one for n, one in enumerate(self._desk.draft.outputs) if n != at)
        self._form = None
        self.tiles.chosen = ""
        self._desk.change(self._desk.draft.with_wrong("outputs", {}).with_outputs(left))

    def _typed(self, output: Output | None) -> None:
        if output is not None:
            self._take(output)

    def _take(self, output: Output) -> None:
        self._adding.children, self._new = (), None
        draft = self._desk.draft
        self._desk.change(draft.with_outputs((*draft.outputs, output)))
        self.tiles.chosen = str(len(draft.outputs))

    def _turn(self) -> None:
        if not self.tiles.chosen:
            self._place.children, self._form = (), None
            return
        at = int(self.tiles.chosen)

        def take(draft: Draft, output: Output | None) -> Draft:
            if output is None:
                return draft.with_outputs(None)
            return draft.with_outputs(tuple(output if n == at else one for n, one in enumerate(draft.outputs)))

        self._form = PartForm(
            self._desk, f"outputs.{at}", lambda draft: draft.outputs[at] if at < len(draft.outputs) else None, take,
            None, patch_choices,
        )  # fmt: skip
        self._place.children = (self._form.widget,)
        self.show(self._desk.draft)


def _words(output: Output, why: str) -> str:
    return f"{output.kind}{f': {why}' if why else ''}"


def _free(kind: type[Output], draft: Draft) -> str:
    """A name that no other output has."""
    usual = kind.model_fields["name"].get_default() or kind.__name__.lower()
    taken, number = {one.name for one in draft.outputs}, 2
    name = usual
    while name in taken:
        name, number = f"{usual}{number}", number + 1
    return str(name)


def _walls(draft: Draft) -> tuple[str, ...]:
    space = draft.space
    return tuple(name for name, patch in space.patches.items() if patch.role == "wall") if space is not None else ()

"""The step Boundaries: every patch with what happens at it, in a picture, in a list and in a form."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from flowcfd.cad.geometry import Geometry
from flowcfd.case import Boundary
from flowcfd.case.boundary import BOUNDARIES, Slip
from flowcfd.errors import FlowError
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.drawing import COLOURS, OTHER, shown
from flowcfd.widgets.wizard.page import Desk, PartForm, patch_choices
from flowcfd.widgets.wizard.parts import Tiles, button, column, html, said

if TYPE_CHECKING:
    from flowcfd.widgets.patches import Patches


class BoundariesPage:
    """Tiles of the patches; the form of the chosen one; on a body the picker of faces."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._picker: Patches | None = None
        self._words, self._loaded = html(), ""
        self._picture, self._note = html(), html()
        self.tiles = Tiles(label="Patches", wide=True)
        self.tiles.observe(lambda _: self._turn(), "chosen")
        self._place = column()
        self._form: PartForm | None = None
        self._pick = button("Pick on the body", self.pick, tip="faces of the body in three dimensions")
        self._picked = column()
        self.widget = column(self._picture, self.tiles, self._note, self._place, self._pick, self._picked)

    def show(self, draft: Draft) -> None:
        """Show the patches of this draft."""
        space = draft.space
        patches = {} if space is None else space.patches
        given = {name: draft.boundaries[name] for name in [*patches, *draft.boundaries] if name in draft.boundaries}
        without = [name for name, patch in patches.items() if name not in given and patch.role != "automatic"]
        items = [_tile(name, given.get(name), draft) for name in [*given, *without]]
        if self.tiles.items != items:
            self.tiles.items = items
        names = [item["name"] for item in items]
        if self.tiles.chosen not in names:
            self.tiles.chosen = names[0] if names else ""
        automatic = [name for name, patch in patches.items() if patch.role == "automatic"]
        self._note.value = said([f"Follows from the domain by itself: {', '.join(automatic)}"]) if automatic else ""
        self._picture.value = "" if space is None else shown(space, draft.boundaries, self.tiles.chosen)
        self._pick.layout.display = None if draft.geometry is not None else "none"
        if self._form is not None:
            self._form.show(draft)

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields."""
        if self._form is not None:
            self._form.find(found)

    def enter(self) -> None:
        """Nothing to do."""

    def pick(self) -> None:
        """Show the body in three dimensions: what its faces are named and given there is taken over at once."""
        from flowcfd.widgets.patches import patches  # brings the render process

        body = self._desk.draft.geometry
        if body is None:
            return
        self._picked.children = (html(said(["The picture is being started: the first one takes some seconds."])),)
        try:
            geometry = Geometry.kept(body.digest)
            given = {name: one for name, one in self._desk.draft.boundaries.items() if name in geometry.patches}
            self._picker = patches(geometry, given)
            self._loaded = self._desk.draft.loaded
        except (FlowError, OSError) as error:
            self._picked.children = (html(said([str(error)], "bad")),)
            return
        self._picker.on_change(self._take)
        self._picked.children = (self._words, self._picker.widget)

    def _take(self, picker: Patches) -> None:
        """The names and boundaries of the picker; what does not fit is said above it."""
        draft = self._desk.draft
        try:
            geometry = picker.geometry
            if draft.geometry is None or geometry.digest != draft.geometry.digest:
                draft = draft.with_geometry(geometry, named(self._loaded, picker.code))
            changed = {name: one for name, one in picker.boundaries.items() if draft.boundaries.get(name) != one}
            self._desk.change(draft.with_boundaries(changed) if changed else draft)
            self._words.value = ""
        except FlowError as error:
            self._words.value = said([str(error)], "bad")

    def _turn(self) -> None:
        patch = self.tiles.chosen
        if not patch:
            self._place.children, self._form = (), None
            return
        self._form = PartForm(
            self._desk, f"boundaries.{patch}", lambda draft: draft.boundaries.get(patch) or _first(draft, patch),
            lambda draft, boundary: draft.with_boundary(patch, boundary), BOUNDARIES, patch_choices,
        )  # fmt: skip
        self._place.children = (html(f"<h4>{escape(patch)}</h4>"), self._form.widget)
        self.show(self._desk.draft)


def named(loaded: str, code: str) -> str:
    """The Python that gives a body with the names of the picker: what loads it, and then the names.

    `code` is the picker's, whose first statement gives the geometry by its digest and names its faces.
    """
    statement = code.partition("\nboundaries = ")[0].removeprefix("geometry = ")
    names = statement.partition(".name(")
    return f"{loaded}.name({names[2]}" if loaded and names[1] and ".labelled(" not in names[0] else statement


def _first(draft: Draft, patch: str) -> Boundary | None:
    """Something to begin with at a patch that has nothing."""
    return Slip() if draft.space is not None and patch in draft.space.patches else None


def _tile(name: str, boundary: Boundary | None, draft: Draft) -> dict[str, Any]:
    kind = "nothing yet" if boundary is None else str(boundary)
    why = draft.reasons.get(f"boundaries.{name}", "")
    colour = OTHER if boundary is None else COLOURS.get(boundary.kind, OTHER)
    return {"name": name, "words": f"{kind}{f': {why}' if why else ''}", "colour": colour}

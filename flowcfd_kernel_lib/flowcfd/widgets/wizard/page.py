"""What the pages of the wizard have in common, and the form of one part of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import ipywidgets

from flowcfd.case.spec import Spec
from flowcfd.foam.check.finding import Findings
from flowcfd.registry import Registry
from flowcfd.widgets.form import Form
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.parts import button, html, said


class Desk(Protocol):
    """What a page knows of the wizard: the draft, what was found, and how to change and to move."""

    draft: Draft
    findings: Findings | None

    def change(self, draft: Draft) -> None:
        """The draft is this one from now on; all pages show it."""
        ...

    def go(self, step: str) -> None:
        """Show another step."""
        ...


class Page(Protocol):
    """One step: its widget, and what it does when the draft changes and when it is come to."""

    widget: ipywidgets.Widget

    def show(self, draft: Draft) -> None:
        """The draft is another one."""
        ...

    def enter(self) -> None:
        """The page is come to."""
        ...


class PartForm:
    """A form of one part of the draft: what is typed becomes another draft, what is wrong is said beside the field.

    `part` is the path of the part; `value` takes it out of a draft, `take` puts it in (None: as proposed).
    """

    def __init__(
        self,
        desk: Desk,
        part: str,
        value: Callable[[Draft], Spec | None],
        take: Callable[[Draft, Any], Draft],
        kinds: Registry[Any] | None = None,
        choices: Callable[[Draft], Mapping[str, Sequence[str]]] = lambda _: {},
    ) -> None:
        self.part, self.form = part, None
        self._desk, self._value, self._take = desk, value, take
        self._kinds, self._choices = kinds, choices
        self._form: Form | None = None
        self._back = button("Back to what is proposed", self._propose)
        self._why = html()
        self._place = ipywidgets.VBox()
        self.widget = ipywidgets.VBox([self._why, self._place, self._back])

    def show(self, draft: Draft) -> None:
        """Show the part as this draft has it."""
        value = self._value(draft)
        chosen = self.part in draft.chosen
        why = draft.reasons.get(self.part, "")
        self._why.value = said([f"Proposed: {why}"]) if why and not chosen else ""
        self._back.layout.display = None if chosen and draft.flow is not None and self.part != "domain" else "none"
        if value is None:
            self._place.children, self._form = (), None
            return
        if self._form is None:
            self._form = Form(value, self._told, kinds=self._kinds, choices=self._choices(draft))
            self._form.propose(self._reasons(draft))
            self._place.children = (self._form.widget,)
            return
        if self._form.value is not None and self._form.value != value:
            self._form.replace(value)
        self._form.choose(self._choices(draft))
        self._form.propose(self._reasons(draft))

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields that they are about: (severity, sentence) by path in the case."""
        if self._form is not None:
            self._form.show(self._within(found))

    def forget(self) -> None:
        """Begin with a new form, for another part."""
        self._form = None

    def _reasons(self, draft: Draft) -> dict[str, str]:
        return {path: why for path, why in self._within(draft.reasons).items() if path}

    def _within(self, by_path: Mapping[str, Any]) -> dict[str, Any]:
        """What is about this part, by the path inside of it."""
        inside = f"{self.part}."
        own = {"": by_path[self.part]} if self.part in by_path else {}
        return own | {path.removeprefix(inside): it for path, it in by_path.items() if path.startswith(inside)}

    def _told(self, value: Any) -> None:
        draft = self._desk.draft
        if value is None or self._form is None:
            problems = {} if self._form is None else self._form.problems
            wrong = {f"{self.part}.{path}" if path else self.part: text for path, text in problems.items()}
            self._desk.change(draft.with_wrong(self.part, wrong))
        elif value != self._value(draft) or any(path.startswith(self.part) for path in draft.wrong):
            self._desk.change(self._take(draft.with_wrong(self.part, {}), value))

    def _propose(self) -> None:
        self._form = None
        self._desk.change(self._take(self._desk.draft.with_wrong(self.part, {}), None))


class PartPage:
    """A page that is the form of one part."""

    def __init__(self, form: PartForm) -> None:
        self.form = form
        self.widget = form.widget

    def show(self, draft: Draft) -> None:
        """Show the part."""
        self.form.show(draft)

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields."""
        self.form.find(found)

    def enter(self) -> None:
        """Nothing to do."""


def kinds_where(registry: Registry[Any], wanted: Callable[[type[Spec]], bool]) -> Registry[Any]:
    """Those kinds of a family that are wanted."""
    some: Registry[Any] = Registry(registry.what, f"{registry.group}.some")
    for name, kind in registry.items():
        if wanted(kind):
            some.register(name, kind)
    return some


def patch_choices(draft: Draft) -> dict[str, list[str]]:
    """The names of patches that may be given, by field."""
    space = draft.space
    if space is None:
        return {}
    names = [*space.patches, *space.groups]
    return {"patches": names, "patch": list(space.patches), "neighbour": list(space.patches)}

"""The step Domain: the space that is computed, and the flow that all proposals follow."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from flowcfd.case import DOMAINS, Domain
from flowcfd.meshing.flow import Flow
from flowcfd.registry import Registry
from flowcfd.widgets.form import Form
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.drawing import shown
from flowcfd.widgets.wizard.page import Desk, PartForm, kinds_where
from flowcfd.widgets.wizard.parts import button, column, html, said


class DomainPage:
    """The form of the domain with its drawing, and that of the flow."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._holds: bool | None = None
        self._kinds: Registry[Any] = DOMAINS
        self._place = column()
        self._picture, self._why = html(), html()
        self._flow = PartForm(desk, "flow", lambda draft: draft.flow, _flow)
        self._first: Form | None = None
        self._ask = column()
        self._domain: PartForm | None = None
        self._missing = html()
        self._none = column(self._missing, button("To Geometry", lambda: desk.go("Geometry")))
        about = "Its speed and fluid: mesh, turbulence, boundaries and solve are proposed for it."
        self.widget = column(
            self._none, self._place, self._picture, self._why,
            html(f"<h4>The flow</h4><p>{about}</p>"),
            self._flow.widget, self._ask,
        )  # fmt: skip

    def show(self, draft: Draft) -> None:
        """Show the domain and the flow."""
        missing = draft.shapeless
        self._missing.value = said([missing])
        self._none.layout.display = None if missing else "none"
        holds, domain = draft.geometry is not None, draft.domain
        offered = self._domain is not None and holds == self._holds
        if domain is not None and not (offered and domain.kind in self._kinds.names()):
            self._holds = holds
            self._kinds = kinds_where(
                DOMAINS, lambda kind: getattr(kind, "holds_body", False) == holds or kind is type(domain)
            )
            self._domain = PartForm(self._desk, "domain", lambda one: one.domain, _domain, self._kinds)
            self._place.children = (self._domain.widget,)
        if self._domain is not None:
            self._domain.show(draft)
        self._flow.show(draft)
        self._ask_flow(draft)
        space = draft.space
        self._picture.value = "" if space is None else shown(space, draft.boundaries)
        told: Mapping[str, str] = getattr(space, "told", {})
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(words)}</td></tr>" for name, words in told.items())
        self._why.value = f"<table>{rows}</table>" if rows else ""

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields."""
        if self._domain is not None:
            self._domain.find(found)

    def enter(self) -> None:
        """Nothing to do."""

    def _ask_flow(self, draft: Draft) -> None:
        """An empty form where no flow is known: a body has a size, but nobody knows its speed."""
        if draft.flow is not None or draft.domain is None:
            self._ask.children, self._first = (), None
        elif self._first is None:
            self._first = Form(Flow, self._first_flow)
            note = html(said(["Give the speed: without it nothing can be proposed."], "warn"))
            self._ask.children = (note, self._first.widget)

    def _first_flow(self, flow: Any) -> None:
        if flow is not None:
            self._desk.change(self._desk.draft.with_flow(flow))


def _domain(draft: Draft, domain: Domain | None) -> Draft:
    return draft if domain is None else draft.with_domain(domain)


def _flow(draft: Draft, flow: Flow | None) -> Draft:
    return draft if flow is None else draft.with_flow(flow)

"""The step Mesh: planned by rule for a body, with the reason for each number; a form for all of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ipywidgets

from flowcfd.case.mesh import MESHES
from flowcfd.errors import CaseError, FlowError
from flowcfd.meshing.plan import MeshPlan
from flowcfd.meshing.size import size
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.page import Desk, PartForm, patch_choices
from flowcfd.widgets.wizard.parts import button, column, display_html, html, row
from flowcfd.widgets.wizard.working import Working


class MeshPage:
    """Plans the mesh around a body in a thread; shows the plan with its reasons, and the form of the mesh."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.working = Working()
        self.cells = ipywidgets.Text(description="About so many cells", placeholder="by rule")
        self.y_plus = ipywidgets.Text(description="y+ of the first cells", placeholder="by rule")
        self.plan_it = button("Plan the mesh", self.plan, style="primary")
        self._plan = html()
        self._planner = column(row(self.cells, self.y_plus, self.plan_it), self.working.widget, self._plan)
        self.form = PartForm(desk, "mesh", lambda draft: draft.mesh, Draft.with_mesh, MESHES, patch_choices)
        self.widget = column(self._planner, self.form.widget)

    def show(self, draft: Draft) -> None:
        """Show the mesh, and the plan it is of."""
        body = draft.geometry is not None
        self._planner.layout.display = None if body else "none"
        self._plan.value = display_html(draft.plan) if draft.plan is not None and "mesh" not in draft.chosen else ""
        self.form.show(draft)

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Show findings beside the fields."""
        self.form.find(found)

    def enter(self) -> None:
        """Plan, where there is all that a plan needs and no mesh yet."""
        draft = self._desk.draft
        if draft.geometry is not None and draft.mesh is None and draft.space is not None and draft.flow is not None:
            self.plan()

    def plan(self) -> None:
        """Plan the mesh in a thread; what is missing for it is said."""
        draft = self._desk.draft
        body, flow, domain = draft.geometry, draft.flow, draft.domain
        if body is None or domain is None or flow is None:
            self.working.fail(
                "mesh: a plan needs a body, a domain and the speed of the flow: the step Domain asks for it"
            )
            return
        try:
            cells, y_plus = _number(self.cells, "cells"), _number(self.y_plus, "y_plus")
        except CaseError as error:
            self.working.fail(str(error))
            return
        wanted = None if cells is None else round(cells)
        self.plan_it.disabled = True
        self.working.start(
            "planning the mesh",
            lambda: size(body, flow, domain=domain, cells=wanted, y_plus=y_plus),
            self._planned,
            self._failed,
        )

    def _planned(self, plan: MeshPlan) -> None:
        self.plan_it.disabled = False
        try:
            self.form.forget()
            self._desk.change(self._desk.draft.with_plan(plan))
        except FlowError as error:
            self.working.fail(str(error))

    def _failed(self, sentence: str) -> None:
        self.plan_it.disabled = False
        self.working.fail(sentence)


def _number(field: ipywidgets.Text, name: str) -> Any:
    """The number that is typed, None where nothing is; CaseError for what is none."""
    text = field.value.strip().replace("_", "").replace(" ", "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CaseError(f"{name}: must be a number, or nothing for what the rule says (got {field.value!r})")
    return number

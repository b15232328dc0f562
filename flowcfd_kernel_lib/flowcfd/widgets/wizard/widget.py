"""Wizard: the widget of the steps; it holds a draft and replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

from flowcfd.case import Case
from flowcfd.case.physics import PHYSICS
from flowcfd.case.solve import SOLVES
from flowcfd.errors import UnknownName
from flowcfd.foam.check.finding import Findings
from flowcfd.jobs.handle import Run
from flowcfd.widgets.cell import CellWriter
from flowcfd.widgets.kept import Kept, Left, code, since
from flowcfd.widgets.mark import mark
from flowcfd.widgets.wizard.boundaries_page import BoundariesPage
from flowcfd.widgets.wizard.check_page import CheckPage
from flowcfd.widgets.wizard.domain_page import DomainPage
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.geometry_page import GeometryPage
from flowcfd.widgets.wizard.mesh_page import MeshPage
from flowcfd.widgets.wizard.outputs_page import OutputsPage
from flowcfd.widgets.wizard.page import PartForm, PartPage, patch_choices
from flowcfd.widgets.wizard.parts import Stepper, button, column, html, link, row, said
from flowcfd.widgets.wizard.run_page import RunPage
from flowcfd.widgets.wizard.steps import NAMES, STEPS, State, states, step_of

FOLLOW = ("mesh", "physics", "boundaries", "solve")
"""Parts that are proposed for a domain and a flow."""
WAITS = "Nothing is proposed here yet: it follows from a shape and its flow, which the step Geometry has."
ENDED = "The kernel of this wizard has ended. Run the cell again to go on."


class Wizard:
    """A case set up step by step; see `flowcfd.wizard`. `draft` is what there is so far, `step` the page that is shown.

    The model lives in the kernel: a page that is loaded again shows it as it was.
    """

    def __init__(self, draft: Draft, *, cell: bool = False) -> None:
        self.draft = draft
        self.findings: Findings | None = None
        self._mark = mark("wizard")
        self._stepper = Stepper(current=NAMES[0])
        self._stepper.observe(lambda _: self._turned(), "current")
        self._writer = CellWriter("", self._mark, label="Write the cell", keep=cell)
        self.run_page = RunPage(self, self._ran)
        self.pages: dict[str, Any] = {
            "Geometry": GeometryPage(self),
            "Domain": DomainPage(self),
            "Mesh": MeshPage(self),
            "Physics": PartPage(PartForm(self, "physics", lambda one: one.physics, Draft.with_physics, PHYSICS)),
            "Boundaries": BoundariesPage(self),
            "Solve": PartPage(PartForm(self, "solve", lambda one: one.solve, Draft.with_solve, SOLVES, patch_choices)),
            "Outputs": OutputsPage(self),
            "Check": CheckPage(self, self._found),
            "Run": self.run_page,
        }
        self._title, self._said = html(), html()
        self._problems = column()
        self._place = column()
        self._back = button("Back", lambda: self._move(-1))
        self._next = button("Next", lambda: self._move(1), style="primary")
        self._missing = column(html(said([WAITS])), button("To Geometry", lambda: self.go("Geometry")))
        page = column(self._title, self._said, self._missing, self._place)
        page.add_class("fc-wizard-page")
        foot = column(self._problems, row(self._back, self._next, self._writer))
        foot.add_class("fc-wizard-foot")
        self.widget = ipywidgets.VBox([self._stepper, page, foot])
        self.widget.add_class("fc-wizard")
        self._kept = Kept(".fc-wizard", self._left)
        self.change(draft)
        self._turned()
        if cell and self.draft.complete:  # what changes later is written by the page
            self._writer.write(self.code, self._mark)

    @property
    def case(self) -> Case:
        """The case that is set up; CaseError names what is missing."""
        return self.draft.case

    @property
    def code(self) -> str:
        """The Python that makes the case and, once it was run, the run; CaseError as `case`."""
        return "\n".join(part for part in (self.draft.code, self.run_page.call) if part)

    @property
    def run(self) -> Run | None:
        """The run that was started last."""
        return self.run_page.run

    @property
    def step(self) -> str:
        """The step that is shown; can be set."""
        return str(self._stepper.current)

    @step.setter
    def step(self, step: str) -> None:
        self.go(step)

    @property
    def states(self) -> Mapping[str, State]:
        """How each step stands."""
        return states(self.draft, self.findings, "" if self.run is None else self.run.state)

    def go(self, step: str) -> None:
        """Show a step; UnknownName for one that is not there."""
        if step not in STEPS:
            raise UnknownName("step", str(step), STEPS)
        self._stepper.current = step

    def show(self, path: str) -> None:
        """Show the step of a path in the case, the focus in the first field that is wrong."""
        self.go(step_of(path))
        self._stepper.seek += 1

    def change(self, draft: Draft) -> None:
        """Another draft: all pages show it, and the cell follows where that is wanted."""
        old, self.draft = self.draft, draft
        if self.findings is not None and draft.parts != old.parts:
            self.findings = None
            self._found(None)
        for page in self.pages.values():
            page.show(draft)
        self._said.value = said(draft.said, "warn")
        self._problems.children = tuple(
            self._way(path, text)
            for path, text in draft.problems.items()
            if path not in FOLLOW or len(draft.problems) < 3
        )
        self._tell()

    def _way(self, path: str, text: str) -> ipywidgets.Button:
        """A problem as the link to its field."""
        shape = path == "domain" and self.draft.domain is None
        return link(_told(path, text), lambda: self.show("geometry" if shape else path))

    def _found(self, findings: Findings | None) -> None:
        """Findings beside the fields that they are about."""
        by_path: dict[str, tuple[str, str]] = {}
        for one in reversed(findings or ()):
            if one.field:
                by_path[one.field] = (one.severity, one.message)
        for page in self.pages.values():
            page.find(by_path)
        self._tell()

    def _ran(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """The stepper and the cell as things are now."""
        steps = [{"name": name, "word": state.word, "why": state.why} for name, state in self.states.items()]
        if self._stepper.steps != steps:
            self._stepper.steps = steps
        if self.draft.complete and self._writer.code != self.code:
            self._writer.code = self.code
        self._wait()
        self._kept.changed()

    def _wait(self) -> None:
        """Say what a step waits for that has nothing to show yet."""
        part = self.step.lower()
        waits = part in FOLLOW and bool(self.draft.shapeless) and not getattr(self.draft, part)
        self._missing.layout.display = None if waits else "none"

    def _turned(self) -> None:
        step = self.step
        self._wait()
        self._title.value = f"<h3 class='fc-wizard-title'>{step}</h3><p>{STEPS[step][0]}</p>"
        self._place.children = (self.pages[step].widget,)
        at = NAMES.index(step)
        self._back.disabled, self._next.disabled = at == 0, at == len(NAMES) - 1
        self._next.description = "Next" if at == len(NAMES) - 1 else f"Next: {NAMES[at + 1]}"
        self.pages[step].enter()
        self._kept.changed()

    def _move(self, by: int) -> None:
        self.go(NAMES[max(0, min(len(NAMES) - 1, NAMES.index(self.step) + by))])

    def _ipython_display_(self) -> None:
        """The widget, and what is set up for a notebook that is read without a kernel."""
        self._kept.display(self.widget._repr_mimebundle_() or {})

    def _left(self) -> Left:
        if self.draft.complete:
            return Left(repr(self), since(f"{ENDED} What was set up is this code."), page=code(self.code))
        missing = ", ".join(dict.fromkeys(map(step_of, self.draft.problems)))
        return Left(repr(self), since(f"{ENDED} At the step {self.step} there was something to do in {missing}."))

    def __repr__(self) -> str:
        return f"<Wizard of {self.draft.name}: {self.step}, {'complete' if self.draft.complete else 'not complete'}>"


def _told(path: str, text: str) -> str:
    """A problem for people: the step it belongs to, and where in it."""
    step = step_of(path)
    return f"{step}: {text}" if path.lower() == step.lower() else f"{step}: {path}: {text}"

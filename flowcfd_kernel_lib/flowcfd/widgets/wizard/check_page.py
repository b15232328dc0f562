"""The step Check: what is wrong with the case before it is run, with mends as buttons; what it will cost."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import ipywidgets

from flowcfd.case import Case
from flowcfd.errors import FlowError
from flowcfd.foam.check.finding import Finding, Findings
from flowcfd.foam.check.gates import check
from flowcfd.foam.check.mending import mend
from flowcfd.foam.render import render
from flowcfd.jobs.estimate.make import estimate
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.page import Desk
from flowcfd.widgets.wizard.parts import button, column, display_html, html, link, row, said
from flowcfd.widgets.wizard.steps import step_of
from flowcfd.widgets.wizard.working import Working

KINDS: Mapping[str, str] = {"error": "bad", "warning": "warn", "note": ""}


class CheckPage:
    """Checks in a thread as soon as it is come to, unless the present case was checked already."""

    def __init__(self, desk: Desk, found: object) -> None:
        self._desk, self._tell = desk, found
        self.working, self.counting = Working(), Working()
        self._checked: Case | None = None
        self._estimated: Case | None = None
        self._list, self._problems, self._own = column(), column(), column()
        self._summary, self._estimate = html(), html()
        self._again = button("Check again", self.check, style="primary")
        self._cost = button("What will it take?", self.estimate)
        self.widget = column(
            self._problems, self._own, row(self._again, self._cost), self.working.widget, self._summary, self._list,
            self.counting.widget, self._estimate,
        )  # fmt: skip

    def show(self, draft: Draft) -> None:
        """What is missing or wrong, each with the way to its field; findings of another case are taken away."""
        self._problems.children = tuple(
            row(html(said([f"{path}: {text}"], "bad")), self._way(path, "to")) for path, text in draft.problems.items()
        )
        names = ", ".join(draft.files)
        own = html(said([f"Files of its own, merged last over what the steps say: {names}"]))
        drop = button("Leave them out", lambda: self._desk.change(self._desk.draft.with_files({})))
        self._own.children = (row(own, drop),) if draft.files else ()
        self._again.disabled = self._cost.disabled = not draft.complete
        if self._checked is not None and (not draft.complete or draft.case != self._checked):
            self._checked, self._list.children, self._summary.value = None, (), ""
        if self._estimated is not None and (not draft.complete or draft.case != self._estimated):
            self._estimated, self._estimate.value = None, ""

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """They are its own."""

    def enter(self) -> None:
        """Check and estimate what was not checked yet."""
        if self._desk.draft.complete and self._checked is None:
            self.check()
        if self._desk.draft.complete and self._estimated is None:
            self.estimate()

    def check(self) -> None:
        """Look at the case in a thread."""
        case = self._desk.draft.case
        self.working.start("looking at the case", lambda: check(case), lambda found: self._found(case, found))

    def estimate(self) -> None:
        """Count cells, and say what it will take, in a thread."""
        case = self._desk.draft.case

        def done(found: object) -> None:
            self._estimated = case
            self._estimate.value = f"<h4>What it will take</h4>{display_html(found)}"

        self.counting.start("estimating", lambda: estimate(case), done)

    def _found(self, case: Case, findings: Findings) -> None:
        self._checked = case
        good = said(["Nothing is wrong: it can be run."], "good") if not len(findings) else ""
        gates = " · ".join(escape(str(gate)) for gate in findings.gates)
        self._summary.value = f"{good}<div class='fc-why'>{escape(findings.summary)} ({gates})</div>"
        self._list.children = tuple(self._one(one) for one in findings)
        self._desk.findings = findings
        self._tell(findings)  # type: ignore[operator]

    def _one(self, one: Finding) -> ipywidgets.Widget:
        words = html(said([f"{one.severity}: {one.message}"], KINDS[one.severity]))
        more = []
        if one.field:
            more.append(self._way(one.field, f"{one.field} in"))
        if one.mend is not None and one.mend.changes:
            text = one.mend.text
            more.append(button(f"Mend: {text}", lambda: self._mend(one), tip=f"{one.rule}: {text}"))
        return column(words, row(*more)) if more else words

    def _way(self, path: str, words: str) -> ipywidgets.Widget:
        """A link to the step of a path."""
        step = step_of(path)
        return link(f"{words} {step}", lambda: self._desk.go(step))

    def _mend(self, one: Finding) -> None:
        """Mend the field of the case that the finding is about; where it has none, the file, which is merged last."""
        draft = self._desk.draft
        try:
            self._desk.change(draft.mended(one) or draft.with_files({**draft.files, **_files(draft.case, one)}))
        except FlowError as error:
            self.working.fail(str(error))
            return
        self.check()


def _files(case: Case, one: Finding) -> dict[str, str]:
    """The files that a mend changes, as they are after it."""
    before = render(case)
    after = mend(before, one).files.files
    return {path: text for path, text in after.items() if isinstance(text, str) and before.files.get(path) != text}

"""The step Run: where, on how many cores; the monitor while it computes, the results in short when it is done."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from flowcfd.errors import CaseError, FlowError
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.submit import run as submit
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.page import Desk
from flowcfd.widgets.wizard.parts import button, column, display_html, html, row, said
from flowcfd.widgets.wizard.working import Working


class RunPage:
    """Starts the run in a thread and follows it; `run` is its handle, `call` the Python that gives it."""

    def __init__(self, desk: Desk, told: Callable[[], object]) -> None:
        self._desk, self._told = desk, told
        self.run: Run | None = None
        self.call = ""
        self.working, self.looking = Working(), Working()
        self.on = ipywidgets.Dropdown(options=executors.names(), value="local", description="Where")
        self.cores = ipywidgets.BoundedIntText(value=1, min=1, max=100_000, description="Cores")
        self.start = button("Run", self.submit, style="primary")
        self._look = button("Look at the flow", self.view)
        self._look.layout.display = "none"
        self._missing, self._results = html(), html()
        self._monitor, self._scene = column(), column()
        self.widget = column(
            self._missing, row(self.on, self.cores, self.start), self.working.widget, self._monitor, self._results,
            self._look, self.looking.widget, self._scene,
        )  # fmt: skip

    def show(self, draft: Draft) -> None:
        """Whether it can be run."""
        problems = draft.problems
        self.start.disabled = bool(problems)
        self._missing.value = said([f"{path}: {text}" for path, text in problems.items()], "bad")

    def find(self, found: Mapping[str, tuple[str, str]]) -> None:
        """There is nothing to find about it."""

    def enter(self) -> None:
        """Nothing to do."""

    def submit(self) -> None:
        """Start the run of the present case, or find the one that it has already."""
        try:
            case = self._desk.draft.case
        except CaseError as error:
            self.working.fail(str(error))
            return
        on, cores = self.on.value, self.cores.value
        where = "" if on == "local" else f", on={on!r}"
        self.call = f"run = fc.run(case, cores={cores}{where})"
        self._scene.children, self._results.value = (), ""
        self._look.layout.display = "none"
        self.start.disabled = True
        self.working.start("writing the run", lambda: submit(case, on=on, cores=cores), self._started, self._failed)

    def _started(self, run: Run) -> None:
        self.run, self.start.disabled = run, False
        self._monitor.children = (self._watched(run),)
        self._told()
        here = contextvars.copy_context()
        name = f"follow {run.path.name}"
        threading.Thread(target=here.run, args=(self._follow, run), name=name, daemon=True).start()

    def _failed(self, sentence: str) -> None:
        self.start.disabled = False
        self.working.fail(sentence)

    def _watched(self, run: Run) -> ipywidgets.Widget:
        from flowcfd.widgets.monitor import watch

        try:
            made: Any = watch(run)
        except FlowError as error:
            return html(said([str(error)], "warn"))
        return made if isinstance(made, ipywidgets.Widget) else made.widget

    def _follow(self, run: Run) -> None:
        with contextlib.suppress(FlowError):  # how it ended is asked of its state
            run.wait()
        if self.run is not run:
            return
        self._told()
        self._ended(run)

    def _ended(self, run: Run) -> None:
        from flowcfd.post.open import results

        if run.state != "Done":
            self._results.value = said([f"{run.state}: {run.why}"], "bad")
            return
        try:
            found = results(run)
            self._results.value = f"<h4>Results</h4>{display_html(found)}{display_html(found.verdict)}"
            self._look.layout.display = None
        except FlowError as error:
            self._results.value = said([str(error)], "warn")

    def view(self) -> None:
        """The flow in three dimensions."""
        run = self.run
        if run is not None:
            self.looking.start("drawing", lambda: _viewer(run), lambda made: setattr(self._scene, "children", (made,)))


def _viewer(run: Run) -> ipywidgets.Widget:
    from flowcfd.scene import view
    from flowcfd.widgets.viewer import Viewer

    return Viewer(view(run))

"""A study in a notebook while it is computed: how far it is, and a table that fills as points end.

The display is an output of the cell that is written anew, so it stands in a saved notebook as it was last.
"""

from __future__ import annotations

import contextvars
import html
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, SupportsFloat

from flowcfd.errors import FlowError
from flowcfd.jobs.live import has_front_end
from flowcfd.jobs.record import ACTIVE
from flowcfd.jobs.table import COLOURS
from flowcfd.post.table import Table
from flowcfd.studies.point import WAITING, Measure

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from flowcfd.post.open import Results
    from flowcfd.studies.study import Study

INTERVAL = 1.0
"""The least time [s] between two looks; a look that took long is followed by nine times as long a rest."""
ROWS = 60
NO_RUN = "#8a8a8a"
"""Colour of the mark of a point that has no run; those of the others are the table of runs'."""


class Watch:
    """The live display of one study. `close` ends it; what is shown stays."""

    def __init__(self, study: Study, measures: dict[str, Measure]) -> None:
        self.study = study
        self.measures = {name: one if isinstance(one, str) else _once(one) for name, one in measures.items()}
        self.took = 0.0
        self._handle: Any = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Watch:
        """Show it now and again and again, in a thread where somebody looks on, else until it is through.

        Outside of notebooks the table is printed when all points are through.
        """
        if not _displays():
            self.study.wait()
            print(text(self.study, self.study.table(on=None, **self.measures)))
            return self
        through = self.refresh()
        if has_front_end():
            here = contextvars.copy_context()  # the cell's, whatever the kernel hears meanwhile
            self._thread = threading.Thread(target=here.run, args=(self._live,), name="flowcfd-study", daemon=True)
            self._thread.start()
        elif not through:
            self._live()
        return self

    @property
    def alive(self) -> bool:
        """Whether it updates by itself."""
        return self._thread is not None and self._thread.is_alive() and not self._over.is_set()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def refresh(self) -> bool:
        """Look at the study and show it; whether it is through."""
        from IPython.display import display

        began = time.monotonic()
        driven = self.study.driven
        table = self.study.table(on=None, **self.measures)
        bundle = {"text/plain": text(self.study, table), "text/html": page(self.study, table, driven=driven)}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        if self._handle is not None:
            self._handle.update(bundle, raw=True)
        self.took = time.monotonic() - began
        return not driven and not any(state in ACTIVE for state in table["state"])

    def _live(self) -> None:
        while not self._over.wait(max(INTERVAL, 9 * self.took)):
            try:
                if self.refresh():
                    return
            except (FlowError, OSError):  # the folder is being moved, or the scheduler is silent: look again
                continue


def _once(measure: Callable[[Results], SupportsFloat]) -> Callable[[Results], SupportsFloat]:
    """The same measure, which is asked once for each run however often the table is shown."""
    known: dict[Path, SupportsFloat] = {}

    def asked(res: Results) -> SupportsFloat:
        if res.case not in known:
            known[res.case] = measure(res)
        return known[res.case]

    return asked


def _displays() -> bool:
    """Whether there is an IPython that displays."""
    from IPython.core.getipython import get_ipython

    return get_ipython() is not None


def text(study: Study, table: Table) -> str:
    """How far it is, and the table, as plain text."""
    return f"Study {study.name}: {told(table)}\n{_shown(table).to_string(max_rows=ROWS)}"


def told(table: Table) -> str:
    """How many points are in each state."""
    counts = table["state"].value_counts()
    return ", ".join(f"{counts[state]} {str(state).lower()}" for state in sorted(counts.index)) or "no points"


def page(study: Study, table: Table, *, driven: bool) -> str:
    """The study as HTML: a bar, the states, what warm starts saved, and the table."""
    states = list(table["state"])
    left = sum(state in (*ACTIVE, WAITING) for state in states)
    bar = f"<progress value='{len(states) - left}' max='{max(1, len(states))}' style='width: 12em'></progress> "
    head = f"<b>Study {html.escape(study.name)}</b>: {len(states)} points, {html.escape(told(table))}"
    if left and not driven and WAITING in states:
        begun = (study.path / "study.json").exists()
        head += "; nobody submits those that wait: study.run() goes on" if begun else "; study.run() computes them"
    saved = study.saving
    note = f"<div>{html.escape(str(saved))}</div>" if saved.points else ""
    shown = _shown(table.titled()).to_html(max_rows=ROWS, border=0, na_rep="", escape=True, float_format=_number)
    for state, colour in {**COLOURS, WAITING: NO_RUN}.items():
        mark = f"<span style='color:{colour}'>&#9679;</span>&nbsp;"  # the word keeps the colour of the page's theme
        left_edge = "style='text-align:left;white-space:nowrap'"
        shown = shown.replace(f"<td>{state}</td>", f"<td {left_edge}>{mark}{state}</td>")
    title = html.escape(str(study.path), quote=True)
    return f"<div title='{title}'>{bar if left else ''}{head}</div>{note}{shown}"


def _shown(table: pd.DataFrame) -> Any:
    """The table without columns that say nothing."""
    shown = table.rename_axis(columns="point", index=None)  # one row of titles, not two
    return shown.drop(columns="cause") if not shown["cause"].any() else shown


def _number(value: float) -> str:
    return f"{value:.6g}"

"""The table of runs that lives in a notebook: it updates by itself, turns over, and has buttons for ticked rows.

ipywidgets is loaded here only. A thread looks at the runs, so that the table lives on while a cell is at work; buttons
are answered when the cell has ended. A page of rows has widgets of its own which are used again for every page, so
that hundreds of runs cost what a page costs.
"""

from __future__ import annotations

import contextlib
import contextvars
import html
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import FlowError
from flowcfd.jobs import table
from flowcfd.jobs.status import Status

if TYPE_CHECKING:
    from flowcfd.jobs.collection import Runs
    from flowcfd.jobs.outcome import Outcomes

PAGE = 25
"""Rows that are shown at once."""

INTERVAL = 1.0
"""The least time [s] between two looks; a look that took long is followed by nine times as long a rest."""

MOST = 4
"""So many tables update in one process; the oldest stops, for nobody says when a cell's output is thrown away."""

ALL = "all"
_alive: list[Live] = []


class Live:
    """One table. `box` is the widget; `refresh` looks once, `start` again and again, `close` ends it."""

    def __init__(self, runs: Runs) -> None:
        import ipywidgets as widgets

        self.runs = runs
        self.ticked: set[Path] = set()
        self.took = 0.0
        """What the last look took [s]."""
        self._statuses: list[Status] = []
        self._page = 0
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._context = contextvars.copy_context()  # of the cell: threads in it answer to the kernel's main thread
        self._quiet = False  # while ticks are set from here
        self._title, self._note = widgets.HTML(), widgets.HTML()
        self._rows = [self._made(widgets) for _ in range(min(PAGE, max(1, len(runs))))]
        self._all = widgets.Checkbox(value=False, indent=False, layout=_narrow(widgets), description="")
        self._all.observe(self._tick_all, "value")
        self._state = widgets.Dropdown(options=[ALL], value=ALL, layout=widgets.Layout(width="9em"))
        self._state.observe(self._turned, "value")
        turns = [self._button(widgets, words, act) for words, act in (("‹", self._back), ("›", self._forth))]
        self._place = widgets.HTML()
        verbs = [
            self._button(widgets, verb, partial(self.tell, verb)) for verb in ("pause", "resume", "cancel", "retry")
        ]
        self._turns = widgets.HBox([*turns, self._place])
        bar = widgets.HBox([*verbs, self._state, self._turns])
        heads = widgets.HBox([self._all, widgets.HTML(table.head(), layout=widgets.Layout(flex="1 1 auto"))])
        self._mark = f"flowcfd-still-{uuid.uuid4().hex[:8]}"
        self._still: Any = None
        hides = widgets.HTML(_hiding(self._mark), layout=widgets.Layout(display="none"))
        self.box: Any = widgets.VBox([self._title, bar, heads, *(box for _, _, box in self._rows), self._note, hides])

    def start(self) -> Live:
        """Look now, and again and again until no run is active any more; once at a time."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._over.clear()
                self.refresh()
                self._thread = self._threaded("flowcfd-runs", self._live)
                self._thread.start()
                _alive.append(self)
                for old in _alive[:-MOST]:
                    old.close()
        return self

    def close(self) -> None:
        """Look no more; what is shown stays."""
        self._over.set()
        if self in _alive:
            _alive.remove(self)

    def display(self) -> None:
        """Show it as an output of the cell that runs."""
        from IPython.display import display

        self.leave_still()
        widget = self.box._repr_mimebundle_()
        said = {"text/plain": table.summary(self._statuses)}  # the plain table stands beside it
        display({**widget, **said}, raw=True)  # type: ignore[no-untyped-call]

    def leave_still(self) -> None:
        """Leave a plain table beside this one: hidden while this one is there, seen when its kernel is gone."""
        from IPython.display import display

        with self._lock:
            now = time.strftime("%d %b %H:%M")
            plain = table.table(self._statuses, notes=[f"as it was {now}; the cell, run again, shows it live"])
            bundle = {"text/plain": table.text(self._statuses), "text/html": f"<div class='{self._mark}'>{plain}</div>"}
            if self._still is None:
                self._still = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
            else:
                self._still.update(bundle, raw=True)

    @property
    def alive(self) -> bool:
        """Whether it updates by itself."""
        return self._thread is not None and self._thread.is_alive() and not self._over.is_set()

    def refresh(self) -> None:
        """Look at the runs and show what is true now."""
        began = time.monotonic()
        found = self.runs.statuses()
        with self._lock:
            self._statuses = found
            self._show()
        self.took = time.monotonic() - began

    def tell(self, verb: str) -> threading.Thread:
        """Say pause, resume, cancel or retry to the ticked runs, in a thread; the rows show what comes of it."""
        chosen = self.runs._of([path for path in self.runs._members if path in self.ticked])
        thread = self._threaded(f"flowcfd-{verb}", partial(self._told, verb, chosen))
        self._note.value = _said(f"{verb}: {len(chosen)} runs ..." if len(chosen) else "tick the runs first")
        if len(chosen):
            thread.start()
        return thread

    def _threaded(self, name: str, do: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=self._context.copy().run, args=(do,), name=name, daemon=True)

    def _told(self, verb: str, chosen: Runs) -> None:
        verbs: dict[str, Callable[[], Outcomes]] = {
            "pause": chosen.pause,
            "resume": chosen.resume,
            "cancel": chosen.cancel,
            "retry": chosen.retry,
        }
        done = verbs[verb]()
        self.runs.forget(chosen)
        told = f"{verb}: {len(done) - len(done.refused)} of {len(done)} runs"
        self._note.value = _said("; ".join([told, *map(str, done.refused[:5])]))
        self.start()

    def _live(self) -> None:
        while not self._over.wait(max(INTERVAL, 9 * self.took)):
            if self.box.comm is None:  # closed, by whomever
                return
            try:
                self.refresh()
            except (FlowError, OSError) as error:
                self._note.value = _said(f"cannot look: {' '.join(str(error).split())}")
            if not any(one.active for one in self._statuses):
                if self._still is not None:
                    self.leave_still()  # what is saved with the notebook says how they ended
                return

    @property
    def _shown(self) -> list[Status]:
        wanted = self._state.value
        return [one for one in self._statuses if wanted in (ALL, one.state)]

    def _show(self) -> None:
        now, shown = time.time(), self._shown
        pages = max(1, -(-len(shown) // len(self._rows)))
        self._page = min(self._page, pages - 1)
        first = self._page * len(self._rows)
        self._states()
        _set(self._title, f"<b>{table.summary(self._statuses)}</b>")
        _set(self._place, f"{self._page + 1} of {pages}" if pages > 1 else "")
        self._turns.layout.display = "flex" if pages > 1 else "none"
        for number, (tick, words, box) in enumerate(self._rows):
            one = shown[first + number] if first + number < len(shown) else None
            box.layout.display = "none" if one is None else "flex"
            if one is not None:
                tick.path = one.path
                self._set_tick(tick, one.path in self.ticked)
                _set(words, table.row(one, now))

    def _states(self) -> None:
        """Offer the states that there are; the one that is shown stays, even when no run is in it any more."""
        there = [
            ALL,
            *(s for s in table.COLOURS if s == self._state.value or any(o.state == s for o in self._statuses)),
        ]
        if tuple(there) != tuple(self._state.options):
            kept = self._state.value
            with self._state.hold_trait_notifications():
                self._state.options = there
                self._state.value = kept

    def _made(self, widgets: Any) -> tuple[Any, Any, Any]:
        """A row: its tick, its words, and the box around them."""
        tick = widgets.Checkbox(value=False, indent=False, layout=_narrow(widgets))
        tick.path = None
        tick.observe(self._ticked, "value")
        words = widgets.HTML(layout=widgets.Layout(flex="1 1 auto"))
        return tick, words, widgets.HBox([tick, words])

    def _button(self, widgets: Any, words: str, act: Callable[[], object]) -> Any:
        button = widgets.Button(description=words, layout=widgets.Layout(width="auto"))
        button.on_click(lambda _: act())
        return button

    def _set_tick(self, tick: Any, value: bool) -> None:
        self._quiet = True
        try:
            tick.value = value
        finally:
            self._quiet = False

    def _ticked(self, change: Any) -> None:
        with self._lock:  # not while a look is being shown
            if not self._quiet and change["owner"].path is not None:
                (self.ticked.add if change["new"] else self.ticked.discard)(change["owner"].path)

    def _tick_all(self, change: Any) -> None:
        with self._lock:
            paths = {one.path for one in self._shown}
            self.ticked = self.ticked | paths if change["new"] else self.ticked - paths
            self._show()

    def _turned(self, change: Any = None) -> None:
        with self._lock:
            self._show()

    def _back(self) -> None:
        self._page = max(0, self._page - 1)
        self._turned()

    def _forth(self) -> None:
        self._page += 1
        self._turned()


def has_front_end() -> bool:
    """Whether this is a kernel that somebody looks at: one that is run headless is told not to ask anything."""
    with contextlib.suppress(ImportError, AttributeError):
        from IPython.core.getipython import get_ipython

        kernel = getattr(get_ipython(), "kernel", None)
        return kernel is not None and bool(kernel._allow_stdin)
    return False


def _set(widget: Any, value: str) -> None:
    if widget.value != value:  # no message for what stays
        widget.value = value


def _said(words: str) -> str:
    return html.escape(words)


def _hiding(mark: str) -> str:
    """A style that hides what has this class, and in JupyterLab the output around it."""
    nothing = "{display:none}"
    return f"<style>.{mark}{nothing} .jp-OutputArea-child:has(.{mark}){nothing}</style>"


def _narrow(widgets: Any) -> Any:
    return widgets.Layout(width="2em", flex="0 0 2em")

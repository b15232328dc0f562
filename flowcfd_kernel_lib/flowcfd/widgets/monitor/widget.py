"""Monitor: the widget that shows runs while they compute. A thread reads on what they write and tells the page.

The page holds the curves and gets only rows that are new. It begins with all rows that the kernel keeps, also when it
is loaded again: they are packed when it asks for the widget's state. Every row has a number, so none is lost between.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from flowcfd.errors import FlowError, SiteError
from flowcfd.jobs import Run, Runs
from flowcfd.jobs.live import has_front_end
from flowcfd.jobs.record import ACTIVE
from flowcfd.widgets.monitor import told
from flowcfd.widgets.monitor.doors import door
from flowcfd.widgets.monitor.follow import Follower, Group, News
from flowcfd.widgets.monitor.loose import status_of
from flowcfd.widgets.monitor.overview import Overview
from flowcfd.widgets.monitor.still import Still
from flowcfd.widgets.scripts import script as concatenated

if TYPE_CHECKING:
    from flowcfd.studies import Study

HERE = Path(__file__).parent
UPLOT = HERE.parent / "static"
SCRIPTS = ("ring.js", "plot.js", "parts.js", "overview.js", "monitor.js")

QUICK, CALM, REST = 0.02, 0.1, 0.5
"""Time [s] between two looks for new rows: while they come, a while after, and of a run that does not compute."""
STATE, MEANS = 1.0, 2.0
"""The least time [s] between two looks at the state of a run, and at its means; never more than a tenth of a core."""
DOZE = 2.0
"""Time [s] between two looks whether a run that has ended goes on, as a program or a command asked it to."""
ALIVE = 8
"""So many monitors follow runs in one process; the oldest rests: nobody says when a cell's output is thrown away."""

_alive: list[Monitor] = []


def _packed(_: object, monitor: Monitor) -> dict[str, Any]:
    """The groups with all rows that are kept, as the page begins with them."""
    with monitor._lock:
        follower = monitor._follower
        groups = [] if follower is None else [_group(group) for group in follower.groups.values()]
        return {"epoch": monitor._epoch, "groups": groups}


def _group(group: Group) -> dict[str, Any]:
    """A group with its rows."""
    about = {name: getattr(group, name) for name in ("key", "tab", "title", "columns", "unit", "log")}
    data = memoryview(np.ascontiguousarray(group.history.rows).tobytes())
    return {**about, "capacity": group.history.capacity, "count": group.history.count, "data": data}


class Monitor(anywidget.AnyWidget):
    """The live display of one run, or of several with one of them in detail. `fc.watch` makes it.

    `close` ends it, the run goes on. `alive` says whether it follows; `rows` how many rows of each group it has seen.
    """

    _esm = _css = ""  # given with each, so that what is not set up is said by who makes one
    key = traitlets.Unicode().tag(sync=True)
    start_rows = traitlets.Any(0).tag(sync=True, to_json=_packed)
    told = traitlets.Dict().tag(sync=True)
    bands: traitlets.List[Any] = traitlets.List().tag(sync=True)
    overview = traitlets.Dict().tag(sync=True)

    def __init__(self, run: Run | None = None, *, runs: Runs | None = None, study: Study | None = None) -> None:
        self._lock = threading.RLock()
        self._follower: Follower | None = None
        self._epoch = 0
        """One more whenever another run is shown, so that rows which were under way are not taken for its."""
        self._context = contextvars.copy_context()
        """The cell's: what threads send in it is answered to the kernel's main thread, wherever a click came from."""
        self._over = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._overview = None if run is not None else Overview(runs=runs, study=study)
        self._note = ""
        self._verdict: dict[str, Any] | None = None
        self._next_state = self._next_means = self._fresh = 0.0
        self._ended = False
        self._still = Still(self)
        super().__init__(_esm=script(), _css=style())
        self.on_msg(self._heard)
        self.key = door(self)
        if run is not None:
            self._show(run)
        else:
            self._look_over()
        self.start()

    # ---- what people ask

    @property
    def run(self) -> Run | None:
        """The run that is shown in detail; None while none of several is chosen."""
        return None if self._follower is None else self._follower.run

    @property
    def alive(self) -> bool:
        """Whether it follows."""
        thread = self._thread
        return thread is not None and thread.is_alive() and not self._over.is_set()

    @property
    def rows(self) -> dict[str, int]:
        """How many rows of each group came so far, by its title."""
        with self._lock:
            groups = self._follower.groups.values() if self._follower else ()
            return {group.title: group.history.count for group in groups}

    @property
    def picture(self) -> bytes:
        """What is shown now, as a PNG."""
        return self._still.png()

    def start(self) -> Monitor:
        """Follow, or follow on; once at a time."""
        with self._lock:
            self._ended = False
            if not self.alive:
                self._over = threading.Event()
                thread = self._made("flowcfd-monitor", self._live, self._over)
                thread.start()  # before anybody can wait for it
                self._thread = thread
            _forget(self)
            _alive.append(self)
            for old in [one for one in _alive if one.alive][:-ALIVE]:
                old._rest(f"it rests: more than {ALIVE} monitors follow runs here; look again")
        return self

    def close(self) -> None:
        """Follow no more, and take it from the page."""
        self._over.set()
        self._wake.set()
        _forget(self)
        super().close()

    def wait(self, timeout: float | None = None) -> Monitor:
        """Wait until there is nothing more to follow, at most `timeout` [s]."""
        if (thread := self._thread) is not None:
            thread.join(timeout)
        return self

    def __repr__(self) -> str:
        name = self.run.path.name if self.run is not None else f"{self.overview.get('title', '')}"
        return f"<Monitor of {name}: {self.told.get('state', '')}{', follows' if self.alive else ''}>"

    def _ipython_display_(self) -> None:
        self._still.display(headless=not has_front_end())

    def _repr_mimebundle_(self, **options: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and a picture of it for who has no page, or opens the notebook later."""
        data, metadata = self.bundle()
        return {**data, **self._still.bundle()}, metadata

    def bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget alone, as IPython displays it."""
        return super()._repr_mimebundle_() or ({}, {})

    # ---- the thread

    def _live(self, over: threading.Event) -> None:
        while not over.is_set():
            if self.comm is None:  # closed, by whomever
                return
            try:
                going = self._turn()
            except (FlowError, OSError) as error:
                self._say(f"cannot look: {' '.join(str(error).split())}")
                going = True
                over.wait(STATE)
            if not going:
                self._still.refresh(now=True)
                with self._lock:  # somebody may have asked for more meanwhile
                    if self._through:
                        self._thread = None
                        _forget(self)
                        self._made("flowcfd-doze", self._doze, over).start()
                        return
            self._wake.wait(self._pause())
            self._wake.clear()

    def _doze(self, over: threading.Event) -> None:
        """Follow on when a run that was stopped, or failed, computes again: whoever asked it to."""
        while (follower := self._follower) is not None and self.told.get("state") != "Done":
            if over.wait(DOZE) or self.comm is None or self._over is not over or self.alive:
                return
            with contextlib.suppress(FlowError, OSError):
                if status_of(follower.run, follower.progress).state in ACTIVE:
                    self._verdict, self._next_state = None, 0.0
                    self.start()
                    return

    def _pause(self) -> float:
        quiet = time.monotonic() - self._fresh
        if self._follower is not None and self._follower.behind:
            return QUICK / 4  # a long log is read in parts; the kernel breathes between
        return QUICK if quiet < 5 else CALM if quiet < 60 or self.told.get("state") == "Running" else REST

    def _turn(self) -> bool:
        """Look once; whether there is more to come."""
        follower, now = self._follower, time.monotonic()
        if follower is not None:
            self._pass_on(follower, follower.poll)
            if now >= self._next_state:
                self._look(follower)
            if now >= self._next_means:
                self._judge(follower)
            self._still.refresh()
        if self._overview is not None:
            self._look_over()
        return not self._through

    @property
    def _through(self) -> bool:
        """Whether there is nothing more to follow."""
        over = self._overview is None or not self._overview.active
        return over and (self._follower is None or self._ended)

    def _pass_on(self, follower: Follower, read: Any) -> None:
        """Read on and tell the page what is new, under the lock: nobody packs rows in between."""
        with self._lock:
            news: list[News] = read() if follower is self._follower else []
            if not news:
                return
            self._fresh = time.monotonic()
            known = [one for one in news if one.first and not one.widened]
            whole = [one.group for one in news if not one.first or one.widened]
            heads = [{"key": one.group.key, "first": one.first, "count": len(one.rows)} for one in known]
            packed = [_group(group) for group in whole]
            buffers = [np.ascontiguousarray(one.rows).tobytes() for one in known]
            buffers += [group.pop("data") for group in packed]
            self.send({"kind": "rows", "epoch": self._epoch, "rows": heads, "groups": packed}, buffers)

    def _look(self, follower: Follower) -> None:
        began = time.monotonic()
        status = status_of(follower.run, follower.progress)
        if status.state not in ACTIVE and follower.caught_up and not self._ended:
            self._pass_on(follower, follower.poll)  # what came between the last look and the end
            if follower.caught_up:
                self._pass_on(follower, follower.last_step)
                self._judge(follower)
                self._verdict = told.verdict(follower) if status.state == "Done" else None
                self._ended = True
        self._tell("told", told.told(follower, status, note=self._note, verdict=self._verdict))
        now = time.monotonic()
        self._next_state = now + max(STATE, 9 * (now - began))

    def _judge(self, follower: Follower) -> None:
        began = time.monotonic()
        self._tell("bands", told.bands(follower))
        now = time.monotonic()
        self._next_means = now + max(MEANS, 9 * (now - began))

    def _look_over(self) -> None:
        """Look at all of several runs, when it is time."""
        assert self._overview is not None
        if (found := self._overview.look(self.run)) is not None:
            self._tell("overview", found)

    def _tell(self, trait: str, value: Any) -> None:
        if getattr(self, trait) != value:  # no message for what stays
            setattr(self, trait, value)

    def _say(self, words: str) -> None:
        self._note = words
        self._tell("told", {**self.told, "note": words})

    def _rest(self, why: str) -> None:
        self._over.set()
        self._tell("told", {**self.told, "note": why, "rests": True})

    # ---- what the page asks

    def _heard(self, _: object, content: Any, buffers: object = None) -> None:
        if isinstance(content, dict):
            self.asked(content)

    def asked(self, content: dict[str, Any]) -> None:
        """Something was clicked: heed it in a thread, for this one may be a cell's, or may not wait."""
        ask = str(content.get("ask", ""))
        heed = {"whole": self._again, "show": self._choose}.get(ask, self._order)
        self._made(f"flowcfd-{ask}", heed, content).start()

    def _made(self, name: str, do: Callable[[Any], None], of: object) -> threading.Thread:
        return threading.Thread(target=self._context.copy().run, args=(do, of), name=name, daemon=True)

    def _again(self, _: dict[str, Any]) -> None:
        """All rows once more: the page has lost some."""
        with self._lock:
            self.send_state("start_rows")

    def _choose(self, content: dict[str, Any]) -> None:
        if self._overview is not None and (run := self._overview.find(str(content.get("run", "")))) is not None:
            self._show(run)
            self.start()

    def _show(self, run: Run) -> None:
        """Show this run in detail from now on."""
        follower = Follower(run)
        with self._lock:
            self._follower, self._verdict, self._note, self._ended = follower, None, "", False
            self._epoch += 1
            self._next_state = self._next_means = 0.0
            with self.hold_sync():
                self.told, self.bands = {}, []
            self.send_state("start_rows")
            self._look(follower)
        self._wake.set()

    def _order(self, content: dict[str, Any]) -> None:
        """Say stop, resume, retry or cancel to the run; what comes of it is shown."""
        follower, verb = self._follower, str(content.get("ask", ""))
        if follower is None or verb not in ("look", *told.asked(follower.run)):
            return
        self._say(ORDERS[verb][0])
        try:
            ORDERS[verb][1](follower.run.quiet())
            self._note = ""
        except (FlowError, OSError) as error:
            self._note = f"{verb}: {' '.join(str(error).split())}"
        self._verdict, self._next_state = None, 0.0
        self.start()
        self._wake.set()


def _forget(monitor: Monitor) -> None:
    if monitor in _alive:
        _alive.remove(monitor)


ORDERS: dict[str, tuple[str, Any]] = {
    "stop": ("stops: it writes its fields first", lambda run: run.stop(timeout=None)),
    "resume": ("goes on", lambda run: run.resume()),
    "retry": ("is tried again", lambda run: run.retry()),
    "cancel": ("is being cancelled", lambda run: run.cancel()),
    "look": ("", lambda run: None),
}
"""What can be clicked: what is said at once, and what it does."""


def script() -> str:
    """The page's half, one module: uPlot and our own files behind one another."""
    try:
        return concatenated(UPLOT / "uPlot.iife.min.js", HERE.parent / "gone.js", *(HERE / name for name in SCRIPTS))
    except OSError as error:
        raise SiteError(f"the monitor's script is not there ({error.filename}); tools/setup fetches it") from None


def style() -> str:
    """How it looks."""
    with contextlib.suppress(OSError):
        return (UPLOT / "uPlot.min.css").read_text() + (HERE / "monitor.css").read_text()
    return ""

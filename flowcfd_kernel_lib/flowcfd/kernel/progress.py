"""One line that says how far a run, or many, are: in a notebook while a cell waits, and for the command line."""

from __future__ import annotations

import dataclasses
import html
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.telling import span as span

if TYPE_CHECKING:
    from flowcfd.foam.log import Progress
    from flowcfd.jobs.handle import Run

PATIENCE = 2.0
"""Time [s] for which a cell waits in silence."""
INTERVAL = 0.5
"""Time [s] between two updates."""
_SHOWN_RESIDUALS = 6


Bundle = dict[str, str]


class Line:
    """The display of one wait of a cell; later calls update it, so that a saved notebook has one line."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.last = self.began
        self.handle: Any = None

    def update(self, bundle: Callable[[], Bundle], over: bool) -> None:
        """Show the state now; silent for the first moments and between two intervals."""
        now = time.monotonic()
        if self.handle is None and (over or now - self.began < PATIENCE):
            return
        if not over and self.handle is not None and now - self.last < INTERVAL:
            return
        from IPython.display import display

        self.last = now
        if self.handle is None:
            self.handle = display(bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self.handle.update(bundle(), raw=True)


_lines: dict[Path, Line] = {}
_waits: dict[int, Line] = {}


def show(run: Run, over: bool) -> None:
    """A listener of flowcfd.jobs.waiting: keep one line per run that is waited for."""
    line = _lines.setdefault(run.path, Line())
    line.update(lambda: _bundle(run), over)
    if over:
        del _lines[run.path]


def show_many(who: object, words: str, fraction: float | None, over: bool) -> None:
    """A teller of flowcfd.telling: keep one line for all that is waited for; it is emptied at the end."""
    line = _waits.setdefault(id(who), Line())
    line.update(lambda: {"text/plain": "", "text/html": ""} if over else _barred(words, fraction), over)
    if over:
        del _waits[id(who)]


def text(progress: Progress) -> str:
    """How far a solver is: iteration, time, residuals, Courant number, time left."""
    return ", ".join(part for part in (*_parts(progress), left(progress)) if part)


def place(progress: Progress) -> str:
    """As `text`, without the time left."""
    return ", ".join(_parts(progress))


def left(progress: Progress) -> str:
    """The time left; "" where it cannot be told, or nothing is left."""
    if progress.converged is not None or not progress.remaining:
        return ""
    return f"about {span(progress.remaining)} left"


def _most_wanted_first(progress: Progress) -> str:
    """As `text`, with the residuals last: a narrow screen cuts them off."""
    bare = dataclasses.replace(progress, residuals={})
    return ", ".join(part for part in (text(bare), _residuals(progress)) if part)


def ended(progress: Progress) -> str:
    """Where a solver has ended; the residuals are in its results."""
    if progress.converged is not None:
        return f"converged at iteration {progress.converged}"
    return ", ".join(_parts(dataclasses.replace(progress, residuals={}, courant=None)))


def _parts(progress: Progress) -> Iterator[str]:
    if progress.meshing is not None:
        yield str(progress.meshing)
    if progress.iteration:
        yield f"iteration {progress.iteration}"
    if progress.time is not None and progress.time != progress.iteration:
        yield f"time {progress.time:g} s"
    if progress.residuals:
        yield _residuals(progress)
    if progress.courant is not None:
        yield f"Co {progress.courant:.2g}"
    if progress.converged is not None:
        yield f"converged at {progress.converged}"


def _residuals(progress: Progress) -> str:
    newest = list(progress.residuals.items())[:_SHOWN_RESIDUALS]
    return " ".join(f"{name} {value:.1e}" for name, value in newest)


def stage(run: Run) -> str:
    """The name of the stage that runs or ran last; "" before the first."""
    stages = run.stages
    return stages[-1].name if stages else ""


def _bundle(run: Run) -> Bundle:
    """The line of one run."""
    state, why, progress = run.state, run.why, run.progress()
    how_far = ended(progress) if state == "Done" else _most_wanted_first(progress)
    how_far = "; ".join(word for word in (how_far, run.settling) if word)
    words = ", ".join(word for word in (f"{run.path.name}: {state}", how_far or why or stage(run)) if word)
    return _barred(words, 1.0 if state == "Done" else progress.shown)


def _barred(words: str, fraction: float | None) -> Bundle:
    """A line as plain text and as HTML with a bar, which runs to and fro where the fraction is not known."""
    value = "" if fraction is None else f" value='{fraction:.3f}'"
    bar = f"<progress{value} max='1' style='width: 12em; vertical-align: middle'></progress>"
    style = "white-space: nowrap; overflow: hidden; text-overflow: ellipsis"  # one line at every width
    shown = html.escape(words)
    return {"text/plain": words, "text/html": f"<div style='{style}' title='{shown}'>{bar} {shown}</div>"}

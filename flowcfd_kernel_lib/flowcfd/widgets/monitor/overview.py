"""Several runs, or the points of a study, in a table: state, how far, how long still, and a curve of each."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.foam.log import Tail
from flowcfd.jobs import Run, Runs
from flowcfd.jobs.handle import logs
from flowcfd.jobs.status import Status, statuses
from flowcfd.telling import span

if TYPE_CHECKING:
    from flowcfd.studies import Study

LOOK = 2.0
"""The least time [s] between two looks; one that took long is followed by nine times as long a rest."""
MOST = 200
"""So many runs have a row."""
PLACES, PIECE = 24, 6144
"""A curve has so many points, each from a piece of the log of so many bytes: a log of any length costs the same."""


class Overview:
    """The runs that are looked at together; `look` says what is true of them, when it is time for it."""

    def __init__(self, *, runs: Runs | None = None, study: Study | None = None) -> None:
        self.study = study
        self._runs = list(runs or ())
        self.active = True
        self._next = 0.0
        self._curves: dict[Path, tuple[int, list[float]]] = {}

    def look(self, chosen: Run | None) -> dict[str, Any] | None:
        """The table as values of JSON; None before it is time."""
        began = time.monotonic()
        if began < self._next:
            return None
        members = self._members()
        found = dict(
            zip((run.path for _, run in members if run), statuses(run for _, run in members if run), strict=True)
        )
        self.active = any(one.active for one in found.values()) or bool(self.study is not None and self.study.driven)
        rows = [self._row(label, found[run.path] if run else None, chosen) for label, run in members[:MOST]]
        now = time.monotonic()
        self._next = now + max(LOOK, 9 * (now - began))
        states = [row["state"] for row in rows]
        counts = ", ".join(f"{states.count(state)} {state.lower()}" for state in sorted(set(states)))
        what = f"Study {self.study.name}: {len(members)} points" if self.study is not None else f"{len(members)} runs"
        more = f", {len(members) - MOST} more are not shown" if len(members) > MOST else ""
        return {"title": f"{what}, {counts}{more}" if counts else what, "rows": rows}

    def find(self, path: str) -> Run | None:
        """The run in a directory, if it is one of these."""
        return next((run for _, run in self._members() if run is not None and str(run.path) == path), None)

    def _members(self) -> Sequence[tuple[str, Run | None]]:
        if self.study is None:
            return [(run.path.name, run) for run in self._runs]
        return [(_label(point.number, point.values), point.run) for point in self.study.points]

    def _row(self, label: str, status: Status | None, chosen: Run | None) -> dict[str, Any]:
        if status is None:
            return {"label": label, "run": "", "state": "Waiting", "why": "its run is not submitted yet"}
        return {
            "label": label,
            "run": str(status.path),
            "state": status.state,
            "why": status.why,
            "mend": status.mend,
            "fraction": status.fraction,
            "left": span(status.remaining) if status.remaining else "",
            "measure": status.measure,
            "curve": self._curve(status),
            "chosen": chosen is not None and chosen.path == status.path,
        }

    def _curve(self, status: Status) -> list[float]:
        """The largest residual at some places of the newest log, as powers of ten."""
        path = next(iter(logs(status.path / "case", status.application)[-1:]), None)
        try:
            size = path.stat().st_size if path is not None else 0
        except OSError:
            size = 0
        known = self._curves.get(status.path)
        if path is None or not size:
            return []
        if known is None or known[0] != size:
            known = self._curves[status.path] = (size, curve(path, size))
        return known[1]


def curve(path: Path, size: int) -> list[float]:
    """The largest initial residual at PLACES of a log, as powers of ten; where a piece tells none it is left out."""
    found = []
    try:
        with path.open("rb") as file:
            for place in range(PLACES):
                file.seek(max(0, size * (place + 1) // PLACES - PIECE), os.SEEK_SET)
                tail = Tail(path)
                tail.feed(b"\nTime = 0\n" + file.read(PIECE))
                value = max(tail.progress.residuals.values(), default=0.0)
                if value > 0 and math.isfinite(value):
                    found.append(round(math.log10(value), 2))
    except OSError:
        return []
    return found


def _label(number: int, values: Any) -> str:
    """A point by its values: `0: speed 5, angle 2`."""
    told = ", ".join(f"{path.rpartition('.')[2]} {_short(value)}" for path, value in values.items())
    return f"{number}: {told}" if told else str(number)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

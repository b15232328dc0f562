"""Points of a study: what its driver wrote of them, the runs that compute them, and what those measure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat, Union

from flowcfd import jobs
from flowcfd.errors import FlowError
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.settings import settings
from flowcfd.uncertain import Uncertain

if TYPE_CHECKING:
    from flowcfd.post.open import Results

WAITING = "Waiting"
"""The state of a point whose run is not submitted yet."""
FILE = "points.jsonl"
"""What the driver tells of each point: one line each, the last one counts."""
Measure = Union[str, Callable[["Results"], SupportsFloat]]  # noqa: UP007 - Results is not loaded here


@dataclass(frozen=True)
class Point:
    """One point: its number, the values at the paths of the space, and its run once that is submitted."""

    number: int
    values: Mapping[str, Any]
    run: Run | None = None
    refused: str = ""
    waits: str = ""
    lost: int = 0
    """How often its run was lost and taken up again."""
    seen: tuple[str, str] | None = field(default=None, compare=False, repr=False)
    """State and cause of a run that has ended; None: it is asked."""

    @property
    def state(self) -> str:
        """The run's state; Waiting before it is submitted, Failed where it could not be."""
        if self.run is None:
            return "Failed" if self.refused else WAITING
        return self.run.state if self.seen is None else self.seen[0]

    @property
    def why(self) -> str:
        """Why it is in its state, in one line."""
        if self.run is None:
            return self.refused or self.waits
        return self.run.why if self.seen is None else self.seen[1]

    @property
    def warm(self) -> str:
        """The run whose fields it started from; empty where it started cold."""
        return "" if self.run is None else str(self.run.record.warm.get("from", ""))


def told(path: Path) -> dict[int, dict[str, Any]]:
    """What the driver of the study in `path` wrote of each point."""
    try:
        lines = (path / FILE).read_text().splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        try:
            raw = json.loads(line)
            found[int(raw["point"])] = raw
        except (ValueError, KeyError, TypeError):  # a line that was being written
            continue
    return found


def tell(path: Path, raw: Mapping[str, Any]) -> None:
    """Add a line; one that a killed driver left unfinished does not spoil it."""
    with (path / FILE).open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            broken = file.read(1) != b"\n"
        else:
            broken = False
        file.write(b"\n" * broken + json.dumps(raw).encode() + b"\n")


class Seen:
    """The runs of a study as they were seen: one that has ended is not read again before its records change."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._ended: dict[str, tuple[object, str, str]] = {}
        self._values: dict[tuple[Path, str], tuple[Uncertain | None, str]] = {}

    def point(self, number: int, values: Mapping[str, Any], known: Mapping[str, Any] | None) -> Point:
        """The point of which the driver wrote this."""
        if known is None:
            return Point(number, values)
        if "refused" in known:
            return Point(number, values, refused=str(known["refused"]))
        if "waits" in known:
            return Point(number, values, waits=str(known["waits"]))
        name, lost = str(known.get("run")), int(known.get("lost", 0))
        stamp = _stamp(settings().runs / name)
        if name in self._ended and self._ended[name][0] == stamp:
            return Point(number, values, self._runs[name], lost=lost, seen=self._ended[name][1:])
        try:
            run = self._runs[name] = jobs.open(settings().runs / name)
        except FlowError:
            return Point(number, values, waits="its run was deleted; study.run() computes it again")
        state = run.state
        if state not in ACTIVE and state != "Lost":
            self._ended[name] = (stamp, state, run.why)
            return Point(number, values, run, lost=lost, seen=self._ended[name][1:])
        return Point(number, values, run, lost=lost)

    def measured(self, point: Point, measure: Measure) -> tuple[Uncertain | None, str]:
        """The value of a point that is done, or why there is none; a name is read once, what is done stays as it is."""
        if point.run is None:
            return None, ""
        if not isinstance(measure, str):  # a function may say something else when it is asked again
            return measured(point.run, measure)
        place = (point.run.path, measure)
        if place not in self._values:
            self._values[place] = measured(point.run, measure)
        return self._values[place]


def _stamp(run: Path) -> object:
    """What changes when a run ends, or is asked to go on."""
    found = []
    for name in ("job.json", "end.json", "request.json"):
        try:
            found.append((run / name).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def measured(run: Run, measure: Measure) -> tuple[Uncertain | None, str]:
    """The value of a run that is done, or why there is none."""
    from flowcfd.post.open import results
    from flowcfd.studies.independence import value_of

    try:
        value = value_of(results(run, wait=False), measure)
        number = float(value)
    except FlowError as error:
        return None, " ".join(str(error).split())
    except Exception as error:  # a measure may be the user's function: its defect is the cause, of this point only
        return None, " ".join(f"{type(error).__name__}: {error}".split())
    return (value, "") if math.isfinite(number) else (None, f"the measure is {number}")

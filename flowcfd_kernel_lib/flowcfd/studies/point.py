"""Points of a study: what its driver wrote of them, the runs that compute them, and what those measure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, SupportsFloat

from flowcfd import jobs
from flowcfd.errors import FlowError
from flowcfd.jobs.handle import Run
from flowcfd.post.open import Results, results
from flowcfd.settings import settings
from flowcfd.uncertain import Uncertain

WAITING = "Waiting"
"""The state of a point whose run is not submitted yet."""
FILE = "points.jsonl"
"""What the driver tells of each point: one line each, the last one counts."""
Measure = str | Callable[[Results], SupportsFloat]


@dataclass(frozen=True)
class Point:
    """One point: its number, the values at the paths of the space, and its run once that is submitted."""

    number: int
    values: Mapping[str, Any]
    run: Run | None = None
    refused: str = ""
    waits: str = ""

    @property
    def state(self) -> str:
        """The run's state; Waiting before it is submitted, Failed where it could not be."""
        if self.run is None:
            return "Failed" if self.refused else WAITING
        return self.run.state

    @property
    def why(self) -> str:
        """Why it is in its state, in one line."""
        return (self.refused or self.waits) if self.run is None else self.run.why


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


def point(number: int, values: Mapping[str, Any], known: Mapping[str, Any] | None) -> Point:
    """The point of which the driver wrote this."""
    if known is None:
        return Point(number, values)
    if "refused" in known:
        return Point(number, values, refused=str(known["refused"]))
    if "waits" in known:
        return Point(number, values, waits=str(known["waits"]))
    try:
        return Point(number, values, jobs.open(settings().runs / str(known.get("run"))))
    except FlowError:
        return Point(number, values, waits="its run was deleted; study.run() computes it again")


def measured(run: Run, measure: Measure) -> tuple[Uncertain | None, str]:
    """The value of a run that is done, or why there is none."""
    from flowcfd.studies.independence import value_of

    try:
        value = value_of(results(run, wait=False), measure)
        number = float(value)
    except FlowError as error:
        return None, " ".join(str(error).split())
    except Exception as error:  # a measure may be the user's function: its defect is the cause, of this point only
        return None, " ".join(f"{type(error).__name__}: {error}".split())
    return (value, "") if math.isfinite(number) else (None, f"the measure is {number}")

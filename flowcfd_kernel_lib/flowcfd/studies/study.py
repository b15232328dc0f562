"""Study: a Case at many points of a space of parameters. It lives in a folder, as a run does, and outlives its caller.

A point is computed by an ordinary run, and equal cases are equal runs: so a study that is extended computes only what
is new, and one that was broken off goes on where it was.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, SupportsFloat

from flowcfd import jobs
from flowcfd.case import Case
from flowcfd.errors import CaseError, FlowError, ResultError, SiteError, UnknownName
from flowcfd.jobs import lock, waiting
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.post.open import Results, results
from flowcfd.post.table import Table
from flowcfd.settings import settings
from flowcfd.studies import design as designs
from flowcfd.studies.design import Values
from flowcfd.uncertain import Uncertain

SCHEMA = 1
START_TIMEOUT = 60.0
WAITING = "Waiting"
"""The state of a point whose run is not submitted yet."""
Measure = str | Callable[[Results], SupportsFloat]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True)
class Point:
    """One point: its number, the values at the paths of the space, and its run once that is submitted."""

    number: int
    values: Mapping[str, Any]
    run: Run | None = None
    refused: str = ""

    @property
    def state(self) -> str:
        """The run's state; Waiting before it is submitted, Failed where it could not be."""
        if self.run is None:
            return "Failed" if self.refused else WAITING
        return self.run.state

    @property
    def why(self) -> str:
        """Why it is in its state, in one line."""
        return self.refused if self.run is None else self.run.why


class Study:
    """A Case at the points of a design.

        study = fc.Study(case, {"boundaries.inlet.speed": ("5 m/s", "20 m/s")}, design="lhs", points=24)
        study.run(cores=2)                                # returns at once; goes on when this process dies
        study.wait().table(cd="body.Cd")

    `space` maps a path of the Case to a list of values or a pair (low, high). `design`: "grid" (all combinations;
    `points` along each range), "list" (lists side by side), "lhs" (Latin hypercube) or "sobol" of so many `points`,
    or the path of a CSV whose first row has the paths. `seed` makes a sampled design repeatable.

    All points are made and checked at once: CaseError names the first that cannot be.
    """

    def __init__(
        self,
        case: Case,
        space: Mapping[str, object] | None = None,
        *,
        design: str | Path = "grid",
        points: int | None = None,
        seed: int = 0,
        name: str = "study",
    ) -> None:
        if not isinstance(case, Case):
            raise CaseError(f"case: must be a Case (got {type(case).__name__})")
        if not _NAME.match(name):
            raise CaseError(
                f"name: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with a letter or digit (got {name!r})"
            )
        if isinstance(design, Path) or str(design).endswith(".csv"):
            if space:
                raise CaseError("space: a design from a file has its paths in the file")
            values = designs.read_csv(Path(design))
        else:
            values = designs.design(case, space or {}, design, points, seed)
        self._hold(case, dict(space or {}), str(design), seed, name, _plain(values))
        self._checked()

    @classmethod
    def read(cls, path: Path) -> Study:
        """The study in a folder; ResultError where it cannot be understood."""
        raw, made = read(path), cls.__new__(cls)
        made._hold(Case.from_dict(raw["case"]), raw["space"], raw["design"], raw["seed"], raw["name"], raw["points"])
        return made

    def _hold(
        self, case: Case, space: Mapping[str, object], design: str, seed: int, name: str, values: Sequence[Values]
    ) -> None:
        self.case, self.space, self.design, self.seed, self.name = case, space, design, seed, name
        self.values = tuple(values)

    @property
    def path(self) -> Path:
        """The folder of the study."""
        return settings().home / "studies" / f"{self.name}-{self.digest[:12]}"

    @property
    def digest(self) -> str:
        """SHA-256 of the case and the points, in hexadecimal: an equal study is the same study."""
        content = json.dumps([self.case.to_dict(), list(self.values)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, with the runs that are submitted."""
        known = _submitted(self.path)
        return tuple(_point(number, values, known.get(number)) for number, values in enumerate(self.values))

    @property
    def states(self) -> Counter[str]:
        """How many points are in each state."""
        return Counter(point.state for point in self.points)

    @property
    def driven(self) -> bool:
        """Whether its driver, which submits the points, is at work."""
        return lock.taken(self.path / "driver.lock")

    def at(self, number: int) -> Case:
        """The Case of a point."""
        if not 0 <= number < len(self.values):
            raise CaseError(f"point: must be 0 to {len(self.values) - 1} (got {number})")
        return self.case.replace(self.values[number])

    def run(
        self,
        *,
        on: str = "local",
        cores: int = 1,
        resources: Mapping[str, object] | None = None,
        at_once: int | None = None,
        again: bool = False,
        wait: bool = False,
    ) -> Study:
        """Compute what is not computed yet; returns at once.

        `cores` is the number of ranks of each point; `at_once` limits the points that are computed or queued at a time
        (by default on this machine as many as there are cores for, and one more that waits). `again`: points that
        failed are tried again. Raises what `fc.run` raises for the first point.
        """
        if at_once is not None and at_once < 1:
            raise CaseError(f"at_once: must be at least 1 (got {at_once})")
        jobs.preview(self.at(0), on=on, cores=cores, resources=resources)  # refuses what cannot be run
        options = {"on": on, "cores": cores, "resources": dict(resources or {}), "at_once": at_once, "again": again}
        self._write(options)
        _drive(self.path)
        return self.wait() if wait else self

    def wait(self, timeout: float | None = None, *, poll: float = 0.5) -> Study:
        """Wait until no point is left, at most `timeout` [s] (TimeoutError); an interrupt ends the wait only."""
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            for states in self.follow(poll=poll):
                if deadline is not None and time.monotonic() > deadline:
                    raise TimeoutError(f"{self.name} is not through after {timeout:g} s: {_told(states)}")
                left = sum(states[state] for state in (*ACTIVE, WAITING))
                waiting.tell(self, f"Study {self.name}: {_told(states)}", 1 - left / max(1, len(self)))
        except KeyboardInterrupt:
            raise waiting.interrupted(f"{self.name} goes on without this wait; study.wait() waits again") from None
        finally:
            waiting.tell(self, "", over=True)
        return self

    def follow(self, *, poll: float = 0.5) -> Iterator[Counter[str]]:
        """The states of the points, again and again until none is left to compute."""
        while True:
            driven = self.driven
            states = self.states
            yield states
            if not any(states[state] for state in ACTIVE) and not driven:
                return
            time.sleep(poll)

    def cancel(self) -> Study:
        """Submit no more and cancel the runs that are at work or queued."""
        (self.path / "halt").touch()
        for point in self.points:
            if point.run is not None and point.run.state in ACTIVE:
                point.run.cancel()
        return self

    def table(self, **measures: Measure) -> Table:
        """One row a point: the values of its parameters, the measures, its state, and the cause where it has none.

        A measure is a name ("body.Cd": the last value of a steady run, else the mean after the initial transient) or a
        function of the Results. Points that are not through, or failed, are there with nan and say why; nothing is
        hidden. `table["Cd"].units` is the unit.
        """
        points = self.points
        rows, units = [], {}
        for point in points:
            row: dict[str, Any] = dict(point.values)
            cause = point.why if point.state != "Done" else ""
            for name, measure in measures.items():
                value, problem = _measured(point, measure)
                row[name] = math.nan if value is None else float(value)
                if value is not None and value.unit:
                    units[name] = value.unit
                cause = cause or problem
            rows.append({**row, "state": point.state, "cause": cause})
        table = Table(rows)
        table.index.name = "point"
        table.attrs["units"] = units
        return table

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<Study {self.name}: {len(self)} points, {_told(self.states)}; {self.path}>"

    def _repr_html_(self) -> str:
        title = f"<b>Study {html.escape(self.name)}</b>: {len(self)} points, {html.escape(_told(self.states))}"
        table = self.table().rename_axis(columns="point", index=None)  # one row of titles, not two
        if not table["cause"].any():
            table = table.drop(columns="cause")
        return f"<div title='{html.escape(str(self.path))}'>{title}</div>{table.to_html(max_rows=24, border=0)}"

    def _checked(self) -> None:
        """Every point is a Case; the first that is none is told."""
        for number, values in enumerate(self.values):
            try:
                self.case.replace(values)
            except UnknownName:
                raise
            except CaseError as error:
                at = ", ".join(f"{path} = {value}" for path, value in values.items())
                raise CaseError(f"point {number} ({at}): {'; '.join(error.problems)}") from None

    def _write(self, options: Mapping[str, Any]) -> None:
        content = {
            "schema": SCHEMA,
            "name": self.name,
            "case": self.case.to_dict(),
            "space": {path: _plain([given])[0] for path, given in self.space.items()},
            "design": self.design,
            "seed": self.seed,
            "points": list(self.values),
            "options": dict(options),
        }
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "halt").unlink(missing_ok=True)
        part = self.path / f".study.json.{os.getpid()}.part"
        part.write_text(json.dumps(content, indent=1, default=str) + "\n")
        part.replace(self.path / "study.json")


def open_study(path_or_name: str | Path) -> Study:
    """The study in a folder, or of a name under FLOWCFD_HOME: a folder's name, or its beginning if only one has it."""
    home = settings().home / "studies"
    path = Path(path_or_name).expanduser()
    if not (path / "study.json").is_file():
        names = sorted(folder.parent.name for folder in home.glob("*/study.json"))
        found = [name for name in names if name == str(path_or_name)]
        found = found or [name for name in names if name.rpartition("-")[0] == str(path_or_name)]
        found = found or [name for name in names if name.startswith(str(path_or_name))]
        if len(found) > 1:
            raise CaseError(f"study: {str(path_or_name)!r} may be any of {', '.join(found)}")
        if not found:
            raise UnknownName("study", str(path_or_name), names, where=str(home))
        path = home / found[0]
    return Study.read(path)


def read(path: Path) -> dict[str, Any]:
    """What study.json holds; ResultError where it cannot be understood."""
    try:
        raw = json.loads((path / "study.json").read_text())
        if raw["schema"] == SCHEMA:
            return dict(raw)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise ResultError(f"{path}: no study that this version understands")


def _plain(values: Sequence[Any]) -> tuple[Any, ...]:
    """Values as JSON has them, so that a study that is read again is equal."""
    return tuple(json.loads(json.dumps(values, default=lambda value: value.model_dump(mode="json"))))


def _submitted(path: Path) -> dict[int, dict[str, Any]]:
    """What the driver wrote of each point."""
    try:
        lines = (path / "points.jsonl").read_text().splitlines()
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


def _point(number: int, values: Mapping[str, Any], known: Mapping[str, Any] | None) -> Point:
    if known is None:
        return Point(number, values)
    if "refused" in known:
        return Point(number, values, refused=known["refused"])
    try:
        return Point(number, values, jobs.open(settings().runs / known["run"]))
    except FlowError:  # the run was deleted
        return Point(number, values)


def _measured(point: Point, measure: Measure) -> tuple[Uncertain | None, str]:
    """The value at a point, or why there is none."""
    from flowcfd.studies.independence import value_of

    if point.run is None or point.state != "Done":
        return None, ""
    try:
        value = value_of(results(point.run, wait=False), measure)
    except (FlowError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}" if not isinstance(error, FlowError) else str(error)
    return (value, "") if math.isfinite(float(value)) else (None, f"the measure is {float(value)}")


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(states.items())) or "none"


def _drive(path: Path) -> None:
    """Start the driver in a session of its own, unless one is at work."""
    if lock.taken(path / "driver.lock"):
        return
    command = [sys.executable, "-m", "flowcfd.studies.driver", str(path)]
    with (path / "driver.log").open("ab") as log:
        done = subprocess.run(
            command, env={**os.environ, "FLOWCFD_HOME": str(settings().home)}, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, timeout=START_TIMEOUT, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SiteError(f"the driver of the study did not start; see {path / 'driver.log'}")

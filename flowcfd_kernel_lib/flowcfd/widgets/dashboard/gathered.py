"""The rows of a dashboard: parameters, measures, state and verdict of each point or run, from their directories."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flowcfd import jobs, studies
from flowcfd.errors import FlowError
from flowcfd.jobs import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.post import measure
from flowcfd.post.open import results
from flowcfd.studies.design import si, units
from flowcfd.studies.point import WAITING, Point, measured
from flowcfd.widgets.dashboard.subject import Subject

AXES = 8
"""So many axes stand beside each other, so that their names can be read."""
TIME = "CPU time"


@dataclass(frozen=True)
class Row:
    """One point of a study, or one run."""

    number: int
    name: str
    values: Mapping[str, float | str]
    measures: Mapping[str, float]
    state: str
    colour: str = ""
    """Of its verdict: green, amber, red or grey; empty while there is none."""
    words: tuple[str, ...] = ()
    """Why it is in its state, or what its judges found."""
    run: str = ""
    """The run's directory; empty where it has none."""


@dataclass(frozen=True)
class Gathered:
    """All rows, the names of the columns with numbers, and their units."""

    title: str
    rows: tuple[Row, ...] = ()
    parameters: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    active: bool = False
    unread: int = 0
    """So many of those that are done have no verdict and no measures yet: they are still read."""
    problem: str = ""
    """Why nothing could be read."""
    each: str = "point"
    """What a row is: a point of a study, or a run."""

    @property
    def told(self) -> str:
        """How many rows are in each state."""
        counts = Counter(row.state for row in self.rows)
        return ", ".join(f"{count} {state.lower()}" for state, count in sorted(counts.items()))

    @property
    def axes(self) -> list[str]:
        """What the plot of all at once shows: columns in which rows differ, of many some parameters and measures."""

        def differing(names: Sequence[str]) -> list[str]:
            seen = {name: {self.value(row, name) for row in self.rows} for name in names}
            known = {name: {one for one in values if one == one} for name, values in seen.items()}  # no nan
            return [name for name in names if len(known[name]) > 1]

        parameters, measures = differing(self.parameters), differing(self.measures)
        measures = measures[: max(AXES - len(parameters), AXES // 2)]
        return [*parameters[: AXES - len(measures)], *measures] or [*self.parameters, *self.measures][:AXES]

    def titled(self, name: str) -> str:
        """A column's title, with its unit."""
        unit = self.units.get(name)
        return f"{name} [{unit}]" if unit else name

    def value(self, row: Row, name: str) -> float | str:
        """A parameter or measure of a row; nan where there is none."""
        return row.measures[name] if name in row.measures else row.values.get(name, math.nan)


class Gatherer:
    """Reads the rows again and again; what has ended is judged once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._judged: dict[tuple[str, float], tuple[str, tuple[str, ...], dict[str, float]]] = {}
        self._names: tuple[str, ...] = subject.measures
        self._units: dict[str, str] = {TIME: "s"}
        self._without: set[Path] = set()
        """Runs that are done and have no measures."""

    def __call__(self, tell: Callable[[Gathered], None] = lambda _: None) -> Gathered:
        """The rows as they are now; a sentence in `problem` where the study or a run cannot be read.

        To read what has ended takes about a second each, once: `tell` is given all rows before, and again after each.
        """
        try:
            found, ended = self._study() if self.subject.study else self._runs()
            for done, (number, run) in enumerate(ended.items(), 1):
                tell(found)
                found = self._with(found, number, run, len(ended) - done)
            return found
        except (FlowError, OSError) as error:
            return Gathered(self.subject.title, problem=" ".join(str(error).split()))

    def _study(self) -> tuple[Gathered, dict[int, Run]]:
        """All points, and those runs that are still to be read."""
        study = studies.open(Path(self.subject.study))
        short = shortened(list(dict.fromkeys(path for values in study.values for path in values)))
        known: dict[tuple[str, str], Any] = {}
        points = study.points
        self._take_names(points[n].run for n in range(len(points)))
        rows = []
        for point in points:
            values = {short[path]: si(study.case, path, given, known) for path, given in point.values.items()}
            rows.append(self._row(point.number, f"Point {point.number}", values, point.run, point))
        own = {short[path]: unit for path, unit in units(study.case, study.values).items()}
        active = study.driven or any(row.state in ACTIVE for row in rows)
        found = self._all(study.name, rows, tuple(short.values()), own, active=active)
        return found, self._unread(rows, {point.number: point.run for point in points})

    def _runs(self) -> tuple[Gathered, dict[int, Run]]:
        """All runs, and those that are still to be read."""
        found: list[tuple[str, Run | None, str]] = []
        for path in self.subject.runs:
            try:
                found.append((Path(path).name, jobs.open(Path(path)), ""))
            except (FlowError, OSError) as error:
                found.append((Path(path).name, None, " ".join(str(error).split())))
        self._take_names(run for _, run, _ in found)
        differing = different([_leaves(run) for _, run, _ in found])
        names = Counter(run.name for _, run, _ in found if run is not None)
        rows = []
        for number, (name, run, problem) in enumerate(found):
            values = {column: leaves[number] for column, leaves in differing.items() if leaves[number] is not None}
            if run is None:
                rows.append(Row(number, name, values, {}, "Unreadable", words=(problem,)))
            else:
                rows.append(self._row(number, run.name if names[run.name] == 1 else name, values, run, None))
        active = any(row.state in ACTIVE for row in rows)
        gathered = replace(self._all(self.subject.title, rows, tuple(differing), {}, active=active), each="run")
        return gathered, self._unread(rows, {number: run for number, (_, run, _) in enumerate(found)})

    def _all(
        self, title: str, rows: Sequence[Row], parameters: tuple[str, ...], own: Mapping[str, str], *, active: bool
    ) -> Gathered:
        unread = sum(row.state == "Done" and not row.colour for row in rows)
        return Gathered(title, tuple(rows), parameters, (*self._names, TIME), {**self._units, **own}, active, unread)

    def _unread(self, rows: Sequence[Row], runs: Mapping[int, Run | None]) -> dict[int, Run]:
        """The place of each row whose run is done and not read yet, and that run."""
        found = {place: runs[row.number] for place, row in enumerate(rows) if row.state == "Done" and not row.colour}
        return {place: run for place, run in found.items() if run is not None}

    def _with(self, found: Gathered, place: int, run: Run, unread: int) -> Gathered:
        """The same with what one run says, once it is read."""
        colour, words, numbers = self._judge(run)
        row = replace(found.rows[place], colour=colour, words=words, measures=numbers)
        rows = (*found.rows[:place], row, *found.rows[place + 1 :])
        return replace(found, rows=rows, units={**self._units, **found.units}, unread=unread)

    def _row(self, number: int, name: str, values: Mapping[str, Any], run: Run | None, point: Point | None) -> Row:
        state = point.state if point is not None else run.state if run is not None else WAITING
        why = point.why if point is not None else run.why if run is not None else ""
        known = self._judged.get((str(run.path), _changed(run.path))) if run is not None and state == "Done" else None
        colour, words, numbers = known or ("", (), {})
        plain = {key: value if isinstance(value, int | float) else str(value) for key, value in values.items()}
        said = words or ((f"{state}: {why}",) if why and state != "Done" else ())
        return Row(number, name, plain, numbers, state, colour, said, "" if run is None else str(run.path))

    def _judge(self, run: Run) -> tuple[str, tuple[str, ...], dict[str, float]]:
        """Verdict, its findings and the measures of a run that is done."""
        key = (str(run.path), _changed(run.path))
        if key not in self._judged:
            numbers = {TIME: sum(stage.cpu for stage in run.stages)}
            words: list[str] = []
            for name in self._names:
                value, problem = measured(run, name)
                numbers[name] = math.nan if value is None else float(value)
                if value is None:
                    words.append(problem)
                elif value.unit:
                    self._units[name] = value.unit
            try:
                verdict = results(run, wait=False).verdict
                colour = str(verdict.colour)
                words += [f"{one.name}: {one.sentence}" for one in verdict.findings]
            except FlowError as error:
                colour = "grey"
                words.append(" ".join(str(error).split()))
            self._judged[key] = colour, tuple(words), numbers
        return self._judged[key]

    def _take_names(self, runs: Iterator[Run | None]) -> None:
        """Where no measures are asked for: those of the first run that is done and has some."""
        for run in runs if not self._names else ():
            if run is None or run.state != "Done" or run.path in self._without:
                continue
            with suppress(FlowError):  # such as a run that makes a mesh only
                self._names = measure.foremost(results(run, wait=False).case)
            if self._names:
                return
            self._without.add(run.path)


def shortened(paths: Sequence[str]) -> dict[str, str]:
    """Each path of a case by its last words, as many as tell it from the others: "inlet.speed"."""
    short: dict[str, str] = {}
    for path in paths:
        parts = path.split(".")
        tails = [".".join(parts[-n:]) for n in range(min(2, len(parts)), len(parts) + 1)]
        short[path] = next(
            tail for tail in tails if tail == path or sum(f".{other}".endswith(f".{tail}") for other in paths) == 1
        )
    return short


def different(leaves: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What differs among cases: a column for each path whose values are not all the same, at most eight."""
    paths = list(dict.fromkeys(path for one in leaves for path in one))
    found = [path for path in paths if len({json.dumps(one.get(path)) for one in leaves if one}) > 1][:8]
    short = shortened(found)
    return {short[path]: [one.get(path) for one in leaves] for path in found}


def _leaves(run: Run | None) -> dict[str, Any]:
    """The numbers and texts of a run's case by their path; empty where it was adopted."""
    if run is None:
        return {}
    try:
        case = json.loads((run.path / "case.json").read_text())
    except (OSError, ValueError):
        return {}
    return {path: value for path, value in _walk("", case) if path not in ("name", "schema")}


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list) and all(isinstance(one, int | float) for one in value) and value:
        yield path, value[0] if len(set(value)) == 1 else " ".join(f"{one:g}" for one in value)
    elif isinstance(value, str | int | float) and not path.endswith(".kind"):
        yield path, value


def _changed(run: Path) -> float:
    try:
        return (run / "end.json").stat().st_mtime
    except OSError:
        return time.time()

"""What a study measured: one number at each point, as numbers that a surface or an analysis is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from flowcfd import telling
from flowcfd import units as texts
from flowcfd.errors import CaseError, ResultError, UnitError, UnknownName
from flowcfd.studies import design as designs
from flowcfd.studies.point import Measure, measured
from flowcfd.uncertain import Uncertain

if TYPE_CHECKING:
    from flowcfd.studies.study import Study

Numbers = npt.NDArray[np.float64]
Known = dict[tuple[Path, Measure], tuple[Uncertain | None, str]]


@dataclass(frozen=True)
class Parameter:
    """A number that a study varies, its SI unit and the ends of what was computed; `name` is short and its own."""

    path: str
    name: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    whole: bool = False

    @property
    def label(self) -> str:
        """What an axis says."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def shown(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:.6g} {self.unit}".strip()

    def si(self, given: object) -> float:
        """A number, or a text with a unit, in SI."""
        try:
            value = texts.si(given, self.unit)
        except UnitError as error:
            raise UnitError(f"{self.name}: {error}") from None
        if not math.isfinite(value):
            raise CaseError(f"{self.name}: must be a number (got {given!r})")
        return value


@dataclass(frozen=True)
class Outcome:
    """One point: its number, values and state, and the measure there or why there is none."""

    number: int
    values: Mapping[str, Any]
    state: str
    value: Uncertain | None = None
    cause: str = ""
    run: Path | None = None

    @property
    def given(self) -> tuple[Any, ...]:
        """The values of its parameters."""
        return tuple(self.values.values())


@dataclass(frozen=True)
class Measured:
    """A measure at the points of a study: `outcomes` has all of them, `inputs` and `values` those that have a number.

    `parameters` are those that vary and are numbers; `inputs` has a column for each [SI]. `bands` are the half-widths
    of the values, nan where none is known.
    """

    study: str
    measure: str
    outcomes: tuple[Outcome, ...]
    parameters: tuple[Parameter, ...]
    others: tuple[str, ...] = ()
    """Paths that vary and hold no numbers."""
    unit: str = field(default="")

    @property
    def done(self) -> tuple[Outcome, ...]:
        """The points that have a number; those that coincide are there once."""
        found: dict[tuple[Any, ...], Outcome] = {}
        for one in self.outcomes:
            if one.value is not None:
                found.setdefault((*one.given, one.run), one)
        return tuple(found.values())

    @property
    def inputs(self) -> Numbers:
        """Values of the parameters at the points that have a number, a row each [SI]."""
        rows = [[float(one.values[parameter.path]) for parameter in self.parameters] for one in self.done]
        return np.array(rows, dtype=float).reshape(len(rows), len(self.parameters))

    @property
    def values(self) -> Numbers:
        """The measure at those points."""
        return np.array([float(one.value) for one in self.done if one.value is not None], dtype=float)

    @property
    def bands(self) -> Numbers:
        """Half-widths of the values; nan where none is known."""
        bands = [one.value.uncertainty for one in self.done if one.value is not None]
        return np.array([math.nan if band is None else band for band in bands], dtype=float)

    @property
    def label(self) -> str:
        """What an axis says."""
        return f"{self.measure} [{self.unit}]" if self.unit else self.measure

    @property
    def left_out(self) -> str:
        """What is left out, in words: "2 failed, 1 running", with the first cause; empty where nothing is."""
        left = [one for one in self.outcomes if one.value is None]
        kinds = [one.state.lower() if one.state != "Done" else "without a value" for one in left]
        counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        cause = next((f" (point {one.number}: {one.cause})" for one in left if one.cause), "")
        return f"{counts}{cause}"

    def require(self, points: int, what: str) -> None:
        """Refuse what cannot be said: CaseError for parameters that are no numbers, ResultError for too few points."""
        if self.others:
            raise CaseError(
                f"{what}: is over numbers, and {', '.join(self.others)} are none; fix them, or one study each"
            )
        if not self.parameters:
            raise CaseError(f"{what}: no parameter of {self.study} varies")
        if len(self.done) < points:
            wanted = "1 point that has a value" if points == 1 else f"{points} points that have a value"
            left = f"; left out: {self.left_out}" if self.left_out else ""
            raise ResultError(
                f"{what}: {self.measure} over {len(self.parameters)} parameter{'s'[: len(self.parameters) != 1]} needs "
                f"{wanted}; {len(self.done)} of {len(self.outcomes)} have one{left}"
            )


def gather(study: Study, measure: Measure, known: Known | None = None) -> Measured:
    """The measure at all points of a study; `known` keeps what was read before.

    Raises CaseError for what is no measure.
    """
    if not (isinstance(measure, str) and measure) and not callable(measure):
        raise CaseError(f"measure: must be a name such as 'body.Cd', or a function of the results (got {measure!r})")
    known = {} if known is None else known
    read: dict[tuple[str, str], Any] = {}
    points = study.points
    outcomes: list[Outcome] = []
    try:
        for one in points:
            values = {path: designs.si(study.case, path, value, read) for path, value in one.values.items()}
            state, run = one.state, None if one.run is None else one.run.path
            value, cause = None, "" if state == "Done" else one.why
            if one.run is not None and run is not None and state == "Done":
                if (run, measure) not in known:
                    known[run, measure] = measured(one.run, measure)
                    telling.tell(outcomes, f"reading {named(measure)}", len(outcomes) / len(points))
                value, cause = known[run, measure]
            outcomes.append(Outcome(one.number, values, state, value, cause, run))
    finally:
        telling.tell(outcomes, "", over=True)
    numbers, others = _varying(study, outcomes)
    unit = next((one.value.unit for one in outcomes if one.value is not None), "")
    return Measured(study.name, named(measure), tuple(outcomes), numbers, others, unit)


def named(measure: Measure) -> str:
    """What a measure is called; a function without a name of its own is the value."""
    name = measure if isinstance(measure, str) else getattr(measure, "__name__", "value")
    return "value" if name == "<lambda>" else name


def matched(parameters: tuple[Parameter, ...], name: str) -> Parameter:
    """The parameter of a path, or of its end: `speed`, `inlet.speed` or `inlet_speed`; UnknownName, CaseError."""
    wanted = name.replace(".", "_")
    paths = {one.path.replace(".", "_"): one for one in parameters}
    found = [one for path, one in paths.items() if path == wanted or path.endswith(f"_{wanted}")]
    exact = [one for one in found if wanted in (one.path.replace(".", "_"), one.name.replace(".", "_"))]
    found = exact if len(exact) == 1 else found
    if len(found) > 1:
        raise CaseError(f"{name}: may be any of {', '.join(one.path for one in found)}")
    if not found:
        raise UnknownName("parameter", name, [one.name for one in parameters])
    return found[0]


def short(paths: list[str]) -> list[str]:
    """The shortest ends of paths that tell them from one another: speed; or inlet.speed and side.speed."""
    names = []
    for path in paths:
        parts = path.split(".")
        ends = [".".join(parts[-n:]) for n in range(1, len(parts) + 1)]
        names.append(next(end for end in ends if sum(f".{one}".endswith(f".{end}") for one in paths) == 1))
    return names


def _varying(study: Study, outcomes: list[Outcome]) -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
    """The parameters that vary and are numbers, and the paths of those that are none."""
    columns = {path: [one.values[path] for one in outcomes] for path in (study.designed[0] if study.designed else ())}
    varying = [path for path, column in columns.items() if any(value != column[0] for value in column)]
    numbers = [path for path in varying if all(_number(value) for value in columns[path])]
    made = [
        Parameter(
            path,
            name,
            study.case.unit(path),
            float(min(columns[path])),
            float(max(columns[path])),
            whole=isinstance(study.case.at(path), int) and all(isinstance(value, int) for value in columns[path]),
        )
        for path, name in zip(numbers, short(numbers), strict=True)
    ]
    return tuple(made), tuple(path for path in varying if path not in numbers)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

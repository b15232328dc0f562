"""Designs: which points of a space of parameters are computed."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, Final

from flowcfd.case import Case
from flowcfd.errors import CaseError, UnknownName
from flowcfd.studies import extras

DESIGNS: Final = ("grid", "list", "lhs", "sobol", "morris")
"""Full grid; lists side by side; Latin hypercube (McKay et al. 1979); Sobol's sequence, scrambled (Owen 1998); paths
that change one parameter at a time (Morris 1991)."""
LEVELS: Final = 4
"""Levels of each parameter in a Morris design."""
MOST_POINTS: Final = 100_000

Values = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """One parameter: a path of a Case with the values it may have (`choices`), or between which it varies."""

    path: str
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False

    @property
    def ranges(self) -> bool:
        """Whether it varies between two numbers."""
        return not self.choices

    def at(self, share: float) -> Any:
        """The value at a share [0, 1) of its extent."""
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if self.whole:
            return min(int(self.low + share * (self.high - self.low + 1)), int(self.high))
        return self.low + share * (self.high - self.low)

    def level(self, share: float) -> Any:
        """The value at a share [0, 1] of a range, both ends included."""
        value = self.low + share * (self.high - self.low)
        return round(value) if self.whole else value

    def spread(self, points: int) -> list[Any]:
        """Its choices, or so many values from low to high."""
        if self.choices:
            return list(self.choices)
        if points == 1:
            return [0.5 * (self.low + self.high)]
        steps = [self.low + n * (self.high - self.low) / (points - 1) for n in range(points)]
        return sorted({round(step) for step in steps}) if self.whole else steps


def axes(case: Case, space: Mapping[str, object]) -> list[Axis]:
    """The parameters of a space: a list of values, or a pair (low, high), for each path of the case.

    Values may be texts with units. Raises UnknownName for a path that the case does not have, CaseError for a range
    without an extent or a value that does not fit.
    """
    if not space:
        raise CaseError("space: must have one path or more, such as {'boundaries.inlet.speed': ('5 m/s', '20 m/s')}")
    return [_axis(case, path, given) for path, given in space.items()]


def design(case: Case, space: Mapping[str, object], how: str, points: int | None, seed: int) -> list[Values]:
    """The points, each as the values at the paths of the space."""
    return spread(axes(case, space), how, points, seed)


def spread(found: Sequence[Axis], how: str, points: int | None, seed: int) -> list[Values]:
    """The points of a design over axes of any origin."""
    if how not in DESIGNS:
        raise UnknownName("design", how, DESIGNS, where="design")
    if points is not None and not 1 <= points <= MOST_POINTS:
        raise CaseError(f"points: must be 1 to {MOST_POINTS} (got {points})")
    match how:
        case "grid":
            return _grid(found, points)
        case "list":
            return _side_by_side(found)
        case "morris":
            return _paths(found, points, seed)
        case _:
            return _sampled(found, how, points, seed)


def read_csv(path: Path) -> list[Values]:
    """Points from a table: the first row has the paths, each other row a point."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        mark = _separator(text)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
                if any(cell.strip() for cell in row)]  # fmt: skip
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CaseError(f"{path}: is no table: {error}") from None
    if len(rows) < 2:
        raise CaseError(f"{path}: must have a row of paths and one or more rows of values")
    names = [name.strip() for name in rows[0]]
    if len(set(names)) < len(names):
        raise CaseError(f"{path}:1: a path stands twice")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names) or not all(cell.strip() for cell in row):
            raise CaseError(f"{path}:{number}: must have {len(names)} values, one for each path")
    return [dict(zip(names, (_cell(cell, mark) for cell in row), strict=True)) for row in rows[1:]]


def si(case: Case, path: str, given: object, known: dict[tuple[str, str], Any]) -> Any:
    """A value as the case reads it where that is a number, else the value; `known` keeps what was read before."""
    if not isinstance(given, str):
        return given
    if (path, given) not in known:
        try:
            read = case.replace({path: given}).at(path)
        except CaseError:  # it fits together with others only
            read = given
        known[path, given] = read if isinstance(read, Real) else given
    return known[path, given]


def units(case: Case, points: Sequence[Values]) -> dict[str, str]:
    """The SI units of the parameters that have one."""
    return {path: unit for path in (points[0] if points else ()) if (unit := case.unit(path))}


def _axis(case: Case, path: str, given: object) -> Axis:
    case.at(path)  # refuses a path that is not there, and says which are
    given = given.tolist() if hasattr(given, "tolist") else given
    if isinstance(given, tuple) and len(given) == 2:
        low, high = (_number(case, path, end) for end in given)
        whole = isinstance(low, int) and isinstance(high, int)
        if not low < high:
            raise CaseError(f"space.{path}: the range must rise (got {given[0]!r} to {given[1]!r})")
        return Axis(path, low=float(low), high=float(high), whole=whole)
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise CaseError(f"space.{path}: must be a list of values or a pair (low, high) (got {given!r})")
    return Axis(path, choices=tuple(given))


def _number(case: Case, path: str, given: object) -> float:
    """An end of a range in SI, as the case itself reads it."""
    before = case.at(path)
    if isinstance(before, bool) or not isinstance(before, Real):
        raise CaseError(f"space.{path}: holds {before!r}, which is no number; give a list of values")
    after = case.replace({path: given}).at(path)
    return int(after) if isinstance(after, int) else float(after)


def _grid(found: Sequence[Axis], points: int | None) -> list[Values]:
    if points is None and any(axis.ranges for axis in found):
        paths = ", ".join(axis.path for axis in found if axis.ranges)
        raise CaseError(f"points: a grid over the range of {paths} needs the number of points along it")
    spreads = [axis.spread(points or 1) for axis in found]
    count = 1
    for spread in spreads:
        count *= len(spread)
    if count > MOST_POINTS:
        raise CaseError(f"space: a grid of {count} points; at most {MOST_POINTS} are computed")
    return [dict(zip((axis.path for axis in found), values, strict=True)) for values in itertools.product(*spreads)]


def _side_by_side(found: Sequence[Axis]) -> list[Values]:
    for axis in found:
        if axis.ranges:
            raise CaseError(f"space.{axis.path}: a list design takes lists of values, no range")
    lengths = {axis.path: len(axis.choices) for axis in found}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{path} {length}" for path, length in lengths.items())
        raise CaseError(f"space: the lists of a list design must be of one length (got {told})")
    return [{axis.path: axis.choices[n] for axis in found} for n in range(len(found[0].choices))]


def _sampled(found: Sequence[Axis], how: str, points: int | None, seed: int) -> list[Values]:
    if points is None:
        raise CaseError(f"points: a design {how!r} needs their number")
    from scipy.stats import qmc  # takes half a second to import

    if how == "lhs":
        shares = qmc.LatinHypercube(len(found), seed=seed).random(points)
    else:
        sampler = qmc.Sobol(len(found), scramble=True, seed=seed)
        shares = sampler.random_base2((points - 1).bit_length())[:points]
    return [{axis.path: axis.at(float(share)) for axis, share in zip(found, row, strict=True)} for row in shares]


def _paths(found: Sequence[Axis], points: int | None, seed: int) -> list[Values]:
    """Paths of one point more than there are parameters, each a step of 2/3 of one range from the one before."""
    for axis in found:
        if not axis.ranges or (axis.whole and axis.high - axis.low < LEVELS - 1):
            raise CaseError(f"space.{axis.path}: a Morris design takes ranges (low, high) of {LEVELS} values or more")
    each = len(found) + 1
    if points is None or points < 2 * each or points % each:
        few = max(2, (points or 10 * each) // each)
        raise CaseError(
            f"points: a Morris design of {len(found)} parameters has paths of {each} points, and two or more of them: "
            f"{few * each} or {(few + 1) * each} points (got {points})"
        )
    sample = extras.salib("sample.morris")
    problem = {"num_vars": len(found), "names": [axis.path for axis in found], "bounds": [[0.0, 1.0]] * len(found)}
    shares = sample.sample(problem, points // each, num_levels=LEVELS, seed=seed)
    return [{axis.path: axis.level(float(share)) for axis, share in zip(found, row, strict=True)} for row in shares]


def _separator(text: str) -> str:
    """What stands between the cells: the sign that the row of paths has, which have none of them."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return next((sign for sign in ";\t" if sign in head), ",")


def _cell(text: str, separator: str = ",") -> Any:
    """A cell of a table: a number where it reads as one, else the text, which may have a unit.

    Between semicolons, as spreadsheets of many countries write them, a number may have a decimal comma.
    """
    text = text.strip()
    if separator == ";" and re.fullmatch(r"[+-]?\d+,\d+([eE][+-]?\d+)?", text):
        text = text.replace(",", ".")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text

"""Response surface: what the points of a study say of a measure between them, and how far that can be believed."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError
from flowcfd.post.table import Table
from flowcfd.studies import kriging
from flowcfd.studies.kriging import Kriging
from flowcfd.studies.measured import Known, Measured, Numbers, Parameter, gather, matched
from flowcfd.studies.point import Measure
from flowcfd.uncertain import Uncertain

if TYPE_CHECKING:
    import pandas as pd

    from flowcfd.studies.picture import Picture
    from flowcfd.studies.sensitivity import Sensitivity
    from flowcfd.studies.study import Study

NORMAL = 1.959963984540054
"""Half-width of the band of 95 % of a normal distribution, in standard deviations."""
GOOD, LITTLE = 0.9, 0.5
"""Shares of the variance that points left out must be predicted by: a good surface, and one that knows something."""


@dataclass(frozen=True)
class Surface:
    """A measure over the parameters of a study, by a Gaussian process through its points.

    `surface(speed="12 m/s")` is the value there with a band of 95 %; `error` is what points that are left out are
    missed by, `notes` what is to be kept in mind.
    """

    measured: Measured
    parameters: tuple[Parameter, ...]
    """With the ends of what the points cover."""
    model: Kriging = field(repr=False)

    def __call__(
        self, at: Mapping[str, object] | None = None, /, *, extrapolate: bool = False, **named: object
    ) -> Uncertain:
        """The value at a point: every parameter by its path, or as a keyword by the end of its path.

        Values are numbers in SI or texts with a unit. Raises CaseError for a parameter that is missing, and for a point
        outside of what was computed, unless `extrapolate`; UnknownName for another parameter.
        """
        given = {**(at or {}), **named}
        values = {matched(self.parameters, name).path: value for name, value in given.items()}
        missing = [one.name for one in self.parameters if one.path not in values]
        if missing:
            raise CaseError(f"surface: needs {', '.join(missing)} too")
        row = np.array([[one.si(values[one.path]) for one in self.parameters]])
        outside = self._outside(row)[0]
        if outside and not extrapolate:
            raise CaseError(f"{outside}; extrapolate=True takes it all the same")
        mean, band = self.at(row)
        kind = (
            f"95 % of the surface{' that knows nothing' if not self.knows else ''}{', extrapolated' if outside else ''}"
        )
        return Uncertain(float(mean[0]), float(band[0]), unit=self.measured.unit, kind=kind)

    def predict(self, points: pd.DataFrame, *, extrapolate: bool = False) -> Table:
        """The table with columns value, band (of 95 %) and outside; its columns are the parameters, by path or end.

        Raises as a call does.
        """
        columns = {matched(self.parameters, str(name)).path: points[name] for name in points.columns}
        missing = [one.name for one in self.parameters if one.path not in columns]
        if missing:
            raise CaseError(f"surface: needs {', '.join(missing)} too")
        rows = np.array([[one.si(value) for value in columns[one.path]] for one in self.parameters]).T
        rows = rows.reshape(len(points), len(self.parameters))
        outside = self._outside(rows)
        if any(outside) and not extrapolate:
            first = next(one for one in outside if one)
            raise CaseError(f"{first} ({sum(map(bool, outside))} points); extrapolate=True takes them all the same")
        mean, band = self.at(rows) if len(rows) else (np.empty(0), np.empty(0))
        made = Table({**{name: points[name] for name in points.columns}, "value": mean, "band": band})
        made["outside"] = [bool(one) for one in outside]
        made.index = points.index
        made.attrs["units"] = {"value": self.measured.unit, "band": self.measured.unit}
        return made

    def at(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Values and half-widths of their bands of 95 % at rows of parameters in SI [m, d]."""
        mean, deviation = self.model.predict(self.shares(rows))
        return mean, NORMAL * self.widening * deviation

    def shares(self, rows: Numbers) -> Numbers:
        """Rows of parameters in SI as shares of what the points cover."""
        low, high = self.box
        return np.asarray((rows - low) / (high - low))

    @property
    def box(self) -> tuple[Numbers, Numbers]:
        """The lowest and highest values of the parameters [SI] between which the surface says something."""
        low, high = ([getattr(one, end) for one in self.parameters] for end in ("low", "high"))
        return np.array(low, dtype=float), np.array(high, dtype=float)

    @property
    def error(self) -> Uncertain:
        """Root mean square of what the points are missed by when they are left out."""
        missed = float(np.sqrt(np.mean(self.model.left_out[0] ** 2)))
        return Uncertain(missed, unit=self.measured.unit, kind="leave-one-out")

    @property
    def spread(self) -> float:
        """Standard deviation of the values at the points."""
        return float(np.std(self.model.values, ddof=1))

    @property
    def noise(self) -> Uncertain:
        """Standard deviation of what the values scatter by, beside what is known of each."""
        return Uncertain(self.model.white, unit=self.measured.unit, kind="standard deviation")

    @property
    def explained(self) -> float:
        """The share of the variance of points left out that is predicted (Q2): 1 all, 0 no more than by the mean."""
        count = len(self.model.values)
        spread = np.sum(((self.model.values - self.model.values.mean()) * count / (count - 1)) ** 2)
        return float(1.0 - np.sum(self.model.left_out[0] ** 2) / spread) if spread > 0 else 0.0

    @property
    def knows(self) -> bool:
        """Whether it says more than the mean of the points."""
        return self.explained >= LITTLE

    @cached_property
    def widening(self) -> float:
        """Factor on the process's own deviation, by which points that are left out would lie in their bands."""
        missed, deviation = self.model.left_out
        return max(1.0, math.sqrt(float(np.mean((missed / deviation) ** 2))))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be kept in mind."""
        made = []
        missed = f"points left out are missed by {float(self.error):.2g}, the values vary by {self.spread:.2g}"
        if not self.knows:
            much = "nothing" if self.explained <= 0.1 else "little"
            made.append(
                f"this surface knows {much} of {self.measured.measure}: {missed}; more points, or another range"
            )
        elif self.explained < GOOD:
            made.append(f"a rough surface: {missed}")
        if self.measured.left_out:
            made.append(f"left out: {self.measured.left_out}")
        return tuple(made)

    @property
    def table(self) -> Table:
        """The points with what was computed, what all others predict there, and the difference of the two."""
        missed = self.model.left_out[0]
        columns = {one.path: self.measured.inputs[:, n] for n, one in enumerate(self.parameters)}
        made = Table({**columns, "value": self.model.values, "left out": self.model.values - missed, "error": missed})
        made.index = [one.number for one in self.measured.done]
        made.index.name = "point"
        units = {one.path: one.unit for one in self.parameters}
        made.attrs["units"] = units | dict.fromkeys(("value", "left out", "error"), self.measured.unit)
        return made

    def sensitivity(self, *, samples: int = 1024, seed: int = 0) -> Sensitivity:
        """Sobol's indices of the parameters on this surface."""
        from flowcfd.studies.sensitivity import sobol

        return sobol(self, samples=samples, seed=seed)

    def plot(self, *over: str, at: Mapping[str, object] | None = None) -> Picture:
        """The surface over one or two parameters, the others at their middle or as `at` says."""
        from flowcfd.studies.plots import surface

        return surface(self, over, at or {})

    def to_json(self) -> dict[str, Any]:
        """What is said of it, as JSON types."""
        return {
            "study": self.measured.study,
            "measure": self.measured.measure,
            "unit": self.measured.unit,
            "points": len(self.model.values),
            "left_out": self.measured.left_out,
            "error": float(self.error),
            "spread": self.spread,
            "explained": self.explained,
            "noise": float(self.noise),
            "knows": self.knows,
            "parameters": [
                {
                    "path": one.path,
                    "unit": one.unit,
                    "low": one.low,
                    "high": one.high,
                    "length": length * (one.high - one.low),
                }
                for one, length in zip(self.parameters, self.model.lengths, strict=True)
            ],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        over = ", ".join(f"{one.name} {one.low:.4g} to {one.shown(one.high)}" for one in self.parameters)
        unit = f" {self.measured.unit}" if self.measured.unit else ""
        said = (
            f"{self.measured.measure} over {over}: {len(self.model.values)} points of {len(self.measured.outcomes)}; "
            f"leave-one-out error {float(self.error):.2g}{unit}, {1 - self.explained:.2%} of the variance"
        )
        return "\n".join([said, *self.notes])

    def __repr__(self) -> str:
        return f"<Surface {self}>"

    def _repr_html_(self) -> str:
        first, *notes = str(self).splitlines()
        head, _, said = first.partition(": ")
        told = "".join(f"<div>⚠ {html.escape(note)}</div>" for note in notes)
        return f"<div><b>{html.escape(head)}</b></div><div>{html.escape(said)}</div>{told}"

    def _outside(self, rows: Numbers) -> list[str]:
        """What is outside at each row, in words; empty where nothing is."""
        told = []
        for row in rows:
            wrong = [
                f"{one.name}: {one.shown(value)} is outside of what was computed, "
                f"{one.low:.6g} to {one.shown(one.high)}"
                for one, value in zip(self.parameters, row, strict=True)
                if not one.low - 1e-9 * (one.high - one.low) <= value <= one.high + 1e-9 * (one.high - one.low)
            ]
            told.append("; ".join(wrong))
        return told


def needed(parameters: int) -> int:
    """The points that a surface over so many parameters takes at least."""
    return max(4, 2 * (parameters + 1))


def surface(study: Study, measure: Measure, *, seed: int = 0, known: Known | None = None) -> Surface:
    """The surface of a measure over a study's parameters; points that failed or are not through are left out.

    Raises ResultError where too few points have a value, CaseError where a parameter that varies is no number, and
    SiteError without scikit-learn.
    """
    found = gather(study, measure, known)
    found.require(needed(len(found.parameters)), "surface")
    ranges = {path: given for path, given in study.space.items() if isinstance(given, tuple)}
    return through(found, {path: _ends(study, path, given) for path, given in ranges.items()}, seed=seed)


def through(found: Measured, ranges: Mapping[str, tuple[float, float]] | None = None, *, seed: int = 0) -> Surface:
    """The surface through points; `ranges` are the ends of the design.

    It reaches as far as the design, but not farther beyond the outermost point with a value than its points are apart.
    """
    inputs, made = found.inputs, []
    for number, one in enumerate(found.parameters):
        column = np.unique(inputs[:, number])
        if len(column) < 2:
            raise CaseError(f"surface: all points that have a value are at {one.name} = {one.shown(column[0])}")
        low, high = (ranges or {}).get(one.path, (one.low, one.high))
        gap = float(np.diff(column).max())
        ends = max(min(low, one.low), column[0] - gap), min(max(high, one.high), column[-1] + gap)
        made.append(replace(one, low=float(ends[0]), high=float(ends[1])))
    bottom, top = (np.array([getattr(one, end) for one in made]) for end in ("low", "high"))
    model = kriging.fit((inputs - bottom) / (top - bottom), found.values, found.bands / NORMAL, seed=seed)
    return Surface(found, tuple(made), model)


def _ends(study: Study, path: str, given: tuple[Any, ...]) -> tuple[float, float]:
    low, high = (float(study.case.replace({path: end}).at(path)) for end in given)
    return low, high

"""Sensitivity: which parameters a measure depends on, by Sobol's indices or by Morris's elementary effects."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.post.table import Table
from flowcfd.studies import design as designs
from flowcfd.studies import extras
from flowcfd.studies.measured import Measured, Numbers, Parameter, gather
from flowcfd.studies.point import Measure
from flowcfd.studies.surface import NORMAL, Surface, surface

if TYPE_CHECKING:
    from flowcfd.studies.picture import Picture
    from flowcfd.studies.study import Study

METHODS: Final = ("sobol", "morris")
RESAMPLES, CONFIDENCE = 200, 0.95
DRAWS, DRAWN_AT = 60, 640
"""Functions that are drawn from a surface to see how far it knows the indices, and points that each is drawn at."""
MOST_SAMPLES = 2**16


@dataclass(frozen=True)
class Effect:
    """What one parameter does; `first` and `total` are S1 and ST, or mu* and sigma, with half-widths of 95 %.

    Morris: `first` is the mean magnitude of a step over the whole range, `total` how unequal the steps are (a curve, or
    another parameter's say), `mean` the mean with its sign; all in the measure's unit.
    """

    parameter: Parameter
    first: float
    first_band: float
    total: float
    total_band: float | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """The effects of the parameters on a measure, the greatest first; `table`, `plot()`, `notes`."""

    method: str
    measure: str
    unit: str
    effects: tuple[Effect, ...]
    by: str
    """What it was found from."""
    notes: tuple[str, ...] = ()

    @property
    def ranking(self) -> tuple[str, ...]:
        """The names of the parameters, the most influential first."""
        return tuple(one.parameter.name for one in self.effects)

    @property
    def total(self) -> float:
        """The sum of the first-order indices: 1 where each parameter acts alone, less where they act together."""
        return sum(one.first for one in self.effects)

    @property
    def table(self) -> Table:
        """One row a parameter, the most influential first: S1 and ST, or mu*, mu and sigma, with bands of 95 %."""
        if self.method == "sobol":
            rows = [
                {"S1": one.first, "S1 band": one.first_band, "ST": one.total, "ST band": one.total_band}
                for one in self.effects
            ]
        else:
            rows = [
                {"mu*": one.first, "mu* band": one.first_band, "mu": one.mean, "sigma": one.total}
                for one in self.effects
            ]
        made = Table(rows, index=[one.parameter.name for one in self.effects])
        made.index.name = "parameter"
        made.attrs["units"] = dict.fromkeys(made.columns, "" if self.method == "sobol" else self.unit)
        return made

    def plot(self) -> Picture:
        """The effects as bars, with their bands."""
        from flowcfd.studies.plots import sensitivity

        return sensitivity(self)

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON types."""
        rows = self.table.to_dict("records")
        return {
            "method": self.method,
            "measure": self.measure,
            "unit": self.unit,
            "by": self.by,
            "notes": list(self.notes),
            "effects": [
                {"parameter": one.parameter.path, **{str(name): value for name, value in row.items()}}
                for one, row in zip(self.effects, rows, strict=True)
            ],
        }

    def __str__(self) -> str:
        sign, spread = ("S1", "ST") if self.method == "sobol" else ("mu*", "sigma")
        unit = f" {self.unit}" if self.unit and self.method == "morris" else ""
        rows = [
            f"  {one.parameter.name}: {sign} {one.first:.3g} ± {one.first_band:.2g}{unit}, {spread} {one.total:.3g}"
            + (f" ± {one.total_band:.2g}" if one.total_band is not None else "")
            for one in self.effects
        ]
        return "\n".join([f"{self.measure}, {self.by}", *rows, *self.notes])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        table = self.table.rename_axis(index=None).to_html(border=0, float_format="{:.3g}".format)
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self.notes)
        return f"<div><b>{html.escape(self.measure)}</b>, {html.escape(self.by)}</div>{table}{notes}"


def sensitivity(study: Study, measure: Measure, *, method: str = "sobol", seed: int = 0) -> Sensitivity:
    """The sensitivity of a measure: "sobol" on the response surface of any design, "morris" on a Morris design's runs.

    Raises UnknownName for another method, CaseError for Morris on another design, ResultError for too few points, and
    SiteError without SALib.
    """
    if method not in METHODS:
        raise UnknownName("method", str(method), METHODS, where="sensitivity")
    if method == "sobol":
        extras.salib("analyze.sobol")
        return sobol(surface(study, measure, seed=seed), seed=seed)
    if study.design != "morris":
        raise CaseError(
            f"sensitivity: Morris takes the points of a study of design='morris' (got {study.design!r}); "
            "method='sobol' takes any"
        )
    return morris(gather(study, measure), study, seed=seed)


def sobol(on: Surface, *, samples: int = 1024, seed: int = 0) -> Sensitivity:
    """Sobol's indices of first and total order on a surface, by Saltelli's sampling (Saltelli et al. 2010).

    A band is the root of the squares of two: the bootstrap's of the samples, and the scatter of the indices over
    functions that the surface holds for possible (Le Gratiet, Cannamela and Iooss 2014).
    """
    if isinstance(samples, bool) or not isinstance(samples, int) or not 2 <= samples <= MOST_SAMPLES:
        raise CaseError(f"samples: must be 2 to {MOST_SAMPLES}, best a power of 2 (got {samples!r})")
    if not on.spread > 0:
        raise ResultError(f"sensitivity: {on.measured.measure} is the same at all points")
    sample, analyze = extras.salib("sample.sobol"), extras.salib("analyze.sobol")
    problem = _problem(on.parameters)
    base = 1 << (samples - 1).bit_length()
    mean, _ = on.model.predict(sample.sample(problem, base, calc_second_order=False, seed=seed + 1))
    found = _indices(analyze, problem, mean, seed)
    few = 1 << ((DRAWN_AT // (len(on.parameters) + 2)).bit_length() - 1)
    shares = sample.sample(problem, few, calc_second_order=False, seed=seed + 1)
    middle, _ = on.model.predict(shares)
    drawn = middle + on.widening * (on.model.draws(shares, DRAWS, seed) - middle)
    other = np.array([[one["S1"], one["ST"]] for one in (_indices(analyze, problem, each, seed, 2) for each in drawn)])
    first, total = (
        np.hypot(np.asarray(found[f"{name}_conf"]), NORMAL * other[:, n].std(axis=0, ddof=1))
        for n, name in enumerate(("S1", "ST"))
    )
    effects = [
        Effect(one, float(found["S1"][n]), float(first[n]), float(found["ST"][n]), float(total[n]))
        for n, one in enumerate(on.parameters)
    ]
    effects.sort(key=lambda one: -one.total)
    by = (
        f"Sobol's indices on the surface of {len(on.model.values)} points "
        f"(leave-one-out error {1 - on.explained:.1%} of the variance)"
    )
    return Sensitivity("sobol", on.measured.measure, on.measured.unit, tuple(effects), by, (*_sums(effects), *on.notes))


def morris(found: Measured, study: Study, *, seed: int = 0) -> Sensitivity:
    """Elementary effects from the runs of a Morris design (Morris 1991; Campolongo et al. 2007), per whole range.

    A path with a point that has no value is left out, and counted. The band is the bootstrap's.
    """
    axes = designs.axes(study.case, study.space)
    if found.others or len(found.parameters) != len(axes):
        raise CaseError("sensitivity: every parameter of a Morris design must be a number that varies")
    each = len(axes) + 1
    paths = [found.outcomes[n : n + each] for n in range(0, len(study.designed), each)]
    whole = [path for path in paths if all(one.value is not None for one in path)]
    if len(whole) < 2:
        raise ResultError(
            f"sensitivity: Morris needs 2 paths of {each} points that all have a value; {len(whole)} of {len(paths)} "
            f"have{f'; left out: {found.left_out}' if found.left_out else ''}"
        )
    points = [one for path in whole for one in path]
    rows = np.array([[_level(axis, float(one.values[axis.path])) for axis in axes] for one in points])
    values = np.array([float(one.value) for one in points if one.value is not None])
    analyze = extras.salib("analyze.morris")
    done = analyze.analyze(
        _problem(found.parameters), rows, values, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
        num_levels=designs.LEVELS, seed=seed + 1,
    )  # fmt: skip
    effects = [
        Effect(one, float(size), float(band), float(scatter), mean=float(mean))
        for one, size, band, scatter, mean in zip(
            found.parameters, *(done[name] for name in ("mu_star", "mu_star_conf", "sigma", "mu")), strict=True
        )
    ]
    effects.sort(key=lambda one: -one.first)
    by = f"Morris's elementary effects of {len(whole)} paths of {each} runs, over the whole range of each parameter"
    notes = (f"left out: {len(paths) - len(whole)} paths, for of their points {found.left_out}",)
    return Sensitivity(
        "morris", found.measure, found.unit, tuple(effects), by, notes if len(whole) < len(paths) else ()
    )


def _problem(parameters: Sequence[Parameter]) -> dict[str, Any]:
    names = [one.name for one in parameters]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _indices(analyze: Any, problem: dict[str, Any], values: Numbers, seed: int, resamples: int = RESAMPLES) -> Any:
    return analyze.analyze(
        problem, values, calc_second_order=False, num_resamples=resamples, conf_level=CONFIDENCE, seed=seed + 1
    )


def _sums(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What the sum of the first-order indices says."""
    total = sum(one.first for one in effects)
    band = float(np.sqrt(sum(one.first_band**2 for one in effects)))
    if total > 1 + max(band, 0.02):
        return (f"the indices of first order add up to {total:.2f} ± {band:.2f}, more than 1: do not believe them",)
    if total + band >= 1 or len(effects) == 1:
        return (f"the indices of first order add up to {total:.2f} ± {band:.2f}: each parameter acts alone",)
    return (f"the indices of first order add up to {total:.2f} ± {band:.2f}: the rest is what parameters do together",)


def _level(axis: designs.Axis, value: float) -> float:
    """The level, as a share of the range, that a value of a Morris design is of; whole numbers were rounded."""
    steps = designs.LEVELS - 1
    return round((value - axis.low) / (axis.high - axis.low) * steps) / steps

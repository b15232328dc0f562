"""What a benchmark came to: comparisons with published values, and the curves of its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, SupportsFloat

from flowcfd.uncertain import Uncertain

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from flowcfd.studies.gci import GCI

    Numbers = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One line of the table: what was computed beside what was published.

    `value` is a number or an Uncertain, in `unit` as `reference` and `band`; `band` bounds the value, both ends
    included. `gci` is the grid convergence index, or `why_no_gci` says in a few words why there is none.
    """

    measure: str
    value: SupportsFloat
    reference: float
    source: str
    band: tuple[float, float]
    unit: str = ""
    gci: GCI | None = None
    why_no_gci: str = ""
    note: str = ""

    @property
    def error(self) -> float:
        """Value minus reference [unit]."""
        return float(self.value) - self.reference

    @property
    def relative_error(self) -> float | None:
        """The error as a share of the reference; None where that is zero."""
        return self.error / abs(self.reference) if self.reference else None

    @property
    def ok(self) -> bool:
        """Whether the value is in the band; one that is no number is not."""
        low, high = self.band
        return low <= float(self.value) <= high

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON types."""
        return {
            "measure": self.measure,
            "value": float(self.value),
            "uncertainty": self.value.uncertainty if isinstance(self.value, Uncertain) else None,
            "unit": self.unit,
            "reference": self.reference,
            "source": self.source,
            "error": self.error,
            "relative_error": self.relative_error,
            "band": list(self.band),
            "ok": self.ok,
            "gci": None if self.gci is None else self.gci.to_json(),
            "why_no_gci": self.why_no_gci,
            "note": self.note,
        }


def within(reference: float, share: float) -> tuple[float, float]:
    """The band of `share` (0.02: two per cent) of a reference to both its sides."""
    half = abs(reference) * share
    return reference - half, reference + half


def about(reference: float, distance: float) -> tuple[float, float]:
    """The band of a distance, in the reference's unit, to both its sides."""
    return reference - distance, reference + distance


@dataclass(frozen=True)
class Curve:
    """One curve of a plot: a line for what was computed, symbols for what was published (`reference`).

    `x`, `y` and, where it is stated, the `error` of y have the same length.
    """

    label: str
    x: Numbers
    y: Numbers
    reference: bool = False
    error: Numbers | None = None


@dataclass(frozen=True)
class Plot:
    """One pair of axes of a benchmark's figure. `x_range`, `y_range`: None as the curves have it."""

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    zero: bool = False
    """Whether the line y = 0 is drawn."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A benchmark's comparisons and figure, and what they have cost.

    `cpu_seconds` is that of the runs, whenever they were computed; `reused` of them were there before; `cells` has
    one number per run, `verdict` the colour that `Results.verdict` gives the finest one ("" where it gives none).
    """

    benchmark: str
    comparisons: tuple[Comparison, ...]
    plots: tuple[Plot, ...] = ()
    cpu_seconds: float = 0.0
    cells: tuple[int, ...] = ()
    runs: tuple[str, ...] = ()
    reused: int = 0
    verdict: str = ""
    quick: bool = False

    @property
    def ok(self) -> bool:
        """Whether every comparison is in its band; one without comparisons shows nothing."""
        return bool(self.comparisons) and all(one.ok for one in self.comparisons)

    def plot(self) -> Figure:
        """The figure: lines for what was computed, symbols for what was published."""
        from flowcfd.benchmarks.plots import figure

        return figure(self)

    def to_json(self) -> dict[str, Any]:
        """All of it but the curves as JSON types."""
        return {
            "benchmark": self.benchmark,
            "quick": self.quick,
            "ok": self.ok,
            "comparisons": [one.to_json() for one in self.comparisons],
            "cpu_seconds": self.cpu_seconds,
            "cells": list(self.cells),
            "runs": list(self.runs),
            "reused": self.reused,
            "verdict": self.verdict,
        }

    def _repr_html_(self) -> str:
        from flowcfd.benchmarks.report import html

        return html((self,))


def distance(ours: Numbers, table: Numbers) -> float:
    """The largest distance between two curves at the same places; nan where one has no number."""
    gaps = [abs(float(one) - float(other)) for one, other in zip(ours, table, strict=True)]
    return math.nan if any(math.isnan(gap) for gap in gaps) else max(gaps)

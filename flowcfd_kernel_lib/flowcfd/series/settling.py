"""Whether a quantity has settled: the value of a steady iteration, or the mean of an unsteady flow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flowcfd.series.mean import Mean, mean
from flowcfd.series.transient import mser
from flowcfd.series.trend import limit, line, trend

SIGNIFICANT = 0.05
"""Below this probability a trend counts as one."""

STILL = 0.1
"""An unsteady flow that does not vary any more stays in this share of the band."""

LEAST = 10
"""So many samples a window has at least, and so many independent ones a mean."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Whether a series has settled, and the sentence that says by what it is seen.

    `mean` is that of the window (steady) or of all after the initial transient; `uncertainty` what it is known to;
    `band` the largest distance of a sample of the window from it, `drift` the change over the window by its straight
    line, `limit` where the series goes (the mean when it has no trend), `dropped` the samples of the initial transient.
    """

    ok: bool
    why: str
    mean: float
    uncertainty: float
    band: float
    drift: float
    limit: float
    samples: int
    dropped: int = 0


def settled(values: Sequence[float], *, within: float, relative: bool, over: int, span: str = "") -> Settling:
    """Whether the last `over` samples stay where they are, to `within` (of their mean when `relative`).

    All of: every sample of the window lies within the band about the window's mean; the mean of the window before
    lies in it; and the limit lies in it towards which the window goes, which is its mean unless the Mann-Kendall test
    sees a trend (`trend`), else the end of an exponential decay through its three thirds (`limit`). So a slow creep
    has not settled, though it moves little in one window. `span` names the window in the sentence ("200 iterations").
    """
    if over < LEAST:
        raise ValueError(f"settled: over must be at least {LEAST} samples (got {over})")
    span = span or f"{over} samples"
    window, before = values[-over:], values[-2 * over : -over]
    if len(values) < 2 * over:
        return _nothing(values, f"{len(values)} of the {2 * over} samples that two windows need are there")
    if not all(map(math.isfinite, (*window, *before))):
        return _nothing(values, "has values that are not finite")
    middle = math.fsum(window) / over
    allowed = within * abs(middle) if relative else within
    band = max(max(window) - middle, middle - min(window))
    drift = line(window) * over
    moving = trend(window) < SIGNIFICANT
    end = limit(window) if moving else middle
    jump = math.fsum(before) / over - middle
    size = _Size(within, relative, middle)
    if abs(drift) > allowed and moving:
        why = f"drifts by {size(drift)} per {span}"
    elif band > allowed:
        why = f"oscillates by ±{size(band)}"
    elif abs(jump) > allowed:
        why = f"its mean over the last {span} differs by {size(jump)} from the mean over those before"
    elif abs(end - middle) > allowed:
        why = f"creeps by {size(drift)} per {span}, towards a limit {size(end - middle)} away"
    else:
        why = f"within {size.band} over the last {span}"
        return Settling(True, why, middle, max(band, abs(end - middle)), band, drift, end, len(values))
    return Settling(False, why, middle, max(band, abs(end - middle)), band, drift, end, len(values))


def mean_settled(
    values: Sequence[float], *, within: float, relative: bool, over: int, confidence: float = 0.95, span: str = ""
) -> Settling:
    """Whether the mean after the initial transient is known to `within` (of itself when `relative`).

    The transient is dropped by MSER-5 (`mser`), which must find it in the first half; of the rest at least `over`
    samples are there, that count as ten independent ones at least, and half the confidence interval of their mean
    (`mean`) is not larger than `within`. A flow that becomes steady has no second half that goes on like the first:
    it settles as an iteration does, in a band ten times narrower, since an instability may begin slowly.
    """
    span = span or f"{over} samples"
    if len(values) < max(over, 2 * LEAST):
        return _nothing(values, f"{len(values)} of {max(over, 2 * LEAST)} samples are there")
    if not all(map(math.isfinite, values)):
        return _nothing(values, "has values that are not finite")
    dropped = mser(values)
    if 2 * dropped > len(values):
        still = settled(values, within=STILL * within, relative=relative, over=over, span=span)
        if still.ok:
            return replace(still, why=f"does not vary any more: {still.why}")
    rest = values[dropped:]
    found: Mean = mean(rest, confidence=confidence)
    size = _Size(within, relative, found.value)
    allowed = within * abs(found.value) if relative else within
    band = max(max(rest) - found.value, found.value - min(rest))
    why, ok = "", False
    if 2 * dropped > len(values):
        why = "the initial transient is not over (MSER-5 drops more than half of the samples)"
    elif len(rest) < over:
        why = f"{len(rest)} samples after the initial transient are fewer than {span}"
    elif found.effective < LEAST:
        why = f"{len(rest)} samples after the initial transient count as {found.effective:.0f} independent ones only"
    elif found.half_width > allowed:
        why = f"its mean is known to ±{size(found.half_width)}"
    else:
        why, ok = f"mean known to ±{size(found.half_width)} at {100 * confidence:g} % confidence", True
    return Settling(
        ok, why, found.value, found.half_width, band, line(rest) * len(rest), found.value, len(values), dropped
    )


@dataclass(frozen=True, slots=True)
class _Size:
    """How an amount is written: as a share of the mean, or as it is."""

    within: float
    relative: bool
    mean: float

    @property
    def band(self) -> str:
        return f"{100 * self.within:.3g} %" if self.relative else f"{self.within:.3g}"

    def __call__(self, amount: float) -> str:
        if not self.relative:
            return f"{amount:.2g}"
        if not self.mean:
            return f"{amount:.2g} (its mean is zero: give `within` as an amount)"
        return f"{100 * amount / abs(self.mean):.2g} %"


def _nothing(values: Sequence[float], why: str) -> Settling:
    middle = math.fsum(values) / len(values) if values and all(map(math.isfinite, values)) else math.nan
    return Settling(False, why, middle, math.inf, math.inf, math.nan, math.nan, len(values))

"""The mean of a correlated series and how well it is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flowcfd.series.quantile import student

MOST = 64
"""A longer series is taken as the means of so many batches at most: that leaves the variance of its mean as it is, and
where a batch is longer than a period of the flow, the period's ups and downs cancel."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean whose true value lies within `half_width` of it with the confidence that was asked for.

    `effective` is the number of independent samples that would tell as much as the `samples` there are.
    """

    value: float
    half_width: float
    samples: int
    effective: float
    method: str

    @property
    def relative(self) -> float:
        """The half width as a share of the mean; inf for a mean of zero."""
        return self.half_width / abs(self.value) if self.value else math.inf


def mean(values: Sequence[float], *, confidence: float = 0.95) -> Mean:
    """The mean with its confidence interval, the correlation of successive samples counted.

    By batch means, whose own correlation is counted: variance of the mean = s^2 tau / n with the n means of at most 64
    batches (Schmeiser, B. (1982), Operations Research 30(3), 556-568, finds more not to help), corrected for the bias
    of s^2 in correlated samples by 1 / (1 - tau / n), with tau from `autocorrelation_time`; half width by Student's t
    with n / tau - 1 degrees of freedom. Samples are equally spaced (`even` makes them so). Raises ValueError for less
    than two samples and for a confidence outside of (0, 1).
    """
    count = len(values)
    if count < 2:
        raise ValueError(f"mean: at least 2 samples are needed (got {count})")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"mean: confidence must be between 0 and 1 (got {confidence:g})")
    value = math.fsum(values) / count
    means = batches(values, -(-count // MOST))
    number = len(means)
    tau = autocorrelation_time(means)
    spread = _variance(means)
    if not math.isfinite(spread):
        return Mean(value, math.inf, count, 0.0, _METHOD)
    free = max(number / tau, 1.0 + 1e-6)
    error = math.sqrt(spread / free / (1.0 - 1.0 / free)) if spread else 0.0
    effective = float(count) if not error else min(float(count), _variance(values) / error**2)
    return Mean(value, student((1 + confidence) / 2, free - 1) * error, count, effective, _METHOD)


_METHOD = "batch means with their autocorrelation time, Student's t"


def autocorrelation_time(values: Sequence[float]) -> float:
    """The integrated autocorrelation time tau = 1 + 2 sum rho(k) in samples, at least 1; n / tau samples count.

    The sum ends with the first pair rho(2k) + rho(2k + 1) that is not positive, the initial positive sequence of Geyer,
    C. J. (1992), "Practical Markov chain Monte Carlo", Statistical Science 7(4), 473-483: with periodic samples it
    errs to the safe side.
    """
    count = len(values)
    middle = math.fsum(values) / count if count else 0.0
    parts = [value - middle for value in values]
    variance = math.fsum(part * part for part in parts)
    if count < 4 or not variance or not math.isfinite(variance):
        return 1.0
    total = -1.0
    for lag in range(0, count - 1, 2):
        pair = (_products(parts, lag) + _products(parts, lag + 1)) / variance
        if pair <= 0.0:
            break
        total += 2.0 * pair
    return max(1.0, total)


def even(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """As many values as there are, equally spaced in time between the first and the last, interpolated linearly.

    Values whose steps differ by less than 1 % are left as they are.
    """
    count = len(values)
    steps = [after - before for before, after in pairwise(times)]
    if count < 3 or max(steps) <= 1.01 * min(steps):
        return list(values)
    found, place = [], 0
    for n in range(count):
        time = times[0] + (times[-1] - times[0]) * n / (count - 1)
        while place < count - 2 and times[place + 1] < time:
            place += 1
        length = times[place + 1] - times[place]
        share = min(1.0, max(0.0, (time - times[place]) / length)) if length > 0 else 1.0
        found.append(values[place] + share * (values[place + 1] - values[place]))
    return found


def batches(values: Sequence[float], size: int) -> list[float]:
    """The means of successive batches of `size`; what does not fill one is left out at the beginning."""
    if size == 1:
        return list(values)
    return [math.fsum(values[n : n + size]) / size for n in range(len(values) % size, len(values), size)]


def _products(parts: Sequence[float], lag: int) -> float:
    return sum(map(float.__mul__, parts, parts[lag:])) if lag else sum(part * part for part in parts)


def _variance(values: Sequence[float]) -> float:
    """The mean square deviation, without correction for its bias."""
    middle = math.fsum(values) / len(values)
    return math.fsum((value - middle) ** 2 for value in values) / len(values)

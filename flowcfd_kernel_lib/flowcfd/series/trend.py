"""Whether a series rises or falls, and where it is going."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from flowcfd.series.mean import autocorrelation_time, batches

BLOCKS = 40
"""The test for a trend looks at so many means of successive samples at most."""

SLOWEST = 0.99
"""The largest ratio of successive changes that counts as a decay. A change from third to third of a window that falls
more slowly is taken to go on for 1 / (1 - 0.99) thirds of a window, 33 windows, before it has died."""


def trend(values: Sequence[float]) -> float:
    """How probable so strong a rise or fall would be in a series without one: below 0.05 there is a trend.

    The Mann-Kendall test, two-sided: S = sum over pairs of sign(x_j - x_i), its variance n(n - 1)(2n + 5) / 18
    corrected for ties, and multiplied with the autocorrelation time of the series less its straight line (after
    Hamed, K. H. and Rao, A. R. (1998), J. Hydrology 204, 182-196). On means of successive samples, 40 at most.
    """
    means = batches(values, -(-len(values) // BLOCKS))
    n = len(means)
    if n < 4:
        return 1.0
    total, later = 0, list[float]()  # what comes later, in order
    for value in reversed(means):
        total += len(later) - bisect_right(later, value) - bisect_left(later, value)
        insort(later, value)
    equal: dict[float, int] = {}
    for value in means:
        equal[value] = equal.get(value, 0) + 1
    ties = sum(t * (t - 1) * (2 * t + 5) for t in equal.values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if variance <= 0:
        return 1.0
    slope = line(means)
    rest = [value - means[0] - slope * place for place, value in enumerate(means)]
    if max(rest) - min(rest) > 1e-6 * (max(means) - min(means)):  # less is how floats are rounded
        variance *= autocorrelation_time(rest)
    return math.erfc(max(0, abs(total) - 1) / math.sqrt(2 * variance))


def line(values: Sequence[float]) -> float:
    """The slope of the straight line with least squares, per sample."""
    n = len(values)
    if n < 2:
        return 0.0
    middle = (n - 1) / 2
    origin = values[0]
    return math.fsum((place - middle) * (value - origin) for place, value in enumerate(values)) / (n * (n * n - 1) / 12)


def limit(values: Sequence[float]) -> float:
    """Where a series is going, if it goes on as over its three thirds: exact for L + A exp(-n / T).

    With the means m1, m2, m3 of the thirds and r = (m2 - m3) / (m1 - m2), at most SLOWEST: m3 - (m2 - m3) r / (1 - r),
    which is Aitken's extrapolation of the means.
    """
    size = len(values) // 3
    if size < 1:
        raise ValueError(f"limit: at least 3 samples are needed (got {len(values)})")
    first, second, third = batches(values[-3 * size :], size)
    before, after = first - second, second - third
    if not after:
        return third
    ratio = after / before if before else math.inf
    ratio = max(-1.0, min(ratio, SLOWEST))
    return third - after * ratio / (1.0 - ratio)

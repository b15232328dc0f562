"""The initial transient of a series: how much of its beginning does not belong to what follows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from flowcfd.series.mean import batches

LAST = 5
"""So many last batches are never left alone: the statistic is erratic there (Hoad, Robinson and Davies 2010)."""


def mser(values: Sequence[float], *, batch: int = 5) -> int:
    """How many samples to drop from the beginning, by MSER-5; more than half of them: the series is too short to say.

    The number d of dropped batches (means of `batch` samples) that makes the squared standard error of the mean of
    the rest least, sum over j > d of (z_j - mean)^2 / (m - d)^2. White, K. P. (1997), "An effective truncation
    heuristic for bias reduction in simulation output", Simulation 69(6), 323-334; in batches of five after White, Cobb
    and Spratt (2000), Proc. Winter Simulation Conf., 755-760.
    """
    if batch < 1:
        raise ValueError(f"mser: batch must be at least 1 (got {batch})")
    means = batches(values, batch)
    count = len(means)
    if count <= LAST:
        return 0
    origin = means[-1]  # sums of differences keep their digits
    tail = [value - origin for value in reversed(means)]
    sums, squares = list(accumulate(tail)), list(accumulate(value * value for value in tail))
    errors = {count - n: max(0.0, squares[n - 1] - sums[n - 1] ** 2 / n) / n**2 for n in range(count, LAST - 1, -1)}
    least = min(errors, key=errors.__getitem__)
    return len(values) - batch * (count - least) if least else 0

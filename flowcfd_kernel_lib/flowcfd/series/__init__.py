"""Series: statistics of one number over time: initial transient, mean with its uncertainty, whether it has settled.

The standard library only, for the worker judges by it as well.
"""

from flowcfd.series.mean import Mean, autocorrelation_time, even, mean
from flowcfd.series.settling import Settling, mean_settled, settled
from flowcfd.series.transient import mser
from flowcfd.series.trend import limit, trend

__all__ = [
    "Mean",
    "Settling",
    "autocorrelation_time",
    "even",
    "limit",
    "mean",
    "mean_settled",
    "mser",
    "settled",
    "trend",
]

"""Numbers for what neither a probe nor a finished run has told; each with the band of an honest guess."""

from __future__ import annotations

from flowcfd.jobs.estimate.figure import Figure

CORES = ((50_000, 1), (200_000, 2), (500_000, 4), (2_000_000, 8), (10_000_000, 16), (50_000_000, 32))
"""Cells up to which so many cores suit; 64 beyond."""
MOST_CORES = 64

SECONDS = {
    "icoFoam": 1.0e-6,
    "simpleFoam": 2.0e-6,
    "pisoFoam": 2.0e-6,
    "pimpleFoam": 4.0e-6,
    "rhoCentralFoam": 6.0e-6,
    "interFoam": 5.0e-6,
    "laplacianFoam": 0.3e-6,
    "scalarTransportFoam": 0.5e-6,
    "potentialFoam": 5.0e-6,
}
"""CPU seconds per cell and step on one core, measured on OpenFOAM's tutorials."""
OTHER_SECONDS = 4.0e-6

BASE_MEMORY = 58e6
"""Memory [byte] of a rank that has no cells: its program and libraries."""
CELL_MEMORY = 1.6e3
"""Memory [byte] of one cell."""

LATER = (1.0, 0.90, 1.20)
"""What a step costs on the average of a whole run over what it cost in the probe: expected, least, most (80 %).

From the logs of real runs (docs/estimate.md): 0.95 to 1.16 for two seconds of probe behind the first step.
"""
CLEAR = 1.15
"""A trend within the probe that is more than noise."""
SHARED = 1.15
"""By what the CPU time of equal work differs on a machine that others use as well, up or down (80 %)."""


def later(trend: float) -> Figure:
    """What a step of the whole run costs over what it cost in the second half of the probe.

    `trend` is second half over first: one that is clear goes on for a while, nobody knows how far.
    """
    value, low, high = LATER
    if not 1 / CLEAR < trend < CLEAR:
        value *= trend**0.5
        low *= min(1.0, max(0.25, trend**3))
        high *= max(1.0, min(2.0, trend**1.5))
    return Figure(value, min(low, value), max(high, value))


def proposed(cells: float, most: int | None) -> int:
    """The number of cores that suits a number of cells, halved until the executor has as many."""
    cores = next((cores for limit, cores in CORES if cells < limit), MOST_CORES)
    while most is not None and cores > max(1, most):
        cores //= 2
    return cores


def efficiency(cells: float, cores: int) -> Figure:
    """The parallel efficiency: one core's CPU time over that of all cores together, for the same work.

    Few cells a core make much talk between them, many cores of one machine share its memory.
    """
    if cores == 1:
        return Figure.exact(1.0, source="one core")
    each = cells / cores
    value = each / (each + 3000.0) * cores**-0.1
    return Figure(value, value / 1.35, min(1.0, value * 1.25), source="rule for the parallel efficiency")


def seconds(application: str) -> Figure:
    """CPU time [s] per cell and step."""
    known = SECONDS.get(application)
    if known is None:
        return Figure.within(OTHER_SECONDS, 6.0, 6.0, "s", f"rule for solvers that are not known, as {application}")
    return Figure.within(known, 3.0, 3.0, "s", f"rule for {application}")


def memory(cells: float, cores: int) -> Figure:
    """The memory [byte] of all ranks together."""
    value = cores * BASE_MEMORY + cells * CELL_MEMORY
    return Figure.within(value, 1.5, 2.0, "byte", "rule")

"""Grid convergence of a benchmark's measure: the value with its uncertainty, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowcfd.benchmarks.outcome import Comparison
from flowcfd.errors import CaseError
from flowcfd.studies.gci import GCI, gci
from flowcfd.uncertain import Uncertain

FORMAL = 2.0
"""The order of the schemes that benchmarks use; an observed order above it is not trusted."""


class Graded(NamedTuple):
    """A value on the finest grid with its uncertainty, the GCI it comes from, or why there is none."""

    value: Uncertain
    gci: GCI | None
    why_no_gci: str

    def against(
        self, measure: str, reference: float, source: str, band: tuple[float, float], *, unit: str = "", note: str = ""
    ) -> Comparison:
        """The comparison of this value with a published one."""
        return Comparison(
            measure=measure,
            value=self.value,
            reference=reference,
            source=source,
            band=band,
            unit=unit,
            gci=self.gci,
            why_no_gci=self.why_no_gci,
            note=note,
        )

    @property
    def extrapolated(self) -> float | None:
        """The value at zero cell size, where the grids say one."""
        return None if self.gci is None else self.gci.extrapolated


def graded(values: Sequence[float | Uncertain], cells: Sequence[int], dimension: int = 2) -> Graded:
    """A measure on grids of so many cells, both finest first; with one grid there is no GCI."""
    finest = Uncertain(float(values[0]))
    if len(values) < 2:
        return Graded(finest, None, "one grid")
    try:
        found = gci(values, cells, dimension, formal_order=FORMAL)
    except CaseError as error:
        return Graded(finest, None, str(error).removeprefix("gci: "))
    return Graded(found.answer, found, "" if found.gci is not None else found.kind)

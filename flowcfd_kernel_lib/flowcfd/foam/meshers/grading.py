"""How cells are spaced along an edge: blockMesh's geometric progressions, and the numbers that a user rather gives.

With n cells on the length L and the ratio r of neighbouring cells: expansion = last / first = r^(n-1) and
first = L (r - 1) / (r^n - 1). blockMesh reads a list of sections (share of length, share of cells, expansion).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

from flowcfd.errors import CaseError

STEEPEST = 2.0
"""No mesh of use has neighbouring cells that differ by more than this factor."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an edge: its length [m], its cells, and last cell / first cell."""

    length: float
    cells: int
    expansion: float = 1.0

    def reversed(self) -> Section:
        """The same cells from the other end."""
        return Section(self.length, self.cells, 1 / self.expansion)


@dataclass(frozen=True, slots=True)
class Spacing:
    """All cells of an edge, section by section."""

    sections: tuple[Section, ...]

    @property
    def length(self) -> float:
        """The length of the edge [m]."""
        return sum(section.length for section in self.sections)

    @property
    def cells(self) -> int:
        """The number of cells."""
        return sum(section.cells for section in self.sections)

    def reversed(self) -> Spacing:
        """The same cells from the other end."""
        return Spacing(tuple(section.reversed() for section in reversed(self.sections)))

    def sizes(self) -> list[float]:
        """The cells' sizes in their order [m]."""
        return [size for section in self.sections for size in _sizes(section)]

    def points(self) -> list[float]:
        """The cells' ends from 0 to the length [m]; one more than cells."""
        return [0.0, *accumulate(self.sizes())]

    def entry(self) -> float | tuple[tuple[float, int, float], ...]:
        """What blockMesh's simpleGrading reads: a number, or (length, cells, expansion) of each section.

        blockMesh divides lengths and cells by their sums itself.
        """
        if len(self.sections) == 1:
            return rounded(self.sections[0].expansion)
        return tuple((rounded(each.length), each.cells, rounded(each.expansion)) for each in self.sections)


def uniform(length: float, cells: int) -> Spacing:
    """Equal cells."""
    return Spacing((Section(length, cells),))


def one_sided(length: float, cells: int, expansion: float) -> Spacing:
    """One progression whose last cell is `expansion` times its first."""
    return Spacing((Section(length, cells, expansion),))


def joined(*parts: Spacing) -> Spacing:
    """One edge after the other; neighbours that are uniform with equal cells become one section."""
    kept: list[Section] = []
    for section in (section for part in parts for section in part.sections):
        last = kept[-1] if kept else None
        if (
            last
            and last.expansion == section.expansion == 1
            and math.isclose(last.length / last.cells, section.length / section.cells, rel_tol=1e-9)
        ):
            kept[-1] = Section(last.length + section.length, last.cells + section.cells)
        else:
            kept.append(section)
    return Spacing(tuple(kept))


def ratio(section: Section) -> float:
    """The ratio of neighbouring cells."""
    return section.expansion ** (1 / (section.cells - 1)) if section.cells > 1 else 1.0


def first_cell(section: Section) -> float:
    """The size of the first cell [m]."""
    r = ratio(section)
    return section.length / section.cells if r == 1 else section.length * (r - 1) / (r**section.cells - 1)


def expansion(length: float, cells: int, first: float, *, where: str = "mesh") -> float:
    """The expansion at which `cells` cells on `length` [m] begin with one of `first` [m].

    Raises CaseError when neighbouring cells would differ by more than STEEPEST, or when there is one cell only.
    """
    if cells < 2 or not 0 < first < length:
        raise CaseError(
            f"{where}: a first cell of {first:g} m needs at least 2 cells and a length above it"
            f" (got {cells} on {length:g} m)"
        )
    wanted = length / first

    def excess(r: float) -> float:
        return sum(r**i for i in range(cells)) - wanted

    low, high = 1 / STEEPEST, STEEPEST
    if excess(low) > 0 or excess(high) < 0:
        raise CaseError(
            f"{where}: {cells} cells on {length:g} m cannot begin with {first:g} m without neighbours that differ by "
            f"more than {STEEPEST:g}; give another number of cells or a first cell near {length / cells:.3g} m"
        )
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    r = math.sqrt(low * high)
    return 1.0 if abs(r - 1) < 1e-12 else r ** (cells - 1)


def layered(length: float, first: float, largest: float, growth: float) -> Spacing:
    """From a first cell [m] by `growth` up to `largest` [m], and equal cells of about that size for the rest.

    The fewest cells for which no cell is above `largest` and no ratio above `growth`, up to rounding.
    """
    if first >= largest * (1 - 1e-6) or growth <= 1:
        return uniform(length, max(1, math.ceil(length / largest - 1e-9)))
    count = 1 + math.ceil(math.log(largest / first) / math.log(growth) - 1e-9)
    r = (largest / first) ** (1 / (count - 1))
    span = first * (r**count - 1) / (r - 1)
    if span >= length * (1 - 1e-9):
        count = max(2, math.ceil(math.log1p(length * (growth - 1) / first) / math.log(growth) - 1e-9))
        return one_sided(length, count, expansion(length, count, first))
    rest = length - span
    cells = max(1, math.ceil(rest / largest - 1e-9))
    return Spacing((Section(span, count, largest / first), Section(rest, cells)))


def mirrored(half: Spacing) -> Spacing:
    """The spacing and its mirror image behind it."""
    return joined(half, half.reversed())


def cell_count(length: float, cell: float) -> int:
    """The cells of about `cell` [m] that fill `length` [m]; at least one."""
    return max(1, round(length / cell))


def rounded(value: float) -> float:
    """Ten significant digits: enough for every mesh, and equal on every machine."""
    return float(f"{value:.10g}")


def _sizes(section: Section) -> list[float]:
    first, r = first_cell(section), ratio(section)
    return [first * r**i for i in range(section.cells)]

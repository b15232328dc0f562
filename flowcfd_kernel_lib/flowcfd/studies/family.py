"""Families of geometrically similar meshes: one case, its mesh refined by a constant ratio.

The cells along a direction are a mapping of equal steps by a geometric progression. Its whole growth r^n, with r the
ratio of neighbouring cells and n their number, is what similar meshes share: with it the mesh of half the cells has
every other point of the finer one. What blockMesh reads is r^(n-1), which is therefore adapted to n.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol, runtime_checkable

from flowcfd.case import Blocks, Case, Mesh, Segment, Steady, Transient, Wall
from flowcfd.case.snappy import BodyMesh
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.block import blocks
from flowcfd.foam.meshers.grading import Section, Spacing
from flowcfd.foam.meshers.spacing import spacings
from flowcfd.studies.gci import SMALLEST_RATIO

Given = Literal["coarsest", "finest"]
UNEVEN = 0.05
"""Directions whose counts grow by factors that differ by more than this share make no similar meshes."""
FEWEST_LEVELS, MOST_LEVELS = 2, 8


@runtime_checkable
class Refinable(Protocol):
    """A mesh that knows the finer and coarser ones of its family."""

    def refined(self, ratio: float) -> Mesh:
        """The mesh whose cells are smaller by `ratio` in every direction."""


@dataclass(frozen=True, slots=True)
class Family:
    """Cases that differ in the fineness of their mesh, the finest first; `notes` say what to keep in mind."""

    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


def refine(case: Case, levels: int = 3, ratio: float = 1.5, *, given: Given = "coarsest") -> list[Case]:
    """Cases with `levels` similar meshes whose cell sizes differ by `ratio`, the finest first.

    The given case is the coarsest of them, or with `given="finest"` the finest; it stays as it is, so that a run of it
    is found again. A fixed time step shrinks with the cells, and the most iterations of finer meshes grow with the
    ratio. Warns where whole numbers of cells make the ratios uneven. Raises CaseError for a mesh that cannot be
    refined by itself: other than Blocks and those with a method `refined(ratio)`.
    """
    found = family(case, levels, ratio, given=given)
    for note in found.notes:
        warnings.warn(f"{case.name}: {note}", stacklevel=2)
    return list(found.cases)


def family(case: Case, levels: int = 3, ratio: float = 1.5, *, given: Given = "coarsest") -> Family:
    """As `refine`, with what there is to note instead of warnings."""
    mesh = _checked(case, levels, ratio, given)
    steps = range(levels - 1, -1, -1) if given == "coarsest" else range(0, -levels, -1)
    factors = [ratio**step for step in steps]
    if not isinstance(mesh, Blocks):
        cases = tuple(_with(case, mesh.refined(factor), factor) if factor != 1 else case for factor in factors)
        return Family(cases, tuple(_treatment(case, factors)) if isinstance(mesh, BodyMesh) else ())
    along = spacings(case, mesh)
    cases = tuple(_scaled(case, along, factor) for factor in factors)
    return Family(cases, tuple(_notes(case, cases, along, factors)))


def dimension(case: Case) -> int:
    """In how many directions the mesh is refined: 2 where there are sides that are empty or wedges, else 3.

    A direction of Blocks with one cell stays as it is and does not count.
    """
    kinds = {info.kind for info in case.space.patches.values()}
    single = 0
    if isinstance(case.mesh, Blocks):
        single = sum(spacing.cells == 1 for spacing in spacings(case, case.mesh).values())
    return max(1, (2 if kinds & {"empty", "wedge"} else 3) - single)


def _checked(case: Case, levels: int, ratio: float, given: str) -> Blocks | Refinable:
    if not isinstance(case, Case):
        raise CaseError(f"refine: must be a Case (got {type(case).__name__}); independence takes a list of cases, too")
    if isinstance(levels, bool) or not isinstance(levels, int) or not FEWEST_LEVELS <= levels <= MOST_LEVELS:
        raise CaseError(f"refine: levels must be {FEWEST_LEVELS} to {MOST_LEVELS} (got {levels!r})")
    if isinstance(ratio, bool) or not isinstance(ratio, (int, float)) or not 1.05 <= ratio <= 4:
        raise CaseError(f"refine: ratio must be 1.05 to 4, best {SMALLEST_RATIO:g} or more (got {ratio!r})")
    if given not in ("coarsest", "finest"):
        raise CaseError(f"refine: given must be 'coarsest' or 'finest' (got {given!r})")
    if not isinstance(case.mesh, (Blocks, Refinable)):
        raise CaseError(
            f"refine: a mesh of kind {case.mesh.kind} is not refined by itself; make the cases with finer and coarser "
            "meshes and give the list of them to fc.studies.independence"
        )
    return case.mesh


def _scaled(case: Case, along: Mapping[str, Spacing], factor: float) -> Case:
    """The case with `factor` times the cells in each direction."""
    if factor == 1:
        return case
    finer = {name: similar(spacing, factor) if spacing.cells > 1 else spacing for name, spacing in along.items()}
    mesh = Blocks(
        cells=tuple(spacing.cells for spacing in finer.values()),
        grading=tuple(tuple(_segments(spacing)) for spacing in finer.values()),
    )
    return _with(case, mesh, factor)


def _with(case: Case, mesh: Mesh, factor: float) -> Case:
    """The case with a mesh of `factor` times the cells in each direction, and steps or iterations to go with it."""
    changes: dict[str, object] = {"mesh": mesh}
    if isinstance(case.solve, Transient) and case.solve.max_courant is None:
        changes["solve.step"] = case.solve.step / factor
    if isinstance(case.solve, Steady) and factor > 1:
        changes["solve.iterations"] = math.ceil(case.solve.iterations * factor)
    return case.replace(changes)


def similar(spacing: Spacing, factor: float) -> Spacing:
    """The same edge with `factor` times the cells, each section at least one, and the same growth along it."""
    return Spacing(tuple(_similar(section, factor) for section in spacing.sections))


def _similar(section: Section, factor: float) -> Section:
    cells = max(1, round(section.cells * factor))
    if section.expansion == 1 or section.cells == 1 or cells == 1:
        return Section(section.length, cells)
    growth = section.expansion ** (section.cells / (section.cells - 1))
    return Section(section.length, cells, growth ** ((cells - 1) / cells))


def _segments(spacing: Spacing) -> Iterator[Segment]:
    for section in spacing.sections:
        yield Segment(
            length=section.length / spacing.length, cells=section.cells / spacing.cells, expansion=section.expansion
        )


def _notes(case: Case, cases: tuple[Case, ...], along: Mapping[str, Spacing], factors: list[float]) -> Iterator[str]:
    """What keeps the meshes from being similar or their answers from being of one kind."""
    counts = [blocks(one).cells for one in cases]
    wanted = [(fine / coarse) ** dimension(case) for fine, coarse in pairwise(factors)]
    had = [fine / coarse for fine, coarse in pairwise(counts)]
    uneven = [name for name, spacing in along.items() if _uneven(spacing, factors)]
    if uneven or any(abs(one / other - 1) > UNEVEN * dimension(case) for one, other in zip(had, wanted, strict=True)):
        sizes = ", ".join(f"{ratio ** (1 / dimension(case)):.3f}" for ratio in had)
        where = f" ({', '.join(uneven)})" if uneven else ""
        yield f"whole numbers of cells{where} make the ratios of cell size {sizes}, not all {factors[0] / factors[1]:g}"
    yield from _treatment(case, factors)


def _treatment(case: Case, factors: list[float]) -> Iterator[str]:
    """Wall functions want the same y+, and refined meshes have another."""
    if _bridged(case):
        yield (
            f"y+ at walls with wall functions differs by a factor {factors[0] / factors[-1]:.3g} between the meshes: "
            "the wall treatment may not be the same on all of them"
        )


def _uneven(spacing: Spacing, factors: list[float]) -> bool:
    """Whether a direction's count is off its wanted factor by more than UNEVEN; one cell across is meant to stay."""
    return spacing.cells > 1 and any(
        abs(similar(spacing, factor).cells / (spacing.cells * factor) - 1) > UNEVEN for factor in factors
    )


def _bridged(case: Case) -> bool:
    """Whether a turbulence model meets walls by wall functions."""
    turbulent = not getattr(case.physics, "laminar", True)
    return turbulent and any(isinstance(one, Wall) and one.treatment == "function" for one in case.boundaries.values())

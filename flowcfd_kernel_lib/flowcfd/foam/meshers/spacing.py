"""The spacing of cells along every direction of a domain, from what the Case says of its Blocks."""

from __future__ import annotations

from collections.abc import Sequence

from flowcfd.case.boundary import Wall
from flowcfd.case.case import Case
from flowcfd.case.domain import Extent
from flowcfd.case.mesh import Blocks, Segment
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.grading import (
    Section,
    Spacing,
    cell_count,
    expansion,
    layered,
    mirrored,
    one_sided,
)


def spacings(case: Case, mesh: Blocks) -> dict[str, Spacing]:
    """The spacing of each direction; raises CaseError for a first cell that the growth does not allow."""
    counts, gradings = mesh.counts(case.domain), mesh.gradings(case.domain)
    found = {}
    for name, extent in case.domain.directions.items():
        cells = counts[name] if counts else None
        if mesh.first_cell is not None and any(_walls(case, extent)):
            found[name] = _towards_walls(extent, cells, mesh, _walls(case, extent), where=f"mesh.first_cell ({name})")
        else:
            count = cells if cells is not None else cell_count(extent.length, mesh.cell or extent.length)
            found[name] = segmented(extent.length, count, gradings[name], where=f"mesh.grading ({name})")
    return found


def segmented(length: float, cells: int, segments: Sequence[Segment], *, where: str = "mesh.grading") -> Spacing:
    """The segments' shares of a length [m] and of the cells, by the rule of the largest remainder; all sum up."""
    if cells < len(segments):
        raise CaseError(f"{where}: {len(segments)} segments need at least as many cells (got {cells})")
    whole, total = sum(one.length for one in segments), sum(one.cells for one in segments)
    shares = [cells * one.cells / total for one in segments]
    counts = [max(1, int(share)) for share in shares]
    while (left := cells - sum(counts)) != 0:
        step = 1 if left > 0 else -1
        worst = max(
            (n for n in range(len(counts)) if counts[n] + step >= 1), key=lambda n: step * (shares[n] - counts[n])
        )
        counts[worst] += step
    return Spacing(
        tuple(
            Section(length * one.length / whole, count, one.expansion if count > 1 else 1.0)
            for one, count in zip(segments, counts, strict=True)
        )
    )


def _walls(case: Case, extent: Extent) -> tuple[bool, bool]:
    """Whether the low and the high end of a direction are walls."""
    low, high = (isinstance(case.boundaries.get(name), Wall) for name in (extent.low, extent.high))
    return low, high


def _towards_walls(extent: Extent, cells: int | None, mesh: Blocks, walls: tuple[bool, bool], *, where: str) -> Spacing:
    """First cells of the asked size at the walls, growing away from them."""
    both = all(walls)
    length, first = extent.length / (1 + both), mesh.first_cell or 0.0
    if cells is None:
        grown = layered(length, first, mesh.cell or length, mesh.growth)
    else:
        count = (cells + 1) // 2 if both else cells
        needed = layered(length, first, length, mesh.growth).cells
        if count < needed:
            raise CaseError(
                f"{where}: {cells} cells on {extent.length:.4g} m cannot begin with {first:.3g} m and grow by at most "
                f"mesh.growth {mesh.growth:g}; it takes {needed * (1 + both)} cells"
            )
        grown = one_sided(length, count, expansion(length, count, first, where=where))
    if both:
        return mirrored(grown)
    return grown if walls[0] else grown.reversed()

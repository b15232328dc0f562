"""Meshes: how fine the domain is cut; what becomes of it is a mesher's affair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from flowcfd.case.domain import Domain
from flowcfd.case.quantities import Fraction, Length, Positive, Quantity, problem
from flowcfd.case.spec import Location, Spec
from flowcfd.registry import Registry

MESHES: Registry[type[Mesh]] = Registry("mesh", "flowcfd.meshes")


class Mesh(Spec):
    """What every mesh has."""

    kind: str

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """What does not fit this domain, as (path inside the mesh, message)."""
        return []


class Segment(Spec):
    """A part of a direction: its share of the length, its share of the cells and its expansion ratio.

    The expansion ratio is that of the last cell's size to the first one's, in the direction of the axis.
    """

    leading = ("length", "cells", "expansion")
    length: Fraction = Field(1.0, description="share of the direction's length")
    cells: Fraction = Field(1.0, description="share of the direction's cells")
    expansion: Positive = Field(1.0, description="size of the last cell over that of the first")


def _counts(given: object) -> object:
    given = given.tolist() if hasattr(given, "tolist") else given  # numpy's numbers and arrays
    return (given,) if isinstance(given, int) else given


def _segments(given: object) -> object:
    """One direction: a ratio, or segments as Segment, mapping or (length, cells, expansion)."""
    if isinstance(given, (int, float)):
        return ({"expansion": given},)
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(
            dict(zip(Segment.leading, one, strict=True)) if isinstance(one, (list, tuple)) and len(one) == 3 else one
            for one in given
        )
    return given


def _gradings(given: object) -> object:
    return (given,) if isinstance(given, (int, float)) else given


Count = Annotated[int, Field(gt=0, le=100_000)]
Grading = Annotated[tuple[Segment, ...], BeforeValidator(_segments), Field(min_length=1)]


class Blocks(Mesh):
    """Hexahedra in structured blocks (blockMesh).

    The fineness is either `cells`, counts along the domain's `directions` (one number: the same in each), or `cell`,
    the size that cells have away from walls. The directions, in order:

    - Cavity: x, y (, z with a depth)
    - Channel: x, y (, z with a width)
    - BackwardFacingStep: upstream (x before the step), downstream (x behind it), step (y below the inlet's floor),
      above (y over it)
    - Pipe "wedge": x, r; Pipe "full": x, r (from the inner square to the wall), core (along one side of the square)
    - Cylinder: radial, around (a quarter of the circumference)

    The cells crowd towards walls either by `grading`, per direction an expansion ratio (last cell over first) or
    segments (share of length, share of cells, ratio) as in blockMesh, or by `first_cell`, the size of the cell at
    every end of a direction that is a Wall, growing by at most `growth` from cell to cell.
    """

    leading = ("cells",)
    kind: Literal["Blocks"] = "Blocks"
    cells: Annotated[tuple[Count, ...], BeforeValidator(_counts)] | None = Field(
        None, description="cell counts along the domain's directions; one count is for all"
    )
    cell: Length | None = Field(
        None,
        description="size of the cells away from walls, instead of counts",
        json_schema_extra={"form": "essential"},
    )
    grading: Annotated[tuple[Grading, ...], BeforeValidator(_gradings)] | None = Field(
        None, description="expansion per direction: a ratio, or segments (length, cells, ratio)"
    )
    first_cell: Length | None = Field(None, description="size of the cells at walls, instead of a grading")
    growth: Annotated[float, Quantity("", gt=1, le=2)] = Field(1.2, description="largest ratio of neighbouring cells")

    @model_validator(mode="after")
    def _consistent(self) -> Blocks:
        if (self.cells is None) == (self.cell is None):
            raise problem("give either cells (counts) or cell (a size)")
        if self.grading is not None and self.first_cell is not None:
            raise problem("give either grading or first_cell, not both")
        if self.cell is not None and self.first_cell is not None and self.first_cell > self.cell:
            raise problem(f"first_cell ({self.first_cell:g} m) must not be larger than cell ({self.cell:g} m)")
        return self

    def counts(self, domain: Domain) -> dict[str, int] | None:
        """The cell counts by direction, None when a size was given."""
        return None if self.cells is None else dict(_spread(self.cells, domain))

    def gradings(self, domain: Domain) -> dict[str, tuple[Segment, ...]]:
        """The segments by direction; uniform where none are given."""
        return dict(_spread(self.grading or ((Segment(),),), domain))

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """A number of entries that is not that of the directions; cells larger than the domain."""
        if getattr(domain, "body", None) is not None:
            return [(("kind",), "Blocks cannot be cut around a body; Snappy can")]
        names = list(domain.directions)
        found: list[tuple[Location, str]] = [
            (
                (field,),
                f"must have one entry or {len(names)} ({', '.join(names)}) for {domain.kind} (got {len(entries)})",
            )
            for field, entries in (("cells", self.cells), ("grading", self.grading))
            if entries is not None and len(entries) not in (1, len(names))
        ]
        shortest = min(extent.length for extent in domain.directions.values())
        for field, size in (("cell", self.cell), ("first_cell", self.first_cell)):
            if size is not None and size > shortest:
                found.append(((field,), f"must not exceed the domain's shortest extent, {shortest:g} m (got {size:g})"))
        return found


def _spread(entries: Sequence[Any], domain: Domain) -> Mapping[str, Any]:
    names = list(domain.directions)
    return dict(zip(names, list(entries) * len(names) if len(entries) == 1 else entries, strict=True))


MESHES.register("Blocks", Blocks)

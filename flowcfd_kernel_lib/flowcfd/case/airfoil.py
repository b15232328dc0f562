"""The space around an airfoil, and the C-grid that cuts it into cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flowcfd.case.bounds import Bounds, Point
from flowcfd.case.domain import DOMAINS, Domain, Extent, PatchInfo
from flowcfd.case.mesh import MESHES, Count, Mesh
from flowcfd.case.quantities import Length, Quantity, problem
from flowcfd.case.spec import Location

FEWEST = 8
"""A direction of a C-grid with fewer cells has no shape."""


class Airfoil(Domain):
    """The plane around an airfoil with its leading edge at the origin and its chord along x, out to a far field.

    The section is one of NACA's four-digit series with a sharp trailing edge ("0012"), or `outline`: points (x, y) in
    chords from the trailing edge (1, 0) over the upper side to the leading edge (0, 0) and back over the lower side,
    both ends at (1, 0). The far field is a parabola `far` chords away before, behind and, twice as far, beside the
    airfoil. The flow's direction is that of the FarField, the airfoil stays as it is. Patches: airfoil, farfield,
    frontAndBack (empty, automatic).
    """

    leading = ("section",)
    kind: Literal["Airfoil"] = "Airfoil"
    section: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = Field(None, description="NACA four-digit section")
    outline: tuple[tuple[float, float], ...] | None = Field(None, description="points of any other section, in chords")
    chord: Length = Field(1.0, description="chord")
    far: Annotated[float, Quantity("", ge=5, le=10_000)] = Field(
        500.0, description="distance of the far field, in chords; a nearer one changes lift and drag"
    )

    @model_validator(mode="after")
    def _one_section(self) -> Airfoil:
        if (self.section is None) == (self.outline is None):
            raise problem("give either section (four digits) or outline (points)")
        if self.section is not None and int(self.section[2:]) == 0:
            raise problem(f"section: the last two digits are the thickness, which cannot be zero (got {self.section})")
        if self.section is not None and (self.section[0] == "0") != (self.section[1] == "0"):
            raise problem(f"section: camber and its place are both zero or both not (got {self.section})")
        if self.outline is not None:
            _closed(self.outline)
        return self

    @property
    def thickness(self) -> float:
        """Extent in z [m]: a tenth of the chord."""
        return 0.1 * self.chord

    @property
    def focus(self) -> float:
        """The square root of the far field's distance in chords: where parabolic coordinates end."""
        return math.sqrt(self.far)

    @property
    def bounds(self) -> Bounds:
        """A box around the far field, some chords wider than that."""
        reach = (self.far + 2) * self.chord
        return (-reach, reach), (-2 * reach, 2 * reach), (0.0, self.thickness)

    def misses(self, point: Point) -> str:
        """As any domain's; where in the box the far field runs depends on the section, so no more is said."""
        return super().misses(point)

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The airfoil, the far field and the two sides."""
        return {
            "airfoil": PatchInfo("wall", "wall"),
            "farfield": PatchInfo("patch", "side"),
            "frontAndBack": PatchInfo("empty", "automatic"),
        }

    @property
    def directions(self) -> Mapping[str, Extent]:
        """surface, from the leading to the trailing edge; wake, behind it; normal, from the airfoil outwards."""
        return {
            "surface": Extent(self.chord),
            "wake": Extent(self.far * self.chord, "", "farfield"),
            "normal": Extent(self.far * self.chord, "airfoil", "farfield"),
        }


class CGrid(Mesh):
    """A structured C-grid around an Airfoil in parabolic coordinates: nearly right-angled from the wall to far away.

    `cells` are those along one side of the airfoil, along the wake and normal to them, so that the mesh has
    2 (surface + wake) normal cells. `first_cell` is the height of the cells at the trailing edge's wall; it falls
    towards the leading edge, where the boundary layer is thin, as the square root of the distance from the nose.
    `trailing` is the length of the cells at the trailing edge along the surface. `refined` makes a family.
    """

    leading = ("cells",)
    kind: Literal["CGrid"] = "CGrid"
    cells: tuple[Count, Count, Count] = Field(description="along one side of the airfoil, along the wake, normal to it")
    first_cell: Length = Field(description="height of the wall's cells at the trailing edge")
    trailing: Length | None = Field(
        None, description="length of the cells at the trailing edge; a third of chord over cells when not given"
    )

    def trailing_edge(self, chord: float) -> float:
        """The length of the cells at the trailing edge [m]."""
        return chord / (3 * self.cells[0]) if self.trailing is None else self.trailing

    def refined(self, ratio: float) -> CGrid:
        """The grid of the same family whose cells are smaller by `ratio` in both directions."""
        surface, wake, normal = (max(FEWEST, round(count * ratio)) for count in self.cells)
        trailing = None if self.trailing is None else self.trailing / ratio
        return self.model_copy(
            update={"cells": (surface, wake, normal), "first_cell": self.first_cell / ratio, "trailing": trailing}
        )

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """Another domain than an Airfoil; cells that are too few or larger than the airfoil."""
        if not isinstance(domain, Airfoil):
            return [(("kind",), f"CGrid is for the domain Airfoil (got {domain.kind})")]
        found: list[tuple[Location, str]] = [
            (("cells", place), f"must be at least {FEWEST} (got {count})")
            for place, count in enumerate(self.cells)
            if count < FEWEST
        ]
        for field, size in (("first_cell", self.first_cell), ("trailing", self.trailing)):
            if size is not None and size > 0.05 * domain.chord:
                found.append(
                    ((field,), f"must not exceed a twentieth of the chord, {0.05 * domain.chord:g} m (got {size:g})")
                )
        return found


def _closed(outline: tuple[tuple[float, float], ...]) -> None:
    """Whether the points go once around an airfoil of chord 1; raises the problem in words."""
    start, end = outline[0], outline[-1]
    if len(outline) < 20:
        raise problem(f"outline: needs at least 20 points (got {len(outline)})")
    if any(math.dist(corner, (1.0, 0.0)) > 1e-9 for corner in (start, end)):
        raise problem(f"outline: must begin and end at the trailing edge (1, 0) (got {start} and {end})")
    nose = min(range(len(outline)), key=lambda n: outline[n][0])
    if math.dist(outline[nose], (0.0, 0.0)) > 1e-3:
        raise problem(f"outline: the leading edge must be at (0, 0) (got {outline[nose]})")
    upper, lower = outline[: nose + 1], outline[nose:]
    if any(a[0] <= b[0] for a, b in pairwise(upper)) or any(a[0] >= b[0] for a, b in pairwise(lower)):
        raise problem("outline: x must fall from the trailing to the leading edge and then rise")
    if sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(outline)) <= 0:
        raise problem("outline: the upper side comes first, then the lower one")


DOMAINS.register("Airfoil", Airfoil)
MESHES.register("CGrid", CGrid)

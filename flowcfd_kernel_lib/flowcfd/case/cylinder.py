"""The space around a circular cylinder across the flow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from flowcfd.case.bounds import Bounds, Point, inside, shown, slack
from flowcfd.case.domain import DOMAINS, Domain, Extent, PatchInfo
from flowcfd.case.quantities import Length, Quantity


class Cylinder(Domain):
    """The plane around a circular cylinder whose axis is z, out to a circle `far` diameters away from the axis.

    An O-grid: all cells are right-angled, and with a grading of 2 `far` along the radius and as many cells as
    cells around / (2 pi) x ln(2 far) they are about as long as wide everywhere. Patches: cylinder, farfield,
    frontAndBack (empty, automatic). A far field nearer than some 50 diameters raises drag and frequency visibly.
    """

    leading = ("diameter", "far")
    kind: Literal["Cylinder"] = "Cylinder"
    diameter: Length = Field(description="diameter of the cylinder")
    far: Annotated[float, Quantity("", gt=1, le=10_000)] = Field(
        50.0, description="radius of the far field, in diameters of the cylinder"
    )

    @property
    def thickness(self) -> float:
        """Extent in z [m]: a tenth of the diameter."""
        return 0.1 * self.diameter

    @property
    def outer(self) -> float:
        """Radius of the far field [m]."""
        return self.far * self.diameter

    @property
    def bounds(self) -> Bounds:
        """The box around the far field."""
        return (-self.outer, self.outer), (-self.outer, self.outer), (0.0, self.thickness)

    def misses(self, point: Point) -> str:
        """As any domain's; the cylinder and the corners of the box are outside too."""
        radius, near = math.hypot(point[0], point[1]), slack(self.bounds)
        if not inside(self.bounds, point):
            return super().misses(point)
        if radius < 0.5 * self.diameter - near:
            return f"{shown(point)} is in the cylinder, whose radius is {0.5 * self.diameter:g} m"
        if radius > self.outer + near:
            return f"{shown(point)} is outside of the far field, whose radius is {self.outer:g} m"
        return ""

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The cylinder, the far field and the two sides."""
        return {
            "cylinder": PatchInfo("wall", "wall"),
            "farfield": PatchInfo("patch", "side"),
            "frontAndBack": PatchInfo("empty", "automatic"),
        }

    @property
    def directions(self) -> Mapping[str, Extent]:
        """radial, from the cylinder to the far field; around, a quarter of the circumference."""
        return {
            "radial": Extent(self.outer - 0.5 * self.diameter, "cylinder", "farfield"),
            "around": Extent(0.25 * math.pi * self.diameter),
        }


DOMAINS.register("Cylinder", Cylinder)

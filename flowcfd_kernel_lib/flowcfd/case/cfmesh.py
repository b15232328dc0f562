"""CfMesh: a mesh of cubes that are cut finer towards a surface, made by cfMesh's cartesianMesh."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flowcfd.case.domain import Domain
from flowcfd.case.mesh import MESHES
from flowcfd.case.refinement import EDGE
from flowcfd.case.snappy import Angle, BodyMesh
from flowcfd.case.spec import Location


class CfMesh(BodyMesh):
    """As `Snappy`, but made by cartesianMesh of cfMesh, which has to be installed besides OpenFOAM.

        CfMesh("0.4 m", surface=3, layers=5)

    `surface`, `refine` and `layers` mean what they do for Snappy: level n halves the cells n times, of two levels the
    first counts. The surface that is meshed is that of the box and of the body, so a body must not reach to, or
    through, a side of the box. `edge_angle`: surfaces that meet at more than it have an edge.
    """

    leading = ("cell", "surface")
    kind: Literal["CfMesh"] = "CfMesh"
    edge_angle: Angle = Field(EDGE, description="surfaces that meet at more than it have an edge")

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """As of any mesh around a body; a body that is cut by a side of the box."""
        found = super().problems(domain)
        body, rims = getattr(domain, "body", None), getattr(domain, "rims", {})
        if found or body is None or not rims:
            return found
        touched = [
            axis
            for axis, (low, high), (first, last) in zip("xyz", body.bounds, domain.bounds or (), strict=False)
            if low <= first or high >= last
        ]
        if touched:
            found.append(
                (("kind",), f"{body.label} reaches to a side of the box in {', '.join(touched)}; Snappy cuts it there")
            )
        return found


MESHES.register("CfMesh", CfMesh)

"""Features: all that a rule, or a model that has learned, is given to plan a mesh by, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from flowcfd.case.body import Body
from flowcfd.case.domain import Domain
from flowcfd.case.spec import Spec
from flowcfd.foam.meshers.heights import hydraulic_diameter
from flowcfd.meshing.flow import Flow


class Features(Spec):
    """A body, its space and a flow as numbers [m, m2, m3, m/s]; None: there is no such thing.

    `size` is what cells are counted in: the root of the frontal area, inside of a body its hydraulic diameter.
    """

    length: float = Field(description="extent along the flow [m]")
    width: float = Field(description="extent across the flow [m]")
    height: float = Field(description="extent upwards [m]")
    volume: float = Field(description="volume of the body [m3]")
    area: float = Field(description="area of its surface [m2]")
    frontal: float = Field(description="area of its shadow along the flow [m2]")
    size: float = Field(description="the length that cells are counted in [m]")
    internal: bool = Field(description="whether the fluid is inside of the body")
    patches: int = Field(description="number of its patches")
    narrowest: float = Field(description="width of its narrowest patch [m]")
    smallest_edge: float = Field(description="shortest stretch of a border between faces [m]")
    edges: float = Field(description="length of all sharp edges [m]")
    bend: float | None = Field(description="smallest radius of curvature [m]")
    gap: float | None = Field(description="width of the narrowest passage between walls [m]")
    box: float = Field(description="volume of the box around it that is meshed [m3]")
    shortest: float = Field(description="shortest side of that box [m]")
    reynolds: float = Field(description="Reynolds number of the length of the boundary layer")
    boundary_layer: float = Field(description="thickness of a turbulent boundary layer at its end [m]")
    y_plus: float | None = Field(description="wanted y+; None: by rule")
    cells: int | None = Field(description="wanted number of cells; None: by rule")


def features(
    body: Body, space: Domain, flow: Flow, seen: Mapping[str, Any], *, y_plus: float | None, cells: int | None
) -> Features:
    """The features of a body in its domain; `seen` is what its triangles say."""
    internal = bool(getattr(space, "solid_is_fluid", False))
    box = space.bounds or body.bounds
    sides = [high - low for low, high in (body.bounds if internal else box)]
    lateral, vertical = (getattr(space, name, place) for name, place in (("lateral", 1), ("vertical", 2)))
    return Features(
        length=body.extent[0],
        width=body.extent[lateral],
        height=body.extent[vertical],
        volume=body.volume or 0.0,
        area=body.area,
        frontal=body.frontal[0],
        size=size_of(body, space),
        internal=internal,
        patches=len(body.patches),
        narrowest=min(widths(body).values()),
        box=math.prod(sides),
        shortest=min(sides),
        reynolds=flow.reynolds,
        boundary_layer=flow.boundary_layer,
        y_plus=y_plus,
        cells=cells,
        **{name: seen[name] for name in ("smallest_edge", "edges", "bend")},
        gap=seen["passage" if internal else "gap"],
    )


def size_of(body: Body, space: Domain) -> float:
    """The length [m] that cells are counted in: root of the frontal area, or the hydraulic diameter."""
    if getattr(space, "solid_is_fluid", False) and body.volume is not None:
        return hydraulic_diameter(body.volume, space)
    return math.sqrt(body.frontal[0])


def widths(body: Body) -> dict[str, float]:
    """About how wide each patch is [m]: its area over the diagonal of its box."""
    return {name: patch.area / math.dist(*zip(*patch.bounds, strict=True)) for name, patch in body.patches.items()}

"""Internal: flow inside of a body from CAD, which is the fluid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from flowcfd.case.body import Body, BodyPatch
from flowcfd.case.boundary import Boundary, Inlet, Outlet, Wall
from flowcfd.case.bounds import Point
from flowcfd.case.domain import DOMAINS, PatchInfo
from flowcfd.case.enclosure import Enclosure, Layout, Side
from flowcfd.case.spec import Location

MARGIN = 0.05
"""How far the background box reaches beyond the body on each side, as a share of its largest extent."""
ROLES: tuple[Literal["inlet", "outlet"], ...] = ("inlet", "outlet")
ROUND = 0.04
"""How far the box of a disc may be off, as a share of the radius: it is made of triangles."""
WALLS = "walls"
"""The name that all patches answer to that are neither inlet nor outlet."""


class Internal(Enclosure):
    """Flow through a body that is the fluid: a pipe, a manifold, a valve. The patches are the body's own.

    What a patch is for follows from its name: inlet..., outlet..., symmetry..., all others are walls, which together
    answer to the name "walls". `geometry.name({"inlet": fc.Facing("-x")})` gives names.
    """

    kind: Literal["Internal"] = "Internal"
    solid_is_fluid = True

    @property
    def rims(self) -> Mapping[str, tuple[Side, ...]]:
        """No side of the box bounds the fluid."""
        return {}

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """All patches together, by the word "body" and the label, and all walls together."""
        walls = tuple(name for name, patch in self.patches.items() if patch.role == "wall")
        return {**super().groups, **({WALLS: walls} if walls and WALLS not in self.patches else {})}

    def boundaries(self, speed: float | str | None = None, **flow: object) -> dict[str, Boundary]:
        """Flow through all inlets, given as for an Inlet: speed=, flow_rate=, profile=, turbulence=."""
        flow = flow if speed is None else {"speed": speed, **flow}
        roles = {name: patch.role for name, patch in self.patches.items()}
        ends = {"inlet": Inlet(**flow), "outlet": Outlet()}
        found: dict[str, Boundary] = {name: ends[role] for name, role in roles.items() if role in ends}
        return {**found, **({name: Wall() for name in self.groups if name == WALLS})}

    def _laid(self, body: Body | None) -> Layout:
        assert body is not None
        margin = MARGIN * max(body.extent)
        x, y, z = ((low - margin, high + margin) for low, high in body.bounds)
        return Layout(
            (x, y, z), {"box": f"{margin:.4g} m more than the body to all sides: cells there are thrown away"}
        )

    def _info(self, name: str, patch: BodyPatch) -> PatchInfo:
        wall = super()._info(name, patch)
        lowered = name.lower()
        for role in ROLES:
            if lowered.startswith(role):
                return PatchInfo("patch", role, wall.normal, patch.area, disc=disc(patch))
        if lowered.startswith("symmetry"):
            return PatchInfo("symmetry", "automatic", wall.normal, patch.area)
        return wall

    def _misfits(self, body: Body) -> Iterator[tuple[Location, str]]:
        yield from super()._misfits(body)
        roles = {patch.role for patch in self.around(body).patches.values()}
        for role in ROLES:
            if role not in roles:
                names, mend = ", ".join(body.patches), f"geometry.name({{'{role}': ...}}) gives names"
                yield (
                    ("geometry", "patches"),
                    f"no patch of {body.label} is called {role}... ({names}); {mend}",
                )


def disc(patch: BodyPatch) -> tuple[Point, float] | None:
    """The centre and the radius [m] of a plane patch that is a whole disc, by its area and its box; None for others."""
    if patch.normal is None:
        return None
    radius = math.sqrt(patch.area / math.pi)
    for (low, high), n in zip(patch.bounds, patch.normal, strict=True):
        if abs(high - low - 2 * radius * math.sqrt(max(0.0, 1 - n * n))) > ROUND * radius:
            return None
    x, y, z = (0.5 * (low + high) for low, high in patch.bounds)
    return (x, y, z), radius


DOMAINS.register("Internal", Internal)

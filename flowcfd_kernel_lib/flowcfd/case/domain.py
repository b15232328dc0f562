"""Domains: the space that is computed, in the few shapes that need no CAD, and the patches that bound it.

x is the main direction of the flow, y points up (or outwards), z is the third direction. A domain without a width is
two-dimensional: one cell thick in z, between 0 and `thickness`, with the automatic patch `frontAndBack`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from flowcfd.case.body import Bodied, Body
from flowcfd.case.bounds import Bounds, Point, inside, shown, slack, span
from flowcfd.case.quantities import Length, Quantity
from flowcfd.case.spec import Location, Spec
from flowcfd.registry import Registry

PatchKind = Literal["patch", "wall", "empty", "wedge", "symmetry", "cyclic"]
Role = Literal["inlet", "outlet", "wall", "side", "automatic"]
DOMAINS: Registry[type[Domain]] = Registry("domain", "flowcfd.domains")


@dataclass(frozen=True, slots=True)
class PatchInfo:
    """One patch of a domain.

    `kind` is what it is unless its boundary says otherwise, `role` what it is usually for; `normal` is the outward
    unit normal of a plane patch (None: not plane), `area` its area [m2] (of the computed part in a wedge or 2D),
    `opposite` the patch that it may be joined to by Cyclic, `disc` the centre and radius [m] of a whole disc.
    """

    kind: PatchKind
    role: Role
    normal: tuple[float, float, float] | None = None
    area: float | None = None
    opposite: str | None = None
    disc: tuple[Point, float] | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """One direction of a domain's mesh: its length [m] and the patches at its low and high end ("" inside)."""

    length: float
    low: str = ""
    high: str = ""


class Domain(Spec):
    """What every domain has; a new one is a subclass with `kind`, `patches`, `directions` and, best, `bounds`."""

    kind: str
    holds_body: ClassVar[bool] = False
    """Whether the domain is laid around, or into, a body from CAD."""

    def around(self, body: Body | Bodied | None) -> Domain:
        """The domain of a case with this body: the one whose patches, bounds and points count."""
        return self

    @property
    def known(self) -> bool:
        """Whether its patches and bounds are known; a domain that is laid around a body needs it for that."""
        return True

    def misfits(self, body: Body) -> list[tuple[Location, str]]:
        """What keeps a body out of this domain, as (path in the case, message with the mend)."""
        return []

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Names for several patches at once, which boundaries and outputs may use."""
        return {}

    @property
    def absent(self) -> Mapping[str, str]:
        """The patches of its body that the mesh will not have, and why."""
        return {}

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """All patches by name."""
        raise NotImplementedError

    @property
    def directions(self) -> Mapping[str, Extent]:
        """The directions that `Blocks` has a cell count and a grading for, in their order."""
        raise NotImplementedError

    @property
    def bounds(self) -> Bounds | None:
        """The box around it, (low, high) in x, y and z [m]; None when it is not known, then no point is refused."""
        return None

    def misses(self, point: Point) -> str:
        """Why a point [m] is outside; empty for one inside or, but for rounding, on the boundary."""
        if self.bounds is None or inside(self.bounds, point):
            return ""
        return f"{shown(point)} is outside of the {self.kind}: {span(self.bounds)}"

    @property
    def automatic(self) -> frozenset[str]:
        """The patches whose boundary follows from the domain and need not be given."""
        return frozenset(name for name, patch in self.patches.items() if patch.role == "automatic")

    @property
    def plane(self) -> bool:
        """Whether the computation is two-dimensional with one cell in z."""
        return any(patch.kind == "empty" for patch in self.patches.values())


class Cavity(Domain):
    """A box [0, length] x [0, height] (x [0, depth]) with a lid at y = height.

    Patches: lid, walls; without `depth` also frontAndBack (empty, automatic), with it the box's front and back belong
    to walls.
    """

    leading = ("length",)
    kind: Literal["Cavity"] = "Cavity"
    length: Length = Field(description="extent in x, along the lid")
    height: Length | None = Field(None, description="extent in y; as `length` when not given")
    depth: Length | None = Field(None, description="extent in z; two-dimensional when not given")

    @property
    def thickness(self) -> float:
        """Extent in z [m]; a tenth of the length in two dimensions."""
        return self.depth or 0.1 * self.length

    @property
    def bounds(self) -> Bounds:
        """The box itself."""
        return (0.0, self.length), (0.0, self.height or self.length), (0.0, self.thickness)

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The lid and the walls."""
        sides = {} if self.depth else {"frontAndBack": PatchInfo("empty", "automatic")}
        lid = PatchInfo("wall", "wall", (0.0, 1.0, 0.0), self.length * self.thickness)
        return {"lid": lid, "walls": PatchInfo("wall", "wall"), **sides}

    @property
    def directions(self) -> Mapping[str, Extent]:
        """x, y and, in three dimensions, z."""
        across = {"z": Extent(self.depth, "walls", "walls")} if self.depth else {}
        return {
            "x": Extent(self.length, "walls", "walls"),
            "y": Extent(self.height or self.length, "walls", "lid"),
            **across,
        }


class Channel(Domain):
    """A box [0, length] x [0, height] (x [0, width]); flow in x.

    Patches: inlet (x = 0), outlet, bottom (y = 0), top; without `width` also frontAndBack (empty, automatic), with it
    back (z = 0) and front (z = width). Opposite patches may be joined with Cyclic.
    """

    leading = ("length", "height", "width")
    kind: Literal["Channel"] = "Channel"
    length: Length = Field(description="extent in x")
    height: Length = Field(description="extent in y")
    width: Length | None = Field(None, description="extent in z; two-dimensional when not given")

    @property
    def thickness(self) -> float:
        """Extent in z [m]; a tenth of the height in two dimensions."""
        return self.width or 0.1 * self.height

    @property
    def bounds(self) -> Bounds:
        """The box itself."""
        return (0.0, self.length), (0.0, self.height), (0.0, self.thickness)

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The six sides."""
        section, floor, side = self.height * self.thickness, self.length * self.thickness, self.length * self.height
        across = {
            "back": PatchInfo("patch", "side", (0.0, 0.0, -1.0), side, "front"),
            "front": PatchInfo("patch", "side", (0.0, 0.0, 1.0), side, "back"),
        }
        return {
            "inlet": PatchInfo("patch", "inlet", (-1.0, 0.0, 0.0), section, "outlet"),
            "outlet": PatchInfo("patch", "outlet", (1.0, 0.0, 0.0), section, "inlet"),
            "bottom": PatchInfo("wall", "wall", (0.0, -1.0, 0.0), floor, "top"),
            "top": PatchInfo("wall", "wall", (0.0, 1.0, 0.0), floor, "bottom"),
            **(across if self.width else {"frontAndBack": PatchInfo("empty", "automatic")}),
        }

    @property
    def directions(self) -> Mapping[str, Extent]:
        """x, y and, in three dimensions, z."""
        across = {"z": Extent(self.width, "back", "front")} if self.width else {}
        return {"x": Extent(self.length, "inlet", "outlet"), "y": Extent(self.height, "bottom", "top"), **across}


class BackwardFacingStep(Domain):
    """A channel that widens downwards at a step. The step's face is at x = 0, the floor behind it at y = 0.

    The inlet is at x = -upstream between y = step and y = step + inlet_height, the outlet at x = downstream. Patches:
    inlet, outlet, upstreamWall (floor before the step), step (its face), lowerWall (floor behind it), upperWall,
    frontAndBack (empty, automatic).
    """

    kind: Literal["BackwardFacingStep"] = "BackwardFacingStep"
    step: Length = Field(description="height of the step")
    inlet_height: Length = Field(description="height of the channel before the step")
    upstream: Length = Field(description="length of the channel before the step")
    downstream: Length = Field(description="length of the channel behind the step")

    @property
    def thickness(self) -> float:
        """Extent in z [m]: a tenth of the step's height."""
        return 0.1 * self.step

    @property
    def bounds(self) -> Bounds:
        """The box around the channel before the step and that behind it."""
        height = self.step + self.inlet_height
        return (-self.upstream, self.downstream), (0.0, height), (0.0, self.thickness)

    def misses(self, point: Point) -> str:
        """As any domain's; the solid before the step is outside too."""
        near = slack(self.bounds)
        if inside(self.bounds, point) and point[0] < -near and point[1] < self.step - near:
            return f"{shown(point)} is in the solid before the step: where x < 0, y is {self.step:g} m or more"
        return super().misses(point)

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The six sides and the two patches."""
        z, height = self.thickness, self.step + self.inlet_height
        return {
            "inlet": PatchInfo("patch", "inlet", (-1.0, 0.0, 0.0), self.inlet_height * z),
            "outlet": PatchInfo("patch", "outlet", (1.0, 0.0, 0.0), height * z),
            "upstreamWall": PatchInfo("wall", "wall", (0.0, -1.0, 0.0), self.upstream * z),
            "step": PatchInfo("wall", "wall", (-1.0, 0.0, 0.0), self.step * z),
            "lowerWall": PatchInfo("wall", "wall", (0.0, -1.0, 0.0), self.downstream * z),
            "upperWall": PatchInfo("wall", "wall", (0.0, 1.0, 0.0), (self.upstream + self.downstream) * z),
            "frontAndBack": PatchInfo("empty", "automatic"),
        }

    @property
    def directions(self) -> Mapping[str, Extent]:
        """Upstream and downstream in x; step (below the inlet's floor) and above in y."""
        return {
            "upstream": Extent(self.upstream, "inlet", "step"),
            "downstream": Extent(self.downstream, "step", "outlet"),
            "step": Extent(self.step, "lowerWall", "upstreamWall"),
            "above": Extent(self.inlet_height, "upstreamWall", "upperWall"),
        }


class Pipe(Domain):
    """A straight round pipe along x, from x = 0 to x = length, with its axis on y = z = 0.

    form "wedge": a slice of `angle` around the plane z = 0, one cell thick, for flows without swirl; patches inlet,
    outlet, wall, and front and back (wedge, automatic). form "full": the whole pipe on an O-grid; patches inlet,
    outlet, wall.
    """

    leading = ("diameter", "length")
    kind: Literal["Pipe"] = "Pipe"
    diameter: Length = Field(description="inner diameter")
    length: Length = Field(description="extent in x")
    form: Literal["wedge", "full"] = Field("wedge", description="a thin wedge, or the whole pipe")
    angle: Annotated[float, Quantity("rad", gt=0, le=math.radians(10))] = Field(
        math.radians(5), description="angle of the wedge; OpenFOAM asks for less than about 5 degrees"
    )
    axis: ClassVar[tuple[float, float, float]] = (1.0, 0.0, 0.0)

    @property
    def bounds(self) -> Bounds:
        """The box around the wedge, or around the whole pipe."""
        radius = 0.5 * self.diameter
        if self.form == "full":
            return (0.0, self.length), (-radius, radius), (-radius, radius)
        half = radius * self._slope
        return (0.0, self.length), (0.0, radius), (-half, half)

    def misses(self, point: Point) -> str:
        """As any domain's; the corners of the box are outside too."""
        radius, (_, y, z), near = 0.5 * self.diameter, point, slack(self.bounds)
        if not inside(self.bounds, point):
            return super().misses(point)
        if self.form == "full" and math.hypot(y, z) > radius + near:
            return f"{shown(point)} is outside of the Pipe, whose radius is {radius:g} m"
        if self.form == "wedge" and abs(z) > y * self._slope + near:
            return f"{shown(point)} is outside of the wedge: z is at most {self._slope:g} y to both sides"
        return ""

    @property
    def section(self) -> float:
        """The computed part of the cross-section [m2]."""
        radius = 0.5 * self.diameter
        whole = math.pi * radius**2
        return whole if self.form == "full" else radius**2 * self._slope

    @property
    def _slope(self) -> float:
        """Z over y on the sides of the wedge."""
        return math.tan(0.5 * self.angle)

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """Both ends, the wall and the sides of the wedge."""
        sides = {"front": PatchInfo("wedge", "automatic"), "back": PatchInfo("wedge", "automatic")}
        radius = 0.5 * self.diameter
        start, end = ((((x, 0.0, 0.0), radius) if self.form == "full" else None) for x in (0.0, self.length))
        return {
            "inlet": PatchInfo("patch", "inlet", (-1.0, 0.0, 0.0), self.section, "outlet", start),
            "outlet": PatchInfo("patch", "outlet", (1.0, 0.0, 0.0), self.section, "inlet", end),
            "wall": PatchInfo("wall", "wall"),
            **(sides if self.form == "wedge" else {}),
        }

    @property
    def directions(self) -> Mapping[str, Extent]:
        """x; r from the axis (full: from the inner square) to the wall; full: core, along one side of the square."""
        radius = 0.5 * self.diameter
        if self.form == "wedge":
            return {"x": Extent(self.length, "inlet", "outlet"), "r": Extent(radius, "", "wall")}
        edge = radius * CORE * math.sqrt(2)
        outer = Extent(radius * (1 - CORE), "", "wall")
        return {"x": Extent(self.length, "inlet", "outlet"), "r": outer, "core": Extent(edge)}


CORE = 0.6
"""Half the diagonal of the inner square of a full pipe's O-grid, as a part of the radius."""

for _domain in (Cavity, Channel, BackwardFacingStep, Pipe):
    DOMAINS.register(_domain.__name__, _domain)

"""Boundaries: what happens at the patches of the domain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from flowcfd.case.domain import PatchKind
from flowcfd.case.profile import PROFILES, Profile
from flowcfd.case.quantities import (
    Angle,
    AngularSpeed,
    Direction,
    FlowRate,
    Fraction,
    Instant,
    KinematicPressure,
    Length,
    Position,
    Speed,
    Velocity,
    problem,
)
from flowcfd.case.spec import Kinds, Spec
from flowcfd.case.turbulence import InletTurbulence, TurbulenceValues
from flowcfd.errors import CaseError
from flowcfd.registry import Registry

BOUNDARIES: Registry[type[Boundary]] = Registry("boundary", "flowcfd.boundaries")


class Boundary(Spec):
    """What every boundary has."""

    kind: str
    patch: ClassVar[PatchKind] = "patch"
    """The kind of patch that the mesh must have here."""
    plane: ClassVar[bool] = False
    """Whether it makes sense on a plane patch only."""


class Inlet(Boundary):
    """Flow that enters: exactly one of speed, velocity, flow_rate, profile or table.

    `speed`, `profile` and `table` act along the inward normal of the patch. `table` holds (time, speed) pairs between
    which the speed is interpolated linearly. `turbulence` is used with a turbulence model only; where a profile such as
    LogLaw has its own, that counts.
    """

    leading = ("speed",)
    kind: Literal["Inlet"] = "Inlet"
    speed: Speed | None = Field(None, description="uniform speed along the inward normal")
    velocity: Velocity | None = Field(None, description="uniform velocity vector")
    flow_rate: FlowRate | None = Field(None, description="volume per time through the patch as it is computed")
    profile: Annotated[Profile, Kinds(PROFILES)] | None = Field(None, description="speed over the patch")
    table: tuple[tuple[Instant, Speed], ...] | None = Field(None, description="(time, speed) pairs, times rising")
    turbulence: InletTurbulence = Field(InletTurbulence(), description="turbulence of the incoming flow")

    @model_validator(mode="after")
    def _one_way(self) -> Inlet:
        ways = ("speed", "velocity", "flow_rate", "profile", "table")
        given = [way for way in ways if getattr(self, way) is not None]
        if len(given) != 1:
            raise problem(f"give exactly one of {', '.join(ways)} (got {', '.join(given) or 'none'})")
        if self.table is not None:
            _rising(self.table)
        return self

    def ambient(self, nu: float, area: float | None = None) -> TurbulenceValues:
        """The turbulence that enters, as one value."""
        own = None if self.profile is None else self.profile.ambient(nu)
        return own or self.turbulence.values(self.mean_speed(area), nu)

    def mean_speed(self, area: float | None = None) -> float:
        """The speed [m/s] that turbulence is scaled with; a flow rate needs the patch's `area` [m2]."""
        if self.speed is not None:
            return self.speed
        if self.velocity is not None:
            return float(sum(component**2 for component in self.velocity) ** 0.5)
        if self.profile is not None:
            return self.profile.mean_speed()
        if self.table is not None:
            return max(speed for _, speed in self.table)
        if self.flow_rate is None or area is None:
            raise CaseError("flow_rate: needs a patch of known area")
        return self.flow_rate / area


class Outlet(Boundary):
    """Flow that leaves at a fixed kinematic pressure.

    `backflow`: what enters here against expectation is at rest instead of taking energy in (inletOutlet).
    """

    leading = ("pressure",)
    kind: Literal["Outlet"] = "Outlet"
    pressure: KinematicPressure = Field(0.0, description="gauge pressure over density")
    backflow: bool = Field(True, description="protection against flow that comes back in")


class Rotation(Spec):
    """A wall that turns about an axis."""

    leading = ("speed", "axis", "origin")
    speed: AngularSpeed = Field(description="angular speed, right-handed about the axis")
    axis: Direction = Field((0.0, 0.0, 1.0), description="direction of the axis")
    origin: Position = Field((0.0, 0.0, 0.0), description="a point on the axis")


class Roughness(Spec):
    """Sand-grain roughness of a wall (Nikuradse): height Ks and constant Cs, as nutkRoughWallFunction has them."""

    leading = ("height", "constant")
    height: Length = Field(description="equivalent sand-grain height Ks")
    constant: Annotated[float, Fraction] = Field(0.5, description="roughness constant Cs, 0.5 to 1")


class Wall(Boundary):
    """A solid wall without slip, at rest unless `velocity` (in its own plane) or `rotation` is given.

    `treatment` with a turbulence model: "function" bridges the sublayer with wall functions that hold for any y+,
    "resolved" integrates to the wall (y+ about 1). Ground in the wind has a `roughness_length` z0, that of its LogLaw.
    """

    kind: Literal["Wall"] = "Wall"
    patch: ClassVar[PatchKind] = "wall"
    velocity: Velocity | None = Field(None, description="velocity of the wall")
    rotation: Rotation | None = Field(None, description="rotation of the wall")
    roughness: Roughness | None = Field(None, description="sand-grain roughness; smooth when not given")
    roughness_length: Length | None = Field(None, description="roughness length z0 of ground in the wind")
    treatment: Literal["function", "resolved"] = Field("function", description="wall function or resolved sublayer")

    @model_validator(mode="after")
    def _consistent(self) -> Wall:
        if self.velocity is not None and self.rotation is not None:
            raise problem("give either velocity or rotation, not both")
        if self.roughness is not None and self.roughness_length is not None:
            raise problem("give either roughness (of sand) or roughness_length (of ground), not both")
        for name in ("roughness", "roughness_length"):
            if getattr(self, name) is not None and self.treatment == "resolved":
                raise problem(f"{name}: needs treatment 'function'")
        return self


class Slip(Boundary):
    """No flow through, no friction."""

    kind: Literal["Slip"] = "Slip"


class Symmetry(Boundary):
    """A plane of symmetry."""

    kind: Literal["Symmetry"] = "Symmetry"
    patch: ClassVar[PatchKind] = "symmetry"
    plane: ClassVar[bool] = True


class Cyclic(Boundary):
    """Joined to the patch `neighbour`, as if the domain repeated itself; both patches say so of each other."""

    leading = ("neighbour",)
    kind: Literal["Cyclic"] = "Cyclic"
    patch: ClassVar[PatchKind] = "cyclic"
    plane: ClassVar[bool] = True
    neighbour: str = Field(description="the patch that this one is joined to")


class Empty(Boundary):
    """A side of a two-dimensional domain; given automatically."""

    kind: Literal["Empty"] = "Empty"
    patch: ClassVar[PatchKind] = "empty"


class Wedge(Boundary):
    """A side of an axisymmetric wedge; given automatically."""

    kind: Literal["Wedge"] = "Wedge"
    patch: ClassVar[PatchKind] = "wedge"


class FarField(Boundary):
    """Undisturbed flow far away: fixed where it enters, free where it leaves.

    Either `velocity`, or `speed` and the `angle` of attack: by so much the flow turns from x towards what is `up`. Lift
    and drag follow it unless their directions are given.
    """

    leading = ("velocity",)
    kind: Literal["FarField"] = "FarField"
    velocity: Velocity | None = Field(None, description="velocity of the undisturbed flow")
    speed: Speed | None = Field(None, description="speed of the undisturbed flow, instead of velocity")
    angle: Angle = Field(0.0, description="angle of attack, from x towards what is up, given with speed")
    up: Literal["y", "z"] = Field("y", description="the direction that points up: that of the domain")
    pressure: KinematicPressure = Field(0.0, description="gauge pressure over density of the undisturbed flow")
    turbulence: InletTurbulence = Field(
        InletTurbulence(intensity=0.001, viscosity_ratio=1.0), description="turbulence of the undisturbed flow"
    )

    @model_validator(mode="after")
    def _one_way(self) -> FarField:
        if (self.velocity is None) == (self.speed is None):
            raise problem("give either velocity or speed (with an angle)")
        if self.velocity is not None and self.angle:
            raise problem("angle: is given with speed; a velocity has its own direction")
        return self

    @property
    def flow(self) -> tuple[float, float, float]:
        """The velocity of the undisturbed flow [m/s], whichever way it is given."""
        if self.velocity is not None:
            return self.velocity
        speed = self.speed or 0.0
        along, rising = speed * math.cos(self.angle), speed * math.sin(self.angle)
        return (along, rising, 0.0) if self.up == "y" else (along, 0.0, rising)

    def ambient(self, nu: float, area: float | None = None) -> TurbulenceValues:
        """The turbulence that enters."""
        return self.turbulence.values(self.mean_speed(), nu)

    def mean_speed(self, area: float | None = None) -> float:
        """The speed of the undisturbed flow [m/s]."""
        return math.hypot(*self.flow)


def _rising(table: Sequence[tuple[float, float]]) -> None:
    times = [time for time, _ in table]
    if len(times) < 2 or any(later <= earlier for earlier, later in pairwise(times)):
        raise problem("table: needs at least two pairs with rising times")


for _boundary in (Inlet, Outlet, Wall, Slip, Symmetry, Cyclic, Empty, Wedge, FarField):
    BOUNDARIES.register(_boundary.__name__, _boundary)

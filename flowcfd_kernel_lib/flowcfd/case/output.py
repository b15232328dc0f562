"""Outputs: what a run records besides its fields. The name of an output is that of its folder and of its results."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from flowcfd.case.bounds import Point, cut, inside, shown, span
from flowcfd.case.domain import Domain
from flowcfd.case.measure import COEFFICIENTS, FORCES, REATTACHMENT, VECTORS, average, columns_of
from flowcfd.case.quantities import Area, Density, Direction, Instant, Length, Position, Speed, problem
from flowcfd.case.spec import Location, Spec
from flowcfd.registry import Registry

OUTPUTS: Registry[type[Output]] = Registry("output", "flowcfd.outputs")
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)]


X, Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
SQUARE = 1e-3
"""The cosine of the largest deviation from a right angle that rounded directions may have."""


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[Name, ...], BeforeValidator(_several), Field(min_length=1)]


class Output(Spec):
    """What every output has; `every` counts iterations or time steps, none: whenever fields are written."""

    kind: str
    name: Name
    every: int | None = Field(None, gt=0, description="iterations or steps between records; none: with the fields")

    @property
    def patch_names(self) -> tuple[str, ...]:
        """The patches that it names, which must exist."""
        return ()

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields that it names, which must exist."""
        return ()

    @property
    def makes(self) -> tuple[str, ...]:
        """The fields that it adds to those of the physics."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The single numbers that it records, as `flowcfd.case.measure` names them."""
        return ()

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """What does not fit this domain, as (path inside the output, message)."""
        return []


class Forces(Output):
    """Forces [N] and moments [N m] of the fluid on patches, and with a reference speed their coefficients.

    Cd, Cl = force / (1/2 rho speed^2 area), Cm = moment / (1/2 rho speed^2 area length): `speed`, `area` and `length`
    are given together or not at all. In two dimensions the area is that of the computed slice, its thickness
    included. `rho` is the fluid's when not given. The pitching moment turns about lift x drag: nose up is positive.
    """

    leading = ("patches",)
    kind: Literal["Forces"] = "Forces"
    name: Name = "forces"
    every: int | None = Field(1, gt=0, description="iterations or steps between records; none: with the fields")
    patches: Names = Field(description="the patches that the forces act on")
    speed: Speed | None = Field(None, description="reference speed; no coefficients when not given")
    area: Area | None = Field(None, description="reference area, given with speed")
    length: Length | None = Field(None, description="reference length of moments, given with speed")
    rho: Density | None = Field(None, description="reference density")
    drag: Direction | None = Field(None, description="direction of drag; that of the far field's flow, else x")
    lift: Direction | None = Field(None, description="direction of lift; square to the far field's flow, else up")
    centre: Position = Field((0.0, 0.0, 0.0), description="centre of rotation for moments")

    @model_validator(mode="after")
    def _consistent(self) -> Forces:
        given = [name for name in ("speed", "area", "length") if getattr(self, name) is not None]
        if len(given) not in (0, 3):
            raise problem(f"coefficients need speed, area and length (got {' and '.join(given)} only)")
        if abs(_cosine(self.drag or X, self.lift or Y)) > SQUARE:
            raise problem("lift must be perpendicular to drag")
        return self

    def facing(self, flow: tuple[float, float, float], up: Literal["y", "z"] = "y") -> Forces:
        """With drag along a flow and lift square to it, in the plane of x and of what is up, unless they are given."""
        drag = flow if self.drag is None else self.drag
        along, rising = drag[0], drag[1] if up == "y" else drag[2]
        size = hypot(along, rising)
        if self.lift is not None or size == 0 or (self.drag is not None and up == "y"):
            return self
        across, high = -rising / size, along / size
        lift = (across, high, 0.0) if up == "y" else (across, 0.0, high)
        return self.model_copy(update={"drag": tuple(one / hypot(*drag) for one in drag), "lift": lift})

    @property
    def patch_names(self) -> tuple[str, ...]:
        """The patches that the forces act on."""
        return self.patches

    @property
    def columns(self) -> tuple[str, ...]:
        """Forces and moments, and the coefficients with a reference speed."""
        return (*FORCES, *(COEFFICIENTS if self.speed is not None else ()))


class _Sampled(Output):
    fields: Names = Field(("U", "p"), description="the fields that are recorded")

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields that are recorded."""
        return self.fields


class Probes(_Sampled):
    """Fields at points over time."""

    leading = ("points",)
    kind: Literal["Probes"] = "Probes"
    name: Name = "probes"
    every: int | None = Field(1, gt=0, description="iterations or steps between records; none: with the fields")
    points: Annotated[tuple[Position, ...], Field(min_length=1)] = Field(description="where")

    @property
    def columns(self) -> tuple[str, ...]:
        """Each field, or its components, at each point."""
        names = [column for field in self.fields for column in columns_of(field)]
        return tuple(f"{name}[{n}]" for n in range(len(self.points)) for name in names)

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """Points outside of the domain, where OpenFOAM would record -1e300."""
        return [(("points", n), text) for n, point in enumerate(self.points) if (text := domain.misses(point))]


class Slices(_Sampled):
    """Fields on a plane."""

    leading = ("normal", "origin")
    kind: Literal["Slices"] = "Slices"
    name: Name = "slices"
    normal: Direction = Field(description="normal of the plane: 'x', 'y', 'z' or a vector")
    origin: Position = Field((0.0, 0.0, 0.0), description="a point on the plane")

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """A plane that does not cut the domain; of one that only touches it OpenFOAM makes nothing, or rags."""
        bounds = domain.bounds
        if bounds is None or cut(bounds, self.normal, self.origin):
            return []
        plane = f"the plane through {shown(self.origin)} with normal {shown(self.normal)}"
        return [(("origin",), f"{plane} does not go through the inside of the {domain.kind}: {span(bounds)}")]


class Lines(_Sampled):
    """Fields along a straight line at evenly spaced points."""

    leading = ("start", "end")
    kind: Literal["Lines"] = "Lines"
    name: Name = "lines"
    start: Position = Field(description="first point")
    end: Position = Field(description="last point")
    points: int = Field(100, ge=2, le=1_000_000, description="number of points")

    @model_validator(mode="after")
    def _consistent(self) -> Lines:
        if self.start == self.end:
            raise problem("end must differ from start")
        return self

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """Ends outside of the domain's box; a line that does not meet the domain inside of it."""
        if domain.bounds is None:
            return []
        ends: dict[str, Point] = {"start": self.start, "end": self.end}
        far = [((name,), domain.misses(end)) for name, end in ends.items() if not inside(domain.bounds, end)]
        if far or any(not domain.misses(point) for point in self._places()):
            return [*far]
        return [((), f"no point of the line is inside: {domain.misses(self.start)}")]

    def _places(self) -> Iterator[Point]:
        for n in range(self.points):
            share = n / (self.points - 1)
            x, y, z = (a + share * (b - a) for a, b in zip(self.start, self.end, strict=True))
            yield x, y, z


class WallShear(Output):
    """Wall shear stress over density [m2/s2] as a field."""

    kind: Literal["WallShear"] = "WallShear"
    name: Name = "wallShear"
    patches: Annotated[tuple[Name, ...], BeforeValidator(_several)] = Field((), description="the walls; all when empty")

    @property
    def patch_names(self) -> tuple[str, ...]:
        """The walls that are named."""
        return self.patches

    @property
    def makes(self) -> tuple[str, ...]:
        """The stress as a field."""
        return ("wallShearStress",)


class YPlus(Output):
    """y+ of the cells at walls: its range on every wall, and as a field."""

    kind: Literal["YPlus"] = "YPlus"
    name: Name = "yPlus"

    @property
    def makes(self) -> tuple[str, ...]:
        """y+ as a field."""
        return ("yPlus",)


class Reattachment(Output):
    """Where backflow on a wall ends: how far along `direction` from `origin` [m], as the measure "reattachment".

    The last place where the wall shear turns from backflow to forward flow, linear between the faces; faces at the
    same distance (across the span) count by their mean. Behind a body the length differs across the span: `within`
    takes the faces near the line only.
    """

    leading = ("patch",)
    kind: Literal["Reattachment"] = "Reattachment"
    name: Name = "reattachment"
    every: int | None = Field(10, gt=0, description="iterations or steps between records; none: with the fields")
    patch: Name = Field(description="the wall")
    direction: Direction = Field((1.0, 0.0, 0.0), description="direction of the flow along the wall")
    origin: Position = Field((0.0, 0.0, 0.0), description="where the length is counted from")
    within: Length | None = Field(
        None, description="farthest that a face may be from the line from `origin` along `direction`; not given: any"
    )

    @property
    def patch_names(self) -> tuple[str, ...]:
        """The wall."""
        return (self.patch,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The length."""
        return (REATTACHMENT,)


class Averages(_Sampled):
    """Means of fields and their fluctuations over time."""

    leading = ("start",)
    kind: Literal["Averages"] = "Averages"
    name: Name = "averages"
    start: Instant = Field(0.0, description="time (steady: iteration) from which on is averaged")
    fluctuations: bool = Field(True, description="whether the mean square fluctuations are kept too")

    @property
    def makes(self) -> tuple[str, ...]:
        """The means and the mean square fluctuations."""
        ends = ("Mean", "Prime2Mean") if self.fluctuations else ("Mean",)
        return tuple(f"{name}{end}" for name in self.fields for end in ends)


class PatchAverage(Output):
    """The mean of scalar fields over a patch, such as the pressure at an inlet, as the measure `p`.

    `weight` "area": over the area of its faces; "flow": over the volume that goes through each, as totals of energy
    need it. Two of them give a pressure drop.
    """

    leading = ("patch",)
    kind: Literal["PatchAverage"] = "PatchAverage"
    name: Name = "average"
    every: int | None = Field(1, gt=0, description="iterations or steps between records; none: with the fields")
    patch: Name = Field(description="the patch")
    fields: Names = Field(("p",), description="the scalar fields that are averaged")
    weight: Literal["area", "flow"] = Field("area", description="what faces count by: their area or the flow through")

    @model_validator(mode="after")
    def _consistent(self) -> PatchAverage:
        if vectors := [name for name in self.fields if name in VECTORS]:
            raise problem(f"fields: {', '.join(vectors)} has components; means are taken of scalars")
        return self

    @property
    def patch_names(self) -> tuple[str, ...]:
        """The patch."""
        return (self.patch,)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields that are averaged."""
        return self.fields

    @property
    def columns(self) -> tuple[str, ...]:
        """The mean of each field."""
        return tuple(average(self.weight, field) for field in self.fields)


class SolverInfo(Output):
    """Residuals and iterations of the linear solvers as a table."""

    kind: Literal["SolverInfo"] = "SolverInfo"
    name: Name = "solverInfo"
    every: int | None = Field(1, gt=0, description="iterations or steps between records; none: with the fields")


def _cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Of the angle between two vectors."""
    return sum(a * b for a, b in zip(one, other, strict=True)) / (hypot(*one) * hypot(*other))


for _output in (Forces, Probes, Slices, Lines, WallShear, YPlus, Reattachment, Averages, PatchAverage, SolverInfo):
    OUTPUTS.register(_output.__name__, _output)

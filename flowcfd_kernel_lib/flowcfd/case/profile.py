"""Profiles: how the speed of an inlet varies over its patch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flowcfd.case.quantities import AnySpeed, Coordinate, Length, Quantity, Speed, problem
from flowcfd.case.spec import Spec
from flowcfd.case.turbulence import C_MU, TurbulenceValues, spalart_allmaras_chi
from flowcfd.registry import Registry

PROFILES: Registry[type[Profile]] = Registry("profile", "flowcfd.profiles")
Axis = Literal["x", "y", "z", "r"]
Energy = Annotated[float, Quantity("m^2/s^2", gt=0)]
Frequency = Annotated[float, Quantity("1/s", gt=0)]


class Profile(Spec):
    """What every profile has: the speed along the inward normal over one coordinate."""

    kind: str

    def speed(self, coordinate: float) -> float:
        """The speed [m/s] at a coordinate [m]."""
        raise NotImplementedError

    def mean_speed(self) -> float:
        """The speed [m/s] that turbulence is scaled with."""
        raise NotImplementedError

    def turbulence(self, coordinate: float, nu: float) -> TurbulenceValues | None:
        """The turbulence at a coordinate [m] of a fluid of viscosity `nu` [m2/s]; None: the inlet's counts."""
        return None

    def ambient(self, nu: float) -> TurbulenceValues | None:
        """One value for all of it, such as a domain starts with."""
        return None

    @property
    def knots(self) -> tuple[float, ...]:
        """The coordinates [m] at which the turbulence is told, linear between them."""
        return ()


class Parabola(Profile):
    """Developed laminar flow between plates at `low` and `high`, or, with axis "r", in a pipe of radius `high`.

    speed = peak * (1 - s^2), with s from -1 to 1 between the plates, or r / radius.
    """

    leading = ("peak", "low", "high")
    kind: Literal["Parabola"] = "Parabola"
    peak: Speed = Field(description="speed in the middle")
    low: Coordinate = Field(0.0, description="coordinate of the lower plate; 0 for a pipe")
    high: Coordinate = Field(description="coordinate of the upper plate, or the pipe's radius")
    axis: Axis = Field("y", description="the coordinate that the speed varies with")

    @model_validator(mode="after")
    def _consistent(self) -> Parabola:
        if self.high <= self.low:
            raise problem(f"high must be greater than low (got {self.low:g} and {self.high:g})")
        return self

    def speed(self, coordinate: float) -> float:
        """The speed [m/s] at a coordinate [m]; zero outside."""
        centre, half = (
            (0.0, self.high) if self.axis == "r" else (0.5 * (self.low + self.high), 0.5 * (self.high - self.low))
        )
        return max(0.0, self.peak * (1 - ((coordinate - centre) / half) ** 2))

    def mean_speed(self) -> float:
        """Two thirds of the peak between plates, a half in a pipe."""
        return self.peak * (0.5 if self.axis == "r" else 2 / 3)


class PowerLaw(Profile):
    """A boundary layer over a floor: speed = reference * ((coordinate - floor) / height)^exponent, up to `top`."""

    leading = ("reference", "height")
    kind: Literal["PowerLaw"] = "PowerLaw"
    reference: Speed = Field(description="speed at `height`")
    height: Length = Field(description="distance from the floor where the speed is `reference`")
    exponent: Annotated[float, Quantity("", ge=0, le=1)] = Field(
        1 / 7, description="1/7 for a turbulent layer on a flat plate"
    )
    floor: Coordinate = Field(0.0, description="coordinate of the floor")
    axis: Axis = Field("y", description="the coordinate that the speed varies with")
    capped: bool = Field(True, description="whether the speed stays at `reference` above `height`")

    def speed(self, coordinate: float) -> float:
        """The speed [m/s] at a coordinate [m]; zero below the floor."""
        share = max(0.0, (coordinate - self.floor) / self.height)
        return float(self.reference * (min(share, 1.0) if self.capped else share) ** self.exponent)

    def mean_speed(self) -> float:
        """The reference speed."""
        return self.reference


class Table(Profile):
    """Measured or computed speeds at coordinates, interpolated linearly between them, constant beyond.

    `eddies` is the turbulence that comes with them, interpolated alike: k and omega, from which epsilon = Cmu k omega
    and nut = k / omega follow. Without it the inlet's own counts, uniform over the patch.
    """

    leading = ("points",)
    kind: Literal["Table"] = "Table"
    points: tuple[tuple[Coordinate, AnySpeed], ...] = Field(description="(coordinate, speed) pairs, coordinates rising")
    eddies: tuple[tuple[Coordinate, Energy, Frequency], ...] = Field(
        (), description="(coordinate, k, omega) triples, coordinates rising"
    )
    axis: Axis = Field("y", description="the coordinate that the speed varies with")

    @model_validator(mode="after")
    def _consistent(self) -> Table:
        for name, rows in (("points", self.points), ("eddies", self.eddies)):
            at = [row[0] for row in rows]
            if (len(at) < 2 and name == "points") or any(after <= before for before, after in pairwise(at)):
                least = "needs at least two pairs" if name == "points" else "needs triples"
                raise problem(f"{name}: {least} with rising coordinates")
        return self

    def speed(self, coordinate: float) -> float:
        """The speed [m/s] at a coordinate [m]."""
        return _between(self.points, coordinate)[0]

    def mean_speed(self) -> float:
        """The mean over the coordinate [m/s]."""
        pairs = list(pairwise(self.points))
        area = sum(0.5 * (low + high) * (right - left) for (left, low), (right, high) in pairs)
        return area / (self.points[-1][0] - self.points[0][0])

    def turbulence(self, coordinate: float, nu: float) -> TurbulenceValues | None:
        """The turbulence at a coordinate [m], where it is given."""
        if not self.eddies:
            return None
        k, omega = _between(self.eddies, coordinate)
        chi = spalart_allmaras_chi(k / omega / nu)
        return TurbulenceValues(k=k, omega=omega, epsilon=C_MU * k * omega, nut=k / omega, nuTilda=nu * chi)

    @property
    def knots(self) -> tuple[float, ...]:
        """The coordinates [m] of the turbulence that is given."""
        return tuple(at for at, _, _ in self.eddies)


def _between(rows: Sequence[tuple[float, ...]], at: float) -> tuple[float, ...]:
    """The values of rows (coordinate, values ...) at a coordinate: linear between them, constant beyond."""
    if at <= rows[0][0]:
        return rows[0][1:]
    for (left, *low), (right, *high) in pairwise(rows):
        if at <= right:
            return tuple(a + (b - a) * (at - left) / (right - left) for a, b in zip(low, high, strict=True))
    return rows[-1][1:]


for _profile in (Parabola, PowerLaw, Table):
    PROFILES.register(_profile.__name__, _profile)

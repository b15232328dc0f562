"""Wind: the atmospheric boundary layer over rough ground, as a profile with its turbulence, and the air above."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from flowcfd.case.boundary import BOUNDARIES, Boundary
from flowcfd.case.profile import PROFILES, Axis, Profile
from flowcfd.case.quantities import Coordinate, Length, Speed
from flowcfd.case.spec import Kinds
from flowcfd.case.turbulence import C_MU, TurbulenceValues, spalart_allmaras_chi

KAPPA = 0.41
"""Von Karman's constant as OpenFOAM's wall functions have it."""


class LogLaw(Profile):
    """The neutral atmospheric boundary layer: a logarithmic wind over ground of roughness length z0, with turbulence.

        fc.LogLaw("10 m/s", "10 m", "3 cm")       10 m/s at 10 m over open country

    U = u*/kappa ln((z + z0) / z0), k = u*^2 / sqrt(Cmu), epsilon = u*^3 / (kappa (z + z0)), omega = epsilon / (Cmu k),
    nut = kappa u* (z + z0), with z over `floor`, kappa = 0.41, Cmu = 0.09: what a k-epsilon model keeps along the wind
    (Richards and Hoxey, J. Wind Eng. Ind. Aerodyn. 46-47, 1993, 145-153), but for its constants, which ask for 0.43.
    """

    leading = ("reference", "height", "roughness")
    kind: Literal["LogLaw"] = "LogLaw"
    reference: Speed = Field(description="speed at `height`")
    height: Length = Field(description="height over the floor where the speed is `reference`")
    roughness: Length = Field(
        description="roughness length z0: 0.2 mm sea, 3 cm open country, 0.5 m suburbs, 2 m centre of a city"
    )
    floor: Coordinate = Field(0.0, description="coordinate of the ground")
    axis: Axis = Field("z", description="the coordinate that the speed varies with: what is up")

    @property
    def friction(self) -> float:
        """The friction velocity u* [m/s]."""
        return KAPPA * self.reference / math.log1p(self.height / self.roughness)

    def speed(self, coordinate: float) -> float:
        """The speed [m/s] at a coordinate [m]; zero below the floor."""
        return self.friction / KAPPA * math.log1p(max(0.0, coordinate - self.floor) / self.roughness)

    def mean_speed(self) -> float:
        """The reference speed."""
        return self.reference

    def turbulence(self, coordinate: float, nu: float) -> TurbulenceValues:
        """The turbulence at a coordinate [m]; that of the ground below it."""
        over = max(0.0, coordinate - self.floor) + self.roughness
        k, nut = self.friction**2 / math.sqrt(C_MU), KAPPA * self.friction * over
        omega = k / nut
        return TurbulenceValues(
            k=k, omega=omega, epsilon=C_MU * k * omega, nut=nut, nuTilda=nu * spalart_allmaras_chi(nut / nu)
        )

    def ambient(self, nu: float) -> TurbulenceValues:
        """The turbulence at the reference height."""
        return self.turbulence(self.floor + self.height, nu)

    @property
    def knots(self) -> tuple[float, ...]:
        """Coordinates [m] between which all of it is linear to 0.2 %, from the floor to a hundred heights or more."""
        highest = math.log1p(max(1000.0, 100 * self.height / self.roughness))
        steps = math.ceil(highest / STEP)
        return tuple(self.floor + self.roughness * math.expm1(n * STEP) for n in range(steps + 1))


STEP = 0.1
"""The ratio of the knots' distances is exp(STEP): 1 / (z + z0) is linear between them to STEP^2 / 8."""


class Wind(Boundary):
    """Where the wind blows along a patch undisturbed, above or beside a site: its velocity, along x, and turbulence.

    It drives what is below, as the air above the domain does. With Slip instead the wind near the top slows down, for
    its shear has nothing to hold it (Blocken, Stathopoulos and Carmeliet, Atmos. Environ. 41, 2007, 238-252).
    """

    leading = ("profile",)
    kind: Literal["Wind"] = "Wind"
    profile: Annotated[Profile, Kinds(PROFILES)] = Field(description="speed along x, best a LogLaw")


PROFILES.register("LogLaw", LogLaw)
BOUNDARIES.register("Wind", Wind)

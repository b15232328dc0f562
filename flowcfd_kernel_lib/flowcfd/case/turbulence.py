"""Turbulence: the models by name and the values that the incoming flow has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flowcfd.case.quantities import Length, Positive, Quantity, problem
from flowcfd.case.spec import Spec
from flowcfd.errors import CaseError

Model = Literal["laminar", "kEpsilon", "realizableKE", "RNGkEpsilon", "kOmega", "kOmegaSST", "SpalartAllmaras"]
TRANSPORTED: dict[str, tuple[str, ...]] = {
    "laminar": (),
    "kEpsilon": ("k", "epsilon"),
    "realizableKE": ("k", "epsilon"),
    "RNGkEpsilon": ("k", "epsilon"),
    "kOmega": ("k", "omega"),
    "kOmegaSST": ("k", "omega"),
    "SpalartAllmaras": ("nuTilda",),
}
"""The fields that each model solves for."""
C_MU = 0.09
C_V1 = 7.1


@dataclass(frozen=True, slots=True)
class TurbulenceValues:
    """Turbulence at one place: k [m2/s2], omega [1/s], epsilon [m2/s3], nut [m2/s], nuTilda [m2/s]."""

    k: float
    omega: float
    epsilon: float
    nut: float
    nuTilda: float  # OpenFOAM's name of the field


class InletTurbulence(Spec):
    """The turbulence of an incoming flow by its intensity and either a length or an eddy viscosity.

    `length` is the turbulence length scale, about 0.07 of the hydraulic diameter in developed pipe flow.
    """

    leading = ("intensity",)
    intensity: Annotated[float, Quantity("", gt=0, le=1)] = Field(
        0.05, description="rms of the fluctuation over the mean speed"
    )
    length: Length | None = Field(None, description="turbulence length scale")
    viscosity_ratio: Positive | None = Field(
        None, description="eddy viscosity over viscosity; 10 when nothing is given"
    )

    @model_validator(mode="after")
    def _consistent(self) -> InletTurbulence:
        if self.length is not None and self.viscosity_ratio is not None:
            raise problem("give either length or viscosity_ratio, not both")
        return self

    def values(self, speed: float, nu: float) -> TurbulenceValues:
        """The values for a mean speed [m/s] and a kinematic viscosity [m2/s].

        k = 3/2 (I U)^2. With a length L: omega = sqrt(k) / (Cmu^(1/4) L), epsilon = Cmu^(3/4) k^(3/2) / L, as
        OpenFOAM's turbulentMixingLengthFrequencyInlet and turbulentMixingLengthDissipationRateInlet have them. With a
        ratio r: nut = r nu, omega = k / nut, epsilon = Cmu k^2 / nut. Both agree with epsilon = Cmu k omega (Wilcox,
        Turbulence Modeling for CFD, 3rd ed., 2006) and nut = k / omega. nuTilda follows from nut as Spalart and
        Allmaras define it (AIAA 92-0439, 1992): nut = nuTilda chi^3 / (chi^3 + cv1^3), chi = nuTilda / nu, cv1 = 7.1.
        CaseError for a speed whose square is no number.
        """
        fluctuation = self.intensity * speed
        if not math.isfinite(fluctuation * fluctuation):
            raise CaseError(f"turbulence: {speed:g} m/s is too fast to be computed")
        k = 1.5 * fluctuation**2
        if self.length is not None:
            omega = k**0.5 / (C_MU**0.25 * self.length)
        else:
            omega = k / ((self.viscosity_ratio or 10.0) * nu)
        nut = k / omega
        return TurbulenceValues(
            k=k, omega=omega, epsilon=C_MU * k * omega, nut=nut, nuTilda=nu * spalart_allmaras_chi(nut / nu)
        )


def spalart_allmaras_chi(ratio: float) -> float:
    """Chi = nuTilda / nu for a given nut / nu, the positive root of chi^4 = ratio (chi^3 + cv1^3), by Newton's method.

    Started above the root, where the function is convex and rising, the steps go down to it and cannot miss.
    """
    chi = ratio + C_V1
    while True:
        step = (chi**4 - ratio * (chi**3 + C_V1**3)) / (4 * chi**3 - 3 * ratio * chi**2)
        if step <= 1e-14 * chi:
            return chi
        chi -= step

"""Physics: the equations that are solved and the properties of the fluid."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from flowcfd.case.fluids import fluid
from flowcfd.case.quantities import Density, KinematicPressure, KinematicViscosity, Position, Velocity, problem
from flowcfd.case.spec import Spec, Text
from flowcfd.case.turbulence import TRANSPORTED, Model
from flowcfd.errors import CaseError
from flowcfd.registry import Registry

PHYSICS: Registry[type[Physics]] = Registry("physics", "flowcfd.physics")


class Fluid(Spec):
    """A fluid of constant properties."""

    leading = ("nu", "rho")
    name: Text = Field("fluid", description="what it is called")
    nu: KinematicViscosity = Field(description="kinematic viscosity")
    rho: Density = Field(1.0, description="density; scales forces only")
    source: Text = Field("", description="where the numbers come from")

    @property
    def mu(self) -> float:
        """Dynamic viscosity [Pa s]."""
        return self.nu * self.rho


def _named(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return fluid(given)
    except CaseError as error:
        raise problem(str(error)) from None


class MeanVelocity(Spec):
    """Drives the flow between cyclic patches so that its volume average is `velocity` (meanVelocityForce)."""

    leading = ("velocity",)
    velocity: Velocity = Field(description="mean velocity over the whole domain")


class Physics(Spec):
    """What every physics has."""

    kind: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that a run of it has."""
        raise NotImplementedError


class Incompressible(Physics):
    """One fluid of constant density and viscosity, laminar or with a RANS model.

    `start`: "potential" begins with potential flow, "uniform" with the fluid at `velocity`; not given: potential where
    fluid enters and leaves, the computation is steady and there is no body from CAD, else uniform.
    """

    leading = ("fluid", "turbulence")
    kind: Literal["Incompressible"] = "Incompressible"
    fluid: Annotated[Fluid, BeforeValidator(_named)] = Field(
        description="'air', 'water', with a temperature 'water at 25 C', or a Fluid(nu=..., rho=...)",
        examples=["air", "water", "water at 25 C"],
    )
    turbulence: Model = Field("laminar", description="laminar, or the turbulence model")
    start: Literal["potential", "uniform"] | None = Field(None, description="the flow to start from")
    velocity: Velocity = Field((0.0, 0.0, 0.0), description="initial velocity")
    drive: MeanVelocity | None = Field(None, description="what keeps the flow moving between cyclic patches")
    reference_pressure: KinematicPressure = Field(0.0, description="pressure at the reference where no patch fixes it")
    reference_point: Position | None = Field(None, description="the reference; the first cell when not given")

    @property
    def laminar(self) -> bool:
        """Whether there is no turbulence model."""
        return self.turbulence == "laminar"

    @property
    def transported(self) -> tuple[str, ...]:
        """The fields of the turbulence model."""
        return TRANSPORTED[self.turbulence]

    @property
    def fields(self) -> tuple[str, ...]:
        """U, p, phi and those of the turbulence model."""
        return ("U", "p", "phi", *self.transported, *(() if self.laminar else ("nut",)))


PHYSICS.register("Incompressible", Incompressible)

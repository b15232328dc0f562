"""Solves: how far and how finely the equations are advanced, and what is written on the way."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.config import JsonDict

from flowcfd.case.quantities import Duration, Fraction, Positive, problem
from flowcfd.case.settled import Settled
from flowcfd.case.spec import FrozenDict, Spec
from flowcfd.registry import Registry

SOLVES: Registry[type[Solve]] = Registry("solve", "flowcfd.solves")
Factors = Annotated[dict[str, Fraction], AfterValidator(FrozenDict)]
Convection = Literal["upwind", "linearUpwind", "limitedLinear", "linear"]
EMPTY: JsonDict = {"default": {}}
"""What the JSON schema says of a mapping that is empty unless given."""


class Solve(Spec):
    """What every solve has."""

    kind: str
    convection: Convection = Field("linearUpwind", description="scheme for the convection of the velocity")
    turbulence_convection: Literal["upwind", "linearUpwind", "limitedLinear"] = Field(
        "limitedLinear", description="scheme for the convection of the turbulence model's fields"
    )
    wall_distance: Literal["meshWave", "exact"] | None = Field(
        None,
        description="distance to walls: meshWave (to the centre of the nearest wall face) or exact; not given: exact "
        "in a CGrid, else meshWave",
    )
    write_format: Literal["ascii", "binary"] = Field("binary", description="form of the fields on disk")
    write_precision: int = Field(8, ge=4, le=17, description="significant digits of ascii fields")
    keep: int = Field(0, ge=0, description="how many written times are kept, the latest ones; 0: all")


class Steady(Solve):
    """Iterations towards a steady state (SIMPLE, or SIMPLEC when `consistent`).

    Ends when the initial residuals of all fields are below `residual` (or the field's own in `residuals`), at the
    latest after `iterations`.
    """

    leading = ("iterations",)
    kind: Literal["Steady"] = "Steady"
    iterations: int = Field(1000, gt=0, description="most iterations")
    residual: Fraction | None = Field(1e-5, description="initial residual to reach; none: all iterations are done")
    residuals: Factors = Field(
        default_factory=FrozenDict,
        json_schema_extra=EMPTY,
        description="residuals of single fields, in place of `residual`",
    )
    relaxation: Factors = Field(
        default_factory=FrozenDict,
        json_schema_extra=EMPTY,
        description="relaxation factors of single fields, in place of the usual",
    )
    consistent: bool = Field(True, description="SIMPLEC: faster, with mild relaxation only")
    write_every: int | None = Field(
        None, gt=0, description="iterations between written fields; the end only when not given"
    )
    until: Settled | None = Field(None, description="stops before the end when measures have settled")


class Transient(Solve):
    """Steps in time from 0 to `end`.

    `algorithm`: "PISO", one outer corrector a step; "PIMPLE", `outer` of them, for Courant numbers above 1.
    `max_courant` adapts the step, which then is the first one. `solver`: icoFoam (laminar, fixed step) or pimpleFoam;
    pimpleFoam when not given.
    """

    leading = ("end", "step")
    kind: Literal["Transient"] = "Transient"
    end: Duration = Field(description="time at the end")
    step: Duration = Field(description="time step, the first one when it is adapted")
    max_courant: Positive | None = Field(None, description="Courant number that the step is adapted to")
    max_step: Duration | None = Field(None, description="largest adapted step")
    write_every: Duration | None = Field(None, description="time between written fields; the end only when not given")
    algorithm: Literal["PISO", "PIMPLE"] = Field("PISO", description="pressure-velocity coupling")
    solver: Literal["pimpleFoam", "icoFoam"] | None = Field(None, description="the application, when it matters")
    outer: int = Field(2, ge=1, le=1000, description="outer correctors with PIMPLE")
    correctors: int = Field(2, ge=1, le=20, description="pressure correctors")
    time_scheme: Literal["Euler", "backward", "CrankNicolson"] = Field("Euler", description="scheme in time")
    until: Settled | None = Field(None, description="stops before the end when the means of measures have settled")

    @model_validator(mode="after")
    def _consistent(self) -> Transient:
        if self.step > self.end:
            raise problem(f"step ({self.step:g} s) must not be longer than end ({self.end:g} s)")
        if self.write_every is not None and self.write_every < self.step and self.max_courant is None:
            raise problem(f"write_every ({self.write_every:g} s) must not be shorter than step ({self.step:g} s)")
        if self.max_step is not None and self.max_courant is None:
            raise problem("max_step: needs max_courant")
        if self.solver == "icoFoam" and self.max_courant is not None:
            raise problem("max_courant: icoFoam has a fixed step; use solver 'pimpleFoam'")
        if self.solver == "icoFoam" and self.algorithm == "PIMPLE":
            raise problem("algorithm: icoFoam knows PISO only; use solver 'pimpleFoam'")
        return self


for _solve in (Steady, Transient):
    SOLVES.register(_solve.__name__, _solve)

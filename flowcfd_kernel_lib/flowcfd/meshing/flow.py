"""Flow: what a mesh is to be fine enough for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from flowcfd.case.fluids import fluid
from flowcfd.case.physics import Fluid
from flowcfd.case.quantities import Length, Speed, problem
from flowcfd.case.spec import Spec
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.heights import wall_cell

TURBULENT = 5e5
"""Reynolds number of the length from which a boundary layer is taken for turbulent (flat plate)."""
TURBULENT_INSIDE = 2300.0
"""Reynolds number of the hydraulic diameter from which the flow in a pipe is taken for turbulent (Reynolds 1883)."""


def _named(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return fluid(given)
    except CaseError as error:
        raise problem(str(error)) from None


class Flow(Spec):
    """A flow along a body: `Flow("40 m/s")`, `Flow("2 m/s", "water at 25 C", length="0.1 m")`.

    `length` is what its boundary layer grows over; that of the body along x when not given, inside of a body its
    hydraulic diameter.
    """

    leading = ("speed", "fluid", "length")
    speed: Speed = Field(description="speed of the fluid far from the body, or its mean where it enters")
    fluid: Annotated[Fluid, BeforeValidator(_named)] = Field(
        default_factory=lambda: Fluid.model_validate(fluid("air")),
        validate_default=True,
        description="'air', 'water', with a temperature 'water at 25 C', or a Fluid(nu=..., rho=...)",
    )
    length: Length | None = Field(None, description="length that the boundary layer grows over")

    def along(self, length: float) -> Flow:
        """The same flow, whose length [m] is this one where none was given."""
        return self if self.length is not None else self.model_copy(update={"length": length})

    @property
    def reynolds(self) -> float:
        """Speed times length over the kinematic viscosity; CaseError without a length."""
        if self.length is None:
            raise CaseError("Flow.length: is not given; flow.along(length) sets it")
        return self.speed * self.length / self.fluid.nu

    @property
    def boundary_layer(self) -> float:
        """Thickness [m] of a turbulent boundary layer at the end of the length: 0.37 L Re^-0.2 (Schlichting)."""
        return float(0.37 * (self.length or 0.0) / self.reynolds**0.2)

    def wall_cell(self, y_plus: float) -> float:
        """Height [m] of a cell at the wall whose centre is at this y+; CaseError where the flow has no such layer."""
        reynolds = self.reynolds
        return wall_cell(y_plus, self.speed, self.fluid.nu, reynolds * self.fluid.nu / self.speed)

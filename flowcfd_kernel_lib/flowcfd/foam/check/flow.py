"""What the boundary entries of a case do to the flow: which patches fix the velocity or the pressure, and how fast."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flowcfd.foam.check import plain
from flowcfd.foam.dictionary import Uniform

if TYPE_CHECKING:
    from flowcfd.foam.check.fieldview import FieldView
    from flowcfd.foam.check.view import CaseView

Vector = tuple[float, float, float]

CONSTRAINTS = frozenset(
    {"empty", "wedge", "symmetry", "symmetryPlane", "cyclic", "cyclicAMI", "cyclicACMI", "cyclicSlip",
     "nonuniformTransformCyclic", "processor", "processorCyclic"}
)  # fmt: skip
"""Types that patch and field must share, by src/finiteVolume/fields/fvPatchFields/constraint of 1912."""
NOT_FIXING = CONSTRAINTS | {
    "zeroGradient", "fixedGradient", "fixedFluxPressure", "fixedFluxExtrapolatedPressure", "extrapolatedCalculated",
    "calculated", "slip", "partialSlip", "uniformFixedGradient", "fixedJump", "fixedJumpAMI", "fan",
    "porousBafflePressure", "uniformJump", "uniformJumpAMI",
}  # fmt: skip
"""Types that leave a pressure free: GeometricField::needReference is true when a field has no others."""
OPEN_VELOCITY = frozenset({"zeroGradient", "inletOutlet", "pressureInletOutletVelocity", "fluxCorrectedVelocity"})
"""Types of U that let the flow decide."""
STILL = frozenset({"noSlip", "slip", "symmetry", "symmetryPlane", "empty", "wedge", "zeroGradient", "calculated"})
"""Types of U that drive nothing (with a value of zero or none)."""


class Entries(NamedTuple):
    """What one patch, or one key of boundaryField where patches are not known, has in a field."""

    name: str
    patch_type: str
    """The type in the mesh; "" when it is not known."""
    key: str
    """The key of boundaryField."""
    type: str
    entries: Mapping[str, Any]


def entries(case: CaseView, field: FieldView | None) -> Iterator[Entries]:
    """What each patch of the mesh takes from a field; where the patches are not known, what each key says."""
    if field is None:
        return
    if case.patches is None:
        for key, found in field.boundary.items():
            yield Entries(key, "", key, str(found.get("type", "")), found)
        return
    for patch in case.patches.values():
        key = field.key(patch)
        found = field.boundary[key] if key else {"type": "empty"} if patch.type == "empty" else {}
        if found:
            yield Entries(patch.name, patch.type, key, str(found.get("type", "")), found)


def velocity(case: CaseView) -> FieldView | None:
    """The velocity that the solver reads."""
    return case.fields.get("Urel") or case.fields.get("U")


def pressure(case: CaseView) -> FieldView | None:
    """The pressure that the solver solves for; None for a solver that is not known."""
    return case.fields.get(case.solver.pressure) if case.solver is not None else None


def needs_reference(case: CaseView) -> bool:
    """Whether no patch fixes the pressure, so that its level must be given; false when that is not sure."""
    field = pressure(case)
    if (
        field is None
        or not field.complete
        or any(patch.type not in CONSTRAINTS and not field.key(patch) for patch in (case.patches or {}).values())
    ):
        return False
    found = [one.type for one in entries(case, field)]
    return bool(found) and all(kind in NOT_FIXING for kind in found)


def speed(case: CaseView) -> float:
    """The greatest speed that is given anywhere [m/s]: at a patch or inside; 0 when none is known."""
    field = velocity(case)
    if field is None:
        return 0.0
    found = [given for one in entries(case, field) if (given := given_velocity(one)) is not None]
    inside = plain.vector(field.internal) if isinstance(field.internal, Uniform) else None
    return max((math.hypot(*each) for each in [*found, *([inside] if inside else [])]), default=0.0)


def given_velocity(one: Entries) -> Vector | None:
    """The velocity that a patch fixes everywhere alike; None when it fixes none or that is not one vector."""
    match one.type:
        case "noSlip":
            return (0.0, 0.0, 0.0)
        case "fixedValue" | "movingWallVelocity":
            return plain.vector(one.entries.get("value"))
        case "freestream" | "freestreamVelocity":
            return plain.vector(one.entries.get("freestreamValue"))
        case "uniformFixedValue":
            return plain.vector(one.entries.get("uniformValue"))
        case "surfaceNormalFixedValue":
            normal = plain.number(one.entries.get("refValue"))
            return None if normal is None else (abs(normal), 0.0, 0.0)
    return None


def viscosity(case: CaseView) -> float | None:
    """The kinematic viscosity of one incompressible Newtonian fluid [m2/s]; None for all others."""
    from flowcfd.foam.check.view import TRANSPORT

    if case.solver is None or case.solver.compressible or case.solver.dynamic:
        return None
    return case.number(TRANSPORT, "nu")

"""The velocities that a case prescribes: where flow enters, where walls move, where it starts from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.foam.check import plain
from flowcfd.foam.dictionary import Stream

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

Vector = tuple[float, float, float]
_ENTRIES = {
    "fixedValue": "value",
    "uniformFixedValue": "uniformValue",
    "freestream": "freestreamValue",
    "freestreamVelocity": "freestreamValue",
    "turbulentDFSEMInlet": "UMean",
    "turbulentInlet": "referenceField",
}
"""The entry with the velocity, by type of boundary condition."""
INSIDE = "internalField"


def speeds(case: CaseView) -> list[tuple[str, Vector]]:
    """Prescribed velocities [m/s] by key of boundaryField, that of the internal field under "internalField"."""
    return case.made("speeds", lambda: _speeds(case))


def _speeds(case: CaseView) -> list[tuple[str, Vector]]:
    field = case.fields.get("U")
    if field is None:
        return []
    found = [] if (inside := plain.vector(field.internal)) is None else [(INSIDE, inside)]
    for name, entries in field.boundary.items():
        value = _velocity(entries)
        if value is not None:
            found.append((name, value))
    return found


def _velocity(entries: Mapping[str, Any]) -> Vector | None:
    entry = _ENTRIES.get(str(entries.get("type", "")))
    if entry is None:
        return None
    value = entries.get(entry)
    if isinstance(value, Stream) and len(value) == 2 and value[0] == "constant":
        value = value[1]
    return plain.vector(value)


def inflow_speed(case: CaseView) -> float | None:
    """The greatest speed [m/s] that is prescribed on patches which are no walls; None where there is none."""
    patches = case.patches or {}
    found = []
    for name, velocity in speeds(case):
        patch = patches.get(name)
        if name != INSIDE and not (patch and patch.type == "wall"):
            found.append(math.hypot(*velocity))
    return max(found, default=0.0) or None

"""A field that is missing, or its entry at a patch, made from what the other fields say there: the mends of rules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flowcfd.foam.check import flow, models, plain
from flowcfd.foam.dictionary import Quoted, Uniform, dumps

if TYPE_CHECKING:
    from flowcfd.foam.check.fieldview import FieldView
    from flowcfd.foam.check.view import CaseView

INTENSITY = 0.05
RATIO = 10.0
"""Turbulence intensity and eddy viscosity over viscosity of a flow of which nothing is known."""
C_MU = 0.09


def field_file(case: CaseView, name: str) -> str | None:
    """The text of a scalar field with an entry for every patch; None where U or the values cannot be known."""
    velocity = flow.velocity(case)
    dimensions = models.dimensions(case, name)
    level = _level(case, name)
    if velocity is None or dimensions is None or level is None or not velocity.complete or name in ("U", "Urel", "R"):
        return None
    found = {}
    for one in flow.entries(case, velocity):
        key = Quoted(one.key) if one.key in velocity.patterns else one.name
        found[f'"{key}"' if isinstance(key, Quoted) else str(key)] = _entry(name, one, level)
    if not found:
        return None
    entries = {"dimensions": models.described(dimensions), "internalField": f"uniform {level:.6g}",
               "boundaryField": found}  # fmt: skip
    return dumps(entries, header=("volScalarField", name, case.start))


def patch_entry(case: CaseView, field: FieldView, patch: str, patch_type: str) -> dict[str, Any] | None:
    """What a field would get at a patch, by the patch's type and what U has there; None where that is a choice."""
    if patch_type in flow.CONSTRAINTS:
        return {"type": patch_type}
    if field.name in ("U", "Urel"):
        return {"type": "noSlip"} if patch_type == "wall" else None
    velocity = flow.velocity(case)
    level = _level(case, field.name)
    if velocity is None or level is None:
        return None
    for one in flow.entries(case, velocity):
        if one.name == patch:
            return _entry(field.name, one, level)
    return None


def _entry(name: str, one: flow.Entries, level: float) -> dict[str, Any]:
    """The entry beside that of U: wall treatment, a fixed value where flow enters, free where it leaves."""
    kind = one.patch_type if one.patch_type in flow.CONSTRAINTS else one.type
    if kind in flow.CONSTRAINTS:
        return {"type": kind}
    value = f"uniform {level:.6g}"
    wall = one.patch_type == "wall" or (not one.patch_type and kind in ("noSlip", "movingWallVelocity"))
    if wall:
        return _wall(name, value)
    if name in ("nut", "alphat"):
        return {"type": "calculated", "value": "uniform 0"}
    if name in ("p", "p_rgh"):
        return {"type": "fixedValue", "value": value} if kind in flow.OPEN_VELOCITY else {"type": "zeroGradient"}
    if kind in ("slip",):
        return {"type": "zeroGradient"}
    if kind in flow.OPEN_VELOCITY:
        return {"type": "inletOutlet", "inletValue": value, "value": value}
    return {"type": "fixedValue", "value": value}


def _wall(name: str, value: str) -> dict[str, Any]:
    types = {"nut": "nutUSpaldingWallFunction", "alphat": "compressible::alphatWallFunction", "k": "kqRWallFunction",
             "epsilon": "epsilonWallFunction", "omega": "omegaWallFunction", "p": "zeroGradient",
             "p_rgh": "fixedFluxPressure", "T": "zeroGradient"}  # fmt: skip
    if name == "nuTilda":
        return {"type": "fixedValue", "value": "uniform 0"}
    kind = types.get(name, "zeroGradient")
    if kind == "zeroGradient":
        return {"type": kind}
    return {"type": kind, "value": "uniform 0" if name in ("nut", "alphat") else value}


def _level(case: CaseView, name: str) -> float | None:
    """A value for the inside: that of a field which is there, else of a flow with the usual turbulence."""
    there = case.fields.get(name)
    if there is not None and isinstance(there.internal, Uniform):
        return plain.number(there.internal)
    if name in ("p", "p_rgh"):
        return 1e5 if models.dimensions(case, name) == models.PRESSURE and case.compressible else 0.0
    if name in ("nut", "alphat"):
        return 0.0
    speed, nu = flow.speed(case), flow.viscosity(case)
    if name not in ("k", "epsilon", "omega", "nuTilda") or not speed or not nu or nu <= 0:
        return None
    k = 1.5 * (INTENSITY * speed) ** 2
    omega = k / (RATIO * nu)
    return {"k": k, "omega": omega, "epsilon": C_MU * k * omega, "nuTilda": math.sqrt(1.5) * RATIO * nu}[name]

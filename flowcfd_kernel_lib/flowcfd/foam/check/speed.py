"""The velocities that a case prescribes: where flow enters, where walls move, where it starts from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowcfd.foam.check import flow, plain
from flowcfd.foam.check.flow import Vector

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView


def speeds(case: CaseView) -> list[Vector]:
    """The velocities [m/s] that patches fix and that the internal field starts with."""
    field = flow.velocity(case)
    inside = plain.vector(field.internal) if field is not None else None
    fixed = [given for one in flow.entries(case, field) if (given := flow.given_velocity(one)) is not None]
    return [*fixed, *([inside] if inside is not None else [])]


def inflow(case: CaseView) -> Vector | None:
    """The fastest velocity [m/s] that is fixed on patches which are no walls; None where there is none."""
    entries = flow.entries(case, flow.velocity(case))
    found = [flow.given_velocity(one) for one in entries if one.patch_type != "wall"]
    fastest = max((each for each in found if each is not None), key=lambda each: math.hypot(*each), default=None)
    return fastest if fastest is not None and any(fastest) else None


def inflow_speed(case: CaseView) -> float | None:
    """The greatest speed [m/s] that is fixed on patches which are no walls; None where there is none."""
    fastest = inflow(case)
    return None if fastest is None else math.hypot(*fastest)

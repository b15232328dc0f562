"""The height of the first layer, by the y+ that is wanted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowcfd.case.boundary import FarField, Inlet, Wall
from flowcfd.case.case import Case
from flowcfd.case.domain import Domain
from flowcfd.case.refinement import Layers
from flowcfd.errors import CaseError

if TYPE_CHECKING:
    from flowcfd.foam.meshers.around import Around


def first(task: Around, layers: Layers) -> float:
    """The height of the cell at the wall [m] of layers given by `first` or `y_plus`; CaseError without flow."""
    if layers.first is not None:
        return layers.first
    if layers.y_plus is None:
        raise CaseError("layers: the height is relative, it has no size")
    physics = task.case.physics
    fluid = getattr(physics, "fluid", None)
    if fluid is None:
        raise CaseError(f"mesh.layers.y_plus: the viscosity of {physics.kind} is not known; give first, a height")
    return wall_cell(layers.y_plus, speed(task), fluid.nu, length(task))


def wall_cell(y_plus: float, speed: float, nu: float, length: float) -> float:
    """The height [m] of a cell whose centre is at y+ on a flat plate of that length.

    cf = (2 log10 Re - 0.65)^-2.3 (Schlichting), u_tau = U sqrt(cf/2), height = 2 y+ nu / u_tau.
    """
    reynolds = speed * length / nu
    if reynolds < 1e3:
        raise CaseError(
            f"mesh.layers.y_plus: at a Reynolds number of {reynolds:.3g} there is no such layer; give first"
        )
    friction = (2 * math.log10(reynolds) - 0.65) ** -2.3
    return 2 * y_plus * nu / (speed * math.sqrt(friction / 2))


def speed(task: Around) -> float:
    """The greatest speed [m/s] at which the fluid enters or a wall moves; CaseError when there is none."""
    found = [*_speeds(task.case)]
    if not found:
        raise CaseError("mesh.layers.y_plus: nothing enters or moves, so it gives no height; give first, a height")
    return max(found)


def _speeds(case: Case) -> list[float]:
    found = []
    for name, boundary in case.boundaries.items():
        if isinstance(boundary, (Inlet, FarField)):
            found.append(boundary.mean_speed(case.space.patches[name].area))
        elif isinstance(boundary, Wall) and boundary.velocity is not None:
            found.append(math.hypot(*boundary.velocity))
    drive = getattr(case.physics, "drive", None)
    if drive is not None:
        found.append(math.hypot(*drive.velocity))
    return [one for one in found if one > 0]


def length(task: Around) -> float:
    """The length [m] that a boundary layer grows over: the body's along the flow, inside the hydraulic diameter."""
    body = task.body
    if task.internal and body.volume is not None:
        return hydraulic_diameter(body.volume, task.space)
    return body.extent[0]


def hydraulic_diameter(volume: float, space: Domain) -> float:
    """Of the space in a body [m]: four volumes [m3] over the area of its walls; of a pipe its diameter."""
    areas = [(patch.role == "wall", patch.area or 0.0) for patch in space.patches.values()]
    return 4 * volume / (sum(area for wall, area in areas if wall) or sum(area for _, area in areas))

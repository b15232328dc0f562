"""What is usual for a domain and a flow: mesh, turbulence, boundaries, solve and outputs, each with its reason.

They are proposals for who has not said more: a number from here never stands alone, the sentence beside it says by
which rule it came about, and whoever knows better gives another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from flowcfd.case.airfoil import Airfoil, CGrid
from flowcfd.case.boundary import Boundary, FarField, Inlet, Outlet, Slip, Symmetry, Wall
from flowcfd.case.cylinder import Cylinder
from flowcfd.case.domain import BackwardFacingStep, Cavity, Channel, Domain, PatchInfo, Pipe
from flowcfd.case.enclosure import BODY, Enclosure
from flowcfd.case.mesh import Blocks, Mesh
from flowcfd.case.output import Forces, Output, PatchAverage, Reattachment, YPlus
from flowcfd.case.physics import Fluid, Incompressible, Physics
from flowcfd.case.solve import Solve, Steady, Transient
from flowcfd.case.turbulence import InletTurbulence
from flowcfd.case.wind import LogLaw
from flowcfd.errors import CaseError
from flowcfd.meshing.features import size_of
from flowcfd.meshing.flow import TURBULENT, TURBULENT_INSIDE, Flow
from flowcfd.meshing.plan import boundaries as by_domain

Value = TypeVar("Value")
ACROSS = 32
"""Cells across the size of a domain that the flow turns by (the middle one of our grids of validation)."""
AROUND = 96
"""Cells around a cylinder."""
SHEDDING = 47.0
"""Reynolds number from which a cylinder's wake swings (Williamson, Annu. Rev. Fluid Mech. 28, 1996)."""
CYCLES = 140.0
"""Time [diameters over speed] until vortices have left a cylinder evenly for a while."""
EDDIES = 0.07
"""Length scale of the turbulence over the hydraulic diameter in developed pipe flow."""
WALL_FUNCTION = 40.0
"""y+ of the first cells' centres where wall functions are meant."""


@dataclass(frozen=True)
class Proposal(Generic[Value]):
    """A value and the sentence that says where it comes from."""

    value: Value
    why: str


@dataclass(frozen=True)
class Scale:
    """The length [m] that a domain's Reynolds number is made with, what it is, and the number from which on the flow is
    taken for turbulent, with its source.
    """

    length: float
    words: str
    critical: float
    source: str


def example(kind: str) -> tuple[Domain, Flow, str]:
    """A domain of a kind with a flow to begin with, and why these; CaseError for a kind that needs a body."""
    made: Mapping[str, tuple[Domain, float, str]] = {
        "Cavity": (Cavity(length=1.0), 100.0, "Re 100, the first column of Ghia's table: it runs in seconds"),
        "Channel": (
            Channel(length=12.0, height=1.0),
            50.0,
            "Re 50: developed within the channel, Poiseuille's profile",
        ),
        "Pipe": (Pipe(diameter=1.0, length=16.0), 100.0, "Re 100: developed within the pipe, Hagen-Poiseuille flow"),
        "BackwardFacingStep": (
            BackwardFacingStep(step=1.0, inlet_height=1.0, upstream=6.0, downstream=30.0),
            200.0,
            "Re 200 by twice the inlet's height, as Armaly and others measured it",
        ),
        "Cylinder": (Cylinder(diameter=1.0), 100.0, "Re 100: vortices leave it evenly, laminar"),
        "Airfoil": (Airfoil(section="0012", far=50.0), 6e6, "Re 6e6, as NASA's turbulence modelling resource has it"),
    }
    if kind not in made:
        raise CaseError(f"domain: there is no example of a {kind}; there are {', '.join(made)}")
    domain, reynolds, why = made[kind]
    length = scale(domain).length
    return domain, Flow(speed=1.0, fluid=Fluid(nu=length / reynolds)), why


EXAMPLES = ("Cavity", "Channel", "Pipe", "BackwardFacingStep", "Cylinder", "Airfoil")
"""The kinds that have an example."""


def scale(space: Domain) -> Scale:
    """The length that the Reynolds number of a domain is made with, and where laminar flow ends."""
    match space:
        case Cavity():
            return Scale(space.length, "the lid's length", 8000.0, "the cavity's first swing, Auteri et al. 2002")
        case Channel():
            return Scale(space.height, "the channel's height", 1300.0, "Patel and Head 1969")
        case Pipe():
            return Scale(space.diameter, "the diameter", 2300.0, "Reynolds 1883")
        case BackwardFacingStep():
            return Scale(2 * space.inlet_height, "twice the inlet's height", 1200.0, "Armaly et al. 1983")
        case Cylinder():
            return Scale(space.diameter, "the diameter", 190.0, "the wake turns three-dimensional, Williamson 1996")
        case Airfoil():
            return Scale(space.chord, "the chord", TURBULENT, "a flat plate's boundary layer")
        case Enclosure(body=body) if body is not None and space.solid_is_fluid:
            width = size_of(body, space)
            return Scale(width, "the hydraulic diameter", TURBULENT_INSIDE, "a pipe, Reynolds 1883")
        case Enclosure(body=body) if body is not None:
            return Scale(body.extent[0], f"the length of {body.label}", TURBULENT, "a flat plate's boundary layer")
    sizes = [high - low for low, high in space.bounds or ((0.0, 1.0),)]
    return Scale(min(sizes), "the shortest extent", 2300.0, "a pipe, Reynolds 1883")


def reynolds(space: Domain, flow: Flow) -> float:
    """Speed times the domain's own length over the kinematic viscosity."""
    return flow.speed * scale(space).length / flow.fluid.nu


def physics(space: Domain, flow: Flow) -> Proposal[Physics]:
    """Laminar below the domain's critical Reynolds number, else k-omega SST."""
    own, number = scale(space), reynolds(space, flow)
    side = "below" if number < own.critical else "not below"
    why = f"Reynolds number {_told(number)} by {own.words} is {side} {_told(own.critical)} ({own.source})"
    if number < own.critical:
        tilt = flow.speed * 0.5 if isinstance(space, Cylinder) and number >= SHEDDING else 0.0
        start = (flow.speed, tilt, 0.0) if tilt else (0.0, 0.0, 0.0)
        more = "; it starts with a cross-wind, for symmetry would hold the wake together for long" if tilt else ""
        return Proposal(Incompressible(fluid=flow.fluid, velocity=start), f"laminar: {why}{more}")
    return Proposal(Incompressible(fluid=flow.fluid, turbulence="kOmegaSST"), f"k-omega SST: {why}")


def turbulent(space: Domain, flow: Flow) -> bool:
    """Whether a turbulence model is proposed."""
    return reynolds(space, flow) >= scale(space).critical


def mesh(space: Domain, flow: Flow) -> Proposal[Mesh]:
    """A structured mesh of a domain that has a shape of its own; CaseError for one around a body: `flowcfd.size`."""
    match space:
        case Enclosure():
            raise CaseError(f"mesh: that of a {space.kind} follows from its body: flowcfd.size(body, flow)")
        case Cylinder():
            radial = round(AROUND / (2 * math.pi) * math.log(2 * space.far))
            why = f"{AROUND} cells around, and so many out to the far field that they are as long as wide"
            return Proposal(Blocks(cells=(radial, AROUND // 4), grading=(2 * space.far, 1)), why)
        case Airfoil():
            first = min(0.02 * space.chord, flow.along(space.chord).wall_cell(1.0))
            why = "the coarsest of our grids for NACA 0012; its first cells are at y+ of about 1"
            return Proposal(CGrid(cells=(56, 24, 56), first_cell=_tidy(first)), why)
    return _blocks(space, flow)


def _blocks(space: Domain, flow: Flow) -> Proposal[Mesh]:
    """About as many cells across as our grids of validation have."""
    shortest = min(extent.length for extent in space.directions.values())
    across = ACROSS if isinstance(space, Cavity) else ACROSS // 2
    cell = _tidy(shortest / across)
    why = (
        f"about {across} cells across the shortest extent of {shortest:.4g} m (a middle one of our grids of validation)"
    )
    if isinstance(space, Cavity) and space.height is None and space.depth is None and not turbulent(space, flow):
        return Proposal(Blocks(cells=across), why)
    if not turbulent(space, flow):
        return Proposal(Blocks(cell=cell), why)
    first = _tidy(flow.along(scale(space).length).wall_cell(WALL_FUNCTION))
    if first >= cell:
        return Proposal(Blocks(cell=cell), f"{why}; at walls y+ is below {WALL_FUNCTION:g} with it")
    return Proposal(
        Blocks(cell=cell, first_cell=first),
        f"{why}; first cells for wall functions, centres at y+ of about {WALL_FUNCTION:g} (flat plate)",
    )


def boundaries(space: Domain, flow: Flow) -> dict[str, Proposal[Boundary]]:
    """What happens at each patch, by what it is for; groups such as "body" are given patch by patch."""
    found = _boundaries(space, flow)
    if not turbulent(space, flow) or (isinstance(space, Enclosure) and not space.solid_is_fluid):
        return found
    return {name: _entering(one, scale(space)) for name, one in found.items()}


def _entering(found: Proposal[Boundary], own: Scale) -> Proposal[Boundary]:
    """The turbulence of a developed flow between walls, where fluid enters."""
    if not isinstance(found.value, Inlet):
        return found
    eddies = InletTurbulence(length=_tidy(EDDIES * own.length))
    why = f"{found.why}; eddies of {EDDIES:g} of {own.words}, as in developed flow"
    return Proposal(found.value.model_copy(update={"turbulence": eddies}), why)


def _boundaries(space: Domain, flow: Flow) -> dict[str, Proposal[Boundary]]:
    if isinstance(space, Cavity):
        lid = Wall(velocity=(flow.speed, 0.0, 0.0))
        return {"lid": Proposal(lid, "the lid drives the flow"), "walls": Proposal(Wall(), "a solid wall")}
    if isinstance(space, Cylinder | Airfoil):
        sides = {name: patch for name, patch in space.patches.items() if patch.role == "side"}
        far = Proposal[Boundary](FarField(speed=flow.speed), "undisturbed flow far away")
        fine = isinstance(space, Airfoil) and turbulent(space, flow)
        wall = Proposal[Boundary](Wall(treatment="resolved"), "a solid wall, whose sublayer the C-grid resolves")
        solid = wall if fine else Proposal[Boundary](Wall(), "a solid wall")
        return {
            name: far if name in sides else solid for name, patch in space.patches.items() if patch.role != "automatic"
        }
    if isinstance(space, Enclosure):
        return _enclosed(space, flow)
    return {name: _by_role(name, patch, flow) for name, patch in space.patches.items() if patch.role != "automatic"}


def _enclosed(space: Enclosure, flow: Flow) -> dict[str, Proposal[Boundary]]:
    """By the domain's own words; each patch of a group by itself."""
    given, found = by_domain(space, flow, wind=turbulent(space, flow)), {}
    all_groups = space.groups
    for name, patch in space.patches.items():
        if patch.role == "automatic":
            continue
        groups = [group for group, patches in all_groups.items() if name in patches and group in given]
        boundary = given.get(name) or (given[groups[0]] if groups else None)
        if boundary is None:
            found[name] = _by_role(name, patch, flow)
        else:
            found[name] = Proposal(boundary, _windy(boundary) or _because(patch, name))
    return found


def _windy(boundary: Boundary) -> str:
    """Why wind, or ground under it, is as it is; empty for anything else."""
    if isinstance(boundary, Wall) and boundary.roughness_length is not None:
        return f"the ground of this wind, rough by z0 = {boundary.roughness_length:.3g} m"
    profile = getattr(boundary, "profile", None)
    if not isinstance(profile, LogLaw):
        return ""
    speed = f"{profile.reference:.4g} m/s at roof height, {profile.height:.3g} m over the ground"
    return f"the wind over open country, z0 = {profile.roughness:.3g} m (Wieringa 1992): {speed}"


def _by_role(name: str, patch: PatchInfo, flow: Flow) -> Proposal[Boundary]:
    made: dict[str, Boundary] = {"inlet": Inlet(speed=flow.speed), "outlet": Outlet(), "wall": Wall(), "side": Slip()}
    if name.lower().startswith("symmetry"):
        return Proposal(Symmetry(), f"{name} is called so")
    return Proposal(made[patch.role], _because(patch, name))


def _because(patch: PatchInfo, name: str) -> str:
    words = {
        "inlet": "the fluid enters here",
        "outlet": "the fluid leaves here",
        "wall": "a solid wall",
        "side": "an open side, far enough away to be without friction",
    }
    return words.get(patch.role, f"as {name} says")


def solve(space: Domain, flow: Flow) -> Proposal[Solve]:
    """Steady, but for a cylinder whose wake swings."""
    number = reynolds(space, flow)
    if isinstance(space, Cylinder) and number >= SHEDDING:
        turn = space.diameter / flow.speed
        step = _tidy(0.03 * 128 / AROUND * turn)
        why = f"Reynolds number {_told(number)} is above {SHEDDING:g}: vortices leave the cylinder (Williamson 1996); "
        return Proposal(
            Transient(
                end=_tidy(CYCLES * turn), step=step, algorithm="PIMPLE", time_scheme="backward", convection="linear"
            ),
            f"{why}{CYCLES:g} diameters over speed are enough for them to leave evenly",
        )
    if isinstance(space, Enclosure):
        return Proposal(Steady(iterations=500), "steady: the mean flow is asked for; 500 iterations usually settle it")
    return Proposal(
        Steady(iterations=2000), "steady: nothing changes in time; it ends when the residuals are below 1e-5"
    )


def outputs(space: Domain, flow: Flow) -> tuple[Proposal[Output], ...]:
    """Forces on what the flow goes around, the pressure where it enters, the length behind a step, y+ at walls."""
    found: list[Proposal[Output]] = []
    match space:
        case Cylinder():
            found.append(_forces("cylinder", flow, space.diameter * space.thickness, space.diameter, "diameter"))
        case Airfoil():
            found.append(_forces("airfoil", flow, space.chord * space.thickness, space.chord, "chord"))
        case Enclosure(body=body) if body is not None and not space.solid_is_fluid:
            area = body.frontal[0] * (getattr(space, "share", 1.0))
            found.append(_forces(_whole(space), flow, area, body.extent[0], "length", "frontal area"))
        case BackwardFacingStep():
            found.append(Proposal(Reattachment(patch="lowerWall"), "how long the backflow behind the step is"))
    inlets = [name for name, patch in space.patches.items() if patch.role == "inlet"]
    if inlets and not found:
        why = "the pressure where the fluid enters: the loss, for it leaves at zero"
        found += [Proposal(PatchAverage(patch=name, name=f"p_{name}"), why) for name in inlets]
    if turbulent(space, flow):
        found.append(Proposal(YPlus(), "whether the first cells at walls suit the wall treatment"))
    return tuple(found)


def _forces(
    patches: str | tuple[str, ...], flow: Flow, area: float, length: float, words: str, seen: str = "that of the slice"
) -> Proposal[Output]:
    names = (patches,) if isinstance(patches, str) else patches
    made = Forces(patches=names, speed=flow.speed, area=_short(area), length=_short(length))
    return Proposal(made, f"drag and lift; coefficients by the flow's speed, the area ({seen}) and the {words}")


def _whole(space: Enclosure) -> str | tuple[str, ...]:
    """What all patches of the body answer to; their names where one of them is called body itself."""
    return BODY if BODY in space.groups else tuple(name for name in space.patches if name not in space.rims)


def _told(number: float) -> str:
    """Three digits, without an exponent where people need none."""
    return f"{number:.3g}" if not 1e3 <= number < 1e6 else f"{float(f'{number:.3g}'):.0f}"


def _short(number: float) -> float:
    return float(f"{number:.5g}")


def _tidy(number: float) -> float:
    """Two significant digits: a proposal can be read aloud."""
    return float(f"{number:.2g}")

"""Rules about the physics of a case: what drives the flow, what fixes the pressure, whether the model may be used."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flowcfd.foam.check import flow, plain, sides
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SOLUTION, TRANSPORT, TURBULENCE, CaseView
from flowcfd.foam.dictionary import Uniform

SOUND_IN_AIR = 340.0
"""Speed of sound in air at 15 C [m/s]."""
AIR = (1.2e-5, 1.8e-5)
"""Kinematic viscosities of air between -10 and 50 C at sea level [m2/s]."""
GASES = (5e-6, 1e-4)
"""Kinematic viscosities of gases, from those at a few bar or cold to those at a few hundred C [m2/s]."""
WATER = (2.5e-7, 2e-6)
"""Kinematic viscosities of water between 0 and 100 C [m2/s], and of thin liquids."""
CAVITATION = 25.0
"""Speed [m/s] whose dynamic pressure in water is three times that of the atmosphere."""
WATER_DYNAMIC = (0.85e-3, 1.15e-3)
"""Dynamic viscosities of water about 20 C [Pa s]."""
LAMINAR = 5e4
"""Reynolds number of the domain's smaller width above which next to nothing is laminar and steady."""
MACH = 0.3
"""Above it density changes by more than 5 percent (rho0 / rho = (1 + 0.2 M^2)^2.5, isentropic air)."""


def _incompressible(case: CaseView) -> bool:
    return (
        case.solver is not None and not case.solver.compressible and case.solver.algorithm not in ("", "potentialFlow")
    )


@rule("pressure-without-reference", example=Example("cavity", {SOLUTION: {"PISO.pRefCell": None}}))
def reference(case: CaseView) -> Iterator[Finding]:
    """Where no patch fixes the pressure of an incompressible flow, only its gradient is known: OpenFOAM asks for
    pRefCell (or pRefPoint) and pRefValue and ends without them.
    """
    if not _incompressible(case) or case.multi_region or not case.complete(SOLUTION) or not flow.needs_reference(case):
        return
    assert case.solver is not None
    algorithm = case.get(SOLUTION, case.solver.algorithm)
    given = algorithm if isinstance(algorithm, dict) else {}
    absent = [] if {"pRefCell", "pRefPoint"} & given.keys() else ["pRefCell"]
    absent += [] if "pRefValue" in given else ["pRefValue"]
    if absent:
        yield case.finding(
            "error", f"no patch fixes {case.solver.pressure}, and {' and '.join(absent)} is not given", SOLUTION,
            case.solver.algorithm,
            mend=Mend.of("fix the pressure to 0 in cell 0", SOLUTION,
                         {f"{case.solver.algorithm}.{name}": 0 for name in absent}),
        )  # fmt: skip


@rule("flow-without-outlet", example=Example("step", {"0/p": {"boundaryField.outlet": {"type": "zeroGradient"}},
      "0/U": {"boundaryField.outlet": {"type": "fixedValue", "value": "uniform (1 0 0)"}},
      SOLUTION: {"SIMPLE.pRefCell": 0, "SIMPLE.pRefValue": 0}}))  # fmt: skip
def no_outlet(case: CaseView) -> Iterator[Finding]:
    """With the velocity given at every opening and the pressure at none, what enters must leave to the last digit;
    OpenFOAM ends with "Continuity error cannot be removed by adjusting the outflow".
    """
    field = flow.velocity(case)
    if not _incompressible(case) or field is None or not field.complete or not flow.needs_reference(case):
        return
    found = list(flow.entries(case, field))
    if case.patches is None or any(one.type in flow.OPEN_VELOCITY for one in found):
        return
    fluxes = [sides.flux(case, one.name, given) for one in found if (given := flow.given_velocity(one)) is not None]
    if None in fluxes or any(one.type not in (*flow.STILL, *flow.CONSTRAINTS, "fixedValue") for one in found):
        return
    known_fluxes = [flux for flux in fluxes if flux is not None]
    entering, left = -sum(min(flux, 0) for flux in known_fluxes), sum(known_fluxes)
    if entering and abs(left) > 1e-6 * entering:
        yield case.finding("error", f"the given velocities let {entering:.4g} m3/s in and {entering + left:.4g} m3/s "
                           "out, and no patch fixes the pressure", field.path, "boundaryField")  # fmt: skip


@rule("outlet-fixes-nothing", example=Example("step", {"0/p": {"boundaryField.outlet": {"type": "zeroGradient"}},
      SOLUTION: {"SIMPLE.pRefCell": 0, "SIMPLE.pRefValue": 0}}))  # fmt: skip
def nothing_fixed(case: CaseView) -> Iterator[Finding]:
    """Where neither U nor p is given, as much flows as the solver happens to let through: an outlet of incompressible
    flow fixes the pressure and leaves the velocity free.
    """
    pressure, velocity = flow.pressure(case), flow.velocity(case)
    if not _incompressible(case) or pressure is None or velocity is None:
        return
    free = {one.name: one for one in flow.entries(case, velocity) if one.type in flow.OPEN_VELOCITY}
    for one in flow.entries(case, pressure):
        if one.name in free and one.type == "zeroGradient" and one.patch_type != "wall":
            yield case.finding(
                "warning" if pressure.name == "p" and one.patch_type else "note",
                f"{one.name} fixes neither velocity ({free[one.name].type}) nor pressure (zeroGradient)",
                pressure.path, ("boundaryField", one.key, "type"),
                mend=Mend.of(f"fix {pressure.name} at {one.name}", pressure.path, {
                    f"boundaryField.{one.key}": {"type": "fixedValue", "value": "uniform 0"}})
                if pressure.name == "p" and "." not in one.key else None,
            )  # fmt: skip


@rule("velocity-and-pressure-fixed", example=Example("step", {"0/p": {
    "boundaryField.inlet": {"type": "fixedValue", "value": "uniform 0"}}}))  # fmt: skip
def both_fixed(case: CaseView) -> Iterator[Finding]:
    """An incompressible inlet has either its velocity or its pressure given: with both the problem has one condition
    too many, and mass is not conserved there.
    """
    pressure, velocity = flow.pressure(case), flow.velocity(case)
    if not _incompressible(case) or pressure is None or velocity is None:
        return
    fixed = {one.name for one in flow.entries(case, velocity) if any(flow.given_velocity(one) or (0.0,))
             or one.type in ("flowRateInletVelocity",)}  # fmt: skip
    for one in flow.entries(case, pressure):
        if one.name in fixed and one.type in ("fixedValue", "totalPressure", "uniformFixedValue"):
            yield case.finding(
                "warning", f"{one.name} fixes both {velocity.name} and {pressure.name} ({one.type})", pressure.path,
                ("boundaryField", one.key, "type"),
                mend=Mend.of(f"leave {pressure.name} free at {one.name}", pressure.path,
                             {f"boundaryField.{one.key}": {"type": "zeroGradient"}}) if "." not in one.key else None,
            )  # fmt: skip


@rule("nothing-drives-the-flow", example=Example("step", {"0/U": {"boundaryField.inlet.value": "uniform (0 0 0)"}}))
def at_rest(case: CaseView) -> Iterator[Finding]:
    """A flow at rest with no inlet, no moving wall, no pressure difference and no force stays at rest: the run
    converges at once to nothing.
    """
    velocity, pressure = flow.velocity(case), flow.pressure(case)
    if (
        case.application not in ("simpleFoam", "pimpleFoam", "pisoFoam", "icoFoam")
        or velocity is None
        or pressure is None
    ):
        return
    inside = plain.vector(velocity.internal) if isinstance(velocity.internal, Uniform) else None
    if not velocity.complete or not pressure.complete or inside is None or any(inside) or _forced(case):
        return
    at_patches = list(flow.entries(case, velocity))
    allowed = flow.STILL | flow.OPEN_VELOCITY | flow.CONSTRAINTS
    still = all(one.type in allowed or flow.given_velocity(one) == (0.0, 0.0, 0.0) for one in at_patches)
    levels = {plain.number(one.entries.get("value")) if one.type == "fixedValue" else one.type
              for one in flow.entries(case, pressure) if one.type not in flow.NOT_FIXING}  # fmt: skip
    if (
        at_patches
        and still
        and len(levels) <= 1
        and not any(isinstance(level, str) or level is None for level in levels)
    ):
        yield case.finding("warning", "nothing drives the flow: every given velocity is zero, the pressure is the same "
                           "everywhere, and there is no source", velocity.path, "boundaryField")  # fmt: skip


def _forced(case: CaseView) -> bool:
    """Whether something other than its boundaries may move the fluid."""
    names = ("fvOptions", "dynamicMeshDict", "MRFProperties", "SRFProperties", "dynamicMeshDict.gz", "waveProperties")
    return any(path.rpartition("/")[2] in names for path in case.files) or "setFields" in str(case.files.steps)


@rule("inlet-points-outwards", example=Example("step", {"0/U": {"boundaryField.inlet.value": "uniform (-10 0 0)"}}))
def outwards(case: CaseView) -> Iterator[Finding]:
    """A velocity that points out of the domain at a patch called inlet makes an outlet of it, mostly by a lost sign."""
    velocity = flow.velocity(case)
    if velocity is None:
        return
    for one in flow.entries(case, velocity):
        given = flow.given_velocity(one) if one.type == "fixedValue" else None
        normal = sides.normal(case, one.name) if given is not None and "inlet" in one.name.lower() else None
        if given is None or normal is None or not any(given):
            continue
        through = sum(a * b for a, b in zip(given, normal, strict=True))
        if through > 0.1 * math.hypot(*given):
            turned = " ".join(f"{-each:.10g}" if each else "0" for each in given)
            yield case.finding("warning", f"the velocity at {one.name} points out of the domain", velocity.path,
                               ("boundaryField", one.key, "value"),
                               mend=Mend.of("turn it round", velocity.path, {
                                   f"boundaryField.{one.key}.value": f"uniform ({turned})"})
                               if "." not in one.key else None)  # fmt: skip


@rule("viscosity-absurd", example=Example("step", {TRANSPORT: {"nu": -1e-5}}))
def absurd_viscosity(case: CaseView) -> Iterator[Finding]:
    """A negative viscosity makes the equations unstable (the run ends in a floating point exception), and none at all
    leaves a turbulence model nothing to divide by.
    """
    nu = flow.viscosity(case)
    if nu is None or not _incompressible(case):
        return
    if nu < 0 or (nu == 0 and case.kind == "RAS"):
        yield case.finding("error", f"the viscosity nu is {nu:g} m2/s", TRANSPORT, "nu")
    elif nu > 1:
        yield case.finding("warning", f"the viscosity nu is {nu:g} m2/s: honey has 1e-2, air 1.5e-5", TRANSPORT, "nu")


@rule("speed-above-mach-0.3", example=Example("step", {"0/U": {"boundaryField.inlet.value": "uniform (150 0 0)"}}))
def fast(case: CaseView) -> Iterator[Finding]:
    """Above a third of the speed of sound the density of air changes by more than 5 percent, which an incompressible
    solver does not see; or the speed was meant in km/h. Liquids cavitate long before that.
    """
    nu, speed, velocity = flow.viscosity(case), flow.speed(case), flow.velocity(case)
    if not _incompressible(case) or nu is None or velocity is None:
        return
    if GASES[0] <= nu <= GASES[1] and speed > MACH * SOUND_IN_AIR:
        air = "air" if AIR[0] <= nu <= AIR[1] else "a gas like air"
        yield case.finding(
            "warning", f"{speed:.4g} m/s is Mach {speed / SOUND_IN_AIR:.2g} in {air} (nu {nu:g} m2/s): "
            f"{case.application} is for incompressible flow, up to Mach {MACH}; or is the speed in km/h?",
            velocity.path, "boundaryField",
        )  # fmt: skip
    elif WATER[0] <= nu <= WATER[1] and speed > CAVITATION:
        yield case.finding(
            "note", f"{speed:.4g} m/s in a liquid like water (nu {nu:g} m2/s) has a dynamic pressure of "
            f"{500 * speed**2 / 1e5:.2g} bar: it would cavitate, which {case.application} does not see; or is a "
            "unit wrong (speed in km/h or mm/s, nu of a gas)?", velocity.path, "boundaryField",
        )  # fmt: skip


@rule("pressure-absolute", example=Example("step", {"0/p": {"boundaryField.outlet.value": "uniform 101325"}}))
def absolute(case: CaseView) -> Iterator[Finding]:
    """The pressure of an incompressible solver is p / rho, and only its differences count: one atmosphere in pascal as
    its level costs digits, and against zero elsewhere it drives air to 450 m/s.
    """
    pressure = flow.pressure(case)
    if not _incompressible(case) or pressure is None or case.solver is None or case.solver.dynamic:
        return
    levels = {"internalField": plain.number(pressure.internal)}
    levels |= {f"boundaryField.{one.key}.value": plain.number(one.entries.get("value"))
               for one in flow.entries(case, pressure) if one.type == "fixedValue"}  # fmt: skip
    high = {entry: level for entry, level in levels.items() if level is not None and 8e4 <= level <= 1.2e5}
    if high and flow.speed(case) < 150:
        entry, level = next(iter(high.items()))
        yield case.finding(
            "warning", f"p is {level:g}, which looks like an absolute pressure in Pa: {case.application} takes p / rho "
            "in m2/s2 and only differences of it count; 0 is usual", pressure.path, entry,
            mend=Mend.of("set 0", pressure.path, dict.fromkeys(high, "uniform 0"))
            if len(high) == len({*high} | {each for each, level in levels.items() if level}) else None,
        )  # fmt: skip


@rule("viscosity-dynamic", example=Example("step", {TRANSPORT: {"nu": 1.0e-3}}))
def dynamic(case: CaseView) -> Iterator[Finding]:
    """The nu of an incompressible solver is the viscosity over the density: the 1e-3 Pa s of water is 1e-6 m2/s, and a
    turbulent flow with a nu a thousand times too large has a Reynolds number a thousand times too small.
    """
    nu = flow.viscosity(case)
    if nu is None or not _incompressible(case) or case.kind != "RAS" or not WATER_DYNAMIC[0] <= nu <= WATER_DYNAMIC[1]:
        return
    yield case.finding(
        "note", f"nu is {nu:g}, which is the dynamic viscosity of water in Pa s: in m2/s water has 1e-6 (divided by "
        "its density)", TRANSPORT, "nu",
    )  # fmt: skip


@rule("laminar-at-large-reynolds", example=Example("pipe", {TRANSPORT: {"nu": 1.0e-6}}))
def laminar(case: CaseView) -> Iterator[Finding]:
    """Channels and pipes are turbulent above Reynolds numbers of a few thousand, layers on walls above half a million:
    a steady laminar computation far above does not converge, or to what does not exist.
    """
    nu, speed, mesh = flow.viscosity(case), flow.speed(case), case.mesh
    if not _incompressible(case) or not case.steady or case.kind != "laminar" or not nu or nu < 0 or mesh is None:
        return
    flat = any(patch.type in ("empty", "wedge") for patch in (case.patches or {}).values())
    width = sorted(mesh.lengths)[flat]
    reynolds = speed * width / nu
    if reynolds > LAMINAR:
        yield case.finding(
            "note", f"a steady laminar flow at a Reynolds number of {reynolds:.2g} (with the {width:.3g} m of the "
            "domain): real ones are turbulent", TURBULENCE, "simulationType",
        )  # fmt: skip

"""simpleFoam, pimpleFoam and icoFoam: one fluid of constant density and viscosity, laminar or RANS."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from flowcfd.case.airfoil import CGrid
from flowcfd.case.boundary import Boundary, FarField, Inlet, Outlet, Wall, Wedge
from flowcfd.case.case import Case
from flowcfd.case.output import Forces, Output
from flowcfd.case.physics import Incompressible
from flowcfd.case.solve import Solve, Steady, Transient
from flowcfd.case.turbulence import InletTurbulence
from flowcfd.errors import CaseError
from flowcfd.foam import boundaries, outputs, profiles
from flowcfd.foam.boundaries import Entries, Place, uniform
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.solvers import control, schemes
from flowcfd.foam.text import field_text, list_text, text

DIMENSIONS: Mapping[str, str] = {
    "U": "[0 1 -1 0 0 0 0]",
    "p": "[0 2 -2 0 0 0 0]",
    "k": "[0 2 -2 0 0 0 0]",
    "epsilon": "[0 2 -3 0 0 0 0]",
    "omega": "[0 0 -1 0 0 0 0]",
    "nut": "[0 2 -1 0 0 0 0]",
    "nuTilda": "[0 2 -1 0 0 0 0]",
}


def solver(case: Case) -> CaseFiles:
    """Fields, properties and controls of an incompressible case, and the steps from a mesh to its solution."""
    if not isinstance(case.physics, Incompressible):
        raise CaseError(f"physics: must be Incompressible (got {case.physics.kind})")
    name, potential = application(case.physics, case.solve), starts_potential(case, case.physics)
    files = {
        **_fields(case, case.physics),
        **_profiles(case, case.physics),
        **_constant(case.physics),
        "system/controlDict": _control(case, case.physics, name),
        "system/fvSchemes": text(
            "system/fvSchemes",
            schemes.fv_schemes(
                case.solve,
                case.physics.turbulence,
                case.physics.transported,
                wall_distance=wall_distance(case),
                levels=case.geometry is not None,
            ),
        ),
        "system/fvSolution": text("system/fvSolution", _solution(case, case.physics, potential=potential)),
    }
    return CaseFiles(files, steps=(*(("potentialFoam -writephi",) if potential else ()), name))


def application(physics: Incompressible, solve: Solve) -> str:
    """The solver's name."""
    if isinstance(solve, Steady):
        return "simpleFoam"
    if isinstance(solve, Transient):
        return solve.solver or "pimpleFoam"
    raise CaseError(f"solve: Incompressible needs Steady or Transient (got {solve.kind})")


def wall_distance(case: Case) -> str:
    """How distances to walls are found: as the Case says, else exactly in a CGrid, whose cells are long and thin."""
    return case.solve.wall_distance or ("exact" if isinstance(case.mesh, CGrid) else "meshWave")


def starts_potential(case: Case, physics: Incompressible) -> bool:
    """Whether potentialFoam makes the first flow: as the Case says, else in steady flow from an inlet to an outlet.

    Not around or in a body from CAD. What potentialFoam of Debian's OpenFOAM 1912 writes as U is not the velocity of
    the flux that it has found: in every second cell that is not orthogonal y and z are wrong, by factors of thousands.
    The solver dies of it within five iterations; from rest the same meshes settle.
    """
    if physics.start is not None:
        return physics.start == "potential"
    if case.geometry is not None:
        return False
    return isinstance(case.solve, Steady) and _any(case, Inlet, FarField) and _any(case, Outlet, FarField)


def ambient(case: Case, physics: Incompressible) -> dict[str, float]:
    """The turbulence that the domain starts with: that of the first inlet, else of the fastest thing that moves.

    Raises CaseError when nothing moves, for then the model's fields have no scale.
    """
    if physics.laminar:
        return {}
    nu = physics.fluid.nu
    for name, info in case.space.patches.items():
        boundary = case.patches[name]
        if isinstance(boundary, (Inlet, FarField)):
            values = boundary.ambient(nu, info.area)
            break
    else:
        velocities = [one.velocity for one in case.boundaries.values() if isinstance(one, Wall) and one.velocity]
        velocities += [physics.velocity, *([physics.drive.velocity] if physics.drive else [])]
        speed = max(math.hypot(*velocity) for velocity in velocities)
        if speed == 0:
            raise CaseError(
                "physics.velocity: nothing enters or moves, so the turbulence has no scale; give the initial velocity"
            )
        values = InletTurbulence().values(speed, nu)
    return {name: float(getattr(values, name)) for name in physics.transported}


def vanishing(case: Case, physics: Incompressible) -> frozenset[str]:
    """The fields of which a component stays zero up to rounding, so that their residual says nothing.

    U in a wedge (no swirl); U and p between driven cyclic patches, where a developed flow has one component and no
    pressure of its own.
    """
    if physics.drive is not None:
        return frozenset({"U", "p"})
    return frozenset({"U"}) if any(isinstance(one, Wedge) for one in case.patches.values()) else frozenset()


def _fields(case: Case, physics: Incompressible) -> dict[str, str]:
    names = tuple(name for name in physics.fields if name != "phi")
    start = ambient(case, physics)
    patches: dict[str, dict[str, Entries]] = {}
    for patch, info in case.space.patches.items():
        place = Place(
            patch=patch,
            info=info,
            domain=case.space,
            model=physics.turbulence,
            fields=names,
            nu=physics.fluid.nu,
            ambient=start,
        )
        patches[patch] = boundaries.fields(case.patches[patch], place)
    internal = {"U": uniform(physics.velocity), "p": uniform(0.0), "nut": uniform(0.0)}
    internal |= {name: uniform(value) for name, value in start.items()}
    return {
        f"0/{name}": field_text(
            name, DIMENSIONS[name], internal[name], {patch: entries[name] for patch, entries in patches.items()}
        )
        for name in names
    }


def _profiles(case: Case, physics: Incompressible) -> dict[str, str]:
    """The points of profiles that are mapped onto their patch."""
    files = {}
    for name, boundary in case.boundaries.items():
        if not isinstance(boundary, Inlet) or boundary.profile is None:
            continue
        info = case.space.patches[name]
        if info.normal is not None and info.disc is not None and profiles.mapped(boundary.profile, info.disc):
            inward = profiles.scaled(-1.0, info.normal)
            points, velocities = profiles.boundary_data(boundary.profile, inward, info.disc)
            files[f"constant/boundaryData/{name}/points"] = list_text(points)
            files[f"constant/boundaryData/{name}/0/U"] = list_text(velocities)
            for field in physics.transported if boundary.profile.knots else ():
                values = profiles.turbulence(boundary.profile, field, physics.fluid.nu, inward, info.disc)
                files[f"constant/boundaryData/{name}/0/{field}"] = list_text(values)
    return files


def _constant(physics: Incompressible) -> dict[str, str]:
    transport: Entries = {"transportModel": "Newtonian", "nu": f"[0 2 -1 0 0 0 0] {physics.fluid.nu:.10g}"}
    turbulence: Entries = {"simulationType": "laminar"}
    if not physics.laminar:
        model: Entries = {"RASModel": physics.turbulence, "turbulence": True, "printCoeffs": True}
        turbulence = {"simulationType": "RAS", "RAS": model}
    files = {
        "constant/transportProperties": text("constant/transportProperties", transport),
        "constant/turbulenceProperties": text("constant/turbulenceProperties", turbulence),
    }
    if physics.drive is not None:
        force: Entries = {
            "type": "meanVelocityForce",
            "selectionMode": "all",
            "fields": ("U",),
            "Ubar": physics.drive.velocity,
        }
        files["constant/fvOptions"] = text("constant/fvOptions", {"drive": force})
    return files


def _control(case: Case, physics: Incompressible, application: str) -> str:
    functions = outputs.functions(_facing(case), physics, application)
    exact = physics.turbulence in schemes.NEED_WALL_DISTANCE and wall_distance(case) == "exact"
    rough = any(isinstance(one, Wall) and one.roughness_length is not None for one in case.boundaries.values())
    libraries = (*((schemes.EXACT_DISTANCE_LIBRARY,) if exact else ()), *((boundaries.WIND_LIBRARY,) if rough else ()))
    return text("system/controlDict", control.entries(case.solve, application, functions, libraries=libraries))


def _facing(case: Case) -> tuple[Output, ...]:
    """The outputs, with forces along and across the far field's flow where their directions are not given.

    Without a far field the flow is along x, and lift is towards what the domain has as up.
    """
    flows = [one.flow for one in case.boundaries.values() if isinstance(one, FarField)]
    up: Literal["y", "z"] = getattr(case.domain, "up", "y")
    if not flows and up == "y":
        return case.outputs
    flow = flows[0] if flows else (1.0, 0.0, 0.0)
    return tuple(one.facing(flow, up) if isinstance(one, Forces) else one for one in case.outputs)


def _solution(case: Case, physics: Incompressible, *, potential: bool) -> Entries:
    """The entries of fvSolution."""
    solve, transported = case.solve, physics.transported
    reference = {} if _any(case, Outlet, FarField) else _reference(physics)
    solution: Entries = {"solvers": schemes.linear_solvers(solve, transported, potential=potential)}
    if isinstance(solve, Steady):
        algorithm = schemes.steady_algorithm(solve, vanishing(case, physics), transported)
        solution["SIMPLE"] = {**algorithm, **reference}
        solution["relaxationFactors"] = schemes.steady_relaxation(solve, transported)
    elif isinstance(solve, Transient):
        name = "PISO" if application(physics, solve) == "icoFoam" else "PIMPLE"
        solution[name] = {**schemes.transient_algorithm(solve), **reference}
        if name == "PIMPLE":
            solution["relaxationFactors"] = {"equations": {'".*"': 1}}
    if potential:
        solution["potentialFlow"] = {"nNonOrthogonalCorrectors": 3}
    return solution


def _reference(physics: Incompressible) -> Entries:
    """Where the pressure is pinned when no patch fixes it."""
    where: Entries = {"pRefCell": 0} if physics.reference_point is None else {"pRefPoint": physics.reference_point}
    return {**where, "pRefValue": physics.reference_pressure}


def _any(case: Case, *kinds: type[Boundary]) -> bool:
    return any(isinstance(boundary, kinds) for boundary in case.boundaries.values())

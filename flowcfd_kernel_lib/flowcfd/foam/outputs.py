"""Outputs as function objects of the controlDict."""

from __future__ import annotations

from collections.abc import Callable

from flowcfd.case.measure import AVERAGES
from flowcfd.case.output import (
    Averages,
    Forces,
    Lines,
    Output,
    PatchAverage,
    Probes,
    Reattachment,
    Slices,
    WallShear,
    X,
    Y,
)
from flowcfd.case.physics import Incompressible
from flowcfd.errors import CaseError
from flowcfd.foam.dictionary.values import Named
from flowcfd.registry import Registry

Entries = dict[str, object]
Rule = Callable[[Output, Incompressible], Entries]
RULES: Registry[Rule] = Registry("rendered output", "flowcfd.rendered_outputs")
"""How an output is rendered, by its kind: from the output and the physics to the entries of a function object."""

COEFFICIENTS = "Coeffs"
"""What the name of the function object of coefficients ends in, beside the one of the forces."""
SHEAR = "Shear"
"""What the name of the function object ends in that computes the wall shear for a reattachment."""
DIRECTION, ORIGIN, WITHIN = "flowDirection", "lengthOrigin", "lineWithin"
"""Entries of a reattachment that OpenFOAM passes over: whoever reads the samples needs them."""
NEED_TURBULENCE = frozenset({"Reattachment", "WallShear", "YPlus"})
"""Kinds that ask OpenFOAM's turbulence model (laminar is one), which icoFoam does not have."""


def functions(outputs: tuple[Output, ...], physics: Incompressible, application: str) -> dict[str, Entries]:
    """All function objects of a case by name; raises CaseError for an output that the application cannot make."""
    found: dict[str, Entries] = {}
    for output in outputs:
        if application == "icoFoam" and output.kind in NEED_TURBULENCE:
            raise CaseError(f"outputs.{output.name}: icoFoam cannot make {output.kind}; use solver 'pimpleFoam'")
        if output.name in found:
            raise CaseError(f"outputs.{output.name}: the coefficients of another output have this name")
        if isinstance(output, Reattachment):
            found[_free(output, output.name + SHEAR, found)] = _shear(output)  # before the one that samples it
        found[output.name] = RULES.get(output.kind, where=f"outputs.{output.name}")(output, physics)
        if isinstance(output, Forces) and output.speed is not None:
            found[_free(output, output.name + COEFFICIENTS, found)] = _coefficients(output, physics)
    return found


def _free(output: Output, name: str, found: dict[str, Entries]) -> str:
    if name in found:
        part = "shear" if isinstance(output, Reattachment) else "coefficients"
        raise CaseError(f"outputs.{name}: the {part} of {output.name!r} need{'s' * (part == 'shear')} this name")
    return name


def forces(output: Output, physics: Incompressible) -> Entries:
    """Forces and moments [N, N m]."""
    assert isinstance(output, Forces)
    return {"type": "forces", "libs": ("forces",), **written(output), **_on(output, physics)}


def probes(output: Output, physics: Incompressible) -> Entries:
    """Fields at points."""
    assert isinstance(output, Probes)
    places = {"fields": output.fields, "probeLocations": output.points}
    return {"type": "probes", "libs": ("sampling",), **written(output), **places}


def slices(output: Output, physics: Incompressible) -> Entries:
    """Fields on a plane, as VTK."""
    assert isinstance(output, Slices)
    plane: Entries = {
        "type": "cuttingPlane",
        "planeType": "pointAndNormal",
        "pointAndNormalDict": {"point": output.origin, "normal": output.normal},
        "interpolate": True,
    }
    sampled = {"interpolationScheme": "cellPoint", "fields": output.fields}
    return {
        "type": "surfaces",
        "libs": ("sampling",),
        **written(output),
        "surfaceFormat": "vtk",
        **sampled,
        "surfaces": [Named(output.name, plane)],
    }


def lines(output: Output, physics: Incompressible) -> Entries:
    """Fields along a line, as columns x y z and values."""
    assert isinstance(output, Lines)
    line: Entries = {
        "type": "uniform",
        "axis": "xyz",
        "start": output.start,
        "end": output.end,
        "nPoints": output.points,
    }
    sampled = {"interpolationScheme": "cellPoint", "fields": output.fields}
    return {
        "type": "sets",
        "libs": ("sampling",),
        **written(output),
        "setFormat": "raw",
        **sampled,
        "sets": [Named(output.name, line)],
    }


def wall_shear(output: Output, physics: Incompressible) -> Entries:
    """Wall shear stress over density [m2/s2]; OpenFOAM's sign: against the flow."""
    assert isinstance(output, WallShear)
    patches: Entries = {"patches": output.patches} if output.patches else {}
    return {"type": "wallShearStress", "libs": ("fieldFunctionObjects",), **computed(output), **patches}


def reattachment(output: Output, physics: Incompressible) -> Entries:
    """The wall shear on the faces of a patch, in a file for each time."""
    assert isinstance(output, Reattachment)
    patch: Entries = {"type": "patch", "patches": (output.patch,), "interpolate": False}
    near: Entries = {} if output.within is None else {WITHIN: output.within}
    return {
        "type": "surfaces",
        "libs": ("sampling",),
        **written(output),
        "surfaceFormat": "raw",
        "interpolationScheme": "cell",
        "fields": ("wallShearStress",),
        DIRECTION: output.direction,
        ORIGIN: output.origin,
        **near,
        "surfaces": {output.patch: patch},
    }


def _shear(output: Reattachment) -> Entries:
    """Computed as often as it is sampled; written by nobody, for a field would make a time of its own."""
    when: Entries = {"executeControl": "writeTime"}
    if output.every is not None:
        when = {"executeControl": "timeStep", "executeInterval": output.every}
    return {"type": "wallShearStress", "libs": ("fieldFunctionObjects",), **when, "writeControl": "none"}


def y_plus(output: Output, physics: Incompressible) -> Entries:
    """y+ at walls."""
    return {"type": "yPlus", "libs": ("fieldFunctionObjects",), **computed(output)}


def averages(output: Output, physics: Incompressible) -> Entries:
    """Means over time, taken in every step whenever they are written."""
    assert isinstance(output, Averages)
    each: Entries = {"mean": True, "prime2Mean": output.fluctuations, "base": "time"}
    return {
        "type": "fieldAverage",
        "libs": ("fieldFunctionObjects",),
        **written(output),
        "timeStart": output.start,
        "fields": [Named(name, each) for name in output.fields],
    }


def patch_average(output: Output, physics: Incompressible) -> Entries:
    """Means over the faces of a patch."""
    assert isinstance(output, PatchAverage)
    weight: Entries = {"weightField": "phi"} if output.weight == "flow" else {}
    return {
        "type": "surfaceFieldValue",
        "libs": ("fieldFunctionObjects",),
        **written(output),
        "log": False,
        "writeFields": False,
        "regionType": "patch",
        "name": output.patch,
        "operation": AVERAGES[output.weight],
        **weight,
        "fields": output.fields,
    }


def solver_info(output: Output, physics: Incompressible) -> Entries:
    """Residuals and iterations of the linear solvers."""
    fields = ("U", "p", *physics.transported)
    return {"type": "solverInfo", "libs": ("utilityFunctionObjects",), **written(output), "fields": fields}


def written(output: Output) -> Entries:
    """When it is written."""
    if output.every is None:
        return {"writeControl": "writeTime"}
    return {"writeControl": "timeStep", "writeInterval": output.every}


def computed(output: Output) -> Entries:
    """As `written`, and not computed in between."""
    if output.every is None:
        return {"executeControl": "writeTime", "writeControl": "writeTime"}
    return {
        "executeControl": "timeStep",
        "executeInterval": output.every,
        "writeControl": "timeStep",
        "writeInterval": output.every,
    }


def _on(output: Forces, physics: Incompressible) -> Entries:
    """Where forces act, and the density that makes them newtons."""
    rho = output.rho if output.rho is not None else physics.fluid.rho
    return {"patches": output.patches, "rho": "rhoInf", "rhoInf": rho, "CofR": output.centre}


def _coefficients(output: Forces, physics: Incompressible) -> Entries:
    return {
        "type": "forceCoeffs",
        "libs": ("forces",),
        **written(output),
        **_on(output, physics),
        "dragDir": output.drag or X,
        "liftDir": output.lift or Y,
        "magUInf": output.speed,
        "lRef": output.length,
        "Aref": output.area,
    }


for _kind, _rule in (
    ("Forces", forces),
    ("Probes", probes),
    ("Slices", slices),
    ("Lines", lines),
    ("WallShear", wall_shear),
    ("YPlus", y_plus),
    ("Reattachment", reattachment),
    ("Averages", averages),
    ("PatchAverage", patch_average),
    ("SolverInfo", solver_info),
):
    RULES.register(_kind, _rule)

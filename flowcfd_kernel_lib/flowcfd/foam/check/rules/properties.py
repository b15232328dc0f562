"""Rules about what a fluid is and feels: its properties, gravity, temperature and pressure levels, energy, angles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from flowcfd.foam.check import flow, known, models, plain, sides
from flowcfd.foam.check.finding import Change, Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SCHEMES, SOLUTION, THERMO, TRANSPORT, TURBULENCE, CaseView
from flowcfd.foam.dictionary import Uniform, dumps

_COPIES = re.compile(r"^\s*(?:cp|ln|mv)\s|\bcopy|\bsetup", re.MULTILINE | re.IGNORECASE)
"""What a script says that brings files of its own."""


@rule("gravity-missing", example=Example("RAS/damBreak/damBreak", {"constant/g": None}))
def gravity(case: CaseView) -> Iterator[Finding]:
    """Solvers with buoyancy or a free surface read constant/g at the start and end without it."""
    if case.application not in models.GRAVITY or case.multi_region or "constant/g" in case.files:
        return
    text = dumps({"dimensions": "[0 1 -2 0 0 0 0]", "value": "(0 0 -9.81)"},
                 header=("uniformDimensionedVectorField", "g", "constant"))  # fmt: skip
    yield case.finding("error", f"{case.application} reads constant/g, which is not there", "constant/g",
                       mend=Mend("write constant/g, downwards along z", (Change("constant/g", "", text),)))  # fmt: skip


@rule(
    "gravity-across-two-dimensions", example=Example("RAS/damBreak/damBreak", {"constant/g": {"value": "(0 0 -9.81)"}})
)
def gravity_direction(case: CaseView) -> Iterator[Finding]:
    """Gravity along the direction that a two-dimensional mesh leaves out has no effect: nothing falls or rises."""
    pull = plain.vector(case.get("constant/g", "value"))
    if case.application not in models.GRAVITY or pull is None or not any(pull):
        return
    out = sides.empty_direction(case)
    if out is not None and abs(pull[out]) > 0.99 * math.hypot(*pull):
        other = "(0 -9.81 0)" if out == 2 else "(0 0 -9.81)"
        yield case.finding("warning", f"gravity points along {'xyz'[out]}, in which the mesh is one cell between empty "
                           "patches", "constant/g", "value",
                           mend=Mend.of(f"let it point along {other}", "constant/g", {"value": other}))  # fmt: skip


@rule("properties-missing", example=Example("step", {TRANSPORT: None}))
def properties(case: CaseView) -> Iterator[Finding]:
    """Every solver reads the properties of its fluid and its turbulence before the first step."""
    if case.multi_region or case.solver is None or not models.required(case):
        return
    if case.application in ("potentialFoam", "laplacianFoam"):
        return
    if not case.start and any(case.scripts()):
        return  # a case that its script puts together
    needed = [THERMO if case.solver.compressible else TRANSPORT]
    needed += [TURBULENCE] if models.reads_model(case) and case.application != "rhoCentralFoam" else []
    foreign = {TRANSPORT: "constant/physicalProperties", THERMO: "constant/physicalProperties",
               TURBULENCE: "constant/momentumTransport"}  # fmt: skip
    for path in needed:
        if path not in case.files and f"{path}.gz" not in case.files and foreign[path] not in case.files:
            mend = None
            script = (
                "" if case.files.steps else next((name for name, text in case.scripts() if _COPIES.search(text)), "")
            )
            if script:
                yield case.finding("note", f"{case.application} reads {path}, which {script} may bring", path)
                continue
            if path == TURBULENCE:
                text = dumps({"simulationType": "laminar"}, header=("dictionary", "turbulenceProperties", "constant"))
                mend = Mend("write one for laminar flow", (Change(path, "", text),))
            yield case.finding("error", f"{case.application} reads {path}, which is not there", path, mend=mend)


@rule("transport-model-unknown", example=Example("step", {TRANSPORT: {"transportModel": "Newtonain"}}))
def transport_model(case: CaseView) -> Iterator[Finding]:
    """The viscosity of an incompressible fluid comes from a named model; an unknown name ends the run with a list."""
    if case.application not in ("simpleFoam", "pimpleFoam", "pisoFoam", "porousSimpleFoam", "nonNewtonianIcoFoam"):
        return
    if TRANSPORT not in case.files or not case.complete(TRANSPORT) or known.foreign_libraries(case):
        return
    named = case.get(TRANSPORT, "transportModel")
    names = known.names("transport_models")
    if named is None and "viscosityModel" not in case.expanded(TRANSPORT):
        yield case.finding("error", "transportModel is not given", TRANSPORT,
                           mend=_newtonian("Newtonian"))  # fmt: skip
    elif isinstance(named, str) and named not in names:
        near = known.nearest(named, names)
        yield case.finding("error", f"{named} is no transport model{known.hint(named, names)}", TRANSPORT,
                           "transportModel", mend=_newtonian(near) if near else None)  # fmt: skip


def _newtonian(model: str) -> Mend:
    return Mend.of(f"set transportModel {model}", TRANSPORT, {"transportModel": model})


@rule("energy-against-schemes", example=Example("rhoPimpleFoam/RAS/cavity", {THERMO: {
    "thermoType.energy": "sensibleInternalEnergy"}}))  # fmt: skip
def energy(case: CaseView) -> Iterator[Finding]:
    """ThermoType chooses the energy that is solved for: e of sensibleInternalEnergy or h of sensibleEnthalpy; schemes
    for the other one are not read, and without a default the run ends.
    """
    if case.solver is None or not case.solver.compressible or case.multi_region or not case.complete(SCHEMES):
        return
    chosen = str(case.get(THERMO, "thermoType.energy", ""))
    name = {"sensibleInternalEnergy": "e", "absoluteInternalEnergy": "e", "sensibleEnthalpy": "h",
            "absoluteEnthalpy": "h"}.get(chosen)  # fmt: skip
    schemes = case.get(SCHEMES, "divSchemes")
    if name is None or not isinstance(schemes, dict) or str(schemes.get("default", "none")) != "none":
        return
    other = "h" if name == "e" else "e"
    if f"div(phi,{other})" in schemes and case.get(SCHEMES, ("divSchemes", f"div(phi,{name})")) is None:
        value = schemes[f"div(phi,{other})"]
        terms = [f"div(phi,{name})", *_WITH_ENERGY[name, case.steady]]
        changes = [Change(SCHEMES, f"divSchemes.{term}", value if "(phi," in term else "Gauss linear")
                   for term in terms if case.get(SCHEMES, ("divSchemes", term)) is None]  # fmt: skip
        changes += [Change(SOLUTION, f"solvers.{name}{last}", copied) for last in ("", "Final")
                    if case.get(SOLUTION, ("solvers", f"{name}{last}")) is None
                    and isinstance(copied := case.get(SOLUTION, ("solvers", f"{other}{last}")), dict)]  # fmt: skip
        yield case.finding("error", f"{chosen} solves for {name}, divSchemes has div(phi,{other}) only", SCHEMES,
                           ("divSchemes", f"div(phi,{other})"),
                           mend=Mend(f"add what {name} needs to schemes and solvers", tuple(changes)))  # fmt: skip


_WITH_ENERGY = {("e", False): ("div(phiv,p)", "div(phi,K)"), ("h", False): ("div(phi,K)",),
                ("e", True): ("div(phi,Ekp)",), ("h", True): ("div(phi,K)",)}  # fmt: skip
"""The other terms of the energy equation, by its variable and whether the solver is steady."""


@rule("angle-in-radians", example=Example("interFoam/laminar/capillaryRise", {
    "0/alpha.water": {"boundaryField.walls.theta0": 0.785}}))  # fmt: skip
def radians(case: CaseView) -> Iterator[Finding]:
    """Contact angles are in degrees: 0.785 is not 45 degrees but nearly complete wetting."""
    for field in case.fields.values():
        if not field.name.startswith("alpha."):
            continue
        for one in flow.entries(case, field):
            angle = plain.number(one.entries.get("theta0"))
            if "ContactAngle" in one.type and angle is not None and 0 < angle <= math.pi:
                degrees = round(math.degrees(angle), 2)
                yield case.finding("warning", f"theta0 {angle:g} at {one.name} is in degrees; {angle:g} radians would "
                                   f"be {degrees:g}", field.path, ("boundaryField", one.key, "theta0"))  # fmt: skip


@rule("level-not-absolute", example=Example("rhoPimpleFoam/RAS/cavity", {"0/p": {"internalField": "uniform 0"}}))
def absolute(case: CaseView) -> Iterator[Finding]:
    """Compressible solvers take density from absolute pressure and temperature: a gauge pressure of 0 Pa or 0 K makes
    it zero or infinite, and the run ends in a floating point exception.
    """
    read = models.read_by_solver(case) or frozenset()
    if "system/setFieldsDict" in case.files:
        return
    for name in ("p", "T") if case.solver is not None and case.solver.compressible else ():
        field = case.fields.get(name)
        if field is None or name not in read or not isinstance(field.internal, Uniform):
            continue
        value = plain.number(field.internal)
        if value is not None and value <= 0:
            unit = "Pa, absolute" if name == "p" else "K"
            usual = 101325 if name == "p" else 293.15
            severity = models.severity(case, field) if value == 0 else "warning"
            message = f"{name} is {value:g} inside, it is in {unit} (such as {usual:g})"
            yield case.finding(severity, message, field.path, "internalField")  # fmt: skip


@rule("temperature-in-celsius", example=Example("rhoPimpleFoam/RAS/cavity", {
    "0/T": {"internalField": "uniform 20"}}))  # fmt: skip
def celsius(case: CaseView) -> Iterator[Finding]:
    """Temperatures are in kelvin: 20 is not a warm room but the boiling point of hydrogen, with air fifteen
    times too dense.
    """
    field = case.fields.get("T")
    heat = case.number(THERMO, "mixture.thermodynamics.Cp")
    if field is None or "system/setFieldsDict" in case.files or heat is None or heat < 100 or not case.compressible:
        return  # a heat capacity of a few J/kg K is that of a gas in dimensionless form
    value = plain.number(field.internal) if isinstance(field.internal, Uniform) else None
    if value is not None and 0 < value <= 60:
        message = f"T is {value:g} K inside; as Celsius it would be {value + 273.15:g} K"
        kelvin = Mend.of("take it as Celsius", field.path, {"internalField": f"uniform {value + 273.15:g}"})
        yield case.finding("warning", message, field.path, "internalField", mend=kelvin)


@rule("phase-fraction-out-of-range", example=Example("RAS/damBreak/damBreak", {
    "0/alpha.water": {"internalField": "uniform 2"}}))  # fmt: skip
def fraction(case: CaseView) -> Iterator[Finding]:
    """A phase fraction lies between 0 and 1; beyond, density and viscosity of the mixture have no meaning."""
    for field in case.fields.values():
        if not field.name.startswith("alpha.") or not isinstance(field.internal, Uniform):
            continue
        value = plain.number(field.internal)
        if value is not None and not 0 <= value <= 1:
            yield case.finding("warning", f"{field.name} is {value:g} inside, it must lie between 0 and 1", field.path,
                               "internalField")  # fmt: skip

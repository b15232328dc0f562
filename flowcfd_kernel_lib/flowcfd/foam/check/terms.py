"""What OpenFOAM ESI 1912 will ask of fvSchemes and fvSolution: the terms and the equations of known solvers and models.

Found by running solvers and models without the entries: what they then asked for is listed. Only what is surely asked
for stands here; a solver or model that is not known has no terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowcfd.foam.check import models, plain

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

THERMO, SOLUTION = "constant/thermophysicalProperties", "system/fvSolution"
WITHOUT_FINAL = ("nut", "alphat")
_TURBULENT = frozenset(
    {"simpleFoam", "pimpleFoam", "pisoFoam", "buoyantBoussinesqSimpleFoam",
     "buoyantBoussinesqPimpleFoam", "buoyantSimpleFoam", "buoyantPimpleFoam", "rhoSimpleFoam", "rhoPimpleFoam",
     "interFoam"}
)  # fmt: skip
"""Solvers whose equations and terms are known, with a turbulence model."""
_MOMENTUM = {"interFoam": "div(rhoPhi,U)"}
_HEATED = frozenset({"buoyantSimpleFoam", "buoyantPimpleFoam", "rhoSimpleFoam", "rhoPimpleFoam"})
_ENERGIES = {
    "sensibleEnthalpy": "h",
    "sensibleInternalEnergy": "e",
    "absoluteEnthalpy": "ha",
    "absoluteInternalEnergy": "ea",
}
WALL_DISTANCE = frozenset(
    {"kOmegaSST", "kOmegaSSTLM", "kOmegaSSTSAS", "kOmegaSSTDES", "kOmegaSSTDDES", "kOmegaSSTIDDES", "SpalartAllmaras",
     "SpalartAllmarasDES", "SpalartAllmarasDDES", "SpalartAllmarasIDDES", "LamBremhorstKE", "LienCubicKE",
     "LienLeschziner", "kkLOmega"}
)  # fmt: skip
"""Models that need the distance to the wall, and so wallDist.method."""
EFFECTIVE = {"k": "DkEff", "epsilon": "DepsilonEff", "omega": "DomegaEff", "nuTilda": "DnuTildaEff"}


@dataclass(frozen=True, slots=True)
class Equation:
    """One linear system: the field, and whether its matrix is symmetric."""

    field: str
    symmetric: bool = False


def energy(case: CaseView) -> str:
    """The field of the energy equation: h, e, ha or ea; "" when thermoType does not say."""
    named = case.get(THERMO, "thermoType.energy")
    if isinstance(named, str):
        return _ENERGIES.get(str(named), "")
    whole = str(case.get(THERMO, "thermoType", ""))
    return next((field for name, field in _ENERGIES.items() if name in whole), "")


def transported(case: CaseView) -> tuple[str, ...]:
    """The fields that the turbulence model has transport equations for; () when they are not known."""
    if case.application not in _TURBULENT or case.kind not in ("RAS", "LES"):
        return ()
    if not case.switch("constant/turbulenceProperties", f"{case.kind}.turbulence", default=True):
        return ()
    return tuple(name for name in models.MODEL_FIELDS.get(case.model, ()) if name not in (*WITHOUT_FINAL, "f", "R"))


def schemes(case: CaseView) -> list[tuple[str, str]]:
    """Section and term of fvSchemes that will be asked for, where a default does not answer; [] when not known."""
    name = case.application
    if name in ("icoFoam", "nonNewtonianIcoFoam"):
        nu = ("laplacian(nu,U)",) if name == "icoFoam" else ()
        return [("divSchemes", "div(phi,U)"), ("gradSchemes", "grad(p)"), ("ddtSchemes", "ddt(U)"),
                *(("laplacianSchemes", term) for term in nu)]  # fmt: skip
    if name == "scalarTransportFoam":
        return [("divSchemes", "div(phi,T)"), ("laplacianSchemes", "laplacian(DT,T)")]
    if name not in _TURBULENT:
        return []
    return [*_of_momentum(case), *_of_model(case)]


def _of_momentum(case: CaseView) -> list[tuple[str, str]]:
    name = case.application
    found = [("divSchemes", _MOMENTUM.get(name, "div(phi,U)"))]
    if case.model not in ("LRR", "SSG") and (case.kind != "laminar" or _newtonian(case)) and case.kind:
        dense = case.compressible or name in _MOMENTUM
        nu = "(rho*nuEff)" if dense else "nuEff"
        found.append(("divSchemes", f"div(({nu}*dev2(T(grad(U)))))"))
        if not dense:
            found.append(("laplacianSchemes", "laplacian(nuEff,U)"))
    if case.solver is not None and case.solver.pressure == "p" and name != "rhoSimpleFoam":
        found.append(("gradSchemes", "grad(p)"))
    if name in _HEATED and energy(case):
        found.append(("divSchemes", f"div(phi,{energy(case)})"))
    if name in _MOMENTUM:
        found += [("divSchemes", "div(phi,alpha)")] if name == "interFoam" else []
    if name.startswith("buoyantBoussinesq"):
        found.append(("divSchemes", "div(phi,T)"))
    if not case.steady:
        found.append(("ddtSchemes", "ddt(rho,U)" if case.compressible or name in _MOMENTUM else "ddt(U)"))
    return found


def _newtonian(case: CaseView) -> bool:
    """Whether a laminar case has no model of its own (Maxwell has other terms)."""
    return str(case.get("constant/turbulenceProperties", "laminar.laminarModel", "Stokes")) == "Stokes"


def _of_model(case: CaseView) -> list[tuple[str, str]]:
    found = []
    for field in transported(case):
        found.append(("divSchemes", f"div(phi,{field})"))
        if field in EFFECTIVE and not case.compressible and case.application not in _MOMENTUM:
            found.append(("laplacianSchemes", f"laplacian({EFFECTIVE[field]},{field})"))
    if case.model in WALL_DISTANCE:
        found.append(("wallDist", "method"))
    return found


def equations(case: CaseView) -> list[Equation]:
    """The linear systems that will be solved; [] when they are not known."""
    name, solver = case.application, case.solver
    if name == "laplacianFoam":
        return [Equation("T", symmetric=True)]
    if name == "scalarTransportFoam":
        return [Equation("T")]
    if name in ("icoFoam", "nonNewtonianIcoFoam"):
        return [*_predicted(case), Equation("p", symmetric=True)]
    if name not in _TURBULENT or solver is None:
        return []
    # Compressible pressure may be transonic, with an asymmetric matrix: which solvers fit is then not known here.
    found = [*_predicted(case), Equation(solver.pressure, symmetric=not solver.compressible)]
    found += [Equation(energy(case))] if name in _HEATED and energy(case) else []
    found += [Equation("T")] if name.startswith("buoyantBoussinesq") else []
    return [*found, *(Equation(field) for field in transported(case))]


def _predicted(case: CaseView) -> list[Equation]:
    """The momentum equation, where it is solved."""
    algorithm = case.solver.algorithm if case.solver else ""
    return [Equation("U")] if case.switch(SOLUTION, f"{algorithm}.momentumPredictor", default=True) else []


def wanted(case: CaseView, equation: Equation) -> tuple[str, ...]:
    """The names under which fvSolution's solvers will be asked for an equation."""
    algorithm = case.solver.algorithm if case.solver else ""
    pressure = case.solver.pressure if case.solver else ""
    field = equation.field
    if algorithm not in ("PISO", "PIMPLE"):
        return (field,)
    final = f"{field}Final"
    if field != pressure:
        if algorithm == "PISO":
            return (field,)
        # Turbulence is solved on the last outer corrector only unless asked otherwise.
        outer = _count(case, "PIMPLE.nOuterCorrectors", 1)
        always = not case.switch(SOLUTION, "PIMPLE.turbOnFinalIterOnly", default=True)
        often = outer > 1 and (field not in transported(case) or always)
        return (field, final) if often else (final,)
    correctors = _count(case, f"{algorithm}.nCorrectors", 1) * (
        1 + _count(case, f"{algorithm}.nNonOrthogonalCorrectors", 0)
    )
    outer = _count(case, "PIMPLE.nOuterCorrectors", 1) if algorithm == "PIMPLE" else 1
    return (field, final) if correctors * outer > 1 else (final,)


def _count(case: CaseView, entry: str, default: int) -> int:
    found = plain.number(case.get(SOLUTION, entry))
    return default if found is None else int(found)

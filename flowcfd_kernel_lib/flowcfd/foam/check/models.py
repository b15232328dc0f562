"""What OpenFOAM ESI 1912 reads: the fields of each solver and turbulence model, and the dimensions that they have.

The fields were found by running each solver and model without one of its files; what it then asked for is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flowcfd.foam.dictionary import Dimensions

if TYPE_CHECKING:
    from flowcfd.foam.check.fieldview import FieldView
    from flowcfd.foam.check.finding import Severity
    from flowcfd.foam.check.view import CaseView

_TURBULENCE = "constant/turbulenceProperties"
KINEMATIC_PRESSURE = Dimensions(0, 2, -2)
PRESSURE = Dimensions(1, -1, -2)
VISCOSITY = Dimensions(0, 2, -1)
DYNAMIC_VISCOSITY = Dimensions(1, -1, -1)

MODEL_FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("kEpsilon", "RNGkEpsilon", "realizableKE", "LaunderSharmaKE", "LamBremhorstKE", "LienCubicKE",
         "LienLeschziner", "ShihQuadraticKE", "buoyantKEpsilon"),
        ("k", "epsilon", "nut"),
    ),
    **dict.fromkeys(
        ("kOmega", "kOmegaSST", "kOmegaSSTSAS", "kOmegaSSTDES", "kOmegaSSTDDES", "kOmegaSSTIDDES"),
        ("k", "omega", "nut"),
    ),
    "kOmegaSSTLM": ("k", "omega", "nut", "ReThetat", "gammaInt"),
    **dict.fromkeys(
        ("SpalartAllmaras", "SpalartAllmarasDES", "SpalartAllmarasDDES", "SpalartAllmarasIDDES"),
        ("nuTilda", "nut"),
    ),
    "v2f": ("k", "epsilon", "v2", "f", "nut"),
    "kkLOmega": ("kt", "kl", "omega", "nut"),
    "LRR": ("R", "epsilon", "nut"),
    "SSG": ("R", "epsilon", "nut"),
    "kEqn": ("k", "nut"),
    "dynamicKEqn": ("k", "nut"),
    "Smagorinsky": ("nut",),
    "WALE": ("nut",),
}  # fmt: skip
"""The files that a turbulence model reads at the start, in incompressible and compressible solvers alike."""

DISSIPATION: dict[str, str] = {
    model: name for model, names in MODEL_FIELDS.items() for name in names if name in ("omega", "epsilon")
}
"""The field by which a model divides, where it has one."""

_BASE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("simpleFoam", "porousSimpleFoam", "pimpleFoam", "pisoFoam", "icoFoam", "nonNewtonianIcoFoam"), ("U", "p")
    ),
    **dict.fromkeys(("SRFSimpleFoam", "SRFPimpleFoam"), ("Urel", "p")),
    **dict.fromkeys(("buoyantBoussinesqSimpleFoam", "buoyantBoussinesqPimpleFoam"), ("U", "p_rgh", "T", "alphat")),
    **dict.fromkeys(("buoyantSimpleFoam", "buoyantPimpleFoam"), ("U", "p", "p_rgh", "T")),
    **dict.fromkeys(
        ("rhoSimpleFoam", "rhoPorousSimpleFoam", "rhoPimpleFoam", "rhoCentralFoam", "sonicFoam", "reactingFoam"),
        ("U", "p", "T"),
    ),
    **dict.fromkeys(("interFoam", "interIsoFoam", "interPhaseChangeFoam"), ("U", "p_rgh")),
    "potentialFoam": ("U",),
    "scalarTransportFoam": ("U", "T"),
    "laplacianFoam": ("T",),
}  # fmt: skip
"""The files that a solver reads at the start, whatever the turbulence."""

_WITHOUT_MODEL = frozenset({"icoFoam", "nonNewtonianIcoFoam", "potentialFoam", "scalarTransportFoam", "laplacianFoam"})
"""Solvers that read no turbulenceProperties."""

GRAVITY = frozenset(
    {"buoyantBoussinesqSimpleFoam", "buoyantBoussinesqPimpleFoam", "buoyantSimpleFoam", "buoyantPimpleFoam",
     "interFoam", "interIsoFoam", "interPhaseChangeFoam", "multiphaseInterFoam", "driftFluxFoam",
     "twoLiquidMixingFoam"}
)  # fmt: skip
"""Solvers that read constant/g."""

_TURBULENT: dict[str, Dimensions] = {
    "k": KINEMATIC_PRESSURE,
    "kt": KINEMATIC_PRESSURE,
    "kl": KINEMATIC_PRESSURE,
    "epsilon": Dimensions(0, 2, -3),
    "omega": Dimensions(0, 0, -1),
    "nut": VISCOSITY,
    "nuTilda": VISCOSITY,
    "R": KINEMATIC_PRESSURE,
    "v2": KINEMATIC_PRESSURE,
    "f": Dimensions(0, 0, -1),
    "ReThetat": Dimensions(),
    "gammaInt": Dimensions(),
}


def reads_model(case: CaseView) -> bool:
    """Whether the solver is one whose turbulence is chosen in constant/turbulenceProperties."""
    return case.application in _BASE and case.application not in _WITHOUT_MODEL


def required(case: CaseView) -> tuple[str, ...]:
    """The fields that the solver and its model read from the start time; () when that is not known."""
    base = _BASE.get(case.application, ())
    if not base or case.application in _WITHOUT_MODEL:
        return base
    if case.kind == "laminar":
        return base
    turbulent = MODEL_FIELDS.get(case.model, ())
    heat = ("alphat",) if turbulent and case.compressible and "alphat" not in base else ()
    return (*base, *turbulent, *heat)


def read_by_solver(case: CaseView) -> frozenset[str] | None:
    """As `required`, None when not all that is read is known."""
    names = required(case)
    if not names or (reads_model(case) and (not case.kind or (case.model not in MODEL_FIELDS and case.model))):
        return None
    return frozenset(names)


def read_fields(case: CaseView) -> Iterator[FieldView]:
    """The volume fields that the solver reads and whose boundary entries are all known."""
    read = read_by_solver(case)
    for field in case.fields.values():
        if field.complete and field.cls.startswith("vol") and (read is None or field.name in read):
            yield field


def severity(case: CaseView, field: FieldView) -> Severity:
    """Error when the field is surely read: of a solver that is not known here, a field may lie there unused."""
    return "error" if read_by_solver(case) is not None or field.name in ("U", "p", "p_rgh", "T") else "warning"


def chooses_model(case: CaseView) -> bool:
    """Whether the turbulence of the case is chosen in a turbulenceProperties that can be read here."""
    return reads_model(case) and not case.multi_region and _TURBULENCE in case.files and case.complete(_TURBULENCE)


def dimensions(case: CaseView, field: str) -> Dimensions | None:
    """The dimensions that the solver expects of a field; None when they are not known."""
    solver = case.solver
    if solver is None or case.multi_region:
        return None
    if field in ("U", "Urel"):
        return Dimensions(0, 1, -1)
    if field in _TURBULENT:
        return _TURBULENT[field] if field != "f" or case.model == "v2f" else None
    if field == "T" and case.application not in ("laplacianFoam", "scalarTransportFoam"):
        return Dimensions(0, 0, 0, 1)
    in_pascal = solver.compressible or solver.dynamic
    if field == "p" and solver.pressure == "p_rgh" and not solver.compressible:
        return None  # computed from p_rgh, never read
    if field in ("p", "p_rgh") and case.application != "potentialFoam":
        return PRESSURE if in_pascal else KINEMATIC_PRESSURE
    if field == "alphat":
        return DYNAMIC_VISCOSITY if solver.compressible else VISCOSITY
    return Dimensions() if field.startswith("alpha.") else None


def described(dimensions: Iterable[float]) -> str:
    """Dimensions as they are written: [0 2 -2 0 0 0 0]."""
    return f"[{' '.join(f'{exponent:g}' for exponent in dimensions)}]"

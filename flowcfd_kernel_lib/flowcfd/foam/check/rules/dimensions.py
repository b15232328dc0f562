"""Rules about dimensions: what the solver expects of each field and property, above all of the pressure."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.foam.check import models, plain
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import TRANSPORT, CaseView
from flowcfd.foam.dictionary import Dimensioned, Dimensions, Uniform

_NAMES = {
    models.KINEMATIC_PRESSURE: "kinematic, p / rho in m2/s2",
    models.PRESSURE: "in pascal",
    models.VISCOSITY: "kinematic, in m2/s",
    models.DYNAMIC_VISCOSITY: "dynamic, in Pa s",
}
_NAMED = frozenset({"p", "p_rgh", "nut", "alphat"})
"""Fields of which these are the names; the same dimensions mean others elsewhere (k is no pressure)."""
_PROPERTIES: dict[str, Dimensions] = {
    "nu": models.VISCOSITY,
    "nu0": models.VISCOSITY,
    "nuInf": models.VISCOSITY,
    "nuMin": models.VISCOSITY,
    "nuMax": models.VISCOSITY,
    "rho": Dimensions(1, -3),
    "sigma": Dimensions(1, 0, -2),
    "beta": Dimensions(0, 0, 0, -1),
    "TRef": Dimensions(0, 0, 0, 1),
    "Pr": Dimensions(),
    "Prt": Dimensions(),
}
"""Properties of constant/transportProperties whose dimensions do not hang on the model."""
_KNOWN_USE = frozenset(
    {"simpleFoam", "pimpleFoam", "pisoFoam", "icoFoam", "porousSimpleFoam", "interFoam", "interIsoFoam",
     "buoyantBoussinesqSimpleFoam", "buoyantBoussinesqPimpleFoam", "SRFSimpleFoam", "SRFPimpleFoam"}
)  # fmt: skip


@rule("field-dimensions", example=Example("step", {"0/p": {"dimensions": "[1 -1 -2 0 0 0 0]"}}))
def fields(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM checks dimensions in every sum: a pressure in pascal in an incompressible solver, which has p / rho,
    ends the run with "incompatible dimensions"; and its values would be wrong by the density.
    """
    read = models.read_by_solver(case)
    for name, field in case.fields.items():
        wanted = models.dimensions(case, name)
        if wanted is None or not field.readable or not field.cls.startswith("vol"):
            continue
        found = field.dimensions
        if found is None:
            if field.complete and field.tree is not None and "dimensions" not in field.tree:
                yield case.finding("error", f"{name} has no dimensions", field.path,
                                   mend=Mend.of(f"set dimensions {models.described(wanted)}", field.path,
                                                {"dimensions": models.described(wanted)}))  # fmt: skip
            continue
        if found == wanted:
            continue
        used = read is None or name in read
        names = _NAMES if name in _NAMED else {}
        what = f", {names[found]}," if found in names else ","
        value = plain.number(field.internal) if isinstance(field.internal, Uniform) else None
        also = "" if value == 0 else "; its values may have to be changed too"
        yield case.finding(
            "error" if used else "note",
            f"{name} has {models.described(found)}{what} {case.application} wants {models.described(wanted)}"
            f"{', ' + names[wanted] if wanted in names else ''}{also}",
            field.path, "dimensions",
            mend=Mend.of(f"set dimensions {models.described(wanted)}", field.path,
                         {"dimensions": models.described(wanted)}),
        )  # fmt: skip


@rule("property-dimensions", example=Example("step", {TRANSPORT: {"nu": "[1 -1 -1 0 0 0 0] 1.8e-05"}}))
def properties(case: CaseView) -> Iterator[Finding]:
    """A property with other dimensions than the solver expects ends the run while it is read; a viscosity in Pa s must
    be divided by the density to become the nu of an incompressible solver.
    """
    if case.application not in _KNOWN_USE:
        return
    entries = case.expanded(TRANSPORT)
    levels = [((), entries), *(((name,), one) for name, one in entries.items() if isinstance(one, dict))]
    for above, level in levels:
        for name, wanted in _PROPERTIES.items():
            value = level.get(name)
            if not isinstance(value, Dimensioned) or value.dimensions == wanted:
                continue
            entry = (*above, name)
            mend = None
            if value.dimensions == models.DYNAMIC_VISCOSITY and wanted == models.VISCOSITY:
                why = "that is a dynamic viscosity: divide it by the density"
            else:
                why = f"{case.application} wants {models.described(wanted)}"
                written = Dimensioned("", wanted, value.value)
                mend = Mend.of(f"set dimensions {models.described(wanted)}", TRANSPORT, {".".join(entry): written})
            yield case.finding("error", f"{name} has {models.described(value.dimensions)}; {why}", TRANSPORT, entry,
                               mend=mend)  # fmt: skip

"""Rules about the field files of the start time: that they are there, of the right class, size and kind of value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowcfd.foam.check import models
from flowcfd.foam.check.fieldview import HEAD, FieldView
from flowcfd.foam.check.finding import Change, Finding, Mend
from flowcfd.foam.check.newfield import field_file
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.dictionary import Uniform

_VECTORS = frozenset({"U", "Urel"})
_SIZE = re.compile(r"^\s*internalField\s+nonuniform\s+(?:List<\w+>\s+)?(\d+)\s*[({]", re.MULTILINE)
_FILLED = re.compile(
    r"mapFields|createBoxTurb|createZeroDirectory|setExprFields|^\s*(?:cp|mv|ln)\s[^\n]*\s\.?/?0/?[^\s]*\s*$",
    re.MULTILINE,
)
"""What a script says that makes fields of the start time."""


@rule("field-missing", example=Example("step", {"0/nut": None}))
def missing(case: CaseView) -> Iterator[Finding]:
    """A solver reads the fields of its equations and of its turbulence model before the first step; without one of them
    it ends at once with "cannot find file".
    """
    if case.multi_region:
        return
    if not case.start and models.required(case):
        script = next((name for name, _ in case.scripts() if "clean" not in name.lower()), "")
        hint = f" ({script} may make them, but it is not run)" if script else ""
        yield case.finding("warning" if script or case.files.steps else "error",
                           f"there are no initial fields: no folder 0{hint}")  # fmt: skip
        return
    for name in models.required(case):
        path = f"{case.start}/{name}"
        if name in case.fields or path in case.files or f"{path}.gz" in case.files:
            continue
        who = case.application if name not in models.MODEL_FIELDS.get(case.model, ()) else case.model
        source = _made_elsewhere(case, name)
        if source:
            yield case.finding("note", f"{who} reads {name}, which is not there yet but may come from {source}", path)
            continue
        text = field_file(case, name)
        mend = Mend(f"write {path} from the patches of U", (Change(path, "", text),)) if text else None
        yield case.finding("error", f"{who} reads the field {name} at the start, and there is no file for it", path,
                           mend=mend)  # fmt: skip


def _made_elsewhere(case: CaseView, name: str) -> str:
    """What may bring a field before the solver starts; "" for nothing."""
    for path in (f"{case.start}/{name}.orig", f"0.orig/{name}", f"0.org/{name}", f"0/{name}.orig"):
        if path in case.files:
            return path
    if case.files.steps:
        return ""
    return next((path for path, text in case.scripts() if _FILLED.search(text)), "")


@rule("field-class", example=Example("cavity", {"0/U": {"FoamFile.class": "volScalarField"}}))
def wrong_class(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM compares the class in a field's head with the one it wants, and ends where they differ."""
    read = models.read_by_solver(case) or frozenset()
    for name in read & case.fields.keys():
        field = case.fields[name]
        wanted = "volSymmTensorField" if name == "R" else "volVectorField" if name in _VECTORS else "volScalarField"
        if field.readable and field.cls != wanted:
            yield case.finding(
                "error", f"{name} is a {field.cls} by its head, the solver reads a {wanted}", field.path,
                "FoamFile.class", mend=Mend.of(f"set class {wanted}", field.path, {"FoamFile.class": wanted}),
            )  # fmt: skip


@rule("field-size", example=Example("step", {"0/p": {"internalField": "nonuniform List<scalar> 3(1 2 3)"}}))
def size(case: CaseView) -> Iterator[Finding]:
    """A nonuniform field has one value per cell; one that was written for another mesh ends the run at its reading."""
    if case.mesh is None:
        return
    for field in case.fields.values():
        found = _SIZE.search(case.text(field.path)) if field.cls.startswith("vol") else None
        if found and int(found[1]) != case.mesh.cells:
            yield case.finding(
                "error",
                f"{field.name} has {found[1]} values, the mesh has {case.mesh.cells} cells: it is of another mesh "
                "(map it with mapFields, or begin with a uniform value)",
                field.path, "internalField",
            )  # fmt: skip


@rule("field-value-rank", example=Example("cavity", {"0/U": {"internalField": "uniform 0"}}))
def rank(case: CaseView) -> Iterator[Finding]:
    """A vector field needs three numbers in brackets and a scalar field one; OpenFOAM ends with "Expected a '('"."""
    for field in case.fields.values():
        if not isinstance(field.internal, Uniform) or not field.cls.startswith("vol"):
            continue
        if field.name in _VECTORS and "Vector" not in field.cls:
            continue  # its head is wrong, which is another finding
        value = field.internal.value
        several = isinstance(value, tuple)
        if "Vector" in field.cls and not (several and len(value) == 3) and isinstance(value, int | float | tuple):
            yield case.finding("error", f"{field.name} is a vector, its internalField is {_shown(value)}", field.path,
                               "internalField", mend=_zero(field) if value == 0 else None)  # fmt: skip
        elif "Scalar" in field.cls and several:
            yield case.finding("error", f"{field.name} is a scalar, its internalField is {_shown(value)}", field.path,
                               "internalField")  # fmt: skip


def _zero(field: FieldView) -> Mend:
    return Mend.of("write the three components", field.path, {"internalField": "uniform (0 0 0)"})


def _shown(value: object) -> str:
    return f"({' '.join(map(str, value))})" if isinstance(value, tuple) else f"{value}"


@rule("field-not-read", example=Example("step", {"0/epsilon": (
    "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class volScalarField;\n    object epsilon;\n}\n"
    "dimensions [0 2 -3 0 0 0 0];\ninternalField uniform 1;\nboundaryField { \".*\" { type zeroGradient; } }\n"
)}))  # fmt: skip
def not_read(case: CaseView) -> Iterator[Finding]:
    """A turbulence field that the chosen model does not read changes nothing; often the model was changed and the file
    of the new one is still to be made.
    """
    read = models.read_by_solver(case)
    if read is None:
        return
    known = {name for names in models.MODEL_FIELDS.values() for name in names} - {"R"}
    left = sorted(name for name in case.fields.keys() & known - read if _is_field(case, case.fields[name]))
    if left:
        model = case.model or "a laminar flow"
        yield case.finding("note", f"{', '.join(left)}: not read by {case.application} with {model}",
                           case.fields[left[0]].path)  # fmt: skip


def _is_field(case: CaseView, field: FieldView) -> bool:
    return "FoamFile" in case.text(field.path)[:HEAD]

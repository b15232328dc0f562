"""Rules about patches: every patch of the mesh has an entry in every field, of a type that OpenFOAM has and accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flowcfd.errors import FlowError
from flowcfd.foam.check import flow, known, layout, models, newfield, plain
from flowcfd.foam.check.fieldview import FieldView
from flowcfd.foam.check.finding import Change, Finding, Mend, Severity
from flowcfd.foam.check.layout import PatchView
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.dictionary import Named, Tree

_CYCLIC = frozenset(
    {"cyclic", "cyclicPeriodicAMI", "cyclicAMI", "cyclicACMI", "cyclicSlip", "nonuniformTransformCyclic"}
)


def _checked(case: CaseView) -> Iterator[FieldView]:
    """The volume fields that the solver reads and whose entries are known."""
    read = models.read_by_solver(case)
    for field in case.fields.values():
        if field.complete and field.cls.startswith("vol") and (read is None or field.name in read):
            yield field


def _severity(case: CaseView, field: FieldView) -> Severity:
    """Error when the field is surely read: of a solver that is not known here, a field may lie there unused."""
    read = models.read_by_solver(case)
    return "error" if read is not None or field.name in ("U", "p", "p_rgh", "T") else "warning"


@rule("patch-without-entry", example=Example("step", {"0/U": {"boundaryField.lowerWall": None}}))
def without_entry(case: CaseView) -> Iterator[Finding]:
    """Every patch needs an entry in every field that is read, by its name, a group of it or a regular expression; only
    empty patches are filled in by OpenFOAM itself.
    """
    for field in _checked(case) if case.patches is not None else ():
        for patch in case.patches.values() if case.patches else ():
            if field.key(patch) or patch.type == "empty":
                continue
            like = _differing_in_case(field, patch)
            if like:
                message = f"{field.name} has no entry for the patch {patch.name}, but one for {like}: case matters"
                entries = dict(field.boundary[like])
                mend = _renamed(field, like, patch.name, entries)
            else:
                message = f"{field.name} has no entry for the patch {patch.name} of type {patch.type}"
                mend = _added(case, field, patch)
            yield case.finding(_severity(case, field), message, field.path, "boundaryField", mend=mend)


def _added(case: CaseView, field: FieldView, patch: PatchView) -> Mend | None:
    made = newfield.patch_entry(case, field, patch.name, patch.type)
    if made is None or "." in patch.name:
        return None
    return Mend.of(f"add {made['type']} for {patch.name}", field.path, {f"boundaryField.{patch.name}": made})


def _differing_in_case(field: FieldView, patch: PatchView) -> str:
    return next((key for key in field.boundary if key.lower() == patch.name.lower()), "")


def _renamed(field: FieldView, old: str, new: str, entries: Mapping[str, Any]) -> Mend | None:
    if "." in old + new:
        return None
    changes = {f"boundaryField.{old}": None, f"boundaryField.{new}": entries}
    return Mend.of(f"rename the entry {old} to {new}", field.path, changes)


@rule("entry-without-patch", example=Example("step", {"0/p": {"boundaryField.inlett": {"type": "zeroGradient"}}}))
def without_patch(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM ignores entries for patches that the mesh does not have, whatever stands in them: a condition meant for
    a patch of another name has no effect.
    """
    if case.patches is None:
        return
    used = {name for patch in case.patches.values() for name in (patch.name, *patch.groups)} | flow.CONSTRAINTS
    used |= {"overset", "defaultFaces"}  # of setConstraintTypes, and a name that blockMesh may or may not make
    lower = {name.lower(): name for name in case.patches}
    others: dict[tuple[str, ...], list[FieldView]] = {}
    for field in _checked(case):
        left = [key for key in field.boundary if key not in used and key not in field.patterns]
        for key in left:
            like = lower.get(key.lower())
            if like and field.key(case.patches[like]):
                yield case.finding("warning", f"the entry {key} of {field.name} is ignored: the patch is called {like}",
                                   field.path, ("boundaryField", key))  # fmt: skip
        rest = tuple(key for key in left if key.lower() not in lower)
        if rest:
            others.setdefault(rest, []).append(field)
    for names, fields in others.items():
        near = known.hint(names[0], set(case.patches)) if len(names) == 1 else ""
        who = ", ".join(field.name for field in fields)
        yield case.finding("note", f"ignored in {who}, the mesh has no such patch: {', '.join(names)}{near}",
                           fields[0].path, ("boundaryField", names[0]))  # fmt: skip


@rule("constraint-mismatch", example=Example("step", {"0/p": {"boundaryField.frontAndBack.type": "zeroGradient"}}))
def constraint(case: CaseView) -> Iterator[Finding]:
    """A patch of a constraint type (empty, wedge, cyclic, symmetry, ...) takes just that type in every field, and only
    such a patch may have it; OpenFOAM ends with "inconsistent patch and patchField types".
    """
    for field in _checked(case) if case.patches else ():
        for one in flow.entries(case, field):
            if one.type == one.patch_type or str(one.entries.get("patchType", "")) == one.patch_type:
                continue
            if one.type in _CYCLIC and one.patch_type in _CYCLIC:
                continue  # some, such as cyclicPeriodicAMI, have no condition of their own
            if one.patch_type in flow.CONSTRAINTS:
                yield case.finding(
                    _severity(case, field),
                    f"the patch {one.name} is {one.patch_type} in the mesh, {one.type or 'without type'} in "
                    f"{field.name}", field.path, ("boundaryField", one.key, "type"),
                    mend=_typed(field, one.name, one.patch_type),
                )  # fmt: skip
            elif one.type in flow.CONSTRAINTS:
                yield case.finding(
                    _severity(case, field),
                    f"the patch {one.name} is {one.type} in {field.name}, {one.patch_type} in the mesh",
                    field.path, ("boundaryField", one.key, "type"), mend=_in_the_mesh(case, one.name, one.type),
                )  # fmt: skip


def _typed(field: FieldView, patch: str, kind: str) -> Mend | None:
    if "." in patch:
        return None
    return Mend.of(f"make {patch} {kind}", field.path, {f"boundaryField.{patch}": {"type": kind}})


def _in_the_mesh(case: CaseView, patch: str, kind: str) -> Mend | None:
    """The type in the mesh's file, when all fields agree on it and the type needs nothing else."""
    if kind in _CYCLIC or not all(_type_at(case, field, patch) == kind for field in _checked(case)):
        return None
    path = layout.BOUNDARY if layout.BOUNDARY in case.files else layout.block_file(case)
    pattern = re.compile(rf"(^|\s)({re.escape(patch)}\s*\{{[^{{}}]*?\btype\s+)\w+(\s*;)")
    text, count = pattern.subn(rf"\g<1>\g<2>{kind}\g<3>", case.text(path), count=1)
    return Mend(f"make {patch} {kind} in the mesh", (Change(path, "", text),)) if count else None


def _type_at(case: CaseView, field: FieldView, patch: str) -> str:
    return next((one.type for one in flow.entries(case, field) if one.name == patch), "")


@rule("boundary-type-unknown", example=Example("step", {"0/U": {"boundaryField.step.type": "noSlipp"}}))
def unknown_type(case: CaseView) -> Iterator[Finding]:
    """A boundary condition that no library of OpenFOAM brings ends the run with the list of those it knows."""
    if known.foreign_libraries(case):
        return
    for field in _checked(case):
        if field.cls not in ("volScalarField", "volVectorField"):
            continue
        there = known.names("vector_boundaries" if field.cls == "volVectorField" else "scalar_boundaries")
        other = known.names("scalar_boundaries" if field.cls == "volVectorField" else "vector_boundaries")
        seen = set()
        for one in flow.entries(case, field):
            if one.key in seen or one.type in there or one.type in flow.CONSTRAINTS or one.entries.get("name"):
                continue
            seen.add(one.key)
            entry = ("boundaryField", one.key, "type")
            if not one.type:
                if not one.entries.get("type") and one.entries:
                    yield case.finding(
                        _severity(case, field), f"{field.name} has no type at {one.name}", field.path, entry[:2]
                    )
                continue
            plain_name = one.type.rpartition("::")[2]
            near = plain_name if plain_name in there else known.nearest(one.type, there)
            why = "is for another kind of field" if one.type in other else f"is no type of OpenFOAM {known.VERSION}"
            mend = Mend.of(f"set type {near}", field.path, {f"boundaryField.{one.key}.type": near}) if near else None
            hint = f"; did you mean {near!r}?" if near else ""
            yield case.finding(_severity(case, field), f"{one.type} at {one.name} {why}{hint}", field.path, entry,
                               mend=mend if _plain(one.key) else None)  # fmt: skip


def _plain(key: str) -> bool:
    return re.fullmatch(r"\w+", key) is not None


_NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("fixedValue", "calculated", "nutkWallFunction", "nutUWallFunction", "nutUSpaldingWallFunction",
         "nutLowReWallFunction", "nutkRoughWallFunction", "nutURoughWallFunction", "omegaWallFunction",
         "epsilonWallFunction", "movingWallVelocity", "pressureInletOutletVelocity"),
        ("value",),
    ),
    "inletOutlet": ("inletValue",),
    "outletInlet": ("outletValue",),
    "fixedGradient": ("gradient",),
    "totalPressure": ("p0",),
    "freestream": ("freestreamValue",),
    "freestreamPressure": ("freestreamValue",),
    "freestreamVelocity": ("freestreamValue",),
    "surfaceNormalFixedValue": ("refValue",),
    "uniformFixedValue": ("uniformValue",),
    "turbulentIntensityKineticEnergyInlet": ("intensity",),
    "turbulentMixingLengthFrequencyInlet": ("mixingLength",),
    "turbulentMixingLengthDissipationRateInlet": ("mixingLength",),
    "rotatingWallVelocity": ("origin", "axis", "omega"),
    "mixed": ("refValue", "refGradient", "valueFraction"),
}  # fmt: skip
"""Entries without which a condition cannot be made: "Essential entry 'value' missing on patch inlet"."""
_DEFAULTS: dict[str, Any] = {"intensity": 0.05}


@rule("boundary-entry-missing", example=Example("step", {"0/U": {"boundaryField.outlet.inletValue": None}}))
def entry_missing(case: CaseView) -> Iterator[Finding]:
    """Most boundary conditions need entries of their own, such as inletValue of inletOutlet; without one the run ends
    while the field is read.
    """
    for field in _checked(case):
        seen = set()
        for one in flow.entries(case, field):
            needed = _NEEDED.get(one.type, ())
            absent = [name for name in needed if name not in one.entries] if one.key else []
            absent = [name for name in absent if name not in _names(field, one.key)]
            if absent and one.key not in seen:
                seen.add(one.key)
                yield case.finding(_severity(case, field),
                                   f"{one.type} at {one.name} of {field.name} needs {', '.join(absent)}",
                                   field.path, ("boundaryField", one.key),
                                   mend=_filled(field, one, absent))  # fmt: skip


def _names(field: FieldView, key: str) -> frozenset[str]:
    """The entries at a key, those too whose values are too long to be read here."""
    if field.tree is None:
        return frozenset()
    try:
        return frozenset(field.tree.expanded(strict=False).section(("boundaryField", key)).level.names)
    except FlowError:
        return frozenset()


def _filled(field: FieldView, one: flow.Entries, absent: list[str]) -> Mend | None:
    inside = f"{field.tree.raw('internalField')}" if field.tree is not None and "internalField" in field.tree else ""
    given = one.entries.get("value")
    values: dict[str, Any] = {}
    for name in absent:
        if name in _DEFAULTS:
            values[name] = _DEFAULTS[name]
        elif name in ("inletValue", "outletValue", "freestreamValue") and given is not None:
            values[name] = given
        elif name in ("value", "inletValue", "outletValue") and inside.startswith("uniform"):
            values[name] = inside
        else:
            return None
    if not _plain(one.key):
        return None
    return Mend.of(f"set {', '.join(values)}", field.path,
                   {f"boundaryField.{one.key}.{name}": value for name, value in values.items()})  # fmt: skip


@rule("empty-with-several-cells", example=Example("cavity", {"system/blockMeshDict": {
    "blocks": "(hex (0 1 3 2 4 5 7 6) (20 20 4) simpleGrading (1 1 1))"}}))  # fmt: skip
def several_cells(case: CaseView) -> Iterator[Finding]:
    """Between empty patches the equation of that direction is not solved: more than one cell there costs time and
    means nothing, and usually a three-dimensional case was meant.
    """
    if case.patches is None or case.mesh is None or not any(one.type == "empty" for one in case.patches.values()):
        return
    empty = [one.faces for one in case.patches.values() if one.type == "empty"]
    faces = sum(empty)
    if 0 in empty or case.mesh.cells * 2 <= faces:
        return
    layers = 2 * case.mesh.cells / faces
    where = layout.block_file(case) or layout.BOUNDARY
    yield case.finding("warning", f"{layers:.3g} cells between the empty patches: a two-dimensional case has one",
                       where, "blocks" if where != layout.BOUNDARY else "")  # fmt: skip


@rule("cyclic-without-neighbour", example=Example("periodic", {"system/blockMeshDict": {"boundary": (
    "(inlet { type cyclic; neighbourPatch outlett; faces ((0 4 7 3)); } "
    "outlet { type cyclic; neighbourPatch inlet; faces ((1 2 6 5)); } "
    "bottom { type wall; faces ((0 1 5 4)); } top { type wall; faces ((3 7 6 2)); } "
    "frontAndBack { type empty; faces ((0 3 2 1) (4 5 6 7)); })")}}))  # fmt: skip
def neighbour(case: CaseView) -> Iterator[Finding]:
    """A cyclic patch names the one it is joined to, and that one names it in turn; blockMesh and the solvers end
    otherwise ("Illegal neighbourPatch name").
    """
    if case.multi_region:
        return
    path, written = _written(case)
    for name, entries in written.items():
        if str(entries.get("type", "")) not in _CYCLIC:
            continue
        other = str(entries.get("neighbourPatch", ""))
        if entries.get("coupleGroup"):
            continue
        if not other:
            yield case.finding(
                "error", f"the cyclic patch {name} names no neighbourPatch", path, line=_line(case, path, name)
            )
        elif other not in written:
            hint = known.hint(other, set(written) - {name})
            yield case.finding("error", f"the neighbourPatch {other} of {name} is no patch of the mesh{hint}", path,
                               line=_line(case, path, name))  # fmt: skip
        elif str(written[other].get("neighbourPatch", "")) != name:
            yield case.finding("error", f"{name} names {other} as its neighbourPatch, but {other} does not name it",
                               path, line=_line(case, path, name))  # fmt: skip


def _written(case: CaseView) -> tuple[str, dict[str, dict[str, Any]]]:
    """The patches as polyMesh/boundary or blockMeshDict has them, with all their entries."""
    if layout.BOUNDARY in case.files and not any(step.startswith("blockMesh") for step in case.files.steps):
        found = case.expanded(layout.BOUNDARY)
        return layout.BOUNDARY, {
            name: one for name, one in found.items() if isinstance(one, dict) and name != "FoamFile"
        }
    block = layout.block_file(case)
    listed = case.expanded(block).get("boundary") if block and case.complete(block) else None
    if not isinstance(listed, tuple) or not all(
        isinstance(one, Named) and isinstance(one.entries, Tree) for one in listed
    ):
        return block, {}
    return block, {str(one.name): plain.of(one.entries) for one in listed}


def _line(case: CaseView, path: str, patch: str) -> int:
    found = re.search(rf"^\s*{re.escape(patch)}\s*$", case.text(path), re.MULTILINE)
    return case.text(path).count("\n", 0, found.end()) + 1 if found else 0

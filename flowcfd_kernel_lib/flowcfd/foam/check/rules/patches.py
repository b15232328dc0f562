"""Rules about patches: every patch of the mesh has an entry in every field, of a type that OpenFOAM has and accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flowcfd.errors import FlowError
from flowcfd.foam.check import flow, known, models, newfield
from flowcfd.foam.check.fieldview import FieldView
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.layout import PatchView
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CaseView


@rule("patch-without-entry", example=Example("step", {"0/U": {"boundaryField.lowerWall": None}}))
def without_entry(case: CaseView) -> Iterator[Finding]:
    """Every patch needs an entry in every field that is read, by its name, a group of it or a regular expression; only
    empty patches are filled in by OpenFOAM itself.
    """
    renames = _renames(case)
    for field in models.read_fields(case) if case.patches is not None else ():
        for patch in case.patches.values() if case.patches else ():
            if field.key(patch) or patch.type == "empty":
                continue
            old = renames.get((field.name, patch.name), "")
            message = f"{field.name} has no entry for the patch {patch.name}"
            if old.lower() == patch.name.lower():
                message += f", but one for {old}: case matters"
            elif old:
                message += f" of type {patch.type}, but one for {old}, which the mesh does not have"
            else:
                message += f" of type {patch.type}"
            mend = _renamed(field, old, patch.name) if old else _added(case, field, patch)
            yield case.finding(models.severity(case, field), message, field.path, "boundaryField", mend=mend)


def _renames(case: CaseView) -> dict[tuple[str, str], str]:
    """For field and patch without an entry the entry that is meant for it: of a name like it, or the only one left."""
    return case.made("renames", lambda: dict(_renamings(case)))


def _renamings(case: CaseView) -> Iterator[tuple[tuple[str, str], str]]:
    patches = (case.patches or {}).values()
    names = {name for patch in patches for name in (patch.name, *patch.groups)} | flow.CONSTRAINTS | {"defaultFaces"}
    for field in models.read_fields(case) if patches else ():
        left = [key for key in field.boundary if key not in names and key not in field.patterns]
        without = [patch for patch in patches if patch.type != "empty" and not field.key(patch)]
        lone = len(left) == len(without) == 1
        for patch in without:
            fitting = [key for key in left if _fits(field, key, patch)]
            lower = {key.lower(): key for key in fitting}
            near = lower.get(patch.name.lower()) or known.nearest(patch.name, fitting)
            if not near and lone and fitting:
                near = fitting[0]
            if near:
                left.remove(near)
                yield (field.name, patch.name), near


def _fits(field: FieldView, key: str, patch: PatchView) -> bool:
    """Whether an entry may stand on a patch of this type."""
    kind = str(field.boundary[key].get("type", ""))
    return kind == patch.type if {kind, patch.type} & flow.CONSTRAINTS else True


def _added(case: CaseView, field: FieldView, patch: PatchView) -> Mend | None:
    made = newfield.patch_entry(case, field, patch.name, patch.type)
    if made is None or "." in patch.name:
        return None
    return Mend.of(f"add {made['type']} for {patch.name}", field.path, {f"boundaryField.{patch.name}": made})


def _renamed(field: FieldView, old: str, new: str) -> Mend | None:
    if "." in old + new:
        return None
    changes = {f"boundaryField.{old}": None, f"boundaryField.{new}": dict(field.boundary[old])}
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
    renamed = {(field, old) for (field, _), old in _renames(case).items()}  # told by patch-without-entry
    others: dict[tuple[str, ...], list[FieldView]] = {}
    for field in models.read_fields(case):
        left = [key for key in field.boundary if key not in used and key not in field.patterns]
        for key in left:
            like = lower.get(key.lower())
            if like and field.key(case.patches[like]):
                yield case.finding("warning", f"the entry {key} of {field.name} is ignored: the patch is called {like}",
                                   field.path, ("boundaryField", key))  # fmt: skip
        rest = tuple(key for key in left if key.lower() not in lower and (field.name, key) not in renamed)
        if rest:
            others.setdefault(rest, []).append(field)
    for names, fields in others.items():
        near = known.hint(names[0], set(case.patches)) if len(names) == 1 else ""
        who = ", ".join(field.name for field in fields)
        yield case.finding("note", f"ignored in {who}, the mesh has no such patch: {', '.join(names)}{near}",
                           fields[0].path, ("boundaryField", names[0]))  # fmt: skip


@rule("boundary-type-unknown", example=Example("step", {"0/U": {"boundaryField.step.type": "noSlipp"}}))
def unknown_type(case: CaseView) -> Iterator[Finding]:
    """A boundary condition that no library of OpenFOAM brings ends the run with the list of those it knows."""
    if known.foreign_libraries(case):
        return
    for field in models.read_fields(case):
        if field.cls not in ("volScalarField", "volVectorField") or (field.name == "U" and "Vector" not in field.cls):
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
                        models.severity(case, field), f"{field.name} has no type at {one.name}", field.path, entry[:2]
                    )
                continue
            plain_name = one.type.rpartition("::")[2]
            near = plain_name if plain_name in there else known.nearest(one.type, there)
            why = "is for another kind of field" if one.type in other else f"is no type of OpenFOAM {known.VERSION}"
            mend = Mend.of(f"set type {near}", field.path, {f"boundaryField.{one.key}.type": near}) if near else None
            hint = f"; did you mean {near!r}?" if near else ""
            yield case.finding(models.severity(case, field), f"{one.type} at {one.name} {why}{hint}", field.path, entry,
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
    for field in models.read_fields(case):
        seen = set()
        for one in flow.entries(case, field):
            needed = _NEEDED.get(one.type, ())
            absent = [name for name in needed if name not in one.entries] if one.key else []
            absent = [name for name in absent if name not in _names(field, one.key)]
            if absent and one.key not in seen:
                seen.add(one.key)
                yield case.finding(models.severity(case, field),
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

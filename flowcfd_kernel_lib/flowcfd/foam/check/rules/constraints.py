"""Rules about constraint patches (empty, wedge, cyclic, symmetry): their type in mesh and fields, their geometry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from flowcfd.foam.check import flow, known, layout, models, plain, sides
from flowcfd.foam.check.fieldview import FieldView
from flowcfd.foam.check.finding import Change, Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.dictionary import Named, Tree

_CYCLIC = frozenset(
    {"cyclic", "cyclicPeriodicAMI", "cyclicAMI", "cyclicACMI", "cyclicSlip", "nonuniformTransformCyclic"}
)


@rule("constraint-mismatch", example=Example("step", {"0/p": {"boundaryField.frontAndBack.type": "zeroGradient"}}))
def constraint(case: CaseView) -> Iterator[Finding]:
    """A patch of a constraint type (empty, wedge, cyclic, symmetry, ...) takes just that type in every field, and only
    such a patch may have it; OpenFOAM ends with "inconsistent patch and patchField types".
    """
    for field in models.read_fields(case) if case.patches else ():
        for one in flow.entries(case, field):
            if one.type == one.patch_type or str(one.entries.get("patchType", "")) == one.patch_type:
                continue
            if one.type in _CYCLIC and one.patch_type in _CYCLIC:
                continue  # some, such as cyclicPeriodicAMI, have no condition of their own
            if one.patch_type in flow.CONSTRAINTS:
                yield case.finding(
                    models.severity(case, field),
                    f"the patch {one.name} is {one.patch_type} in the mesh, {one.type or 'without type'} in "
                    f"{field.name}", field.path, ("boundaryField", one.key, "type"),
                    mend=_typed(field, one.name, one.patch_type),
                )  # fmt: skip
            elif one.type in flow.CONSTRAINTS:
                yield case.finding(
                    models.severity(case, field),
                    f"the patch {one.name} is {one.type} in {field.name}, {one.patch_type} in the mesh",
                    field.path, ("boundaryField", one.key, "type"), mend=_in_the_mesh(case, one.name, one.type),
                )  # fmt: skip


def _typed(field: FieldView, patch: str, kind: str) -> Mend | None:
    if "." in patch:
        return None
    return Mend.of(f"make {patch} {kind}", field.path, {f"boundaryField.{patch}": {"type": kind}})


def _in_the_mesh(case: CaseView, patch: str, kind: str) -> Mend | None:
    """The type in the mesh's file, when all fields agree on it and the type needs nothing else."""
    if kind in _CYCLIC or not all(_type_at(case, field, patch) == kind for field in models.read_fields(case)):
        return None
    path = layout.BOUNDARY if layout.BOUNDARY in case.files else layout.block_file(case)
    pattern = re.compile(rf"(^|\s)({re.escape(patch)}\s*\{{[^{{}}]*?\btype\s+)\w+(\s*;)")
    text, count = pattern.subn(rf"\g<1>\g<2>{kind}\g<3>", case.text(path), count=1)
    return Mend(f"make {patch} {kind} in the mesh", (Change(path, "", text),)) if count else None


def _type_at(case: CaseView, field: FieldView, patch: str) -> str:
    return next((one.type for one in flow.entries(case, field) if one.name == patch), "")


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


_ROUND = (
    "(lid { type wall; faces ((2 6 7 3)); } walls { type symmetryPlane; faces ((0 4 6 2) (1 3 7 5) (0 1 5 4)); } "
    "frontAndBack { type empty; faces ((0 2 3 1) (4 5 7 6)); })"
)
_PLANE = {"boundaryField.walls": {"type": "symmetryPlane"}}


@rule("symmetry-plane-not-plane", example=Example("cavity", {
    "system/blockMeshDict": {"boundary": _ROUND}, "0/U": _PLANE, "0/p": _PLANE}))  # fmt: skip
def not_plane(case: CaseView) -> Iterator[Finding]:
    """A symmetryPlane is one plane; on a patch with corners blockMesh and solvers end with "is not planar"; the type
    symmetry does the same face by face.
    """
    for name, patch in (case.patches or {}).items():
        if patch.type == "symmetryPlane" and sides.of(case).get(name) and sides.normal(case, name) is None:
            yield case.finding("error", f"the symmetryPlane {name} is not plane: split it, or make it symmetry",
                               layout.block_file(case), "boundary")  # fmt: skip


@rule("wedge-too-wide", example=Example("pipe", {"system/blockMeshDict": {
    "vertices": "((0 0 0) (6 0 0) (6 0.47 -0.17) (0 0.47 -0.17) (6 0.47 0.17) (0 0.47 0.17))"}}))  # fmt: skip
def wide_wedge(case: CaseView) -> Iterator[Finding]:
    """The two sides of a wedge stand for an axisymmetric flow as long as their angle is small, 5 degrees or less: wide
    wedges have too small an area (1 - sin(a) / a) and skewed normals.
    """
    wedges = [name for name, patch in (case.patches or {}).items() if patch.type == "wedge"]
    normals = [normal for name in wedges if (normal := sides.normal(case, name)) is not None]
    if len(wedges) != 2 or len(normals) != 2:
        return
    cosine = -sum(a * b for a, b in zip(*normals, strict=True))
    angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    if angle > 10:
        message = f"the wedge between {wedges[0]} and {wedges[1]} has {angle:.3g} degrees, 5 is usual"
        yield case.finding("warning", message, layout.block_file(case), "vertices")  # fmt: skip

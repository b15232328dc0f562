"""Rules about walls: the velocity there, wall functions that fit their field, patch and model, and the expected y+."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from flowcfd.foam.check import flow, models, sides
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CaseView

_K_OMEGA = frozenset({"kOmega", "kOmegaSST", "kOmegaSSTSAS", "kOmegaSSTLM", "kOmegaSSTDES", "kOmegaSSTDDES"})
_NEEDS_K = frozenset({"nutkWallFunction", "nutkRoughWallFunction", "nutkAtmRoughWallFunction"})
_WITHOUT_K = frozenset({"SpalartAllmaras", "SpalartAllmarasDES", "SpalartAllmarasDDES", "SpalartAllmarasIDDES"})
_ANY_Y_PLUS = frozenset({"nutUSpaldingWallFunction", "nutUBlendedWallFunction", "nutLowReWallFunction"})
_WALL_CASTS = frozenset({"nutkWallFunction", "nutUWallFunction", "nutUSpaldingWallFunction", "nutLowReWallFunction",
                         "nutkRoughWallFunction", "nutURoughWallFunction", "nutUBlendedWallFunction",
                         "nutkAtmRoughWallFunction", "nutTabulatedWallFunction", "epsilonWallFunction",
                         "omegaWallFunction"})  # fmt: skip
"""Types that OpenFOAM refuses off a wall: "Invalid wall function specification"."""


@rule("wall-function-off-wall", example=Example("step", {"0/nut": {"boundaryField.inlet.type": "nutkWallFunction"}}))
def off_wall(case: CaseView) -> Iterator[Finding]:
    """Wall functions of nut, epsilon and omega belong on patches of type wall; elsewhere OpenFOAM ends: "Invalid wall
    function specification", often because blockMeshDict or the mesh converter said patch.
    """
    read = models.read_by_solver(case)
    for field in case.fields.values() if case.patches is not None else ():
        if not field.complete or (read is not None and field.name not in read):
            continue
        for one in flow.entries(case, field):
            if one.type in _WALL_CASTS and one.patch_type not in ("wall", "mappedWall", ""):
                yield case.finding(
                    "error", f"{one.type} at {one.name}, which is of type {one.patch_type} in the mesh, not wall",
                    field.path, ("boundaryField", one.key, "type"),
                )  # fmt: skip


_BELONGS = {
    "epsilonWallFunction": ("epsilon",),
    "omegaWallFunction": ("omega",),
    "kLowReWallFunction": ("k",),
    "kqRWallFunction": ("k", "q", "R"),
    "fWallFunction": ("f",),
    "v2WallFunction": ("v2",),
}
_OWN = frozenset({"U", "p", "p_rgh", "T", "k", "epsilon", "omega", "nut", "nuTilda", "R"})


@rule("wall-function-of-another-field", example=Example("step", {"0/nut": {
    "boundaryField.step": {"type": "omegaWallFunction", "value": "uniform 1"}}}))  # fmt: skip
def of_another(case: CaseView) -> Iterator[Finding]:
    """A wall function computes one field; OpenFOAM takes it in others without a word (nutkWallFunction in p fixes the
    pressure at the wall to a viscosity), or ends with "Attempt to cast type".
    """
    read = models.read_by_solver(case)
    for name in sorted(_OWN & case.fields.keys() & (read if read is not None else _OWN)):
        field = case.fields[name]
        for one in flow.entries(case, field) if field.complete else ():
            belongs = ("nut",) if re.match(r"nut\w*WallFunction", one.type) else _BELONGS.get(one.type, (name,))
            if name in belongs:
                continue
            harmless = one.type == "kqRWallFunction" and name != "nut"
            yield case.finding(
                "warning" if harmless else "error",
                f"{one.type} at {one.name} belongs into {' or '.join(belongs)}, not into {name}"
                f"{', where it is a zero gradient' if harmless else ''}",
                field.path, ("boundaryField", one.key, "type"),
            )  # fmt: skip


@rule("wall-function-without-nut", example=Example("step", {"0/nut": {
    "boundaryField.step": {"type": "calculated", "value": "uniform 0"}}}))  # fmt: skip
def without_nut(case: CaseView) -> Iterator[Finding]:
    """The wall functions of epsilon and omega take their constants from that of nut on the same patch; OpenFOAM ends
    with "Attempt to cast type calculated to type nutWallFunction".
    """
    nut = case.fields.get("nut")
    if nut is None or not nut.complete or not models.chooses_model(case) or models.read_by_solver(case) is None:
        return
    at_walls = {one.name: one for one in flow.entries(case, nut)}
    dissipation = case.fields.get(models.DISSIPATION.get(case.model, ""))
    for one in flow.entries(case, dissipation):
        other = at_walls.get(one.name)
        if one.type not in ("epsilonWallFunction", "omegaWallFunction") or other is None or other.type in _WALL_CASTS:
            continue
        if other.type in flow.CONSTRAINTS or not other.type:
            continue
        kind = "nutkWallFunction" if case.model not in _K_OMEGA else "nutUSpaldingWallFunction"
        mend = Mend.of(f"set {kind}", nut.path, {
            f"boundaryField.{other.key}": {"type": kind, "value": "uniform 0"}})  # fmt: skip
        yield case.finding("error", f"{one.type} at {one.name} needs a wall function in nut there (got {other.type})",
                           nut.path, ("boundaryField", other.key, "type"),
                           mend=mend if other.key.isidentifier() else None)  # fmt: skip


@rule("wall-function-without-k", example=Example("channel", {"0/nut": {"boundaryField.top.type": "nutkWallFunction"}}))
def without_k(case: CaseView) -> Iterator[Finding]:
    """NutkWallFunction takes the wall's friction from k; Spalart and Allmaras have none, OpenFOAM then takes zero with
    a warning, and the wall has no turbulent friction.
    """
    field = case.fields.get("nut")
    if case.model not in _WITHOUT_K or field is None:
        return
    for one in flow.entries(case, field):
        if one.type in _NEEDS_K:
            mend = Mend.of("set nutUSpaldingWallFunction", field.path,
                           {f"boundaryField.{one.key}.type": "nutUSpaldingWallFunction"})  # fmt: skip
            yield case.finding("warning", f"{one.type} at {one.name} needs k, which {case.model} does not have",
                               field.path, ("boundaryField", one.key, "type"),
                               mend=mend if one.key.isidentifier() else None)  # fmt: skip


@rule("wall-function-mixed", example=Example("step", {"0/omega": {
    "boundaryField.step": {"type": "zeroGradient"}}}))  # fmt: skip
def mixed(case: CaseView) -> Iterator[Finding]:
    """A wall function in nut goes with one in epsilon or omega: zero gradient there leaves the dissipation near the
    wall without its largest source, and nut far too large.
    """
    name = models.DISSIPATION.get(case.model, "")
    nut, dissipation = case.fields.get("nut"), case.fields.get(name)
    if nut is None or dissipation is None or not dissipation.complete or case.model == "kkLOmega":
        return
    treated = {one.name for one in flow.entries(case, nut) if one.type in _WALL_CASTS}
    for one in flow.entries(case, dissipation):
        if one.name in treated and one.type == "zeroGradient":
            mend = Mend.of(f"set {name}WallFunction", dissipation.path, {
                f"boundaryField.{one.key}": {"type": f"{name}WallFunction", "value": "$internalField"}})  # fmt: skip
            yield case.finding("warning", f"{one.name} has a wall function in nut, but zeroGradient in {name}",
                               dissipation.path, ("boundaryField", one.key, "type"),
                               mend=mend if one.key.isidentifier() else None)  # fmt: skip


@rule("wall-lets-through", example=Example("step", {"0/U": {"boundaryField.upperWall.type": "zeroGradient"}}))
def leaking(case: CaseView) -> Iterator[Finding]:
    """A wall needs a velocity (noSlip, or that of its motion) or slip; with zero gradient of U flow goes through it."""
    velocity = flow.velocity(case)
    pressures = (case.fields.get(name) for name in ("p", "p_rgh"))
    opened = {one.name for field in pressures for one in flow.entries(case, field) if one.type not in flow.NOT_FIXING}
    for one in flow.entries(case, velocity):
        if velocity is not None and one.patch_type == "wall" and one.type in flow.OPEN_VELOCITY:
            if one.name in opened:
                yield case.finding("note", f"{one.name} is an opening in {velocity.name}, but of type wall in the mesh",
                                   velocity.path, ("boundaryField", one.key, "type"))  # fmt: skip
                continue
            mend = Mend.of("set noSlip", velocity.path, {f"boundaryField.{one.key}": {"type": "noSlip"}})
            yield case.finding("warning", f"{one.name} is a wall, and {one.type} of {velocity.name} lets flow through",
                               velocity.path, ("boundaryField", one.key, "type"),
                               mend=mend if one.key.isidentifier() else None)  # fmt: skip


@rule("wall-treatment-against-y-plus", example=Example("step", {
    "0/nut": {"boundaryField.lowerWall": {"type": "calculated", "value": "uniform 0"}},
    "0/U": {"boundaryField.inlet.value": "uniform (90 0 0)"}}))  # fmt: skip
def y_plus(case: CaseView) -> Iterator[Finding]:
    """Wall functions hold for y+ between 30 and 300, integration to the wall needs y+ about 1. Estimated here from the
    height of the first cell and the friction of a flat plate, cf = 0.058 Re^-0.2 (Schlichting), right within a factor
    of two or so; the run's own yPlus decides.
    """
    nut, nu, speed = case.fields.get("nut"), flow.viscosity(case), flow.speed(case)
    if (
        nut is None
        or not nu
        or nu <= 0
        or not speed
        or case.kind != "RAS"
        or case.mesh is None
        or not models.chooses_model(case)
    ):
        return
    length = max(case.mesh.lengths)
    friction = speed * math.sqrt(0.029 * (speed * length / nu) ** -0.2)
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for one in flow.entries(case, nut):
        cell = sides.first_cell(case, one.name) if one.patch_type == "wall" and not _slips(case, one.name) else None
        if cell is None:
            continue
        estimate = 0.5 * cell * friction / nu
        function = one.type in _WALL_CASTS
        if function and estimate < 1 and one.type not in _ANY_Y_PLUS and case.model not in _K_OMEGA:
            low[one.name] = estimate
        elif not function and estimate > 30:
            high[one.name] = estimate
    if low:
        name = min(low, key=lambda one: low[one])
        yield case.finding("warning", f"wall functions of {case.model} with an expected y+ of {low[name]:.2g} at {name}"
                           ": larger first cells, or a low-Reynolds model", nut.path, "boundaryField")  # fmt: skip
    if high:
        name = max(high, key=lambda one: high[one])
        yield case.finding("warning", f"no wall function in nut with an expected y+ of {high[name]:.2g} at {name}: "
                           "refine towards the wall, or use one", nut.path, "boundaryField")  # fmt: skip


def _slips(case: CaseView, patch: str) -> bool:
    found: Any = next((one.type for one in flow.entries(case, flow.velocity(case)) if one.name == patch), "")
    return found in ("slip", "zeroGradient", "symmetry")

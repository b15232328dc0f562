"""Rules about turbulence: the model and its dictionary, its values, and the treatment of walls."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from flowcfd.foam.check import flow, known, models, plain, sides
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import TURBULENCE, CaseView
from flowcfd.foam.dictionary import Uniform

_K_OMEGA = frozenset({"kOmega", "kOmegaSST", "kOmegaSSTSAS", "kOmegaSSTLM", "kOmegaSSTDES", "kOmegaSSTDDES"})
_NEEDS_K = frozenset({"nutkWallFunction", "nutkRoughWallFunction", "nutkAtmRoughWallFunction"})
_WITHOUT_K = frozenset({"SpalartAllmaras", "SpalartAllmarasDES", "SpalartAllmarasDDES", "SpalartAllmarasIDDES"})
_ANY_Y_PLUS = frozenset({"nutUSpaldingWallFunction", "nutUBlendedWallFunction", "nutLowReWallFunction"})
_WALL_CASTS = frozenset({"nutkWallFunction", "nutUWallFunction", "nutUSpaldingWallFunction", "nutLowReWallFunction",
                         "nutkRoughWallFunction", "nutURoughWallFunction", "nutUBlendedWallFunction",
                         "nutkAtmRoughWallFunction", "nutTabulatedWallFunction", "epsilonWallFunction",
                         "omegaWallFunction"})  # fmt: skip
"""Types that OpenFOAM refuses off a wall: "Invalid wall function specification"."""
C_MU = 0.09


def _active(case: CaseView) -> bool:
    return models.reads_model(case) and not case.multi_region and TURBULENCE in case.files and case.complete(TURBULENCE)


@rule("simulation-type", example=Example("step", {TURBULENCE: {"simulationType": "RASModel"}}))
def simulation_type(case: CaseView) -> Iterator[Finding]:
    """SimulationType is laminar, RAS or LES, and RAS and LES need the dictionary of that name; a case that says
    RASModel is of a version before 3.0.
    """
    if not _active(case):
        return
    written = case.get(TURBULENCE, "simulationType")
    if not isinstance(written, str) or written not in ("laminar", "RAS", "LES"):
        near = case.kind or known.nearest(str(written), ("laminar", "RAS", "LES"))
        mend = Mend.of(f"set simulationType {near}", TURBULENCE, {"simulationType": near}) if near else None
        said = "is not given" if written is None else f"{written} is none of laminar, RAS, LES"
        yield case.finding("error", f"simulationType {said}", TURBULENCE, "simulationType", mend=mend)
    elif written != "laminar" and not isinstance(case.get(TURBULENCE, str(written)), dict):
        others = [name for name in ("RAS", "LES") if isinstance(case.get(TURBULENCE, name), dict)]
        mend = Mend.of(f"set simulationType {others[0]}", TURBULENCE, {"simulationType": others[0]}) if others else None
        hint = f", but one called {others[0]}" if others else ""
        yield case.finding("error", f"simulationType is {written}, and there is no dictionary {written}{hint}",
                           TURBULENCE, "simulationType", mend=mend)  # fmt: skip


@rule("turbulence-entry-missing", example=Example("step", {TURBULENCE: {"RAS.turbulence": None}}))
def entries(case: CaseView) -> Iterator[Finding]:
    """The dictionary of the model needs its switch `turbulence`, and that of LES a filter width `delta`; IDDES models
    only work with IDDESDelta.
    """
    level = case.get(TURBULENCE, case.kind) if _active(case) and case.kind not in ("", "laminar") else None
    if not isinstance(level, dict):
        return
    if "turbulence" not in level:
        yield case.finding("error", f"{case.kind} has no switch turbulence", TURBULENCE, case.kind,
                           mend=Mend.of("set it on", TURBULENCE, {f"{case.kind}.turbulence": "on"}))  # fmt: skip
    if case.kind == "LES" or case.model == "kOmegaSSTSAS":
        delta = level.get("delta")
        if delta is None:
            yield case.finding("error", f"{case.kind} has no delta", TURBULENCE, case.kind,
                               mend=Mend.of("set delta cubeRootVol", TURBULENCE, {
                                   f"{case.kind}.delta": "cubeRootVol",
                                   f"{case.kind}.cubeRootVolCoeffs": {"deltaCoeff": 1}}))  # fmt: skip
        elif case.model.endswith("IDDES") and delta != "IDDESDelta":
            yield case.finding("error", f"{case.model} needs delta IDDESDelta (got {delta})", TURBULENCE,
                               f"{case.kind}.delta")  # fmt: skip


@rule("turbulence-model-unknown", example=Example("step", {TURBULENCE: {"RAS.RASModel": "kOmegaSTT"}}))
def unknown(case: CaseView) -> Iterator[Finding]:
    """A model that this OpenFOAM does not have ends the run with the list of those it has; some exist for
    incompressible flow only, or as LES only.
    """
    if not _active(case) or not case.model or case.kind not in ("RAS", "LES") or known.foreign_libraries(case):
        return
    if case.solver is None:
        return
    there = known.models(case.kind, compressible=case.solver.compressible)
    if case.model in there or not there:
        return
    entry = f"{case.kind}.{case.kind}Model"
    other = "LES" if case.kind == "RAS" else "RAS"
    near = known.nearest(case.model, there)
    if case.model in known.models(other, compressible=case.solver.compressible):
        message = f"{case.model} is a model of {other}, not of {case.kind}"
    else:
        message = f"{case.model} is no {case.kind} model of {case.application}{known.hint(case.model, there)}"
    mend = Mend.of(f"set {case.kind}Model {near}", TURBULENCE, {entry: near}) if near else None
    yield case.finding("error", message, TURBULENCE, entry, mend=mend)


@rule("les-in-two-dimensions", example=Example("channel", {TURBULENCE: {
    "simulationType": "LES", "LES": {"LESModel": "WALE", "turbulence": "on", "delta": "cubeRootVol"}}}))  # fmt: skip
def les_flat(case: CaseView) -> Iterator[Finding]:
    """Turbulence is three-dimensional: large eddies of a mesh with empty patches have nothing to do with real ones."""
    if case.kind == "LES" and case.patches and any(one.type in ("empty", "wedge") for one in case.patches.values()):
        yield case.finding("warning", f"LES ({case.model}) on a two-dimensional mesh", TURBULENCE, "simulationType")


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
    if nut is None or not nut.complete or not _active(case) or models.read_by_solver(case) is None:
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


@rule("turbulence-value-zero", example=Example("step", {"0/omega": {"internalField": "uniform 0"}}))
def zero(case: CaseView) -> Iterator[Finding]:
    """Every model with epsilon or omega divides by it: a zero at the start or at an inlet ends the run in a floating
    point exception in correctNut().
    """
    name = models.DISSIPATION.get(case.model, "")
    read = models.read_by_solver(case)
    for wanted in (name, "k") if _active(case) and name else ():
        field = case.fields.get(wanted)
        if field is None or read is None or wanted not in read:
            continue
        inside = plain.number(field.internal) if isinstance(field.internal, Uniform) else None
        if inside is not None and (inside < 0 or (inside == 0 and wanted == name)):
            yield case.finding(
                "error", f"{wanted} is {inside:g} inside, it must be positive", field.path, "internalField"
            )
        for one in flow.entries(case, field):
            value = plain.number(one.entries.get("value")) if one.type == "fixedValue" else None
            if value is None or one.patch_type in ("wall", "") or value > 0 or (value == 0 and wanted == "k"):
                continue
            yield case.finding("error", f"{wanted} is {value:g} at {one.name}, it must be positive", field.path,
                               ("boundaryField", one.key, "value"))  # fmt: skip


@rule("inlet-turbulence-absurd", example=Example("step", {"0/k": {"boundaryField.inlet.value": "uniform 75"}}))
def absurd(case: CaseView) -> Iterator[Finding]:
    """Wind tunnels have an intensity of 0.1 to 1 percent, pipes 5, the wake of a fan 20: above 50 percent, or with an
    eddy viscosity of a million times nu (the atmosphere has 1e5), a value has the wrong unit or scale.
    """
    k_field, velocity = case.fields.get("k"), flow.velocity(case)
    name = models.DISSIPATION.get(case.model, "")
    if k_field is None or velocity is None or not name or not _active(case):
        return
    speeds = {one.name: math.hypot(*given) for one in flow.entries(case, velocity)
              if (given := flow.given_velocity(one)) is not None and one.patch_type != "wall"}  # fmt: skip
    rates = {one.name: _fixed(one) for one in flow.entries(case, case.fields.get(name))}
    nu = flow.viscosity(case)
    for one in flow.entries(case, k_field):
        speed, k, rate = speeds.get(one.name, 0.0), _fixed(one), rates.get(one.name)
        entry = ("boundaryField", one.key)
        intensity = _intensity(one, k, speed)
        if one.type == "turbulentIntensityKineticEnergyInlet" and intensity is not None and intensity > 1:
            near = f"{intensity / 100:g}"
            yield case.finding("error", f"intensity {intensity:g} at {one.name} must be a fraction, 0 to 1",
                               k_field.path, (*entry, "intensity"), mend=Mend.of(f"set {near}", k_field.path, {
                                   f"boundaryField.{one.key}.intensity": float(near)}))  # fmt: skip
        elif intensity is not None and intensity > 0.5:
            yield case.finding("warning", f"turbulence intensity {intensity:.0%} at {one.name} (k {k or 0:g} at "
                               f"{speed:g} m/s)", k_field.path, entry)  # fmt: skip
        if k and rate and nu and speed:
            ratio = (k / rate if name == "omega" else C_MU * k * k / rate) / nu
            if not 1e-3 <= ratio <= 1e6:
                yield case.finding("warning" if ratio > 1 else "note",
                                   f"eddy viscosity {ratio:.2g} times nu at {one.name} (k {k:g}, {name} {rate:g}); "
                                   "1 to 100 is usual", k_field.path, entry)  # fmt: skip


def _fixed(one: flow.Entries) -> float | None:
    return plain.number(one.entries.get("value")) if one.type == "fixedValue" else None


def _intensity(one: flow.Entries, k: float | None, speed: float) -> float | None:
    if one.type == "turbulentIntensityKineticEnergyInlet":
        return plain.number(one.entries.get("intensity"))
    return math.sqrt(2 * k / 3) / speed if k and k > 0 and speed > 0 else None


@rule("wall-treatment-against-y-plus", example=Example("step", {
    "0/nut": {"boundaryField.lowerWall": {"type": "calculated", "value": "uniform 0"}},
    "0/U": {"boundaryField.inlet.value": "uniform (90 0 0)"}}))  # fmt: skip
def y_plus(case: CaseView) -> Iterator[Finding]:
    """Wall functions hold for y+ between 30 and 300, integration to the wall needs y+ about 1. Estimated here from the
    height of the first cell and the friction of a flat plate, cf = 0.058 Re^-0.2 (Schlichting), right within a factor
    of two or so; the run's own yPlus decides.
    """
    nut, nu, speed = case.fields.get("nut"), flow.viscosity(case), flow.speed(case)
    if nut is None or not nu or nu <= 0 or not speed or case.kind != "RAS" or case.mesh is None or not _active(case):
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

"""Rules about turbulence: the model, its dictionary, and its values inside and at inlets."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flowcfd.foam.check import flow, known, models, plain
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import TURBULENCE, CaseView
from flowcfd.foam.dictionary import Uniform

C_MU = 0.09


@rule("simulation-type", example=Example("step", {TURBULENCE: {"simulationType": "RASModel"}}))
def simulation_type(case: CaseView) -> Iterator[Finding]:
    """SimulationType is laminar, RAS or LES, and RAS and LES need the dictionary of that name; a case that says
    RASModel is of a version before 3.0.
    """
    if not models.chooses_model(case):
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
    level = case.get(TURBULENCE, case.kind) if models.chooses_model(case) and case.kind not in ("", "laminar") else None
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
    if (
        not models.chooses_model(case)
        or not case.model
        or case.kind not in ("RAS", "LES")
        or known.foreign_libraries(case)
    ):
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


@rule("turbulence-value-zero", example=Example("step", {"0/omega": {"internalField": "uniform 0"}}))
def zero(case: CaseView) -> Iterator[Finding]:
    """Every model with epsilon or omega divides by it: a zero at the start or at an inlet ends the run in a floating
    point exception in correctNut().
    """
    name = models.DISSIPATION.get(case.model, "")
    read = models.read_by_solver(case)
    for wanted in (name, "k") if models.chooses_model(case) and name else ():
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
    if k_field is None or velocity is None or not name or not models.chooses_model(case):
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

"""Rules about names of another OpenFOAM: those of openfoam.org from version 7 on, which ESI 1912 does not read.

The names are those of the release notes of OpenFOAM 8 to 11 (openfoam.org): momentumTransport, physicalProperties,
viscosityModel, model, fvModels, fvConstraints, foamRun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowcfd.errors import FlowError
from flowcfd.foam import dictionary
from flowcfd.foam.check import known, models
from flowcfd.foam.check.finding import Change, Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, THERMO, TRANSPORT, TURBULENCE, CaseView

_MOMENTUM, _PHYSICAL = "constant/momentumTransport", "constant/physicalProperties"
_TURBULENCE_TEXT = (
    "FoamFile\n{\n    version     2.0;\n    format      ascii;\n    class       dictionary;\n"
    "    object      momentumTransport;\n}\n\nsimulationType  RAS;\n\nRAS\n{\n    model           kOmegaSST;\n"
    "    turbulence      on;\n}\n"
)
_SOLVERS = {
    "buoyantFoam": ("buoyantPimpleFoam", "buoyantSimpleFoam"),
    "rhoFoam": ("rhoPimpleFoam", "rhoSimpleFoam"),
    "compressibleInterIsoFoam": ("compressibleInterFoam", "compressibleInterFoam"),
}
"""Solvers of openfoam.org under another name, transient and steady."""
_MODULES = {
    "incompressibleFluid": ("pimpleFoam", "simpleFoam"),
    "fluid": ("buoyantPimpleFoam", "buoyantSimpleFoam"),
    "incompressibleVoF": ("interFoam", "interFoam"),
    "shockFluid": ("rhoCentralFoam", "rhoCentralFoam"),
    "multicomponentFluid": ("reactingFoam", "reactingFoam"),
}
"""Modules of foamRun (OpenFOAM 11 and later) and the solvers of 1912 that do the same."""


@rule("file-of-another-openfoam", example=Example("step", {TURBULENCE: None, _MOMENTUM: _TURBULENCE_TEXT}))
def files(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM of openfoam.org reads momentumTransport and physicalProperties where ESI 1912 reads turbulenceProperties
    and transportProperties (or thermophysicalProperties): the run ends with "cannot find file".
    """
    if not models.required(case):
        return  # some solvers of 1912 have a physicalProperties of their own
    compressible = case.compressible or "thermoType" in case.expanded(_PHYSICAL)
    for path, name in ((_MOMENTUM, TURBULENCE), (_PHYSICAL, THERMO if compressible else TRANSPORT)):
        if path not in case.files or case.multi_region:
            continue
        if name in case.files:
            yield case.finding("note", f"not read by OpenFOAM {known.VERSION}, which takes {name}", path)
            continue
        text = _rewritten(case, path, name)
        changes = (Change(path, "", None), Change(name, "", text))
        yield case.finding("error", f"OpenFOAM {known.VERSION} reads {name}; {path.rpartition('/')[2]} is its name in "
                           "OpenFOAM of openfoam.org", path, mend=Mend(f"rename it to {name}", changes))  # fmt: skip


def _rewritten(case: CaseView, path: str, name: str) -> str:
    """The text with the names that this OpenFOAM reads."""
    old, new = path.rpartition("/")[2], name.rpartition("/")[2]
    text = re.sub(rf"(\bobject\s+){old}(\s*;)", rf"\g<1>{new}\g<2>", case.text(path))
    try:
        tree = dictionary.parse(text, path=path)
        for level in ("RAS", "LES"):
            if f"{level}.model" in tree and f"{level}.{level}Model" not in tree:
                tree = tree.add(f"{level}.{level}Model", tree[f"{level}.model"]).delete(f"{level}.model")
        if new == "transportProperties" and "transportModel" not in tree:
            model = str(tree.get("viscosityModel", "Newtonian"))
            tree = tree.delete("viscosityModel") if "viscosityModel" in tree else tree
            tree = tree.add("transportModel", "Newtonian" if model == "constant" else model)
    except FlowError:
        return text
    return tree.text()


@rule("model-entry-of-another-openfoam", example=Example("step", {TURBULENCE: {
    "RAS.RASModel": None, "RAS.model": "kOmegaSST"}}))  # fmt: skip
def model_entry(case: CaseView) -> Iterator[Finding]:
    """ESI 1912 reads the model's name from RASModel or LESModel, not from `model`: it ends with "Entry 'RASModel' not
    found".
    """
    level = case.get(TURBULENCE, case.kind) if case.kind in ("RAS", "LES") else None
    if not isinstance(level, dict) or f"{case.kind}Model" in level or not case.complete(TURBULENCE):
        return
    entry, named = f"{case.kind}.{case.kind}Model", level.get("model")
    if named is None:
        yield case.finding("error", f"{case.kind} names no model: {case.kind}Model is not given", TURBULENCE, case.kind)
        return
    changes = {entry: str(named), f"{case.kind}.model": None}
    yield case.finding("error", f"OpenFOAM {known.VERSION} reads {case.kind}Model; model is its name in OpenFOAM of "
                       "openfoam.org", TURBULENCE, f"{case.kind}.model",
                       mend=Mend.of(f"rename it to {case.kind}Model", TURBULENCE, changes))  # fmt: skip


@rule("viscosity-model-of-another-openfoam", example=Example("step", {TRANSPORT: {
    "transportModel": None, "viscosityModel": "constant"}}))  # fmt: skip
def viscosity_model(case: CaseView) -> Iterator[Finding]:
    """ESI 1912 reads transportModel Newtonian where OpenFOAM of openfoam.org reads viscosityModel constant."""
    entries = case.expanded(TRANSPORT)
    if "viscosityModel" not in entries or "transportModel" in entries:
        return
    named = str(entries["viscosityModel"])
    model = "Newtonian" if named in ("constant", "Newtonian") else named
    yield case.finding(
        "error", f"OpenFOAM {known.VERSION} reads transportModel; viscosityModel is its name at openfoam.org",
        TRANSPORT, "viscosityModel",
        mend=Mend.of(f"set transportModel {model}", TRANSPORT, {"transportModel": model, "viscosityModel": None}),
    )  # fmt: skip


@rule("sources-of-another-openfoam", example=Example("step", {"constant/fvModels": (
    "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class dictionary;\n    object fvModels;\n}\n"
    "force { type meanVelocityForce; }\n")}))  # fmt: skip
def sources(case: CaseView) -> Iterator[Finding]:
    """ESI OpenFOAM has its sources and limits in fvOptions; fvModels and fvConstraints are never read, so that what
    they should do does not happen, without a word.
    """
    for path in ("constant/fvModels", "system/fvModels", "constant/fvConstraints", "system/fvConstraints"):
        if path in case.files:
            yield case.finding("warning", f"never read by OpenFOAM {known.VERSION}: its sources and constraints are in "
                               "constant/fvOptions, with their own entries", path)  # fmt: skip


_RENAMED_APPLICATION = {CONTROL: {"application": "foamRun", "solver": "incompressibleFluid"}}


@rule("solver-of-another-openfoam", example=Example("simpleFoam/pitzDaily", _RENAMED_APPLICATION))
def solver(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM 11 of openfoam.org has one application foamRun and names a module; ESI 1912 has one solver for each."""
    name = case.application
    if case.files.steps or name in known.names("applications"):
        return
    module = str(case.get(CONTROL, "solver", ""))
    pair = _SOLVERS.get(name) or (_MODULES.get(module) if name in ("foamRun", "") else None)
    if pair is None:
        return
    ours = pair[1] if str(case.get("system/fvSchemes", "ddtSchemes.default", "")) == "steadyState" else pair[0]
    said = f"{name} with the module {module}" if module else name
    changes = {"application": ours, **({"solver": None} if module else {})}
    yield case.finding("error", f"{said or module} is of OpenFOAM of openfoam.org; {ours} does the same here", CONTROL,
                       "application" if name else "solver",
                       mend=Mend.of(f"set application {ours}", CONTROL, changes))  # fmt: skip

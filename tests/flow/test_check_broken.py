"""Shipped cases with one mistake each, as they are really made, and the gate of a check that catches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import Findings, check
from flowcfd.foam.tutorials import tutorial

pytestmark = pytest.mark.flow

CAVITY, STEP = "icoFoam/cavity/cavity", "simpleFoam/pitzDaily"
JUNCTION, AIRFOIL, DAM = "pimpleFoam/RAS/TJunction", "simpleFoam/airFoil2D", "laminar/damBreak/damBreak"
CONTROL, SCHEMES, SOLUTION = "system/controlDict", "system/fvSchemes", "system/fvSolution"
TURBULENCE, TRANSPORT = "constant/turbulenceProperties", "constant/transportProperties"
Edits = Mapping[str, Mapping[str, object] | tuple[str, str] | str | None]


@dataclass(frozen=True)
class Broken:
    """A mistake: its base, the edits that make it (a pair replaces text), and the gate that catches it."""

    base: str
    edits: Edits
    gate: str = "rules"

    def files(self) -> CaseFiles:
        """The case with the mistake."""
        files = adopt(tutorial(self.base))
        for path, edit in self.edits.items():
            if isinstance(edit, tuple):
                assert edit[0] in files.text(path), (path, edit)
                files = files.with_files({path: files.text(path).replace(*edit, 1)})
            elif edit is None or isinstance(edit, str):
                files = files.with_files({path: edit})
            else:
                files = files.edited(path, edit)
        return files


def coefficients(**changes: object) -> dict[str, object]:
    """The entry of controlDict with force coefficients, some of them other than right (None: absent)."""
    right = {
        "type": "forceCoeffs", "libs": "(forces)", "patches": "(upperWall)", "rho": "rhoInf", "rhoInf": 1,
        "CofR": "(0 0 0)", "liftDir": "(0 1 0)", "dragDir": "(1 0 0)", "magUInf": 10, "lRef": 0.0254, "Aref": 2.54e-5,
    }  # fmt: skip
    whole = {**right, **changes}
    return {"functions": {"body": {name: value for name, value in whole.items() if value is not None}}}


BROKEN: dict[str, Broken] = {
    # the catalogue of faults, each as it was provoked on icoFoam's cavity
    "entry missing": Broken(CAVITY, {CONTROL: {"deltaT": None}}),
    "field file missing": Broken(CAVITY, {"0/p": None}),
    "patch missing in a field": Broken(CAVITY, {"0/U": {"boundaryField.fixedWalls": None}}),
    "wrong dimensions": Broken(CAVITY, {"0/U": {"dimensions": "[0 1 -2 0 0 0 0]"}}),
    "scheme missing": Broken(CAVITY, {SCHEMES: {"divSchemes.div(phi,U)": None}}),
    "solver entry missing": Broken(CAVITY, {SOLUTION: {"solvers.U": None}}),
    "unknown linear solver": Broken(CAVITY, {SOLUTION: {"solvers.p.solver": "PCGG"}}),
    "unknown boundary type": Broken(CAVITY, {"0/U": {"boundaryField.fixedWalls.type": "noSlippp"}}),
    "property missing": Broken(CAVITY, {TRANSPORT: ("nu ", "mu ")}, "dry run"),
    "file named for another fork": Broken(CAVITY, {TRANSPORT: None, "constant/physicalProperties": "nu 0.01;\n"}),
    "brace lost": Broken(CAVITY, {SOLUTION: ("pRefValue       0;\n}", "pRefValue       0;\n")}, "parse"),
    "brace too many": Broken(CAVITY, {SOLUTION: ("solvers\n{", "}\nsolvers\n{")}, "parse"),
    "pFinal missing": Broken(CAVITY, {SOLUTION: {"solvers.pFinal": None}}),
    "one patch misspelt in all fields": Broken(
        STEP, dict.fromkeys(("0/U", "0/p", "0/k", "0/epsilon", "0/nut"), ("outlet\n", "outlett\n"))),
    "no mesh": Broken(CAVITY, {"system/blockMeshDict": None}),
    "time step far too large": Broken(CAVITY, {CONTROL: {"deltaT": 0.5}}),
    "semicolon lost": Broken(CAVITY, {CONTROL: ("endTime         0.5;", "endTime         0.5")}, "rules"),
    "vertices in another order": Broken(
        CAVITY, {"system/blockMeshDict": ("hex (0 1 2 3 4 5 6 7)", "hex (0 2 1 3 4 6 5 7)")}, "dry run"),
    # the rules distilled from failures of others
    "maxCo without adjustTimeStep": Broken(JUNCTION, {CONTROL: {"adjustTimeStep": None}}),
    "more work than can be done": Broken(CAVITY, {CONTROL: {"deltaT": 1e-9, "endTime": 1000}}),
    "zeroGradient for U and p at an outlet": Broken(
        STEP, {"0/p": {"boundaryField.outlet": {"type": "zeroGradient"}}}),
    "closed domain without reference": Broken(CAVITY, {SOLUTION: {"PISO.pRefCell": None, "PISO.pRefValue": None}}),
    "patch in another case": Broken(STEP, {"0/U": ("upperWall", "UpperWall")}),
    "entry without a patch": Broken(STEP, {"0/p": {"boundaryField.inlet2": {"type": "zeroGradient"}}}),
    "wall function without k": Broken(AIRFOIL, {"0/nut": {"boundaryField.walls.type": "nutkWallFunction"}}),
    "file that no model reads": Broken(AIRFOIL, {"0/epsilon": "FoamFile { version 2.0; format ascii; class "
                                                 "volScalarField; object epsilon; }\ndimensions [0 2 -3 0 0 0 0];\n"
                                                 "internalField uniform 1;\n"
                                                 'boundaryField { ".*" { type zeroGradient; } }\n'}),
    "pressure in pascal": Broken(STEP, {"0/p": {"dimensions": "[1 -1 -2 0 0 0 0]"}}),
    "model changed, fields not": Broken(STEP, {TURBULENCE: {"RAS.RASModel": "kOmegaSST"}}),
    "model misspelt": Broken(STEP, {TURBULENCE: {"RAS.RASModel": "kEpsilo"}}),
    "model entry of the other fork": Broken(STEP, {TURBULENCE: {"RAS.RASModel": None, "RAS.model": "kEpsilon"}}),
    "Aref missing": Broken(STEP, {CONTROL: coefficients(Aref=None)}),
    "rho missing in incompressible forces": Broken(STEP, {CONTROL: coefficients(rho=None)}),
    "magUInf of another case": Broken(STEP, {CONTROL: coefficients(magUInf=1)}),
    "three-dimensional Aref in two dimensions": Broken(STEP, {CONTROL: coefficients(Aref=0.0254)}),
    "forces on a patch that is not there": Broken(STEP, {CONTROL: coefficients(patches="(upperwall)")}),
    "library of the function object not loaded": Broken(STEP, {CONTROL: coefficients(libs=None)}),
    "residuals, which 1912 has not": Broken(STEP, {CONTROL: {"functions": {"residuals": {"type": "residuals"}}}}),
    "count of ranks against n": Broken(DAM, {"system/decomposeParDict": {"numberOfSubdomains": 6}}),
    "a stub as decomposer": Broken(DAM, {"system/decomposeParDict": {"method": "scotch"}}),
    "two entries of one key": Broken(STEP, {CONTROL: ("endTime         2000;", "endTime 2000;\nendTime 20;")}),
    "empty with several cells": Broken(CAVITY, {"system/blockMeshDict": ("(20 20 1)", "(20 20 8)")}),
    "writes nothing": Broken(STEP, {CONTROL: {"writeInterval": 5000}}),
    "writes thousands": Broken(CAVITY, {CONTROL: {"writeInterval": 1, "deltaT": 1e-5}}),
    "relaxation missing": Broken(STEP, {SOLUTION: {"relaxationFactors": None}}),
    "a pattern that takes the pressure": Broken(STEP, {SOLUTION: {
        "solvers": {'"(p|pFinal)"': {"solver": "GAMG", "smoother": "GaussSeidel", "tolerance": 1e-6, "relTol": 0.1},
                    '"(U|k|.*)(Final)?"': {"solver": "smoothSolver", "smoother": "GaussSeidel", "tolerance": 1e-6}}}}),
    "stopAt writeNow left over": Broken(STEP, {CONTROL: {"stopAt": "writeNow"}}),
    "code in a dictionary": Broken(CAVITY, {TRANSPORT: ("nu              0.01", 'nu #calc "0.005 * 2"')}),
    "include that is not there": Broken(CAVITY, {CONTROL: {"#include": '"solverControls"'}}),
    "solver misspelt": Broken(CAVITY, {CONTROL: {"application": "icoFaom"}}),
    "solver of the other fork": Broken(STEP, {CONTROL: {"application": "foamRun", "solver": "incompressibleFluid"}}),
    "empty patch as a wall": Broken(STEP, {"0/U": {"boundaryField.frontAndBack.type": "noSlip"}}),
    "speed of a compressible flow": Broken(STEP, {"0/U": {"boundaryField.inlet.value": "uniform (400 0 0)"}}),
    "geometry in millimetres": Broken(STEP, {"system/blockMeshDict": ("scale   0.001", "scale   1")}),
    "turbulence of the inlet absurd": Broken(STEP, {"0/k": {"boundaryField.inlet.value": "uniform 400"}}),
    "inlet against the domain": Broken(STEP, {"0/U": {"boundaryField.inlet.value": "uniform (-10 0 0)"}}),
    "gravity missing": Broken(DAM, {"constant/g": None}),
    "scheme misspelt": Broken(STEP, {SCHEMES: {"divSchemes.div(phi,U)": "bounded Gauss linearUpwnd grad(U)"}}),
    "relaxation above one": Broken(STEP, {SOLUTION: {"relaxationFactors.equations.U": 9}}),
    "a transient solver that is told to be steady": Broken(CAVITY, {SCHEMES: {"ddtSchemes.default": "steadyState"}}),
    "nothing to run": Broken(CAVITY, {CONTROL: {"endTime": 0}}),
    "start where no fields are": Broken(CAVITY, {CONTROL: {"startTime": 0.3}}),
    "a vector as a scalar": Broken(CAVITY, {"0/U": {"internalField": "uniform 0"}}),
    "a patch that blockMesh does not know": Broken(
        CAVITY, {"system/blockMeshDict": ("(3 7 6 2)", "(3 7 6 9)")}, "dry run"),
    # what beginners ask about
    "multigrid without a coarse level": Broken(STEP, {SOLUTION: {"solvers.p.nCellsInCoarsestLevel": 100000}}),
    "a tolerance at which nothing is solved": Broken(STEP, {SOLUTION: {"solvers.p.tolerance": 0.1}}),
    "converged at a half": Broken(STEP, {SOLUTION: {"SIMPLE.residualControl": {"p": 0.5, "U": 0.5}}}),
    "relaxation of SIMPLEC in SIMPLE": Broken(STEP, {SOLUTION: {"SIMPLE.consistent": "no"}}),
    "no pressure corrector": Broken(CAVITY, {SOLUTION: {"PISO.nCorrectors": 0}}),
    "Courant number of 50 in PISO mode": Broken(JUNCTION, {CONTROL: {"maxCo": 50}}),
    "central differences for k": Broken(STEP, {SCHEMES: {"divSchemes.div(phi,k)": "Gauss linear"}}),
    "one atmosphere as kinematic pressure": Broken(STEP, {"0/p": {"boundaryField.outlet.value": "uniform 101325"}}),
    "dynamic viscosity of water": Broken(STEP, {TRANSPORT: {"nu": 1e-3}}),
    "laminar at a large Reynolds number": Broken(STEP, {TURBULENCE: {"simulationType": "laminar"}}),
    "jet of water at 60 m/s": Broken(
        STEP, {TRANSPORT: {"nu": 1e-6}, "0/U": {"boundaryField.inlet.value": "uniform (60 0 0)"}}),
    "walls that are patches in the mesh": Broken(STEP, {"system/blockMeshDict": ("type wall", "type patch")}),
    "a flat mesh that is not empty": Broken(STEP, {"system/blockMeshDict": ("type empty", "type patch")}),
    "coefficients without any reference": Broken(STEP, {CONTROL: {
        "functions": {"body": {"type": "forceCoeffs", "libs": "(forces)", "patches": "(upperWall)"}}}}),
    "end before the first time to write": Broken(STEP, {CONTROL: {"endTime": 50}}),
    "inlet without a velocity": Broken(STEP, {"0/U": {"boundaryField.inlet": {"type": "zeroGradient"}}}),
    "pressure and velocity fixed at the inlet": Broken(
        STEP, {"0/p": {"boundaryField.inlet": {"type": "fixedValue", "value": "uniform 0"}}}),
    "a scheme for omega missing after a change of model": Broken(
        STEP, {TURBULENCE: {"RAS.RASModel": "kOmegaSST"}, SCHEMES: {"divSchemes.div(phi,omega)": None}}),
}  # fmt: skip

BASES = sorted({broken.base for broken in BROKEN.values()})


def caught_by(broken: Broken) -> str:
    """The first gate that says something new about a case; "" when none does."""
    files = broken.files()
    before = {(one.rule, one.severity, one.message) for one in check(adopt(tutorial(broken.base)), dry_run=False)}
    found = check(files, dry_run=False)
    new = [one for one in found if (one.rule, one.severity, one.message) not in before]
    if new:
        return "parse" if any(one.rule == "parse" for one in new) else "rules"
    return "dry run" if check(files, dry_run=True).by("dry-run") else ""


@pytest.mark.parametrize("base", BASES)
def test_the_shipped_case_is_sound_in_all_three_gates(base: str) -> None:
    found = check(tutorial(base), dry_run=True)
    assert found.errors == ()
    assert "-dry-run" in found.gates[-1].done


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_caught_by_its_gate(name: str) -> None:
    assert caught_by(BROKEN[name]) == BROKEN[name].gate


def test_the_set_is_as_large_as_it_is_said_to_be() -> None:
    assert Counter(broken.gate for broken in BROKEN.values()).total() == len(BROKEN) >= 76


@pytest.mark.parametrize("name", ["field file missing", "scheme missing", "unknown linear solver", "pFinal missing"])
def test_the_real_solver_finds_what_a_rule_would(name: str) -> None:
    found: Findings = check(BROKEN[name].files(), dry_run=True, rules=[])
    assert len(found.by("dry-run")) == 1
    assert "confirmed by a real step" in found.gates[-1].done

"""How far the equations are solved: where the rules about tolerances, correctors and relaxation speak, where not."""

from __future__ import annotations

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Finding, mend
from flowcfd.foam.check.examples import base

CONTROL, SCHEMES, SOLUTION = "system/controlDict", "system/fvSchemes", "system/fvSolution"


def found(rule: str, files: CaseFiles) -> list[Finding]:
    return RULES.get(rule).findings(CaseView(files))


@pytest.mark.parametrize(("pressure", "velocity", "consistent", "warns"), [
    (0.3, 0.7, "no", False), (0.9, 0.9, "no", True), (None, 0.9, "no", True), (None, 0.9, "yes", False),
    (0.5, 0.7, "no", False),
])  # fmt: skip
def test_simple_needs_factors_that_add_to_about_one(
    pressure: float | None, velocity: float, consistent: str, warns: bool
) -> None:
    factors = {"fields": {"p": pressure} if pressure else {}, "equations": {"U": velocity}}
    files = base("step").edited(SOLUTION, {"SIMPLE.consistent": consistent, "relaxationFactors": factors})
    ones = found("relaxation-too-little", files)
    assert bool(ones) is warns
    assert not found("relaxation-too-little", mend(files, ones).files)


def test_a_tolerance_that_is_only_relative_is_no_loose_one() -> None:
    assert not found("tolerance-too-loose", base("step").edited(SOLUTION, {"solvers.p.relTol": 0.1}))


def test_a_large_courant_limit_is_fine_with_outer_correctors() -> None:
    files = base("pulse").edited(CONTROL, {"maxCo": 20})
    assert found("max-courant-too-large", files.edited(SOLUTION, {"PIMPLE.nOuterCorrectors": 1}))
    assert not found("max-courant-too-large", files.edited(SOLUTION, {"PIMPLE.nOuterCorrectors": 30}))


def test_central_differences_are_fine_where_the_model_reads_no_such_field() -> None:
    central = {"divSchemes.div(phi,epsilon)": "Gauss linear"}
    assert not found("scheme-unbounded", base("step").edited(SCHEMES, central))
    assert found("scheme-unbounded", base("pulse").edited(SCHEMES, central))


def test_a_pressure_of_one_atmosphere_is_set_to_zero_everywhere() -> None:
    files = base("step").edited(
        "0/p", {"internalField": "uniform 101325", "boundaryField.outlet.value": "uniform 101325"}
    )
    (one,) = found("pressure-absolute", files)
    assert mend(files, one).files == base("step")
    assert not found("pressure-absolute", base("step").edited("0/p", {"boundaryField.outlet.value": "uniform 50"}))

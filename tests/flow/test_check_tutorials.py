"""False alarms: every shipped case that runs unmodified passes a check without an error.

tutorials_1912.json says of each shipped case "runs" (all steps, and two time steps of the solver, were done for real)
or what ended it: made by tools/survey_tutorials.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.foam import install
from flowcfd.foam.check import Findings, check
from flowcfd.foam.check.rule import FAILED
from flowcfd.foam.tutorials import cases

pytestmark = pytest.mark.flow

SURVEY: dict[str, str] = json.loads((Path(__file__).parent / "tutorials_1912.json").read_text())
RUNNING = sorted(name for name, how in SURVEY.items() if how == "runs")
WITH_ERRORS = 24
"""Shipped cases that cannot be run as they are and in which rules find the reason: no mesh, no such solver, ..."""

DRY = (
    "incompressible/simpleFoam/pitzDaily", "incompressible/pimpleFoam/LES/channel395", "basic/potentialFoam/pitzDaily",
    "compressible/rhoCentralFoam/obliqueShock", "heatTransfer/buoyantSimpleFoam/hotRadiationRoom",
    "incompressible/boundaryFoam/boundaryLaunderSharma", "multiphase/interFoam/laminar/waves/stokesI",
)  # fmt: skip
"""Some that pass the third gate too, among them such as the dry run's column of cells is too small for."""


@pytest.fixture(scope="module")
def checked() -> dict[str, Findings]:
    """What parser and rules say of every shipped case."""
    examples = install.find().examples
    assert examples is not None
    return {name: check(examples / name, dry_run=False) for name in cases(examples)}


def test_the_survey_is_of_these_cases(checked: dict[str, Findings]) -> None:
    assert set(checked) == set(SURVEY)
    assert len(RUNNING) == 181


def test_no_case_that_runs_has_an_error(checked: dict[str, Findings]) -> None:
    assert {name: [str(one) for one in checked[name].errors] for name in RUNNING if checked[name].errors} == {}


def test_what_has_an_error_was_seen_not_to_run(checked: dict[str, Findings]) -> None:
    wrong = {name: SURVEY[name] for name, found in checked.items() if found.errors}
    assert len(wrong) == WITH_ERRORS
    assert not any(how == "runs" or how.startswith("limit:") for how in wrong.values())


def test_no_rule_fails_on_a_shipped_case(checked: dict[str, Findings]) -> None:
    assert [str(one) for found in checked.values() for one in found.by(FAILED)] == []


@pytest.mark.parametrize("name", DRY)
def test_a_case_that_runs_passes_the_solvers_own_dry_run(name: str) -> None:
    examples = install.find().examples
    assert examples is not None
    found = check(examples / name, dry_run=True)
    assert [str(one) for one in found.errors] == []
    assert "-dry-run" in found.gates[-1].done

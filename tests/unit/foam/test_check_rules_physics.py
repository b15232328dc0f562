"""Pressure levels, drives, directions and first cells: what the rules of physics compute, and when they are silent."""

from __future__ import annotations

import math

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Finding, flow, mend, sides
from flowcfd.foam.check.examples import base

SOLUTION, TRANSPORT = "system/fvSolution", "constant/transportProperties"


def found(rule: str, files: CaseFiles) -> list[Finding]:
    return RULES.get(rule).findings(CaseView(files))


def test_a_point_is_as_good_as_a_cell_for_the_reference_pressure() -> None:
    files = base("cavity").edited(SOLUTION, {"PISO.pRefCell": None, "PISO.pRefPoint": "(0.01 0.01 0.005)"})
    assert not found("pressure-without-reference", files)


def test_cell_and_value_of_the_reference_are_both_needed() -> None:
    files = base("cavity").edited(SOLUTION, {"PISO.pRefValue": None})
    (one,) = found("pressure-without-reference", files)
    assert "pRefValue is not given" in one.message
    assert mend(files, one).files.text(SOLUTION).count("pRefValue") == 1


def test_a_mixed_condition_fixes_the_pressure() -> None:
    files = base("cavity").edited(SOLUTION, {"PISO.pRefCell": None})
    lid = {"type": "freestreamPressure", "freestreamValue": "uniform 0"}
    assert found("pressure-without-reference", files)
    assert not found("pressure-without-reference", files.edited("0/p", {"boundaryField.lid": lid}))


def test_equal_fluxes_need_no_outlet() -> None:
    files = base("channel").edited("0/p", {"boundaryField.outlet": {"type": "zeroGradient"}})
    files = files.edited(SOLUTION, {"SIMPLE.pRefCell": 0, "SIMPLE.pRefValue": 0})
    fixed = {"type": "fixedValue", "value": "uniform (10 0 0)"}
    assert not found("flow-without-outlet", files.edited("0/U", {"boundaryField.outlet": fixed}))
    slower = {"type": "fixedValue", "value": "uniform (9 0 0)"}
    (one,) = found("flow-without-outlet", files.edited("0/U", {"boundaryField.outlet": slower}))
    assert "0.01 m3/s in and 0.009 m3/s out" in one.message


def test_a_lid_along_its_plane_lets_nothing_through() -> None:
    assert sides.flux(CaseView(base("cavity")), "lid", (1.0, 0.0, 0.0)) == pytest.approx(0.0)
    assert sides.flux(CaseView(base("cavity")), "lid", (0.0, 2.0, 0.0)) == pytest.approx(2 * 0.1 * 0.01)


def test_normals_point_out_of_the_domain() -> None:
    view = CaseView(base("channel"))
    assert sides.normal(view, "inlet") == pytest.approx((-1, 0, 0))
    assert sides.normal(view, "top") == pytest.approx((0, 1, 0))
    assert sides.normal(view, "frontAndBack") is None
    assert sides.empty_direction(view) == 2


@pytest.mark.parametrize("last", [False, True])
def test_the_end_cells_of_a_graded_row_are_those_of_blockmesh(last: bool) -> None:
    """Ten cells, the last 4 times the first: r = 4^(1/9), first = (1 - r) / (1 - r^10)."""
    ratio = 4 ** (1 / 9)
    first = (1 - ratio) / (1 - ratio**10)
    assert sides.end_share((1, 4, 1), 1, 10, last=last) == pytest.approx(4 * first if last else first, rel=1e-12)
    assert sides.end_share(((1, ((1, 5, 1), (3, 5, 1)), 1)), 1, 10, last=last) == pytest.approx(0.15 if last else 0.05)


def test_first_cells_are_as_the_case_asked_for() -> None:
    """The step was rendered with a first cell of 2 mm."""
    view = CaseView(base("step"))
    for wall in ("step", "lowerWall", "upperWall", "upstreamWall"):
        assert sides.first_cell(view, wall) == pytest.approx(2e-3, rel=1e-6)


def test_the_speed_is_the_greatest_that_is_given() -> None:
    assert flow.speed(CaseView(base("step"))) == pytest.approx(10.0)
    assert flow.speed(CaseView(base("cavity"))) == pytest.approx(1.0)


def test_a_pressure_difference_or_a_source_drives_the_flow() -> None:
    still = base("step").edited("0/U", {"boundaryField.inlet": {"type": "zeroGradient"}})
    still = still.edited("0/p", {"boundaryField.inlet": {"type": "fixedValue", "value": "uniform 0"}})
    assert found("nothing-drives-the-flow", still)
    assert not found("nothing-drives-the-flow", still.edited("0/p", {"boundaryField.inlet.value": "uniform 10"}))
    assert not found("nothing-drives-the-flow", still.with_files({"constant/fvOptions": "force { type x; }\n"}))


@pytest.mark.parametrize(("nu", "speed", "severity"), [
    ("1.5e-05", 150, "warning"), ("1e-05", 400, "warning"), ("8e-05", 110, "warning"), ("1.5e-05", 100, None),
    ("1e-06", 60, "note"), ("1e-06", 15, None), ("1e-03", 400, None),
])  # fmt: skip
def test_gases_have_a_mach_number_and_liquids_cavitate(nu: str, speed: float, severity: str | None) -> None:
    files = base("step").edited("0/U", {"boundaryField.inlet.value": f"uniform ({speed} 0 0)"})
    ones = found("speed-above-mach-0.3", files.edited(TRANSPORT, {"nu": nu}))
    assert [one.severity for one in ones] == ([severity] if severity else [])


def test_the_turned_inlet_is_the_sound_one() -> None:
    wrong = base("step").edited("0/U", {"boundaryField.inlet.value": "uniform (-10 0 0)"})
    after = mend(wrong, found("inlet-points-outwards", wrong)).files
    assert flow.speed(CaseView(after)) == pytest.approx(10.0)
    assert after == base("step")


def test_expected_y_plus_follows_the_flat_plate() -> None:
    """y+ = y u_tau / nu with u_tau = U sqrt(0.029 Re^-0.2), as the message says it, to its two digits."""
    files = base("step").edited("0/U", {"boundaryField.inlet.value": "uniform (90 0 0)"})
    files = files.edited("0/nut", {"boundaryField.lowerWall": {"type": "calculated", "value": "uniform 0"}})
    nu = CaseView(files).number(TRANSPORT, "nu")
    assert nu is not None
    friction = 90 * math.sqrt(0.029 * (90 * 0.55 / nu) ** -0.2)
    (one,) = found("wall-treatment-against-y-plus", files)
    assert f"y+ of {1e-3 * friction / nu:.2g} at lowerWall" in one.message


def test_wall_functions_of_k_epsilon_are_too_fine_below_one() -> None:
    files = base("pulse").edited("0/U", {"boundaryField.inlet.value": "uniform (0.01 0 0)",
                                         "internalField": "uniform (0 0 0)"})  # fmt: skip
    ones = found("wall-treatment-against-y-plus", files)
    assert [one.message.startswith("wall functions of kEpsilon with an expected y+") for one in ones] == [True]


def test_laminar_at_large_reynolds_numbers_is_judged_by_the_width_that_is_solved() -> None:
    """A wedge of a pipe of 1 m has a radius of 0.5 m and is thin: 1 m/s times 0.5 m over nu is its Reynolds number."""
    (one,) = found("laminar-at-large-reynolds", base("pipe").edited(TRANSPORT, {"nu": 1e-6}))
    assert one.severity == "note" and "5e+05" in one.message
    assert not found("laminar-at-large-reynolds", base("pipe").edited(TRANSPORT, {"nu": 2e-5}))

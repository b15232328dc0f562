"""What it takes for a solve to be settled, as a value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError


def test_measures_stand_without_a_name_and_share_one_band_or_have_their_own() -> None:
    until = fc.Settled("Cd", "body.Cl", within={"Cd": "0.5 %"}, within_absolute={"body.Cl": "0.002"})
    assert until.measures == ("Cd", "body.Cl")
    assert (until.band("Cd"), until.band("body.Cl")) == ((0.005, True), (0.002, False))
    assert fc.Settled("Cd").band("Cd") == (0.005, True)
    assert fc.Settled(["Cd", "Cl"], within=0.01) == fc.Settled("Cd", "Cl", within="1 %")
    assert fc.Settled("reattachment", within_absolute={"reattachment": "1 mm"}).band("reattachment") == (0.001, False)


def test_it_is_the_same_after_JSON() -> None:
    until = fc.Settled("Cd", "p[0]", within={"Cd": 0.01, "p[0]": 0.02}, over=50, confidence=0.9)
    assert fc.Settled.model_validate_json(until.model_dump_json()) == until
    assert hash(fc.Steady(until=until)) == hash(fc.Steady.model_validate_json(fc.Steady(until=until).model_dump_json()))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "measures: required"),
        ({"measures": ()}, "measures: must have at least 1"),
        ({"measures": "C d"}, "must be a measure such as"),
        ({"measures": ("Cd", "Cd")}, "names one of them twice"),
        ({"measures": "Cd", "within": 0}, "within: must be positive"),
        ({"measures": "Cd", "within": "2 m"}, "within: "),
        ({"measures": "Cd", "within": {"Cl": 0.1}}, "Cl is not among the measures"),
        ({"measures": ("Cd", "Cl"), "within": {"Cl": 0.1}}, "within: missing for Cd"),
        ({"measures": "Fx", "within_absolute": {"Fx": "1 m"}}, "must be in N"),
        ({"measures": "T[0]", "within_absolute": {"T[0]": "1 K"}}, "the unit of T"),
        ({"measures": "Cd", "over": 9}, "over: must be at least 10"),
        ({"measures": "Cd", "confidence": 1.5}, "confidence: must be less than 1"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(CaseError, match=said):
        fc.Settled(**fields)


@pytest.fixture
def stepped() -> Callable[..., fc.Case]:
    def build(until: fc.Settled, every: int | None = 1) -> fc.Case:
        return fc.Case(
            domain=fc.Cavity(1),
            mesh=fc.Blocks(10),
            physics=fc.Incompressible(fluid="water"),
            boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()},
            solve=fc.Steady(100, until=until),
            outputs=(
                fc.Forces("walls", every=every, speed=1, area=1, length=1),
                fc.Probes([(0.5, 0.5, 0.05)]),
                fc.Reattachment("walls"),
            ),
        )

    return build


def test_a_case_records_what_is_to_settle(stepped: Callable[..., fc.Case]) -> None:
    case = stepped(fc.Settled("Cd", "forces.Fx", "p[0]", "Ux", "reattachment"))
    assert case.solve.until.measures[0] == "Cd"
    with pytest.raises(CaseError, match=r"measures.0: unknown measure 'forces.Cdd'; did you mean 'forces.Cd'"):
        stepped(fc.Settled("forces.Cdd"))
    with pytest.raises(CaseError, match="comes with the fields only; give 'forces' every=1"):
        stepped(fc.Settled("Cd"), every=None)
    with pytest.raises(CaseError, match=r"solve.until.over: 50 are 2 samples of Cd \(every=20\); at least 10"):
        stepped(fc.Settled("Cd", over=50), every=20)


def test_a_patch_that_is_not_there_is_refused_for_a_reattachment(stepped: Callable[..., fc.Case]) -> None:
    case = stepped(fc.Settled("Cd"))
    with pytest.raises(CaseError, match=r"outputs.0.patch: unknown patch 'floor'"):
        case.replace(outputs=(fc.Reattachment("floor"),), solve=fc.Steady())

"""A case as the Python that makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.case import Body, BodyPatch, Case

GOLDEN = sorted((Path(__file__).parents[2] / "cases").glob("*/case.json"))


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.parent.name)
def test_the_code_of_every_golden_case_makes_an_equal_one(file: Path) -> None:
    case = Case.from_json(file.read_text())

    class Names:
        def __getattr__(self, name: str) -> object:
            return self if name == "Geometry" else getattr(fc, name)

        def kept(self, digest: str) -> Body | None:
            assert case.geometry is not None
            assert digest == case.geometry.digest
            return case.geometry

    made = eval(case.code, {"fc": Names()})
    assert made == case
    assert made.name == case.name
    assert made.digest == case.digest


def test_the_code_says_only_what_differs_from_the_defaults() -> None:
    case = Case(
        domain=fc.Cavity("0.1 m"), mesh=fc.Blocks(10), physics=fc.Incompressible(fluid="water"),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=5),
    )  # fmt: skip
    assert "domain=fc.Cavity(length=0.1)" in case.code
    assert "'lid': fc.Wall(velocity=(1.0, 0.0, 0.0))" in case.code
    assert "convection" not in case.code


def test_what_a_case_has_computed_and_kept_is_not_in_its_code() -> None:
    case = Case.from_json(GOLDEN[0].read_text())
    before = case.code
    assert case.space.patches and case.digest
    assert case.code == before


def test_lines_stay_short() -> None:
    for file in GOLDEN:
        if Case.from_json(file.read_text()).files:
            continue  # whole files stand in it
        assert max(map(len, Case.from_json(file.read_text()).code.splitlines())) <= 130


def test_a_part_without_a_public_name_is_a_mapping() -> None:
    patch = BodyPatch(area=1.0, bounds=((0, 1), (0, 1), (0, 1)))
    from flowcfd.case.code import _spec

    assert _spec(patch, 0).startswith("{'area': 1.0")

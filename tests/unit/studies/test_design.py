"""Designs: the points of a space, and what is no space."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError
from flowcfd.studies.design import axes, design, read_csv
from flowcfd.studies.study import Study

SPEED, CELLS, MODEL = "boundaries.inlet.speed", "solve.iterations", "physics.turbulence"


@pytest.fixture
def case() -> Case:
    return Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid="water", turbulence="kOmegaSST"),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )


def test_a_grid_has_all_combinations(case: Case) -> None:
    found = design(case, {SPEED: [1, 2, 3], MODEL: ["kOmegaSST", "kEpsilon"]}, "grid", None, 0)
    assert len(found) == 6
    assert {(one[SPEED], one[MODEL]) for one in found} == {(u, m) for u in (1, 2, 3) for m in ("kOmegaSST", "kEpsilon")}


def test_a_range_of_a_grid_has_its_ends(case: Case) -> None:
    found = design(case, {SPEED: ("1 m/s", "7.2 km/h")}, "grid", 3, 0)
    assert [one[SPEED] for one in found] == pytest.approx([1.0, 1.5, 2.0])


def test_a_list_goes_side_by_side(case: Case) -> None:
    found = design(case, {SPEED: [1, 2], MODEL: ["kOmegaSST", "kEpsilon"]}, "list", None, 0)
    assert found == [{SPEED: 1, MODEL: "kOmegaSST"}, {SPEED: 2, MODEL: "kEpsilon"}]


@pytest.mark.parametrize("points", [5, 12])
def test_a_latin_hypercube_has_one_point_in_each_layer(case: Case, points: int) -> None:
    found = design(case, {SPEED: (0.0001, 1.0001), "domain.length": (1.0, 3.0)}, "lhs", points, 7)
    assert sorted(int((one[SPEED] - 0.0001) * points) for one in found) == list(range(points))
    assert sorted(int((one["domain.length"] - 1) / 2 * points) for one in found) == list(range(points))
    assert found == design(case, {SPEED: (0.0001, 1.0001), "domain.length": (1.0, 3.0)}, "lhs", points, 7)
    assert found != design(case, {SPEED: (0.0001, 1.0001), "domain.length": (1.0, 3.0)}, "lhs", points, 8)


def test_sobol_fills_quarters_evenly(case: Case) -> None:
    found = design(case, {SPEED: (1.0, 2.0), "domain.length": (1.0, 2.0)}, "sobol", 16, 3)
    quarters = [(one[SPEED] >= 1.5, one["domain.length"] >= 1.5) for one in found]
    assert [quarters.count(one) for one in ((False, False), (False, True), (True, False), (True, True))] == [4] * 4


def test_a_range_of_whole_numbers_stays_whole_and_choices_are_sampled(case: Case) -> None:
    found = design(case, {CELLS: (100, 103), MODEL: ["kOmegaSST", "kEpsilon"]}, "lhs", 40, 1)
    assert {one[CELLS] for one in found} == {100, 101, 102, 103}
    assert sum(one[MODEL] == "kEpsilon" for one in found) == 20


def test_the_ends_of_a_range_are_read_as_the_case_reads_them(case: Case) -> None:
    (axis,) = axes(case, {"domain.height": ("2 cm", "50 mm")})
    assert (axis.low, axis.high) == (0.02, 0.05)


@pytest.mark.parametrize(
    ("space", "how", "points", "says"),
    [
        ({}, "grid", None, "space: must have one path or more"),
        ({"boundaries.inlet.sped": (1, 2)}, "lhs", 3, "did you mean 'speed'?"),
        ({SPEED: (2, 1)}, "lhs", 3, "the range must rise"),
        ({SPEED: (-1, 1)}, "lhs", 3, "must be positive"),
        ({SPEED: []}, "grid", None, "must be a list of values or a pair"),
        ({SPEED: 3}, "grid", None, "must be a list of values or a pair"),
        ({MODEL: ("a", "b")}, "lhs", 3, "is no number; give a list of values"),
        ({SPEED: (1, 2)}, "grid", None, "needs the number of points"),
        ({SPEED: (1, 2)}, "lhs", None, "points: a design 'lhs' needs their number"),
        ({SPEED: (1, 2)}, "lhs", 0, "points: must be 1 to 100000"),
        ({SPEED: (1, 2)}, "list", None, "takes lists of values"),
        ({SPEED: [1, 2], MODEL: ["kEpsilon"]}, "list", None, "of one length"),
        ({SPEED: (1, 2)}, "latin", 3, "unknown design 'latin'"),
    ],
)
def test_what_is_no_space_is_refused(case: Case, space: dict[str, object], how: str, points: int, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        design(case, space, how, points, 0)
    assert says in str(caught.value)


def test_a_table_of_points_is_read_with_units(tmp_path: Path, case: Case) -> None:
    table = tmp_path / "points.csv"
    table.write_text(f"{SPEED},{MODEL}\n1.5,kEpsilon\n20 cm/s,kOmegaSST\n")
    study = Study(case, design=table)
    assert len(study) == 2
    assert study.at(1).at(SPEED) == 0.2
    assert study.at(0).at(MODEL) == study.case.replace({MODEL: "kEpsilon"}).at(MODEL)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{SPEED}\n", "a row of paths and one or more rows"),
        (f"{SPEED},{SPEED}\n1,2\n", ":1: a path stands twice"),
        (f"{SPEED},{MODEL}\n1\n", ":2: must have 2 values"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "points.csv"
    table.write_text(text)
    with pytest.raises(CaseError) as caught:
        read_csv(table)
    assert says in str(caught.value)


@pytest.mark.usefixtures("home")
def test_a_point_that_is_no_case_is_told_with_its_values(case: Case, home: Path) -> None:
    with pytest.raises(CaseError, match=r"point 1 \(boundaries.inlet.speed = -3\): .*must be positive"):
        Study(case, {SPEED: [1, -3]})
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_equal_studies_have_one_folder_and_others_have_not(case: Case) -> None:
    one, two = (Study(case, {SPEED: (1, 2)}, design="lhs", points=4, seed=5) for _ in range(2))
    assert one.path == two.path
    assert one.path != Study(case, {SPEED: (1, 2)}, design="lhs", points=4, seed=6).path
    assert {point.state for point in one.points} == {"Waiting"}

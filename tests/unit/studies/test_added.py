"""Points that are added to a study, and the design that Morris analyses."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from flowcfd import studies
from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.studies import Study
from flowcfd.studies.added import FILE

SPEED, NU, COUNT = "boundaries.inlet.speed", "physics.fluid.nu", "solve.iterations"


@pytest.fixture
def case(home: Path) -> Case:
    return Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid={"nu": 1e-3}),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )


def written(study: Study) -> Study:
    study._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    return study


def test_points_that_are_added_stay_in_the_folder_of_the_design(case: Case) -> None:
    study = written(Study(case, {SPEED: (1.0, 2.0)}, design="lhs", points=3, name="grows"))
    before = study.path
    study.extend([{SPEED: "7.2 km/h"}, {SPEED: 1.25}])
    assert (study.path, len(study)) == (before, 5)
    written(study)  # as another run() does
    for again in (studies.open("grows"), Study(case, {SPEED: (1.0, 2.0)}, design="lhs", points=3, name="grows")):
        assert again.values == study.values
        assert again.at(4).at(SPEED) == 1.25
        assert len(again.designed) == 3
    assert len(study.extend([{SPEED: 1.25}, study.values[0]])) == 5, "what is there is not added again"


def test_a_sobol_sequence_goes_on_and_a_range_stays_one_when_it_is_read(case: Case) -> None:
    written(Study(case, {SPEED: (1.0, 2.0), NU: (1e-3, 2e-3)}, design="sobol", points=4, seed=5, name="goes"))
    study = studies.open("goes").extend(4)
    whole = Study(case, {SPEED: (1.0, 2.0), NU: (1e-3, 2e-3)}, design="sobol", points=8, seed=5)
    assert study.values == whole.values
    assert len(Study(case, {SPEED: (1.0, 2.0)}, design="lhs", points=4).extend(3)) == 7


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([{"boundaries.inlet.sped": 1.0}], "unknown path 'boundaries.inlet.sped'; did you mean"),
        ([{}], "a point must have a value for boundaries.inlet.speed"),
        ([{SPEED: "3 kg"}], "boundaries.inlet.speed = 3 kg"),
        ([3], "must be their number, or a list of values by path"),
        ([], "must be their number, or a list of values by path"),
        (0, "must be at least 1"),
    ],
)
def test_what_cannot_be_added_is_refused_before_anything_is_written(case: Case, points: object, says: str) -> None:
    study = Study(case, {SPEED: (1.0, 2.0)}, design="lhs", points=3)
    with pytest.raises(CaseError, match=says):
        study.extend(points)  # type: ignore[arg-type]
    assert not study.path.exists()
    assert len(study) == 3


def test_a_grid_goes_on_by_values_only(case: Case) -> None:
    with pytest.raises(CaseError, match="a design 'grid' does not go on by a number"):
        Study(case, {SPEED: [1, 2]}).extend(2)


def test_a_line_that_a_killed_writer_left_spoils_no_other(case: Case) -> None:
    study = written(Study(case, {SPEED: [1, 2]}, name="torn"))
    (study.path / FILE).write_text('{"values": {"boundaries.inlet.sp')
    study.extend([{SPEED: 3}])
    assert [values[SPEED] for values in studies.open("torn").values] == [1, 2, 3]


def test_a_morris_design_changes_one_parameter_at_a_time_by_two_thirds(case: Case) -> None:
    study = Study(case, {SPEED: (1.0, 4.0), NU: (1e-3, 4e-3), COUNT: (100, 400)}, design="morris", points=20, seed=3)
    table = np.array([[one[SPEED], one[NU] * 1e3, one[COUNT] / 100] for one in study.values]).reshape(5, 4, 3)
    assert set(np.round(table, 9).ravel()) <= {1.0, 2.0, 3.0, 4.0}
    steps = np.abs(np.diff(table, axis=1))
    assert np.allclose(np.sort(steps, axis=2), [0, 0, 2])
    assert np.all(steps.sum(axis=1) == pytest.approx(2)), "each parameter once a path"


@pytest.mark.parametrize("points", [None, 3, 10, 5])
def test_a_morris_design_says_how_many_points_it_takes(case: Case, points: int | None) -> None:
    with pytest.raises(CaseError, match=r"paths of 3 points.*: \d+ or \d+ points"):
        Study(case, {SPEED: (1.0, 4.0), NU: (1e-3, 4e-3)}, design="morris", points=points)


@pytest.mark.parametrize("given", [[1.0, 2.0], (1, 3)])
def test_a_morris_design_takes_ranges_only(case: Case, given: object) -> None:
    with pytest.raises(CaseError, match="a Morris design takes ranges"):
        Study(case, {COUNT: given}, design="morris", points=4)


def test_without_salib_the_extra_is_named(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(SiteError, match=r"SALib is not installed: pip install 'flowcfd\[studies\]'"):
        Study(case, {SPEED: (1.0, 4.0)}, design="morris", points=4)


def test_an_unknown_path_of_an_added_point_lists_those_there_are(case: Case) -> None:
    with pytest.raises(UnknownName, match=r"there are: boundaries\.inlet\.speed"):
        Study(case, {SPEED: [1, 2]}).extend([{NU: 1e-3}])

"""Tables with units."""

from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

from flowcfd.post.table import Signal, Table, table


@pytest.fixture
def coefficients() -> Table:
    columns = {"Time": [1.0, 2.0, 3.0, 4.0], "Cd": [1.0, 2.0, 4.0, 6.0], "Fx": [0.0, 0.0, 1.0, 3.0]}
    return table(columns, index="Time", units={"Time": "s", "Cd": "", "Fx": "N"})


@pytest.fixture
def points() -> Table:
    columns = {"Time": [1.0, 2.0], ("p", 0): [1.0, 2.0], ("p", 1): [3.0, 4.0], ("T", 0): [5.0, 6.0]}
    return table(columns, index="Time", units={"Time": "s", "p": "Pa"})


def test_a_column_is_an_attribute_in_its_own_and_in_lower_case(coefficients: Table) -> None:
    assert coefficients.Cd.tolist() == coefficients.cd.tolist() == [1.0, 2.0, 4.0, 6.0]
    assert isinstance(coefficients.cd, Signal)


def test_an_attribute_that_is_no_column_lists_the_columns(coefficients: Table) -> None:
    with pytest.raises(AttributeError, match="no column 'Cx'; there are: Cd, Fx"):
        _ = coefficients.Cx


def test_the_mean_over_the_last_rows(coefficients: Table) -> None:
    assert coefficients.Cd.last(2).mean() == 5.0
    assert coefficients.last(3).index.tolist() == [2.0, 3.0, 4.0]
    assert len(coefficients.last(100)) == 4
    with pytest.raises(ValueError, match="at least 1"):
        coefficients.last(0)


def test_the_last_rows_are_those_of_the_last_times() -> None:
    rows = table({"Time": [1.0, 1.0, 2.0, 2.0], "p": [1, 2, 3, 4]}, index="Time", units={})
    assert rows.last(1).p.tolist() == [3, 4]


def test_units_go_along(coefficients: Table) -> None:
    assert coefficients.Fx.units == "N" and coefficients.Cd.units == ""
    assert coefficients.last(2).Fx.units == "N"
    assert coefficients[coefficients.Cd > 1].units["Fx"] == "N"
    assert isinstance(pd.concat([coefficients, coefficients]), Table)
    for again in (pickle.loads(pickle.dumps(coefficients)), copy.deepcopy(coefficients)):
        assert again.units == coefficients.units


def test_a_unit_that_is_not_known_is_none(coefficients: Table, points: Table) -> None:
    assert coefficients.assign(other=1.0).other.units is None
    assert points[("T", 0)].units is None


def test_columns_of_two_levels_are_reached_by_the_first(points: Table) -> None:
    assert points.p[1].tolist() == [3.0, 4.0]
    assert points.p[1].units == "Pa" and points[("p", 0)].units == "Pa"
    assert points.t.columns.tolist() == [0]


def test_a_notebook_shows_the_units_in_the_titles(coefficients: Table, points: Table) -> None:
    shown = coefficients._repr_html_()
    assert shown is not None and "<th>Fx [N]</th>" in shown and "<th>Time [s]</th>" in shown and "<th>Cd</th>" in shown
    assert list(coefficients.columns) == ["Cd", "Fx"] and coefficients.index.name == "Time"
    assert points._repr_html_()

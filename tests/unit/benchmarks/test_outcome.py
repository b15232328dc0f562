from __future__ import annotations

import json
import math

import numpy as np
import pytest

from flowcfd.benchmarks import Comparison, Outcome
from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.outcome import about, distance, within
from flowcfd.uncertain import Uncertain


def compared(value: float | Uncertain, reference: float = 2.0, band: tuple[float, float] = (1.9, 2.1)) -> Comparison:
    return Comparison(measure="Cd", value=value, reference=reference, source="Somebody (1999)", band=band)


def test_a_value_on_the_edge_of_its_band_is_in_it_and_one_beyond_is_not() -> None:
    assert compared(1.9).ok and compared(2.1).ok
    assert not compared(2.1000001).ok
    assert not compared(math.nan).ok


def test_the_error_is_a_share_of_the_reference_whatever_its_sign_and_none_of_zero() -> None:
    assert compared(2.02).relative_error == pytest.approx(0.01)
    assert compared(-2.02, -2.0).relative_error == pytest.approx(-0.01)
    assert compared(0.1, 0.0).relative_error is None
    assert compared(0.1, 0.0).error == 0.1


def test_bands_of_a_share_and_of_a_distance() -> None:
    assert within(-0.5, 0.02) == pytest.approx((-0.51, -0.49))
    assert about(6.26, 0.1) == pytest.approx((6.16, 6.36))


def test_the_uncertainty_goes_into_the_json_and_an_outcome_without_comparisons_shows_nothing() -> None:
    assert compared(Uncertain(2.0, 0.05)).to_json()["uncertainty"] == 0.05
    assert compared(2.0).to_json()["uncertainty"] is None
    assert not Outcome(benchmark="empty", comparisons=()).ok


def test_an_outcome_is_json_with_its_gci(outcome) -> None:
    data = json.loads(json.dumps(outcome().to_json()))
    width, profile = data["comparisons"]
    assert data["ok"] and data["benchmark"] == "square" and data["cells"] == [1600, 400, 100]
    assert width["gci"]["order"] == pytest.approx(2.0)
    assert width["gci"]["extrapolated"] == pytest.approx(1.0)
    assert (profile["gci"], profile["why_no_gci"]) == (None, "a distance")


def test_the_largest_distance_counts_and_a_number_that_is_none_makes_none() -> None:
    assert distance([1.0, 2.0, 3.0], np.array([1.1, 2.0, 2.5])) == 0.5
    assert math.isnan(distance([1.0, math.nan, 3.0], [1.0, 2.0, 3.0]))


def test_grids_give_a_value_its_uncertainty_and_say_why_where_there_is_none() -> None:
    two = graded([1.0, 1.1], [400, 100])
    assert two.gci is not None and two.gci.kind == "two grids" and two.value.uncertainty == pytest.approx(0.1)
    assert graded([1.0], [400]).why_no_gci == "one grid"
    same = graded([1.0, 1.0, 1.2], [1600, 400, 100])
    assert same.gci is None and "same value" in same.why_no_gci
    away = graded([1.0, 1.3, 1.4], [1600, 400, 100])
    assert away.why_no_gci == "divergent" and away.value.uncertainty is None

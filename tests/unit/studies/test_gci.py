from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flowcfd.errors import CaseError
from flowcfd.studies import gci

# facts: Celik et al. 2008, table 1, and two published CFD results given relative to their finest value
ROWS = [
    ((18000, 8000, 4500), (6.063, 5.972, 5.863), "1.534", "1.501", "1.710", "2.175"),
    ((16, 4, 1), (1, 0.9970785, 0.9903070), "1.21", "0.292", "0.221", "0.277"),
    ((16, 4, 1), (1, 0.9966986, 0.9880714), "1.39", "0.330", "0.204", "0.256"),
]


@pytest.mark.parametrize(("cells", "values", "order", "error", "extrapolated", "index"), ROWS)
def test_published_rows_are_reproduced_to_the_printed_digits(cells, values, order, error, extrapolated, index):
    found = gci(values, cells, 2)
    assert found.kind == "monotonic"
    assert f"{found.order:.{len(order) - 2}f}" == order
    assert f"{100 * found.error:.3f}" == error
    assert f"{100 * found.extrapolated_error:.3f}" == extrapolated
    assert f"{100 * found.gci:.3f}" == index


def test_the_extrapolated_value_of_celik_is_reproduced():
    assert f"{gci((6.063, 5.972, 5.863), (18000, 8000, 4500), 2).extrapolated:.4f}" == "6.1685"


def test_a_sequence_whose_differences_grow_is_divergent_and_has_no_index():
    found = gci((1, 0.98, 0.97), (64, 8, 1), 3)
    assert (found.kind, found.gci, found.extrapolated, found.uncertainty) == ("divergent", None, None, None)
    assert found.order == pytest.approx(-1)
    assert "do not shrink" in str(found)


@pytest.mark.parametrize(("values", "word"), [((1, 1.01, 0.97), "shrinks"), ((1, 1.05, 1.04), "grows")])
def test_differences_that_change_sign_are_oscillatory_with_a_band_of_three_ranges(values, word):
    found = gci(values, (64, 8, 1))
    assert (found.kind, found.order, found.gci) == ("oscillatory", None, None)
    assert found.uncertainty == pytest.approx(3 * (max(values) - min(values)))
    assert word in str(found)


def test_two_grids_assume_an_order_and_take_the_safety_factor_three():
    found = gci((1.0, 1.03), (4, 1), 2)
    assert (found.kind, found.order, found.safety) == ("two grids", 2.0, 3.0)
    assert found.gci == pytest.approx(3 * 0.03 / 3)
    assert gci((1.0, 1.03), (4, 1), 2, assumed_order=1).gci == pytest.approx(3 * 0.03)


def test_an_order_above_the_formal_one_is_not_trusted():
    values = [1 + h**5 for h in (1, 2, 4)]
    free, held = gci(values, (16, 4, 1), 2), gci(values, (16, 4, 1), 2, formal_order=2)
    assert free.order == held.order == pytest.approx(5)
    assert held.uncertainty == pytest.approx(free.uncertainty * 31 / 3)
    assert "above the formal" in str(held)


def test_more_than_three_grids_are_judged_by_the_three_finest_and_the_trend_is_told():
    values = [1 + 0.1 * h**2 + 0.01 * h**3 for h in (1, 2, 4, 8)]
    found, three = gci(values, (512, 64, 8, 1)), gci(values[:3], (512, 64, 8))
    assert (found.order, found.gci) == (three.order, three.gci)
    assert 2 < found.orders[0] < found.orders[1] < 3
    assert "from the finest: 2.25, 2.40" in str(found)


@pytest.mark.parametrize(
    ("values", "cells", "dimension", "words"),
    [
        ((1.0,), (8,), 3, "at least two grids"),
        ((), (), 3, "at least two grids"),
        ((1, 2, 3), (1, 8, 64), 3, "must fall from grid to grid, the finest first (got 1, 8, 64)"),
        ((1, 2, 3), (64, 64, 8), 3, "must fall"),
        ((1, 1, 2), (64, 8, 1), 3, "grids 1 and 2 have the same value 1"),
        ((1, 2, 2), (64, 8, 1), 3, "grids 2 and 3 have the same value 2"),
        ((1, 2), (64, 8, 1), 3, "got 2 values, 3 counts"),
        ((1, math.nan, 2), (64, 8, 1), 3, "values must be finite numbers (got nan)"),
        ((1, math.inf, 2), (64, 8, 1), 3, "finite"),
        ((1, "2", 2), (64, 8, 1), 3, "finite"),
        ((1, 2, 3), (64, 8, 0), 3, "positive whole numbers (got 0)"),
        ((1, 2, 3), (64.5, 8, 1), 3, "positive whole numbers (got 64.5)"),
        ((1, 2, 3), (math.nan, 8, 1), 3, "positive whole numbers"),
        ((1, 2, 3), (64, 8, 1), 4, "dimension must be 1, 2 or 3 (got 4)"),
    ],
)
def test_what_has_no_index_is_refused_with_the_reason(values, cells, dimension, words):
    with pytest.raises(CaseError, match="gci: ") as refused:
        gci(values, cells, dimension)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("order", [0, -1, math.inf, math.nan, "2"])
def test_an_order_that_is_none_is_refused(order):
    with pytest.raises(CaseError, match="assumed_order must be a positive number"):
        gci((1, 2), (8, 1), assumed_order=order)


orders = st.floats(0.3, 6)
counts = st.lists(st.integers(8, 10**7), min_size=3, max_size=3, unique=True).map(lambda all_: sorted(all_)[::-1])
shapes = st.tuples(counts, st.sampled_from([1, 2, 3]), orders, st.floats(0.01, 100))


def power_law(cells, dimension, order, factor):
    """A value of 10 at zero cell size and an error of the given order; None where floats do not resolve it."""
    sizes = [count ** (-1 / dimension) for count in cells]
    errors = [factor * (size / sizes[-1]) ** order for size in sizes]
    steps = [b - a for a, b in pairwise(errors)]
    ratios = [b / a for a, b in pairwise(sizes)]
    assume(min(steps) > 1e-4 and min(ratios) > 1.05 and max(steps) < 1e6 * min(steps))
    return [10 + error for error in errors]


@given(shapes)
def test_a_power_law_gives_back_its_order_and_its_limit(shape):
    cells, dimension, order, factor = shape
    values = power_law(cells, dimension, order, factor)
    found = gci(values, cells, dimension)
    assert found.kind == "monotonic"
    assert found.order == pytest.approx(order, rel=1e-5, abs=1e-5)
    assert found.extrapolated == pytest.approx(10, rel=1e-4)
    assert found.answer.covers(10)


@given(shapes, st.floats(0.001, 1000), st.booleans())
def test_the_index_does_not_depend_on_units_or_sign(shape, scale, flipped):
    cells, dimension, order, factor = shape
    values = power_law(cells, dimension, order, factor)
    scale = -scale if flipped else scale
    one, two = gci(values, cells, dimension), gci([scale * value for value in values], cells, dimension)
    assert two.order == pytest.approx(one.order, rel=1e-6)
    assert two.gci == pytest.approx(one.gci, rel=1e-5)
    assert two.uncertainty == pytest.approx(abs(scale) * one.uncertainty, rel=1e-5)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), counts)
def test_any_three_numbers_are_of_one_kind_and_only_convergence_has_an_index(values, cells):
    assume(values[0] != values[1] != values[2])
    found = gci(values, cells)
    assert (found.gci is not None) == (found.kind == "monotonic")
    assert (found.order is None) == (found.kind == "oscillatory")
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["kind"] == found.kind
    assert found.kind in str(found)
    assert found.kind in found._repr_html_()


def test_a_finest_value_of_zero_has_a_band_and_no_finite_fraction():
    found = gci((0.0, 0.3, 1.5), (16, 4, 1), 2)
    assert (found.gci, found.uncertainty) == (math.inf, pytest.approx(1.25 * 0.1))
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["gci"] == "inf"


def test_numbers_in_place_of_lists_are_refused() -> None:
    with pytest.raises(CaseError, match="gci: needs two lists"):
        gci(3, 4)  # type: ignore[arg-type]

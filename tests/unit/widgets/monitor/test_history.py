"""What is kept of rows without end: all at first, then thinned, with every peak."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from flowcfd.widgets.monitor.history import CELLS, FEWEST, MOST, History, thinned


def rows(first: int, last: int) -> np.ndarray:
    x = np.arange(first, last, dtype=float)
    return np.column_stack([x, np.sin(x)])


def test_rows_are_kept_and_counted() -> None:
    history = History(2)
    history.extend(rows(0, 10))
    history.extend(rows(10, 11))
    assert history.count == 11
    assert_array_equal(history.rows, rows(0, 11))


def test_rows_that_are_computed_again_take_the_place_of_the_old_ones() -> None:
    history = History(2)
    history.extend(rows(0, 10))
    history.extend(np.array([[7.0, 70.0], [8.0, 80.0]]))
    assert_array_equal(history.rows[:, 0], np.arange(9))
    assert history.rows[-1, 1] == 80.0
    assert history.count == 12


def test_going_back_within_one_part_is_heeded_too() -> None:
    history = History(2)
    history.extend(np.array([[1.0, 1], [2, 1], [3, 1], [2, 5], [3, 5]]))
    assert_array_equal(history.rows, [[1, 1], [2, 5], [3, 5]])


def test_a_million_rows_are_bounded_and_no_peak_is_lost() -> None:
    history = History(2, capacity=1000)
    for first in range(0, 1_000_000, 5000):
        part = rows(first, first + 5000)
        part[first % 4999, 1] = 1000 + first
        history.extend(part)
    assert history.count == 1_000_000
    assert len(history.rows) <= 1000
    assert np.all(np.diff(history.rows[:, 0]) > 0)
    assert history.rows[0, 0] == 0
    assert history.rows[-1, 0] == 999_999
    assert history.rows[:, 1].max() == 1000 + 995_000


def test_the_newest_rows_stay_as_they_are() -> None:
    history = History(2, capacity=100)
    history.extend(rows(0, 120))
    assert_array_equal(history.rows[-50:], rows(70, 120))


def test_wide_tables_are_kept_shorter() -> None:
    assert History(2).capacity == MOST
    assert History(100).capacity == CELLS // 100
    assert History(10_000).capacity == FEWEST


def test_a_column_more_has_nan_where_nobody_knew_of_it() -> None:
    history = History(2)
    history.extend(rows(0, 3))
    history.widen(3)
    history.extend(np.array([[3.0, 1, 2]]))
    assert np.isnan(history.rows[:3, 2]).all()
    assert history.rows[3, 2] == 2


def test_thinning_keeps_least_and_greatest_in_their_order() -> None:
    assert_array_equal(thinned(np.array([[0.0, 5], [1, 9], [2, 1], [3, 4]])), [[0, 9], [3, 1]])
    assert_array_equal(
        thinned(np.array([[0.0, np.nan], [1, 2], [2, np.nan], [3, 7], [4, 8]])), [[0, 2], [3, 7], [4, 8]]
    )

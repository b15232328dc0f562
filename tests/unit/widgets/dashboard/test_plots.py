"""The scales of the plots."""

from __future__ import annotations

import math

from bokeh.models import ColumnDataSource, Range1d

from flowcfd.widgets.dashboard.gathered import Gathered, Row
from flowcfd.widgets.dashboard.plots import Scale, columns, name_columns, parallel


def test_numbers_are_shares_of_their_range_and_texts_are_counted() -> None:
    numbers = Scale([2.0, 4.0, math.nan])
    assert [numbers.share(value) for value in (2.0, 3.0, 4.0)] == [0.0, 0.5, 1.0]
    assert math.isnan(numbers.share(math.nan))
    texts = Scale(["kEpsilon", "kOmegaSST", "kEpsilon"])
    assert (texts.number("kOmegaSST"), texts.told(0.0)) == (1.0, "kEpsilon")
    assert Scale([3.0, 3.0]).share(3.0) == 0.5
    assert math.isnan(Scale([]).share(math.nan))


def test_every_column_has_an_entry_for_each_row() -> None:
    rows = tuple(Row(n, f"Point {n}", {"speed": float(n)}, {"Cd": 0.1 * n}, "Done", "green") for n in range(3))
    now = Gathered("wing", rows, ("speed",), ("Cd",))
    made = columns(now, "speed", "Cd", ["speed", "Cd"])
    assert {len(values) for values in made.values()} == {3}
    assert made["ys"][2] == [1.0, 1.0]
    assert made["values"][1] == "speed: 1\nCd: 0.1"


def test_nothing_makes_empty_columns() -> None:
    assert {len(values) for values in columns(Gathered("wing"), "", "", []).values()} == {0}


def test_the_parallel_axes_follow_the_columns_that_come_after_the_page_was_made() -> None:
    plot = parallel(ColumnDataSource(columns(Gathered("wing"), "", "", [])))
    name_columns(plot, Gathered("wing"), [])
    rows = (Row(0, "Point 0", {"speed": 1.0, "angle": 2.0}, {}, "Done"),)
    name_columns(plot, Gathered("wing", rows, ("speed", "angle")), ["speed", "angle"])
    # A DataRange1d in the page would go back to the ends with which the page was made, and show nothing.
    assert isinstance(plot.x_range, Range1d) and isinstance(plot.y_range, Range1d)
    assert (plot.x_range.end, plot.x_range.reset_end) == (1.35, 1.35)

"""The scales of the plots."""

from __future__ import annotations

import math

from flowcfd.widgets.dashboard.gathered import Gathered, Row
from flowcfd.widgets.dashboard.plots import Scale, columns


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

"""The rows and columns of a dashboard."""

from __future__ import annotations

import math

from flowcfd.widgets.dashboard.gathered import AXES, Gathered, Gatherer, Row, different, shortened
from flowcfd.widgets.dashboard.marks import mark
from flowcfd.widgets.dashboard.subject import Subject


def test_a_path_is_shortened_as_far_as_it_stays_clear() -> None:
    assert shortened(["boundaries.inlet.speed", "mesh.cells"]) == {
        "boundaries.inlet.speed": "inlet.speed",
        "mesh.cells": "mesh.cells",
    }
    assert shortened(["a.x.speed", "b.x.speed", "cells"]) == {
        "a.x.speed": "a.x.speed",
        "b.x.speed": "b.x.speed",
        "cells": "cells",
    }


def test_a_path_that_ends_another_keeps_its_own_name() -> None:
    assert shortened(["x.speed", "a.x.speed"]) == {"x.speed": "x.speed", "a.x.speed": "a.x.speed"}


def test_only_what_differs_among_cases_is_a_column() -> None:
    leaves = [{"mesh.cells": 10, "physics.fluid.nu": 0.1}, {"mesh.cells": 20, "physics.fluid.nu": 0.1}, {}]
    assert different(leaves) == {"mesh.cells": [10, 20, None]}


def test_a_run_that_is_gone_is_a_row_with_its_sentence(home) -> None:
    found = Gatherer(Subject("one", runs=(str(home / "runs" / "gone"),)))()
    assert found.rows[0].state == "Unreadable"
    assert "gone" in found.rows[0].words[0]


def test_a_study_that_is_gone_is_a_sentence(home) -> None:
    found = Gatherer(Subject("one", study=str(home / "studies" / "gone")))()
    assert "gone" in found.problem
    assert not found.rows


def test_each_state_has_a_colour_and_a_word() -> None:
    def row(state: str, colour: str = "") -> Row:
        return Row(0, "Point 0", {}, {}, state, colour)

    assert mark(row("Done", "green")) == ("#1a7f4b", "green")
    assert mark(row("Running"))[1] == "running"
    assert mark(row("Done"))[1] == "reading"  # it has no verdict yet
    assert mark(row("Failed")) == (mark(row("Lost"))[0], "failed")
    assert len({mark(row(state))[0] for state in ("Running", "Failed", "Waiting")}) == 3


def test_titles_have_units_and_missing_values_are_nan() -> None:
    row = Row(0, "Point 0", {"speed": 5.0}, {}, "Running")
    now = Gathered("wing", (row,), ("speed",), ("Cd",), {"speed": "m/s"})
    assert now.titled("speed") == "speed [m/s]"
    assert now.titled("Cd") == "Cd"
    assert math.isnan(now.value(row, "Cd"))
    assert now.told == "1 running"


def test_an_axis_stands_for_what_differs_and_few_enough_are_read() -> None:
    def row(number: int, **values: float) -> Row:
        return Row(number, f"Point {number}", values, {"Cd": 0.1 * number, "Cl": 0.0}, "Done", "green")

    rows = (row(0, speed=1.0, length=2.0), row(1, speed=2.0, length=2.0), row(2, speed=3.0))
    assert Gathered("wing", rows, ("speed", "length"), ("Cd", "Cl")).axes == ["speed", "Cd"]  # none where one has none
    assert Gathered("wing", rows[:1], ("speed",), ("Cd",)).axes == ["speed", "Cd"]
    many = [f"p{n}" for n in range(12)]
    wide = tuple(row(n, **{name: float(n) for name in many}) for n in range(3))
    shown = Gathered("wing", wide, tuple(many), ("Cd", "Cl")).axes
    assert len(shown) == AXES and shown[-1] == "Cd"

"""The judgement on what solvers really wrote: one quantity that settles, and one that only seems to for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.series import settled


def read(name: str) -> tuple[list[float], list[float]]:
    lines = (Path(__file__).parent / name).read_text().splitlines()[1:]
    rows = [line.split(",") for line in lines]
    return [float(time) for time, _ in rows], [float(value) for _, value in rows]


@pytest.mark.parametrize("within", [0.01, 0.005, 0.002, 0.001])
def test_the_step_tutorial_is_ended_early_with_the_reattachment_of_its_whole_run(within: float) -> None:
    """A third of its 2000 iterations is saved at least; its p residual never tells (2e-2 from 500 to 2000)."""
    times, values = read("step_reattachment.csv")
    assert (times[-1], values[-1]) == (2000, pytest.approx(6.406, abs=0.001))
    ends = (n for n in range(1, 201) if settled(values[:n], within=within, relative=True, over=20).ok)
    count = next(ends)
    assert times[count - 1] <= 1333
    assert values[count - 1] == pytest.approx(values[-1], rel=within)
    found = settled(values[:count], within=within, relative=True, over=20)
    assert found.mean == pytest.approx(values[-1], rel=within)


def test_a_wake_that_swings_has_not_settled_though_its_drag_stood_still_for_a_while() -> None:
    """Between iterations 150 and 280 it stays within 0.2 %; two windows of 200 iterations see what comes then."""
    _, values = read("wake_drag.csv")
    plateau = values[30:56]
    assert max(plateau) - min(plateau) < 0.002 * values[50]
    found = [settled(values[:n], within=0.005, relative=True, over=40) for n in range(1, len(values) + 1)]
    assert not any(one.ok for one in found)
    assert found[-1].why.startswith("oscillates by ±")

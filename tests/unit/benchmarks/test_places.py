from __future__ import annotations

import numpy as np
import pytest

from flowcfd.benchmarks.places import at_wall, cubic, extreme, row, slope


def test_a_cubic_is_met_exactly_between_uneven_points_and_up_to_both_ends() -> None:
    x = np.array([0, 0.1, 0.35, 0.5, 0.9, 1.0])
    places = np.array([0.0, 0.05, 0.4, 0.97, 1.0])
    assert cubic(places, x, x**3 - 2 * x) == pytest.approx(places**3 - 2 * places, abs=1e-14)


def test_the_error_of_the_cubics_is_of_fourth_order() -> None:
    places = np.linspace(0.1, 0.9, 77)
    errors = []
    for n in (20, 40):
        x = np.linspace(0, 1, n + 1)
        errors.append(np.abs(cubic(places, x, np.sin(6 * x)) - np.sin(6 * places)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.3)


def test_the_extreme_of_a_parabola_is_found_between_the_points() -> None:
    x = np.array([0, 0.2, 0.5, 0.9, 1.0])
    assert extreme(x, 3 - (x - 0.42) ** 2) == pytest.approx((0.42, 3.0))
    assert extreme(x, (x - 0.42) ** 2 - 3, low=True) == pytest.approx((0.42, -3.0))


def test_an_extreme_at_the_end_is_the_end() -> None:
    assert extreme([0, 1, 2], [0, 1, 4]) == (2, 4)


def test_the_slope_is_that_of_the_chosen_part() -> None:
    x = np.linspace(0, 10, 101)
    assert slope(x, np.where(x < 5, 0, -0.3 * x), 5, 10) == pytest.approx(-0.3)


def test_the_gradient_at_the_wall_is_exact_for_a_parabola() -> None:
    first, second = 0.1, 0.35
    assert at_wall(2 * first - 3 * first**2, 2 * second - 3 * second**2, first, second) == pytest.approx(2.0)


def test_a_single_row_of_cells_is_whole_though_its_middles_are_rounded() -> None:
    """Of a slice that repeats itself only some cells were found, where the line was asked for through their middles."""
    pyvista = pytest.importorskip("pyvista")
    heights = np.linspace(0, 0.5, 11)
    grid = pyvista.RectilinearGrid(np.array([0.0, 0.1]), heights, np.array([0.0, 1.0])).cast_to_unstructured_grid()
    grid.points[:, 0] += 3e-17 * np.arange(grid.n_points)
    grid.cell_data["p"] = np.arange(10.0)
    sliced = type("Slice", (), {"mesh": lambda self, fields: grid})()
    places, values = row(sliced, "p", 1, 0.05)  # type: ignore[arg-type]
    assert places == pytest.approx(0.5 * (heights[1:] + heights[:-1]))
    assert values == pytest.approx(np.arange(10.0))

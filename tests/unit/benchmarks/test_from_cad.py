"""The benchmarks that begin with CAD: formulas and comparisons, without meshes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from flowcfd.benchmarks import elbow, surface_cube
from flowcfd.benchmarks.surface_cube import Floor


def test_itos_formula_has_the_values_of_its_other_published_form() -> None:
    """0.388 alpha (R/d)^0.84 Re^-0.17 with alpha = 0.95 + 4.42 (R/d)^-1.96, where diameters stand for radii."""
    for bend, reynolds in ((1.5, 5e4), (2.0, 1e5), (5.0, 2e5)):
        other = 0.388 * (0.95 + 4.42 * bend**-1.96) * bend**0.84 * reynolds**-0.17
        assert elbow.ito(bend, reynolds) == pytest.approx(other, rel=3e-3)
    assert elbow.ito() == pytest.approx(0.205, abs=5e-4)
    assert elbow.ito(10.0) == pytest.approx(0.00241 * 90 * 20**0.84 * 1e5**-0.17)  # beyond R/r = 19.7 alpha is 1


def test_the_benchmark_is_in_the_range_of_itos_formula() -> None:
    assert elbow.REYNOLDS * (0.5 * elbow.DIAMETER / elbow.BEND) ** 2 > 91
    assert 2e4 < elbow.REYNOLDS < 4e5


def test_the_law_of_prandtl_and_karman_holds_for_the_factor() -> None:
    factor = elbow.prandtl(1e5)
    assert 1 / math.sqrt(factor) == pytest.approx(2 * math.log10(1e5 * math.sqrt(factor)) - 0.8)
    assert factor == pytest.approx(0.01799, abs=1e-5)


def floor_of(back: float, off: float = 0.65) -> Floor:
    return Floor(np.linspace(-4, 6, 50), np.zeros(50), back, 0.01, off)


def test_a_wake_in_the_range_of_steady_rans_is_in_band_and_says_how_far_the_experiment_is() -> None:
    found = surface_cube.comparisons([floor_of(2.2)], (20_000,))
    assert [one.ok for one in found] == [True, True]
    assert found[0].relative_error == pytest.approx(2.2 / 1.61 - 1)
    assert "2.18 H by others" in found[0].note and "swings by 0.01 H" in found[0].note


@pytest.mark.parametrize("back", [1.61, 3.5, math.nan])
def test_a_wake_out_of_the_range_of_steady_rans_is_told_even_if_it_were_the_measured_one(back: float) -> None:
    """Two wrongs that make a right: a steady computation cannot have the shedding that shortens the wake."""
    assert not surface_cube.comparisons([floor_of(back)], (20_000,), "SST")[0].ok


def test_three_grids_give_the_wake_its_uncertainty() -> None:
    line = surface_cube.comparisons([floor_of(one) for one in (2.52, 2.50, 2.44)], (160_000, 70_000, 25_000))[0]
    assert line.gci is not None and line.gci.gci is not None


def test_the_coarsest_cells_fall_on_the_faces_of_the_cube() -> None:
    """A face that cuts cells would be snapped, and the grids would not be of one family."""
    for cells in surface_cube.GRIDS:
        for place in (surface_cube.UPSTREAM, surface_cube.LENGTH, 0.5 * surface_cube.WIDTH, surface_cube.HEIGHT, 0.5):
            assert place * cells == pytest.approx(round(place * cells))

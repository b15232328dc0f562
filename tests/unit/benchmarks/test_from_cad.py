"""The benchmarks that begin with CAD: formulas and comparisons, without meshes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import pyvista

from flowcfd.benchmarks import elbow, surface_cube
from flowcfd.benchmarks.places import developed
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


def test_columns_of_cells_give_the_line_of_total_pressure_that_planes_through_cells_miss() -> None:
    """Values of cells belong in their middles: a line that falls by 0.01 per metre comes back exactly."""
    x, y, z = np.meshgrid(
        np.linspace(-6, -0.5, 23), np.linspace(-0.5, 0.5, 5), np.linspace(-0.5, 0.5, 3), indexing="ij"
    )
    grid = pyvista.StructuredGrid(x, y, z).cast_to_unstructured_grid()
    middles = grid.cell_centers().points
    velocity = np.zeros((grid.n_cells, 3))
    velocity[:, 0] = 1 + middles[:, 1]
    grid.cell_data["U"], grid.cell_data["p"] = velocity, 0.7 - 0.01 * middles[:, 0]
    at, total = elbow.heads(grid, 0, (-6.0, -0.5))
    assert at == pytest.approx(np.linspace(-5.875, -0.625, 22))
    kinetic = 0.5 * np.mean((1 + middles[:, 1]) ** 3)  # over the flow, whose mean speed is 1
    assert total == pytest.approx(0.7 - 0.01 * at + kinetic)
    part = elbow.between((at, total), elbow.ARRIVING)
    assert len(part[0]) == 14 and np.polyfit(*part, 1)[0] == pytest.approx(-0.01)


def test_the_slice_of_pipe_has_the_layers_of_the_elbow_it_is_for() -> None:
    for level in (0, 2, elbow.QUICK_LEVEL):
        cells, grading = elbow.pipe(level).mesh.cells[1], elbow.pipe(level).mesh.grading[1]
        core, layers = grading
        assert layers.cells * cells == pytest.approx(elbow.STACK)
        first = 0.5 * elbow.DIAMETER * layers.length / (1 + elbow.GROWTH + elbow.GROWTH**2)
        assert first == pytest.approx(elbow.FIRST * elbow.RATIO**level)
        assert layers.expansion == pytest.approx(elbow.GROWTH**-2) and core.cells + layers.cells == pytest.approx(1)


def test_a_developed_inlet_is_at_rest_at_its_walls_and_has_turbulence_between_them() -> None:
    table = developed([0.5, 1.5], [1.0, 1.2], [0.01, 0.02], [10.0, 20.0], axis="z", walls=(0.0, 2.0))
    assert table.points == ((0.0, 0.0), (0.5, 1.0), (1.5, 1.2), (2.0, 0.0))
    assert table.eddies == ((0.5, 0.01, 10.0), (1.5, 0.02, 20.0)) and table.axis == "z"

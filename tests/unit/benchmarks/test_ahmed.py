"""The comparisons of the Ahmed body, without meshes."""

from __future__ import annotations

import math

import pytest

from flowcfd.benchmarks import ahmed
from flowcfd.benchmarks.ahmed import Drag
from flowcfd.uncertain import Uncertain


def drag(value: float, swings: float = 0.001, *, settled: bool = True) -> Drag:
    parts = {"front": 0.02, "slant": 0.14, "base": 0.07, "friction": 0.04}
    return Drag(Uncertain(value, swings), Uncertain(0.3, 0.01), parts, (12.0, 80.0, 300.0), settled, 700)


def test_the_uncertainty_is_that_of_grids_and_iterations_together() -> None:
    found = ahmed.compared(25, [drag(0.30, 0.003), drag(0.32), drag(0.36)], (240_000, 110_000, 50_000))
    assert [one.reference for one in found] == [0.299, 0.285]
    value, grids = found[0].value, found[0].gci
    assert isinstance(value, Uncertain)
    assert grids is not None
    assert value.uncertainty == pytest.approx(math.hypot(0.003, grids.answer.uncertainty))
    assert "iterations ±0.003, grids" in found[0].note
    assert "y+ 12 to 300, mean 80" in found[0].note


def test_bands_reach_from_the_least_without_legs_to_the_greatest_and_a_tenth_beyond() -> None:
    low, high = ahmed.compared(35, [drag(0.27)], (50_000,))[0].band
    assert low == pytest.approx((0.260 - 0.0245) * 0.9)
    assert high == pytest.approx(0.279 * 1.1)


def test_what_has_not_settled_is_told() -> None:
    assert "(not settled)" in ahmed.compared(35, [drag(0.27, settled=False)], (50_000,))[0].note


def test_the_quick_form_has_the_mesh_of_the_others_in_coarse() -> None:
    """Its start needs more relaxation, not another mesh: the box of the slant's shear layer is no cause of a blow."""
    full, quick = ahmed.case(35), ahmed.case(35, ahmed.HEIGHT / ahmed.QUICK_ROWS, quick=True)
    assert full.mesh.model_copy(update={"cell": quick.mesh.cell}) == quick.mesh
    assert quick.solve.relaxation == ahmed.GENTLY and not full.solve.relaxation

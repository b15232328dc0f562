"""The measures of a wake, on signals that are known."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.benchmarks.cylinder import case, shedding, upward
from flowcfd.errors import ResultError

TIME = np.arange(0, 140, 0.03)


def signals(strouhal: float = 0.165, growth: float = 0.12) -> tuple[np.ndarray, np.ndarray]:
    """Drag and lift of a wake whose oscillation grows and saturates, the drag at twice the frequency."""
    size = 1 / (1 + 2000 * np.exp(-2 * growth * TIME)) ** 0.5
    phase = 2 * np.pi * strouhal * TIME
    return 1.2 + 0.13 * size**2 + 0.009 * size * np.sin(2 * phase), 0.01 + 0.32 * size * np.sin(phase)


def test_frequency_drag_and_lift_are_those_behind_the_transient() -> None:
    found = shedding(TIME, *signals())
    assert found.strouhal == pytest.approx(0.165, rel=2e-4)
    assert found.drag == pytest.approx(1.33, rel=1e-3)
    assert found.lift_rms == pytest.approx(0.32 / np.sqrt(2), rel=5e-3)
    assert found.lift_amplitude == pytest.approx(0.32, rel=2e-3)
    assert found.cycles >= 8 and found.begin > 40
    assert found.spread < 0.01


def test_a_run_that_is_too_short_for_whole_cycles_says_so() -> None:
    drag, lift = signals()
    short = TIME < 30
    with pytest.raises(
        ResultError, match=r"whole cycles behind its transient, .* at least 4 are needed: compute longer"
    ):
        shedding(TIME[short], drag[short], lift[short])


def test_crossings_are_found_between_the_samples() -> None:
    time = np.arange(0, 3.0, 0.1)
    assert upward(time, np.sin(2 * np.pi * (time - 0.25))) == pytest.approx([0.25, 1.25, 2.25], abs=1e-3)


def test_the_cells_are_as_many_along_the_radius_as_make_them_square_and_steps_shrink_with_them() -> None:
    fine, coarse = case(100, 128), case(100, 64)
    assert fine.mesh.cells == (94, 32)
    assert (coarse.solve.step, fine.solve.step) == pytest.approx((0.06, 0.03))
    assert fine.physics.fluid.nu == 0.01

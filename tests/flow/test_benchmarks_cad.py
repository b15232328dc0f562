"""The benchmarks that begin with CAD, in their coarse forms: body, mesh, flow and number by the real tools."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flowcfd.benchmarks import Effort, elbow, surface_cube
from flowcfd.post.open import results

pytestmark = pytest.mark.flow


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Runs of these tests are kept nowhere else."""


def test_the_wake_of_a_cube_is_as_long_as_steady_rans_has_it() -> None:
    found = surface_cube.run(Effort("quick"))
    assert [(one.measure, one.ok) for one in found.comparisons] == [("reattachment, k-epsilon", True)]
    assert found.comparisons[0].error > 0  # behind the measured one, as steady RANS has it
    assert found.cpu_seconds < 60


def test_an_elbow_costs_what_ito_says_within_its_coarse_band() -> None:
    found = elbow.run(Effort("quick"))
    assert [(one.measure, one.ok) for one in found.comparisons] == [
        ("loss coefficient", True),
        ("friction factor before it", True),
    ]
    res = results(Path(found.runs[-1]))
    across = elbow.section(res, (-1.5, 0, 0), (1, 0, 0))
    assert across.area == pytest.approx(math.pi / 4, rel=0.02)
    assert across.speed == pytest.approx(1.0, rel=0.02)
    assert across.total > across.pressure + 0.5
    assert res.measure("areaAverage(p)").iloc[-1] > across.pressure > 0

"""The project's own bodies: sizes as published, volumes that are known exactly, patches by name."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import pytest
from scipy.integrate import quad

from flowcfd.cad import bodies
from flowcfd.errors import CaseError

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(importlib.util.find_spec("OCP") is None, reason="OpenCASCADE is not installed (flowcfd[cad])"),
]


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Geometries of these tests are kept nowhere else."""


def ahmed_volume(degrees: float) -> float:
    """Box less slant less nose, whose section at a depth is narrower and lower by what the radius takes."""
    length, width, height, radius, slant = 1.044, 0.389, 0.288, 0.1, 0.222
    wedge = 0.5 * slant**2 * math.sin(math.radians(degrees)) * math.cos(math.radians(degrees)) * width

    def section(depth: float) -> float:
        less = 2 * (radius - math.sqrt(radius**2 - (radius - depth) ** 2))
        return (width - less) * (height - less)

    return width * height * (length - radius) + quad(section, 0, radius)[0] - wedge


@pytest.mark.parametrize("degrees", [25, 35])
def test_the_ahmed_body_has_its_published_sizes(degrees: int) -> None:
    body = bodies.ahmed(f"{degrees} degree")
    low, high = body.bounds
    assert low == pytest.approx((-1.044, -0.1945, 0.05), abs=1e-6)
    assert high == pytest.approx((0, 0.1945, 0.338), abs=1e-6)
    assert set(body.patches) == {"front", "roof", "slant", "base", "flanks", "under"}
    assert body.patches["slant"].area == pytest.approx(0.222 * 0.389)
    tilt = math.radians(degrees)
    assert body.patches["slant"].normal == pytest.approx((math.sin(tilt), 0, math.cos(tilt)), abs=1e-6)
    assert body.patches["base"].area == pytest.approx((0.288 - 0.222 * math.sin(tilt)) * 0.389)
    assert body.volume == pytest.approx(ahmed_volume(degrees), rel=1e-6)
    assert body.watertight
    assert body.valid


def test_legs_reach_the_ground_and_no_slant_is_no_patch() -> None:
    body = bodies.ahmed(0, legs=True)
    assert "slant" not in body.patches
    assert "legs" in body.patches
    assert body.volume == pytest.approx(ahmed_volume(0) + 4 * math.pi * 0.015**2 * 0.05, rel=1e-6)
    assert body.bounds[0][2] == pytest.approx(0, abs=1e-6)


def test_a_wing_has_the_volume_of_its_section() -> None:
    half = quad(
        lambda x: 0.6 * (0.2969 * math.sqrt(x) - 0.1260 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1015 * x**4), 0, 1
    )
    wing = bodies.wing("0.5 m", 2.0)
    assert set(wing.patches) == {"upper", "lower", "tips", "tail"}
    assert wing.volume == pytest.approx(2 * half[0] * 0.5**2 * 2, rel=1e-4)
    assert wing.watertight
    sharp = bodies.wing(0.5, 2.0, section="2412", blunt=False, angle=5)
    assert set(sharp.patches) == {"upper", "lower", "tips"}
    assert sharp.bounds[0][2] == pytest.approx(-0.5 * math.sin(math.radians(5)), abs=2e-3)  # nose up, tail down


def test_cubes_and_elbows_are_exact() -> None:
    cube = bodies.cube("2 m")
    assert cube.volume == pytest.approx(8)
    assert cube.patches["roof"].normal == pytest.approx((0, 0, 1))
    assert cube.bounds[0] == pytest.approx((-1, -1, 0))
    elbow = bodies.elbow("0.1 m", 0.15, inlet=0.2, outlet=0.5)
    assert elbow.volume == pytest.approx(math.pi * 0.05**2 * (0.7 + 0.15 * math.pi / 2))
    assert elbow.patches["inlet"].normal == pytest.approx((-1, 0, 0))
    assert elbow.patches["outlet"].normal == pytest.approx((0, 1, 0), abs=1e-9)
    assert elbow.patches["outlet"].area == pytest.approx(math.pi * 0.05**2)


def test_sizes_that_make_no_body_are_refused() -> None:
    with pytest.raises(CaseError, match=r"slant: must be 0 to 60 degrees \(got 70\)"):
        bodies.ahmed(70)
    with pytest.raises(CaseError, match=r"section: must be the four digits .* \(got '12'\)"):
        bodies.wing(1, 1, section="12")
    with pytest.raises(CaseError, match=r"radius: must be more than half the diameter, 0.5 m"):
        bodies.elbow(1, 0.4, inlet=1, outlet=1)
    with pytest.raises(CaseError, match=r"size: must be a length above 0 \(got 0\)"):
        bodies.cube(0)

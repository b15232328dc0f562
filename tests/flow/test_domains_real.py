"""Domains in real OpenFOAM: the wind over an empty fetch, a ground that moves, a profile on a round inlet."""

from __future__ import annotations

import math

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.cad import bodies
from flowcfd.foam import fields

pytestmark = [pytest.mark.flow, pytest.mark.usefixtures("home")]
WIND = fc.LogLaw("10 m/s", "20 m", "5 cm")


def fetch(model: str, up: str = "z", **boundaries: fc.case.Boundary) -> fc.Case:
    """300 m of open country, 15 times the height of a building of 20 m, with first cells 0.9 m high."""
    site = fc.BuildingSite("300 m", "20 m", "120 m", up=up)
    end = (290.0, 0.0, 120.0) if up == "z" else (290.0, 120.0, 0.0)
    cells, grading = ((30, 1, 26), (1, 1, 15)) if up == "z" else ((30, 26, 1), (1, 15, 1))
    return fc.Case(
        domain=site,
        mesh=fc.Blocks(cells, grading=grading),
        physics=fc.Incompressible("air", model),
        boundaries={**site.boundaries(WIND), **boundaries},
        solve=fc.Steady(180),
        outputs=[fc.Lines((290, 0, 0), end, points=121, fields=("U", "k"))],
    )


def drift(computed: object, model: str, up: str) -> tuple[float, float]:
    """The largest deviation of speed and of k from the law above the first cell, as shares."""
    velocity, turbulence = computed.table("lines", "lines_U.xy"), computed.table("lines", "lines_k.xy")  # type: ignore[attr-defined]
    axis = 2 if up == "z" else 1
    above = (velocity[:, axis] > 2) & (velocity[:, axis] < 100)
    speed = np.array([WIND.speed(z) for z in velocity[above, axis]])
    return (
        float(abs(velocity[above, 3] / speed - 1).max()),
        float(abs(turbulence[above, 3] / WIND.turbulence(1, 1e-5).k - 1).max()),
    )


@pytest.mark.parametrize(("model", "up", "most"), [("kEpsilon", "z", (0.02, 0.04)), ("kOmegaSST", "y", (0.02, 0.08))])
def test_the_wind_hardly_changes_over_an_empty_fetch(compute, model: str, up: str, most: tuple[float, float]) -> None:
    computed = compute(fetch(model, up))
    verdict = fc.results(computed.path).verdict
    for name in ("y+", "bounded fields", "direction of the flow"):
        assert verdict[name].colour == "green", verdict[name]
    speed, k = drift(computed, model, up)
    print(f"{model}: U within {speed:.1%}, k within {k:.1%}")
    assert speed < most[0]
    assert k < most[1]


def test_with_slip_above_and_smooth_ground_the_wind_changes_more(compute) -> None:
    """So the test above can fail."""
    speed, k = drift(compute(fetch("kEpsilon", top=fc.Slip(), ground=fc.Wall())), "kEpsilon", "z")
    print(f"slip and smooth: U within {speed:.1%}, k within {k:.1%}")
    assert speed > 0.1
    assert k > 0.2


def test_half_a_model_over_a_moving_ground(compute) -> None:
    block = bodies.cube(("0.8 m", "0.4 m", "0.3 m"))
    tunnel = fc.WindTunnel("4 m", "2 m", "1.4 m", upstream="1 m", half=True, clearance="10 cm").around(block)
    case = fc.Case(
        geometry=block,
        domain=tunnel,
        mesh=fc.Snappy("20 cm", surface=1),
        physics=fc.Incompressible("air", "kOmegaSST"),
        boundaries=tunnel.boundaries("40 m/s", moving_ground=True),
        solve=fc.Steady(3),
        outputs=[fc.Forces("body")],
    )
    assert not fc.check(case, dry_run=False)
    narrow = fc.check(case.replace({"domain.width": "1.2 m"}), dry_run=False)
    assert [(one.rule, one.place) for one in narrow] == [("blockage", "domain")]
    found = fields.read(compute(case).path / "3" / "U")
    assert set(found.boundary) == set(tunnel.patches)
    assert np.allclose(np.asarray(found.boundary["ground"]["value"]), (40, 0, 0))
    assert str(found.boundary["symmetry"]["type"]) == "symmetry"
    assert found.internal[:, 0].max() > 39


def test_a_radial_profile_enters_a_round_inlet_of_any_body(compute) -> None:
    bend = bodies.elbow("10 cm", "15 cm", inlet="10 cm", outlet="10 cm").turned("z", "30 degree")
    inner = fc.Internal().around(bend)
    case = fc.Case(
        geometry=bend,
        domain=fc.Internal(),
        mesh=fc.Snappy("2 cm", surface=1),
        physics=fc.Incompressible(fc.Fluid(nu=1e-3)),
        boundaries=inner.boundaries(profile=fc.Parabola("2 m/s", high="5 cm", axis="r")),
        solve=fc.Steady(3),
    )
    velocity = np.asarray(fields.read(compute(case).path / "3" / "U").boundary["inlet"]["value"])
    along = velocity @ np.array([math.cos(math.radians(30)), math.sin(math.radians(30)), 0.0])
    assert np.allclose(np.linalg.norm(velocity, axis=1), along), "along the inward normal"
    assert 1.8 < along.max() <= 2.0
    assert along.mean() == pytest.approx(1.0, rel=0.1), "half the peak over equal faces"

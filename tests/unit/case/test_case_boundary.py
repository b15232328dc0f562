from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError


@pytest.mark.parametrize(
    ("inlet", "speed"),
    [
        (fc.Inlet("3 m/s"), 3),
        (fc.Inlet(velocity=(3, 4, 0)), 5),
        (fc.Inlet(flow_rate="6 m^3/s"), 3),
        (fc.Inlet(table=[(0, 1), (1, 4)]), 4),
        (fc.Inlet(profile=fc.Parabola(3, 0, 1)), 2),
        (fc.Inlet(profile=fc.Parabola(3, 0, 1, axis="r")), 1.5),
        (fc.Inlet(profile=fc.PowerLaw(3, 1)), 3),
        (fc.Inlet(profile=fc.Table([(0, 0), (1, 2), (3, 2)])), 5 / 3),
    ],
)
def test_every_inlet_has_a_mean_speed(inlet: fc.Inlet, speed: float) -> None:
    assert inlet.mean_speed(area=2.0) == pytest.approx(speed)


def test_a_flow_rate_through_an_unknown_area_has_none() -> None:
    with pytest.raises(CaseError, match="flow_rate: needs a patch of known area"):
        fc.Inlet(flow_rate=1).mean_speed()


def test_a_far_field_has_the_speed_of_its_velocity() -> None:
    assert fc.FarField((3, 4, 0)).mean_speed() == 5


def test_a_parabola_is_zero_at_the_walls_and_outside() -> None:
    plates = fc.Parabola(2, "1 m", "3 m")
    assert [plates.speed(y) for y in (0, 1, 2, 3, 4)] == [0, 0, 2, 0, 0]
    pipe = fc.Parabola(2, high=1, axis="r")
    assert [pipe.speed(r) for r in (0, 1)] == [2, 0]


def test_a_power_law_rises_to_its_height() -> None:
    layer = fc.PowerLaw(10, 2, exponent=0.5, floor=1)
    assert [layer.speed(y) for y in (0, 1, 1.5, 3, 9)] == [0, 0, 5, 10, 10]
    assert fc.PowerLaw(10, 2, exponent=0.5, capped=False).speed(8) == 20


def test_a_table_is_linear_between_its_points_and_constant_beyond() -> None:
    table = fc.Table([(0, 0), (1, 2), (3, 4)])
    assert [table.speed(y) for y in (-1, 0, 0.5, 1, 2, 3, 9)] == [0, 0, 1, 2, 3, 4, 4]


def test_a_table_brings_its_turbulence_with_it_where_it_has_any() -> None:
    """nut = k / omega and epsilon = Cmu k omega, linear in k and omega between the rows and constant beyond."""
    table = fc.Table([(0, 1), (2, 1)], eddies=[(0, 0.01, 10), (2, 0.03, 30)], axis="z")
    found = table.turbulence(1.0, 1e-5)
    assert found is not None
    assert (found.k, found.omega, found.nut) == pytest.approx((0.02, 20, 1e-3))
    assert found.epsilon == pytest.approx(0.09 * 0.02 * 20)
    beyond = table.turbulence(9.0, 1e-5)
    assert beyond is not None and beyond.k == 0.03
    assert table.knots == (0, 2)
    bare = fc.Table([(0, 1), (2, 1)])
    assert bare.turbulence(1.0, 1e-5) is None and bare.knots == ()


def test_the_turbulence_of_a_table_is_positive_at_rising_coordinates() -> None:
    with pytest.raises(CaseError, match="eddies: needs triples with rising coordinates"):
        fc.Table([(0, 1), (1, 2)], eddies=[(1, 0.01, 10), (0, 0.01, 10)])
    with pytest.raises(CaseError, match="must be positive"):
        fc.Table([(0, 1), (1, 2)], eddies=[(0, 0, 10)])

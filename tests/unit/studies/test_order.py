"""Which point is next when points start from their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.studies.order import Order, places

SPEED, NU, CELLS = "boundaries.inlet.speed", "physics.fluid.nu", "mesh.cells"


@pytest.fixture
def case() -> Case:
    return Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid={"nu": 1e-3}),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )


def test_parameters_are_scaled_to_equal_extents_and_read_with_their_units(case: Case) -> None:
    values = [{SPEED: 1, NU: 1e-3}, {SPEED: "7.2 km/h", NU: 2e-3}, {SPEED: 3, NU: 3e-3}]
    np.testing.assert_allclose(places(case, values), [[0, 0], [0.5, 0.5], [1, 1]])


def test_what_spans_decades_is_measured_by_its_logarithm(case: Case) -> None:
    values = [{NU: 1e-5}, {NU: 1e-4}, {NU: 1e-3}]
    np.testing.assert_allclose(places(case, values)[:, 0], [0, 0.5, 1])


def test_vectors_have_an_axis_for_each_number_and_names_one_for_each_name(case: Case) -> None:
    values = [{CELLS: (10, 10)}, {CELLS: (20, 10)}, {CELLS: (10, 30)}]
    np.testing.assert_allclose(places(case, values), [[0, 0], [1, 0], [0, 1]])
    named = [{"solve.convection": "upwind"}, {"solve.convection": "linear"}, {"solve.convection": "upwind"}]
    apart = places(case, named)
    assert np.linalg.norm(apart[0] - apart[1]) == pytest.approx(1)
    np.testing.assert_allclose(apart[0], apart[2])


def test_a_chain_goes_from_neighbour_to_neighbour() -> None:
    order = Order(np.array([[0.0], [0.1], [0.25], [0.55], [1.0]]))
    left = [0, 1, 2, 3, 4]
    assert order.next(left) is None, "nobody is there to start from"
    assert order.seed(left, []) == 3, "the one in the middle"
    left.remove(3)
    order.finished(3)
    found = []
    while left:
        next_ = order.next(left)
        assert next_ is not None
        found.append(next_)
        left.remove(next_[0])
        order.finished(next_[0])
    assert found == [(2, 3), (1, 2), (0, 1), (4, 3)]


def test_a_second_cold_start_is_far_from_the_first() -> None:
    order = Order(np.array([[0.0], [0.4], [0.5], [0.7], [1.0]]))
    assert order.seed([0, 1, 3, 4], [2]) in (0, 4)
    assert order.seed([0, 1, 3], [2, 4]) == 0

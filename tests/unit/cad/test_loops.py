"""Edges that close to loops."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.cad.loops import chains, rims
from flowcfd.errors import GeometryError


def test_a_loop_may_pass_a_point_twice() -> None:
    """Two holes that touch in a corner; it ended with a KeyError."""
    eight = np.array([[0, 1], [1, 2], [2, 0], [1, 3], [3, 4], [4, 1]])
    assert chains(eight) == [[0, 1, 3, 4, 1, 2]]


def test_the_rim_of_a_surface_runs_against_its_triangles() -> None:
    assert rims(np.array([[0, 1, 2], [0, 2, 3]])) == [[1, 0, 3, 2]]
    assert rims(np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])) == []


def test_what_does_not_close_is_named() -> None:
    turned = np.array([[0, 1, 2], [0, 3, 2]])
    with pytest.raises(GeometryError, match=r"the rim of an opening does not close: .* turned differently; heal$"):
        rims(turned)
    with pytest.raises(GeometryError, match=r"the rim of a hole does not close: its triangles are turned differently$"):
        rims(turned, of="a hole", mend="")

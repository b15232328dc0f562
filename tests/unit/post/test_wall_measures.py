"""Measures on walls."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.post.wall import reattachment


def test_a_change_of_sign_is_found_between_two_places() -> None:
    assert reattachment([-1.0, 3.0], [2.0, 4.0]) == [2.5]


def test_all_changes_come_in_rising_order_whatever_the_order_of_the_places() -> None:
    x = np.linspace(0, 10, 1001)[::-1]
    np.testing.assert_allclose(reattachment(np.cos(x), x), [np.pi / 2, 3 * np.pi / 2, 5 * np.pi / 2], atol=1e-4)


def test_a_zero_between_different_signs_is_one_place() -> None:
    assert reattachment([-1.0, 0.0, 1.0], [0.0, 1.0, 2.0]) == [1.0]


def test_a_zero_between_equal_signs_is_none() -> None:
    assert reattachment([1.0, 0.0, 1.0], [0.0, 1.0, 2.0]) == []


def test_places_that_are_no_numbers_are_passed_over() -> None:
    assert reattachment([-1.0, np.nan, 1.0], [0.0, 0.3, 1.0]) == [0.5]


def test_no_change_of_sign_gives_no_place() -> None:
    assert reattachment([1.0, 2.0], [0.0, 1.0]) == []
    assert reattachment([], []) == []


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        reattachment([1.0], [1.0, 2.0])

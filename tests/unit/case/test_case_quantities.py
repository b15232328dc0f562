from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from flowcfd.case.quantities import Quantity, Vector, shown

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers)
def test_a_number_is_taken_as_it_is(number: float) -> None:
    assert Quantity("m/s").value(number) == number


@given(numbers)
def test_a_text_in_si_is_its_number(number: float) -> None:
    assert Quantity("m/s").value(f"{number!r} m/s") == number


@pytest.mark.parametrize(
    ("quantity", "good", "bad", "words"),
    [
        (Quantity(gt=0), 1e-300, 0, "must be positive"),
        (Quantity(gt=2), 2.1, 2, "must be greater than 2"),
        (Quantity(ge=0), 0, -1e-300, "must not be negative"),
        (Quantity(ge=2), 2, 1.9, "must be at least 2"),
        (Quantity(lt=0), -1, 0, "must be less than 0"),
        (Quantity(le=0), 0, 1, "must be at most 0"),
        (Quantity(), 0, float("nan"), "must be finite"),
    ],
)
def test_a_range_is_kept(quantity: Quantity, good: float, bad: float, words: str) -> None:
    assert quantity.value(good) == good
    with pytest.raises(PydanticCustomError, match=words):
        quantity.value(bad)


@pytest.mark.parametrize(
    "given", [(1, "2 m", 0.003), ["1 m", 2, "3 mm"], "(1 2 0.003) m", "(1, 2, 0.003) m", " (100 200 0.3)cm"]
)
def test_a_vector_is_given_in_many_ways(given: object) -> None:
    assert Vector("m").value(given) == (1.0, 2.0, 0.003)


@pytest.mark.parametrize("given", [1, "x", "1 2 3 m", "(1 2) m", (1, 2), {"x": 1}, None, "(1 2 3) s", "(a b c) m"])
def test_what_is_no_vector_is_refused(given: object) -> None:
    with pytest.raises(PydanticCustomError):
        Vector("m").value(given)


def test_a_direction_has_a_name_or_a_length() -> None:
    direction = Vector(direction=True)
    assert direction.value("x") == (1.0, 0.0, 0.0)
    assert direction.value("-z") == (0.0, 0.0, -1.0)
    assert direction.value((0, 3, 4)) == (0.0, 3.0, 4.0)
    with pytest.raises(PydanticCustomError, match="zero vector"):
        direction.value((0, 0, 0))


def test_a_value_is_shown_on_one_short_line() -> None:
    assert shown(0.1) == "0.1"
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 1000)) == 60

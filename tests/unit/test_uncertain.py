from __future__ import annotations

import json
import math
import re
from dataclasses import FrozenInstanceError
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcfd.errors import CaseError
from flowcfd.uncertain import Uncertain


@pytest.mark.parametrize(
    ("value", "uncertainty", "text"),
    [
        (0.2853123, 0.00412, "0.2853 ± 0.0041"),
        (6.26, 0.1, "6.26 ± 0.10"),
        (1, 0.0996, "1.00 ± 0.10"),  # rounds up into another place: still two digits
        (12.3456, 2.6, "12.3 ± 2.6"),
        (12.3456, 26, "12 ± 26"),
        (123456, 34.2, "123456 ± 34"),
        (1500, 123, "(1.50 ± 0.12)e+03"),  # 1500 ± 120 would show digits that are not known
        (1234567, 34.2, "(1.234567 ± 0.000034)e+06"),
        (3.2e-9, 1e-10, "(3.20 ± 0.10)e-09"),
        (-0.001, 12, "0 ± 12"),  # no minus sign before zero
        (0, 0.5, "0.00 ± 0.50"),
        (0.2853, None, "0.2853"),
        (0.2853, 0, "0.2853 ± 0"),
        (1.5e-7, None, "1.5e-07"),
        (math.nan, 1, "nan ± 1"),
        (1, math.nan, "1 ± nan"),
        (1, math.inf, "1 ± inf"),
    ],
)
def test_two_digits_of_the_uncertainty_say_how_the_value_is_rounded(value, uncertainty, text):
    assert str(Uncertain(value, uncertainty)) == text


def test_the_unit_follows_the_number():
    assert str(Uncertain(6.26, 0.1, "m")) == "6.26 ± 0.10 m"
    assert str(Uncertain(1500, 123, "Pa")) == "(1.50 ± 0.12)e+03 Pa"


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("", "0.2853 ± 0.0041"),
        (".1u", "0.285 ± 0.004"),
        (".3", "0.28530 ± 0.00410"),
        (".3f", "0.285 ± 0.004"),
        ("e", "(2.853 ± 0.041)e-01"),
        ("%", "(28.53 ± 0.41) %"),
        ("S", "0.2853(41)"),
        ("A", "0.2853 +/- 0.0041"),
        ("L", r"0.2853 \pm 0.0041"),
        ("H", "0.2853&nbsp;±&nbsp;0.0041"),
        (">18", "   0.2853 ± 0.0041"),
        ("*^19", "**0.2853 ± 0.0041**"),
        ("20", "0.2853 ± 0.0041     "),
        (".1u%S", "28.5(4) %"),
    ],
)
def test_formats(spec, text):
    assert format(Uncertain(0.2853, 0.0041), spec) == text


def test_powers_of_ten_are_written_as_each_form_has_them():
    number = Uncertain(1500, 123, "m/s")
    assert f"{number:L}" == r"\left(1.50 \pm 0.12\right) \times 10^{3}\,\mathrm{m/s}"
    assert f"{number:H}" == "(1.50&nbsp;±&nbsp;0.12)&times;10<sup>3</sup>&nbsp;m/s"
    assert f"{number:f}" == "1500 ± 120 m/s"
    assert number._repr_latex_() == f"${number:L}$"


def test_a_short_form_keeps_the_point_of_an_uncertainty_above_one():
    assert [f"{Uncertain(*one):S}" for one in ((12.3, 1.2), (15, 12), (1.234, 0.012))] == [
        "12.3(1.2)",
        "15(12)",
        "1.234(12)",
    ]


@pytest.mark.parametrize("spec", ["d", "g", ".2x", "LS", "10.", ".f"])
def test_a_format_that_is_none_names_those_there_are(spec):
    with pytest.raises(CaseError, match="there are"):
        format(Uncertain(1, 0.1), spec)


def test_html_carries_what_the_band_is_and_escapes_it():
    assert Uncertain(1, 0.1, kind="<GCI>")._repr_html_() == '<span title="&lt;GCI&gt;">1.00&nbsp;±&nbsp;0.10</span>'


def test_it_is_a_frozen_hashable_number():
    number = Uncertain(0.2853, 0.0041, kind="GCI")
    assert number in {Uncertain(0.2853, 0.0041, kind="GCI")}
    assert float(number) == 0.2853
    assert np.asarray([number], dtype=float)[0] == 0.2853
    assert math.isclose(number, 0.2853)
    with pytest.raises(FrozenInstanceError):
        number.value = 1  # type: ignore[misc]


def test_plain_numbers_scale_value_and_band():
    number = Uncertain(2.0, 0.5, "m", "GCI")
    assert -2 * number == number * -2 == Uncertain(-4.0, 1.0, "m", "GCI")
    assert number / -4 == Uncertain(-0.5, 0.125, "m", "GCI")
    assert -number == Uncertain(-2.0, 0.5, "m", "GCI")
    assert Uncertain(2.0) * 3 == Uncertain(6.0)
    with pytest.raises(TypeError):
        number * number  # type: ignore[operator]


def test_interval_relative_and_covers():
    number = Uncertain(-2.0, 0.5)
    assert number.interval == (-2.5, -1.5)
    assert number.relative == 0.25
    assert number.covers(-2.5) and not number.covers(Uncertain(-2.6, 1))
    assert (Uncertain(1.0).relative, Uncertain(1.0).interval) == (None, (1.0, 1.0))
    assert (Uncertain(0, 1).relative, Uncertain(0, 0).relative) == (math.inf, 0.0)


def test_numbers_agree_within_the_root_of_their_squared_bands():
    assert Uncertain(1.0, 0.3).agrees(Uncertain(1.5, 0.4))
    assert not Uncertain(1.0, 0.3).agrees(Uncertain(1.51, 0.4))
    assert Uncertain(1.0, 0.3).agrees(1.3 - 1e-12) and not Uncertain(1.0, 0.3).agrees(1.31)
    assert Uncertain(1.0).agrees(1.0) and not Uncertain(1.0).agrees(1.0001)
    assert not Uncertain(math.nan, 1).agrees(math.nan)
    with pytest.raises(CaseError, match="not of one unit"):
        Uncertain(1, 1, "m").agrees(Uncertain(1, 1, "s"))


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ((1, -0.1), "uncertainty: must not be negative (got -0.1)"),
        (("1", 0.1), "value: must be a number (got '1')"),
        ((1, True), "uncertainty: must be a number (got True)"),
    ],
)
def test_what_is_no_number_is_refused(given_, words):
    with pytest.raises(CaseError, match=re.escape(words)):
        Uncertain(*given_)


@pytest.mark.parametrize("data", [{}, {"value": "one"}, {"value": 1, "sigma": 2}, [1, 2], {"value": None}])
def test_json_that_is_no_number_is_refused(data):
    with pytest.raises(CaseError):
        Uncertain.from_json(data)


values = st.floats(allow_nan=False, allow_infinity=False)
bands = st.floats(min_value=0, allow_nan=False, allow_infinity=False)


@given(st.floats(), st.none() | st.floats(min_value=0) | st.just(math.nan), st.text(max_size=5), st.text(max_size=5))
def test_json_keeps_every_bit(value, uncertainty, unit, kind):
    number = Uncertain(value, uncertainty, unit, kind)
    text = json.dumps(number.to_json(), allow_nan=False)
    assert repr(Uncertain.from_json(json.loads(text))) == repr(number)


@given(values, bands.filter(bool))
def test_a_text_shows_value_and_uncertainty_within_half_a_unit_of_its_last_place(value, uncertainty):
    text = f"{Uncertain(value, uncertainty):A}"
    match = re.fullmatch(r"\(?(-?[\d.]+) \+/- ([\d.]+)\)?(?:e([+-]\d+))?", text)
    assert match, text
    one, two, power = Decimal(match[1]), Decimal(match[2]), int(match[3] or 0)
    assert len(two.as_tuple().digits) == 2
    assert one.as_tuple().exponent == two.as_tuple().exponent
    place = Decimal(1).scaleb(int(two.as_tuple().exponent) + power)
    assert abs(one.scaleb(power) - Decimal(repr(value))) <= place / 2
    assert abs(two.scaleb(power) - Decimal(repr(uncertainty))) <= place / 2


@given(values, bands, st.sampled_from(["", "S", "L", "H", "A", "e", "%", ".3u", ".2f"]), st.integers(1, 60))
def test_every_number_has_every_form_and_the_width_that_was_asked_for(value, uncertainty, spec, width):
    text = format(Uncertain(value, uncertainty), spec)
    assert text
    assert len(format(Uncertain(value, uncertainty), f">{width}{spec}")) == max(width, len(text))


@given(values, bands, values, bands)
def test_agreement_is_mutual_and_every_number_agrees_with_itself(a, ua, b, ub):
    one, two = Uncertain(a, ua), Uncertain(b, ub)
    assert one.agrees(two) == two.agrees(one)
    assert one.agrees(one)

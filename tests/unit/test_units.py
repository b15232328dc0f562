from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcfd.errors import UnitError
from flowcfd.units import registry, si

numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("40 m/s", "m/s", 40.0),
        ("40m/s", "m/s", 40.0),
        ("40 m s^-1", "m/s", 40.0),
        ("40 m*s**-1", "m/s", 40.0),
        ("36 km/h", "m/s", 10.0),
        ("2 mm", "m", 0.002),
        ("1.1 mm", "m", 0.0011),
        ("-.5e1 cm", "m", -0.05),
        ("0.5 %", "", 0.005),
        ("7", "", 7.0),
        ("3 m²", "m^2", 3.0),
        ("1.5 m^3/h", "m^3/s", 1.5 / 3600),
        ("90 deg", "rad", np.pi / 2),
        ("60 rpm", "rad/s", 2 * np.pi),
        ("1 cSt", "m^2/s", 1e-6),
        ("1e-3 kg/m/s", "Pa s", 1e-3),
        ("1 bar", "Pa", 1e5),
        ("1e-5 m2/s", "m^2/s", 1e-5),
        ("9.81 m s-2", "m/s^2", 9.81),
        ("1.2 kg/m3", "kg/m^3", 1.2),
    ],
)
def test_metric_texts_are_exact(text: str, unit: str, value: float) -> None:
    assert si(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1 inch", "m", 0.0254),
        ("25 degC", "K", 298.15),
        ("25 °C", "K", 298.15),
        ("10 knot", "m/s", 5.1444444),
        ("2 µm", "m", 2e-6),
        ("10 W/(m K)", "W/m/K", 10.0),
        ("2 ft2", "m^2", 0.18580608),
    ],
)
def test_other_units_are_known_too(text: str, unit: str, value: float) -> None:
    assert si(text, unit) == pytest.approx(value)


@given(st.floats(0.001, 1e6), st.sampled_from(["mm", "km/h", "m^3/s", "deg", "rpm", "g/L", "%", "kPa", "us", "N m/s"]))
def test_both_readers_agree(number: float, unit: str) -> None:
    quantity = registry().Quantity(f"{number!r} {unit}").to_base_units()
    base = f"{quantity.units:~}".replace("radian", "rad") if not quantity.dimensionless else ""
    assert si(f"{number!r} {unit}", base) == pytest.approx(quantity.magnitude, rel=1e-14)


@given(numbers)
def test_a_number_is_taken_as_it_is(number: float) -> None:
    assert si(number, "m") == number
    assert si(f"{number!r} m", "m") == number


def test_numbers_of_numpy_are_numbers() -> None:
    assert si(np.float32(0.5), "m") == 0.5
    assert type(si(np.int64(3), "m")) is float


@pytest.mark.parametrize(
    ("value", "unit", "line"),
    [
        ("3 kg", "m", "must be in m or a unit that converts to it (got '3 kg')"),
        ("3 inch", "s", "must be in s or a unit that converts to it (got '3 inch')"),
        ("3 m", "", "must be in no unit or a unit that converts to it (got '3 m')"),
        ("3", "m", "must be in m or a unit that converts to it (got '3')"),
        ("m", "m", "must be a number with a unit such as '1 m' (got 'm')"),
        ("", "", "must be a number with a unit such as '1' (got '')"),
        ("1 furlng", "m", "'1 furlng': 'furlng' is not defined in the unit registry; write for example '1 m'"),
        ("1 m/", "m", "'1 m/' is no quantity; write for example '1 m'"),
        ("1 (m", "m", "'1 (m' is no quantity; write for example '1 m'"),
        ("1e999 m", "m", "must be a number of the size of a float (got '1e999 m')"),
        (10**400, "m", "must be a number of the size of a float"),
        (True, "m", "must be a number or a text such as '1 m' (got True)"),
        (None, "m/s", "must be a number or a text such as '1 m/s' (got None)"),
    ],
)
def test_what_is_no_quantity_is_refused_in_one_line(value: object, unit: str, line: str) -> None:
    with pytest.raises(UnitError) as caught:
        si(value, unit)
    assert str(caught.value) == line


@pytest.mark.parametrize("text", ["9**9**9**9", "1 m^9^9^9", "1 m**9**9**9**9", "(9**9**9)*1 m", "1" * 10_000 + " m"])
def test_no_text_is_a_computation(text: str) -> None:
    with pytest.raises(UnitError, match="must be a number with a unit"):
        si(text, "m")


@given(st.text())
def test_any_text_is_a_quantity_or_an_error_of_units(text: str) -> None:
    for one in (text, f"1 {text}"):
        with suppress(UnitError):
            assert isinstance(si(one, "m"), float)


def test_a_case_in_metric_texts_needs_pydantic_only() -> None:
    code = (
        "import sys, flowcfd as fc\n"
        "fc.Inlet('3 m/s', turbulence=fc.InletTurbulence('5 %', length='1 mm'))\n"
        "fc.Case.json_schema()\n"
        "heavy = {'numpy', 'pandas', 'pint', 'pyarrow', 'IPython', 'vtk', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("unit", ["a" * 90 + "!", "m1" * 40 + "!", "m 1" * 25 + "!", "m^2" * 30 + "!"])
def test_a_long_wrong_text_is_refused_at_once(unit: str) -> None:
    with pytest.raises(UnitError, match="must be a number with a unit"):
        si(f"1 {unit}", "m")  # it would take the age of the universe if read in every possible way

"""Text with units into SI floats: `"40 m/s"`, `"2 mm"`, `"5 deg"`, `"0.5 %"`. A bare number is SI already.

Metric units are read here, in exact arithmetic: "3 mm" is the very float 0.003, so that a text and its number make
equal cases. All others ("3 inch", "25 degC", "10 knot") are pint's, which costs 0.4 s when it is first needed.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache
from numbers import Real
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from flowcfd.errors import UnitError

if TYPE_CHECKING:
    import pint

Measure = tuple[Fraction, tuple[int, int, int, int]]
"""A factor to SI and the exponents of kg, m, s and K."""

_TURN = 2 * Fraction(math.pi)
_UNITS: dict[str, Measure] = {
    "": (Fraction(1), (0, 0, 0, 0)),
    "dimensionless": (Fraction(1), (0, 0, 0, 0)),
    "%": (Fraction(1, 100), (0, 0, 0, 0)),
    "rad": (Fraction(1), (0, 0, 0, 0)),
    "deg": (_TURN / 360, (0, 0, 0, 0)),
    "rpm": (_TURN / 60, (0, 0, -1, 0)),
    "kg": (Fraction(1), (1, 0, 0, 0)),
    "g": (Fraction(1, 1000), (1, 0, 0, 0)),
    "m": (Fraction(1), (0, 1, 0, 0)),
    "km": (Fraction(1000), (0, 1, 0, 0)),
    "cm": (Fraction(1, 100), (0, 1, 0, 0)),
    "mm": (Fraction(1, 1000), (0, 1, 0, 0)),
    "um": (Fraction(1, 10**6), (0, 1, 0, 0)),
    "L": (Fraction(1, 1000), (0, 3, 0, 0)),
    "s": (Fraction(1), (0, 0, 1, 0)),
    "ms": (Fraction(1, 1000), (0, 0, 1, 0)),
    "us": (Fraction(1, 10**6), (0, 0, 1, 0)),
    "min": (Fraction(60), (0, 0, 1, 0)),
    "h": (Fraction(3600), (0, 0, 1, 0)),
    "Hz": (Fraction(1), (0, 0, -1, 0)),
    "K": (Fraction(1), (0, 0, 0, 1)),
    "N": (Fraction(1), (1, 1, -2, 0)),
    "Pa": (Fraction(1), (1, -1, -2, 0)),
    "kPa": (Fraction(1000), (1, -1, -2, 0)),
    "bar": (Fraction(10**5), (1, -1, -2, 0)),
    "cSt": (Fraction(1, 10**6), (0, 2, -1, 0)),
}
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_FACTOR = r"(?:%|[A-Za-zµμΩ°_]++)(?:\s*(?:\^|\*\*)\s*-?\d|[²³]|-?\d)?+"
_BARE_POWER = re.compile(r"(?<=[A-Za-zµμΩ°])(-?\d)(?!\w)")
"""As OpenFOAM and people write it: "m2/s", "kg m-3"."""
_TEXT = re.compile(rf"\s*({_NUMBER})\s*((?:{_FACTOR}|[\s*/·()1])*+)")  # possessive: one way to read it, or none


def si(value: object, unit: str) -> float:
    """A number or a text as a float in `unit` (an SI unit such as "m/s", "" for a pure number).

    A number is taken as it is, numpy's too. Raises UnitError for a text that is no quantity or has another dimension.
    """
    if isinstance(value, str):
        return _read(value, unit)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise UnitError(f"must be a number or a text such as {_example(unit)} (got {value!r})")
    try:
        return float(value)
    except OverflowError:
        raise UnitError("must be a number of the size of a float") from None


def _read(text: str, unit: str) -> float:
    match = _TEXT.fullmatch(text) if len(text) <= 100 else None
    if match is None:
        raise UnitError(f"must be a number with a unit such as {_example(unit)} (got {text[:60]!r})")
    number, given = match[1], _BARE_POWER.sub(r"^\1", match[2])
    have, want = _measure(given.strip()), _measure(unit)
    if have is None or want is None:
        return _by_pint(f"{number} {given}", unit)
    if have[1] != want[1]:
        raise _mismatch(text, unit)
    try:
        return float(Fraction(number) * have[0] / want[0])
    except OverflowError:
        raise UnitError(f"must be a number of the size of a float (got {text!r})") from None


@cache
def _measure(unit: str) -> Measure | None:
    """A product of metric units such as "kg/m^3" or "m s^-2"; None for what is left to pint."""
    factor, exponents = Fraction(1), (0, 0, 0, 0)
    for place, part in enumerate(unit.split("/")):
        for one in re.split(r"\s*[*·](?!\*)\s*|\s+", part.strip().replace("**", "^")):
            name, _, power = one.replace("²", "^2").replace("³", "^3").partition("^")
            if name not in _UNITS or (not name and unit) or not re.fullmatch(r"(-?\d)?", power):
                return None
            times = int(power or 1) * (-1 if place else 1)
            factor *= _UNITS[name][0] ** times
            a, b, c, d = _UNITS[name][1]
            exponents = tuple(have + times * more for have, more in zip(exponents, (a, b, c, d), strict=True))  # type: ignore[assignment]
    return factor, exponents


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The one pint registry."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    return units


def _by_pint(text: str, unit: str) -> float:
    import pint

    try:
        return float(registry().Quantity(text).to(unit or "dimensionless").magnitude)
    except pint.DimensionalityError:
        raise _mismatch(text, unit) from None
    except pint.UndefinedUnitError as error:
        raise UnitError(f"{text!r}: {error}; write for example {_example(unit)}") from None
    except (
        pint.PintError,
        ValueError,
        TypeError,
        ArithmeticError,
        AssertionError,
        SyntaxError,
        AttributeError,
        TokenError,
    ):
        raise UnitError(f"{text!r} is no quantity; write for example {_example(unit)}") from None


def _mismatch(text: str, unit: str) -> UnitError:
    return UnitError(f"must be in {unit or 'no unit'} or a unit that converts to it (got {text.strip()!r})")


def _example(unit: str) -> str:
    return f"'1 {unit}'".replace(" '", "'")

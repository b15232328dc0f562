"""Dimensions in square brackets: exponents `[0 2 -1 0 0 0 0]` or units `[m^2/s]`.

Units are those of OpenFOAM's etc/controlDict, DimensionSets, SICoeffs, without the scaled ones (cm, mm, km), whose
factor would be lost here.
"""

from __future__ import annotations

import re

from flowcfd.foam.dictionary.values import Dimensions

_TOKEN = re.compile(r"\s*(?:([A-Za-z]\w*)|([-+]?(?:\d+\.?\d*|\.\d+))|([()^*/]))", re.ASCII)
_BINDS = {"(": 0, "*": 1, "/": 1, "^": 2}

Exponents = tuple[float, ...]


def _base(place: int) -> Exponents:
    return tuple(float(place == index) for index in range(7))


UNITS: dict[str, Exponents] = {name: _base(place) for place, name in enumerate(("kg", "m", "s", "K", "mol", "A", "Cd"))}
UNITS |= {
    "Hz": (0, 0, -1, 0, 0, 0, 0),
    "N": (1, 1, -2, 0, 0, 0, 0),
    "Pa": (1, -1, -2, 0, 0, 0, 0),
    "J": (1, 2, -2, 0, 0, 0, 0),
    "W": (1, 2, -3, 0, 0, 0, 0),
    "area": (0, 2, 0, 0, 0, 0, 0),
    "volume": (0, 3, 0, 0, 0, 0, 0),
    "density": (1, -3, 0, 0, 0, 0, 0),
    "acceleration": (0, 1, -2, 0, 0, 0, 0),
    "kinematicPressure": (0, 2, -2, 0, 0, 0, 0),
}


def dimensions(text: str) -> Dimensions | None:
    """The dimensions written between the square brackets; None when they are none."""
    words = text.split()
    try:
        exponents: Exponents = tuple(float(word) for word in words)
    except ValueError:
        return _symbolic(text)
    if len(exponents) not in (0, 5, 7):
        return None
    return _made(exponents + (0.0,) * (7 - len(exponents)))


def _made(exponents: Exponents) -> Dimensions:
    return Dimensions(*(int(exponent) if exponent == int(exponent) else exponent for exponent in exponents))


def _symbolic(text: str) -> Dimensions | None:
    """Units by precedence: `^` before `*` and `/` from left to right; units side by side multiply."""
    values: list[Exponents | float] = []
    signs: list[str] = []
    follows = False  # an operand stands before: what comes next multiplies
    pos, text = 0, text.rstrip()
    try:
        while pos < len(text):
            found = _TOKEN.match(text, pos)
            if found is None:
                return None
            pos = found.end()
            unit, number, sign = found.groups()
            if sign in ("^", "*", "/", ")"):
                _reduce(values, signs, _BINDS.get(sign, 1))
                if sign == ")":
                    if signs.pop() != "(":
                        return None
                else:
                    signs.append(sign)
                follows = sign == ")"
                continue
            if follows:
                _reduce(values, signs, _BINDS["*"])
                signs.append("*")
            follows = sign != "("
            if sign:
                signs.append(sign)
            else:
                values.append(UNITS[unit] if unit else float(number))
        _reduce(values, signs, 1)
    except (IndexError, KeyError, TypeError):
        return None
    (result,) = values if len(values) == 1 else (None,)
    return _made(result) if isinstance(result, tuple) and not signs else None


def _reduce(values: list[Exponents | float], signs: list[str], least: int) -> None:
    """Apply the operators on the stack that bind at least as strongly."""
    while signs and _BINDS[signs[-1]] >= least:
        sign, right, left = signs.pop(), values.pop(), values.pop()
        if sign == "^":
            if isinstance(left, float) or not isinstance(right, float):
                raise TypeError("only a unit has a power")
            values.append(tuple(exponent * right for exponent in left))
        else:
            values.append(_product(left, right, 1 if sign == "*" else -1))


def _product(left: Exponents | float, right: Exponents | float, power: int) -> Exponents:
    nothing = (0.0,) * 7
    before = nothing if isinstance(left, float) else left
    after = nothing if isinstance(right, float) else right
    return tuple(one + power * other for one, other in zip(before, after, strict=True))

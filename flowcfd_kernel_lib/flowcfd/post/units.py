"""The SI unit of a field as text, from its dimensions."""

from __future__ import annotations

from collections.abc import Sequence

_BASE = ("kg", "m", "s", "K", "mol", "A", "cd")
_NAMED = {
    (1.0, -1.0, -2.0, 0.0, 0.0, 0.0, 0.0): "Pa",
    (1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 0.0): "Pa s",
    (1.0, 1.0, -2.0, 0.0, 0.0, 0.0, 0.0): "N",
    (1.0, 2.0, -3.0, 0.0, 0.0, 0.0, 0.0): "W",
}


def unit(dimensions: Sequence[float]) -> str:
    """Exponents of mass, length, time, temperature, moles, current, luminous intensity as text: m/s, m2/s2, Pa.

    A pure number has the unit "".
    """
    exponents = tuple(float(exponent) for exponent in dimensions)
    if exponents in _NAMED:
        return _NAMED[exponents]
    above = [_power(base, exponent) for base, exponent in zip(_BASE, exponents, strict=False) if exponent > 0]
    below = [_power(base, -exponent) for base, exponent in zip(_BASE, exponents, strict=False) if exponent < 0]
    if not below:
        return " ".join(above)
    bottom = below[0] if len(below) == 1 else f"({' '.join(below)})"
    return f"{' '.join(above) or '1'}/{bottom}"


def _power(base: str, exponent: float) -> str:
    return base if exponent == 1 else f"{base}{exponent:g}"

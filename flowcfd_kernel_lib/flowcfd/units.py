"""Text with units into SI floats: `"40 m/s"`, `"2 mm"`, `"5 deg"`, `"0.5 %"`.

Parsing is pint's; it is loaded on the first text, so numbers cost nothing. A bare number is SI already.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flowcfd.errors import UnitError

if TYPE_CHECKING:
    import pint


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The one pint registry."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=":auto:")
    return units


def si(value: float | str, unit: str) -> float:
    """`value` as a float in `unit` (an SI unit such as "m/s", "" for a pure number).

    A number is taken as it is. Raises UnitError for a text that is no quantity or has another dimension.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise UnitError(f"must be a number or a text with a unit such as '1 {unit}' (got {value!r})")
    if not isinstance(value, str):
        return float(value)
    import pint

    try:
        quantity = registry().Quantity(value)
    except (pint.PintError, ValueError, TypeError, AssertionError, SyntaxError, AttributeError) as error:
        raise UnitError(f"{value!r} is no quantity: {error}; write for example '1 {unit}'") from None
    try:
        return float(quantity.to(unit or "dimensionless").magnitude)
    except pint.DimensionalityError:
        raise UnitError(f"must be in {unit or 'no unit'} or a unit that converts to it (got {value!r})") from None

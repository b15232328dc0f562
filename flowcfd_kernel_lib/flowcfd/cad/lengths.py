"""What users give as lengths and angles, with the name of the field where it is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import CaseError, UnitError
from flowcfd.units import si


def length(name: str, given: str | float) -> float:
    """A finite length [m]; CaseError that names the field."""
    return _finite(name, given, "m")


def degrees(name: str, given: str | float) -> float:
    """A finite angle [degree], which a bare number is already; CaseError that names the field."""
    return math.degrees(_finite(name, given, "rad")) if isinstance(given, str) else _finite(name, given, "rad")


def point(name: str, given: Sequence[str | float]) -> NDArray[np.float64]:
    """Three lengths (3,) [m]; CaseError that names the field."""
    try:
        lengths = () if isinstance(given, str) else tuple(given)
    except TypeError:
        lengths = ()
    if len(lengths) != 3:
        raise CaseError(f"{name}: must be three lengths (got {given!r})")
    found = np.array([_si(name, one, "m") for one in lengths], np.float64)
    if not np.isfinite(found).all():
        raise CaseError(f"{name}: must be three lengths (got {given!r})")
    return found


def numbers(given: object) -> NDArray[np.float64] | None:
    """Three plain numbers (3,); None for what is not."""
    try:
        found = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        return None
    return found if found.shape == (3,) else None


def _finite(name: str, given: str | float, unit: str) -> float:
    value = _si(name, given, unit)
    if not math.isfinite(value):
        raise CaseError(f"{name}: must be a number that is finite (got {given!r})")
    return value


def _si(name: str, given: str | float, unit: str) -> float:
    try:
        return si(given, unit)
    except UnitError as error:
        raise UnitError(f"{name}: {error}") from None

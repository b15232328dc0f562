"""What the steps of a Scene are given: points, directions, paints and layers, from a user or from JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from flowcfd.errors import CaseError, UnitError, UnknownName
from flowcfd.scene.kinds import LAYERS
from flowcfd.scene.layers import AXES, Layer, Vector
from flowcfd.scene.paint import Paint
from flowcfd.units import si

Position = Sequence[str | float]


def painted(of: str | Paint, component: str = "magnitude", **how: Any) -> Paint:
    """How a field is shown as colours; a Paint is one already."""
    if isinstance(of, Paint):
        return of
    span = how.pop("range", None)
    if span is not None and not isinstance(span, str):
        low, high = numbers("range", span, 2)
        if not math.isfinite(low) or not math.isfinite(high):
            raise CaseError(f"range: must be two finite numbers (got {span!r})")
        span = (low, high)
    return Paint(of, component, range=span, **how)  # type: ignore[arg-type]


def looks(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that all layers share; `color` is a field, or a Paint, and the others up to `cells` belong to it."""
    known = ("color", "component", "map", "range", "log", "cells", "edges", "opacity")
    for name in given:
        if name not in known:
            raise UnknownName("option", name, known)
    found = {name: given[name] for name in ("edges", "opacity") if name in given}
    how = {name: given[name] for name in ("component", "map", "range", "log", "cells") if name in given}
    if "color" in given:
        found["paint"] = painted(given["color"], **how)
    elif how:
        raise CaseError(f"{', '.join(how)}: are of a color, which is missing")
    return found


def middle_of(low: np.ndarray, high: np.ndarray) -> Vector:
    """The point between two, short to write."""
    x, y, z = (float(f"{one:.6g}") for one in (low + high) / 2)
    return x, y, z


def direction(given: str | Position) -> Vector:
    """A vector, given as such or by an axis and a sign. Raises CaseError for none, and for one of no length."""
    if isinstance(given, str):
        name = given[1:] if given[:1] in ("+", "-") else given
        if name not in AXES:
            raise CaseError(f"normal: must be x, y, z, -x, -y, -z or three numbers (got {given!r})")
        x, y, z = (-one if given.startswith("-") else one for one in AXES[name])
        return float(x), float(y), float(z)
    x, y, z = _three(given, "")
    if x == y == z == 0:
        raise CaseError("normal: must not be the zero vector")
    return x, y, z


def moment(given: object) -> float | None:
    """A time as it is asked for, None: the last. Raises CaseError for what is no number."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, str | Real):
        raise CaseError(f"time: must be a number of seconds or iterations (got {given!r})")
    try:
        return float(given)
    except ValueError:
        try:
            return si(given, "s")
        except UnitError as error:
            raise UnitError(f"time: {error}") from None


def numbers(what: str, given: object, count: int | None = None) -> tuple[float, ...]:
    """So many numbers. Raises CaseError for anything else."""
    wanted = "numbers" if count is None else f"{count} numbers"
    try:
        found = tuple(float(one) for one in given)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise CaseError(f"{what}: must be {wanted} (got {given!r})") from None
    if count is not None and len(found) != count:
        raise CaseError(f"{what}: must be {wanted} (got {given!r})")
    return found


def point(given: Position) -> Vector:
    """A point [m]. Raises CaseError for what is not three numbers."""
    return _three(given, "m")


def _three(given: Position, unit: str) -> Vector:
    if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray) or len(given) != 3:
        raise CaseError(f"must be three numbers (got {given!r})")
    x, y, z = (si(one, unit) for one in given)
    return x, y, z


def along(normal: Vector, at: object, low: np.ndarray, high: np.ndarray) -> Vector:
    """The point in the middle of a box [m] that lies so far along the axis of a normal."""
    through = list(middle_of(low, high))
    distance = si(at, "m") if isinstance(at, str) else numbers("at", [at])[0]
    through[max(range(3), key=lambda n: abs(normal[n]))] = distance
    x, y, z = through
    return x, y, z


def box(given: object) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """A box (low, high) in x, y and z. Raises CaseError for anything else."""
    sides = given if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else ()
    if len(sides) != 3:
        raise CaseError(f"near: must be (low, high) in x, y and z (got {given!r})")
    (a, b), (c, d), (e, f) = (numbers("near", side, 2) for side in sides)
    return (a, b), (c, d), (e, f)


def read_paint(data: Mapping[str, Any] | None) -> Paint | None:
    """A paint from what a Scene wrote."""
    return None if data is None else Paint(**tuples(data))


def read_layer(data: Mapping[str, Any]) -> Layer:
    """A layer from what a Scene wrote; raises UnknownName for one of no known kind."""
    if data["kind"] not in LAYERS:
        raise UnknownName("layer", str(data["kind"]), LAYERS, where="scene")
    values = {name: value for name, value in tuples(data).items() if name not in ("kind", "paint")}
    return LAYERS[data["kind"]](paint=read_paint(data["paint"]), **values)


def tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON has as lists is tuples again, however deep."""

    def frozen(value: Any) -> Any:
        return tuple(frozen(one) for one in value) if isinstance(value, list | tuple) else value

    return {name: frozen(value) for name, value in data.items()}

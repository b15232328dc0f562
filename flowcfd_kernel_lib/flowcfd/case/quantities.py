"""Field types of specs: numbers and vectors that accept text with units and hold SI floats."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from flowcfd.errors import UnitError
from flowcfd.units import si

_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def problem(message: str) -> PydanticCustomError:
    """What a validator raises to report one problem in the words of `message`."""
    return PydanticCustomError("flowcfd", "{message}", {"message": message})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A float in `unit`, given as a number or as text with a unit, within a range."""

    unit: str = ""
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        ranges = {"exclusiveMinimum": self.gt, "minimum": self.ge, "exclusiveMaximum": self.lt, "maximum": self.le}
        limits = {name: limit for name, limit in ranges.items() if limit is not None}
        return {"type": _json_type(handler), "unit": self.unit, **limits}

    def value(self, given: object) -> float:
        """The float; raises the problem in words when it is no quantity or out of range."""
        number = _si(given, self.unit)
        for broken, words in (
            (
                self.gt is not None and number <= self.gt,
                f"must be greater than {self.gt:g}" if self.gt else "must be positive",
            ),
            (
                self.ge is not None and number < self.ge,
                f"must be at least {self.ge or 0:g}" if self.ge else "must not be negative",
            ),
            (self.lt is not None and number >= self.lt, f"must be less than {self.lt or 0:g}"),
            (self.le is not None and number > self.le, f"must be at most {self.le or 0:g}"),
        ):
            if broken:
                raise problem(f"{words} (got {shown(given)})")
        return number


@dataclass(frozen=True, slots=True)
class Vector:
    """Three floats in `unit`, given as three quantities or as text such as "(1 0 0) m/s".

    With `direction`, an axis name ("x", "-z") is accepted too and the zero vector is not.
    """

    unit: str = ""
    direction: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        items = {"type": _json_type(handler), "unit": self.unit}
        return {"type": "array", "items": items, "minItems": 3, "maxItems": 3, "unit": self.unit}

    def value(self, given: object) -> tuple[float, float, float]:
        """The three floats; raises the problem in words."""
        if self.direction and isinstance(given, str) and given.strip("+-") in _AXES:
            sign = -1.0 if given.startswith("-") else 1.0
            x, y, z = (sign * c if c else 0.0 for c in _AXES[given.strip("+-")])
            return x, y, z
        parts = _components(given)
        if parts is None:
            raise problem(f"must be three numbers such as [1, 0, 0] (got {shown(given)})")
        x, y, z = (_si(part, self.unit) for part in parts)
        if self.direction and x == y == z == 0:
            raise problem("must not be the zero vector")
        return x, y, z


Length = Annotated[float, Quantity("m", gt=0)]
Coordinate = Annotated[float, Quantity("m")]
Area = Annotated[float, Quantity("m^2", gt=0)]
Speed = Annotated[float, Quantity("m/s", gt=0)]
AnySpeed = Annotated[float, Quantity("m/s")]
FlowRate = Annotated[float, Quantity("m^3/s", gt=0)]
Duration = Annotated[float, Quantity("s", gt=0)]
Instant = Annotated[float, Quantity("s", ge=0)]
Density = Annotated[float, Quantity("kg/m^3", gt=0)]
KinematicViscosity = Annotated[float, Quantity("m^2/s", gt=0)]
KinematicPressure = Annotated[float, Quantity("m^2/s^2")]
Temperature = Annotated[float, Quantity("K", gt=0)]
Angle = Annotated[float, Quantity("rad")]
AngularSpeed = Annotated[float, Quantity("rad/s")]
Positive = Annotated[float, Quantity("", gt=0)]
Fraction = Annotated[float, Quantity("", gt=0, le=1)]
Position = Annotated[tuple[float, float, float], Vector("m")]
Velocity = Annotated[tuple[float, float, float], Vector("m/s")]
Direction = Annotated[tuple[float, float, float], Vector("", direction=True)]


def shown(given: object) -> str:
    """A value as an error message shows it: short, on one line."""
    text = f"{given:g}" if isinstance(given, float) else repr(given)
    return text if len(text) <= 60 else text[:57] + "..."


def _si(given: object, unit: str) -> float:
    try:
        number = si(given, unit)
    except UnitError as error:
        raise problem(str(error)) from None
    if not math.isfinite(number):
        raise problem(f"must be finite (got {shown(given)})")
    return number


def _components(given: object) -> Sequence[object] | None:
    if isinstance(given, str):
        match = re.fullmatch(r"\s*\(([^()]*)\)\s*(.*)", given)
        if match is None:
            return None
        numbers, unit = match.groups()
        given = [f"{number} {unit}" if unit else number for number in numbers.replace(",", " ").split()]
    elif hasattr(given, "tolist"):  # a numpy array
        given = given.tolist()
    return given if isinstance(given, (list, tuple)) and len(given) == 3 else None


def _json_type(handler: GetJsonSchemaHandler) -> str | list[str]:
    return "number" if handler.mode == "serialization" else ["number", "string"]

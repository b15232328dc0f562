"""Settled: when a solve may stop before its end, because what is asked of it does not change any more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from flowcfd.case.measure import PATTERN, unit
from flowcfd.case.quantities import Instant, Quantity, problem, shown
from flowcfd.case.spec import FrozenDict, Spec

LEAST = 10
"""So many samples a window has at least."""


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


def _named(name: str) -> str:
    if not re.match(PATTERN, name) or len(name) > 120:
        raise problem(f"must be a measure such as 'Cd', 'body.Cd', 'p[0]' or 'reattachment' (got {shown(name)})")
    return name


@dataclass(frozen=True, slots=True)
class _Share:
    """A share of the mean for all measures, or one for each by its name."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        one: dict[str, Any] = {"type": ["number", "string"], "exclusiveMinimum": 0, "maximum": 1, "unit": ""}
        return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}

    def value(self, given: object) -> float | FrozenDict[str, float]:
        """The share, or the shares by name."""
        share = Quantity("", gt=0, le=1)
        if isinstance(given, Mapping):
            return FrozenDict({str(name): share.value(value) for name, value in given.items()})
        return share.value(given)


class Settled(Spec):
    """Ends a solve when measures have settled: `Settled("Cd", "Cl", within="0.5 %", over=200)`.

    Steady: each measure stays within the band about its mean over the last `over` iterations, the mean of the `over`
    iterations before them lies in the band, and so does the limit towards which it goes (Mann-Kendall test for a
    trend, then the end of an exponential decay), so that a slow creep does not count. With `mean`, and in a Transient
    solve always, the mean is meant instead: what comes before the end of the initial transient is dropped (MSER-5),
    the rest is as long as `over` iterations or steps at least, and half the confidence interval of its mean lies
    within the band. Formulas and sources: `flowcfd.series`.

    `within` is a share of the mean, for all measures or by name: {"Cd": "0.5 %", "Cl": "1 %"}. `within_absolute` is an
    amount in the unit of the measure, for those around zero: {"Cl": 0.002, "Fx": "0.1 N"}; it goes before `within`.
    """

    leading = ("measures",)
    gathers = True
    measures: Annotated[
        tuple[Annotated[str, AfterValidator(_named)], ...], BeforeValidator(_several), Field(min_length=1)
    ] = Field(description="what has to settle")
    within: Annotated[float | FrozenDict[str, float], _Share()] = Field(
        0.005, description="band as a share of the mean, for all or by measure"
    )
    within_absolute: Annotated[dict[str, float], AfterValidator(FrozenDict)] = Field(
        default_factory=FrozenDict, json_schema_extra={"default": {}}, description="band as an amount, by measure"
    )
    over: int = Field(200, ge=LEAST, description="iterations or steps of the window")
    after: Instant = Field(0.0, description="iterations, or time, that do not count at all")
    mean: bool = Field(False, description="whether a steady solve settles by its mean, for what oscillates")
    confidence: Annotated[float, Quantity("", gt=0.5, lt=1)] = Field(0.95, description="of the interval of a mean")

    @field_validator("within_absolute", mode="before")
    @classmethod
    def _amounts(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            raise problem(f"must be amounts by measure, such as {{'Cl': 0.002}} (got {shown(given)})")
        return {str(name): _amount(str(name), value) for name, value in given.items()}

    @model_validator(mode="after")
    def _each(self) -> Settled:
        if len(set(self.measures)) != len(self.measures):
            raise problem("measures: names one of them twice")
        shares = self.within if isinstance(self.within, Mapping) else {}
        for field, names in (("within", shares), ("within_absolute", self.within_absolute)):
            if other := [name for name in names if name not in self.measures]:
                raise problem(f"{field}: {', '.join(other)} is not among the measures ({', '.join(self.measures)})")
        if missing := [name for name in self.measures if self.band(name) is None]:
            raise problem(f"within: missing for {', '.join(missing)}")
        return self

    def band(self, name: str) -> tuple[float, bool] | None:
        """The band of a measure, and whether it is a share of the mean; None when it has none."""
        if name in self.within_absolute:
            return self.within_absolute[name], False
        if isinstance(self.within, Mapping):
            return (self.within[name], True) if name in self.within else None
        return self.within, True


def _amount(name: str, value: object) -> float:
    """An amount in the unit of the measure; where that is not known, a bare number."""
    own = unit(name.rpartition(".")[2])
    if own is None and isinstance(value, str) and not re.fullmatch(r"[-+.\deE]+", value.strip()):
        raise problem(f"the unit of {name} is not known here; give a number in SI units (got {shown(value)})")
    return Quantity(own or "", gt=0).value(value)

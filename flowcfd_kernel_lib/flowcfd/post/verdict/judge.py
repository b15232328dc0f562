"""Judges and what they say: one small function for each criterion, registered by its name."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from flowcfd.registry import Registry

if TYPE_CHECKING:
    from flowcfd.post.verdict.evidence import Evidence

Colour = Literal["green", "amber", "red"]
Shade = Literal["green", "amber", "red", "grey"]
"""A colour, or grey: not judged."""

RANK: Final[Mapping[Shade, int]] = MappingProxyType({"grey": 0, "green": 1, "amber": 2, "red": 3})
NONE: Final[Mapping[str, Any]] = MappingProxyType({})
_MODULES: Final = ("state", "convergence", "conservation", "walls", "bounds", "forces", "quality", "surroundings")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge says: a colour, the value that it looked at and the limit as text, and one sentence.

    Red: the numbers must not be used. Amber: with care. Green: nothing found. Grey: not judged, because the evidence
    is not there, or because the criterion does not apply (`applies` False). `details` has the numbers by patch, field
    or the like.
    """

    name: str
    colour: Shade
    sentence: str
    value: str = ""
    limit: str = ""
    applies: bool = True
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether it says anything."""
        return self.colour != "grey"

    def to_json(self) -> dict[str, Any]:
        """All of it as values of JSON."""
        return {
            "name": self.name,
            "colour": self.colour,
            "sentence": self.sentence,
            "value": self.value,
            "limit": self.limit,
            "applies": self.applies,
            "details": _plain(dict(self.details)),
        }


def _plain(value: Any) -> Any:
    """Values that JSON has: nan and infinities become null, numpy's numbers Python's."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


Judge = Callable[["Evidence"], "Judgement | None"]


def _load() -> None:
    for module in _MODULES:
        importlib.import_module(f"flowcfd.post.verdict.{module}")


JUDGES: Registry[Judge] = Registry("judge", "flowcfd.judges", _load)
"""Each looks at the evidence and answers; None where the criterion does not apply to the case."""


def judge(name: str) -> Callable[[Judge], Judge]:
    """Register a function as the judge `name`; its docstring says criterion, limits and their source."""

    def put(function: Judge) -> Judge:
        return JUDGES.register(name, function)

    return put


def green(sentence: str, value: str = "", limit: str = "", *, details: Mapping[str, Any] = NONE) -> Judgement:
    """Nothing found."""
    return Judgement("", "green", sentence, value, limit, details=details)


def amber(sentence: str, value: str = "", limit: str = "", *, details: Mapping[str, Any] = NONE) -> Judgement:
    """To be used with care."""
    return Judgement("", "amber", sentence, value, limit, details=details)


def red(sentence: str, value: str = "", limit: str = "", *, details: Mapping[str, Any] = NONE) -> Judgement:
    """Not to be used."""
    return Judgement("", "red", sentence, value, limit, details=details)


def unjudged(why: str) -> Judgement:
    """The evidence is not there."""
    return Judgement("", "grey", why)


def inapplicable(why: str) -> Judgement:
    """The criterion says nothing about such a case."""
    return Judgement("", "grey", why, applies=False)


def percent(share: float, digits: int = 0) -> str:
    """A share as text: 12 %."""
    return f"{100 * share:.{digits}f} %"


def shade(value: float, amber_from: float, red_from: float) -> Colour:
    """The colour of a value that should be small."""
    return "red" if value >= red_from else "amber" if value >= amber_from else "green"


def worst(shades: Iterable[Shade]) -> Shade:
    """The gravest; grey for none."""
    return max(shades, key=RANK.__getitem__, default="grey")

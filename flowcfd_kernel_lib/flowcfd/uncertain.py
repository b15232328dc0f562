"""Numbers with their uncertainty: `0.2853 ± 0.0041`, everywhere the same.

Two significant digits of the uncertainty are shown, and the value to the same place (GUM, JCGM 100:2008, 7.2.6).
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from numbers import Real
from typing import Any, Literal, NamedTuple, Self

from flowcfd.errors import CaseError

Form = Literal["plain", "short", "latex", "html", "ascii"]
DIGITS = 2
"""Significant digits of an uncertainty."""
LARGEST, SMALLEST = 6, -5
"""A power of ten is split off a number whose first digit stands at or beyond these powers."""
_FORMS: dict[str, Form] = {"": "plain", "S": "short", "L": "latex", "H": "html", "A": "ascii"}
_SPEC = re.compile(r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<width>\d{1,4})?(?P<rest>(?:\.\d.*|[^\d].*)?)", re.DOTALL)
_REST = re.compile(r"(?:\.(?P<digits>\d{1,2})(?P<of>[uf])?)?(?P<power>[ef])?(?P<percent>%)?(?P<form>[SLHA])?")


class Shown(NamedTuple):
    """The digits of value and uncertainty before a power of ten; no uncertainty is ""."""

    value: str
    uncertainty: str
    power: int


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A value and the half-width of the band around it, both in `unit`; None where no uncertainty is known.

    `kind` says what the band is: "GCI", "95 % of the mean". A text of it shows two digits of the uncertainty and the
    value to the same place. `float(u)` is the value. Raises CaseError for a negative uncertainty.
    """

    value: float
    uncertainty: float | None = None
    unit: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _number("value", self.value))
        if self.uncertainty is not None:
            object.__setattr__(self, "uncertainty", _number("uncertainty", self.uncertainty))
            if self.uncertainty < 0:
                raise CaseError(f"uncertainty: must not be negative (got {self.uncertainty:g})")

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the band; the value twice where no uncertainty is known."""
        band = self.uncertainty or 0.0
        return self.value - band, self.value + band

    @property
    def relative(self) -> float | None:
        """The uncertainty over the value's magnitude; None where it is not known, inf about zero."""
        if self.uncertainty is None:
            return None
        return self.uncertainty / abs(self.value) if self.value else math.inf if self.uncertainty else 0.0

    def covers(self, other: Uncertain | float) -> bool:
        """Whether another value lies inside this band, ends included."""
        low, high = self.interval
        return low <= float(other) <= high

    def agrees(self, other: Uncertain | float) -> bool:
        """Whether two values differ by no more than the root of the sum of their squared uncertainties.

        The E_n number of ISO 13528 is then at most 1, and the error of ASME V&V 20 below the validation uncertainty. An
        unknown uncertainty counts as none; nan agrees with nothing. Raises CaseError for another unit.
        """
        theirs = other if isinstance(other, Uncertain) else Uncertain(other, unit=self.unit)
        if theirs.unit != self.unit:
            raise CaseError(f"unit: {self} and {theirs} are not of one unit")
        return abs(self.value - theirs.value) <= math.hypot(self.uncertainty or 0.0, theirs.uncertainty or 0.0)

    def __float__(self) -> float:
        return self.value

    def __neg__(self) -> Self:
        return replace(self, value=-self.value)

    def __mul__(self, factor: object) -> Self:
        """The value and its band times a plain number; the unit stays."""
        if isinstance(factor, bool) or not isinstance(factor, Real):
            return NotImplemented
        band = None if self.uncertainty is None else self.uncertainty * abs(float(factor))
        return replace(self, value=self.value * float(factor), uncertainty=band)

    __rmul__ = __mul__

    def __truediv__(self, divisor: object) -> Self:
        if isinstance(divisor, bool) or not isinstance(divisor, Real):
            return NotImplemented
        band = None if self.uncertainty is None else self.uncertainty / abs(float(divisor))
        return replace(self, value=self.value / float(divisor), uncertainty=band)

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        """The text by `[[fill]align][width][.digits[u|f]][e|f][%][S|L|H|A]`.

        `.3u` (or `.3`): three digits of the uncertainty; `.4f`: four decimals; e: always with a power of ten, f: never;
        %: in percent; S: 0.2853(41), L: LaTeX, H: HTML, A: ASCII with +/-. Raises CaseError for any other.
        """
        frame = _SPEC.fullmatch(spec)
        match = _REST.fullmatch(frame["rest"]) if frame else None
        if frame is None or match is None:
            raise CaseError(
                f"format: {spec!r} is not known; there are [align][width], .Nu (digits of the uncertainty), .Nf "
                "(decimals), e, f, % and one of S, L, H, A"
            )
        text = _text(self, match)
        align, width = frame["align"] or "<", int(frame["width"] or 0)
        return f"{text:{frame['fill'] or ' '}{align}{width}}" if width else text

    def _repr_html_(self) -> str:
        title = f' title="{html.escape(self.kind)}"' if self.kind else ""
        return f"<span{title}>{self:H}</span>"

    def _repr_latex_(self) -> str:
        return f"${self:L}$"

    def to_json(self) -> dict[str, Any]:
        """The number as JSON types; nan and infinity, which JSON has not, as texts."""
        return {
            "value": _json(self.value),
            "uncertainty": _json(self.uncertainty),
            "unit": self.unit,
            "kind": self.kind,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The number that `to_json` wrote; raises CaseError for what is none."""
        if not isinstance(data, Mapping) or "value" not in data or set(data) - {"value", "uncertainty", "unit", "kind"}:
            raise CaseError(f"number: needs value and may have uncertainty, unit and kind (got {data!r:.80})")
        band = data.get("uncertainty")
        return cls(
            _read("value", data["value"]),
            None if band is None else _read("uncertainty", band),
            str(data.get("unit", "")),
            str(data.get("kind", "")),
        )


def _number(what: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, (Real, Uncertain)):
        raise CaseError(f"{what}: must be a number (got {given!r})")
    return float(given)


def _json(value: float | None) -> float | str | None:
    return value if value is None or math.isfinite(value) else str(value)


def _read(what: str, given: object) -> float:
    if given in ("nan", "inf", "-inf"):
        return float(str(given))
    return _number(what, given)


def _text(number: Uncertain, wanted: re.Match[str]) -> str:
    percent = bool(wanted["percent"])
    form = _FORMS[wanted["form"] or ""]
    value, band = number.value, number.uncertainty
    if percent:
        value, band = 100 * value, None if band is None else 100 * band
    digits = None if wanted["digits"] is None else int(wanted["digits"])
    decimals = digits if wanted["of"] == "f" else None
    power = wanted["power"] or ("f" if decimals is not None else "")
    significant = digits if digits and decimals is None else DIGITS
    shown = _shown(value, band, significant=significant, decimals=decimals, power=power)
    return _joined(shown, form, unit="%" if percent else number.unit)


def _shown(value: float, band: float | None, *, significant: int, decimals: int | None, power: str) -> Shown:
    """The digits; what cannot be rounded to the uncertainty (none, zero, nan, inf) has six significant ones."""
    if not math.isfinite(value) or (band is not None and not math.isfinite(band)):
        texts = [f"{one:.6g}" if one is not None else "" for one in (value, band)]
        return Shown(texts[0], texts[1], 0)
    if not band:
        plain = f"{value:.{decimals}f}" if decimals is not None else f"{value:.6e}" if power == "e" else f"{value:.6g}"
        mantissa, _, exponent = plain.partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if exponent and "." in mantissa else mantissa
        return Shown(mantissa, "" if band is None else "0", int(exponent or 0))
    with localcontext(Context(prec=800, rounding=ROUND_HALF_EVEN)):
        one, two = Decimal(repr(value)), Decimal(repr(band))
        place = -decimals if decimals is not None else _place(two, significant)
        one, two = _to(one, place), _to(two, place)
        top = max(one.adjusted() if one else place, two.adjusted() if two else place)
        split = power == "e" or (power != "f" and (place > 0 or top >= LARGEST or top <= SMALLEST))
        scale = top if split else 0
        texts = [f"{number.scaleb(-scale):.{max(0, scale - place)}f}" for number in (one, two)]
    return Shown(_unsigned_zero(texts[0]), texts[1], scale)


def _place(band: Decimal, significant: int) -> int:
    """The power of ten of the last shown digit of an uncertainty; 0.0996 rounds up to 0.10, not 0.100."""
    place = band.adjusted() - significant + 1
    return _to(band, place).adjusted() - significant + 1


def _to(number: Decimal, place: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(place)) if place else number.to_integral_value()


def _unsigned_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def _joined(shown: Shown, form: Form, *, unit: str) -> str:
    value, band, power = shown
    if form == "short" and band.strip("0.") and band[0].isdigit():
        # What an uncertainty of 1 or more keeps of its point makes the last digits readable: 12.3(1.2).
        core = f"{value}({band if float(band) >= 1 and '.' in band else band.replace('.', '').lstrip('0')})"
    else:
        sign = {"latex": r" \pm ", "ascii": " +/- ", "html": "&nbsp;±&nbsp;"}.get(form, " ± ")
        value = value.replace("-", "&minus;") if form == "html" else value
        core = value + (sign + band if band else "")
        if band and (power or unit == "%"):
            core = rf"\left({core}\right)" if form == "latex" else f"({core})"
    core += _power(power, form)
    return core + _unit(unit, form) if unit else core


def _power(power: int, form: Form) -> str:
    if not power:
        return ""
    if form == "latex":
        return rf" \times 10^{{{power}}}"
    if form == "html":
        return f"&times;10<sup>{power}</sup>"
    return f"e{power:+03d}"


def _unit(unit: str, form: Form) -> str:
    if form == "latex":
        return rf"\,\mathrm{{{unit}}}".replace("%", r"\%").replace(" ", r"\ ")
    if form == "html":
        return "&nbsp;" + html.escape(unit)
    return " " + unit

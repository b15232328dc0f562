"""The grid convergence index of numbers from several grids.

Celik, Ghia, Roache, Freitas, Coleman and Raad, J. Fluids Eng. 130 (2008) 078001; ASME V&V 20-2009. With the cell size
h = (1/N)^(1/D), 1 the finest grid, r21 = h2/h1, r32 = h3/h2, e21 = phi2 - phi1 and e32 = phi3 - phi2, the observed
order p solves e32/e21 = r21^p (r32^p - 1) / (r21^p - 1), and GCI = Fs |e21/phi1| / (r21^p - 1).

The paper takes the absolute value of the logarithm in its formula for p, which turns a diverging sequence into a
converging one ((1, 0.98, 0.97) at r = 2: order +1 instead of -1). Here, as in NASA's turbulence modelling resource, it
keeps its sign.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from numbers import Integral, Real
from typing import Any, Literal

from flowcfd.errors import CaseError
from flowcfd.uncertain import Uncertain

Kind = Literal["monotonic", "oscillatory", "divergent", "two grids"]
SAFETY, SAFETY_OF_TWO = 1.25, 3.0
"""The factor of safety with three grids, and with two and an assumed order (Roache 1994)."""
SMALLEST_RATIO = 1.3
"""Below it the differences are soon those of the iterations, not of the grids (Celik et al. 2008)."""


@dataclass(frozen=True, slots=True)
class GCI:
    """What a family of grids says of one number; values and cells finest first.

    `kind`: "monotonic" (converging, GCI defined), "oscillatory" (differences change sign), "divergent" (they do not
    shrink) or "two grids" (order assumed). `order` is observed, or assumed with two grids, `used_order` the one that
    extrapolation and GCI use; `extrapolated` is the value at zero cell size, `gci` a fraction of the finest value; each
    is None where it is not defined. `ratios` are those of the cell sizes, r21 first; `error` is e_a = |e21/phi1|,
    `extrapolated_error` |(ext - phi1)/ext|. `uncertainty` is the half-width about the finest value: GCI |phi1|, for
    "oscillatory" three times the range of all values (Eca and Hoekstra, Computers and Fluids 38 (2009) 1580), None for
    "divergent". `orders` are those of every three neighbouring grids.
    """

    kind: Kind
    values: tuple[float, ...]
    cells: tuple[int, ...]
    dimension: int
    ratios: tuple[float, ...]
    error: float
    order: float | None
    used_order: float | None
    extrapolated: float | None
    extrapolated_error: float | None
    gci: float | None
    safety: float
    uncertainty: float | None
    orders: tuple[float | None, ...]
    notes: tuple[str, ...]

    @property
    def answer(self) -> Uncertain:
        """The finest value and its uncertainty."""
        names = {"monotonic": "GCI", "two grids": "GCI of two grids", "oscillatory": "3 x range, oscillatory"}
        return Uncertain(self.values[0], self.uncertainty, kind=names.get(self.kind, self.kind))

    @property
    def sizes(self) -> tuple[float, ...]:
        """Cell sizes relative to the finest grid's."""
        return tuple((self.cells[0] / count) ** (1 / self.dimension) for count in self.cells)

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON types; an infinite fraction (about a finest value of zero) as a text."""
        return {
            name: list(value)
            if isinstance(value, tuple)
            else str(value)
            if isinstance(value, float) and not math.isfinite(value)
            else value
            for name, value in asdict(self).items()
        }

    def __str__(self) -> str:
        return ", ".join(f"{name} {text}".strip() for name, text in _rows(self)) + "".join(
            f"; {note}" for note in self.notes
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name or 'value')}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in _rows(self)
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<table>{rows}</table>{notes}"


def gci(
    values: Sequence[float | Uncertain],
    cells: Sequence[int],
    dimension: int = 3,
    *,
    assumed_order: float = 2.0,
    formal_order: float | None = None,
) -> GCI:
    """The grid convergence index of values on grids of so many cells, both finest first.

    With more than three grids the three finest count, and `orders` tells the trend of the others. Two grids have no
    observed order: `assumed_order` stands in and the safety factor is 3. With `formal_order` an observed order above it
    is not trusted: extrapolation and GCI use the formal one. Raises CaseError for fewer than two grids, cells that do
    not fall from grid to grid, numbers that are not finite and differences of zero.
    """
    numbers, counts = _checked(values, cells, dimension, assumed_order, formal_order)
    ratios = tuple((fine / coarse) ** (1 / dimension) for fine, coarse in pairwise(counts))
    steps = [coarse - fine for fine, coarse in pairwise(numbers)]
    orders = tuple(_order(steps[n], steps[n + 1], ratios[n], ratios[n + 1]) for n in range(len(steps) - 1))
    kind: Kind = "two grids"
    order: float | None = assumed_order
    if orders:
        order = orders[0]
        kind = "oscillatory" if order is None else "monotonic" if order > 0 else "divergent"
    used = min(order, formal_order) if order is not None and formal_order and kind != "two grids" else order
    safety = SAFETY if orders else SAFETY_OF_TWO
    error = _share(steps[0], numbers[0])
    extrapolated = extrapolated_error = fraction = band = None
    if used is not None and kind != "divergent":
        shrink = _power_less_one(ratios[0], used)
        extrapolated = numbers[0] - steps[0] / shrink
        extrapolated_error = _share(extrapolated - numbers[0], extrapolated)
        fraction, band = safety * error / shrink, safety * abs(steps[0]) / shrink
    elif kind == "oscillatory":
        band = 3 * (max(numbers) - min(numbers))
    return GCI(
        kind=kind,
        values=numbers,
        cells=counts,
        dimension=dimension,
        ratios=ratios,
        error=error,
        order=order,
        used_order=used,
        extrapolated=extrapolated,
        extrapolated_error=extrapolated_error,
        gci=fraction,
        safety=safety,
        uncertainty=band,
        orders=orders,
        notes=_notes(kind, steps, ratios, order, orders, formal_order),
    )


def _checked(
    values: Sequence[float | Uncertain],
    cells: Sequence[int],
    dimension: int,
    assumed_order: float,
    formal_order: float | None,
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """The numbers as floats and ints; raises CaseError with the reason why no GCI can be had of them."""
    if not isinstance(values, Iterable) or not isinstance(cells, Iterable):
        raise CaseError("gci: needs two lists, the values and the cells of the grids, the finest first")
    numbers, counts = list(values), list(cells)
    if len(numbers) != len(counts):
        raise CaseError(
            f"gci: needs one count of cells for each value (got {len(numbers)} values, {len(counts)} counts)"
        )
    if len(numbers) < 2:
        raise CaseError(f"gci: needs at least two grids (got {len(numbers)})")
    if dimension not in (1, 2, 3):
        raise CaseError(f"gci: dimension must be 1, 2 or 3 (got {dimension!r})")
    for name, order in (("assumed_order", assumed_order), ("formal_order", formal_order)):
        if order is not None and not (isinstance(order, (int, float)) and 0 < order < math.inf):
            raise CaseError(f"gci: {name} must be a positive number (got {order!r})")
    for count in counts:
        if isinstance(count, bool) or not isinstance(count, (Integral, float)) or not 0 < count == int(count):
            raise CaseError(f"gci: cells must be positive whole numbers (got {count!r})")
    for value in numbers:
        if isinstance(value, bool) or not isinstance(value, (Real, Uncertain)) or not math.isfinite(float(value)):
            raise CaseError(f"gci: values must be finite numbers (got {value!r})")
    whole = tuple(int(count) for count in counts)
    if any(fine <= coarse for fine, coarse in pairwise(whole)):
        raise CaseError(f"gci: cells must fall from grid to grid, the finest first (got {', '.join(map(str, whole))})")
    floats = tuple(float(value) for value in numbers)
    for place, (fine, coarse) in enumerate(pairwise(floats), 1):
        if fine == coarse and place < 3:
            raise CaseError(
                f"gci: grids {place} and {place + 1} have the same value {fine:g}: a difference of zero has no order; "
                "more digits or coarser grids are needed"
            )
    return floats, whole


def _order(e21: float, e32: float, r21: float, r32: float) -> float | None:
    """The observed order of three grids; None where the differences change sign or are zero.

    The right side of the equation of the module's docstring rises with p from 0 to infinity, so there is one root,
    which bisection finds for every ratio; it is negative where the differences do not shrink.
    """
    if e21 == 0 or e32 == 0 or (e21 > 0) != (e32 > 0):
        return None
    wanted = math.log(abs(e32)) - math.log(abs(e21))
    one, two = math.log(r21), math.log(r32)

    def excess(p: float) -> float:
        if p == 0:
            return math.log(two / one) - wanted
        return p * one + _log_ratio(p * two, p * one) - wanted

    high = 1.0
    while excess(high) < 0 or excess(-high) > 0:
        high *= 2
    low = -high
    while (middle := 0.5 * (low + high)) not in (low, high):
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return middle


def _log_ratio(a: float, b: float) -> float:
    """ln((e^a - 1) / (e^b - 1)) for a and b of one sign, without overflow."""

    def part(x: float) -> float:
        return max(x, 0.0) + math.log(-math.expm1(-abs(x)))

    return part(a) - part(b)


def _power_less_one(ratio: float, order: float) -> float:
    """ratio^order - 1; infinite where no float holds it."""
    exponent = order * math.log(ratio)
    return math.expm1(exponent) or math.ulp(0.0) if exponent < 700 else math.inf


def _share(part: float, whole: float) -> float:
    return abs(part / whole) if whole else math.inf


def _notes(
    kind: Kind,
    steps: Sequence[float],
    ratios: Sequence[float],
    order: float | None,
    orders: Sequence[float | None],
    formal: float | None,
) -> tuple[str, ...]:
    """What a reader of the number has to know."""
    found = []
    if kind == "divergent":
        found.append("the differences between grids do not shrink: no GCI")
    if kind == "oscillatory":
        grows = "grows" if abs(steps[0]) > abs(steps[1]) else "shrinks"
        found.append(f"the difference between grids changes its sign and {grows}: no order is observed")
    if kind == "two grids":
        found.append(f"order {order:g} is assumed")
    if order is not None and kind == "monotonic" and formal and order > formal:
        found.append(f"the observed order is above the formal one: {formal:g} is used")
    if min(ratios[:2]) < SMALLEST_RATIO:
        found.append(f"cell sizes of neighbouring grids differ by less than a factor {SMALLEST_RATIO:g}")
    if len(orders) > 1:
        trend = ", ".join("none" if one is None else f"{one:.2f}" for one in orders)
        found.append(f"orders of three grids each, from the finest: {trend}")
    return tuple(found)


def _rows(found: GCI) -> list[tuple[str, str]]:
    """The lines of its table."""
    order = "" if found.order is None else f"{found.order:.3g}"
    rows = [
        ("", f"{found.answer} ({found.kind})"),
        ("order", order),
        ("extrapolated", "" if found.extrapolated is None else f"{found.extrapolated:.6g}"),
        ("GCI", "" if found.gci is None else f"{100 * found.gci:.3g} %"),
    ]
    return [(name, text) for name, text in rows if text]

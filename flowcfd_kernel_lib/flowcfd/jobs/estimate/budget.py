"""A budget: what a computation may cost at most, held before anything is written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flowcfd.errors import CaseError
from flowcfd.jobs.estimate import rules
from flowcfd.jobs.estimate.estimate import Estimate, band, shown
from flowcfd.jobs.estimate.figure import Figure

ALLOWED = "must be core-hours ('20 core-hours') or a number in the unit of the profile's price (got {!r})"
_CORE_HOURS = re.compile(r"([0-9.]+(?:[eE][-+]?\d+)?)\s*(?:core[- ]?(?:hours?|h)|cpu[- ]?(?:hours?|h))")


@dataclass(frozen=True)
class Budget:
    """So many core-hours, or so much in the unit of the price per core-hour (a profile's price has no currency)."""

    amount: float
    unit: Literal["core-hours", "price"]

    @classmethod
    def of(cls, given: object) -> Budget:
        """A budget as it is typed: "20 core-hours", or a number for a price; CaseError for anything else."""
        if isinstance(given, Budget):
            return given
        if isinstance(given, str) and (found := _CORE_HOURS.fullmatch(given.strip().lower())):
            return cls(_positive(found[1], given), "core-hours")
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise CaseError(f"budget: {ALLOWED.format(given)}")
        return cls(_positive(given, given), "price")

    def __str__(self) -> str:
        return f"{self.amount:g} core-hours" if self.unit == "core-hours" else f"a price of {self.amount:g}"

    def cost(self, estimate: Estimate) -> Figure:
        """What is to be held within it; CaseError where that is not known."""
        if not estimate.known or estimate.core_hours is None:
            raise CaseError(f"budget: it cannot be held, there is no estimate of {estimate.name!r}: {estimate.why}")
        if self.unit == "core-hours":
            return estimate.core_hours
        if estimate.price is None:
            raise CaseError(
                f"budget: no price is known of the executor {estimate.on!r}: its profile has none (price:); "
                "give core-hours, such as '20 core-hours'"
            )
        return estimate.price


def hold(estimate: Estimate, budget: Budget) -> None:
    """Nothing where the expected cost is within the budget; else CaseError with the estimate and what would fit.

    The expected value is held against the budget, not the end of its band: a run may still cost more.
    """
    cost = budget.cost(estimate)
    if cost.value > budget.amount:
        raise CaseError(
            f"budget: the run is expected to cost {_said(cost)}, more than {budget}; nothing was written. "
            f"{_fits(estimate, budget.amount / cost.value)}"
        )


def hold_all(estimates: Sequence[Estimate], budget: Budget, *, of: int | None = None) -> None:
    """As `hold` for the sum over points; `of` is their number where only some of them were estimated."""
    if not estimates:
        return
    costs = [budget.cost(each) for each in estimates]
    scale = (of or len(costs)) / len(costs)
    total = costs[0]
    for cost in costs[1:]:  # what is wrong with one estimate is wrong with all of them: bands add, not their squares
        total = Figure(total.value + cost.value, total.low + cost.low, total.high + cost.high, total.unit, total.source)
    total = total.times(scale)
    if total.value > budget.amount:
        most = math.floor(budget.amount / (total.value / (of or len(costs))))
        some = "" if scale == 1 else f" (by {len(costs)} of them)"
        fits = _fits(estimates[0], budget.amount / total.value)
        fits = fits[0].lower() + fits[1:]
        raise CaseError(
            f"budget: {of or len(costs)} points are expected to cost {_said(total)}{some}, more than {budget}; nothing "
            f"was started. {most or 'Not even one'} of them would fit as they are; of all of them {fits}"
        )


def _said(cost: Figure) -> str:
    spread = band(cost)
    return f"{shown(cost).strip()}" + (f" ({spread}; {cost.source})" if spread else f" ({cost.source})")


def _fits(estimate: Estimate, share: float) -> str:
    """What would cost `share` of the estimate: fewer steps, fewer cores, a coarser mesh."""
    ways = []
    if estimate.steps is not None and estimate.steps.value * share >= 1:
        ways.append(f"{math.floor(estimate.steps.value * share)} {'iterations' if estimate.steady else 'time steps'}")
    if (cores := _fewer(estimate, share)) is not None:
        ways.append(f"{cores} core{'s' * (cores > 1)}")
    if estimate.cells is not None and estimate.cells.value * share**0.7 >= 1:
        # Steps and cells cost alike; with the mesh the time step (or the iterations) changes, about as a cell's size.
        ways.append(f"about {estimate.cells.value * share**0.7:.2g} cells")
    return f"Would fit: {', or '.join(ways)}" if ways else "Nothing of it would fit"


def _fewer(estimate: Estimate, share: float) -> int | None:
    """The most cores on which the same run fits because less efficiency is lost; None where none is enough."""
    if estimate.cells is None:
        return None
    now = rules.efficiency(estimate.cells.value, estimate.cores).value
    fewer = estimate.cores // 2
    while fewer >= 1:
        if now / rules.efficiency(estimate.cells.value, fewer).value <= share:
            return fewer
        fewer //= 2
    return None


def _positive(given: object, told: object) -> float:
    try:
        value = float(str(given))
    except ValueError:
        raise CaseError(f"budget: {ALLOWED.format(told)}") from None
    if not (math.isfinite(value) and value > 0):
        raise CaseError(f"budget: must be above 0 (got {told!r})")
    return value

"""Where to compute next: the expected improvement on a surface, and the points where it is greatest.

Expected improvement: Jones, Schonlau and Welch 1998. Several points at a time believe the surface for those before them
(Ginsbourger, Le Riche and Carraro 2010); limits on other measures count by their probability (Schonlau et al. 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from flowcfd.studies.kriging import Kriging
from flowcfd.studies.measured import Numbers
from flowcfd.studies.surface import Surface

CANDIDATES, TOP = 2048, 8
"""Candidates that fill the box, and how many of them are looked around."""
ZOOMS = (0.05, 0.015, 0.005)
"""Widths of the looks around, in shares of the box."""
APART = 2e-3
"""Shares of the box by which a new point differs from all others."""


@dataclass(frozen=True)
class Limit:
    """A measure that has to stay between two values, and its surface."""

    on: Surface
    low: float | None
    high: float | None

    def chance(self, rows: Numbers) -> Numbers:
        """The probability that it does, at rows of parameters [SI]."""
        mean, deviation = self.on.model.predict(self.on.shares(rows))
        deviation = np.maximum(self.on.widening * deviation, 1e-12 * max(1.0, float(np.abs(mean).max())))
        above = 1.0 if self.low is None else norm.sf((self.low - mean) / deviation)
        below = 1.0 if self.high is None else norm.cdf((self.high - mean) / deviation)
        return np.asarray(np.clip(above + below - 1.0, 0.0, 1.0) * np.ones(len(rows)))


@dataclass(frozen=True)
class Search:
    """Where less of a surface is looked for: in a box [SI], with limits, away from points that failed."""

    on: Surface
    box: tuple[Numbers, Numbers]
    limits: tuple[Limit, ...] = ()
    failed: Numbers | None = None
    taken: Numbers | None = None
    least: float | None = None
    """The best value so far that keeps the limits; None where no point does."""
    sign: float = 1.0
    """-1 where more is looked for."""
    valid: Callable[[Numbers], bool] = lambda row: True
    seed: int = 0

    def propose(self, count: int) -> list[tuple[Numbers, float]]:
        """At most so many points, each with what is to be gained there in the unit of the measure; the best first.

        Without a point that keeps the limits, what is to be gained is the probability to keep them.
        """
        model, found = self._model(), list[tuple[Numbers, float]]()
        taken = np.empty((0, len(self.box[0]))) if self.taken is None else self.on.shares(self.taken)
        for turn in range(count):
            row, gain = self._best(model, taken, turn)
            if row is None:
                break
            found.append((row, gain))
            share = self.on.shares(row[None])
            taken = np.vstack([taken, share])
            model = model.believing(share, model.predict(share)[0])
        return found

    def _model(self) -> Kriging:
        """The surface's process; points that failed are believed to be as bad as the worst."""
        model = self.on.model
        if self.failed is None or not len(self.failed):
            return model
        worst = (self.sign * model.values).max() * self.sign
        return model.believing(self.on.shares(self.failed), np.full(len(self.failed), worst))

    def _best(self, model: Kriging, taken: Numbers, turn: int) -> tuple[Numbers | None, float]:
        low, high = self.box
        rng = np.random.default_rng([self.seed, turn])
        rows = low + qmc.Sobol(len(low), seed=rng).random(CANDIDATES) * (high - low)
        gains = self._gains(model, rows, taken)
        for width in ZOOMS:
            top = rows[np.argsort(-gains)[:TOP]]
            near = np.repeat(top, 64, axis=0)
            near = np.clip(near + width * (high - low) * rng.standard_normal(near.shape), low, high)
            rows = np.vstack([top, near])
            gains = self._gains(model, rows, taken)
        for n in np.argsort(-gains):
            if gains[n] <= 0:
                break
            row = self._rounded(rows[n])
            if self.valid(row) and not _near(self.on.shares(row[None]), taken)[0]:
                return row, float(gains[n])
        return None, 0.0

    def _gains(self, model: Kriging, rows: Numbers, taken: Numbers) -> Numbers:
        shares = self.on.shares(rows)
        mean, deviation = model.predict(shares)
        gains = np.ones(len(rows))
        if self.least is not None:
            gains = improvement(self.sign * mean, self.on.widening * deviation, self.sign * self.least)
        for limit in self.limits:
            gains = gains * limit.chance(rows)
        return np.where(_near(shares, taken), 0.0, gains)

    def _rounded(self, row: Numbers) -> Numbers:
        """Values with five digits, so that two machines propose the same; whole numbers where they have to be."""
        low, high = self.box
        values = [
            float(round(value)) if one.whole else float(f"{value:.5g}")
            for one, value in zip(self.on.parameters, row, strict=True)
        ]
        return np.asarray(np.clip(np.array(values), low, high))


def improvement(mean: Numbers, deviation: Numbers, least: float) -> Numbers:
    """The expected improvement below `least` of normal distributions."""
    safe = np.maximum(deviation, 1e-300)
    ahead = np.clip((least - mean) / safe, -1e9, 1e9)
    gained = (least - mean) * norm.cdf(ahead) + safe * norm.pdf(ahead)
    return np.where(deviation > 0, gained, np.maximum(least - mean, 0.0))


def _near(shares: Numbers, taken: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether rows are where others are."""
    if not len(taken):
        return np.zeros(len(shares), dtype=bool)
    apart: Numbers = np.abs(shares[:, None, :] - taken[None, :, :]).max(axis=2)
    return np.asarray(apart.min(axis=1) < APART)


def box_of(on: Surface, bounds: Sequence[tuple[float, float]]) -> tuple[Numbers, Numbers]:
    """What a surface covers and the bounds allow."""
    low, high = on.box
    return np.maximum(low, [one[0] for one in bounds]), np.minimum(high, [one[1] for one in bounds])

"""The best point of a study: what the surface promises is computed, round by round, and the best run is the answer.

What was proposed stands in the study's folder before it is run, so that a search that is killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd import jobs
from flowcfd.case import Case
from flowcfd.errors import CaseError, ResultError, SiteError
from flowcfd.jobs import lock
from flowcfd.jobs.record import ACTIVE
from flowcfd.post.table import Table
from flowcfd.studies import added, record
from flowcfd.studies.added import Added
from flowcfd.studies.measured import Known, Measured, Outcome, gather, matched, named
from flowcfd.studies.point import WAITING, Measure
from flowcfd.studies.proposal import Limit, Search, box_of
from flowcfd.studies.surface import Surface, surface
from flowcfd.uncertain import Uncertain
from flowcfd.units import si

if TYPE_CHECKING:
    from flowcfd.jobs.handle import Run
    from flowcfd.studies.picture import Picture
    from flowcfd.studies.study import Study

FLOOR = 1e-3
"""What is not worth a run where no band is known, as a share of the spread of the values."""
Limits = Mapping[Measure, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Round:
    """One round: its points, what was expected of the best of them, and the best run after it."""

    number: int
    points: tuple[int, ...]
    expected: float | None
    best: float | None


@dataclass(frozen=True)
class Optimum:
    """The best of the computed points: `value`, `values`, `run`; how it was found: `rounds`, `why`, `surface`."""

    study: Study
    measure: str
    largest: bool
    point: Outcome
    surface: Surface
    rounds: tuple[Round, ...]
    why: str
    band: float
    """What an improvement must exceed to be worth a run."""

    @property
    def value(self) -> Uncertain:
        """What the best run measured; no prediction."""
        assert self.point.value is not None
        return self.point.value

    @property
    def values(self) -> Mapping[str, Any]:
        """The parameters there."""
        return self.point.values

    @property
    def run(self) -> Run:
        """The best run."""
        assert self.point.run is not None
        return jobs.open(self.point.run)

    @property
    def case(self) -> Case:
        """Its case."""
        return self.study.at(self.point.number)

    @property
    def table(self) -> Table:
        """One row a round: how many points, what was expected of it, and the best value after it."""
        rows = [{"points": len(one.points), "expected": one.expected, "best": one.best} for one in self.rounds]
        made = Table(rows, index=[one.number for one in self.rounds], columns=["points", "expected", "best"])
        made.index.name = "round"
        made.attrs["units"] = dict.fromkeys(("expected", "best"), self.value.unit)
        return made

    def plot(self) -> Picture:
        """The values in the order in which they were computed, and the best so far."""
        from flowcfd.studies.plots import search

        return search(self)

    def to_json(self) -> dict[str, Any]:
        """All of it but the study as JSON types."""
        return {
            "study": self.study.path.name,
            "measure": self.measure,
            "largest": self.largest,
            "value": self.value.to_json(),
            "values": dict(self.values),
            "point": self.point.number,
            "run": str(self.point.run),
            "rounds": [{"round": one.number, "points": list(one.points), "expected": one.expected, "best": one.best}
                       for one in self.rounds],
            "why": self.why,
            "band": self.band,
        }  # fmt: skip

    def __str__(self) -> str:
        at = ", ".join(f"{one.name} {one.shown(float(self.values[one.path]))}" for one in self.surface.parameters)
        more = sum(len(one.points) for one in self.rounds)
        kind = "largest" if self.largest else "least"
        name = self.point.run.name if self.point.run is not None else ""
        return "\n".join([
            f"{self.measure}: {kind} {self.value} at {at}, computed (point {self.point.number}, {name})",
            f"{len(self.study.designed)} points of the design and {more} more in {len(self.rounds)} "
            f"round{'s'[: len(self.rounds) != 1]}; {self.why}",
            *self.surface.notes,
        ])  # fmt: skip

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        first, *rest = str(self).splitlines()
        return f"<div><b>{html.escape(first)}</b></div>" + "".join(f"<div>{html.escape(one)}</div>" for one in rest)


def optimum(
    study: Study,
    measure: Measure,
    *,
    largest: bool = False,
    rounds: int = 4,
    batch: int = 2,
    bounds: Mapping[str, tuple[object, object]] | None = None,
    subject_to: Limits | None = None,
    within: float | str | None = None,
    seed: int = 0,
    **how: Any,
) -> Optimum:
    """Compute where the surface expects the measure to be less (or larger), and give the best run.

    First the study's own points are computed where they are not. Then each of at most `rounds` rounds adds `batch`
    points to the study and runs them, as the study was run before or as `how` says (`on`, `cores`, ...). `bounds`
    narrow parameters by name; `subject_to` maps other measures to (low, high), None for no limit. It ends early when no
    improvement beyond a band is expected: `within`, an amount or a share ("0.5 %"), by default the value's own band,
    that of `until`, or the scatter of the runs. Rounds that were computed before are found again and count.

    Raises CaseError and ResultError as `study.surface` does, ResultError where no run keeps the limits, SiteError while
    another search extends the study.
    """
    for name, count in (("rounds", rounds), ("batch", batch)):
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise CaseError(f"{name}: must be a whole number of at least 1 (got {count!r})")
    asked = _Asked(study, measure, largest, dict(bounds or {}), dict(subject_to or {}), within, seed)
    asked.check()
    study.path.mkdir(parents=True, exist_ok=True)
    held = lock.acquire(study.path / "search.lock", patience=0.5)
    if held is None:
        raise SiteError(f"{study.name} is being searched by another process; wait for it")
    try:
        return _searched(asked, rounds, batch, how)
    finally:
        os.close(held)


@dataclass(frozen=True)
class _Asked:
    """What is looked for."""

    study: Study
    measure: Measure
    largest: bool
    bounds: Mapping[str, tuple[object, object]]
    limits: Limits
    within: float | str | None
    seed: int

    def check(self) -> None:
        """Refuse what is wrong before anything is computed."""
        found = gather(self.study, self.measure)
        found.require(0, "minimize")
        for name, ends in self.bounds.items():
            one = matched(found.parameters, name)
            if not (isinstance(ends, Sequence) and not isinstance(ends, str) and len(ends) == 2):
                raise CaseError(f"bounds: {name}: must be a pair (low, high) (got {ends!r})")
            low, high = (one.si(end) for end in ends)
            if not max(low, one.low) < min(high, one.high):
                raise CaseError(f"bounds: {name}: must overlap with the design, {one.low:g} to {one.shown(one.high)}")
        for limited, ends in self.limits.items():
            pair = isinstance(ends, Sequence) and len(ends) == 2
            if not pair or any(isinstance(end, bool) or not isinstance(end, int | float | None) for end in ends):
                raise CaseError(f"subject_to: {named(limited)}: must be (low, high), None for no limit (got {ends!r})")
            if ends[0] is not None and ends[1] is not None and not ends[0] < ends[1]:
                raise CaseError(f"subject_to: {named(limited)}: must rise (got {ends!r})")
        _amount(self.within, 1.0)

    @property
    def by(self) -> str:
        """What the points that it adds are known by; another question has rounds of its own."""
        more = json.dumps([{name: list(map(str, ends)) for name, ends in self.bounds.items()},
                           {named(one): list(ends) for one, ends in self.limits.items()}], sort_keys=True)  # fmt: skip
        mark = f" {hashlib.sha256(more.encode()).hexdigest()[:8]}" if self.bounds or self.limits else ""
        return f"{'maximize' if self.largest else 'minimize'} {named(self.measure)}{mark}"


def _searched(asked: _Asked, rounds: int, batch: int, how: Mapping[str, Any]) -> Optimum:
    study, known, by = asked.study, Known(), asked.by
    _computed(study, how)
    done, why = list[Round](), "the one round is used" if rounds == 1 else f"all {rounds} rounds are used"
    for number in range(1, rounds + 1):
        state = _State(asked, known)
        if not _points(study, by, number):
            proposed = state.search().propose(batch)
            expected = proposed[0][1] if proposed else 0.0
            if state.best is not None and expected <= state.band:
                why = f"no more is expected than {expected:.2g}, and {state.band:.2g} is the band"
                break
            if not proposed:
                why = "no point is left that could keep the limits"
                break
            added.put(study, [Added(state.values(row), by, number, gain) for row, gain in proposed])
            if not _points(study, by, number):
                why = "what is proposed is computed already"
                break
            _computed(study, how)
        after = _State(asked, known)
        points = _points(study, by, number)
        gains = [one.expected for one in added.read(study.path) if (one.by, one.round) == (by, number)]
        best = after.best_of(max(points) + 1)
        done.append(Round(number, points, gains[0], None if best is None or best.value is None else float(best.value)))
    last = _State(asked, known)
    if last.best is None:
        raise ResultError(f"{by}: no run that is done keeps the limits: {last.kept}")
    return Optimum(study, named(asked.measure), asked.largest, last.best, last.on, tuple(done), why, last.band)


class _State:
    """What is known between two rounds."""

    def __init__(self, asked: _Asked, known: Known) -> None:
        self.asked = asked
        self.on = surface(asked.study, asked.measure, seed=asked.seed, known=known)
        self.found: Measured = self.on.measured
        self.limits = tuple(
            Limit(surface(asked.study, one, seed=asked.seed, known=known), *ends) for one, ends in asked.limits.items()
        )
        self.best = self.best_of(len(self.found.outcomes))
        self.band = self._band()

    def _ranges(self) -> list[tuple[float, float]]:
        wide = {one.path: (-np.inf, np.inf) for one in self.on.parameters}
        for name, ends in self.asked.bounds.items():
            one = matched(self.on.parameters, name)
            wide[one.path] = (one.si(ends[0]), one.si(ends[1]))
        return [wide[one.path] for one in self.on.parameters]

    def best_of(self, first: int) -> Outcome | None:
        """The best run of the first so many points that keeps bounds and limits."""
        kept = []
        for one in (each for each in self.found.done if each.number < first):
            inside = all(
                low <= float(one.values[parameter.path]) <= high
                for parameter, (low, high) in zip(self.on.parameters, self._ranges(), strict=True)
            )
            if inside and all(_keeps(limit, one.number) for limit in self.limits):
                kept.append(one)
        sign = -1 if self.asked.largest else 1
        return min(kept, key=lambda one: sign * float(one.value), default=None)  # type: ignore[arg-type]

    def _band(self) -> float:
        value = 0.0 if self.best is None or self.best.value is None else float(self.best.value)
        if self.asked.within is not None:
            return _amount(self.asked.within, value, self.found.unit)
        own = 0.0 if self.best is None or self.best.value is None else self.best.value.uncertainty or 0.0
        known = max(own, _settled(self.asked.study.case, self.found.measure, value), float(self.on.noise))
        return max(known, FLOOR * self.on.spread)

    @property
    def kept(self) -> str:
        """How far the limits are kept."""
        said = [
            f"{one.on.measured.measure} is {one.on.measured.values.min():.4g} to {one.on.measured.values.max():.4g}"
            for one in self.limits
        ]
        return ", ".join(said) or "no point lies inside the bounds"

    def search(self) -> Search:
        """Where to look."""
        paths = [one.path for one in self.on.parameters]
        rows = [[float(one.values[path]) for path in paths] for one in self.found.outcomes]
        failed = [row for row, one in zip(rows, self.found.outcomes, strict=True) if one.value is None]
        least = None if self.best is None or self.best.value is None else float(self.best.value)
        return Search(
            self.on,
            box_of(self.on, self._ranges()),
            self.limits,
            failed=np.array(failed, dtype=float).reshape(len(failed), len(paths)),
            taken=np.array(rows, dtype=float),
            least=least,
            sign=-1.0 if self.asked.largest else 1.0,
            valid=self._valid,
            seed=self.asked.seed,
        )

    def values(self, row: Any) -> dict[str, Any]:
        """A row of parameters as a point of the study; what does not vary is as it is."""
        varied = {one.path: int(x) if one.whole else float(x) for one, x in zip(self.on.parameters, row, strict=True)}
        return {**self.asked.study.designed[0], **varied}

    def _valid(self, row: Any) -> bool:
        try:
            self.asked.study.case.replace(self.values(row))
        except CaseError:
            return False
        return True


def _computed(study: Study, how: Mapping[str, Any]) -> None:
    """Run what is not computed yet, as before or as `how` says, and wait."""
    states = study.states
    if not study.driven and not any(
        states[state] for state in (WAITING, "Stopped", "Paused", "Cancelled", "Lost", *ACTIVE)
    ):
        return
    options = {**record.read(study.path)["options"], "again": False} if (study.path / "study.json").exists() else {}
    if study.driven:
        study.wait()
    study.run(**{**options, **how}).wait()


def _points(study: Study, by: str, number: int) -> tuple[int, ...]:
    """The numbers of the points that a round added."""
    first = len(study.designed)
    return tuple(first + n for n, one in enumerate(added.read(study.path)) if (one.by, one.round) == (by, number))


def _keeps(limit: Limit, number: int) -> bool:
    value = limit.on.measured.outcomes[number].value
    if value is None:
        return False
    above = limit.low is None or float(value) >= limit.low
    return above and (limit.high is None or float(value) <= limit.high)


def _settled(case: Case, measure: str, value: float) -> float:
    """The band that `until` lets a run end in, where it is about this measure."""
    until = getattr(case.solve, "until", None)
    if until is None:
        return 0.0
    for name in until.measures:
        if measure == name or measure.endswith(f".{name}"):
            band, share = until.band(name)
            return float(band * abs(value) if share else band)
    return 0.0


def _amount(within: float | str | None, value: float, unit: str = "") -> float:
    """An amount in the unit of the measure, or a share of the value."""
    if within is None:
        return 0.0
    share = isinstance(within, str) and within.strip().endswith("%")
    amount = si(within, "" if share else unit) if share or unit else si(str(within).split()[0], "")
    if not amount >= 0:
        raise CaseError(f"within: must not be negative (got {within!r})")
    return amount * abs(value) if share else amount

"""The figures of an estimate, one from the other: steps, what a step costs, and all that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flowcfd.foam.check.view import TURBULENCE
from flowcfd.jobs.estimate import disk, known, profiles, rules
from flowcfd.jobs.estimate.estimate import Estimate
from flowcfd.jobs.estimate.figure import Figure
from flowcfd.jobs.estimate.known import Finished
from flowcfd.jobs.estimate.schedule import Schedule
from flowcfd.jobs.estimate.told import Probe

if TYPE_CHECKING:
    from flowcfd.jobs.estimate.make import Work

START = 0.5
"""Wall time [s] that starting the worker and its commands takes."""
BUSY = 1.4
"""Wall over CPU time in the probe from which it is worth a word."""
ELSEWHERE = 1.6
"""By what the cores of another executor may be faster or slower than those of this machine, when nothing is known."""


@dataclass(frozen=True)
class Sum:
    """The figures of an estimate, one from the other."""

    work: Work
    begun: Estimate
    schedule: Schedule
    seen: Probe | None
    notes: tuple[str, ...]

    def total(self) -> Estimate:
        """All figures."""
        steps = self._steps()
        per_step, elsewhere = self._per_step()
        writes = self.schedule.writes(steps, steps.times(per_step))
        cpu, wall = self._times(steps, per_step, writes)
        core_hours = wall.times(self.begun.cores / 3600, "core-h")
        return replace(
            self.begun,
            steady=self.schedule.steady,
            steps=steps,
            memory=self._memory(),
            disk=self._disk(steps, writes),
            cpu=cpu,
            wall=wall,
            core_hours=core_hours,
            price=_price(core_hours, self.work.on),
            per_step=per_step.value,
            notes=(*self.notes, *elsewhere, *self._unseen()),
        )

    @property
    def _cells(self) -> float:
        assert self.begun.cells is not None
        return self.begun.cells.value

    def _like(self, on: str) -> list[Finished]:
        return known.like(self.work.runs, cells=self._cells, model=self._model, on=on)

    @property
    def _model(self) -> str:
        return known.model(self.work.case.text(TURBULENCE))

    def _steps(self) -> Figure:
        seen, schedule = self.seen, self.schedule
        if seen is not None and seen.whole:
            return Figure.exact(len(seen.steps), source=seen.source)
        guess = schedule.steps(seen.steps if seen is not None else ())
        if guess.source.startswith("rule") and schedule.steady:
            target = min(schedule.targets.values(), default=None)
            return known.steps(self._like(self.work.on), self._cells, schedule.limit, self._model, target) or guess
        return guess

    def _per_step(self) -> tuple[Figure, tuple[str, ...]]:
        """CPU time [s] of a step over all ranks together on the executor, and what is to be said of it."""
        here = self._probed()
        there = known.seconds(self._like(self.work.on), self._cells, self._model)
        if here is not None and self.work.on == "local":
            return here, ()
        if here is not None:
            speed = known.speed(known.seconds(self._like("local"), self._cells, self._model), there)
            if speed is not None:
                return here.times(speed), ()
            doubt = Figure.within(1.0, ELSEWHERE, ELSEWHERE)
            return here.times(doubt), (
                f"the cores of {self.work.on!r} are taken to be as fast as those of this machine",
            )
        cost = there or rules.seconds(self.begun.application)
        return cost.times(self._cells, "s").times(self._slower(1)), ()

    def _probed(self) -> Figure | None:
        if self.seen is None:
            return None
        factor = rules.later(self.seen.trend).times(Figure.within(1.0, rules.SHARED, rules.SHARED))
        return factor.times(self.seen.per_step, "s", self.seen.source).times(self._slower(self.seen.ranks))

    def _slower(self, ranks: int) -> Figure:
        """CPU time of all ranks over that on `ranks`, for the same step: what efficiency is lost or gained."""
        cores = self.begun.cores
        if cores == ranks:
            return Figure.exact(1.0)
        runs = self._like(self.work.on)
        measured = known.efficiency(runs, cores) if ranks == 1 else None
        many = measured or rules.efficiency(self._cells, cores)
        one = rules.efficiency(self._cells, ranks).value
        return Figure(one / many.value, one / many.high, one / many.low, source=many.source)

    def _times(self, steps: Figure, per_step: Figure, writes: Figure) -> tuple[Figure, Figure]:
        """CPU and wall time [s] of the whole run."""
        solver, serial = self._parts(steps, per_step, writes)
        wall = solver.times(1 / self.begun.cores).plus(serial.plus(Figure.exact(START)), solver.source)
        if self.seen is not None and self.work.on == "local":
            wall = replace(wall, high=wall.high * self.seen.busy)
        return solver.plus(serial, solver.source), wall

    def _parts(self, steps: Figure, per_step: Figure, writes: Figure) -> tuple[Figure, Figure]:
        """CPU time [s] of the solver on all ranks together, and of all that one core does for itself."""
        seen = self.seen
        if seen is not None and seen.whole and self.begun.cores == seen.ranks and self.work.on == "local":
            whole = Figure.within(max(0.01, seen.cpu - seen.before), 1.25, 1.25, "s", seen.source)
            return whole, Figure.within(max(0.01, seen.before), 1.25, 1.25, "s")
        solver = steps.times(per_step, "s", per_step.source)
        if steps.source != per_step.source and not steps.known:
            solver = replace(solver, source=f"{per_step.source}; {steps.source}")
        if seen is None:
            return solver, Figure.within(2e-5 * self._cells + 0.2, 3.0, 5.0, "s")
        solver = solver.plus(writes.times(Figure.within(seen.per_write, 2.0, 2.0)), solver.source)
        solver = solver.plus(Figure.within(seen.start, 1.3, 1.3), solver.source)
        return solver, Figure.within(seen.before + self._division(seen, writes), 1.2, 1.5)

    def _division(self, seen: Probe, writes: Figure) -> float:
        """CPU time [s] of dividing the case, where the probe did not, and of putting every written time together."""
        if self.begun.cores == 1:
            return 0.0
        once = seen.division or 5e-6 * self._cells + 0.1
        kept = self.schedule.kept(writes).value
        return (0.0 if seen.division else once) + 0.3 * once * kept + 0.1

    def _memory(self) -> Figure:
        cores, seen = self.begun.cores, self.seen
        if seen is None:
            told = known.memory(self._like(self.work.on), self._cells, cores, rules.BASE_MEMORY)
            return told or rules.memory(self._cells, cores)
        more = (cores - seen.ranks) * rules.BASE_MEMORY
        value = max(seen.memory, seen.solver_memory + more)
        return Figure.within(value, 1.1, 1.15 if cores == seen.ranks else 1.4, "byte", seen.source)

    def _disk(self, steps: Figure, writes: Figure) -> Figure:
        seen, kept = self.seen, self.schedule.kept(writes)
        if seen is not None and seen.whole and self.begun.cores == seen.ranks:
            return disk.same(float(seen.sizes.total), seen.source)
        if seen is None or not seen.sizes.time:
            return disk.by_rule(self.work.case, self._cells, steps, kept, self.begun.cores)
        return disk.by_probe(seen, steps, kept, self.begun.cores, disk.form(self.work.case))

    def _unseen(self) -> tuple[str, ...]:
        """What the figures leave out."""
        behind = [step.split()[0] for step in self.work.job.steps[self._solver + 1 :]]
        notes: tuple[str, ...] = (f"without the steps behind the solver: {', '.join(behind)}",) if behind else ()
        if self.seen is not None and self.seen.busy > BUSY and self.work.on == "local":
            slow = f"a CPU second took {self.seen.busy:.1f} s"
            notes += (f"this machine is busy: in the probe {slow}; the wall time expected is for free cores",)
        return notes

    @property
    def _solver(self) -> int:
        names = [step.split()[0] for step in self.work.job.steps]
        return names.index(self.begun.application) if self.begun.application in names else len(names)


def _price(core_hours: Figure, on: str) -> Figure | None:
    rate = profiles.price(on)
    return None if rate is None else core_hours.times(rate, "price", f"{rate:g} per core-hour of {on!r}")

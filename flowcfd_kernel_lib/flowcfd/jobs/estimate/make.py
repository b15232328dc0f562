"""`estimate`: what a computation takes. A probe tells most, finished runs the next best, rules the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check.view import TURBULENCE, CaseView
from flowcfd.jobs import slots
from flowcfd.jobs.estimate import disk, known, rules
from flowcfd.jobs.estimate import schedule as clock
from flowcfd.jobs.estimate.estimate import Estimate
from flowcfd.jobs.estimate.figure import Figure
from flowcfd.jobs.estimate.known import Finished
from flowcfd.jobs.estimate.probe import PATIENCE, NoProbe, Probe, probe
from flowcfd.jobs.estimate.schedule import Schedule
from flowcfd.jobs.executors import executors
from flowcfd.jobs.record import Job

if TYPE_CHECKING:
    from flowcfd.case import Case, Settled
    from flowcfd.cluster.resources import Resources

START = 0.5
"""Wall time [s] that starting the worker and its commands takes."""
ELSEWHERE = 1.6
"""By what the cores of another executor may be faster or slower than those of this machine, when nothing is known."""


def estimate(
    target: Case | CaseFiles | str | Path,
    *,
    on: str = "local",
    cores: int | None = None,
    probe: bool = True,
    patience: float = PATIENCE,
    method: str = "hierarchical",
    until: Settled | None = None,
    resources: Resources | Mapping[str, object] | None = None,
    allow_code: bool = False,
) -> Estimate:
    """What a computation would take: cells, steps, memory, disk, time, core-hours and price, with bands and sources.

    `on` and the rest as in `run`; `cores` are proposed from the cell count when not given. `probe` computes the first
    steps of the real case on this machine, mesh included, in a folder that is removed again; all of that may take
    `patience` [s]. Without it finished runs of the same solver and rules must do. Nothing is kept and no run begun.

    An Estimate whose `known` is false says why nothing can be told. Raises as `run` does for what cannot be run.
    """
    from flowcfd.jobs import job as made
    from flowcfd.jobs import submit

    executors.get(on, where="on").require(_checked(cores), _resources(resources))
    if until is not None and not isinstance(target, CaseFiles | str | Path):
        target = target.replace(solve=target.solve.model_copy(update={"until": until}))
    files, rendered = submit.resolve(target)
    submit.refuse(files, allow_code)
    if _regions(files):
        return _no_regions(files, on, cores)
    job = made.job(files, made.plain(files.name), on, cores or 1, method, rendered=rendered is not None)
    settles = until is not None or submit.until_of(target) is not None
    return of_job(job, files, settles=settles, cores=cores, probing=probe, patience=patience)


def of_job(
    job: Job,
    files: CaseFiles,
    *,
    settles: bool,
    cores: int | None = 0,
    probing: bool = True,
    patience: float = PATIENCE,
) -> Estimate:
    """As `estimate`, for a job that is about to be submitted; `cores` are the job's own unless said otherwise."""
    if _regions(files):
        return _no_regions(files, job.executor, job.cores)
    runs = tuple(known.finished(job.application))
    wanted = job.cores if cores == 0 else cores
    work = _Work(job, CaseView(files), job.executor, wanted, _most(job.executor), settles, runs)
    return work.done(probing=probing, patience=patience)


def _checked(cores: object) -> int:
    if cores is None:
        return 1
    if isinstance(cores, bool) or not isinstance(cores, int) or cores < 1:
        raise CaseError(f"cores: must be a whole number of at least 1 (got {cores!r})")
    return cores


def _resources(given: Resources | Mapping[str, object] | None) -> Resources | None:
    if not given:
        return None
    from flowcfd.cluster.resources import Resources

    return given if isinstance(given, Resources) else Resources.model_validate(dict(given))


def _regions(files: CaseFiles) -> bool:
    return any(path.startswith("constant/regionProperties") for path in files) and not files.steps


def _no_regions(files: CaseFiles, on: str, cores: int | None) -> Estimate:
    why = "a case with several regions needs its steps: fc.adopt(..., steps=[...])"
    return Estimate(files.name, CaseView(files).application, on, cores or 1, why=why)


@dataclass(frozen=True)
class _Work:
    """An estimate in the making."""

    job: Job
    case: CaseView
    on: str
    cores: int | None
    most: int | None
    settles: bool
    runs: tuple[Finished, ...]

    def done(self, *, probing: bool, patience: float) -> Estimate:
        """The estimate."""
        seen, why_not, broken = None, "", False
        if probing:
            try:
                seen = self._probe(patience)
            except NoProbe as reason:
                why_not, broken = str(reason), reason.broken
            except SiteError as error:
                why_not = str(error)
        cells = self._cells(seen)
        chosen = self.cores or (rules.proposed(cells.value, self.most) if cells is not None else 1)
        begun = Estimate(
            self.case.files.name,
            self.job.application,
            self.on,
            chosen,
            self.case.steady,
            rules.proposed(cells.value, self.most) if cells is not None else None,
            cells,
        )
        try:
            schedule = clock.schedule(self.case, settles=self.settles)
        except CaseError as error:
            return replace(begun, why=str(error))
        if broken or cells is None:
            return replace(
                begun, why=why_not or "the number of cells is not known before the mesh is made: it needs a probe"
            )
        notes: tuple[str, ...] = (f"no probe: {why_not}",) if why_not else ()
        notes += (f"computed already: {there}, which `run` gives back",) if (there := self._there()) else ()
        return _Sum(self, begun, schedule, seen, notes).total()

    def _there(self) -> str:
        """The name of a run of this executor's that computes the same; empty where there is none."""
        if self.cores is None:
            return ""
        digest = self.job.digest[:12]
        return next((path.parent.name for path in self.job.path.parent.glob(f"[!.]*-{digest}/job.json")), "")

    def _probe(self, patience: float) -> Probe:
        """On as many ranks as are wanted, where this machine has the cores; else on one."""
        cells = self.case.mesh.cells if self.case.mesh is not None else None
        wanted = self.cores or (rules.proposed(cells, self.most) if cells is not None else 1)
        ranks = wanted if wanted <= slots.machine() else 1
        return probe(
            replace(self.job, cores=ranks, method=self.job.method or "hierarchical"), self.case.files, patience=patience
        )

    def _cells(self, seen: Probe | None) -> Figure | None:
        if seen is not None and seen.cells is not None:
            return Figure.exact(
                seen.cells, source="the mesh made in the probe" if not _meshed(self.case) else "its mesh"
            )
        if self.case.mesh is None:
            return None
        return Figure.exact(self.case.mesh.cells, source="its mesh" if _meshed(self.case) else "blockMeshDict")


@dataclass(frozen=True)
class _Sum:
    """The figures of an estimate, one from the other."""

    work: _Work
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
        model = known.model(self.work.case.text(TURBULENCE))
        return known.like(self.work.runs, cells=self._cells, model=model, on=on)

    def _steps(self) -> Figure:
        seen, schedule = self.seen, self.schedule
        if seen is not None and seen.whole:
            return Figure.exact(len(seen.steps), source=seen.source)
        guess = schedule.steps(seen.steps if seen is not None else ())
        if guess.source.startswith("rule") and schedule.steady:
            return known.steps(self._like(self.work.on), self._cells, schedule.limit) or guess
        return guess

    def _per_step(self) -> tuple[Figure, tuple[str, ...]]:
        """CPU time [s] of a step over all ranks together on the executor, and what is to be said of it."""
        here = self._probed()
        there = known.seconds(self._like(self.work.on), self._cells)
        if here is not None and self.work.on == "local":
            return here, ()
        if here is not None:
            speed = known.speed(known.seconds(self._like("local"), self._cells), there)
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
        later, least, most = rules.LATER
        factor = Figure(later, least, most).times(Figure.within(1.0, rules.SHARED, rules.SHARED))
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
            return Figure.within(seen.sizes.total, 1.02, 1.02, "byte", seen.source)
        if seen is None or not seen.sizes.time:
            return disk.by_rule(self.work.case, self._cells, steps, kept, self.begun.cores)
        compressed = disk.form(self.work.case).compressed
        return disk.by_probe(seen, steps, kept, self.begun.cores, compressed=compressed)

    def _unseen(self) -> tuple[str, ...]:
        """What the figures leave out."""
        behind = [step.split()[0] for step in self.work.job.steps[self._solver + 1 :]]
        return (f"without the steps behind the solver: {', '.join(behind)}",) if behind else ()

    @property
    def _solver(self) -> int:
        names = [step.split()[0] for step in self.work.job.steps]
        return names.index(self.begun.application) if self.begun.application in names else len(names)


def _price(core_hours: Figure, on: str) -> Figure | None:
    rate = price_of(on)
    return None if rate is None else core_hours.times(rate, "price", f"{rate:g} per core-hour of {on!r}")


def price_of(on: str) -> float | None:
    """The price of one core for one hour; None where the executor has no profile that says it."""
    profile = getattr(executors.get(on, where="on"), "profile", None)
    price: float | None = getattr(profile, "price", None)
    return price


def _most(on: str) -> int | None:
    """The most cores that a job may have there; None when it is not limited."""
    if on == "local":
        return slots.machine()
    profile = getattr(executors.get(on, where="on"), "profile", None)
    most: int | None = getattr(profile, "most_cores", None)
    return most


def _meshed(case: CaseView) -> bool:
    return any(path.startswith("constant/polyMesh/points") for path in case.files)

"""`estimate`: what a computation takes. A probe tells most, finished runs the next best, rules the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check.view import CaseView
from flowcfd.given import whole
from flowcfd.jobs import slots
from flowcfd.jobs.estimate import known, profiles, rules
from flowcfd.jobs.estimate import schedule as clock
from flowcfd.jobs.estimate.estimate import Estimate
from flowcfd.jobs.estimate.figure import Figure
from flowcfd.jobs.estimate.known import Finished
from flowcfd.jobs.estimate.probe import PATIENCE, probe
from flowcfd.jobs.estimate.told import NoProbe, Probe
from flowcfd.jobs.estimate.total import Sum
from flowcfd.jobs.executors import executors
from flowcfd.jobs.record import Job

if TYPE_CHECKING:
    from flowcfd.case import Case, Settled
    from flowcfd.cluster.resources import Resources


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
    work = Work(job, CaseView(files), job.executor, wanted, profiles.most_cores(job.executor), settles, runs)
    return work.done(probing=probing, patience=patience)


def _checked(cores: object) -> int:
    return 1 if cores is None else whole(cores, "cores", 1)


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
class Work:
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
        return Sum(self, begun, schedule, seen, notes).total()

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


def _meshed(case: CaseView) -> bool:
    return any(path.startswith("constant/polyMesh/points") for path in case.files)

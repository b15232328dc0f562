"""`run`: from a case to a run directory that a worker computes. Everything is checked before anything is written."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, CheckFailed, NotEnoughSpace, SiteError, UnknownName
from flowcfd.foam import code
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.readable import unreadable
from flowcfd.given import whole
from flowcfd.jobs import job as made
from flowcfd.jobs import lock, record, space, stages
from flowcfd.jobs import warm as warming
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import Job

if TYPE_CHECKING:
    from flowcfd.case import Case, Settled
    from flowcfd.cluster.resources import Resources
    from flowcfd.jobs.estimate.budget import Budget

SWITCHES = {"OptimisationSwitches.fileModificationSkew": 0, "OptimisationSwitches.stopAtWriteNowSignal": 12}
"""Entries of the run copy's controlDict: a solver sees changes at once, and writes and ends on SIGUSR2 (12)."""

_LEFT = {".new": 60.0, ".restore": 24 * 3600.0, ".gone": 0.0}
"""After so long [s] a folder that begins like that was left behind: a large run takes hours to be restored."""

WALLTIME = 24 * 3600.0
"""The longest time [s] of a turn where nobody says more."""


def run(
    target: Case | CaseFiles | str | Path,
    *,
    on: str = "local",
    cores: int = 1,
    method: str = "hierarchical",
    mesh_cores: int | None = None,
    name: str | None = None,
    until: Settled | None = None,
    allow_code: bool = False,
    resources: Resources | Mapping[str, object] | None = None,
    walltime: float | str | None = "",
    retries: int = 3,
    budget: float | str | None = None,
    warm: Run | None = None,
    start: bool = True,
    wait: bool = False,
) -> Run:
    """Compute a case and return its handle at once; an equal case returns the run that it has already.

    Whatever became of that run: a failed one is done again by `retry`, a stopped, paused or lost one by `resume`.

    `target` is a Case, CaseFiles, or the directory of an OpenFOAM case; `on` names an executor; `cores` is the number
    of MPI ranks, `method` how the mesh is divided among them, `mesh_cores` on how many of them snappyHexMesh works (by
    the size of the mesh where it is not said). `name` is the first part of the run directory's name;
    without it a run of any name that computes the same is taken. `until` ends the solver when measures have settled
    that the case records; of a Case it is the solve's. `resources` is what a cluster is asked for apart from the cores.
    `walltime` is the longest time of one turn with its cores ("2 h", [s]; None: no limit), 24 h where neither this nor
    the resources nor a profile say more: then the solver writes its fields and ends, the run is Stopped, and `resume`
    goes on; `resources.max_restarts` gives it more turns by itself. `retries` is how often it is tried again, after
    growing pauses, when the site failed and not the case. `budget` is what it may be expected to cost, "20 core-hours"
    or a number in the unit of the profile's price, by `fc.estimate` with a short probe. `warm` is a finished run whose
    fields a steady one starts from; it is another run than the cold one, which is taken where it is done already.
    Without `start` it is only written, for `Run.start`. `wait` waits for the end.

    Raises CaseError (UnknownName, CheckFailed) for a case that cannot be run, CheckFailed for one that would compile or
    run programs unless `allow_code`, SiteError for a machine that cannot run it; then nothing is written.
    """
    cores = whole(cores, "cores", 1)
    asked, launcher, limit = _asked(on, cores, resources, walltime)
    _check_retries(retries)
    most = _budget(budget)
    if method not in stages.METHODS:
        raise UnknownName("decomposition method", method, stages.METHODS, where="method")
    if until is not None and (replaced := _with_until(target, until)) is not None:
        target, until = replaced, None
    files, case_json = resolve(target)
    refuse(files, allow_code)
    settling = made.settling(files, until or until_of(target))
    called, rendered = name or made.plain(files.name), case_json is not None
    job = made.job(files, called, on, cores, method, settling, rendered=rendered, mesh_cores=mesh_cores)
    job = replace(job, resources=asked, launcher=launcher, walltime=limit, retries=retries)
    found = _existing(job, any_name=name is None)
    if warm is not None and (found is None or Run(found).state != "Done"):
        job = warming.warmed(job, files, warm)
        found = _existing(job, any_name=name is None)
    if most is not None and found is None:
        _hold(most, files, job, settles=settling is not None)
    handle = Run(found) if found is not None else _submit(job, files, case_json, start=start)
    if start and handle.record.uid != job.uid:  # it was there already, and who wrote it may not have come to this
        handle.start()
    if wait:
        handle.wait()
    return handle


def only_meshed(
    files: CaseFiles,
    case_json: str | None,
    *,
    on: str,
    cores: int,
    mesh_cores: int | None,
    name: str | None,
    allow_code: bool,
    resources: Resources | Mapping[str, object] | None,
    walltime: float | str | None,
    retries: int,
    start: bool,
    wait: bool,
) -> Run:
    """The run that makes the mesh of these files, whose steps do nothing else; see `flowcfd.mesh`."""
    cores = whole(cores, "cores", 1)
    asked, launcher, limit = _asked(on, cores, resources, walltime)
    _check_retries(retries)
    refuse(files, allow_code)
    called, rendered = name or made.plain(files.name), case_json is not None
    job = made.job(
        files, called, on, cores, "hierarchical", rendered=rendered, mesh_cores=mesh_cores, mesh_only=True
    )  # fmt: skip
    job = replace(job, resources=asked, launcher=launcher, walltime=limit, retries=retries)
    found = _existing(job, any_name=name is None)
    handle = Run(found) if found is not None else _submit(job, files, case_json, start=start)
    if start and handle.record.uid != job.uid:
        handle.start()
    if wait:
        handle.wait()
    return handle


def preview(
    target: Run | Case | CaseFiles | str | Path,
    *,
    on: str = "local",
    cores: int = 1,
    method: str = "hierarchical",
    resources: Resources | Mapping[str, object] | None = None,
) -> str:
    """The command or batch script with which a run was, or a case would be, started; nothing is written.

    Raises as `run` does.
    """
    if isinstance(target, Run):
        return executors.get(target.record.executor).script(target.record)
    cores = whole(cores, "cores", 1)
    asked, launcher, _ = _asked(on, cores, resources)
    files, _ = resolve(target)
    rendered = not isinstance(target, (CaseFiles, str, Path))
    job = made.job(files, made.plain(files.name), on, cores, method, None, rendered=rendered)
    return executors.get(on).script(replace(job, resources=asked, launcher=launcher))


def _budget(given: float | str | None) -> Budget | None:
    if given is None:
        return None
    from flowcfd.jobs.estimate.budget import Budget  # for who asks for it only

    return Budget.of(given)


def _hold(budget: Budget, files: CaseFiles, job: Job, *, settles: bool) -> None:
    """CaseError when the job is expected to cost more than the budget."""
    from flowcfd.jobs.estimate.budget import hold
    from flowcfd.jobs.estimate.make import of_job

    hold(of_job(job, files, settles=settles), budget)


def _check_retries(retries: object) -> None:
    if isinstance(retries, bool) or not isinstance(retries, int) or not 0 <= retries <= 100:
        raise CaseError(f"retries: must be a whole number from 0 to 100 (got {retries!r})")


def _asked(
    on: str, cores: int, resources: Resources | Mapping[str, object] | None, walltime: float | str | None = ""
) -> tuple[Mapping[str, Any], str, float | None]:
    """What is asked of the executor, how it starts ranks, and the longest time [s] of a turn (None: no limit).

    CaseError when it would never run that.
    """
    executor = executors.get(on, where="on")
    usual = getattr(getattr(executor, "profile", None), "resources", None)
    if not resources and walltime == "":
        executor.require(cores, None)
        return {}, executor.launcher, _limit(WALLTIME if usual is None else usual.seconds)
    from flowcfd.cluster.resources import Resources  # brings pydantic, which an adopted case does without

    wanted = resources if isinstance(resources, Resources) else Resources.model_validate(dict(resources or {}))
    if walltime != "":
        only = Resources.model_validate({"walltime": "none" if walltime is None else walltime})
        wanted = wanted.model_copy(update={"walltime": only.walltime})
    executor.require(cores, wanted)
    limit = (wanted if usual is None else wanted.over(usual)).seconds
    return wanted.model_dump(mode="json", exclude_defaults=True), executor.launcher, _limit(limit)


def _limit(seconds: float) -> float | None:
    return seconds if seconds < math.inf else None


def _with_until(target: Case | CaseFiles | str | Path, until: Settled) -> Case | None:
    """A Case whose solve has this `until`; None for what is no Case."""
    from flowcfd.case import Case, Settled

    if not isinstance(until, Settled):
        raise CaseError(f"until: must be a Settled, such as Settled('Cd', within='0.5 %') (got {until!r})")
    return target.replace(solve=target.solve.model_copy(update={"until": until})) if isinstance(target, Case) else None


def until_of(target: Case | CaseFiles | str | Path) -> Settled | None:
    """What the solve of a Case says; None for what is no Case."""
    if isinstance(target, (CaseFiles, str, Path)):
        return None
    until: Settled | None = getattr(target.solve, "until", None)
    return until


def resolve(target: Case | CaseFiles | str | Path) -> tuple[CaseFiles, str | None]:
    """The files to compute, and the JSON of the Case they were rendered from."""
    if isinstance(target, CaseFiles):
        return target, None
    if isinstance(target, (str, Path)):
        return adopt(target), None
    from flowcfd.case import Case
    from flowcfd.foam.render import render

    if not isinstance(target, Case):
        raise CaseError(f"target: must be a Case, CaseFiles or the path of a case (got {type(target).__name__})")
    return render(target), target.to_json()


def prepared(files: CaseFiles) -> CaseFiles:
    """The files as they go into the run directory: with the switches that let it be stopped with fields written."""
    return files.edited("system/controlDict", SWITCHES)


def refuse(files: CaseFiles, allow_code: bool) -> None:
    """CheckFailed for files that cannot be read, and for those that would run code which nobody allowed."""
    problems = [*unreadable(files), *(str(place) for place in code.escapes(files))]
    if not allow_code:
        problems += [f"{place}; allow_code=True (--allow-code) permits it" for place in code.directives(files)]
    if problems:
        raise CheckFailed(problems)


def _existing(job: Job, *, any_name: bool) -> Path | None:
    """The run directory of an equal job."""
    if (job.path / "job.json").exists():
        return job.path
    if not any_name:
        return None
    others = sorted(job.path.parent.glob(f"[!.]*-{job.digest[:12]}/job.json"))
    return others[0].parent if others else None


def _submit(job: Job, files: CaseFiles, case_json: str | None, *, start: bool) -> Run:
    """Write the run directory, and start it; NotEnoughSpace or SiteError when it cannot be written."""
    try:
        return _written(job, files, case_json, start=start)
    except OSError as error:
        place = error.filename or job.path.parent
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NotEnoughSpace(f"{place}: no space left on device") from error
        raise SiteError(f"{place}: {error.strerror or error}; runs are kept under FLOWCFD_HOME") from error


def _written(job: Job, files: CaseFiles, case_json: str | None, *, start: bool) -> Run:
    """Write the run directory beside its place, rename it, start it; who comes second gets the first one's."""
    runs = job.path.parent
    runs.mkdir(parents=True, exist_ok=True)
    _sweep(runs)
    space.require(runs, sum(_size(content) for content in files.files.values()))
    part = runs / f".new-{job.uid}"
    part.mkdir()
    descriptor = lock.acquire(part / "lock")
    assert descriptor is not None
    try:
        prepared(files).write(part / "case", durable=True)
        if case_json is not None:
            (part / "case.json").write_text(case_json)
        if job.warm:
            warming.put(job, runs / job.warm["from"], part / "case")
        record.write_job(job, part)
        try:
            part.rename(job.path)
        except OSError:
            if not (job.path / "job.json").exists():
                raise
            return Run(job.path)
        handle = Run(job.path)
        if start:
            handle.start(locked=True)
        return handle
    finally:
        os.close(descriptor)
        shutil.rmtree(part, ignore_errors=True)


def _sweep(runs: Path) -> None:
    """Remove what submitters and archivers that were killed left behind; a living submitter holds its lock."""
    for part in [*runs.glob(".new-*"), *runs.glob(".restore-*"), *runs.glob(".gone-*")]:
        with contextlib.suppress(FileNotFoundError):  # another is at it
            age = time.time() - part.stat().st_mtime
            if age > _LEFT[part.name.partition("-")[0]] and not lock.taken(part / "lock"):
                shutil.rmtree(part, ignore_errors=True)


def _size(content: str | Blob) -> int:
    return content.size if isinstance(content, Blob) else len(content)

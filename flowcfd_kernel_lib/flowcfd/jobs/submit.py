"""`run`: from a case to a run directory that a worker computes. Everything is checked before anything is written."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, CheckFailed, NotEnoughSpace, SiteError, UnknownName
from flowcfd.foam import code, dictionary, install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.readable import unreadable
from flowcfd.foam.steps import BY_FILE
from flowcfd.foam.steps import steps as steps_of
from flowcfd.jobs import lock, record, space, stages
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import Job
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.case import Case, Settled
    from flowcfd.cluster.resources import Resources

SWITCHES = {"OptimisationSwitches.fileModificationSkew": 0, "OptimisationSwitches.stopAtWriteNowSignal": 12}
"""Entries of the run copy's controlDict: a solver sees changes at once, and writes and ends on SIGUSR2 (12)."""

_ASKED_FOR = stages.OWN | stages.MESH_ONLY | {step.split()[0] for _, step in BY_FILE}
"""Applications that no user has to spell."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


def run(
    target: Case | CaseFiles | str | Path,
    *,
    on: str = "local",
    cores: int = 1,
    method: str = "hierarchical",
    name: str | None = None,
    until: Settled | None = None,
    allow_code: bool = False,
    resources: Resources | Mapping[str, object] | None = None,
    wait: bool = False,
) -> Run:
    """Compute a case and return its handle at once; an equal case returns the run that it has already.

    Whatever became of that run: a failed one is done again by `retry`, a stopped, paused or lost one by `resume`.

    `target` is a Case, CaseFiles, or the directory of an OpenFOAM case; `on` names an executor; `cores` is the number
    of MPI ranks, `method` how the mesh is divided among them. `name` is the first part of the run directory's name;
    without it a run of any name that computes the same is taken. `until` ends the solver when measures have settled
    that the case records; of a Case it is the solve's. `resources` is what a cluster is asked for apart from the cores.
    `wait` waits for the end.

    Raises CaseError (UnknownName, CheckFailed) for a case that cannot be run, CheckFailed for one that would compile or
    run programs unless `allow_code`, SiteError for a machine that cannot run it; then nothing is written.
    """
    _check_cores(cores)
    asked, launcher = _asked(on, cores, resources)
    if method not in stages.METHODS:
        raise UnknownName("decomposition method", method, stages.METHODS, where="method")
    if until is not None and (replaced := _with_until(target, until)) is not None:
        target, until = replaced, None
    files, case_json = resolve(target)
    _refuse(files, allow_code)
    settling = _settling(files, until or _until(target))
    job = _job(files, name or _plain(files.name), on, cores, method, settling, rendered=case_json is not None)
    job = replace(job, resources=asked, launcher=launcher)
    found = _existing(job, any_name=name is None)
    handle = Run(found) if found is not None else _submit(job, files, case_json)
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
    _check_cores(cores)
    asked, launcher = _asked(on, cores, resources)
    files, _ = resolve(target)
    rendered = not isinstance(target, (CaseFiles, str, Path))
    job = _job(files, _plain(files.name), on, cores, method, None, rendered=rendered)
    return executors.get(on).script(replace(job, resources=asked, launcher=launcher))


def _check_cores(cores: object) -> None:
    if isinstance(cores, bool) or not isinstance(cores, int) or cores < 1:
        raise CaseError(f"cores: must be a whole number of at least 1 (got {cores!r})")


def _asked(on: str, cores: int, resources: Resources | Mapping[str, object] | None) -> tuple[Mapping[str, Any], str]:
    """What is asked of the executor, and how it starts ranks; CaseError when it would never run that."""
    executor = executors.get(on, where="on")
    if not resources:
        executor.require(cores, None)
        return {}, executor.launcher
    from flowcfd.cluster.resources import Resources  # brings pydantic, which an adopted case does without

    wanted = resources if isinstance(resources, Resources) else Resources.model_validate(dict(resources))
    executor.require(cores, wanted)
    return wanted.model_dump(mode="json", exclude_defaults=True), executor.launcher


def _with_until(target: Case | CaseFiles | str | Path, until: Settled) -> Case | None:
    """A Case whose solve has this `until`; None for what is no Case."""
    from flowcfd.case import Case, Settled

    if not isinstance(until, Settled):
        raise CaseError(f"until: must be a Settled, such as Settled('Cd', within='0.5 %') (got {until!r})")
    return target.replace(solve=target.solve.model_copy(update={"until": until})) if isinstance(target, Case) else None


def _until(target: Case | CaseFiles | str | Path) -> Settled | None:
    """What the solve of a Case says; None for what is no Case."""
    if isinstance(target, (CaseFiles, str, Path)):
        return None
    until: Settled | None = getattr(target.solve, "until", None)
    return until


def _settling(files: CaseFiles, until: Settled | None) -> dict[str, object] | None:
    """`until` as the job holds it: with the places where its measures will be written.

    Raises UnknownName, which lists the measures that the case records, and CaseError for one that comes too seldom.
    """
    if until is None:
        return None
    from flowcfd.case.measure import unit
    from flowcfd.case.settled import LEAST
    from flowcfd.foam import measures

    found = []
    for name in until.measures:
        whole, written = measures.measure(files, name, where="until")
        samples = -(-until.over // written.every) if written.every is not None else until.over
        if samples < LEAST:
            few = f"{until.over} are {samples} samples of {whole} (every {written.every})"
            raise CaseError(f"until: over: {few}; at least {LEAST} samples are needed")
        within, relative = until.band(name) or (0.0, True)
        place = {"name": name, "source": written.source.to_json(), "samples": samples}
        shown = unit(whole.rpartition(".")[2]) or ""
        found.append({**place, "within": within, "relative": relative, "unit": shown})
    rest = {"over": until.over, "after": until.after, "mean": until.mean, "confidence": until.confidence}
    return {"steady": measures.steady(files), **rest, "measures": found}


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


def _refuse(files: CaseFiles, allow_code: bool) -> None:
    problems = [*unreadable(files), *(str(place) for place in code.escapes(files))]
    if not allow_code:
        problems += [f"{place}; allow_code=True (--allow-code) permits it" for place in code.directives(files)]
    if problems:
        raise CheckFailed(problems)


def _job(
    files: CaseFiles,
    name: str,
    on: str,
    cores: int,
    method: str,
    until: dict[str, object] | None = None,
    *,
    rendered: bool,
) -> Job:
    """The record of the job, its path included; everything that it names exists. `rendered`: from a Case."""
    if not _NAME.match(name):
        raise CaseError(f"name: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with a letter or digit (got {name!r})")
    if "system/controlDict" not in files:
        raise CaseError(f"{files.name}: not an OpenFOAM case, system/controlDict is missing")
    control = dictionary.parse(files.text("system/controlDict"), path="system/controlDict")
    steps = steps_of(files)
    application = _solver(str(control.get("application", "")), steps)
    installation = install.find()
    digest = _digest(files, cores, method, until)
    path = settings().runs / f"{name}-{digest[:12]}"
    planned = stages.plan(steps, application, cores=cores, method=method)
    for command in (command for stage in planned for command in stage.commands):
        _installed(command, installation, files, rendered=rendered)
        _stays_inside(command)
    if cores > 1:
        _require_mpirun(installation, path, cores)
    return Job(
        path=path,
        uid=uuid.uuid4().hex,
        name=name,
        digest=digest,
        cores=cores,
        method=method if cores > 1 else "",
        executor=on,
        steps=tuple(steps),
        application=application,
        created=time.time(),
        start=_number(control.get("startTime", 0)),
        end=_number(control.get("endTime")),
        openfoam=installation.version,
        until=until,
        rolling=cores == 1 and _writes_at_its_end_only(control),
    )


def _writes_at_its_end_only(control: dictionary.Tree) -> bool:
    """Whether no fields are written before the end [steps or s, by writeControl], and none are thrown away."""
    start, end, step = (_number(control.get(name)) for name in ("startTime", "endTime", "deltaT"))
    interval, kind = _number(control.get("writeInterval")), str(control.get("writeControl", "timeStep"))
    if None in (end, step, interval) or kind not in ("timeStep", "runTime", "adjustableRunTime"):
        return False
    length = interval * step if kind == "timeStep" else interval  # type: ignore[operator]
    return _number(control.get("purgeWrite", 0)) == 0 and length >= 0.999999 * (end - (start or 0.0))  # type: ignore[operator]


def _installed(
    command: stages.Command, installation: install.Installation, files: CaseFiles, *, rendered: bool
) -> None:
    """Raise UnknownName for an application that the case names, SiteError for one that FlowCFD itself asks for."""
    name = command.application
    known = installation.applications()
    if name not in known and name not in _ASKED_FOR and not rendered:
        raise UnknownName("application", name, known, where="steps" if files.steps else "system/controlDict")
    installation.application(name)


def _require_mpirun(installation: install.Installation, case: Path, cores: int) -> None:
    """SiteError unless mpirun is where the worker will look for it: an installation may bring its own."""
    path = installation.environment(case=case, cores=cores).get("PATH")
    if shutil.which("mpirun", path=path) is None:
        raise SiteError("mpirun is not installed; install it: apt-get install openmpi-bin   (as root)")


def _stays_inside(command: stages.Command) -> None:
    for argument in command.arguments:
        if argument.startswith(("/", "~")) or ".." in Path(argument).parts:
            raise CaseError(f"steps: {command.text!r}: {argument} must be a path inside the case")


def _digest(files: CaseFiles, cores: int, method: str, until: dict[str, object] | None = None) -> str:
    """What makes two computations equal: files and steps, how it is divided among ranks, and what ends it early."""
    division = f"{cores} {method}" if cores > 1 else "1"
    early = f" {json.dumps(until, sort_keys=True)}" if until is not None else ""
    return hashlib.sha256(f"{files.digest} {division}{early}".encode()).hexdigest()


def _solver(application: str, steps: tuple[str, ...]) -> str:
    """The solver among the steps: what controlDict names, else the last that is called like one."""
    names = [step.split()[0] for step in steps if "-postProcess" not in step.split()]
    if application in names:
        return application
    return next((name for name in reversed(names) if name.endswith("Foam") and name != "potentialFoam"), application)


def _existing(job: Job, *, any_name: bool) -> Path | None:
    """The run directory of an equal job."""
    if (job.path / "job.json").exists():
        return job.path
    if not any_name:
        return None
    others = sorted(job.path.parent.glob(f"[!.]*-{job.digest[:12]}/job.json"))
    return others[0].parent if others else None


def _submit(job: Job, files: CaseFiles, case_json: str | None) -> Run:
    """Write the run directory, which is then started; NotEnoughSpace or SiteError when it cannot be written."""
    try:
        return _written(job, files, case_json)
    except OSError as error:
        place = error.filename or job.path.parent
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NotEnoughSpace(f"{place}: no space left on device") from error
        raise SiteError(f"{place}: {error.strerror or error}; runs are kept under FLOWCFD_HOME") from error


def _written(job: Job, files: CaseFiles, case_json: str | None) -> Run:
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
        record.write_job(job, part)
        try:
            part.rename(job.path)
        except OSError:
            if not (job.path / "job.json").exists():
                raise
            return Run(job.path)
        handle = Run(job.path)
        handle.start(locked=True)
        return handle
    finally:
        os.close(descriptor)
        shutil.rmtree(part, ignore_errors=True)


def _sweep(runs: Path) -> None:
    """Remove what submitters that were killed left behind; a living one holds its lock."""
    for part in runs.glob(".new-*"):
        if time.time() - part.stat().st_mtime > 60 and not lock.taken(part / "lock"):
            shutil.rmtree(part, ignore_errors=True)


def _plain(name: str) -> str:
    """A folder's name as the name of a run."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._")[:64]
    return plain or "case"


def _size(content: str | Blob) -> int:
    return content.size if isinstance(content, Blob) else len(content)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

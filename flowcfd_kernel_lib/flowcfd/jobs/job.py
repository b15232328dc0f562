"""Which Job some CaseFiles become: everything that it names exists, and its digest says what it computes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.foam import dictionary, install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.steps import BY_FILE
from flowcfd.foam.steps import steps as steps_of
from flowcfd.jobs import meshkey, process, stages
from flowcfd.jobs.meshranks import ranks
from flowcfd.jobs.record import Job
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.case import Settled

_ASKED_FOR = stages.OWN | stages.MESH_ONLY | {step.split()[0] for _, step in BY_FILE}
"""Applications that no user has to spell."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


def job(
    files: CaseFiles,
    name: str,
    on: str,
    cores: int,
    method: str,
    until: dict[str, object] | None = None,
    *,
    rendered: bool,
    mesh_cores: int | None = None,
    mesh_only: bool = False,
) -> Job:
    """The record of the job, its path included; everything that it names exists. `rendered`: from a Case.

    `mesh_cores` are the ranks that its mesh is made on, None: by rule; `mesh_only`: nothing is solved.
    """
    if not _NAME.match(name):
        raise CaseError(f"name: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with a letter or digit (got {name!r})")
    if "system/controlDict" not in files:
        raise CaseError(f"{files.name}: not an OpenFOAM case, system/controlDict is missing")
    control = dictionary.parse(files.text("system/controlDict"), path="system/controlDict")
    steps = steps_of(files)
    application = stages.MESH if mesh_only else _solver(str(control.get("application", "")), steps)
    meshing = ranks(files, steps, cores, mesh_cores)
    installation = install.find()
    digest = _digest(files, cores, method, until, meshing=meshing, mesh_only=mesh_only)
    path = settings().runs / f"{name}-{digest[:12]}"
    _require_readable(path)
    planned = stages.plan(steps, application, cores=cores, method=method, mesh_cores=meshing)
    for command in (command for stage in planned for command in stage.commands):
        _installed(command, installation, files, rendered=rendered)
        _stays_inside(command)
    if cores > 1:
        _require_mpirun(installation, path, cores)
    making = planned[0].commands if planned and planned[0].name == "mesh" else ()
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
        rolling=cores == 1 and not mesh_only and _writes_at_its_end_only(control),
        user=process.user(),
        project=settings().project,
        mesh=meshkey.key(files, making, installation.version),
        mesh_cores=meshing,
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


def _require_readable(path: Path) -> None:
    """SiteError for a folder below which OpenFOAM reads no file: it takes such letters out of every path."""
    if any(letter.isspace() or letter in "\"'" for letter in str(path)):
        raise SiteError(f"{settings().home}: OpenFOAM takes no path with blanks or quotes; set FLOWCFD_HOME to another")


def _require_mpirun(installation: install.Installation, case: Path, cores: int) -> None:
    """SiteError unless mpirun is where the worker will look for it: an installation may bring its own."""
    path = installation.environment(case=case, cores=cores).get("PATH")
    if shutil.which("mpirun", path=path) is None:
        raise SiteError("mpirun is not installed; install it: apt-get install openmpi-bin   (as root)")


def _stays_inside(command: stages.Command) -> None:
    for argument in command.arguments:
        if argument.startswith(("/", "~")) or ".." in Path(argument).parts:
            raise CaseError(f"steps: {command.text!r}: {argument} must be a path inside the case")


def _digest(
    files: CaseFiles, cores: int, method: str, until: dict[str, object] | None = None, *, meshing: int, mesh_only: bool
) -> str:
    """What makes two computations equal: files and steps, how it is divided among ranks, and what ends it early.

    On how many ranks the mesh is made counts, for the mesh differs a little; cores that a mesh leaves idle do not.
    """
    division = f"{cores} {method}" if cores > 1 and not mesh_only else "1"
    division += f" mesh on {meshing}" if meshing > 1 else ""
    division += " mesh only" if mesh_only else ""
    early = f" {json.dumps(until, sort_keys=True)}" if until is not None else ""
    return hashlib.sha256(f"{files.digest} {division}{early}".encode()).hexdigest()


def _solver(application: str, steps: tuple[str, ...]) -> str:
    """The solver among the steps: what controlDict names, else the last that is called like one."""
    names = [step.split()[0] for step in steps if "-postProcess" not in step.split()]
    if application in names:
        return application
    return next((name for name in reversed(names) if name.endswith("Foam") and name != "potentialFoam"), application)


def settling(files: CaseFiles, until: Settled | None) -> dict[str, object] | None:
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


def plain(name: str) -> str:
    """A folder's name as the name of a run."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._")[:64]
    return plain or "case"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

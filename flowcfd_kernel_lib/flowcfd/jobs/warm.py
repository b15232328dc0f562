"""Warm starts: a steady run begins with the fields that another, finished run ended with.

The fields inside are the other run's, the boundary conditions the case's own. On an equal mesh they are copied; else
mapFields brings them over as a step of the run, from a copy of the other's mesh and fields under case/warm. Either way
the case is whole. A run that was started warm has a digest of its own: whoever asks for the case gets one that was
computed from the case alone, or computes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flowcfd.errors import CaseError, DictionaryError
from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import checkpoint, stages
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import Job

FOLDER = "warm"
"""Where in the case the other run's mesh and fields lie, when they have to be mapped."""
MAP = f"mapFields {FOLDER} -sourceTime latestTime"
_MACRO = re.compile(r"\$\{?:?internalField\}?")
_UNIFORM = re.compile(r"\binternalField\s+(uniform\s+[^;]+);")
_CONTROL = """FoamFile {{ version 2.0; format ascii; class dictionary; object controlDict; }}
application none; startFrom latestTime; startTime 0; stopAt endTime; endTime {time}; deltaT 1; writeInterval 1;
"""
_MAPPING = """FoamFile {{ version 2.0; format ascii; class dictionary; object mapFieldsDict; }}
// No patch is mapped: the boundary conditions stay those of this case.
patchMap ();
cuttingPatches ();
"""


def warmed(job: Job, files: CaseFiles, source: Run) -> Job:
    """The job as it starts from the fields of another run.

    CaseError for a run that is not done, and for a case that is not steady, has regions, or makes its start fields.
    """
    if source.state != "Done":
        raise CaseError(f"warm: {source.path.name} is not done ({source.state}), so it has no fields to start from")
    from flowcfd.foam import measures  # brings pydantic, which a cold start does without

    if not measures.steady(files):
        raise CaseError("warm: only a steady solve may start from other fields: they do not change where it ends")
    if "constant/regionProperties" in files:
        raise CaseError("warm: a case of several regions starts from its own fields only")
    times = checkpoint.times(source.case)
    if not times or float(times[-1]) <= (source.record.start or 0.0):
        raise CaseError(f"warm: {source.path.name} has written no fields after its start")
    same = job.mesh and job.mesh == source.record.mesh and _before_solver(job) == _before_solver(source.record)
    how = "copied" if same else "mapped"
    digest = hashlib.sha256(f"{job.digest} warm".encode()).hexdigest()
    return replace(
        job,
        digest=digest,
        path=job.path.with_name(f"{job.name}-{digest[:12]}"),
        steps=_steps(job, mapped=how == "mapped"),
        warm={"from": source.path.name, "how": how, "time": times[-1], "cold": job.digest},
    )


def put(job: Job, source: Path, case: Path) -> None:
    """Bring the fields of the run in `source` into a case that is written and not yet computed."""
    before = source / "case"
    start = min(checkpoint.times(case), key=lambda time: abs(float(time) - (job.start or 0.0)), default="0")
    if job.warm["how"] == "copied":
        for ours, theirs in _pairs(case / start, before / job.warm["time"]):
            _copy_inside(ours, theirs)
    else:
        _lay_beside(case, before, start, str(job.warm["time"]))
    for path in [*(case / start).iterdir(), *(case / FOLDER).rglob("*")]:
        if path.is_file():
            _sync(path)


def _steps(job: Job, *, mapped: bool) -> tuple[str, ...]:
    """The steps without what else makes start fields; mapFields before the solver where it is needed."""
    first, solver = _places(job)
    for step in job.steps[:first]:
        command = stages.Command(shlex.split(step)[0], tuple(shlex.split(step)[1:]))
        if stages.changes_start(command):
            raise CaseError(f"warm: the step {step!r} makes the fields that the case starts from")
    if mapped:
        install.find().application("mapFields")
    return (*job.steps[:first], *((MAP,) if mapped else ()), *job.steps[solver:])


def _places(job: Job) -> tuple[int, int]:
    """The places among the steps of the first that works on the fields (potentialFoam, if any), and of the solver."""
    words = [shlex.split(step) for step in job.steps]
    solver = next((n for n, w in enumerate(words) if w[0] == job.application and "-postProcess" not in w), len(words))
    first = solver
    while first and words[first - 1][0] == "potentialFoam":
        first -= 1
    return first, solver


def _before_solver(job: Job) -> list[str]:
    """The steps that make the mesh; what comes behind those that count in its digest may change it again."""
    return [step for step in job.steps[: _places(job)[0]] if step != MAP]


def _pairs(ours: Path, theirs: Path) -> Iterator[tuple[Path, Path]]:
    """The field files of a start folder, each with the other run's of the same name."""
    for path in sorted(ours.iterdir()):
        name = path.name.removesuffix(".gz")
        found = next((other for other in (theirs / name, theirs / f"{name}.gz") if other.is_file()), None)
        if path.is_file() and found is not None:
            yield path, found


def _copy_inside(ours: Path, theirs: Path) -> None:
    """Give a field the other's values inside; what is no field of cells stays as it is."""
    from flowcfd.foam import fields

    try:
        mine, other = fields.read(ours), fields.read(theirs)
    except DictionaryError:
        return
    if not mine.cls.startswith("vol") or mine.cls != other.cls:
        return
    text = mine.tree.text()
    if _MACRO.search(text):  # the values at a boundary may be named after those inside: they stay what they were
        known = _UNIFORM.search(text)
        if known is None:
            return
        ours.write_bytes(_MACRO.sub(known[1].replace("\\", ""), text).encode("latin-1"))
        mine = fields.read(ours)
    fields.write(ours, mine.replace("internalField", other.internal), format=other.format)


def _lay_beside(case: Path, before: Path, start: str, time: str) -> None:
    """What mapFields needs: the other run's mesh and fields as a case of its own, and which patches are mapped."""
    beside = case / FOLDER
    (beside / "system").mkdir(parents=True)
    shutil.copytree(before / "constant/polyMesh", beside / "constant/polyMesh")
    for name in ("fvSchemes", "fvSolution"):
        shutil.copyfile(before / "system" / name, beside / "system" / name)
    (beside / "system/controlDict").write_text(_CONTROL.format(time=time))
    (beside / time).mkdir()
    for _, theirs in _pairs(case / start, before / time):
        shutil.copyfile(theirs, beside / time / theirs.name)
    mapping = case / "system/mapFieldsDict"
    if not mapping.exists():
        mapping.write_text(_MAPPING.format())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

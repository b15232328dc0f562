"""The state of a case from which a stage can begin or go on: kept start fields, times set aside, ranks divided."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flowcfd.jobs import checkpoint, record, stages
from flowcfd.jobs.record import Job, StageRecord, StepRecord
from flowcfd.jobs.stages import Command, Stage


def rewind(job: Job, planned: Sequence[Stage], *, retry: bool) -> None:
    """When the solution of a divided case must start anew, the case is divided anew as well."""
    stage = next((s for s in planned if s.name == "solve"), None)
    known = None if stage is None else record.stage(job.path, "solve")
    if stage is None or known is None or known.state == "done" or not (retry or _anew(job, stage, known)):
        return
    if job.cores > 1:
        checkpoint.set_ranks_aside(job.case)
        (job.path / "stages" / "decompose.json").unlink(missing_ok=True)
    else:
        checkpoint.set_aside(job.case, 1, checkpoint.written(job.case, 1, known.begin))
        _restore_start(job, stage)
    (job.path / "stages" / "solve.json").unlink()


def _anew(job: Job, stage: Stage, known: StageRecord) -> bool:
    """Whether the solve stage cannot go on from a time it wrote."""
    latest, _ = checkpoint.split(job.case, job.cores, known.begin, _log(job, known))
    return latest is None and len(left(stage, known)) > 1


def ready(job: Job, stage: Stage, known: StageRecord | None) -> StageRecord:
    """Put the case into the state from which the stage can begin or go on."""
    case = job.case
    if stage.name == "decompose":
        from flowcfd.jobs import partition  # with foam.dictionary behind it, for parallel runs only

        checkpoint.set_ranks_aside(case)
        partition.write(case, job.cores, job.method)
    if stage.name == "solve" and known is not None:
        latest, broken = checkpoint.split(case, job.cores, known.begin, _log(job, known))
        checkpoint.set_aside(case, job.cores, broken)
        if latest is not None:
            _continue_from_latest(case)
        return replace(known, state="running", ended=None)
    if known is None:
        _keep_start(job, stage)
    else:
        _restore_start(job, stage)
    root = checkpoint.roots(case, job.cores if stage.name == "solve" else 1)[0]
    return StageRecord(stage.name, "running", time.time(), begin=tuple(checkpoint.times(root)))


def divide(case: Path, cores: int) -> None:
    """Say how the mesh that snappyHexMesh begins with is divided; it balances its ranks itself as it refines."""
    from flowcfd.jobs import partition  # for meshes on ranks only

    partition.write(case, cores, "hierarchical")


def left(stage: Stage, known: StageRecord) -> tuple[Command, ...]:
    """The commands still to run: a solver goes on, what was finished before it is not repeated."""
    done = {one.command for one in known.steps if finished(one)}
    return tuple(command for command in stage.commands if command.text not in done)


def finished(done: StepRecord) -> bool:
    """Whether a command ended well, with numbers that are some, and is not to be run again."""
    return done.rc == 0 and not done.interrupted and not done.spoiled and done.ended_by != "diverging"


def _log(job: Job, known: StageRecord) -> Path | None:
    return job.case / known.steps[-1].log if known.steps else None


def _continue_from_latest(case: Path) -> None:
    from flowcfd.foam import dictionary  # for a resumed run only

    path = case / "system" / "controlDict"
    tree = dictionary.read(path)
    for key, value in (("startFrom", "latestTime"), ("stopAt", "endTime")):
        tree = tree.set(key, value) if key in tree else tree.add(key, value)
    part = path.with_name(".controlDict.part")
    part.write_bytes(tree.text().encode("latin-1"))
    part.replace(path)


def _keep_start(job: Job, stage: Stage) -> None:
    """Keep a copy of the start fields, if a command of the stage may overwrite them."""
    kept = job.path / "initial" / stage.name
    if not any(stages.changes_start(command) and not command.parallel for command in stage.commands) or kept.exists():
        return
    import shutil  # brings all compressors with it

    part = kept.with_name(f".{stage.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in checkpoint.times(job.case):
        shutil.copytree(job.case / name, part / name)
    part.rename(kept)


def _restore_start(job: Job, stage: Stage) -> None:
    import shutil

    kept = job.path / "initial" / stage.name
    for name in checkpoint.times(kept):
        checkpoint.set_aside(job.case, 1, [name])
        shutil.copytree(kept / name, job.case / name)

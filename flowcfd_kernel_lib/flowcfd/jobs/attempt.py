"""One attempt to compute a run: the stages that are not done yet, from where each can be taken up."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.jobs import checkpoint, meshes, process, record, site, space, stages, step
from flowcfd.jobs.record import EndRecord, Job, Request, StageRecord, StepRecord
from flowcfd.jobs.stages import IN_PLACE, Command, Stage
from flowcfd.jobs.watch import WALLTIME, Watch

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.foam.faults import Fault
    from flowcfd.jobs.guard import Guard
    from flowcfd.jobs.meshes import Sharing

ORPHAN_PATIENCE = 60.0
"""How long [s] a solver left by a killed worker may take to write its fields."""

SIGNAL_PATIENCE = 3.0
"""So long [s] after its child was ended by SIGTERM a worker waits for the same signal to itself."""

_TEXT = 200_000
"""So much of a log [bytes] is searched for the cause of a failure."""


@dataclass(frozen=True)
class Attempt:
    """What an attempt works with."""

    job: Job
    number: int
    retry: bool
    environment: Mapping[str, str]
    watch: Watch

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages of the run."""
        return of(self.job)


def of(job: Job) -> tuple[Stage, ...]:
    """The stages of a job."""
    regions = (job.case / "constant" / "regionProperties").is_file()
    return stages.plan(
        job.steps, job.application, cores=job.cores, method=job.method, regions=regions, launcher=job.launcher,
        mesh_cores=job.mesh_cores,
    )  # fmt: skip


def compute(attempt: Attempt) -> EndRecord:
    """Do what is left of the run; how that ended."""
    job, watch = attempt.job, attempt.watch
    watch.wait(0)
    request = watch.asked()
    if attempt.number > 1:  # before the first nothing was started that could have been left behind
        _take_over(job, politely=request is None or request.kind != "cancel")
    _rewind(attempt)
    for stage in attempt.stages:
        known = record.stage(job.path, stage.name)
        if known is not None and known.state == "done":
            continue
        if request := watch.asked():
            return asked(attempt.number, request)
        if stage.name == "reconstruct" and _nothing_written(job):
            continue
        try:
            done = _run_stage(attempt, stage, _prepare(attempt, stage, known))
        except (FlowError, OSError) as error:
            return failed(attempt.number, stage.name, error)
        used = {"cpu": done.cpu, "wall": done.wall, "disk": done.disk}
        record.event(job.path, "stage", attempt=attempt.number, stage=stage.name, state=done.state, **used)
        if done.state == "stopped" and (request := watch.asked()):
            end = asked(attempt.number, request, stage.name)
            silent = done.steps[-1].why == step.UNANSWERED
            return replace(end, why=f"{end.why}; {step.UNANSWERED}") if silent else end
        if done.state == "failed":
            return _ended_from_outside(attempt, done) or _explained(attempt, done)
    said = "; the solver wrote no new time" if _nothing_written(job) else ""
    return EndRecord(attempt.number, "Done", f"{_settled(attempt)}{said}", time.time(), troubles=_troubles(attempt))


def _settled(attempt: Attempt) -> str:
    """What is to be said of a run that is done: why its solver ended early, or what did not settle."""
    known = (record.stage(attempt.job.path, stage.name) for stage in attempt.stages)
    steps = [done for stage in known if stage is not None for done in stage.steps if done.why]
    if not steps:
        return "all stages are done"
    return steps[-1].why if steps[-1].ended_by == "settled" else f"all stages are done; {steps[-1].why}"


def asked(number: int, request: Request, stage: str = "") -> EndRecord:
    """The end that a request asks for."""
    limit = request.by.startswith(WALLTIME)
    timeout = limit or request.by == "SIGUSR1"
    over = f"the {request.by if limit else WALLTIME} is over"
    why = over if timeout else f"{request.kind} asked by {request.by}"
    return EndRecord(number, record.ENDS[request.kind], why, time.time(), stage, timeout=timeout)


def _ended_from_outside(attempt: Attempt, stage: StageRecord) -> EndRecord | None:
    """The end of a run whose processes all got SIGTERM, as a scheduler's cancel or limit sends it; None for another."""
    rc, watch = stage.steps[-1].rc, attempt.watch
    if rc not in (-signal.SIGTERM, 128 + signal.SIGTERM, 1):
        return None
    deadline = time.monotonic() + (0.0 if rc == 1 else SIGNAL_PATIENCE)
    while (request := watch.asked()) is None:  # the child may have got it, and ended, a moment before
        watch.wait(0.05)
        if time.monotonic() > deadline:
            break
    lost = "fields since the last write are lost"
    if request is not None and request.by == "SIGUSR1":  # the time is over, and it was ended before it had obeyed
        end = asked(attempt.number, request, stage.name)
        return replace(end, why=f"{end.why}; {lost}", outside=True)
    if request is None or request.by != "SIGTERM":
        return None
    why = f"ended by SIGTERM from outside, such as scancel; {lost}"
    return EndRecord(attempt.number, "Stopped", why, time.time(), stage.name, outside=True)


def failed(number: int, stage: str, error: FlowError | OSError) -> EndRecord:
    """The end after an error that is not of a command: a file that is gone, a full disk, no OpenFOAM."""
    why = str(error)
    if isinstance(error, OSError) and error.strerror:
        why = error.strerror.lower() + (f": {error.filename}" if error.filename else "")
    return EndRecord(number, "Failed", why, time.time(), stage, site=site.error(error))


def _take_over(job: Job, *, politely: bool) -> None:
    """End what a killed worker left running; `politely`: a solver is asked to write its fields first."""
    pids = process.marked(job.uid)
    if not pids:
        return
    record.event(job.path, "orphans", pids=pids)
    solver = _orphan(job) if politely else None
    deadline, asked = time.monotonic() + ORPHAN_PATIENCE, False
    while solver is not None and solver.identity is not None and time.monotonic() < deadline:
        asked = asked or step.ask_to_stop(solver.identity.pid, job.case / solver.log)
        if process.gone(job.uid, 0.5):
            return
    process.end(job.uid)


def _orphan(job: Job) -> StepRecord | None:
    """The step of a solver (or its mpirun) that a killed worker started and that lives."""
    for stage in of(job):
        known = record.stage(job.path, stage.name)
        last = known.steps[-1] if known is not None and known.steps else None
        if last is None or last.rc is not None or last.identity is None or not process.alive(last.identity):
            continue
        if any(command.solver and command.text == last.command for command in stage.commands):
            return last
    return None


def _rewind(attempt: Attempt) -> None:
    """When the solution of a divided case must start anew, the case is divided anew as well."""
    job = attempt.job
    stage = next((s for s in attempt.stages if s.name == "solve"), None)
    known = None if stage is None else record.stage(job.path, "solve")
    if stage is None or known is None or known.state == "done" or not _anew(attempt, stage, known):
        return
    if job.cores > 1:
        checkpoint.set_ranks_aside(job.case)
        (job.path / "stages" / "decompose.json").unlink(missing_ok=True)
    else:
        checkpoint.set_aside(job.case, 1, checkpoint.written(job.case, 1, known.begin))
        _restore_start(job, stage)
    (job.path / "stages" / "solve.json").unlink()


def _anew(attempt: Attempt, stage: Stage, known: StageRecord) -> bool:
    """Whether the solve stage cannot or should not go on from a time it wrote."""
    if attempt.retry:
        return True
    latest, _ = checkpoint.split(attempt.job.case, attempt.job.cores, known.begin, _log(attempt.job, known))
    return latest is None and len(_left(stage, known)) > 1


def _prepare(attempt: Attempt, stage: Stage, known: StageRecord | None) -> StageRecord:
    """Put the case into the state from which the stage can begin or go on."""
    job, case = attempt.job, attempt.job.case
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


def _run_stage(attempt: Attempt, stage: Stage, begun: StageRecord) -> StageRecord:
    """Run what is left of a stage; a mesh that another run has made is taken from it."""
    record.event(attempt.job.path, "stage", attempt=attempt.number, stage=stage.name, state="running")
    sharing = meshes.of(attempt.job, stage, begun, anew=attempt.retry)
    if sharing is None:
        return _run_commands(attempt, stage, begun, None)
    try:
        if taken := sharing.take(attempt.watch):
            begun = replace(begun, steps=taken, shared=f"mesh {attempt.job.mesh[:12]} taken")
        return _run_commands(attempt, stage, begun, sharing)
    finally:
        sharing.close()


def _run_commands(attempt: Attempt, stage: Stage, begun: StageRecord, sharing: Sharing | None) -> StageRecord:
    job, now = attempt.job, begun
    for command in _left(stage, begun):
        before = now
        if stage.name == "mesh" and command.application == "decomposePar":
            _divide(job.case, job.mesh_cores)

        def began(running: StepRecord, before: StageRecord = before) -> None:
            record.write_record(job.path, replace(before, steps=(*before.steps, running)))

        done = step.run(
            command,
            case=job.case,
            uid=job.uid,
            environment=attempt.environment,
            watch=attempt.watch,
            began=began,
            guarded=lambda log: _guard(job, log),
        )
        if done.rc != 0 and command.parallel:
            process.end(job.uid)  # ranks outlive an mpirun that was killed
        if done.rc == 0 and not done.interrupted and command.solver:
            done = replace(done, spoiled=_spoiled(job.case / done.log))
        if stage.name == "mesh" and done.rc == 0 and not done.interrupted:
            done = replace(done, spoiled=_refused(job, command.application, done.log) is not None)
            if command.application == "reconstructParMesh":
                checkpoint.remove_ranks(job.case)  # what they hold is in the whole mesh, which is divided anew
        now = replace(before, steps=(*before.steps, done))
        used = {"cpu": done.cpu, "wall": done.wall, "memory": done.memory}
        record.event(job.path, "step", attempt=attempt.number, command=command.text, rc=done.rc, **used)
        if done.interrupted or not _finished(done):
            now = replace(now, state="stopped" if done.interrupted else "failed")
            break
        if sharing is not None:
            sharing.keep(now.steps)
        if attempt.watch.asked() and command is not stage.commands[-1]:
            now = replace(now, state="stopped")
            break
    else:
        now = replace(now, state="done")
    now = replace(now, ended=time.time(), disk=space.used(job.case))
    record.write_record(job.path, now)
    return now


def _divide(case: Path, cores: int) -> None:
    """Say how the mesh that snappyHexMesh begins with is divided; it balances its ranks itself as it refines."""
    from flowcfd.jobs import partition  # for meshes on ranks only

    partition.write(case, cores, "hierarchical")


def _refused(job: Job, application: str, log: str) -> Fault | None:
    """Why the mesh that checkMesh has just looked at is not to be solved on."""
    if application != "checkMesh" or not (job.case / "system" / "meshExpected").is_file():
        return None
    from flowcfd.foam.faults import meshgate  # for meshes of which it is known what they should be

    return meshgate.refused(job.case, job.case / log)


def _guard(job: Job, log: Path) -> Guard:
    from flowcfd.jobs.guard import Guard  # while the solver starts, so nothing waits for it

    return Guard(job, log)


def _nothing_written(job: Job) -> bool:
    """Whether the solver wrote no time at all: reconstructPar takes that for an error."""
    if job.application in IN_PLACE:
        return False
    solved = record.stage(job.path, "solve")
    return solved is not None and not checkpoint.written(job.case, job.cores, solved.begin)


def _left(stage: Stage, known: StageRecord) -> tuple[Command, ...]:
    """The commands still to run: a solver goes on, what was finished before it is not repeated."""
    finished = {done.command for done in known.steps if _finished(done)}
    return tuple(command for command in stage.commands if command.text not in finished)


def _finished(done: StepRecord) -> bool:
    return done.rc == 0 and not done.interrupted and not done.spoiled and done.ended_by != "diverging"


def _spoiled(log: Path) -> bool:
    """Whether a solver that ended with 0 went on with numbers that are none."""
    text = step.tail(log, _TEXT)
    if b"residual = nan" not in text and b"residual = -nan" not in text and b"residual = inf" not in text:
        return False
    from flowcfd.foam import faults

    return faults.cause(0, text.decode("latin-1")).kind == "diverged"


def _troubles(attempt: Attempt) -> tuple[dict[str, Any], ...]:
    """What went wrong in a run that is done, by the newest log of each of its commands."""
    from flowcfd.foam import faults  # when all is computed, so nothing waits for it

    job = attempt.job
    known = (record.stage(job.path, stage.name) for stage in attempt.stages)
    logs = {each.command: job.case / each.log for stage in known if stage is not None for each in stage.steps}
    return tuple(trouble.to_json() for trouble in faults.of_logs(logs.values(), case=job.case))


def _explained(attempt: Attempt, stage: StageRecord) -> EndRecord:
    """The end after a command that failed; its cause is what the disk, the log or the return code tell."""
    from flowcfd.foam import faults  # many expressions to compile, for a failure only

    job, last = attempt.job, stage.steps[-1]
    text, full = step.tail(job.case / last.log, _TEXT), space.full(job.path)
    fault = _refused(job, last.command.partition(" ")[0], last.log) if stage.name == "mesh" and last.rc == 0 else None
    fault = fault or faults.cause(last.rc, text.decode("latin-1"), case=job.case)
    why = "no space left on device; free some, then resume" if full else str(fault) or "a fatal error without a word"
    if last.ended_by == "diverging" or fault.kind == "diverged":
        fault, why = _diverged(job, stage, fault, why)
    return EndRecord(
        attempt.number,
        "Failed",
        f"{last.command}: {why}",
        time.time(),
        stage.name,
        last.log,
        diverged=fault.kind == "diverged",
        fault=fault.to_json(),
        site=site.fault(fault, text, full=full),
    )


def _diverged(job: Job, stage: StageRecord, fault: Fault, why: str) -> tuple[Fault, str]:
    """The fault and the words for it; times that were written after it began are put under case/diverged/<n>/."""
    from flowcfd.jobs.growth import Growth

    last = stage.steps[-1]
    growth = Growth(job.case / last.log)
    explosion, onset = growth.poll(), growth.onset()
    times = checkpoint.written(job.case, job.cores, stage.begin)
    if onset is not None:
        bad = [time for time in times if float(time) > onset]
        checkpoint.set_aside(job.case, job.cores, bad, folder="diverged")
        times = times[: len(times) - len(bad)]
    if explosion is not None and last.ended_by == "diverging":
        if fault.kind != "diverged":  # it was stopped in time
            from flowcfd.foam import faults

            fault = faults.diverging(step.tail(job.case / last.log, _TEXT).decode("latin-1"))
        fault = replace(fault, field=explosion.field, time=_seconds(explosion.time))
        fault = replace(fault, message=last.why)
    kept = f"last good fields at {times[-1]}" if times else "no good fields were written after the start"
    if last.ended_by == "diverging":
        return fault, f"{last.why}; {kept}" + (f"; {fault.mend}" if fault.mend else "")
    return fault, f"{why}; {kept}"


def _seconds(time: str) -> float | None:
    return float(time) if time else None


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

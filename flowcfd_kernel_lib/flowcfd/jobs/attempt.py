"""One attempt to compute a run: the stages that are not done yet, from where each can be taken up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.jobs import asking, checkpoint, ends, meshes, prepare, process, record, space, stages, step
from flowcfd.jobs.asking import Asking
from flowcfd.jobs.record import EndRecord, Job, StageRecord, StepRecord
from flowcfd.jobs.stages import IN_PLACE, Stage
from flowcfd.jobs.watch import Watch

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from flowcfd.jobs.guard import Guard
    from flowcfd.jobs.meshes import Sharing

ORPHAN_PATIENCE = 60.0
"""How long [s] a solver left by a killed worker may take to write its fields."""


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
        asking.restore(job.case)
    prepare.rewind(job, attempt.stages, retry=attempt.retry)
    for stage in attempt.stages:
        known = record.stage(job.path, stage.name)
        if known is not None and known.state == "done":
            continue
        if request := watch.asked():
            return ends.asked(attempt.number, request)
        if stage.name == "reconstruct" and _nothing_written(job):
            continue
        try:
            done = _run_stage(attempt, stage, prepare.ready(job, stage, known))
        except (FlowError, OSError) as error:
            return ends.failed(attempt.number, stage.name, error)
        used = {"cpu": done.cpu, "wall": done.wall, "disk": done.disk}
        record.event(job.path, "stage", attempt=attempt.number, stage=stage.name, state=done.state, **used)
        if done.state == "stopped" and (request := watch.asked()):
            end = ends.asked(attempt.number, request, stage.name)
            silent = done.steps[-1].why == step.UNANSWERED
            return replace(end, why=f"{end.why}; {step.UNANSWERED}") if silent else end
        if done.state == "failed":
            return ends.from_outside(attempt.number, done, watch) or ends.explained(job, attempt.number, done)
    said = "; the solver wrote no new time" if _nothing_written(job) else ""
    why, troubles = ends.settled(job, attempt.stages), ends.troubles(job, attempt.stages)
    return EndRecord(attempt.number, "Done", f"{why}{said}", time.time(), troubles=troubles)


def _take_over(job: Job, *, politely: bool) -> None:
    """End what a killed worker left running; `politely`: a solver is asked to write its fields first."""
    pids = process.marked(job.uid)
    if not pids:
        return
    record.event(job.path, "orphans", pids=pids)
    solver, asks = _orphan(job) if politely else None, None
    deadline, asked = time.monotonic() + ORPHAN_PATIENCE, False
    while solver is not None and solver.identity is not None and time.monotonic() < deadline:
        asks = asks or Asking(job.case, job.case / solver.log, job.cores > 1)
        asked = asked or asks.ask(solver.identity.pid)
        asks.insist(solver.identity.pid)
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
    for command in prepare.left(stage, begun):
        before = now
        if stage.name == "mesh" and command.application == "decomposePar":
            prepare.divide(job.case, job.mesh_cores)

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
            done = replace(done, spoiled=ends.spoiled(job.case / done.log))
        if stage.name == "mesh" and done.rc == 0 and not done.interrupted:
            done = replace(done, spoiled=ends.refused(job, command.application, done.log) is not None)
            if command.application == "reconstructParMesh":
                checkpoint.remove_ranks(job.case)  # what they hold is in the whole mesh, which is divided anew
        now = replace(before, steps=(*before.steps, done))
        used = {"cpu": done.cpu, "wall": done.wall, "memory": done.memory}
        record.event(job.path, "step", attempt=attempt.number, command=command.text, rc=done.rc, **used)
        if done.interrupted or not prepare.finished(done):
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


def _guard(job: Job, log: Path) -> Guard:
    from flowcfd.jobs.guard import Guard  # while the solver starts, so nothing waits for it

    return Guard(job, log)


def _nothing_written(job: Job) -> bool:
    """Whether the solver wrote no time at all: reconstructPar takes that for an error."""
    if job.application in IN_PLACE:
        return False
    solved = record.stage(job.path, "solve")
    return solved is not None and not checkpoint.written(job.case, job.cores, solved.begin)

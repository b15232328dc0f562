"""What a probe told: its records, its log and the bytes it left, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowcfd.foam.log import Step, Tail
from flowcfd.jobs import checkpoint, space
from flowcfd.jobs.estimate import mesh
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import StageRecord, StepRecord

FEWEST = 4
"""Steps without which a probe tells nothing."""


class NoProbe(Exception):
    """Why a probe told nothing; `broken` when the case itself fails, so that the run would fail as well."""

    def __init__(self, why: str, *, broken: bool = False) -> None:
        super().__init__(why)
        self.broken = broken


@dataclass(frozen=True)
class Sizes:
    """What a probe left on the disk [byte]: the case with its mesh, one written time, what a step adds."""

    case: int
    time: int
    per_step: float
    per_write: int
    """What function objects write with each written time."""
    total: int


@dataclass(frozen=True)
class Probe:
    """What a few steps on `ranks` MPI ranks told. Times in CPU seconds of all ranks together, memory in [byte]."""

    ranks: int
    cells: int | None
    steps: tuple[Step, ...]
    whole: bool
    """Whether the run came to its end within the probe."""
    before: float
    """What comes before the solver: mesh, start fields, decomposition."""
    division: float
    """The decomposition alone."""
    start: float
    """What the solver does before its first step."""
    per_step: float
    """In the second half of the steps."""
    trend: float
    """What a step cost in the second half over what it did in the first."""
    per_write: float
    cpu: float
    """All of the probe."""
    busy: float
    """Wall time over CPU time of one rank in the solver, at least 1: more where others use the cores as well."""
    memory: int
    solver_memory: int
    sizes: Sizes

    @property
    def source(self) -> str:
        """In words."""
        if self.whole:
            return f"the whole run, done in the probe ({len(self.steps)} steps)"
        ranks = f" on {self.ranks} ranks" if self.ranks > 1 else ""
        return f"probe of {len(self.steps)} steps{ranks}"


def told(run: Run) -> Probe:
    """What the records and the log of a probe say; NoProbe when that is nothing."""
    state, why = run.state, run.why
    if state not in ("Done", "Stopped"):
        raise NoProbe(f"the case fails: {why}" if state == "Failed" else why or state, broken=state == "Failed")
    stages = {stage.name: stage for stage in run.stages}
    solve = stages.get("solve")
    last = next((step for step in reversed(solve.steps) if _is(step, run)), None) if solve is not None else None
    steps = _steps(run) if last is not None else []
    if solve is None or last is None or (len(steps) < FEWEST and state != "Done"):
        raise NoProbe(f"{run.record.application} writes no ExecutionTime for its steps into its log")
    costs = _costs(steps, written := _written(run, solve))
    scale = last.cpu / steps[-1].execution_time if steps and steps[-1].execution_time else 1.0
    return Probe(
        ranks=run.cores,
        cells=mesh.cells(run.case),
        steps=tuple(steps),
        whole=state == "Done",
        before=sum(stage.cpu for name, stage in stages.items() if name in ("mesh", "decompose"))
        + sum(step.cpu for step in solve.steps if step is not last),
        division=stages["decompose"].cpu if "decompose" in stages else 0.0,
        start=costs.start * scale,
        per_step=costs.per_step * scale,
        trend=costs.trend,
        per_write=costs.per_write * scale,
        cpu=sum(stage.cpu for stage in stages.values()),
        busy=max(1.0, last.wall * run.cores / last.cpu) if last.cpu > 0.5 else 1.0,
        memory=max(stage.memory for stage in stages.values()),
        solver_memory=last.memory,
        sizes=_sizes(run, written, len(steps)),
    )


def _is(step: StepRecord, run: Run) -> bool:
    return step.command.split()[0] == run.record.application


def _steps(run: Run) -> list[Step]:
    path = run.log(run.record.application)
    return [] if path is None else [step for step in Tail(path).poll() if step.execution_time is not None]


def _written(run: Run, solve: StageRecord) -> list[str]:
    return checkpoint.written(run.case, run.cores, solve.begin)


@dataclass(frozen=True)
class _Costs:
    """CPU time [s] of one rank: before the first step, for a late step, for writing the fields once."""

    start: float
    per_step: float
    trend: float
    per_write: float


def _costs(steps: list[Step], written: list[str]) -> _Costs:
    """What the steps cost by their ExecutionTime.

    The last step of a probe writes the fields; writes on the way are taken off the others, evenly.
    """
    times = [step.execution_time or 0.0 for step in steps]
    if len(times) < FEWEST:
        return _Costs(times[-1] if times else 0.0, 0.0, 1.0, 0.0)
    middle, last = (len(times) - 1) // 2, len(times) - 2
    early = (times[middle] - times[0]) / max(1, middle)
    late = (times[last] - times[middle]) / (last - middle)
    write = max(0.0, times[-1] - times[last] - late)
    between = max(0, len(written) - 1) * write / last
    late, early = (max(0.2 * each, each - between) for each in (late, early))
    trend = late / early if early > 0 and late > 0 else 1.0
    return _Costs(max(0.0, times[0] - early), late, trend, write)


def _sizes(run: Run, written: list[str], steps: int) -> Sizes:
    case, roots = run.case, checkpoint.roots(run.case, run.cores)
    times = [sum(space.used(root / name) for root in roots) for name in written]
    logs = sum(path.stat().st_size for path in case.glob(f"log.{run.record.application}*"))
    post = case / "postProcessing"
    by_write = [folder for folder in post.glob("*/*") if written and folder.name in written and folder.is_dir()]
    seldom = sum(space.used(folder) for folder in by_write)
    often = (space.used(post) if post.is_dir() else 0) - seldom
    total = space.used(case)
    return Sizes(
        case=max(0, total - sum(times) - logs - often - seldom),
        time=times[-1] if times else 0,
        per_step=(logs + _grown(post, by_write)) / max(1, steps),
        per_write=seldom // max(1, len(written)),
        total=total,
    )


def _grown(post: Path, without: list[Path]) -> int:
    """Bytes that outputs add as steps go on: of tables, which grow, what is in them; of folders that a function object
    makes anew for each step, what they take on the disk, which is far more for small files.
    """
    total = 0
    for output in post.glob("*"):
        folders = [folder for folder in output.glob("*") if folder.is_dir() and folder not in without]
        anew = len(folders) >= FEWEST
        total += sum(space.used(folder) if anew else _apparent(folder) for folder in folders)
    return total


def _apparent(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

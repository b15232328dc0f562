"""What finished runs tell: what a step of a cell cost, how many were done, how much memory, how well it scaled."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flowcfd.errors import RunError
from flowcfd.jobs import record
from flowcfd.jobs.estimate import mesh
from flowcfd.jobs.estimate.figure import Figure, quantile
from flowcfd.jobs.estimate.rules import efficiency as efficient
from flowcfd.jobs.process import place
from flowcfd.jobs.record import Job
from flowcfd.settings import settings

MOST_FOLDERS = 3000
"""So many run directories are looked at, the ones changed last."""
MOST_RUNS = 40
"""So many finished runs of the solver are read."""
MOST_LOG = 50_000_000
"""Bytes of a log in which steps are counted; a longer one is left out."""
LIKE = 30.0
"""Runs with so many times more or less cells tell nothing of a case."""
NEAREST = 9
_MODEL = re.compile(r"(?:^|[{;])\s*(?:RASModel|LESModel|model)\s+(\w+)\s*;", re.MULTILINE)
_TYPE = re.compile(r"(?:^|[{;])\s*simulationType\s+(\w+)\s*;", re.MULTILINE)
_CONTROL = re.compile(r"\bresidualControl\s*\{([^{}]*)\}")
_TARGET = re.compile(r"\s([0-9.]+(?:[eE][-+]?\d+)?)\s*;")
_TIME = re.compile(rb"^Time = ", re.MULTILINE)


@dataclass(frozen=True)
class Finished:
    """A run that is done: its solver's CPU time [s] over all ranks, its steps, the most that it would have done."""

    name: str
    executor: str
    machine: str
    model: str
    cells: int
    cores: int
    steps: int
    limit: float | None
    cpu: float
    memory: int
    target: float | None = None
    """The least initial residual that ends it."""

    @property
    def paid(self) -> float:
        """CPU time of one step for one cell on all its ranks together [s]."""
        return self.cpu / (self.cells * self.steps)

    @property
    def seconds(self) -> float:
        """The same as it were on one core [s]."""
        return self.paid * efficient(self.cells, self.cores).value


def model(texts: str) -> str:
    """The turbulence model that a turbulenceProperties names; "laminar" where there is none."""
    kind, named = _TYPE.search(texts), _MODEL.search(texts)
    return named[1] if named and (kind is None or kind[1] != "laminar") else "laminar"


def target(solution: str) -> float | None:
    """The least residual in the residualControl of an fvSolution; None where there is none."""
    block = _CONTROL.search(solution)
    numbers = [float(each) for each in _TARGET.findall(block[1])] if block else []
    return min((each for each in numbers if 0 < each < 1), default=None)


def finished(application: str, runs: Path | None = None) -> list[Finished]:
    """Runs of a solver that are done and whole, the newest first; what cannot be read is passed over."""
    found: list[Finished] = []
    for folder in _folders(runs or settings().runs):
        one = _read(folder, application)
        if one is not None:
            found.append(one)
            if len(found) == MOST_RUNS:
                break
    return found


def _folders(runs: Path) -> Iterator[Path]:
    """The run directories, those changed last first."""
    try:
        with os.scandir(runs) as entries:
            dated = [
                (entry.stat().st_mtime, entry.path) for entry in entries if entry.is_dir() and entry.name[0] != "."
            ]
    except OSError:
        return
    for _, path in sorted(dated, reverse=True)[:MOST_FOLDERS]:
        yield Path(path)


def _read(folder: Path, application: str) -> Finished | None:
    try:
        if f'"application": "{application}"' not in (folder / "job.json").read_text():
            return None
        job = record.job(folder)
    except (OSError, ValueError, RunError):
        return None
    if job.warm:  # what starts near its end says little of one that does not
        return None
    end, solve, worker = record.end(folder), record.stage(folder, "solve"), record.worker(folder)
    if job.application != application or end is None or end.state != "Done" or solve is None or worker is None:
        return None
    solver = [step for step in solve.steps if step.command.split()[0] == application]
    if len(solver) != 1 or solver[0].rc != 0:  # one that was stopped and resumed says less clearly what a step cost
        return None
    cells, steps = mesh.cells(job.case), _count(job.case / solver[0].log)
    if not cells or not steps or solver[0].cpu <= 0:
        return None
    return Finished(
        name=folder.name,
        executor=job.executor,
        machine=worker.identity.place.split("/")[0],
        model=model(_text(job.case / "constant/turbulenceProperties")),
        cells=cells,
        cores=job.cores,
        steps=steps,
        limit=_limit(job),
        cpu=solver[0].cpu,
        memory=solver[0].memory,
        target=target(_text(job.case / "system/fvSolution")),
    )


def _limit(job: Job) -> float | None:
    """The iterations that the run would have done at most, by a step of one."""
    return None if job.end is None else job.end - (job.start or 0.0)


def _count(log: Path) -> int | None:
    try:
        if log.stat().st_size > MOST_LOG:
            return None
        return len(_TIME.findall(log.read_bytes())) or None
    except OSError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_bytes()[:100_000].decode("latin-1")
    except OSError:
        return ""


def like(runs: Sequence[Finished], *, cells: float, model: str, on: str) -> list[Finished]:
    """The runs on an executor most like a case: of its turbulence model, where there are such, near in cells."""
    there = [run for run in runs if run.executor == on and abs(math.log(run.cells / cells)) < math.log(LIKE)]
    if on == "local":
        there = [run for run in there if run.machine == place().split("/")[0]]
    same = [run for run in there if run.model == model] or there
    return sorted(same, key=lambda run: abs(math.log(run.cells / cells)))[:NEAREST]


def seconds(runs: Sequence[Finished], cells: float, model: str) -> Figure | None:
    """CPU time [s] of one step for one cell, by runs that are like the case; None without any.

    The band is theirs, wider for few runs, for cell counts far off, and for runs of other turbulence models.
    """
    if not runs:
        return None
    each = [run.seconds for run in runs]
    apart = min(abs(math.log(run.cells / cells)) for run in runs)
    least = (2.0 if len(each) < 3 else 1.35) * math.exp(0.15 * apart) * (1.0 if _one_model(runs, model) else 1.6)
    others = "" if _one_model(runs, model) else ", of other turbulence models"
    found = Figure(median(each), quantile(each, 0.1), quantile(each, 0.9), "s", f"{told(runs)}{others}")
    return found.widened(least)


def _one_model(runs: Sequence[Finished], model: str) -> bool:
    return all(run.model == model for run in runs)


def memory(runs: Sequence[Finished], cells: float, cores: int, base: float) -> Figure | None:
    """The memory [byte] of all ranks: what a rank takes without cells, and what theirs took for each cell more."""
    if not runs:
        return None
    each = [max(300.0, (run.memory - run.cores * base) / run.cells) for run in runs]
    middle = median(each)
    found = Figure.within(cores * base + cells * middle, 1.15, 1.3, "byte", told(runs))
    spread = cells * (quantile(each, 0.9) - middle)
    return Figure(found.value, found.low, max(found.high, found.value + spread), "byte", found.source)


def steps(
    runs: Sequence[Finished], cells: float, limit: float, model: str, target: float | None = None
) -> Figure | None:
    """The iterations of a steady run that ends before its last; None unless two runs of its model did so.

    Finer meshes need more, about as the root of the cell count, and smaller residuals, as their logarithm.
    """
    alike = [run for run in runs if run.model == model]
    early = [run for run in alike if run.limit is not None and run.steps < 0.99 * run.limit]
    if len(early) < 2 or len(early) < len(alike) / 2:
        return None
    each = [run.steps * (cells / run.cells) ** 0.5 * _deeper(target, run.target) for run in early]
    found = Figure(median(each), quantile(each, 0.1), quantile(each, 0.9), "", told(early)).widened(2.5)
    return found.capped(limit)


def _deeper(ours: float | None, theirs: float | None) -> float:
    return math.log(ours) / math.log(theirs) if ours and theirs and ours < 1 and theirs < 1 else 1.0


def efficiency(runs: Sequence[Finished], cores: int) -> Figure | None:
    """The measured parallel efficiency on so many cores: a cell's step on one core over what it cost there."""
    one, many = ([run.paid for run in runs if run.cores == n] for n in (1, cores))
    if not one or not many or cores == 1:
        return None
    value = median(one) / median(many)
    least = 1.3 if min(len(one), len(many)) > 2 else 1.5
    source = f"measured efficiency of {len(many)} finished run{'s' * (len(many) > 1)} on {cores} cores"
    return Figure.within(value, least, least, source=source)


def speed(here: Figure | None, there: Figure | None) -> Figure | None:
    """How much longer than here the same step takes on another executor; None where either is not known."""
    if here is None or there is None:
        return None
    return Figure.within(there.value / here.value, 1.3, 1.3, source=f"speed by {there.source}")


def told(runs: Sequence[Finished]) -> str:
    """Whose word it is."""
    where = "this machine" if runs[0].executor == "local" else runs[0].executor
    return f"{len(runs)} finished run{'s' * (len(runs) > 1)} of the same solver on {where}"

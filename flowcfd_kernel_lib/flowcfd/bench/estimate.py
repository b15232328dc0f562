"""Estimates beside the runs themselves: CPU time, steps, memory and disk foretold by a probe, and what was used.

The home is empty, so that nothing is known but what the probe tells. Then, for solvers that ran more than once, the
same without a probe by the records of the other runs. CPU seconds are compared, for wall time is the machine's affair.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from flowcfd import jobs, telling
from flowcfd.bench.row import Row
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.tutorials import tutorial
from flowcfd.jobs.estimate.estimate import Estimate
from flowcfd.jobs.estimate.figure import Figure
from flowcfd.jobs.estimate.make import estimate
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.case import Case

UNITS = {"cpu": ("CPU time", "s", 1.0), "wall": ("wall time", "s", 1.0), "steps": ("steps", "", 1.0),
         "memory": ("memory", "MB", 1e6), "disk": ("disk", "MB", 1e6)}  # fmt: skip
"""What is compared: its words, its unit, and that unit in the estimate's."""
QUICK = ("cavity", "damBreak", "channel")
SHARE = 0.8
"""The share of runs that the bands promise to hold."""


@dataclass(frozen=True)
class Trial:
    """One case with what was foretold and what was used."""

    name: str
    foretold: Estimate
    used: Mapping[str, float]
    run: Run

    def figure(self, measure: str) -> Figure | None:
        """What was foretold of a measure."""
        figure: Figure | None = getattr(self.foretold, measure)
        return figure

    def holds(self, measure: str) -> bool:
        """Whether the band holds what was used."""
        figure = self.figure(measure)
        return figure is not None and figure.holds(self.used[measure])

    def ratio(self, measure: str) -> float | None:
        """Foretold over used."""
        figure = self.figure(measure)
        return None if figure is None else figure.value / self.used[measure]


def run(*, quick: bool = False) -> list[Row]:
    """Estimate and compute all cases, one after the other; a quarter of an hour on a quiet machine."""
    chosen = {name: case for name, case in cases().items() if not quick or name in QUICK}
    with _home():
        trials = list(_tried(chosen))
        again = [other for each in trials if (other := _by_records(each)) is not None]
    rows = [_row(each, measure, "probe") for each in trials for measure in ("cpu", "steps", "memory", "disk")]
    rows += [_row(each, "cpu", "records") for each in again]
    rows += [_summary(trials, measure, "probe") for measure in UNITS]
    return rows + ([_summary(again, "cpu", "records")] if again else [])


def cases() -> Mapping[str, Callable[[], tuple[Case | CaseFiles, int]]]:
    """The cases and their ranks, made when they are asked for."""
    from flowcfd.benchmarks import cavity, channel, cylinder, driver_seegmiller, laminar_step, naca0012, pipe

    cylinders = cylinder.case(100, 64, end=60.0)
    return {
        "cavity": lambda: (cavity.case(1000, 96), 1),
        "channel": lambda: (channel.case(64), 1),
        "channel, 2 ranks": lambda: (channel.case(96), 2),
        "pipe": lambda: (pipe.case(48), 1),
        "step, laminar": lambda: (laminar_step.case(100, 24), 1),
        "step, kOmegaSST": lambda: (driver_seegmiller.case(), 1),
        "airfoil, SpalartAllmaras": lambda: (naca0012.case().replace({"solve.iterations": 600}), 1),
        "cylinder": lambda: (cylinders, 1),
        "cylinder, adapted step": lambda: (cylinders.replace({"solve.max_courant": 0.9, "solve.write_every": 5}), 1),
        "box, icoFoam 3-D": lambda: (_box(), 1),
        "pitzDaily": lambda: (_shipped("simpleFoam/pitzDaily"), 1),
        "pitzDaily, 2 ranks": lambda: (_shipped("simpleFoam/pitzDaily"), 2),
        "airFoil2D": lambda: (_shipped("simpleFoam/airFoil2D"), 1),
        "damBreak": lambda: (_shipped("interFoam/laminar/damBreak/damBreak"), 1),
        "forwardStep": lambda: (_shipped("rhoCentralFoam/forwardStep", endTime=1), 1),
        "TJunction": lambda: (_shipped("pimpleFoam/RAS/TJunction"), 1),
        "pitzDaily, LES": lambda: (_shipped("pisoFoam/LES/pitzDaily", endTime=0.004), 1),
        "hotRoom": lambda: (_shipped("buoyantPimpleFoam/hotRoom", endTime=200), 1),
        "cavity, icoFoam": lambda: (_fine_cavity(), 1),
        "cavity, pisoFoam": lambda: (_shipped("pisoFoam/RAS/cavity"), 1),
    }


def _box() -> Case:
    from flowcfd.case import Blocks, Case, Cavity, Fluid, Incompressible, Transient, Wall

    return Case(
        name="box",
        domain=Cavity(length=1.0, depth=1.0),
        mesh=Blocks(cells=(32,)),
        physics=Incompressible(fluid=Fluid(nu=0.01)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Transient(end=3.0, step=0.02, solver="icoFoam", write_every=0.5),
    )


def _fine_cavity() -> CaseFiles:
    """A flow that comes to rest in time: its late steps are much cheaper than its first."""
    files = _shipped("icoFoam/cavity/cavity", endTime=0.8, deltaT=0.001, writeInterval=100)
    path = "system/blockMeshDict"
    return files.with_files({path: files.text(path).replace("(20 20 1)", "(60 60 1)")})


def _shipped(name: str, **control: float) -> CaseFiles:
    files = adopt(tutorial(name))
    return files.edited("system/controlDict", control) if control else files


def _tried(chosen: Mapping[str, Callable[[], tuple[Case | CaseFiles, int]]]) -> Iterator[Trial]:
    who = object()
    try:
        for number, (name, made) in enumerate(chosen.items()):
            telling.tell(who, name, number / len(chosen))
            case, cores = made()
            with _alone():
                foretold = estimate(case, cores=cores)
            done = jobs.run(case, cores=cores, name=f"trial{number}", wait=True)
            done.check()
            yield Trial(name, foretold, _used(done), done)
    finally:
        telling.tell(who, "", over=True)


def _used(done: Run) -> dict[str, float]:
    log = done.log(done.record.application)
    assert log is not None
    return {
        "cpu": sum(stage.cpu for stage in done.stages),
        "wall": sum(stage.wall for stage in done.stages),
        "steps": float(log.read_bytes().count(b"\nTime = ")),
        "memory": float(max(stage.memory for stage in done.stages)),
        "disk": float(done.stages[-1].disk),
    }


def _by_records(trial: Trial) -> Trial | None:
    """The same, foretold by the other runs of its solver without a probe; None where there are none."""
    job = trial.run.record
    with _aside([trial.run.path]):
        made = cases()[trial.name]()
        foretold = estimate(made[0], cores=job.cores, probe=False)
    known = foretold.cpu is not None and "finished run" in foretold.cpu.source
    return replace(trial, foretold=foretold) if known else None


def _row(trial: Trial, measure: str, by: str) -> Row:
    label, unit, size = UNITS[measure]
    figure = trial.figure(measure)
    used = trial.used[measure] / size
    if figure is None:
        return Row(name=f"{trial.name}: {label}", ours=float("nan"), unit=unit, note=trial.foretold.why)
    return Row(
        name=f"{trial.name}: {label} by {by}",
        ours=figure.value / size,
        unit=unit,
        peer_name="the run",
        peer=used,
        note=f"{'in' if trial.holds(measure) else 'NOT in'} {figure.low / size:.3g} to {figure.high / size:.3g}",
    )


def _summary(trials: Sequence[Trial], measure: str, by: str) -> Row:
    held = sum(trial.holds(measure) for trial in trials) / len(trials)
    ratios = sorted(ratio for trial in trials if (ratio := trial.ratio(measure)) is not None)
    free = "; foretold for free cores" if measure == "wall" else ""
    spread = (
        f"foretold over used: {ratios[0]:.2f} to {ratios[-1]:.2f}, median {median(ratios):.2f}{free}" if ratios else ""
    )
    return Row(
        name=f"{UNITS[measure][0]} in the 80 % band, by {by}",
        ours=held,
        unit=f"of {len(trials)} runs",
        goal=None if measure == "wall" else SHARE,
        more_is_better=True,
        absolute=True,
        note=spread,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Without the runs that there are."""
    runs = settings().runs
    with _aside(list(runs.glob("[!.]*")) if runs.is_dir() else []):
        yield


@contextmanager
def _aside(folders: Sequence[Path]) -> Iterator[None]:
    """Run directories hidden for a while: a name with a dot is none of a run."""
    hidden = [folder.rename(folder.with_name(f".{folder.name}")) for folder in folders]
    try:
        yield
    finally:
        for folder, back in zip(hidden, folders, strict=True):
            folder.rename(back)


@contextmanager
def _home() -> Iterator[None]:
    """A FLOWCFD_HOME of its own."""
    before = os.environ.get("FLOWCFD_HOME")
    with tempfile.TemporaryDirectory(prefix="flowcfd-bench-") as folder:
        os.environ["FLOWCFD_HOME"] = folder
        settings.cache_clear()
        try:
            yield
        finally:
            os.environ.pop("FLOWCFD_HOME") if before is None else os.environ.update(FLOWCFD_HOME=before)
            settings.cache_clear()

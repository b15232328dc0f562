"""The frame of a benchmark: what it is, with what effort it is run, and the registry of those there are.

@benchmark("cavity_re1000", title="...", source="...", cost=Cost(60, 5))
def cavity_re1000(effort: Effort) -> Outcome:
    done = effort.compute(case(128), case(64))          # ordinary Cases; equal runs are found again
    return done.outcome("cavity_re1000", [Comparison(...)], plots=[Plot(...)])
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal

from flowcfd import jobs
from flowcfd.benchmarks.outcome import Comparison, Curve, Outcome, Plot, about, distance, within
from flowcfd.case import Case
from flowcfd.errors import ResultError
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.post import setup
from flowcfd.post.open import Results, results
from flowcfd.registry import Registry

__all__ = [
    "BENCHMARKS",
    "Benchmark",
    "Comparison",
    "Cost",
    "Curve",
    "Done",
    "Effort",
    "Outcome",
    "Plot",
    "about",
    "benchmark",
    "distance",
    "within",
]

OWN = (
    "ahmed",
    "cavity",
    "channel",
    "cylinder",
    "driver_seegmiller",
    "elbow",
    "friction",
    "laminar_step",
    "naca0012",
    "pipe",
    "surface_cube",
)
"""The modules of this package that register benchmarks."""
POLL = 0.2
"""Time [s] between two looks at runs that are waited for."""


class Interrupted(Exception):
    """Nobody waits for the benchmark any more; its runs go on."""


@dataclass
class Watch:
    """What benchmarks side by side share: the runs that were waited for, the turn, and whether to stop waiting.

    Who starts or measures runs has the turn, for the readers of meshes are not made for threads; who waits has not.
    """

    runs: list[Run] = field(default_factory=list)
    halted: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, runs: Sequence[Run]) -> None:
        """Until none of the runs is active, without the turn; raises Interrupted when nobody waits any more."""
        self.runs.extend(runs)
        mine = self.turn.locked()  # outside of `validate` nobody takes turns
        if mine:
            self.turn.release()
        try:
            while any(run.state in ACTIVE for run in runs):
                if self.halted.is_set():
                    raise Interrupted
                time.sleep(POLL)
        finally:
            if mine:
                self.turn.acquire()


@dataclass(frozen=True)
class Effort:
    """With what effort a benchmark is run: its full or its quick (coarse) form, on which executor, on how many cores.

    `cores` is the number of MPI ranks of each run.
    """

    form: Literal["full", "quick"] = "full"
    on: str = "local"
    cores: int = 1
    watch: Watch = field(default_factory=Watch, compare=False, repr=False)

    @property
    def quick(self) -> bool:
        """Whether the coarse form is wanted."""
        return self.form == "quick"

    def compute(self, *cases: Case) -> Done:
        """Run cases, side by side as far as the executor has cores, and wait for them.

        A case that was computed before is not computed again; one that was stopped goes on, one that failed is tried
        again. Raises what a run raises: StageFailed, Diverged, ...
        """
        runs = [jobs.run(case, on=self.on, cores=self.cores) for case in cases]
        before = [run.state == "Done" for run in runs]
        for run in runs:
            _revived(run)
        self.watch.wait(runs)
        return Done(tuple(results(run) for run in runs), sum(before), self.quick)


@dataclass(frozen=True)
class Done:
    """Runs that have come to their end; `reused` of them were there before."""

    results: tuple[Results, ...]
    reused: int
    quick: bool = False

    def __add__(self, other: Done) -> Done:
        """Both together."""
        return Done(self.results + other.results, self.reused + other.reused, self.quick)

    @property
    def handles(self) -> tuple[Run, ...]:
        """The runs themselves."""
        return tuple(one.run for one in self.results if one.run is not None)

    @property
    def cpu_seconds(self) -> float:
        """CPU time [s] of all commands of the runs, mesh included, whenever they were computed."""
        return sum(stage.cpu for run in self.handles for stage in run.stages)

    @property
    def cells(self) -> tuple[int, ...]:
        """The number of cells of each run."""
        return tuple(cells(one) for one in self.results)

    @property
    def verdict(self) -> str:
        """The colour of the verdict on the run with the most cells; "" where it cannot be judged."""
        try:
            finest = max(zip(self.cells, range(len(self.results)), strict=True))[1]
            return self.results[finest].verdict.colour
        except ResultError:
            return ""

    def outcome(self, name: str, comparisons: Sequence[Comparison], plots: Sequence[Plot] = ()) -> Outcome:
        """What benchmark `name` came to by these runs."""
        return Outcome(
            benchmark=name,
            comparisons=tuple(comparisons),
            plots=tuple(plots),
            cpu_seconds=self.cpu_seconds,
            cells=self.cells,
            runs=tuple(str(run.path) for run in self.handles),
            reused=self.reused,
            verdict=self.verdict,
            quick=self.quick,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time [s] of the full form and of the quick one (None: there is none), as measured."""

    full: float
    quick: float | None = None


@dataclass(frozen=True)
class Benchmark:
    """A computation with a published answer: `run` builds ordinary Cases, runs and measures them."""

    name: str
    title: str
    source: str
    cost: Cost
    run: Callable[[Effort], Outcome]

    @property
    def quick(self) -> bool:
        """Whether it has a quick form."""
        return self.cost.quick is not None


def _load() -> None:
    for module in OWN:
        import_module(f"flowcfd.benchmarks.{module}")


BENCHMARKS: Registry[Benchmark] = Registry("benchmark", "flowcfd.benchmarks", _load)


def benchmark(
    name: str, *, title: str, source: str, cost: Cost
) -> Callable[[Callable[[Effort], Outcome]], Callable[[Effort], Outcome]]:
    """Register the decorated function as the benchmark `name`."""

    def register(run: Callable[[Effort], Outcome]) -> Callable[[Effort], Outcome]:
        BENCHMARKS.register(name, Benchmark(name, title, source, cost, run))
        return run

    return register


def cells(of: Results) -> int:
    """The number of cells of a computed case; ResultError where it is not known."""
    count = setup.cells(of.case)
    if count is None:
        raise ResultError(f"the number of cells is not written [{of.case}]")
    return count


def _revived(run: Run) -> None:
    """Let a run go on that did not come to its end before."""
    match run.state:
        case "Stopped" | "Paused" | "Lost":
            run.resume()
        case "Failed" | "Cancelled":
            run.retry()

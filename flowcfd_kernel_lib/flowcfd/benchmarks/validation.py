"""`validate`: run benchmarks and show one table of what they came to."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.benchmarks import report
from flowcfd.benchmarks.frame import BENCHMARKS, POLL, Benchmark, Effort, Interrupted, Outcome, Watch
from flowcfd.benchmarks.tables import Damaged
from flowcfd.errors import FlowError, ResultError, RunError
from flowcfd.jobs import several, waiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PATIENCE = 10.0
"""Time [s] that a thread gets to end what it measures when the waiting is over."""
SIDE_BY_SIDE = 3
"""Benchmarks that are worked on at the same time at most, whatever the machine has; their runs queue for its cores."""


@dataclass(frozen=True)
class Validation:
    """The outcomes of benchmarks in their order, and the errors of those that came to none."""

    outcomes: tuple[Outcome, ...]
    failures: tuple[tuple[str, str], ...] = ()
    quick: bool = False

    @property
    def ok(self) -> bool:
        """Whether every benchmark came to an end with all its comparisons in band."""
        return not self.failures and all(outcome.ok for outcome in self.outcomes)

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all runs [s], whenever they were computed; a run that two benchmarks share counts twice."""
        return sum(outcome.cpu_seconds for outcome in self.outcomes)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def __str__(self) -> str:
        return report.text(self.outcomes, self.failures)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return report.html(self.outcomes, self.failures)

    def plot(self) -> dict[str, Figure]:
        """The figures of all benchmarks that have one, by name."""
        return {outcome.benchmark: outcome.plot() for outcome in self.outcomes if outcome.plots}

    def to_json(self) -> dict[str, Any]:
        """All of it but the curves as JSON types."""
        return {
            "ok": self.ok,
            "quick": self.quick,
            "cpu_seconds": self.cpu_seconds,
            "benchmarks": [outcome.to_json() for outcome in self.outcomes],
            "failures": [{"benchmark": name, "error": error} for name, error in self.failures],
        }


def validate(
    names: str | Iterable[str] = (),
    *,
    quick: bool = False,
    on: str = "local",
    cores: int = 1,
    show: Callable[[Watch], None] | None = None,
) -> Validation:
    """Run benchmarks (all unless named; `quick`: the coarse form of those that have one) and compare.

    Runs that were computed before are found again. `on` and `cores` as `run` takes them, for each run. `show` is called
    about five times a second with what is being waited for. A run that fails, or does not give what is measured, is a
    line of the table; published values that are damaged raise Damaged. UnknownName before anything is run.
    """
    chosen = [BENCHMARKS.get(name) for name in ((names,) if isinstance(names, str) else tuple(names))]
    chosen = list(dict.fromkeys(chosen)) or everything()
    if quick:
        chosen = [benchmark for benchmark in chosen if benchmark.quick]
    effort = Effort("quick" if quick else "full", on, cores)
    ends = _all(chosen, effort, show)
    outcomes = tuple(end for end in ends if isinstance(end, Outcome))
    failures = tuple(
        (benchmark.name, str(end)) for benchmark, end in zip(chosen, ends, strict=True) if not isinstance(end, Outcome)
    )
    return Validation(outcomes, failures, quick)


def everything() -> list[Benchmark]:
    """All benchmarks by name, numbers in it by their size: cavity_re400 before cavity_re1000."""
    known = [benchmark for _, benchmark in BENCHMARKS.items()]
    return sorted(known, key=lambda one: re.sub(r"\d+", lambda number: number[0].zfill(12), one.name))


def _all(
    chosen: Sequence[Benchmark], effort: Effort, show: Callable[[Watch], None] | None
) -> list[Outcome | FlowError]:
    """How each benchmark ended, in their order; any other exception of one is raised here.

    Threads do no more than wait and read: the runs are processes of their own. An interrupt ends the waiting only.
    """
    ends: list[Outcome | BaseException | None] = [None] * len(chosen)
    todo = iter(list(enumerate(chosen)))  # advanced by who has the turn

    def work() -> None:
        with effort.watch.turn:
            for number, benchmark in todo:
                if effort.watch.halted.is_set():
                    return
                ends[number] = _end(benchmark, effort)
                if _serious(ends[number]):
                    effort.watch.halted.set()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(len(chosen), SIDE_BY_SIDE))]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(POLL)
            _tell(effort.watch, show)
    except KeyboardInterrupt:
        raise waiting.interrupted("the runs go on without this wait; the same validation finds them again") from None
    finally:
        effort.watch.halted.set()
        telling.tell(effort.watch, "", over=True)
        for thread in threads:
            thread.join(PATIENCE)
    for end in ends:
        if isinstance(end, BaseException) and _serious(end):
            raise end
    return [end for end in ends if isinstance(end, (Outcome, RunError, ResultError))]


def _tell(watch: Watch, show: Callable[[Watch], None] | None) -> None:
    """Tell those who show what is waited for."""
    several.tell(watch, list(watch.runs), "validation")
    if show is not None:
        show(watch)


def _end(benchmark: Benchmark, effort: Effort) -> Outcome | BaseException:
    """What a benchmark came to, or what it raised, for another thread to raise."""
    try:
        return benchmark.run(effort)
    except BaseException as error:
        return error


def _serious(end: Outcome | BaseException | None) -> bool:
    """Whether the others need not go on: no failed run or measure, and not the end of the waiting itself."""
    if isinstance(end, Damaged):
        return True
    return not isinstance(end, (Outcome, RunError, ResultError, Interrupted))

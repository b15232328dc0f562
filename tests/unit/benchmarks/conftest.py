"""Benchmarks that need no OpenFOAM."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowcfd.benchmarks import BENCHMARKS, Benchmark, Comparison, Cost, Curve, Effort, Outcome, Plot
from flowcfd.benchmarks.convergence import graded
from flowcfd.errors import FlowError

SOURCE = "Somebody, J. Nothing 1 (1999) 1-2"
Made = Callable[..., Benchmark]


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """An outcome of two comparisons, the second of which is in band when `good`."""

    def make(name: str = "square", *, good: bool = True) -> Outcome:
        found = graded([1.01, 1.04, 1.16], [1600, 400, 100])
        return Outcome(
            benchmark=name,
            comparisons=(
                found.against("width", 1.0, SOURCE, (0.98, 1.02), unit="m"),
                Comparison(
                    measure="|u - table| max",
                    value=0.01 if good else 0.3,
                    reference=0.0,
                    source="Other (2000)",
                    band=(0.0, 0.1),
                    why_no_gci="a distance",
                    note="the table is rough",
                ),
            ),
            plots=(
                Plot(
                    "square",
                    "x/L",
                    "u/U",
                    (
                        Curve("ours", [0, 1, 2], [0, 1, 4]),
                        Curve("table", [0, 1, 2], [0, 1.1, 3.9], reference=True, error=[0.1, 0.1, 0.1]),
                    ),
                    zero=True,
                ),
            ),
            cpu_seconds=12.3,
            cells=(1600, 400, 100),
            runs=("/runs/a", "/runs/b"),
            reused=1,
            verdict="green",
        )

    return make


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Made:
    """A function that registers a benchmark for the time of a test."""
    BENCHMARKS.names()  # ours are loaded first
    parts = dict(BENCHMARKS._parts)
    monkeypatch.setattr(BENCHMARKS, "_parts", parts)

    def make(name: str, run: Callable[[Effort], Outcome] | FlowError, *, quick: float | None = 1.0) -> Benchmark:
        def fail(effort: Effort) -> Outcome:
            assert isinstance(run, FlowError)
            raise run

        function = fail if isinstance(run, FlowError) else run
        return BENCHMARKS.register(name, Benchmark(name, f"the {name}", SOURCE, Cost(10, quick), function))

    return make

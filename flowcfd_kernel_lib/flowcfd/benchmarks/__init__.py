"""Published answers, and the benchmarks that set FlowCFD beside them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flowcfd.benchmarks.frame import BENCHMARKS, Benchmark, Comparison, Cost, Curve, Effort, Outcome, Plot
from flowcfd.benchmarks.tables import Published, published, reference
from flowcfd.benchmarks.validation import Validation, validate

__all__ = [
    "BENCHMARKS",
    "Benchmark",
    "Comparison",
    "Cost",
    "Curve",
    "Effort",
    "Outcome",
    "Plot",
    "Published",
    "Validation",
    "published",
    "reference",
    "validate",
]


def __getattr__(name: str) -> Any:
    """The modules of the benchmarks, with their `case` functions: `benchmarks.cavity.case(1000)`."""
    from flowcfd.benchmarks.frame import OWN

    if name in OWN:
        return import_module(f"flowcfd.benchmarks.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

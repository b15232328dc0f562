"""Published answers: tables and numbers with their source, to set a computation beside."""

from __future__ import annotations

from flowcfd.benchmarks.tables import Published, published, reference

__all__ = ["Published", "published", "reference"]

"""Sweeps: a notebook executed at many points of its parameters, and one table of the values that it keeps."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.sweeps.glue import keep as keep
    from flowcfd.sweeps.point import Point as Point
    from flowcfd.sweeps.sweep import Sweep as Sweep
    from flowcfd.sweeps.sweep import all_sweeps as all
    from flowcfd.sweeps.sweep import open_sweep as open

_HOMES = {
    "Point": ("point", "Point"),
    "Sweep": ("sweep", "Sweep"),
    "all": ("sweep", "all_sweeps"),
    "keep": ("glue", "keep"),
    "open": ("sweep", "open_sweep"),
}
__all__ = ["Point", "Sweep", "all", "keep", "open"]


def __getattr__(name: str) -> Any:
    # On first use: the worker and the engine of papermill need one module each, and start sooner without the others.
    if name not in _HOMES:
        raise AttributeError(f"module 'flowcfd.sweeps' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(f"flowcfd.sweeps.{module}"), attribute)

"""What a stage died of, and what went wrong in one that did not die, read from what it printed.

The failures that are known stand in `catalogue.toml`: how each is recognised, what it means, and what mends it. The
texts are those of OpenFOAM ESI 1912 (serial, and parallel with `[0] ` before each line) and of Open MPI. Standard
library only, for the worker uses it; it is loaded when something failed, not before, and the patterns of one part are
not compiled for another: the gate of meshes needs none of those of solvers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.foam.faults.blowup import diverging
    from flowcfd.foam.faults.causes import cause
    from flowcfd.foam.faults.entries import catalogue
    from flowcfd.foam.faults.fault import Fault
    from flowcfd.foam.faults.logs import of_logs
    from flowcfd.foam.faults.trouble import troubles

__all__ = ["Fault", "catalogue", "cause", "diverging", "of_logs", "troubles"]

_HOMES = {"Fault": "fault", "catalogue": "entries", "cause": "causes", "diverging": "blowup", "of_logs": "logs",
          "troubles": "trouble"}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

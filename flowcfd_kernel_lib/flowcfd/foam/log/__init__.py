"""Solver logs: `Tail` follows one that grows (standard library only), `read` takes a whole one in as columns."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.foam.log.bulk import Log as Log
    from flowcfd.foam.log.bulk import read as read
    from flowcfd.foam.log.meshing import Meshing as Meshing
    from flowcfd.foam.log.meshing import MeshTail as MeshTail
    from flowcfd.foam.log.tail import Progress as Progress
    from flowcfd.foam.log.tail import Step as Step
    from flowcfd.foam.log.tail import Tail as Tail
    from flowcfd.foam.log.tail import began as began
    from flowcfd.foam.log.tail import start_of as start_of

_HOME = {
    "Log": "bulk",
    "read": "bulk",
    "Meshing": "meshing",
    "MeshTail": "meshing",
    "Progress": "tail",
    "Step": "tail",
    "Tail": "tail",
    "began": "tail",
    "start_of": "tail",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.foam.log' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.foam.log.{_HOME[name]}"), name)

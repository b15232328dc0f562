"""Durable runs: the run directory protocol. Names are loaded on first use: the worker needs few of them."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.jobs.collection import Runs as Runs
    from flowcfd.jobs.handle import Run as Run
    from flowcfd.jobs.listing import open as open
    from flowcfd.jobs.listing import runs as runs
    from flowcfd.jobs.meshonly import mesh as mesh
    from flowcfd.jobs.status import Status as Status
    from flowcfd.jobs.status import statuses as statuses
    from flowcfd.jobs.submit import preview as preview
    from flowcfd.jobs.submit import run as run

_HOME = {
    "Run": "handle",
    "Runs": "collection",  # not `runs`: a module of that name would take the place of the verb
    "Status": "status",
    "mesh": "meshonly",
    "open": "listing",
    "preview": "submit",
    "run": "submit",
    "runs": "listing",
    "statuses": "status",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.jobs' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.jobs.{_HOME[name]}"), name)

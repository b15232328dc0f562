"""The live monitor of runs: what a solver writes, drawn in the notebook while it computes. Loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.widgets.monitor.target import watch as watch
    from flowcfd.widgets.monitor.widget import Monitor as Monitor

_HOME = {"watch": "target", "Monitor": "widget"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.widgets.monitor' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.widgets.monitor.{_HOME[name]}"), name)

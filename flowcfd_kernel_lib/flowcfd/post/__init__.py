"""Results: what a run has written, read as tables and meshes. It only reads. Names are loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.post.open import Results as Results
    from flowcfd.post.open import results as results
    from flowcfd.post.table import Signal as Signal
    from flowcfd.post.table import Table as Table
    from flowcfd.post.wall import reattachment as reattachment

_HOME = {"Results": "open", "Signal": "table", "Table": "table", "reattachment": "wall", "results": "open"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.post' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.post.{_HOME[name]}"), name)

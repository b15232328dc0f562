"""The only code that knows OpenFOAM. Names are loaded on first use: the worker needs few of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.foam.adopt import adopt as adopt
    from flowcfd.foam.casefiles import CaseFiles as CaseFiles
    from flowcfd.foam.render import render as render

_HOME = {"CaseFiles": "casefiles", "adopt": "adopt", "render": "render"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.foam' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.foam.{_HOME[name]}"), name)

"""The index: what the directories say of runs, studies and usage, kept in a database for quick answers.

The directories stay the truth: the index is refreshed from them whenever it is asked, and can be deleted at any time.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.index.ledger import usage as usage
    from flowcfd.index.listing import runs as runs

_HOME = {"runs": "listing", "usage": "ledger"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.index' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.index.{_HOME[name]}"), name)

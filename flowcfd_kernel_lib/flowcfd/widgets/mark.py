"""The mark of the cell that a widget writes: by the cell that the widget was made in, so that it is found again."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from typing import Any

_made: tuple[str, Counter[str]] = ("", Counter())
"""The run of a cell that is being counted, and how many widgets of each kind it has made."""


def mark(kind: str) -> str:
    """Such as "view-<cell>", the second of the cell "view-<cell>-2"; by chance where no cell is being run."""
    global _made
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    parent: Any = (getattr(shell, "get_parent", dict)() if shell is not None else {}) or {}
    cell = parent.get("metadata", {}).get("cellId")
    if not cell:
        return f"{kind}-{uuid.uuid4().hex[:12]}"
    run = str(parent.get("header", {}).get("msg_id", ""))
    if run != _made[0]:
        _made = run, Counter()
    _made[1][kind] += 1
    number = _made[1][kind]
    return f"{kind}-{cell}" + (f"-{number}" if number > 1 else "")

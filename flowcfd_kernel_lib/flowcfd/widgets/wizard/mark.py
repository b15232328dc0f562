"""The mark of the cell that a wizard writes: by the cell that it was made in, so that it is found again."""

from __future__ import annotations

import sys
import uuid
from typing import Any


def mark() -> str:
    """By the cell that is being run; by chance where there is none."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    parent: Any = getattr(shell, "get_parent", dict)() if shell is not None else {}
    cell = (parent or {}).get("metadata", {}).get("cellId")
    return f"wizard-{cell or uuid.uuid4().hex[:12]}"

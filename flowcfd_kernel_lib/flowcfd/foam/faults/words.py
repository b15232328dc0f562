"""What was printed as plain text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final


def plain(*texts: str, case: Path | None = None) -> str:
    """The texts in one, without the ranks before their lines and the case before its paths."""
    text = "\n".join(_PREFIX.sub("", part) for part in texts if part)
    for root in () if case is None else {str(case), str(case.resolve())}:
        if root.startswith("/") and len(root) > 1:
            text = text.replace(root.rstrip("/") + "/", "")
    return text


_PREFIX: Final = re.compile(r"^(?:\[\d+\] ?)+", re.MULTILINE)

"""The page's half of a widget, from files that widgets share."""

from __future__ import annotations

from pathlib import Path


def script(*files: Path) -> str:
    """Files of JavaScript behind one another, as one module."""
    return "\n".join(file.read_text(encoding="utf-8") for file in files)

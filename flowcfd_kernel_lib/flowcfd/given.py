"""What users give: paths and numbers, with the name of the field where they are wrong."""

from __future__ import annotations

import math
import os
from numbers import Integral, Real
from pathlib import Path

from flowcfd.errors import CaseError


def given_path(given: object, what: str = "path") -> Path:
    """A path with the home of a user in place of `~`; CaseError that names the field for what is none."""
    if not isinstance(given, str | os.PathLike):
        raise CaseError(f"{what}: must be the path of a file or folder (got {type(given).__name__})")
    try:
        path = Path(given).expanduser()
        path.exists()
    except (RuntimeError, TypeError, ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise CaseError(f"{what}: {str(given)[:80]!r} can be no path: {reason}") from None
    return path


def colour(given: object, what: str) -> str:
    """The name of a colour, or #rrggbb; CaseError that names the field."""
    from matplotlib.colors import is_color_like

    if not isinstance(given, str) or (given and not is_color_like(given)):
        raise CaseError(f"{what}: must be a colour, such as 'white', 'tab:red' or '#4c8bc9' (got {given!r})")
    return given


def whole(given: object, what: str, least: int, most: float = math.inf) -> int:
    """A whole number within a range, also numpy's; CaseError that names the field."""
    if isinstance(given, bool) or not isinstance(given, Integral) or not least <= int(given) <= most:
        reach = f"of at least {least}" if most == math.inf else f"from {least} to {most}"
        raise CaseError(f"{what}: must be a whole number {reach} (got {given!r})")
    return int(given)


def positive(given: object, what: str) -> float:
    """A finite number above 0; CaseError that names the field."""
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 < float(given) < math.inf:
        raise CaseError(f"{what}: must be a number above 0 (got {given!r})")
    return float(given)

"""The third gate: the real solver reads a copy of the case, with `-dry-run`."""

from __future__ import annotations

from collections.abc import Iterable

from flowcfd.foam.check.finding import Finding, Gate
from flowcfd.foam.check.view import CaseView


def gate(
    case: CaseView, found: Iterable[Finding], *, wanted: bool | None, allow_code: bool
) -> tuple[list[Finding], Gate]:
    """What the solver says of the case, and what was done."""
    if wanted is False:
        return [], Gate("dry run", 0.0, left_out="not asked for")
    return [], Gate("dry run", 0.0, left_out="not built yet")

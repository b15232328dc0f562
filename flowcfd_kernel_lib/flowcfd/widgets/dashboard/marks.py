"""The colour of a point, and the word that says the same."""

from __future__ import annotations

from flowcfd.jobs.record import ACTIVE
from flowcfd.widgets.dashboard.gathered import Row

COLOURS = {"green": "#1a7f4b", "amber": "#9a6700", "red": "#c0392b", "grey": "#5b6673"}
"""Of verdicts."""
AT_WORK, FAILED, NONE = "#0b6bcb", "#c0392b", "#5b6673"


def mark(row: Row) -> tuple[str, str]:
    """The colour of a row and the word that says it; what is done and has no verdict yet is being read."""
    if row.colour:
        return COLOURS.get(row.colour, NONE), row.colour
    if row.state == "Done":
        return NONE, "reading"
    if row.state in ACTIVE:
        return AT_WORK, row.state.lower()
    return (FAILED if row.state in ("Failed", "Lost", "Unreadable") else NONE), row.state.lower()

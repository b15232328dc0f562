"""The Case that a run was made from."""

from __future__ import annotations

import json

from flowcfd.case import Case
from flowcfd.errors import CaseError
from flowcfd.jobs.handle import Run


def case_of(run: Run | None) -> Case | None:
    """The description of a run; None for one that was adopted, or whose parts are not known here."""
    file = None if run is None else run.path / "case.json"
    if file is None or not file.is_file():
        return None
    try:
        return Case.from_dict(json.loads(file.read_text()))
    except (CaseError, ValueError):
        return None  # of a plug-in that is not here

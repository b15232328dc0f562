"""What a run was given: the files of its case as its solver first found them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.log import start_of
from flowcfd.jobs.logs import logs


def given(case: Path, application: str, *, steps: Sequence[str] = ()) -> CaseFiles:
    """A case that may have run since, with the fields of the time at which its solver began; raises CaseError.

    Most start from the latest time there is, which is the end as soon as they are done.
    """
    found = logs(case, application)
    return adopt(case, steps=steps, start=start_of(found[0]) if found else None)

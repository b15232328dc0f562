"""A budget over many cases, such as the points of a study: some of them are probed for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.jobs.estimate.budget import Budget, hold_all
from flowcfd.jobs.estimate.make import estimate

if TYPE_CHECKING:
    from flowcfd.case import Case
    from flowcfd.foam.casefiles import CaseFiles

PROBED = 3
"""So many of the cases are probed: the first, the last, and those evenly between."""


def hold_points(
    cases: Sequence[Case | CaseFiles | str | Path],
    budget: float | str,
    *,
    on: str = "local",
    cores: int = 1,
    resources: Mapping[str, object] | None = None,
    probed: int = PROBED,
) -> None:
    """Nothing where all cases together are expected to cost no more than the budget; else CaseError, and what fits.

    The sum is that of the probed ones times the number of all over theirs. Raises as `estimate` does.
    """
    limit = Budget.of(budget)
    if not cases:
        return
    count = min(probed, len(cases))
    places = sorted({round(n * (len(cases) - 1) / max(1, count - 1)) for n in range(count)})
    found = [estimate(cases[place], on=on, cores=cores, resources=resources) for place in places]
    hold_all(found, limit, of=len(cases))

"""What the page's first line says."""

from __future__ import annotations

import pytest

from flowcfd.widgets.dashboard.gathered import Gathered, Row
from flowcfd.widgets.dashboard.page import status


@pytest.mark.parametrize(
    ("states", "says"),
    [
        (("Failed", "Failed"), "No point is finished: study.run(again=True) tries those that failed again."),
        (("Failed", "Waiting"), "No point is finished yet: study.run() computes them."),
    ],
)
def test_the_way_on_from_a_study_of_which_nothing_is_finished(states: tuple[str, ...], says: str) -> None:
    rows = tuple(Row(n, f"Point {n}", {}, {}, state) for n, state in enumerate(states))
    assert says in status(Gathered("wing", rows), ready=True)

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from flowcfd import telling
from flowcfd.foam.log import Progress
from flowcfd.jobs import several


def run(name: str, *states: str, iteration: int = 0, end: float | None = None) -> Any:
    """A run that has these states one after the other, and the last for ever."""
    left = list(states)

    class Fake(SimpleNamespace):
        @property
        def state(self) -> str:
            return left.pop(0) if len(left) > 1 else left[0]

    now = Progress(time=float(iteration), iteration=iteration, start_time=0.0, end_time=end)
    return Fake(name=name, progress=lambda: now)


def test_how_far_many_runs_are() -> None:
    runs = [run("fine", "Running", iteration=50, end=200.0), run("middle", "Queued"), run("coarse", "Done")]
    words, fraction = several.how_far(runs, "mesh independence")
    assert words == "mesh independence: 1 of 3 runs ended; fine running, iteration 50"
    assert fraction == pytest.approx((0.25 + 0.0 + 1.0) / 3)


def test_no_runs_yet_have_no_fraction() -> None:
    assert several.how_far([], "validation") == ("validation: 0 of 0 runs ended", None)


def test_a_wait_tells_until_the_last_run_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(telling, "TELLERS", [lambda who, words, fraction, over: told.append((words, over))])
    monkeypatch.setattr(several, "POLL", 0.0)
    several.wait([run("one", "Running", "Running", "Running", "Running", "Running", "Done")], "study", "call again")
    assert told[0] == ("study: 0 of 1 runs ended; one running", False)
    assert told[-1] == ("", True)
    assert [over for _, over in told].count(True) == 1


def test_an_interrupt_ends_the_wait_and_says_that_the_runs_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []

    def pressed(who: object, words: str, fraction: float | None, over: bool) -> None:
        told.append(over)
        if not over:
            raise KeyboardInterrupt

    monkeypatch.setattr(telling, "TELLERS", [pressed])
    with pytest.raises(KeyboardInterrupt, match="the runs go on without this wait; call again"):
        several.wait([run("one", "Running")], "study", "call again")
    assert told == [False, True]

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import IPython.display
import pytest

from flowcfd.foam.log import Progress
from flowcfd.kernel import progress


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Progress(), ""),
        (Progress(time=3.0, iteration=3, residuals={"p": 0.012}), "iteration 3, p 1.2e-02"),
        (
            Progress(time=0.5, iteration=100, courant=0.85, execution_time=30.0, end_time=1.0, start_time=0.0),
            "iteration 100, time 0.5 s, Co 0.85, about 30 s left",
        ),
        (Progress(time=282.0, iteration=282, converged=282), "iteration 282, converged at 282"),
    ],
)
def test_how_far_a_solver_is_in_words(now: Progress, words: str) -> None:
    assert progress.text(now) == words


def test_a_run_that_is_done_says_where_it_ended_without_residuals() -> None:
    assert progress.ended(Progress(time=0.5, iteration=100, residuals={"p": 1e-5}, courant=0.8)) == (
        "iteration 100, time 0.5 s"
    )
    assert progress.ended(Progress(time=282.0, iteration=282, converged=282)) == "converged at iteration 282"


def test_a_narrow_screen_cuts_off_the_residuals_and_not_the_time_left(clock: list[float], display: Display) -> None:
    waited = run("Running")
    waited.progress = lambda: Progress(
        time=100.0, iteration=100, residuals={"p": 0.01}, execution_time=30.0, end_time=200.0, start_time=0.0
    )
    progress.show(waited, False)
    clock[0] = 3.0
    progress.show(waited, False)
    progress.show(waited, True)
    assert display.shown == ["cavity-1: Running, iteration 100, about 30 s left, p 1.0e-02"]


class Display:
    """A stand-in for IPython's display: what was shown, and each update."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.updates: list[str] = []

    def __call__(self, bundle: dict[str, str], **_: Any) -> Display:
        self.shown.append(bundle["text/plain"])
        return self

    def update(self, bundle: dict[str, str], **_: Any) -> None:
        self.updates.append(bundle["text/plain"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Display:
    made = Display()
    monkeypatch.setattr(IPython.display, "display", made)
    return made


def run(state: str) -> Any:
    return SimpleNamespace(
        path=Path("/runs/cavity-1"),
        state=state,
        why="",
        settling="",
        stages=(),
        progress=lambda: Progress(time=1.0, iteration=1),
    )


def test_a_short_wait_shows_nothing(clock: list[float], display: Display) -> None:
    progress.show(run("Running"), False)
    clock[0] = 1.9
    progress.show(run("Running"), False)
    progress.show(run("Done"), True)
    assert display.shown == []


def test_a_longer_wait_is_one_line_that_is_updated_now_and_then_and_at_the_end(
    clock: list[float], display: Display
) -> None:
    for step in range(40):
        clock[0] = step * 0.1
        progress.show(run("Running"), False)
    progress.show(run("Done"), True)
    assert display.shown == ["cavity-1: Running, iteration 1"]
    assert 3 <= len(display.updates) <= 5
    assert display.updates[-1] == "cavity-1: Done, iteration 1"


def test_a_second_wait_for_the_same_run_starts_anew(clock: list[float], display: Display) -> None:
    progress.show(run("Running"), False)
    progress.show(run("Done"), True)
    clock[0] = 100.0
    progress.show(run("Running"), False)
    progress.show(run("Done"), True)
    assert display.shown == []


def test_a_wait_for_many_runs_is_one_line_that_is_emptied_at_the_end(clock: list[float], display: Display) -> None:
    who = object()
    progress.show_many(who, "1 of 3 runs ended", 0.4, False)
    assert display.shown == []
    clock[0] = 3.0
    progress.show_many(who, "2 of 3 runs ended", 0.7, False)
    clock[0] = 4.0
    progress.show_many(who, "3 of 3 runs ended", 1.0, False)
    progress.show_many(who, "", None, True)
    assert display.shown == ["2 of 3 runs ended"]
    assert display.updates == ["3 of 3 runs ended", ""]


def test_a_short_wait_for_many_runs_shows_nothing(clock: list[float], display: Display) -> None:
    who = object()
    progress.show_many(who, "0 of 3 runs ended", 0.0, False)
    clock[0] = 1.0
    progress.show_many(who, "", None, True)
    assert (display.shown, display.updates) == ([], [])

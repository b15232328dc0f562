"""Threads that show something in the notebook work in the context of who started them.

ipykernel answers to the message that is in the context; without one to the last that came, which may be of a subshell.
"""

from __future__ import annotations

import contextvars

import pytest

from flowcfd.jobs import Runs
from flowcfd.jobs.live import Live
from flowcfd.widgets.wizard.working import Working

MESSAGE = contextvars.ContextVar("MESSAGE", default="none")


def test_a_table_of_runs_looks_in_the_context_of_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    MESSAGE.set("cell")
    live = Live(Runs([]))
    monkeypatch.setattr(live, "_told", lambda *given: seen.append(f"{MESSAGE.get()} {given[0]}"))
    MESSAGE.set("click")
    thread = live._threaded("flowcfd-test", lambda: live._told("pause", Runs([])))
    thread.start()
    thread.join()
    assert seen == ["cell pause"]


def test_what_takes_its_time_is_done_in_the_context_of_the_click() -> None:
    seen: list[str] = []
    MESSAGE.set("click")
    working = Working()
    working.start("at work", MESSAGE.get, seen.append)
    working.wait(60)
    assert seen == ["click"]

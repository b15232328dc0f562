"""Cores are given to who has waited at the head of the queue, and come back with their holder's end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd.jobs import slots as slots_module
from flowcfd.jobs.slots import Slots


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Slots]]:
    """Slots of a machine with four cores."""
    monkeypatch.setattr(slots_module, "machine", lambda: 4)
    made: list[Slots] = []

    def make(cores: int) -> Slots:
        made.append(Slots(tmp_path, cores))
        return made[-1]

    yield make
    for each in made:
        each.release()


def test_runs_share_the_machine_until_it_is_full(slots: Callable[[int], Slots]) -> None:
    one, two, more = slots(2), slots(2), slots(1)
    assert one.ready() and two.ready() and one.ready()
    assert not more.ready()
    one.release()
    assert more.ready()


def test_a_large_run_at_the_head_of_the_queue_is_not_overtaken(slots: Callable[[int], Slots]) -> None:
    small, large, later = slots(1), slots(4), slots(1)
    assert small.ready() and not large.ready()
    assert not later.ready()
    small.release()
    assert large.ready() and not later.ready()
    large.release()
    assert later.ready()


def test_a_run_with_more_ranks_than_cores_takes_the_whole_machine(slots: Callable[[int], Slots]) -> None:
    huge = slots(64)
    assert huge.ready() and not slots(1).ready()


def test_who_leaves_the_queue_lets_the_next_one_in(slots: Callable[[int], Slots]) -> None:
    full, waiting, next_one = slots(3), slots(2), slots(1)
    assert full.ready() and not waiting.ready() and not next_one.ready()
    waiting.release()
    assert next_one.ready()


def test_a_container_with_a_quota_has_fewer_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)))
    for said, cores in (("200000 100000", 2), ("50000 100000", 1), ("max 100000", 64)):
        monkeypatch.setattr(Path, "read_text", lambda path, said=said: said)
        assert slots_module.machine() == cores

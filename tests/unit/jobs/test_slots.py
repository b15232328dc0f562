"""Cores are given to who has waited at the head of the queue, and come back with their holder's end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
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


def test_who_waits_with_a_greater_priority_goes_first_and_the_older_among_equals(tmp_path: Path, slots: object) -> None:
    del slots  # a machine of four cores
    said = {"a": 0, "b": 0, "c": 0}
    full = Slots(tmp_path, 4)
    made = (("a", 3.0), ("b", 1.0), ("c", 2.0))
    a, b, c = (Slots(tmp_path, 4, partial(said.__getitem__, name), since) for name, since in made)
    assert full.ready()
    assert not a.ready() and not b.ready() and not c.ready()
    said["c"] = 5
    assert not c.ready()
    full.release()
    assert not a.ready() and not b.ready() and c.ready()
    c.release()
    assert not a.ready() and b.ready()
    b.release()
    assert a.ready()
    a.release()
    assert list((a.folder / "waiting").iterdir()) == []


def test_a_head_that_has_gathered_cores_gives_them_up_for_who_is_more_urgent(
    tmp_path: Path, slots: Callable[[int], Slots]
) -> None:
    busy, patient = slots(2), slots(4)
    assert busy.ready() and not patient.ready() and patient.leads
    urgent = Slots(tmp_path, 2, lambda: 9)
    assert not urgent.ready()  # the cores are held by who led so far
    assert not patient.ready() and not patient.leads
    assert urgent.ready()
    urgent.release()


def test_the_ticket_of_a_dead_worker_holds_nobody_up(tmp_path: Path, slots: Callable[[int], Slots]) -> None:
    mine = slots(1)
    place = mine.folder / "waiting" / f"00000-{1.0:018.6f}-1-1"
    place.parent.mkdir(parents=True)
    place.touch()  # nobody holds its lock
    assert mine.ready() and not place.exists()

"""What the keeper of a pool says of a run that it closes: it stands there before the ticket is gone, and is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowcfd.cluster.pool import Pool
from flowcfd.jobs import record
from flowcfd.jobs.executors.dask.ledger import Ledger
from flowcfd.jobs.executors.dask.places import Place, Ticket
from flowcfd.jobs.record import Job


class Pilots:
    """One pilot of a core, in which everything dies with these words."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def free(self) -> dict[str, int]:
        return {"here": 1}

    def submit(self, order: Any, cores: int, where: str) -> asyncio.Future[int]:
        self.sent.append(order.turn)
        future: asyncio.Future[int] = asyncio.Future()
        future.set_result(0)
        return future

    async def outcome(self, future: asyncio.Future[int]) -> tuple[int | None, str]:
        return None, "its pilot is gone"


@pytest.fixture
def place(home: Path) -> Place:
    made = Place(home / "dask" / "small")
    made.make()
    return made


@pytest.fixture
def job(home: Path, place: Place) -> Job:
    path = home / "runs" / "a-0123456789ab"
    path.mkdir(parents=True)
    made = Job(path, "u", "a", "0" * 64, 1, "", "small", ("icoFoam",), "icoFoam", 1.0, 0.0, 1.0, "1912")
    record.write_job(made, path)
    place.put(made, 1)
    return made


def a_ledger(place: Place) -> tuple[Ledger, Pilots]:
    pilots = Pilots()
    return Ledger(place, Pool(cluster="local", cores=1), pilots), pilots  # type: ignore[arg-type]


async def until_closed(one: Ledger) -> None:
    for _ in range(10):
        one.looked = 0.0
        await one.look()
        if not one.tasks:
            return
    raise AssertionError("it is tried for ever")


def test_who_misses_the_ticket_finds_what_was_said(place: Place, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Mapping[str, Any]] = []
    unlink = Path.unlink

    def watched(path: Path, missing_ok: bool = False) -> None:
        if path.parent.name == "queue":
            seen.append(place.tasks[job.uid])
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    one, pilots = a_ledger(place)
    asyncio.run(until_closed(one))
    assert len(pilots.sent) == 2 and not place.tickets(), "it was tried twice"
    assert [about["said"] for about in seen] == ["its pilot is gone"]
    assert place.tasks[job.uid] == {"said": "its pilot is gone"}


def test_a_keeper_that_dies_as_it_closes_a_run_leaves_it_to_the_next_one(
    place: Place, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(path: Path, missing_ok: bool = False) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Path, "unlink", die)
        asyncio.run(until_closed(a_ledger(place)[0]))
    (ticket,) = map(Ticket.read, place.tickets())
    assert ticket is not None
    following, pilots = a_ledger(place)
    asyncio.run(until_closed(following))
    assert pilots.sent == [] and not place.tickets(), "its turns are used up"
    assert place.tasks[job.uid] == {"said": "its pilot is gone"}


def test_who_asks_again_has_its_turns_again(place: Place, job: Job) -> None:
    asyncio.run(until_closed(a_ledger(place)[0]))
    place.put(job, 0)
    following, pilots = a_ledger(place)
    asyncio.run(until_closed(following))
    assert len(pilots.sent) == 1 and pilots.sent[0].endswith(".0")

"""A connection to a pool's scheduler, and `map` over it. Who connects needs the pool's key."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import waiting
from flowcfd.jobs.executors.dask import keeping, keys
from flowcfd.jobs.executors.dask.mapped import Answer, call

if TYPE_CHECKING:
    from distributed import Client

    from flowcfd.jobs.executors.dask.handle import DaskPool

AGAIN = 3
"""So often a call is sent again whose pilot died; it only reads, so that is safe."""
CONNECTION = {"set_as_default": False, "timeout": "60s"}
SOONER = 1_000_000
"""The priority of a call: before the runs that wait."""


def connect(pool: DaskPool) -> Client:
    """A client of a pool that is up; SiteError when its scheduler does not answer."""
    from distributed import Client

    folder: Path = pool.place.folder
    security = keys.security(folder / "cert.pem", folder / "key.pem")
    address = str(keeping.wait(pool.place, pool.name)["address"])
    try:
        return Client(address, security=security, **CONNECTION)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError) as error:
        raise SiteError(f"the scheduler of the pool {pool.name!r} at {address} does not answer: {error}") from None


def mapped(pool: DaskPool, function: Callable[[Any], Any], items: Sequence[Any], title: str) -> list[Any]:
    """What the function gives for each item, in their order; see DaskPool.map."""
    if not items:
        return []
    places = [str(Path(place).absolute()) for place in sys.path]  # a module beside a notebook is found there too
    work = _pickled((places, _pickled(function))), [_pickled(item) for item in items]
    telling.tell(items, f"{title}: is being started", 0.0)
    try:
        with pool.client() as client:
            answers = _answers(client, pool, *work, told=lambda done: _tell(items, title, done))
    except KeyboardInterrupt:
        raise waiting.interrupted("the calls that were not begun are given up") from None
    finally:
        telling.tell(items, "", over=True)
    return [_value(answer) for answer in answers]


def _answers(
    client: Client, pool: DaskPool, function: bytes, items: Sequence[bytes], *, told: Callable[[int], None]
) -> list[Answer]:
    from distributed import KilledWorker, as_completed

    shared, most = pool.pool.cluster == "local", keeping.cores(pool.pool)

    def send(item: bytes) -> Any:
        key = f"call-{uuid.uuid4().hex}"
        options = {"key": key, "pure": False, "resources": {"cores": 1}, "priority": SOONER}
        return client.submit(call, function, item, shared, most, **options)

    places = {send(item): number for number, item in enumerate(items)}
    found: dict[int, Answer] = {}
    tries = dict.fromkeys(range(len(items)), 1)
    completed = as_completed(list(places), loop=client.loop)  # type: ignore[no-untyped-call]
    for future in completed:
        number = places[future]
        error = future.exception() if future.status == "error" else None
        if error is None:
            found[number] = future.result()
        elif isinstance(error, KilledWorker) and tries[number] <= AGAIN:
            tries[number] += 1
            anew = send(items[number])
            places[anew] = number
            completed.add(anew)  # type: ignore[no-untyped-call]
        else:
            raise SiteError(f"the pool {pool.name!r} could not compute it: {' '.join(str(error).split())}")
        told(len(found))
    return [found[number] for number in range(len(items))]


def _pickled(thing: object) -> bytes:
    import cloudpickle  # type: ignore[import-untyped]

    try:
        sent: bytes = cloudpickle.dumps(thing)
    except Exception as error:  # whatever a foreign thing does when it is pickled
        raise CaseError(f"{thing!r} cannot be sent to another process: {error}") from None
    return sent


def _value(answer: Answer) -> Any:
    import cloudpickle

    fine, sent = answer
    value = cloudpickle.loads(sent)
    if not fine:
        raise value
    return value


def _tell(who: Sequence[Any], title: str, done: int) -> None:
    telling.tell(who, f"{title}: {done} of {len(who)}", done / len(who))

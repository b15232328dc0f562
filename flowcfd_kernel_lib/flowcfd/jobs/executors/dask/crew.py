"""The pilots of a pool, and the scheduler that sends them work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, LocalCluster

from flowcfd.jobs.executors.dask import keeping, keys, task
from flowcfd.jobs.executors.dask.places import Place

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool

SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # what a dead worker had is ours to send again, counted
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.work-stealing": False,  # a run that waits behind another is not in any pilot yet
    "distributed.worker.daemon": False,  # the processes of `map` are its children
    "distributed.deploy.lost-worker-timeout": "365 days",  # lost pilots are ours to forget, by what squeue says
    "distributed.comm.timeouts.connect": "60s",
    "distributed.admin.tick.limit": "120s",
}

CONNECTION = {"asynchronous": True, "set_as_default": False, "name": "keeper"}


class Crew:
    """The pilots on this machine: one Dask worker with all cores of the pool, which its nanny starts again."""

    def __init__(self, place: Place, name: str, pool: Pool) -> None:
        self.place, self.name, self.pool = place, name, pool
        self.cores = keeping.cores(pool)
        self.secret = secrets.token_urlsafe(16)
        self.waits = ""
        self.cluster: Any = None
        self.client: Any = None

    async def start(self) -> None:
        """Bring up scheduler and pilots, and connect."""
        dask.config.set(SETTINGS)
        self.cluster = await self._made(keys.security(self.place.folder / "cert.pem", self.place.folder / "key.pem"))
        _hide(self.cluster.scheduler.http_application)
        self.client = await Client(self.cluster, **CONNECTION)  # type: ignore[no-untyped-call]

    async def _made(self, security: Any) -> Any:
        return await LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1, threads_per_worker=self.cores, processes=True, host="127.0.0.1", protocol="tls://",
            security=security, asynchronous=True, dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR,
            scheduler_kwargs={"http_prefix": f"/{self.secret}"}, worker_dashboard_address="127.0.0.1:0",
            memory_limit=0, resources={"cores": self.cores}, local_directory=str(self.place.scratch),
        )  # fmt: skip

    async def close(self) -> None:
        """End pilots and scheduler."""
        for part in (self.client, self.cluster):
            if part is not None:
                with contextlib.suppress(Exception):  # the end of Dask is no reason not to end
                    await asyncio.wait_for(part.close(), 30.0)

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(self.cluster.scheduler.address)

    @property
    def dashboard(self) -> str:
        """The link of the dashboard, on this machine's own interface; who has not got the link cannot guess it."""
        server = self.cluster.scheduler.services.get("dashboard")
        return f"http://127.0.0.1:{server.port}/{self.secret}/status" if server is not None else ""

    def free(self) -> dict[str, int]:
        """The cores of each pilot that nobody has, by its address."""
        pilots = self.cluster.scheduler.running  # not those that are about to end
        return {each.address: _cores(each.resources) - _cores(each.used_resources) for each in pilots}

    def submit(self, order: task.Order, cores: int, where: str) -> Any:
        """A future of the return code of a run's worker, in the pilot of this address."""
        key, wanted = f"{Path(order.run).name} {order.turn}", {"cores": cores}
        return self.client.submit(task.solve, order, key=key, pure=False, resources=wanted, workers=[where])

    def take_back(self, future: Any) -> None:
        """Nobody wants it any more; a run that computes is not ended by that."""
        asyncio.ensure_future(future.cancel())  # noqa: RUF006

    async def outcome(self, future: Any) -> tuple[int | None, str]:
        """The return code of a future that is done; None and the cause where its pilot died or could not begin."""
        try:
            return int(await future), ""
        except (Exception, asyncio.CancelledError) as error:
            first = " ".join(str(error).split(". ")[0].split())
            lost = type(error).__name__ == "KilledWorker"
            return None, "its pilot is gone" if lost else f"{type(error).__name__}: {first}"

    async def run(self, function: Callable[..., Any], *given: object) -> None:
        """Call a function in every pilot, whatever it computes."""
        with contextlib.suppress(Exception):  # a pilot may go meanwhile, and what it computed with it
            await self.client.run(function, *given)

    def pilots(self) -> list[dict[str, Any]]:
        """The pilots that can be given work: name, host, cores, and how many of them are taken."""
        return [
            {"name": str(each.name), "host": each.host, "cores": _cores(each.resources),
             "taken": min(_cores(each.resources), _cores(each.used_resources))}
            for each in self.cluster.scheduler.workers.values()
        ]  # fmt: skip

    def others(self) -> bool:
        """Whether somebody else has something to compute here: `map`, or a client of their own."""
        return any(not key.startswith(_OURS) for key in self.cluster.scheduler.clients if key != "fire-and-forget")

    async def look(self, wanted: Sequence[int]) -> None:
        """A local pilot is always there."""


_OURS = "Client-keeper"


def _hide(pages: Any) -> None:
    """Dask's root leads to the page whose link is the key; ours leads nowhere."""
    from tornado.web import HTTPError, RequestHandler

    class Nothing(RequestHandler):
        def prepare(self) -> None:
            raise HTTPError(404)

    pages.add_handlers(".*$", [("/", Nothing)])


def _cores(resources: Mapping[str, float]) -> int:
    return int(resources.get("cores", 0))


def crew(place: Place, name: str, pool: Pool) -> Crew:
    """The pilots of this pool."""
    if pool.cluster == "local":
        return Crew(place, name, pool)
    from flowcfd.jobs.executors.dask.jobs import SlurmCrew

    return SlurmCrew(place, name, pool)

"""The handle on a pool: bring it up, look at it, end it, have it call a function over many things."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flowcfd.errors import CaseError, FlowError
from flowcfd.jobs.executors import executors
from flowcfd.jobs.executors.dask import keeping
from flowcfd.jobs.executors.dask.executor import Dask
from flowcfd.jobs.executors.dask.places import Place, Ticket
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.settings import settings

if TYPE_CHECKING:
    from distributed import Client

    from flowcfd.cluster.pool import Pool

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Standing:
    """How a pool stands: whether it is up, where, its pilots, the runs that it has, and what it waits for."""

    name: str
    up: bool
    dashboard: str = ""
    host: str = ""
    pid: int | None = None
    cores: int = 0
    pilots: tuple[dict[str, Any], ...] = ()
    computing: int = 0
    waiting: int = 0
    waits: str = ""


class DaskPool:
    """A pool of Dask by the name of its profile; "dask" is this machine's.

    pool = fc.pool("dask").up()
    pool                                   # its pilots, and the link of the dashboard
    pool.map(function, runs)
    pool.down()
    """

    def __init__(self, name: str = "dask") -> None:
        executor = executors.get(name, where="pool")
        if not isinstance(executor, Dask):
            raise CaseError(f"pool: {name!r} is no pool of Dask; its profile needs the line 'executor: dask'")
        self.name = name
        self.pool: Pool = executor.pool
        self.place = Place(settings().home / "dask" / name)

    def up(self) -> DaskPool:
        """Start it, unless it is up; returns when its scheduler listens. Raises SiteError."""
        keeping.require(self.pool)
        keeping.start(self.place, self.name, self.pool)
        keeping.wait(self.place, self.name)
        return self

    def down(self) -> bool:
        """Stop its runs with their fields written, and end it; whether it was up. run.resume() goes on with them."""
        if not self.place.kept:
            return False
        runs = [run for run in self.runs() if run.state in ACTIVE]
        for run in runs:
            run.stop(timeout=None)
        for run in runs:
            run.stop(timeout=60.0)
        return keeping.end(self.place)

    def runs(self) -> list[Run]:
        """The runs that it has, or that wait for it."""
        found = []
        for path in self.place.tickets():
            ticket = Ticket.read(path)
            try:
                found += [Run(ticket.run)] if ticket is not None else []
            except FlowError:  # deleted by hand
                continue
        return found

    @property
    def status(self) -> Standing:
        """How it stands now."""
        waiting = len(self.place.waiting())
        if not self.place.kept:
            return Standing(self.name, False, waiting=waiting, waits=self.place.last_words() if waiting else "")
        said = self.place.keeper
        phases = [task.get("phase") for task in self.place.tasks.values()]
        identity = said.get("identity") or {}
        return Standing(
            self.name, True, str(said.get("dashboard", "")), str(said.get("host", "")), identity.get("pid"),
            int(said.get("cores") or keeping.cores(self.pool)), tuple(said.get("pilots") or ()),
            phases.count("at work"), phases.count("waiting"), str(said.get("waits") or ""),
        )  # fmt: skip

    @property
    def dashboard(self) -> str:
        """The link of Dask's dashboard, which only this machine can open; empty while the pool is not up."""
        return self.status.dashboard

    def client(self) -> Client:
        """A client of Dask for work of your own; its tasks ask for cores by `resources={"cores": 1}`."""
        from flowcfd.jobs.executors.dask.client import connect

        return connect(self.up())

    def map(self, function: Callable[[Item], Value], items: Iterable[Item], *, title: str = "") -> list[Value]:
        """What `function` gives for each item, in their order, computed on the pool's free cores.

        The function and the items are sent to other processes. Its first error is raised, as in a loop.
        """
        from flowcfd.jobs.executors.dask.client import mapped

        return mapped(self, function, list(items), title or f"Pool {self.name}")

    def __repr__(self) -> str:
        return f"<Pool {self.name}: {told(self.status)}>"

    def _repr_html_(self) -> str:
        now = self.status
        link = f" &middot; <a href='{now.dashboard}' target='_blank'>dashboard</a>" if now.dashboard else ""
        title = f"<div><b>Pool {html.escape(self.name)}</b>: {html.escape(told(now, link=False))}{link}</div>"
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(pilot['name'])}</td>"
            f"<td style='text-align:left'>{html.escape(pilot['host'])}</td>"
            f"<td>{pilot['taken']} of {pilot['cores']}</td></tr>"
            for pilot in now.pilots
        )
        left = "<th style='text-align:left'>"
        heads = f"<tr>{left}pilot</th>{left}host</th><th>cores taken</th></tr>"
        return f"{title}<table>{heads}{rows}</table>" if rows else title


def told(now: Standing, *, link: bool = True) -> str:
    """How a pool stands, in one line."""
    if not now.up:
        left = f"; {now.waiting} runs wait for it: {now.waits}" if now.waiting else ""
        return f"not up{left}"
    count = len(now.pilots)
    words = [f"{count} pilot{'s' * (count != 1)} of {now.cores} cores, {now.computing} runs at work"]
    words += [f"{now.waiting} waiting"] if now.waiting else []
    words += [now.waits] if now.waits else []
    words += [now.dashboard] if link and now.dashboard else []
    return "; ".join(words)


def pool(name: str = "dask") -> DaskPool:
    """The pool of Dask by the name of its profile; "dask" is this machine's. It need not be up."""
    return DaskPool(name)

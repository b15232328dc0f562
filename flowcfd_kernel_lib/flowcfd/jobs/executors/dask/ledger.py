"""What becomes of the tickets of a pool: sent to a pilot, seen through, sent again or closed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowcfd.errors import RunError
from flowcfd.jobs import record
from flowcfd.jobs.executors.dask import keeping, task
from flowcfd.jobs.executors.dask.places import Place, Ticket, ended, lives
from flowcfd.jobs.record import AGAIN

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool
    from flowcfd.jobs.executors.dask.crew import Crew

REMEMBERED = 1000
"""So many runs that ended badly are remembered with what was said of them."""


@dataclass
class Task:
    """A ticket at work: its turn, and Dask's future. `adopted`: its worker computes, and no task of Dask waits for it."""

    ticket: Ticket
    turn: int
    future: Any = None
    adopted: bool = False


class Ledger:
    """All tickets of a pool, as its keeper has them."""

    def __init__(self, place: Place, pool: Pool, crew: Crew) -> None:
        self.place, self.pool, self.crew = place, pool, crew
        self.tasks: dict[str, Task] = {}
        self.before = dict(place.tasks)  # an earlier keeper's
        self.said: dict[str, str] = {uid: raw["said"] for uid, raw in self.before.items() if raw.get("said")}
        self.content: object = None

    async def look(self) -> None:
        """Take new tickets, give up those that are gone, and see to those that have ended."""
        tickets = {path.name: path for path in self.place.tickets()}
        for task_ in list(self.tasks.values()):
            if task_.ticket.path.name not in tickets:
                self._drop(task_)
            elif task_.adopted and not lives(task_.ticket.run):
                self._next(task_, "the scheduler was gone, and so is its worker", again=not ended(task_.ticket.run))
            elif task_.future is not None and task_.future.done():
                await self._finished(task_)
        at_work = {task_.ticket.path.name for task_ in self.tasks.values()}
        for name in sorted(tickets.keys() - at_work, key=lambda name: tickets[name].name):
            ticket = Ticket.read(tickets[name])
            if ticket is not None:
                self._take(ticket)
        for task_ in self.tasks.values():
            self._heed(task_)
        await self._stop()
        self._say()

    def wanted(self) -> list[int]:
        """The cores of each run that computes in a pilot or waits for one."""
        return [one.ticket.cores for one in self.tasks.values() if one.future is not None]

    def _take(self, ticket: Ticket) -> None:
        if ticket.uid in self.tasks:
            self._drop(self.tasks[ticket.uid])
        self.said.pop(ticket.uid, None)
        if not (ticket.run / "job.json").is_file():  # deleted, and its ticket is too
            ticket.path.unlink(missing_ok=True)
            return
        known = self.before.pop(ticket.uid, {})
        turn = int(known.get("turn") or 0) if known.get("ticket") == ticket.id else 0
        self.tasks[ticket.uid] = mine = Task(ticket, turn)
        if lives(ticket.run):
            mine.adopted = True
        elif ended(ticket.run):
            self._close(mine)
        elif known.get("ticket") == ticket.id and known.get("phase") == "at work":
            self._next(mine, "the scheduler was gone, and so is its worker")

    def _heed(self, mine: Task) -> None:
        """A run that may begin is sent to Dask; one that is held now is taken back while it waits."""
        if mine.future is None and not mine.adopted:
            now = Ticket.read(mine.ticket.path)
            if now is not None and not now.held and now.cores <= keeping.cores(self.pool):
                mine.ticket = now
                mine.future = self.crew.submit(self._order(mine), now.cores, mine.turn, record.priority(now.run))
        elif mine.future is not None and self.crew.queued(mine.future):
            now = Ticket.read(mine.ticket.path)
            if now is not None and (now.held or record.priority(now.run) != mine.future.priority):
                mine.ticket = now
                self.crew.take_back(mine.future)
                mine.future = None

    async def _finished(self, mine: Task) -> None:
        run = mine.ticket.run
        code, why = await self.crew.outcome(mine.future)
        mine.future = None
        if code == task.UNBEGUN:
            return  # sent again as it is
        if lives(run):  # by whoever has it by right, or in spite of its pilot's death
            mine.adopted = True
        elif code == AGAIN:
            self._next(mine, "")
        elif code is None and not ended(run):
            self._next(mine, why)
        else:
            self._close(mine)

    def _next(self, mine: Task, why: str, *, again: bool = True) -> None:
        """The next turn, if there may be one."""
        mine.adopted = False
        if why:
            record.event(mine.ticket.run, "pilot lost", turn=mine.turn, why=why)
        if again and mine.turn < mine.ticket.restarts:
            mine.turn += 1
        else:
            self._close(mine, why if again else "")

    def _close(self, mine: Task, said: str = "") -> None:
        if said:
            self.said[mine.ticket.uid] = said
        self._say()  # before the ticket is gone: who misses it looks here
        mine.ticket.path.unlink(missing_ok=True)
        self.tasks.pop(mine.ticket.uid, None)

    def _drop(self, mine: Task) -> None:
        """Its ticket was taken away: it is not to be computed any more, or not by this ticket."""
        if mine.future is not None:
            self.crew.take_back(mine.future)
        self.tasks.pop(mine.ticket.uid, None)

    async def _stop(self) -> None:
        """End the processes of runs on nodes that the executor does not see."""
        for marker in (self.place.folder / "stop").iterdir():
            run = self.place.home / "runs"
            found = [path for path in run.glob("*/job.json") if _uid(path) == marker.name]
            if found:
                await self.crew.run(task.kill, str(found[0].parent), marker.name)
            marker.unlink(missing_ok=True)

    def _order(self, mine: Task) -> task.Order:
        ticket, local = mine.ticket, self.pool.cluster == "local"
        return task.Order(
            str(ticket.run), ticket.uid, f"{ticket.id}.{mine.turn}", ticket.restarts, not local,
            ticket.cores == keeping.cores(self.pool), self.pool.python or "",
            dict(self.pool.environment) if local else {},
        )  # fmt: skip

    def _say(self) -> None:
        """What is told of each run, when it has changed."""
        content: dict[str, Any] = {uid: {"said": said} for uid, said in list(self.said.items())[-REMEMBERED:]}
        for uid, one in self.tasks.items():
            at_work = one.adopted or (one.future is not None and not self.crew.queued(one.future))
            phase = "at work" if at_work else "waiting"
            content[uid] = {"ticket": one.ticket.id, "turn": one.turn, "phase": phase, "held": one.ticket.held}
        if content != self.content:
            self.content = content
            record.write(self.place.folder / "tasks.json", content)


def _uid(path: os.PathLike[str]) -> str:
    from pathlib import Path

    try:
        return record.job(Path(path).parent).uid
    except RunError:
        return ""

"""What becomes of the tickets of a pool: sent to a pilot, seen through, sent again or closed.

Dask itself would give a run to a pilot at once, where it then waits behind others, cannot be held or sent ahead, and
dies with that pilot. So a run is sent when the cores are free that it needs. Those that wait have an order, the
greater priority first, then the older run; nobody is overtaken for the cores that the first of them waits for.
"""

from __future__ import annotations

import contextlib
import time
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

PAUSE = 0.5
"""Time [s] between two looks for free cores while no ticket comes."""
REMEMBERED = 1000
"""So many runs that ended badly are remembered with what was said of them."""


@dataclass
class Task:
    """A ticket: its turn, and Dask's future while a pilot has it; None while it waits.

    `adopted`: its worker computes, and no pilot waits for that: an earlier one had started it.
    """

    ticket: Ticket
    turn: int
    created: float
    future: Any = None
    adopted: bool = False
    held: bool = False

    @property
    def waits(self) -> bool:
        """Whether it is to be sent to a pilot."""
        return self.future is None and not self.adopted


class Ledger:
    """All tickets of a pool, as its keeper has them."""

    def __init__(self, place: Place, pool: Pool, crew: Crew) -> None:
        self.place, self.pool, self.crew = place, pool, crew
        self.tasks: dict[str, Task] = {}
        self.before = dict(place.tasks)  # an earlier keeper's
        self.said: dict[str, str] = {uid: raw["said"] for uid, raw in self.before.items() if raw.get("said")}
        self.content: object = None
        self.looked = 0.0

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
        if len(tickets) != len(at_work) or time.monotonic() - self.looked > PAUSE:
            self.looked = time.monotonic()
            self._send()
        await self._stop()
        self._say()

    def wanted(self) -> list[int]:
        """The cores of each run that computes in a pilot or waits for one."""
        most = keeping.cores(self.pool)
        return [one.ticket.cores for one in self.tasks.values()
                if not one.adopted and not one.held and one.ticket.cores <= most]  # fmt: skip

    def _take(self, ticket: Ticket) -> None:
        if ticket.uid in self.tasks:
            self._drop(self.tasks[ticket.uid])
        self.said.pop(ticket.uid, None)
        try:
            created = record.job(ticket.run).created
        except RunError:  # it was deleted
            ticket.path.unlink(missing_ok=True)
            return
        known = self.before.pop(ticket.uid, {})
        known = known if known.get("ticket") == ticket.id else {}
        turn = int(known.get("turn") or 0)
        self.tasks[ticket.uid] = mine = Task(ticket, turn, created)
        if lives(ticket.run):
            mine.adopted = True
        elif ended(ticket.run) or known.get("said"):  # or the keeper before died as it closed it
            self._close(mine, str(known.get("said") or ""))
        elif known.get("phase") == "at work":
            self._next(mine, "the scheduler was gone, and so is its worker")

    def _send(self) -> None:
        """Send those that wait to pilots that have their cores free, in their order."""
        waiting = [(self._heeded(one), one) for one in self.tasks.values() if one.waits]
        free = self.crew.free()
        most = keeping.cores(self.pool)
        for _, one in sorted(waiting, key=lambda each: (-each[0], each[1].created)):
            if one.held or one.ticket.cores > most or not free:
                continue
            where = max(free, key=lambda pilot: free[pilot])
            if free[where] < one.ticket.cores:
                free[where] = 0  # what comes free there is for this one
                continue
            fitting = [pilot for pilot in free if free[pilot] >= one.ticket.cores]
            where = min(fitting, key=lambda pilot: free[pilot])
            free[where] -= one.ticket.cores
            one.future = self.crew.submit(self._order(one), one.ticket.cores, where)

    def _heeded(self, one: Task) -> int:
        """Its priority; and whether it is held, as its ticket says now."""
        now = Ticket.read(one.ticket.path)
        one.held = now is not None and now.held
        return record.priority(one.ticket.run)

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
            with contextlib.suppress(OSError):
                await self.crew.run(task.kill, marker.read_text().strip(), marker.name)
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
            phase = "waiting" if one.waits else "at work"
            about = {"ticket": one.ticket.id, "turn": one.turn, "phase": phase, "held": one.held}
            content[uid] = {**content.get(uid, {}), **about}  # with what is said of one that is being closed
        if content != self.content:
            self.content = content
            record.write(self.place.folder / "tasks.json", content)

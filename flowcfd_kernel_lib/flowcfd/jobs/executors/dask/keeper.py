"""The process that has a pool's scheduler: `python -m flowcfd.jobs.executors.dask.keeper FOLDER`.

It takes the tickets in the folder, has Dask send each to free cores, and sees how it ends by the run directory. What a
pilot's end interrupts is sent again, a limited number of times and never from its beginning. It ends when there was
nothing to do for the pool's `idle`, or by SIGTERM.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import FlowError
from flowcfd.jobs import detached, lock, record
from flowcfd.jobs.executors.dask import keeping
from flowcfd.jobs.executors.dask.places import Place, known
from flowcfd.jobs.process import Identity
from flowcfd.jobs.watch import HEARTBEAT

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool
    from flowcfd.jobs.executors.dask.crew import Crew
    from flowcfd.jobs.executors.dask.ledger import Ledger

LOOK = 0.1
"""Time [s] between two looks for tickets."""


def main() -> int:
    """Leave session and terminal; whoever called returns when the lock is held."""
    place = Place(Path(sys.argv[-1]).absolute())
    if detached.leave(place.folder / "keeper.lock", patience=1.0) is None:
        return 1
    try:
        asyncio.run(Keeper(place).serve())
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class Keeper:
    """One pool at work."""

    def __init__(self, place: Place) -> None:
        from flowcfd.cluster.pool import Pool

        raw = known(place.folder / "pool.json")
        self.place, self.name = place, str(raw["name"])
        self.pool: Pool = Pool.model_validate(raw["pool"])
        self.told_to_end = False
        self.content: dict[str, Any] = {}

    async def serve(self) -> None:
        """Until the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._end)
        self.say({})
        from flowcfd.jobs.executors.dask import keys
        from flowcfd.jobs.executors.dask.crew import crew
        from flowcfd.jobs.executors.dask.ledger import Ledger

        _quiet()
        for left in self.place.folder.glob("scratch*"):  # of keepers that were killed
            if not Path("/proc", left.name.partition("-")[2] or "none").exists():
                shutil.rmtree(left, ignore_errors=True)
        keys.make(self.place.folder)
        made = crew(self.place, self.name, self.pool)
        try:
            await made.start()
            await self._work(made, Ledger(self.place, self.pool, made))
        finally:
            await made.close()
            shutil.rmtree(self.place.scratch, ignore_errors=True)

    async def _work(self, made: Crew, ledger: Ledger) -> None:
        busy = beat = time.monotonic()
        while not self.told_to_end:
            await ledger.look()
            await made.look(ledger.wanted())
            now = time.monotonic()
            if ledger.tasks or made.others():
                busy = now
            if now - beat > HEARTBEAT:
                beat = now
                os.utime(self.place.folder / "keeper.lock")
            self.say({"address": made.address, "dashboard": made.dashboard, "cores": keeping.cores(self.pool),
                      "pilots": made.pilots(), "waits": made.waits, "runs": len(ledger.tasks)})  # fmt: skip
            if now - busy > self.pool.idle and self._nobody_comes():
                return
            await asyncio.sleep(LOOK)

    def say(self, content: dict[str, Any]) -> None:
        """What others read of the keeper, when it has changed."""
        if content == self.content and content:
            return
        self.content = content
        me = Identity.of(os.getpid())
        assert me is not None
        about = {"name": self.name, "host": os.uname().nodename, "identity": vars(me), "started": _STARTED}
        record.write(self.place.folder / "keeper.json", {**about, **content})

    def _nobody_comes(self) -> bool:
        """Whether it may end: who leaves a ticket looks for a keeper after that, under the lock that is held here."""
        with lock.held(self.place.folder / "start.lock"):
            if self.place.tickets():
                return False
            (self.place.folder / "keeper.json").unlink(missing_ok=True)
            (self.place.folder / "keeper.lock").unlink(missing_ok=True)  # a new keeper makes its own
            return True

    def _end(self) -> None:
        self.told_to_end = True


_STARTED = time.time()


def _quiet() -> None:
    """Dask's own words are for who looks into the log: warnings and errors, with their time."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")


if __name__ == "__main__":
    sys.exit(main())

"""Playing the times that are written, one after another; the next is read while this one is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PAUSE = 0.15
"""At least so long [s] is each time seen."""


class Playback:
    """Steps through times until it is stopped or the last was shown.

    `ahead` reads the time of a number, in a thread; `step` draws it and says whether to go on; `over` comes last.
    """

    def __init__(self, ahead: Callable[[int], None], step: Callable[[int], bool], over: Callable[[], None]) -> None:
        self._ahead, self._step, self._over = ahead, step, over
        self._task: asyncio.Task[None] | None = None

    @property
    def playing(self) -> bool:
        """Whether it goes on."""
        return self._task is not None and not self._task.done()

    def start(self, first: int, count: int) -> None:
        """From the time of a number; from the beginning where that is the last."""
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._run(0 if first >= count - 1 else first + 1, count))

    def stop(self) -> None:
        """Stay at the time that is shown."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, first: int, count: int) -> None:
        try:
            await asyncio.to_thread(self._ahead, first)
            for number in range(first, count):
                if not self._step(number):
                    break
                await asyncio.gather(asyncio.sleep(PAUSE), asyncio.to_thread(self._ahead, min(number + 1, count - 1)))
        finally:
            self._over()

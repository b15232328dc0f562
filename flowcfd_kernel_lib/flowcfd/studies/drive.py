"""How the points of a study are brought to an end: which is next, how many at a time, what is tried again."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import jobs
from flowcfd.errors import CaseError, FlowError, SiteError
from flowcfd.jobs import lock, record, slots
from flowcfd.jobs.executors import Many, executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE, Job
from flowcfd.studies import point as points
from flowcfd.studies.study import Study

if TYPE_CHECKING:
    from flowcfd.studies.order import Order

SEEDS = 4
"""At most one point of so many starts cold to keep more cores busy while none is there to start from."""
POLL = 0.05
"""Time [s] between two looks at the files by which runs tell that they have ended."""
SURE = 3.0
"""Time [s] after which a run is looked at whole: one that was killed tells nothing."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Pauses [s] between the attempts to submit a point to a site that cannot take it now."""
LOST = (2.0, 8.0, 32.0)
"""Pauses [s] before a run that was lost is taken up again, the first, second and last time."""
SLICE = 500
"""So many runs are written before they are submitted together."""


class Drive:
    """One driver's work on a study."""

    def __init__(self, study: Study, options: Mapping[str, Any]) -> None:
        self.study, self.path = study, study.path
        self.on, self.cores = str(options["on"]), int(options["cores"])
        self.resources = dict(options["resources"])
        self.again, self.warm = bool(options["again"]), bool(options.get("warm", False))
        self.at_once: int | None = options["at_once"]
        self.left: deque[int] = deque()
        self.active: dict[int, _Watched] = {}
        self.done: dict[int, Run] = {}
        self.later: dict[int, float] = {}
        """Points that wait for their time: what was lost, what the site could not take."""
        self.refusals: dict[int, int] = {}
        self.losses: dict[int, int] = {}
        self.cold: set[int] = set()
        self.order = _order(study) if self.warm else None

    @property
    def most(self) -> int:
        """How many runs are at work or queued at a time."""
        if self.at_once is not None:
            return self.at_once
        if self.on != "local":
            return -(-len(self.study) // SEEDS) if self.warm else len(self.study)
        machine = slots.machine()
        return max(1, machine // min(self.cores, machine)) + (not self.warm)

    @property
    def halted(self) -> bool:
        """Whether the study was cancelled."""
        return (self.path / "halt").exists()

    def drive(self) -> None:
        """Submit all points, and stay until the last run has ended."""
        self._find()
        self._together()
        while (self.left or self.later or self.active) and not self.halted:
            self._look()
            while not self.halted and self._room() and (next_ := self._next()) is not None:
                self._submit(*next_)
            time.sleep(POLL)

    def _find(self) -> None:
        """Sort the points by what became of them before: nothing that is done is looked at again."""
        known = points.told(self.path)
        for number in range(len(self.study)):
            told = known.get(number, {})
            self.losses[number] = int(told.get("lost", 0))
            try:
                run = jobs.open(self.path.parents[1] / "runs" / str(told["run"])) if "run" in told else None
            except FlowError:
                run = None  # it was deleted
            state = run.state if run is not None else ""
            if run is not None and state == "Done":
                self._finished(number, run)
            elif run is not None and state in ACTIVE:
                self.active[number] = _Watched(run)
            elif state != "Failed" or self.again:
                self.losses[number] = 0  # it was asked for anew
                self.left.append(number)

    def _room(self) -> bool:
        return len({watched.run.path for watched in self.active.values()}) < self.most

    def _look(self) -> None:
        """See which runs have ended; one that was lost is to be taken up again."""
        now = time.monotonic()
        for number, watched in list(self.active.items()):
            state = watched.state(now)
            if state in ACTIVE:
                continue
            del self.active[number]
            if state == "Done":
                self._finished(number, watched.run)
            elif state == "Lost" and self.losses[number] < len(LOST):
                self.later[number] = now + LOST[self.losses[number]]
                self.losses[number] += 1
                self._tell(number, run=watched.run.path.name, lost=self.losses[number])
        for number in [number for number, due in self.later.items() if now >= due]:
            del self.later[number]
            self.left.appendleft(number)

    def _finished(self, number: int, run: Run) -> None:
        self.done[number] = run
        if self.order is not None:
            self.order.finished(number)

    def _next(self) -> tuple[int, Run | None] | None:
        """The next point, and the run that it starts from; None when it has to wait for a neighbour."""
        if not self.left:
            return None
        if self.order is None:
            return self.left.popleft(), None
        found = self.order.next(self.left)
        if found is not None:
            number, neighbour = found
            self.left.remove(number)
            return number, self.done[neighbour]
        if self.active and len(self.cold) * SEEDS >= len(self.study):
            return None
        number = self.order.seed(self.left, self.active)
        self.cold.add(number)
        self.left.remove(number)
        return number, None

    def _submit(self, number: int, warm: Run | None) -> None:
        """Start the run of a point, or find it."""
        try:
            run = self._run(number, warm)
        except SiteError as error:
            self._refused(number, error)
        except FlowError as error:
            self._tell(number, refused=_line(error))
        else:
            self._tell(number, run=run.path.name)
            self.active[number] = _Watched(run)

    def _run(self, number: int, warm: Run | None, *, start: bool = True) -> Run:
        case = self.study.at(number)
        options: dict[str, Any] = {"on": self.on, "cores": self.cores, "resources": self.resources, "start": start}
        try:
            run = jobs.run(case, **options, warm=warm)
        except CaseError as error:
            if warm is None or not str(error).startswith("warm:"):
                raise
            print(f"point {number} starts cold: {_line(error)}", file=sys.stderr, flush=True)
            run = jobs.run(case, **options)
        state = run.state if start else ""
        if state in ("Stopped", "Paused", "Lost", "Cancelled"):
            run.resume()
        elif self.again and state == "Failed":
            run.retry()
        return run

    def _refused(self, number: int, error: SiteError) -> None:
        """The site cannot take it: later, unless it never will."""
        tries = self.refusals.get(number, 0)
        if self.on == "local" or tries >= len(PAUSES):
            self._tell(number, refused=_line(error))
            return
        self.refusals[number] = tries + 1
        self.later[number] = time.monotonic() + PAUSES[tries]
        self._tell(number, waits=_line(error))

    def _together(self) -> None:
        """Submit all that is left at once where the executor can; what it refuses so is submitted one by one."""
        executor = executors.get(self.on)
        if self.order is not None or not isinstance(executor, Many):
            return
        while self.left and not self.halted:
            numbers = [self.left.popleft() for _ in range(min(SLICE, len(self.left)))]
            written: dict[int, Run] = {}
            for number in numbers:
                try:
                    written[number] = self._run(number, None, start=False)
                except FlowError:
                    self.left.append(number)  # alone it is told why
            started = self._start(executor, written)
            for number, run in written.items():
                if run.path in started:
                    self._tell(number, run=run.path.name)
                    self.active[number] = _Watched(run)
                else:
                    self.left.append(number)
            if not started:
                return

    def _start(self, executor: Many, written: Mapping[int, Run]) -> set[Path]:
        """Start those of the runs that never were; which of them now are."""
        with ExitStack() as held:
            mine: dict[Path, Job] = {}
            for run in written.values():
                if run.path in mine or record.worker(run.path) is not None:
                    continue
                if (descriptor := lock.acquire(run.path / "lock", patience=0)) is not None:
                    held.callback(os.close, descriptor)
                    mine[run.path] = run.record
            try:
                alive = executors.get(self.on).alive(list(mine.values()))
                mine = {path: job for path, job in mine.items() if job.uid not in alive}
                if len(mine) > 1:
                    executor.start_many(list(mine.values()), at_once=self.at_once)
                    return set(mine)
            except (CaseError, SiteError) as error:
                print(f"not together: {_line(error)}", file=sys.stderr, flush=True)
        return set()

    def _tell(self, number: int, **told: object) -> None:
        points.tell(self.path, {"point": number, **told})


class _Watched:
    """A run at work: its state by a look at the file that changes when it ends, and now and then by a whole one."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._seen: object = None
        self._sure = 0.0

    def state(self, now: float) -> str:
        """Its state, as it was at the last change."""
        seen = self._stamp()
        if seen == self._seen and now - self._sure < SURE:
            return "Running"
        self._seen, self._sure = seen, now
        return self.run.state

    def _stamp(self) -> object:
        try:
            return (self.run.path / "end.json").stat().st_mtime_ns
        except OSError:
            return None


def _order(study: Study) -> Order:
    from flowcfd.studies.order import Order, places  # with numpy

    return Order(places(study.case, study.values))


def _line(error: FlowError) -> str:
    return " ".join(str(error).split())

"""The handle on one run directory. It knows nothing itself: all is read from the directory when it is asked."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import uuid
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import Cancelled, CaseError, Diverged, Lost, RunError, SiteError, StageFailed, Stopped
from flowcfd.jobs import attempt, lock, process, record, space, waiting
from flowcfd.jobs.executors import Executor, Queueing, executors
from flowcfd.jobs.logs import Logs, last_lines, logs, newest
from flowcfd.jobs.record import ACTIVE, Job, Request, StageRecord
from flowcfd.jobs.slots import MOST
from flowcfd.jobs.state import HELD, ask, derive, known

if TYPE_CHECKING:
    from flowcfd.foam.faults import Fault
    from flowcfd.foam.log import Progress
    from flowcfd.jobs.record import Kind, State
    from flowcfd.jobs.usage import Usage

__all__ = ["Run", "derive", "logs"]

TAIL = 20
"""Lines of the log that an error shows."""
LATE, LATEST = 0.01, 1.0
"""The end of a wait may be seen so much later, as a part of it, and at most [s]."""


class Run:
    """A run, wherever it is computed. Any number of handles in any number of processes may be open on it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser().absolute()
        self.record: Job = record.job(self.path)
        self._logs = Logs(self.record)
        self._quiet = False

    @property
    def name(self) -> str:
        """The name that the run was given."""
        return self.record.name

    @property
    def case(self) -> Path:
        """The OpenFOAM case: complete, to be taken away and run by hand."""
        return self.record.case

    @property
    def cores(self) -> int:
        """The number of MPI ranks."""
        return self.record.cores

    @property
    def state(self) -> State:
        """What is true of the run now."""
        return self._now()[0]

    @property
    def why(self) -> str:
        """Why it is in its state, in one line; empty while there is nothing to say."""
        return self._now()[1]

    @property
    def fault(self) -> Fault | None:
        """What it failed of; None for a run that did not, and where nothing is known."""
        end = record.end(self.path) if self.state == "Failed" else None
        return _fault(end.fault) if end is not None and end.fault else None

    @property
    def troubles(self) -> tuple[Fault, ...]:
        """What went wrong in a run that is done: data that are missing, numbers that are not to be believed."""
        end = record.end(self.path) if self.state == "Done" else None
        return () if end is None else tuple(map(_fault, end.troubles))

    @property
    def settling(self) -> str:
        """How the measures stand that are to settle, in one sentence; empty where none are, or none is known yet."""
        return record.settling(self.path)

    @property
    def stages(self) -> tuple[StageRecord, ...]:
        """What is known of the stages that have begun."""
        names = (stage.name for stage in attempt.of(self.record))
        return tuple(known for name in names if (known := record.stage(self.path, name)) is not None)

    @property
    def usage(self) -> Usage:
        """What it used so far: core-seconds, CPU time, memory, nodes, and who says so."""
        from flowcfd.jobs import usage  # for who asks only

        return usage.usage(self.record)

    def start(self, *, locked: bool = False) -> None:
        """Start a run that was written but never started, nothing else; `locked`: the caller holds its lock."""
        if record.worker(self.path) is not None:
            return
        if locked:
            self._executor.start(self.record)
            return
        with lock.held(self.path / "lock"):
            if record.worker(self.path) is None and not self._alive:
                self._executor.start(self.record)

    def resume(self) -> Run:
        """Go on from the last whole time; nothing that was computed is done again. An active run is left alone."""
        return self._again("start")

    def retry(self) -> Run:
        """Do the stage that did not end well again from its beginning; what it wrote is put aside, not deleted."""
        return self._again("retry")

    def quiet(self) -> Run:
        """A handle on the same run that shows nobody how it waits: one of many, of which something else is shown."""
        other = Run(self.path)
        other._quiet = True
        return other

    def stop(self, *, timeout: float | None = 60.0) -> Run:
        """Ask the solver to write its fields and end; waits for that, at most `timeout` [s] (None: not at all)."""
        return self._ask("stop", timeout)

    def pause(self, *, timeout: float | None = 60.0) -> Run:
        """As stop, for a run that is meant to go on later; its cores are free meanwhile."""
        return self._ask("pause", timeout)

    def cancel(self, *, timeout: float = 20.0) -> Run:
        """End everything now; fields since the last write are lost. Ends a worker that does not answer as well."""
        self._ask("cancel", timeout)
        if self.state in ACTIVE:
            self._executor.stop(self.record)
        if self.state not in ("Done", "Failed", "Cancelled"):
            self._launch("cancel")
            self._ended(max(timeout, 20.0))
        return self

    def priority(self, priority: int) -> Run:
        """Let it begin sooner (greater) or later (smaller) than others that wait; 0 is where it stood.

        What computes already is not disturbed; the number counts when it waits again. CaseError where it is none of
        -1000 to 1000, or where the executor's site forbids it.
        """
        if isinstance(priority, bool) or not isinstance(priority, int) or not -MOST <= priority <= MOST:
            raise CaseError(f"priority: must be a whole number from -{MOST} to {MOST} (got {priority!r})")
        if isinstance(self._executor, Queueing) and self._waits_elsewhere:
            self._executor.prioritise(self.record, priority)
        try:
            record.write_priority(self.path, priority)
        except OSError as error:
            raise SiteError(f"{self.path}: the priority cannot be written: {error.strerror or error}") from error
        worker = record.worker(self.path)
        if worker is not None and process.alive(worker.identity):
            with contextlib.suppress(PermissionError):  # it looks at once, and not at its next turn
                process.send([worker.identity.pid], signal.SIGCHLD)
        return self

    def wait(self, timeout: float | None = None, *, poll: float = 0.2) -> State:
        """Wait until the run is no longer active and return its state; TimeoutError after `timeout` [s].

        An interrupt ends the wait, not the run: the KeyboardInterrupt says so.
        """
        try:
            ended = self._ended(timeout, poll)
        except KeyboardInterrupt:
            self._tell(over=True)
            raise waiting.interrupted(
                f"{self.path.name} goes on without this wait; fc.results(run) waits again, run.stop() ends the run"
            ) from None
        if not ended:
            raise TimeoutError(f"{self.name} is still {self.state} after {timeout:g} s")
        return self.state

    def progress(self) -> Progress:
        """How far the solver is, or the mesh before it, by the newest log; read on from where the last call came."""
        return self._logs.progress()

    def follow(self, *, poll: float = 0.5) -> Iterator[Progress]:
        """The progress, again and again until the run is no longer active; then once more."""
        while self.state in ACTIVE:
            yield self.progress()
            time.sleep(poll)
        yield self.progress()

    @property
    def mesh_line(self) -> str:
        """What the newest checkMesh and snappyHexMesh of the run say of its mesh, in one line; empty before any."""
        from flowcfd.foam import meshline  # expressions to compile, for who asks only

        return meshline.said(self.log("checkMesh"), self.log("snappyHexMesh"))

    def check(self) -> None:
        """Raise what went wrong: StageFailed, Diverged, Lost, Cancelled or Stopped; nothing for other states."""
        error = self.error
        if error is not None:
            raise error

    @property
    def error(self) -> RunError | None:
        """What `check` raises."""
        state, why = self._now()
        match state:
            case "Failed":
                return self._failure()
            case "Lost":
                return Lost(f"{why}; run.resume() goes on from the last whole time", path=self.path)
            case "Cancelled":
                return Cancelled(why, path=self.path)
            case "Stopped" | "Paused":
                return Stopped(f"{why}; run.resume() goes on", path=self.path)
            case _:
                return None

    def log(self, application: str | None = None) -> Path | None:
        """The newest log of an application; without one, of the command that ran last. None before the first."""
        if application is None:
            steps = [step for stage in self.stages for step in stage.steps]
            last = max(steps, key=lambda step: step.started, default=None)
            return None if last is None else self.case / last.log
        return newest(self.case, application)

    def tail(self, lines: int = TAIL, application: str | None = None) -> list[str]:
        """The last lines of that log."""
        path = self.log(application)
        return [] if path is None else last_lines(path, lines)

    def __repr__(self) -> str:
        troubles = "".join(f", {trouble}" for trouble in self.troubles[:1])
        return f"<Run {self.name}: {self.state}{troubles}, {self.path}>"

    def _repr_html_(self) -> str:
        from flowcfd.jobs import shown  # for notebooks only

        return shown.page(self, *self._now())

    @cached_property
    def _executor(self) -> Executor:
        return executors.get(self.record.executor, where=str(self.path / "job.json"))

    @property
    def _waits_elsewhere(self) -> bool:
        """Whether the job waits in the queue of its executor."""
        return self._now() == ("Paused", HELD) or (
            self.state == "Queued" and bool(self._executor.waits_for(self.record))
        )

    @property
    def _alive(self) -> bool:
        return self.record.uid in self._executor.alive([self.record])

    def _now(self) -> tuple[State, str]:
        """State and cause; raises CaseError for a run that never began, of an executor that is not here."""
        answer = ask(self.record.executor, [self.record])
        if answer.error is not None and answer.executor is None and record.worker(self.path) is None:
            raise answer.error
        return known(self.record, answer)

    def _failure(self) -> RunError:
        end = record.end(self.path)
        assert end is not None
        log = self.case / end.log if end.log else None
        if end.diverged:
            fault = self.fault
            field, when = ("", None) if fault is None else (fault.field, fault.time)
            return Diverged(f"{end.why} (log: {log})", path=self.path, field=field, time=when)
        return StageFailed(end.stage or "start", end.why, path=self.path, log=log, tail=self.tail() if log else ())

    def _again(self, kind: Kind) -> Run:
        state = self.state
        if state == "Done":
            raise RunError("the run is done, there is nothing to go on with", path=self.path)
        if state not in ACTIVE:
            space.require(self.path, 0)
            self._launch(kind)
        return self

    def _launch(self, kind: Kind) -> None:
        """Start a worker for this request, unless another caller was faster."""
        with lock.held(self.path / "lock"):
            if self._now() == ("Paused", HELD):
                self._let_go(kind)
                return
            deadline = time.monotonic() + 10.0
            while self._alive and self.state not in ACTIVE and time.monotonic() < deadline:
                time.sleep(0.02)  # the worker has written its end and is about to leave
            if not self._alive or self.state not in ACTIVE:
                before = record.request(self.path)
                self._request(kind)
                try:
                    (self._answer if kind == "cancel" else lambda: self._executor.start(self.record))()
                except SiteError:
                    self._take_back(before)
                    raise

    def _let_go(self, kind: Kind) -> None:
        """Have a job begin that was held in its queue, or leave it."""
        self._request(kind)
        if kind == "cancel":
            self._executor.stop(self.record)
            self._answer()
        elif isinstance(self._executor, Queueing):
            self._executor.release(self.record)

    def _take_back(self, before: Request | None) -> None:
        """As if nothing had been asked: whoever looks would believe that a worker is about to come."""
        if before is None:
            (self.path / "request.json").unlink(missing_ok=True)
        else:
            record.write_record(self.path, before)

    def _answer(self) -> None:
        """Have a request to end written down by a worker of this machine, where no other is there to do it."""
        executors.get("local").start(self.record)

    def _ask(self, kind: Kind, timeout: float | None) -> Run:
        if self.state in ACTIVE:
            try:
                elsewhere = self.state == "Queued" and bool(self._executor.waits_for(self.record))
            except SiteError as error:
                self._request(kind)
                raise SiteError(f"{error}; the request is kept, and heeded when the job begins") from None
            self._request(kind)
            if elsewhere and not (kind == "pause" and self._hold()):  # nobody is there yet who could read it
                self._executor.stop(self.record)
                self._answer()
            if timeout is not None:
                self._ended(timeout)
        elif self.state == "Lost" and process.marked(self.record.uid):
            self._launch(kind)  # a new worker asks the orphan in its place
            if timeout is not None:
                self._ended(timeout)
        return self

    def _hold(self) -> bool:
        """Keep its place in the queue of its executor, but have it wait; whether that could be done."""
        if record.worker(self.path) is not None or not isinstance(self._executor, Queueing):
            return False
        try:
            self._executor.hold(self.record)
        except CaseError:  # it has just begun, and its worker will read the request; or the site forbids it
            return record.worker(self.path) is not None or not self._executor.waits_for(self.record)
        return True

    def _request(self, kind: Kind) -> None:
        before, worker = record.request(self.path), record.worker(self.path)
        number = 0 if before is None else before.attempt
        if kind in record.STARTS:
            number = 1 if worker is None else worker.attempt + 1
        request = Request(uuid.uuid4().hex, kind, f"{process.user()} (pid {os.getpid()})", time.time(), number)
        try:
            record.write_record(self.path, request)
        except OSError as error:
            raise SiteError(f"{self.path}: the request cannot be written: {error.strerror or error}") from error

    def _ended(self, timeout: float | None, poll: float = 0.2) -> bool:
        """Wait until the run is not active; whether that came before the `timeout`.

        A look costs 0.5 ms, so a long wait looks more seldom: its end is seen late by 1 % of it, 1 s at most.
        """
        began = time.monotonic()
        deadline = None if timeout is None else began + timeout
        pause = min(0.02, poll)
        while self.state in ACTIVE:
            if deadline is not None and time.monotonic() > deadline:
                self._tell(over=True)
                return False
            self._tell()
            time.sleep(pause)
            pause = min(1.5 * pause, max(poll, min(LATEST, LATE * (time.monotonic() - began))))
        self._tell(over=True)
        return True

    def _tell(self, *, over: bool = False) -> None:
        if self._quiet:
            return
        for listener in waiting.LISTENERS:
            listener(self, over)


def _fault(raw: Mapping[str, Any]) -> Fault:
    from flowcfd.foam.faults import Fault  # for a failure only

    return Fault.from_json(raw)

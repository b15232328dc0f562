"""Several runs at once: a sequence of handles that is looked at together, selected from, and told what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from flowcfd import telling
from flowcfd.errors import RunError, UnknownName
from flowcfd.jobs import record, table, waiting
from flowcfd.jobs.handle import Run
from flowcfd.jobs.moment import Moment, moment
from flowcfd.jobs.outcome import Outcome, Outcomes, of_each
from flowcfd.jobs.record import ACTIVE
from flowcfd.jobs.status import STATES, Status, stamp, statuses

if TYPE_CHECKING:
    from flowcfd.jobs.listing import Unreadable
    from flowcfd.jobs.live import Live


class Runs(Sequence[Run]):
    """Runs, in the order in which they were given.

    A member may be given as a Status: of a run that has ended it holds, so that its directory is opened only when the
    run itself is asked for. `unreadable` are run directories that tell nothing; they are shown, and are no members.
    """

    def __init__(self, members: Iterable[Run | Status] = (), *, unreadable: Sequence[Unreadable] = ()) -> None:
        self._members: list[Path] = []
        self._runs: dict[Path, Run] = {}
        self._known: dict[Path, Status] = {}
        self._stamps: dict[Path, tuple[int, ...]] = {}
        self._looked = False
        self.unreadable = tuple(unreadable)
        for member in members:
            self._members.append(member.path)
            if isinstance(member, Run):
                self._runs[member.path] = member
            elif member.active:
                self._runs[member.path] = Run(member.path)
            else:
                self._known[member.path] = member

    def __len__(self) -> int:
        return len(self._members)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Runs: ...
    def __getitem__(self, index: int | slice) -> Run | Runs:
        if isinstance(index, slice):
            return self._of(self._members[index])
        return self._run(self._members[index])

    def __iter__(self) -> Iterator[Run]:
        return map(self._run, self._members)

    def __add__(self, other: Iterable[Run]) -> list[Run]:
        return [*self, *other]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Runs):
            return self._members == other._members
        return list(self) == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def statuses(self) -> list[Status]:
        """What is true of each now, in their order: one question to each executor; of ended ones, what is known.

        From the second look on a known one is asked anew whose records have changed since.
        """
        for path in list(self._known) if self._looked else ():
            now = stamp(path)
            if self._stamps.setdefault(path, now) != now:
                del self._known[path]
        self._looked = True
        opened, found = list[Run](), dict[Path, Status]()
        for path in (one for one in self._members if one not in self._known):
            try:
                opened.append(self._run(path))
            except RunError as error:  # it was removed since it was listed
                why = str(error).removesuffix(f" [{path}]")
                found[path] = Status(path.name, path.name, path, "Unreadable", why)
        found |= zip((run.path for run in opened), statuses(opened), strict=True)
        return [self._known.get(path) or found[path] for path in self._members]

    def select(
        self,
        *,
        state: str | Iterable[str] | None = None,
        name: str | None = None,
        executor: str | None = None,
        project: str | None = None,
        user: str | None = None,
        solver: str | None = None,
        since: Moment | None = None,
        before: Moment | None = None,
        dead: bool | None = None,
    ) -> Runs:
        """Those that have all that is given, by what is true of them now.

        `state` is one or several; `name` is a run's name, or its folder's, and may have * and ?; `since` and `before`
        bound when it was made ("2026-01-31", or how long ago: "7 d"); `dead` are those that failed for good or were
        lost. CaseError (UnknownName) for a state that is none.
        """
        states = (state,) if isinstance(state, str) else tuple(state or ())
        for one in states:
            if one not in STATES:
                raise UnknownName("state", one, STATES, where="state")
        first, last = moment(since, "since"), moment(before, "before")
        plain = (("executor", executor), ("project", project), ("user", user), ("application", solver))
        equal = {field: wanted for field, wanted in plain if wanted}
        chosen = [
            one.path
            for one in self.statuses()
            if (not states or one.state in states)
            and (not name or fnmatchcase(one.name, name) or fnmatchcase(one.run, name))
            and all(getattr(one, field) == wanted for field, wanted in equal.items())
            and (first is None or one.created >= first)
            and (last is None or one.created < last)
            and dead in (None, one.dead)
        ]
        return self._of(chosen)

    def stop(self, *, timeout: float | None = 60.0) -> Outcomes:
        """End them with their fields written."""
        return self._each("stopped", lambda run: _active(run).stop(timeout=timeout))

    def pause(self, *, timeout: float | None = 60.0) -> Outcomes:
        """End them for now, with their fields written; those that wait are held back."""
        return self._each("paused", lambda run: _active(run).pause(timeout=timeout))

    def resume(self) -> Outcomes:
        """Go on with them from the last whole time."""
        return self._each("resumed", lambda run: run.resume())

    def retry(self) -> Outcomes:
        """Do the stages that did not end well again from their beginning; the dead come to life."""
        return self._each("retried", lambda run: run.retry())

    def cancel(self, *, timeout: float = 20.0) -> Outcomes:
        """End them now."""
        return self._each("cancelled", lambda run: _unfinished(run).cancel(timeout=timeout))

    def priority(self, priority: int) -> Outcomes:
        """Let them begin sooner (greater) or later (smaller) than others that wait."""
        return self._each("prioritised", lambda run: run.priority(priority))

    def wait(self, timeout: float | None = None, *, poll: float = 0.3) -> Outcomes:
        """Wait until none is active, at most `timeout` [s]; a run is not ok that is not Done then.

        An interrupt ends the wait, not the runs.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        now = self.statuses()
        try:
            while any(one.active for one in now):
                if deadline is not None and time.monotonic() > deadline:
                    break
                telling.tell(self, *_how_far(now))
                time.sleep(poll)
                now = self.statuses()
        except KeyboardInterrupt:
            raise waiting.interrupted(f"the {len(self)} runs go on without this wait") from None
        finally:
            telling.tell(self, "", over=True)
        return Outcomes(Outcome(one.run, "done", one.state == "Done", one.state, one.why) for one in now)

    def tend(self) -> Outcomes:
        """Resume those that were lost with their worker, each at most as often as it may be tried again.

        Nobody is left in the place of a lost run that could do it, and a run that takes its machine down should not
        do so for ever: so this is a verb, for a person, a cron job or a study's driver; nothing does it by itself.
        """
        lost = self.select(state="Lost")
        return lost._each("resumed", _tended)

    def live(self) -> Live:
        """The table that updates by itself while runs are active, with buttons for ticked rows; for a notebook."""
        from flowcfd.jobs.live import Live  # brings ipywidgets

        return Live(self).start()

    def forget(self, others: Iterable[Run]) -> None:
        """What was known of these does not stand any more."""
        for run in others:
            self._known.pop(run.path, None)

    def __repr__(self) -> str:
        return table.text(self.statuses())

    def _repr_html_(self) -> str:
        return self._plain(self.statuses())

    def _plain(self, statuses: Sequence[Status]) -> str:
        return table.table(statuses, notes=[f"{one.path.name}: {one.why}" for one in self.unreadable])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, Any]:
        """The plain table, looked at once."""
        now = self.statuses()
        return {"text/plain": table.text(now), "text/html": self._plain(now)}

    def _ipython_display_(self) -> None:
        """The live table where a notebook is looked at, with the plain one beside it for who opens it later."""
        from flowcfd.jobs import live

        if not live.has_front_end() or not len(self):
            raise NotImplementedError  # by which IPython takes the plain one
        self.live().display()

    def _each(self, verb: str, do: Callable[[Run], object]) -> Outcomes:
        found = of_each(list(self), verb, lambda run: do(run.quiet()))
        self.forget(self)  # they may live again
        return found

    def _run(self, path: Path) -> Run:
        if path not in self._runs:
            self._runs[path] = Run(path)
        return self._runs[path]

    def _of(self, paths: Iterable[Path]) -> Runs:
        """Those of the members, with what is known of them."""
        found = Runs()
        found._members = list(paths)
        found._runs = {path: self._runs[path] for path in found._members if path in self._runs}
        found._known = {path: self._known[path] for path in found._members if path in self._known}
        return found


def _active(run: Run) -> Run:
    state = run.state
    if state not in ACTIVE:
        raise RunError(f"it is {state}, there is nothing to end", path=run.path)
    return run


def _unfinished(run: Run) -> Run:
    state = run.state
    if state in ("Done", "Failed", "Cancelled"):
        raise RunError(f"it is {state}, there is nothing to end", path=run.path)
    return run


def _tended(run: Run) -> None:
    worker = record.worker(run.path)
    if worker is not None and worker.attempt > run.record.retries:
        tried = f"it was begun {worker.attempt} times"
        raise RunError(f"{tried}, and is lost again; look at worker.log, then resume() or retry() it", path=run.path)
    run.resume()


def _how_far(now: Sequence[Status]) -> tuple[str, float | None]:
    ended = [one for one in now if not one.active]
    running = sum(one.state == "Running" for one in now)
    shares = [1.0 if not one.active else one.fraction or 0.0 for one in now]
    return f"{len(ended)} of {len(now)} runs ended, {running} at work", sum(shares) / len(shares) if shares else None

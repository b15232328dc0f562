"""Which runs are wanted: the same words select in the index and in a scan of the directories."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, UnknownName
from flowcfd.index import studied
from flowcfd.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from flowcfd.jobs.record import Job
    from flowcfd.jobs.status import Status

Moment = float | str | date | datetime
STATES = ("Queued", "Running", "Paused", "Stopped", "Done", "Failed", "Cancelled", "Lost", "Unreadable")

_SPANS = {"min": 60.0, "h": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0, "w": 604800.0, "weeks": 604800.0}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*\Z")


@dataclass(frozen=True)
class Selection:
    """What runs must have; empty means anything. `since` and `before` bound when they were made [s since the epoch]."""

    states: tuple[str, ...] = ()
    name: str = ""
    project: str = ""
    user: str = ""
    solver: str = ""
    since: float | None = None
    before: float | None = None
    runs: frozenset[str] | None = None
    """The runs of a study, by the names of their folders."""

    @classmethod
    def of(
        cls,
        *,
        state: str | Iterable[str] | None = None,
        name: str | None = None,
        study: str | None = None,
        project: str | None = None,
        user: str | None = None,
        solver: str | None = None,
        since: Moment | None = None,
        before: Moment | None = None,
    ) -> Selection:
        """The selection of these words; CaseError (UnknownName) for a state, a study or a time that is none."""
        states = (state,) if isinstance(state, str) else tuple(state or ())
        for one in states:
            if one not in STATES:
                raise UnknownName("state", one, STATES, where="state")
        return cls(
            states,
            name or "",
            project or "",
            user or "",
            solver or "",
            moment(since, "since"),
            moment(before, "before"),
            None if study is None else _of_study(study),
        )

    @property
    def empty(self) -> bool:
        """Whether all runs are wanted."""
        return self == Selection()

    @property
    def unreadable(self) -> bool:
        """Whether folders are wanted of which nothing is known but that they cannot be read."""
        return replace(self, states=()).empty and (not self.states or "Unreadable" in self.states)

    def matches(self, run: str, what: Status | Job) -> bool:
        """Whether a run of this folder is wanted, its state apart."""
        return (
            (not self.name or fnmatchcase(what.name, self.name) or run == self.name)
            and self.project in ("", what.project)
            and self.user in ("", what.user)
            and self.solver in ("", what.application)
            and (self.since is None or what.created >= self.since)
            and (self.before is None or what.created < self.before)
            and (self.runs is None or run in self.runs)
        )

    def where(self, runs: Any) -> Sequence[ColumnElement[bool]]:
        """The same for the table of runs, as far as a database says it equally everywhere."""
        found: list[ColumnElement[bool]] = []
        if self.states:
            found.append(runs.c.state.in_(self.states))
        for column, value in (
            (runs.c.project, self.project),
            (runs.c.user, self.user),
            (runs.c.application, self.solver),
        ):
            if value:
                found.append(column == value)
        if self.since is not None:
            found.append(runs.c.created >= self.since)
        if self.before is not None:
            found.append(runs.c.created < self.before)
        return found


def moment(given: Moment | None, what: str) -> float | None:
    """A time since the epoch [s]: itself, a date, or a text: "2026-01-31", "2026-01-31 12:00", or how long ago: "7 d".

    A date and a text without a zone are local time.
    """
    if given is None or (isinstance(given, (int, float)) and not isinstance(given, bool)):
        return given
    try:
        if isinstance(given, str):
            if (span := _SPAN.match(given)) and span[2] in _SPANS:
                return time.time() - float(span[1]) * _SPANS[span[2]]
            given = datetime.fromisoformat(given)
        if isinstance(given, datetime):
            return given.timestamp()
        if isinstance(given, date):
            return datetime(given.year, given.month, given.day).timestamp()
    except (ValueError, OverflowError):
        pass
    raise CaseError(f"{what}: must be a date such as '2026-01-31', or how long ago, such as '7 d' (got {given!r})")


def _of_study(name: str) -> frozenset[str]:
    """The runs of a study: of its folder's name, or its beginning if only one has it."""
    studies = settings().home / "studies"
    path = Path(name).expanduser()
    if "/" in name and (path / "study.json").is_file():
        return _runs(path)
    names = sorted(file.parent.name for file in studies.glob("*/study.json"))
    found = [one for one in names if one == name] or [one for one in names if one.rpartition("-")[0] == name]
    found = found or [one for one in names if one.startswith(name)]
    if not found:
        raise UnknownName("study", name, names, where=str(studies))
    if len(found) > 1:
        raise CaseError(f"study: {name!r} may be any of {', '.join(found)}")
    return _runs(studies / found[0])


def _runs(study: Path) -> frozenset[str]:
    return frozenset(str(one["run"]) for one in studied.told(study).values() if one.get("run"))

"""Which runs are wanted: the same words select in the index and in a scan of the directories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, UnknownName
from flowcfd.index import studied
from flowcfd.jobs.folders import called
from flowcfd.jobs.moment import Moment as Moment
from flowcfd.jobs.moment import moment as moment
from flowcfd.jobs.status import STATES, Status
from flowcfd.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from flowcfd.jobs.record import Job


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


def _of_study(name: str) -> frozenset[str]:
    """The runs of a study: of its folder's name, or its beginning if only one has it."""
    studies = settings().home / "studies"
    path = Path(name).expanduser()
    if "/" in name and (path / "study.json").is_file():
        return _runs(path)
    names = sorted(file.parent.name for file in studies.glob("*/study.json"))
    found = called(name, names)
    if not found:
        raise UnknownName("study", name, names, where=str(studies))
    if len(found) > 1:
        raise CaseError(f"study: {name!r} may be any of {', '.join(found)}")
    return _runs(studies / found[0])


def _runs(study: Path) -> frozenset[str]:
    return frozenset(str(one["run"]) for one in studied.told(study).values() if one.get("run"))

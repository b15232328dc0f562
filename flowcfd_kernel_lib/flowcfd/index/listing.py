"""`runs`: all runs, or those that are wanted, by the index where there are many, else by a scan of the directories."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import SiteError
from flowcfd.index.found import COLUMNS, states
from flowcfd.index.selection import Moment, Selection
from flowcfd.jobs import listing
from flowcfd.jobs.collection import Runs
from flowcfd.jobs.listing import Unreadable
from flowcfd.jobs.status import statuses
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.index.database import Database
    from flowcfd.index.refresh import Home, Refreshed

MANY = 200
"""With more folders than these the index is quicker than a scan, its imports included."""


@dataclass(frozen=True)
class Listed:
    """What was found; `note`: why the index could not be asked, in one line."""

    runs: Runs = field(default_factory=Runs)
    note: str = ""


def runs(
    *,
    state: str | Iterable[str] | None = None,
    name: str | None = None,
    study: str | None = None,
    project: str | None = None,
    user: str | None = None,
    solver: str | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
    executor: str | None = None,
    dead: bool | None = None,
) -> Runs:
    """All runs under FLOWCFD_HOME, the newest first, or those that have what is given.

    `state` is one or several; `name` may have * and ?; `since` and `before` bound when a run was made: a date, a text
    ("2026-01-31"), or how long ago ("7 d"); `dead` are those that failed for good or were lost: the cause is beside
    them, `retry` brings them back. CaseError (UnknownName) for a state or a study that is none.
    """
    wanted = Selection.of(
        state=state, name=name, study=study, project=project, user=user, solver=solver, since=since, before=before
    )
    found = listed(wanted)
    if found.note:
        warnings.warn(found.note, stacklevel=2)
    narrower = executor is not None or dead is not None
    return found.runs.select(executor=executor, dead=dead) if narrower else found.runs


def listed(wanted: Selection, *, many: int | None = None) -> Listed:
    """The runs that are wanted. An index that cannot be used hinders nobody: then the directories are scanned."""
    if _few(settings().runs, MANY if many is None else many):
        return Listed(_scanned(wanted))
    try:
        found, note = _indexed(wanted)
    except SiteError as error:
        return Listed(_scanned(wanted), f"the index of runs is not used: {' '.join(str(error).split())}")
    return Listed(found, note)


def _few(folder: Path, many: int) -> bool:
    try:
        with os.scandir(folder) as entries:
            return all(number < many for number, _ in enumerate(entries))
    except OSError:
        return True


def _scanned(wanted: Selection) -> Runs:
    readable, unreadable = listing.look()
    chosen = [run for run in readable if wanted.matches(run.path.name, run.record)]
    if wanted.states:
        chosen = [run for run, one in zip(chosen, statuses(chosen), strict=True) if one.state in wanted.states]
    return Runs(chosen, unreadable=unreadable if wanted.unreadable else ())


def _indexed(wanted: Selection) -> tuple[Runs, str]:
    from flowcfd.index.database import using
    from flowcfd.index.refresh import refresh

    return using(lambda database: _chosen(wanted, database, refresh(database)))


def _chosen(wanted: Selection, database: Database, fresh: Refreshed) -> Runs:
    """The runs that are wanted, with the states that the refresh met where the index does not know the last word."""
    rows = fresh.rows if fresh.rows is not None and wanted.empty else _selected(wanted, database, fresh.home)
    found = states(fresh.home.runs, rows)
    if fresh.live:
        found = [fresh.live.get(one.run, one) for one in found]
    if not wanted.empty:
        found = [one for one in found if wanted.matches(one.run, one)]
    found.sort(key=attrgetter("run"))
    found.sort(key=attrgetter("created"), reverse=True)
    members = [one for one in found if one.application]
    unreadable = [Unreadable(one.path, one.why) for one in found if not one.application]
    return Runs(members, unreadable=unreadable if wanted.unreadable else ())


def _selected(wanted: Selection, database: Database, home: Home) -> Sequence[Sequence[Any]]:
    from sqlalchemy import select

    from flowcfd.index.tables import runs

    rows = select(*(runs.c[name] for name in (*COLUMNS, "told"))).where(runs.c.home == home.id)
    with database.reading() as connection:
        return connection.execute(rows.where(*wanted.where(runs))).all()

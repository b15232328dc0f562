"""Bring the index up to what the directories say: new, changed and vanished folders are found by their times alone.

Only folders that changed, and runs of which the directory does not say the last word, are opened. Several processes may
do it at once: whoever writes looks again at what was known before, and leaves alone what another has read meanwhile.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.errors import SiteError
from flowcfd.index import found as look
from flowcfd.index import studied
from flowcfd.index.database import Database
from flowcfd.index.found import COLUMNS, Found
from flowcfd.jobs.status import Status
from flowcfd.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

BATCH = 250
"""Runs that are read, and written in one transaction."""
SLOW = 500
"""So many runs to read are worth being told of."""


@dataclass(frozen=True)
class Home:
    """A FLOWCFD_HOME: where it is, and its id in the index."""

    path: Path
    id: str

    @property
    def runs(self) -> Path:
        """The folder of its runs."""
        return self.path / "runs"

    @property
    def studies(self) -> Path:
        """The folder of its studies."""
        return self.path / "studies"

    def clock(self) -> float:
        """What time its file system has [s], which may not be this machine's."""
        try:
            os.utime(self.path / ".index-id")
            return (self.path / ".index-id").stat().st_mtime
        except OSError:
            return time.time()


@dataclass(frozen=True)
class Refreshed:
    """What a refresh met: how much had changed, and the state of the runs of which the index does not know the end."""

    home: Home
    changed: int = 0
    vanished: int = 0
    live: Mapping[str, Status] = field(default_factory=dict)
    rows: Sequence[Sequence[Any]] | None = None
    """All rows of runs (COLUMNS, `told` and more), where the refresh changed none of them."""


def home() -> Home:
    """The home of this process; its id is made at the first time."""
    path = settings().home
    file = path / ".index-id"
    try:
        if not file.exists():
            path.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f".index-id.{os.getpid()}-{time.monotonic_ns()}.part")
            part.write_text(uuid.uuid4().hex + "\n")
            try:
                os.link(part, file)  # the first one stays
            except FileExistsError:
                pass
            finally:
                part.unlink()
        return Home(path, file.read_text().strip()[:32])
    except OSError as error:
        raise SiteError(f"{file}: {error.strerror or error}") from error


def refresh(database: Database, *, fully: bool = False) -> Refreshed:
    """Bring the index of this process's home up to date; `fully`: with what active runs have used so far."""
    from sqlalchemy import select

    from flowcfd.index import tables

    here = home()
    rows_of = select(*(tables.runs.c[name] for name in (*COLUMNS, "told", "seen")))
    with database.reading() as connection:
        rows = connection.execute(rows_of.where(tables.runs.c.home == here.id)).all()
    there = look.folders(here.runs)
    known = {row[0]: row[-1] for row in rows}
    changed = {name: seen for name, seen in there.items() if known.get(name) != seen}
    vanished = [name for name in known if name not in there]
    _studies(database, here)
    if not changed and not vanished:
        return Refreshed(here, rows=rows)
    before = {row[0]: tuple(row) for row in rows}
    live, written = _read(database, here, changed, before, fully)
    gone = [*vanished, *(name for name in changed if name in known and name not in live and name not in written)]
    if gone:
        with database.writing() as connection:
            _forget(connection, here, {name: known[name] for name in gone})
    return Refreshed(here, len(written), len(gone), live)


def _read(
    database: Database, here: Home, changed: Mapping[str, int], before: Mapping[str, Sequence[Any]], fully: bool
) -> tuple[dict[str, Status], set[str]]:
    """Read changed folders and write what is new; the states of runs that are not settled, and who was written."""
    live: dict[str, Status] = {}
    written: set[str] = set()
    names = iter(changed)
    while batch := {name: changed[name] for name in islice(names, BATCH)}:
        found = look.read(here.runs, batch, here.clock())
        live |= {one.status.run: one.status for one in found if not one.settled}
        news = [one for one in found if fully or _news(one, before.get(one.status.run))]
        if news:
            with database.writing() as connection:
                write(connection, here, news, before)
        written |= {one.status.run for one in news}
        if len(changed) >= SLOW:
            done = len(live) + len(written)
            telling.tell(here, f"index: {min(done, len(changed))} of {len(changed)} runs", done / len(changed))
    if len(changed) >= SLOW:
        telling.tell(here, "", over=True)
    return live, written


def _news(found: Found, before: Sequence[Any] | None) -> bool:
    """Whether a run is to be written: how far an active one is, is news for those who ask it only."""
    if before is None or found.settled:
        return True
    names = (*COLUMNS, *(() if found.status.active else ("told",)))
    return (*(found.row[name] for name in names), found.row["seen"]) != (*before[: len(names)], before[-1])


def write(connection: Connection, here: Home, found: Sequence[Found], before: Mapping[str, Sequence[Any]]) -> None:
    """Write what was found, but for runs that another process has read since `before`."""
    from sqlalchemy import delete, select

    from flowcfd.index import tables

    runs, usage = tables.runs, tables.usage
    names = [one.status.run for one in found]
    mine = runs.c.home == here.id
    now = {
        row.run: row.seen
        for row in connection.execute(select(runs.c.run, runs.c.seen).where(mine, runs.c.run.in_(names)))
    }
    fresh = [one for one in found if now.get(one.status.run) == _seen(before.get(one.status.run))]
    if not fresh:
        return
    register(connection, here)
    connection.execute(delete(runs).where(mine, runs.c.run.in_([one.status.run for one in fresh])))
    insert(connection, runs, [{**one.row, "home": here.id} for one in fresh])
    attempts = [{**row, "home": here.id} for one in fresh for row in one.usage]
    uids = {str(one.row["uid"]) for one in fresh}
    _let_go(connection, here, {one.status.run for one in fresh}, uids)
    connection.execute(delete(usage).where(usage.c.uid.in_(uids)))
    insert(connection, usage, attempts)


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; a server gets many in one statement, for pg8000 would wait for its answer to each."""
    if connection.dialect.name == "sqlite" and rows:
        connection.execute(table.insert(), rows)
        return
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        connection.execute(table.insert().values(batch))


def register(connection: Connection, here: Home) -> None:
    """Say where this home is: it may have moved."""
    from flowcfd.index.tables import homes

    connection.execute(homes.delete().where(homes.c.home == here.id))
    connection.execute(homes.insert(), {"home": here.id, "path": str(here.path)})


def _seen(row: Sequence[Any] | None) -> int | None:
    return None if row is None else int(row[-1])


def _let_go(connection: Connection, here: Home, names: set[str], uids: set[str]) -> None:
    """Mark the usage of runs that had these folders before as that of runs that are gone."""
    from flowcfd.index import tables

    usage = tables.usage
    others = (usage.c.home == here.id) & usage.c.run.in_(names) & usage.c.uid.not_in(uids)
    connection.execute(usage.update().where(others, usage.c.gone.is_(False)).values(gone=True))


def _forget(connection: Connection, here: Home, gone: Mapping[str, int]) -> None:
    """Take runs out of the index whose folders are gone; what they used stays."""
    from sqlalchemy import delete, tuple_

    from flowcfd.index import tables

    runs, names = tables.runs, iter(gone.items())
    while batch := list(islice(names, BATCH)):
        was = runs.c.home == here.id, tuple_(runs.c.run, runs.c.seen).in_(batch)
        connection.execute(delete(runs).where(*was))
        _let_go(connection, here, {name for name, _ in batch}, set())


def _studies(database: Database, here: Home) -> None:
    """The same for studies, of which there are few."""
    from sqlalchemy import select

    from flowcfd.index import tables

    table = tables.studies
    there = studied.folders(here.studies)
    with database.reading() as connection:
        known = {
            row.study: row.seen
            for row in connection.execute(select(table.c.study, table.c.seen).where(table.c.home == here.id))
        }
    changed = [name for name, seen in there.items() if known.get(name) != seen]
    gone = [name for name in known if name not in there]
    if not changed and not gone:
        return
    read = [(name, studied.read(here.studies, name, there[name])) for name in changed]
    with database.writing() as connection:
        for name in (*changed, *gone):
            _drop(connection, here, (tables.studies, tables.points), name)
        for _, rows in read:
            if rows is not None:
                write_study(connection, here, *rows)


def write_study(
    connection: Connection, here: Home, row: Mapping[str, Any], points: Sequence[Mapping[str, Any]]
) -> None:
    """Write a study and its points."""
    from flowcfd.index import tables

    connection.execute(tables.studies.insert(), {**row, "home": here.id})
    insert(connection, tables.points, [{**one, "home": here.id} for one in points])


def _drop(connection: Connection, here: Home, from_: Sequence[Table], study: str) -> None:
    from sqlalchemy import delete

    for table in from_:
        connection.execute(delete(table).where(table.c.home == here.id, table.c.study == study))

"""Make the index anew from the directories, and compare: that nothing differs proves that it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.index import found as look
from flowcfd.index import studied
from flowcfd.index.database import Database
from flowcfd.index.found import COLUMNS, Found
from flowcfd.index.refresh import BATCH, Home, home, insert, refresh, register, write_study

if TYPE_CHECKING:
    from sqlalchemy import Connection

Content = Mapping[str, Mapping[Any, Any]]


@dataclass(frozen=True)
class Rebuilt:
    """What the new index holds, and what differed in the old one."""

    runs: int
    studies: int
    attempts: int
    differences: tuple[str, ...]


def rebuild(database: Database) -> Rebuilt:
    """Read every run and study of this home anew and put that in the place of what was known of them.

    What runs used whose folders are gone is kept: no directory tells it any more.
    """
    refresh(database, fully=True)
    before = content(database)
    here = home()
    runs = _read(here)
    studies = [studied.read(here.studies, name, seen) for name, seen in studied.folders(here.studies).items()]
    with database.writing() as connection:
        _replace(connection, here, runs)
        for study in studies:
            if study is not None:
                write_study(connection, here, *study)
    after = content(database)
    return Rebuilt(len(after["runs"]), len(after["studies"]), len(after["usage"]), tuple(differences(before, after)))


def content(database: Database) -> Content:
    """All that the index says of this home, in a form to be compared; without what changes while a run is at work."""
    from sqlalchemy import select

    from flowcfd.index import tables

    here = home()
    with database.reading() as connection:
        rows = connection.execute(select(tables.runs).where(tables.runs.c.home == here.id)).mappings().all()
        runs = {row["run"]: _lasting(dict(row)) for row in rows}
        usage = {}
        for row in connection.execute(select(tables.usage).where(tables.usage.c.home == here.id)).mappings():
            varies = () if row["ended"] is not None else ("core_seconds", "cpu_seconds", "memory", "disk")
            usage[row["uid"], row["attempt"]] = {name: row[name] for name in row if name not in varies}
        studies, points = (
            {tuple(row[name] for name in keys): dict(row) for row in connection.execute(rows_of).mappings()}
            for keys, rows_of in (
                (("study",), select(tables.studies).where(tables.studies.c.home == here.id)),
                (("study", "point"), select(tables.points).where(tables.points.c.home == here.id)),
            )
        )
    return {"runs": runs, "usage": usage, "studies": studies, "points": points}


def differences(one: Content, other: Content) -> list[str]:
    """What two contents say differently, a line each."""
    found = []
    for table in one:
        for key in sorted({*one[table], *other[table]}, key=str):
            a, b = one[table].get(key), other[table].get(key)
            if a != b:
                fields = sorted(name for name in a if a[name] != b.get(name)) if a and b else ["only in one"]
                found.append(f"{table} {key}: {', '.join(fields)}")
    return found


def _lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run's row without what is no content, and without its progress while it is not settled."""
    final = ("Done", "Failed", "Cancelled")
    names = (*COLUMNS, "uid", *(("told",) if row["state"] in final else ()))
    return {name: row[name] for name in names}


def _read(here: Home) -> list[Found]:
    there = look.folders(here.runs)
    names, found = iter(there), list[Found]()
    while batch := {name: there[name] for name in islice(names, BATCH)}:
        found += look.read(here.runs, batch, here.clock())
        if len(there) > 2 * BATCH:
            telling.tell(here, f"index: {len(found)} of {len(there)} runs", len(found) / len(there))
    telling.tell(here, "", over=True)
    return found


def _replace(connection: Connection, here: Home, runs: list[Found]) -> None:
    from sqlalchemy import delete

    from flowcfd.index import tables

    usage = tables.usage
    register(connection, here)
    for table in (tables.runs, tables.studies, tables.points):
        connection.execute(delete(table).where(table.c.home == here.id))
    connection.execute(usage.update().where(usage.c.home == here.id).values(gone=True))
    rows = iter(runs)
    while batch := list(islice(rows, BATCH)):
        insert(connection, tables.runs, [{**one.row, "home": here.id} for one in batch])
        connection.execute(delete(usage).where(usage.c.uid.in_({one.row["uid"] for one in batch})))
        insert(connection, usage, [{**row, "home": here.id} for one in batch for row in one.usage])

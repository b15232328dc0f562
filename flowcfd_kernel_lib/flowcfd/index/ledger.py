"""`usage`: what runs used, by user, project, month or executor; what was stopped, retried or deleted counts too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowcfd.errors import UnknownName
from flowcfd.index.selection import Moment, moment

if TYPE_CHECKING:
    from flowcfd.index.database import Database
    from flowcfd.post.table import Table

UNITS: Mapping[str, str] = {
    "runs": "",
    "attempts": "",
    "core_seconds": "core s",
    "cpu_seconds": "s",
    "memory": "byte",
    "disk": "byte",
}
Row = dict[str, Any]


def _month(row: Mapping[str, Any]) -> str:
    """The month of local time in which an attempt began to compute, "2026-01"."""
    return datetime.fromtimestamp(row["started"] or row["queued"]).strftime("%Y-%m")


GROUPS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "user": lambda row: str(row["user"]),
    "project": lambda row: str(row["project"]),
    "executor": lambda row: str(row["executor"]),
    "month": _month,
}


def usage(
    *,
    by: str | Sequence[str] = ("user", "project"),
    user: str | None = None,
    project: str | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
) -> Table:
    """What runs used: one row for each group, or for each attempt (by="attempt"); `table.units` has the units.

    `by` is one or several of user, project, executor and month. `core_seconds` is the cores of an attempt for as long
    as it had them; those at work count until now, those of other homes in the same database until they were last
    refreshed. `cpu_seconds` is what their commands used of it, `memory` the largest peak, `disk` what the cases took
    when they were last told, those that are deleted apart. An attempt counts where it began: `since` and `before`
    bound that.
    """
    from flowcfd.post.table import Table

    names = (by,) if isinstance(by, str) else tuple(by)
    found, _ = told(by=names, user=user, project=project, since=since, before=before)
    columns = [*names, *UNITS] if names != ("attempt",) else None
    table = Table(found, columns=columns)
    table.attrs["units"] = {name: UNITS[name] for name in table.columns if UNITS.get(name)}
    return table


def told(
    *,
    by: Sequence[str],
    user: str | None = None,
    project: str | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
) -> tuple[list[Row], str]:
    """The same as rows of plain values, and what is to be noted of the index; SiteError where it cannot be used."""
    from flowcfd.index.database import using

    for name in by:
        if name not in GROUPS and tuple(by) != ("attempt",):
            raise UnknownName("group", name, [*GROUPS, "attempt"], where="by")
    begin, end = moment(since, "since"), moment(before, "before")
    rows, note = using(lambda database: _rows(database, user, project))
    rows = [row for row in rows if _within(row["started"] or row["queued"], begin, end)]
    if tuple(by) == ("attempt",):
        return sorted(rows, key=lambda row: (row["queued"], row["run"], row["attempt"])), note
    return _grouped(rows, by), note


def _within(began: float, since: float | None, before: float | None) -> bool:
    return (since is None or began >= since) and (before is None or began < before)


def _rows(database: Database, user: str | None, project: str | None) -> list[Row]:
    """All attempts in the database, of whatever home, that are wanted."""
    from sqlalchemy import select

    from flowcfd.index.refresh import refresh
    from flowcfd.index.tables import usage

    refresh(database, fully=True)
    wanted = select(*(column for column in usage.c if column.name != "home"))
    if user is not None:
        wanted = wanted.where(usage.c.user == user)
    if project is not None:
        wanted = wanted.where(usage.c.project == project)
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]


def _grouped(rows: Iterable[Row], by: Sequence[str]) -> list[Row]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(GROUPS[name](row) for name in by), []).append(row)
    return [{**dict(zip(by, key, strict=True)), **_sum(groups[key])} for key in sorted(groups)]


def _sum(rows: Sequence[Row]) -> Row:
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["attempt"]):
        if row["disk"] or row["uid"] not in newest:
            newest[row["uid"]] = row
    return {
        "runs": len(newest),
        "attempts": len(rows),
        "core_seconds": round(sum(row["core_seconds"] for row in rows), 3),
        "cpu_seconds": round(sum(row["cpu_seconds"] for row in rows), 3),
        "memory": max(row["memory"] for row in rows),
        "disk": sum(row["disk"] for row in newest.values() if not row["gone"]),
    }

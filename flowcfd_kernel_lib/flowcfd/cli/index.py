"""`flowcfd index status|rebuild|upgrade` and `flowcfd usage`: the index of runs, and what they used."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from flowcfd.cli import output
from flowcfd.errors import CaseError

if TYPE_CHECKING:
    from flowcfd.index.ledger import Row


def status(options: Namespace) -> int:
    """Where the index is, of which revision, and what it holds of this home."""
    from flowcfd.index import database
    from flowcfd.index.overview import overview

    found = overview(database.place())
    if options.json:
        output.document(found)
        return 0
    output.text(f"index     {found['place']}")
    output.text(f"revision  {found['revision'] or 'none yet'} (this FlowCFD: {found['newest']})")
    if found["problem"]:
        output.text(f"problem   {found['problem']}")
    else:
        output.text(f"runs      {found['runs']} of {found['folders']} folders, {found['open']} of them open")
        output.text(f"studies   {found['studies']}")
        output.text(f"attempts  {found['attempts']}, {found['gone']} of them of runs that are gone")
    return 0


def rebuild(options: Namespace) -> int:
    """Make the index anew from the directories, and say what differed."""
    from flowcfd.index import database
    from flowcfd.index.rebuild import rebuild

    place = database.place() if options.to is None else database.of_file(options.to)
    if options.to is not None and place.file is not None and place.file.exists() and place.revision() is None:
        raise CaseError(f"--to: {options.to} exists and is no index; name a new file")
    note = ""
    try:
        done = rebuild(place.ready())
    except database.Damaged as error:
        aside = database.put_aside(place)
        note = f"{error}; the old one is {aside}"
        done = rebuild(place.ready())
    if options.json:
        counts = {"runs": done.runs, "studies": done.studies, "attempts": done.attempts}
        output.document({"place": place.told, **counts, "differences": done.differences, "note": note})
        return 0
    if note:
        output.report_line(note)
    output.text(f"{place.told}: {done.runs} runs, {done.studies} studies, {done.attempts} attempts")
    for line in done.differences:
        output.text(f"  differed: {line}")
    output.text(f"{len(done.differences) or 'nothing'} differed from what was known")
    if options.to is not None:
        output.text(f"Use it: export DATABASE_URL=sqlite:///{place.file}")
    return 0


def upgrade(options: Namespace) -> int:
    """Bring the tables of the index up to this version."""
    from flowcfd.index import database

    place = database.place()
    before = place.revision()
    if before is None or before in database.REVISIONS:
        place.upgrade()
    else:
        place.ready()  # says that it is newer
    if options.json:
        output.document({"place": place.told, "before": before, "revision": place.revision()})
    else:
        now = place.revision()
        told = "was there already" if before == now else f"is now {now}"
        output.text(f"{place.told}: revision {before or 'none'} {told}")
    return 0


def usage(options: Namespace) -> int:
    """What runs used."""
    from flowcfd.index.ledger import UNITS, told

    by = tuple(options.by or ("user", "project"))
    rows, note = told(by=by, user=options.user, project=options.project, since=options.since, before=options.before)
    if note:
        output.report_line(note)
    if options.json:
        output.document({"by": by, "units": UNITS, "rows": rows})
    elif not rows:
        output.text("no run has used anything so far")
    elif by == ("attempt",):
        _attempts(rows)
    else:
        _groups(by, rows)
    return 0


def _groups(by: tuple[str, ...], rows: list[Row]) -> None:
    numbers = ("runs", "attempts", "core-hours", "CPU-hours", "memory", "disk")
    output.table(
        (*by, *numbers), [(*(row[name] or "-" for name in by), *_figures(row)) for row in rows], numbers=numbers
    )


def _figures(row: Row) -> tuple[Any, ...]:
    hours = tuple(f"{row[name] / 3600:.4g}" for name in ("core_seconds", "cpu_seconds"))
    return row["runs"], row["attempts"], *hours, output.size(row["memory"]), output.size(row["disk"])


def _attempts(rows: list[Row]) -> None:
    output.table(
        ("run", "attempt", "user", "project", "cores", "began", "ended", "state", "core-hours"),
        [
            (
                row["run"], row["attempt"], row["user"], row["project"] or "-", row["cores"],
                output.moment(row["started"]), output.moment(row["ended"]), row["state"],
                f"{row['core_seconds'] / 3600:.4g}",
            )
            for row in rows
        ],
        numbers=("attempt", "cores", "core-hours"),
    )  # fmt: skip

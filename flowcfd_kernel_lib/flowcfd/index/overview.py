"""What there is to say of the index itself."""

from __future__ import annotations

from typing import Any

from flowcfd.errors import SiteError
from flowcfd.index import found as look
from flowcfd.index.database import REVISIONS, Database
from flowcfd.index.refresh import Home, home


def overview(database: Database) -> dict[str, Any]:
    """Place, revision and counts of this home, as they stand: nothing is refreshed, made or changed."""
    told: dict[str, Any] = {"place": database.told, "revision": None, "newest": REVISIONS[-1], "problem": ""}
    try:
        told["revision"] = database.revision()
        if told["revision"] not in (None, REVISIONS[-1]):
            told["problem"] = f"is of revision {told['revision']}, this FlowCFD needs {REVISIONS[-1]}"
    except SiteError as error:
        told["problem"] = " ".join(str(error).split())
    if told["problem"]:
        return told
    here = home()
    return told | {"folders": len(look.folders(here.runs))} | _counts(database, here, empty=told["revision"] is None)


def _counts(database: Database, here: Home, *, empty: bool) -> dict[str, int]:
    if empty:
        return dict.fromkeys(("runs", "open", "studies", "attempts", "gone"), 0)
    from sqlalchemy import func, select

    from flowcfd.index.tables import runs, studies, usage

    counted = {
        "runs": select(func.count()).select_from(runs).where(runs.c.home == here.id),
        "open": select(func.count()).select_from(runs).where(runs.c.home == here.id, runs.c.seen <= 0),
        "studies": select(func.count()).select_from(studies).where(studies.c.home == here.id),
        "attempts": select(func.count()).select_from(usage).where(usage.c.home == here.id),
        "gone": select(func.count()).select_from(usage).where(usage.c.home == here.id, usage.c.gone.is_(True)),
    }
    with database.reading() as connection:
        return {name: int(connection.execute(rows).scalar_one()) for name, rows in counted.items()}

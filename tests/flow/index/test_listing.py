"""The same runs and states by the index and by a scan, whatever is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import flowcfd
from flowcfd.errors import CaseError, UnknownName
from flowcfd.index.database import Database
from flowcfd.index.listing import MANY, listed
from flowcfd.index.selection import Selection, moment

pytestmark = pytest.mark.flow

Make = Callable[[int], list[Path]]
NOW = 1.7e9  # as in conftest.py

ASKED: list[dict[str, Any]] = [
    {},
    {"state": "Failed"},
    {"state": ["Done", "Cancelled"]},
    {"state": "Unreadable"},
    {"user": "user1"},
    {"project": "project0", "state": "Done"},
    {"solver": "simpleFoam"},
    {"solver": "icoFoam"},
    {"name": "wing000"},
    {"name": "wing0*"},
    {"name": "WING*"},
    {"name": "wing_00"},
    {"name": "wing000-000000000003"},
    {"study": "polar"},
    {"since": NOW - 86400 - 200},
    {"since": NOW - 86400 - 500, "before": NOW - 86400 - 200},
    {"before": "2 d"},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_the_index_and_a_scan_find_the_same(
    file: Database, runs: Make, home: Path, asked: dict[str, Any], later: None
) -> None:
    made = runs(12)
    (made[5] / "job.json").write_text("{")
    (made[6] / "end.json").unlink()
    folder = home / "studies" / "polar-1"
    folder.mkdir(parents=True)
    (folder / "study.json").write_text("{}")
    (folder / "points.jsonl").write_text(
        "".join(json.dumps({"point": n, "run": run.name}) + "\n" for n, run in enumerate(made[2:4]))
    )
    wanted = Selection.of(**asked)
    scan, first = listed(wanted, many=100), listed(wanted, many=0)
    again = listed(wanted, many=0)
    assert not first.note and not again.note
    assert scan.runs == first.runs == again.runs
    assert scan.runs.unreadable == first.runs.unreadable == again.runs.unreadable
    assert scan.runs.statuses() == first.runs.statuses() == again.runs.statuses()


def test_the_selections_of_that_test_find_something(file: Database, runs: Make) -> None:
    runs(12)
    found = [len(listed(Selection.of(**asked), many=0).runs) for asked in ASKED if "study" not in asked]
    assert found == [12, 3, 9, 0, 2, 2, 12, 0, 12, 12, 0, 0, 1, 4, 5, 12]


def test_few_runs_need_no_database(file: Database, runs: Make) -> None:
    runs(3)
    listed(Selection())
    assert file.file is not None and not file.file.exists() and MANY > 3


@pytest.mark.parametrize("state", ["Dead", ["Done", "done"]])
def test_an_unknown_state_is_refused(home: Path, state: str | list[str]) -> None:
    with pytest.raises(UnknownName, match="unknown state"):
        flowcfd.index.runs(state=state)


def test_an_unknown_study_is_refused(home: Path) -> None:
    with pytest.raises(UnknownName, match="unknown study 'wing'"):
        flowcfd.index.runs(study="wing")


def test_a_moment_is_a_date_or_how_long_ago() -> None:
    assert moment("2026-01-31", "since") == datetime(2026, 1, 31).timestamp()
    assert moment("2026-01-31 12:30", "since") == datetime(2026, 1, 31, 12, 30).timestamp()
    assert moment(date(2026, 1, 31), "since") == moment(datetime(2026, 1, 31), "since")
    assert moment(12, "since") == 12 and moment(None, "since") is None
    ago = moment("2 d", "since")
    assert ago is not None and abs(ago - time.time() + timedelta(days=2).total_seconds()) < 10


@pytest.mark.parametrize("given", ["yesterday", "3 parsecs", "2026-13-01", True])
def test_another_moment_is_refused(given: Any) -> None:
    with pytest.raises(CaseError, match=r"^since: must be a date such as '2026-01-31'"):
        moment(given, "since")


def test_nobody_loads_the_database_who_does_not_need_it() -> None:
    program = "import sys, flowcfd, flowcfd.jobs.submit, flowcfd.index.listing, flowcfd.cli.parser; print(*sys.modules)"
    root = str(Path(flowcfd.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    assert not {"sqlalchemy", "alembic", "pg8000", "pandas", "sqlite3"} & set(done.stdout.split())

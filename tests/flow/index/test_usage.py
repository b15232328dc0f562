"""What runs used is counted by attempts: also those that were stopped, killed, retried, or whose folder is gone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.errors import UnknownName
from flowcfd.index.attempts import attempts
from flowcfd.index.database import Database
from flowcfd.index.ledger import told, usage
from flowcfd.index.rebuild import rebuild
from flowcfd.index.refresh import refresh
from flowcfd.jobs import record

pytestmark = pytest.mark.flow

Make = Callable[[int], list[Path]]


def events(run: Path, *lines: tuple[float, dict[str, object]]) -> None:
    text = "".join(json.dumps({"time": time, **event}) + "\n" for time, event in lines)
    (run / "events.jsonl").write_text(text + '{"time": 1, "eve')


def attempt(number: int) -> dict[str, object]:
    return {"event": "attempt", "attempt": number, "pid": 1}


def begins(number: int) -> dict[str, object]:
    return {"event": "stage", "attempt": number, "stage": "solve", "state": "running"}


def step(number: int, cpu: float, memory: int) -> dict[str, object]:
    return {"event": "step", "attempt": number, "command": "x", "rc": 0, "wall": 1, "cpu": cpu, "memory": memory}


def ends(number: int, state: str) -> dict[str, object]:
    return {"event": "end", "attempt": number, "state": state, "why": ""}


def at_attempt(run: Path, number: int, *, ended: bool = True) -> None:
    """The records of a worker in this attempt."""
    for name in ("worker.json", "end.json"):
        raw = json.loads((run / name).read_text())
        (run / name).write_text(json.dumps({**raw, "attempt": number}))
    if not ended:
        (run / "end.json").unlink()


def test_a_stopped_and_a_resumed_attempt_both_count(runs: Make) -> None:
    (run,) = runs(1)
    at_attempt(run, 2)
    events(
        run,
        (100, attempt(1)), (110, begins(1)), (150, step(1, 39.0, 7)), (151, ends(1, "Stopped")),
        (900, attempt(2)), (905, begins(2)), (925, step(2, 19.0, 5)), (926, ends(2, "Done")),
    )  # fmt: skip
    first, second = attempts(record.job(run), active=False)
    assert (first.queued, first.started, first.ended, first.state) == (100, 110, 151, "Stopped")
    assert (first.cpu, first.memory, second.cpu, second.state) == (39.0, 7, 19.0, "Done")
    assert first.core_seconds(4, now=0) == 4 * 41 and second.core_seconds(1, now=0) == 21


def test_an_attempt_that_was_killed_counts_to_its_last_sign_of_life(runs: Make) -> None:
    (run,) = runs(1)
    at_attempt(run, 2)
    log = run / "case" / "log.simpleFoam"
    os.utime(log, (180, 180))
    events(run, (100, attempt(1)), (110, begins(1)), (900, attempt(2)), (905, begins(2)), (926, ends(2, "Done")))
    first, _ = attempts(record.job(run), active=False)
    assert (first.ended, first.state) == (180, "Lost")


def test_an_attempt_that_goes_on_has_no_end_and_counts_until_now(runs: Make) -> None:
    (run,) = runs(1)
    at_attempt(run, 1, ended=False)
    events(run, (100, attempt(1)), (110, begins(1)))
    (only,) = attempts(record.job(run), active=True)
    assert only.ended is None and only.core_seconds(2, now=120) == 20


def test_an_attempt_that_never_got_its_cores_costs_nothing(runs: Make) -> None:
    (run,) = runs(1)
    events(run, (100, attempt(1)), (500, ends(1, "Cancelled")))
    shutil.rmtree(run / "stages")
    (only,) = attempts(record.job(run), active=False)
    assert only.started is None and only.core_seconds(8, now=1000) == 0


def test_an_earlier_turn_that_still_speaks_is_not_taken_for_the_next(runs: Make) -> None:
    (run,) = runs(1)
    shutil.rmtree(run / "stages")
    at_attempt(run, 2)
    events(
        run,
        (100, attempt(1)), (110, begins(1)), (200, attempt(2)), (201, step(1, 80.0, 3)),
        (202, {"event": "fenced", "attempt": 1}), (203, begins(2)), (210, ends(2, "Done")),
    )  # fmt: skip
    first, second = attempts(record.job(run), active=False)
    assert (first.cpu, first.ended, second.cpu, second.started) == (80.0, 202, 0.0, 203)


def test_without_events_the_records_tell(runs: Make) -> None:
    (run,) = runs(1)
    (run / "events.jsonl").unlink()
    (only,) = attempts(record.job(run), active=False)
    worker, end = record.worker(run), record.end(run)
    assert worker is not None and end is not None
    assert (only.started, only.ended, only.state) == (worker.started + 1, end.ended, end.state)
    assert only.cpu == 2 * 4.9 and only.memory == 90_000_000


def test_usage_is_summed_by_what_is_asked(database: Database, runs: Make) -> None:
    runs(12)
    rows, note = told(by=("user",))
    assert not note and [row["user"] for row in rows] == [f"user{n}" for n in range(7)]
    assert sum(row["attempts"] for row in rows) == sum(row["runs"] for row in rows) == 12
    # eleven seconds each on 1, 2, 3 or 4 cores
    assert sum(row["core_seconds"] for row in rows) == pytest.approx(11 * (1 + 2 + 3 + 4) * 3)
    assert sum(row["cpu_seconds"] for row in rows) == pytest.approx(9.8 * 12)
    by_both, _ = told(by=("project", "executor"), user="user1")
    assert {row["executor"] for row in by_both} == {"local"} and sum(row["runs"] for row in by_both) == 2
    (month,), _ = told(by=("month",))
    assert month["month"] == "2023-11" and month["runs"] == 12
    assert told(by=("month",), since="2023-12-01")[0] == [] and told(by=("user",), project="nobody's")[0] == []


def test_telling_twice_is_telling_once(database: Database, runs: Make) -> None:
    runs(4)
    assert told(by=("attempt",)) == told(by=("attempt",))
    rebuild(database)
    assert len(told(by=("attempt",))[0]) == 4


def test_what_a_deleted_run_used_stays(database: Database, runs: Make, later: None) -> None:
    made = runs(3)
    before, _ = told(by=("user", "project"))
    shutil.rmtree(made[0])
    after, _ = told(by=("user", "project"))
    assert [row["core_seconds"] for row in after] == [row["core_seconds"] for row in before]
    assert sum(row["disk"] for row in after) == sum(row["disk"] for row in before) * 2 / 3
    assert rebuild(database).attempts == 3
    assert told(by=("user", "project"))[0] == after


def test_a_run_made_anew_in_the_same_folder_is_counted_beside_the_old_one(database: Database, runs: Make) -> None:
    (run,) = runs(1)
    refresh(database.ready())
    raw = json.loads((run / "job.json").read_text())
    (run / "job.json").write_text(json.dumps({**raw, "uid": "another"}))
    os.utime(run)
    rows, _ = told(by=("attempt",))
    assert sorted((row["uid"], row["gone"]) for row in rows) == [(raw["uid"], True), ("another", False)]


def test_the_table_has_units(file: Database, runs: Make) -> None:
    runs(2)
    table = usage(by="project")
    assert list(table["project"]) == ["project0", "project1"]
    assert table["core_seconds"].units == "core s" and table["memory"].units == "byte"
    assert len(usage(by="attempt")) == 2
    assert list(usage(by=["month", "user"], user="nobody").columns)[:2] == ["month", "user"]


def test_another_group_is_refused(home: Path) -> None:
    with pytest.raises(UnknownName, match=r"unknown group 'week'.*attempt.*month.*project.*user"):
        usage(by="week")


def test_an_attempt_has_its_cores_before_it_begins_a_stage(runs: Make) -> None:
    (run,) = runs(1)
    events(run, (100, attempt(1)), (105, {"event": "running", "attempt": 1}), (130, begins(1)), (150, ends(1, "Done")))
    (only,) = attempts(record.job(run), active=False)
    assert (only.started, only.core_seconds(2, now=0)) == (105, 90)


def test_pauses_between_tries_and_turns_cost_nothing(runs: Make) -> None:
    (run,) = runs(1)
    running: dict[str, object] = {"event": "running", "attempt": 1}
    events(
        run,
        (100, attempt(1)), (110, running), (111, begins(1)), (120, {"event": "again", "attempt": 1, "tries": 1}),
        (300, running), (330, {"event": "time is over", "attempt": 1}), (400, running), (405, ends(1, "Done")),
    )  # fmt: skip
    (only,) = attempts(record.job(run), active=False)
    assert (only.started, only.ended, only.state) == (110, 405, "Done")
    assert only.core_seconds(2, now=0) == 2 * (10 + 30 + 5)

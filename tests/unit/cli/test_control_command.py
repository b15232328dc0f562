"""The verbs of the command line for one run and for many, and what `flowcfd runs` shows, without a solver."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowcfd.cli import main
from flowcfd.jobs import record
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, Job, WorkerRecord

Said = Callable[[], str]


@pytest.fixture
def runs(home: Path) -> Path:
    """Three runs that have ended: ahmed1 done, ahmed2 failed at its third try, box cancelled."""
    ends = {"ahmed1": ("Done", "all stages are done"), "ahmed2": ("Failed", "no space left"), "box": ("Cancelled", "x")}
    for made, (name, (state, why)) in enumerate(ends.items()):
        path = home / "runs" / f"{name}-0123456789ab"
        path.mkdir(parents=True)
        job = Job(path, name, name, "0" * 64, 1, "", "local", ("icoFoam",), "icoFoam", 9.0 - made, 0.0, 1.0, "1912")
        record.write_job(job, path)
        record.write_record(path, WorkerRecord(Identity(1, 1, "node1/b/1"), 1, "", "Running", 2.0, tries=3))
        fault = {"mend": "free some"} if state == "Failed" else None
        record.write_record(path, EndRecord(1, state, why, 3.0, tries=3, fault=fault))  # type: ignore[arg-type]
    return home


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return lambda: capsys.readouterr().out


def names(said: Said) -> list[str]:
    return [row["name"] for row in json.loads(said())]


def told(said: Said) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said())
    return found


def test_the_list_can_be_narrowed(runs: Path, said: Said) -> None:
    for words, wanted in (
        (["--name", "ahmed*"], ["ahmed1", "ahmed2"]),
        (["--state", "Done"], ["ahmed1"]),
        (["--dead"], ["ahmed2"]),
        (["--executor", "moon"], []),
        (["--since", "2 h"], []),
        (["--before", "2 h", "--name", "box"], ["box"]),
    ):
        assert main(["runs", "--json", *words]) == 0
        assert names(said) == wanted, words


def test_the_dead_are_listed_with_their_cause_the_mend_and_how_often_they_were_tried(runs: Path, said: Said) -> None:
    assert main(["runs", "--dead"]) == 0
    assert "ahmed2-0123456789ab: no space left; free some; tried 3 times" in said()
    assert main(["runs", "--dead", "--json"]) == 0
    (row,) = told(said)
    assert (row["cause"], row["mend"], row["tries"]) == ("no space left", "free some", 3)


def test_a_live_table_ends_when_nothing_is_at_work(runs: Path, said: Said) -> None:
    assert main(["runs", "--live"]) == 0
    assert "3 runs: 1 Done, 1 Failed, 1 Cancelled" in said()
    assert main(["runs", "--live", "--json"]) == 2


def test_several_runs_are_told_and_one_that_refuses_makes_the_exit_code(runs: Path, said: Said) -> None:
    assert main(["pause", "ahmed1", "box"]) == 1
    assert said().splitlines() == [
        "ahmed1-0123456789ab: not paused: it is Done, there is nothing to end",
        "box-0123456789ab: not paused: it is Cancelled, there is nothing to end",
    ]
    assert main(["priority", "7", "ahmed*", "--json"]) == 0
    assert [row["ok"] for row in told(said)] == [True, True]
    assert record.priority(runs / "runs/ahmed1-0123456789ab") == 7


def test_one_run_is_told_as_ever(runs: Path, said: Said) -> None:
    assert main(["pause", "ahmed1"]) == 0
    assert said() == "ahmed1-0123456789ab: Done, all stages are done\n"
    assert main(["resume", "ahmed1"]) == 2 and main(["pause", "nothing"]) == 2


@pytest.mark.parametrize("verb", ["cancel", "stop", "retry"])
def test_many_are_not_ended_by_a_pattern_unless_that_is_said_twice(
    runs: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert main([verb, "ahmed*"]) == 2
    assert "say --yes" in capsys.readouterr().err
    assert main(["cancel", "ahmed*", "--yes"]) == 1  # neither has anything to end
    assert capsys.readouterr().out.count("not cancelled") == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "name runs or patterns"),
        (["ahmed1", "--all"], "not both"),
        (["nothing*"], "no run has such a name"),
        (["--all", "--state", "Asleep"], "unknown state 'Asleep'"),
        (["--all", "--state", "Running"], "no runs in state Running"),
        (["--all"], "no runs in state Queued or Running"),
        (["ahmed*", "--state", "Lost"], "no runs in state Lost"),
    ],
)
def test_what_means_no_run_is_a_mistake(
    runs: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert main(["pause", *words]) == 2
    assert why in capsys.readouterr().err


def test_nothing_to_tend_is_no_mistake(runs: Path, said: Said) -> None:
    assert main(["tend"]) == 0 and said() == "no runs\n"

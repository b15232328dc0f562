"""`flowcfd runs` where the runs are not all as they should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.cli import main
from flowcfd.jobs import record
from flowcfd.jobs.record import Job


@pytest.fixture
def damaged(home: Path) -> Path:
    """A home of three runs: one as it should be, one with half a job.json, one of an executor that is not here."""
    for name, executor in (("good", "local"), ("half", "local"), ("far", "moon")):
        path = home / "runs" / f"{name}-0123456789ab"
        path.mkdir(parents=True)
        job = Job(path, name, name, "0" * 64, 1, "", executor, ("icoFoam",), "icoFoam", 1.0, 0.0, 1.0, "1912")
        record.write_job(job, path)
    half = home / "runs/half-0123456789ab/job.json"
    half.write_text(half.read_text()[:40])
    return home


def test_runs_that_cannot_be_read_are_rows_with_their_cause(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if "0123456789ab" in line]
    assert [line.split()[:2] for line in lines[:3]] == [
        ["good-0123456789ab", "Lost"], ["half-0123456789ab", "Unreadable"], ["far-0123456789ab", "Unreadable"],
    ]  # fmt: skip
    half, far = lines[3:]
    assert half == "half-0123456789ab: no run here: job.json is missing or broken"
    assert far.startswith("far-0123456789ab: ") and "unknown executor 'moon'" in far


def test_they_are_in_the_json_document_as_well(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--json"]) == 0
    told = {row["run"].split("-")[0]: row for row in json.loads(capsys.readouterr().out)}
    assert [told[name]["state"] for name in ("good", "half", "far")] == ["Lost", "Unreadable", "Unreadable"]
    assert "missing or broken" in told["half"]["why"] and told["half"]["path"] == str(
        damaged / "runs/half-0123456789ab"
    )
    assert set(told["half"]) == set(told["good"]) | {"why"} and told["half"]["cores"] is None
    assert main(["runs", "--state", "Unreadable", "--json"]) == 0
    assert {row["run"] for row in json.loads(capsys.readouterr().out)} == {"half-0123456789ab", "far-0123456789ab"}

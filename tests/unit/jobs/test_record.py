"""What is written into a run directory comes back, and never in half."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.errors import RunError
from flowcfd.jobs import record
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, Job, Request, StageRecord, StepRecord, WorkerRecord


def job(path: Path) -> Job:
    return Job(
        path=path,
        uid="u1",
        name="cavity",
        digest="d" * 64,
        cores=2,
        method="hierarchical",
        executor="local",
        steps=("blockMesh", "icoFoam"),
        application="icoFoam",
        created=1.5,
        start=0.0,
        end=0.5,
        openfoam="1912",
    )


ME = Identity(12, 345, "host/boot/1")
STEP = StepRecord("icoFoam", "log.icoFoam", 2.0, identity=ME, rc=0, wall=1.0, cpu=0.5, memory=10, rank_memory=5)


def test_every_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record.write_job(job(tmp_path), tmp_path)
    assert record.job(tmp_path) == job(tmp_path)
    worker = WorkerRecord(ME, 1, "r1", "Queued", 3.0)
    stage = StageRecord("solve", "done", 2.0, (STEP, replace(STEP, identity=None, rc=None)), ("0",), 4.0, 100)
    end = EndRecord(1, "Failed", "why", 5.0, "solve", "log.icoFoam", True)
    request = Request("r1", "stop", "me")
    for each in (worker, stage, end, request):
        record.write_record(tmp_path, each)
    assert record.worker(tmp_path) == worker
    assert record.stage(tmp_path, "solve") == stage
    assert record.end(tmp_path) == end
    assert record.request(tmp_path) == request
    assert not list(tmp_path.rglob("*.part"))


def test_a_job_keeps_what_ends_it_early_and_one_of_before_is_read_all_the_same(tmp_path: Path) -> None:
    early = replace(job(tmp_path), until={"over": 20, "measures": [{"name": "Cd"}]}, rolling=True)
    record.write_job(early, tmp_path)
    assert record.job(tmp_path) == early
    content = json.loads((tmp_path / "job.json").read_text())
    del content["until"], content["rolling"]
    (tmp_path / "job.json").write_text(json.dumps(content))
    assert record.job(tmp_path) == job(tmp_path)
    assert record.settling(tmp_path) == ""


def test_what_is_not_there_or_broken_is_none(tmp_path: Path) -> None:
    assert record.worker(tmp_path) is None and record.stage(tmp_path, "mesh") is None
    (tmp_path / "end.json").write_text('{"attempt": 1, "sta')
    assert record.end(tmp_path) is None


def test_a_directory_without_a_readable_job_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run here"):
        record.job(tmp_path)
    record.write_job(job(tmp_path), tmp_path)
    text = (tmp_path / "job.json").read_text()
    (tmp_path / "job.json").write_text(text.replace('"schema": 1', '"schema": 7'))
    with pytest.raises(RunError, match="another version"):
        record.job(tmp_path)
    (tmp_path / "job.json").write_text(text.replace('"digest"', '"dogest"'))
    with pytest.raises(RunError, match="cannot be understood"):
        record.job(tmp_path)


def test_on_a_full_disk_the_reserve_is_given_up_for_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record.hold_reserve(tmp_path)
    reserve = tmp_path / "reserve"
    assert reserve.stat().st_size == record.RESERVE
    replaced = Path.replace

    def full(self: Path, target: Path) -> Path:
        if reserve.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", full)
    record.write_record(tmp_path, Request("r", "stop", "me"))
    assert record.request(tmp_path) == Request("r", "stop", "me") and not reserve.exists()


def test_a_stage_sums_its_steps() -> None:
    stage = StageRecord("mesh", "done", 0.0, (STEP, replace(STEP, memory=30)))
    assert (stage.wall, stage.cpu, stage.memory) == (2.0, 1.0, 30)


def test_an_event_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    record.event(tmp_path, "end", state="Done")
    assert '"event": "end", "state": "Done"' in (tmp_path / "events.jsonl").read_text()
    record.event(tmp_path / "absent", "end")


@pytest.mark.parametrize("content", ['{"identity": 1}', '{"identity": {}}', "{}", '{"steps": 3}', '{"later": true}'])
def test_a_record_of_another_shape_is_as_one_that_is_not_there(tmp_path: Path, content: str) -> None:
    (tmp_path / "stages").mkdir()
    for name in ("worker.json", "end.json", "request.json", "stages/solve.json"):
        (tmp_path / name).write_text(content)
    assert record.worker(tmp_path) is None
    assert record.end(tmp_path) is None
    assert record.request(tmp_path) is None
    assert record.stage(tmp_path, "solve") is None

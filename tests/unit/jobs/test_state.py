"""The state of a run by its records and what its executor says: waiting for a next try, held, asked in vain."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.cluster.resources import Resources
from flowcfd.errors import CaseError, SiteError
from flowcfd.jobs import record
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import EndRecord, Job, Request, WorkerRecord
from flowcfd.jobs.state import HELD, Answer, derive, known
from flowcfd.jobs.watch import Watch, hours
from flowcfd.settings import read


@pytest.fixture
def job(tmp_path: Path) -> Job:
    path = tmp_path / "a-0123456789ab"
    path.mkdir()
    made = Job(path, "u", "a", "0" * 64, 1, "", "local", ("icoFoam",), "icoFoam", 1.0, 0.0, 1.0, "1912")
    record.write_job(made, path)
    return made


def begin(job: Job, **told: object) -> WorkerRecord:
    me = Identity.of(os.getpid())
    assert me is not None
    worker = replace(WorkerRecord(me, 1, "", "Queued", 1.0), **told)  # type: ignore[arg-type]
    record.write_record(job.path, worker)
    return worker


def test_who_waits_for_a_next_try_says_when_and_why(job: Job) -> None:
    begin(job, again=time.time() + 8.4, why="no space left on device")
    assert derive(job, alive=True) == ("Queued", "tries again in 8 s: no space left on device")
    begin(job, again=time.time() - 5)
    assert derive(job, alive=True)[1].startswith("tries again in 0 s")


def test_a_job_that_was_not_begun_and_is_to_pause_is_held_and_one_that_was_begun_is_not(job: Job) -> None:
    record.write_record(job.path, Request("r", "pause", "me", time.time()))
    assert derive(job, alive=True) == ("Paused", HELD)
    assert derive(job, alive=False)[0] == "Lost"  # it left the queue by itself
    begin(job)
    assert derive(job, alive=True)[0] == "Queued"


def test_when_nobody_answers_the_directory_tells_what_it_can(job: Job) -> None:
    answer = Answer(executors.get("local"), error=SiteError("no answer\nat all"))
    begin(job, phase="Running")
    assert known(job, answer) == ("Running", "no answer at all")
    record.write_record(job.path, EndRecord(1, "Done", "all stages are done", 2.0))
    assert known(job, answer) == ("Done", "all stages are done")


def test_a_record_of_an_older_version_is_read(job: Job) -> None:
    begin(job)
    old = (job.path / "worker.json").read_text()
    assert '"tries": 1' in old
    text = "".join(line for line in old.splitlines(keepends=True) if '"tries"' not in line and '"again"' not in line)
    (job.path / "worker.json").write_text(text.replace(' "why": ""', ' "allocation": ""'))
    found = record.worker(job.path)
    assert found is not None and (found.tries, found.again) == (1, None)


@pytest.mark.parametrize(
    ("seconds", "words"), [(86400.0, "24 h"), (5400.0, "90 min"), (2.0, "2 s"), (7200.0, "2 h"), (0.5, "0.5 s")]
)
def test_a_walltime_for_people(seconds: float, words: str) -> None:
    assert hours(seconds) == words


def test_a_limit_asks_to_stop_once_its_time_is_over_and_a_new_turn_has_its_own(job: Job) -> None:
    watch = Watch(job.path)
    watch.limit(None)
    watch.wait(0)
    assert watch.asked() is None
    watch.limit(0.01)
    while (asked := watch.asked()) is None:
        watch.wait(0.01)
    assert (asked.kind, asked.by) == ("stop", "walltime (0.01 s)")
    watch.forget_limit()
    watch.wait(0)
    assert watch.asked() is None


def test_no_limit_of_time_is_said_as_none() -> None:
    none = Resources(walltime="none")
    assert none.seconds == float("inf") and "--time=UNLIMITED" in none.directives(1)
    assert none.over(Resources(walltime="2 h")).walltime == "none"
    assert Resources().over(Resources(walltime="2 h")).seconds == 7200.0
    assert Resources.model_validate(none.model_dump(mode="json")) == none
    with pytest.raises(CaseError, match=r"walltime: must be"):
        Resources(walltime="for ever")


def test_the_first_pause_is_a_setting() -> None:
    assert read({}).retry_after == 8.0 and read({"FLOWCFD_RETRY_AFTER": "0.5"}).retry_after == 0.5
    for wrong in ("soon", "-1", "nan"):
        with pytest.raises(SiteError, match="FLOWCFD_RETRY_AFTER: must be a number of seconds"):
            read({"FLOWCFD_RETRY_AFTER": wrong})


def test_who_is_cancelled_before_its_next_worker_began_waits_and_does_not_stand_as_it_ended_before(job: Job) -> None:
    worker = begin(job, attempt=2, request="r1")
    record.write_record(job.path, EndRecord(2, "Stopped", "stop asked by me", 2.0))
    record.write_record(job.path, Request("r2", "start", "me", attempt=3))
    assert derive(job, alive=True)[0] == "Queued"
    cancel = Request("r3", "cancel", "me", attempt=3)
    record.write_record(job.path, cancel)
    assert record.unanswered(cancel, worker)
    assert derive(job, alive=True)[0] == "Queued", "its worker is about to begin, and to read it"
    assert derive(job, alive=False) == ("Cancelled", "cancel asked by me"), "it left the queue before"
    begun = begin(job, attempt=3, request="r3", phase="Running")
    assert not record.unanswered(cancel, begun)
    assert derive(job, alive=True)[0] == "Running"


def test_a_handle_says_which_attempt_it_asks_for_and_keeps_it_when_it_asks_to_end(job: Job) -> None:
    run = Run(job.path)
    run._request("start")
    assert _asked(job) == ("start", 1)
    begin(job, attempt=4)
    run._request("retry")
    assert _asked(job) == ("retry", 5)
    run._request("stop")
    assert _asked(job) == ("stop", 5)


def _asked(job: Job) -> tuple[str, int]:
    request = record.request(job.path)
    assert request is not None
    return request.kind, request.attempt

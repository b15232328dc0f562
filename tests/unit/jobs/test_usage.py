"""What a run used, by its own records and by Slurm's books."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowcfd import jobs
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs.executors.slurm import accounting

SACCT = """\
12|100|400|01:02.500||n[1-2]
12.batch|100|200|01:01.000|2048K|n1
12.0|90|200|00:01.500|1.5G|n2
12|50|200|1-00:00:01||n3
12.batch|50|100|00:01.000|1M|n3
"""
ARRAY = "12_0|10|10|00:01.000||n1\n12_1|20|20|00:02.000||n2\n12_1.batch|20|20|00:02.000|3M|n2\n"
LOG = (
    "JobId=9 UserId=a(1) Name=flow-a-x JobState=COMPLETED StartTime=2026-11-21T08:00:00 EndTime=2026-11-21T08:01:00"
    " NodeList=n2 NodeCnt=1 ProcCnt=4 ArrayJobId=8 ArrayTaskId=3 ExitCode=0:0 "
)


def test_sacct_is_added_up_over_the_turns_and_the_memory_is_of_the_largest_step() -> None:
    used = accounting.read_sacct(SACCT, None)
    assert used is not None
    assert (used.elapsed, used.core_seconds, used.cpu_seconds) == (150, 600, 62.5 + 86401)
    assert used.memory == 1.5 * 2**30
    assert used.nodes == ("n[1-2]", "n3")
    assert used.source == "sacct"


def test_sacct_of_one_task_of_an_array() -> None:
    used = accounting.read_sacct(ARRAY, 1)
    assert used is not None
    assert (used.elapsed, used.memory, used.nodes) == (20, 3 * 2**20, ("n2",))
    assert accounting.read_sacct(ARRAY, 2) is None


@pytest.mark.parametrize("answer", ["", "nonsense", "12|||||\n", "12|0|0|00:00:00||None assigned\n"])
def test_sacct_that_says_nothing(answer: str) -> None:
    assert accounting.read_sacct(answer, None) is None


def test_the_log_of_ended_jobs() -> None:
    used = accounting.read_log([LOG, LOG.replace("StartTime=2026-11-21T08:00:00", "StartTime=Unknown")], 3)
    assert used is not None
    assert (used.elapsed, used.core_seconds, used.nodes) == (60, 240, ("n2",))
    assert accounting.read_log([LOG], 4) is None


@pytest.mark.flow
def test_a_run_on_this_machine_is_told_by_its_own_records(home: object, cavity: Callable[..., CaseFiles]) -> None:
    used = jobs.run(cavity(), wait=True).usage
    assert used.source == "the run's own records"
    assert used.core_seconds == used.elapsed > 0
    assert used.cpu_seconds > 0
    assert "core-hours in" in str(used)

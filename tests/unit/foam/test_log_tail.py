"""Following a log that grows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.foam.log import Progress, Tail, began

LOGS = Path(__file__).parent / "logs"
SAMPLES = sorted(path.stem for path in LOGS.glob("*.log"))

STEP = b"""\
Time = 2

smoothSolver:  Solving for Ux, Initial residual = 0.5, Final residual = 0.01, No Iterations 3
ExecutionTime = 0.2 s  ClockTime = 0 s

"""


def steps(tail: Tail) -> list[object]:
    """All steps, the open one included."""
    return [*tail.poll(), *([tail.step] if tail.step and not tail.progress.ended else [])]


def read(name: str) -> Tail:
    tail = Tail(LOGS / f"{name}.log")
    tail.poll()
    return tail


def test_the_first_initial_residual_of_a_field_is_the_residual_of_the_step() -> None:
    tail = Tail(LOGS / "icoFoam_cavity_head.log")
    second = tail.poll()[1]
    assert second.time == 0.01
    assert second.residuals == {"Ux": 0.160686, "Uy": 0.260828, "p": 0.428925}
    assert second.continuity == 6.61987e-09
    assert second.execution_time == 0.01


def test_a_courant_line_after_the_time_belongs_to_that_time() -> None:
    assert [step.courant for step in Tail(LOGS / "icoFoam_cavity_head.log").poll()][:2] == [0.0, 0.585607]


def test_a_courant_line_before_the_time_belongs_to_the_coming_time() -> None:
    last = read("interFoam_damBreak_tail").step
    assert last is not None
    assert (last.time, last.courant, last.deltaT) == (0.2, 1.02353, 0.00212284)


def test_the_pair_of_rho_central_foam_is_a_courant_line() -> None:
    last = read("rhoCentralFoam_forwardStep_tail").step
    assert last is not None
    assert (last.time, last.courant, last.deltaT) == (4.0, 0.194516, 0.0005795)


def test_equal_fields_of_different_regions_are_kept_apart() -> None:
    last = read("chtMultiRegionFoam_tail").step
    assert last is not None
    assert last.residuals["heater/h"] == 0.0032338021
    assert last.residuals["leftSolid/h"] == 0.02851103
    assert last.residuals["bottomWater/p_rgh"] == 0.0017469941
    assert last.courant == 0.59971898


def test_a_field_solved_after_the_execution_time_belongs_to_the_step_before() -> None:
    last = read("pimpleFoam_TJunction_tail").step
    assert last is not None and "s" in last.residuals


def test_the_progress_tells_the_newest_step_and_the_end() -> None:
    progress = read("simpleFoam_2ranks_forceCoeffs_tail").progress
    assert (progress.time, progress.iteration, progress.ended) == (100.0, 3, True)
    assert progress.residuals["p"] == 0.01719
    assert progress.execution_time == 46.62
    assert progress.fraction == 1.0


def test_what_remains_follows_from_the_pace_so_far() -> None:
    progress = Progress(time=25.0, execution_time=10.0, start_time=0.0, end_time=100.0)
    assert progress.fraction == 0.25
    assert progress.remaining == pytest.approx(30.0)
    assert Progress(time=25.0, execution_time=10.0).remaining is None
    assert Progress().fraction is None


def test_the_pace_is_that_of_the_clock_where_the_solver_waits_for_a_core(tmp_path: Path) -> None:
    log = tmp_path / "log.simpleFoam"
    log.write_text("Create mesh for time = 0\n\nTime = 25\n\nExecutionTime = 10 s  ClockTime = 80 s\n\n")
    tail = Tail(log, end_time=100.0)
    tail.poll()
    assert tail.progress.execution_time == 10.0
    assert tail.progress.remaining == pytest.approx(240.0)
    assert tail.progress.pace == pytest.approx(80.0)


def test_the_pace_of_a_resumed_run_counts_from_its_own_start() -> None:
    assert Progress(time=75.0, start_time=50.0, end_time=100.0).fraction == 0.5


def test_a_line_counts_when_it_is_whole() -> None:
    tail = Tail("none")
    tail.feed(b"Time = 1")
    assert tail.step is None
    tail.feed(b"2\n")
    assert tail.step is not None and tail.step.time == 12


def test_only_what_was_added_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(STEP)
    tail = Tail(path)
    assert tail.poll() == [] and tail.offset == len(STEP)
    with path.open("ab") as file:
        file.write(STEP.replace(b"= 2", b"= 3"))
    assert [step.time for step in tail.poll()] == [2.0]
    assert tail.offset == 2 * len(STEP)


def test_a_log_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(STEP + STEP.replace(b"= 2", b"= 3"))
    tail = Tail(path)
    tail.poll()
    path.write_bytes(STEP.replace(b"= 2", b"= 7"))
    tail.poll()
    assert tail.progress.time == 7.0 and tail.progress.iteration == 1


def test_a_log_that_is_not_there_yet_has_no_progress(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "log", end_time=5.0)
    assert tail.poll() == []
    assert tail.progress == Progress(end_time=5.0)


def test_the_clock_in_the_header_is_no_time_step() -> None:
    tail = Tail("none")
    tail.feed(b"Time   : 23:57:44\n")
    assert tail.step is None


def test_convergence_and_the_start_are_taken_in() -> None:
    tail = Tail("none")
    tail.feed(
        b"Create time\n\nCreate mesh for time = 40\n\n" + STEP + b"\nSIMPLE solution converged in 2 iterations\n\nEnd\n"
    )
    progress = tail.progress
    assert (progress.converged, progress.start_time, progress.ended) == (2, 40.0, True)


def test_a_solution_singularity_has_no_residual_and_does_no_harm() -> None:
    tail = Tail("none")
    tail.feed(STEP[:9] + b"smoothSolver:  Solving for Uz:  solution singularity\n" + STEP[9:])
    assert tail.step is not None and tail.step.residuals == {"Ux": 0.5}


def test_the_time_of_other_makers_has_a_unit() -> None:
    tail = Tail("none")
    tail.feed(b"Time = 0.25s\n")
    assert tail.step is not None and tail.step.time == 0.25


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 9000), max_size=12))
def test_what_is_read_does_not_depend_on_where_the_log_was_cut(name: str, cuts: list[int]) -> None:
    text = (LOGS / f"{name}.log").read_bytes()
    whole, parts = Tail("none"), Tail("none")
    whole.feed(text)
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    for start, end in pairwise(ends):
        parts.feed(text[start:end])
    assert parts.progress == whole.progress
    assert parts.step == whole.step
    assert parts._complete == whole._complete


def test_following_a_log_needs_the_standard_library_only() -> None:
    script = (
        "import sys, flowcfd.foam.log.tail; print(*(m for m in ('numpy', 'pyarrow', 'pandas') if m in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_a_run_that_goes_on_is_as_far_as_it_was_and_its_pace_is_that_of_the_new_log(tmp_path: Path) -> None:
    first, second = tmp_path / "log.icoFoam", tmp_path / "log.icoFoam.2"
    first.write_text("Create mesh for time = 0\n\nTime = 50\n\n")
    second.write_text("Create mesh for time = 50\n\nTime = 60\n\nExecutionTime = 10 s  ClockTime = 10 s\n\n")
    assert began(first, first) is None
    assert began(second, first) == 0.0
    assert began(second, tmp_path / "gone") is None
    tail = Tail(second, end_time=100.0)
    tail.poll()
    progress = replace(tail.progress, began=began(second, first))
    assert progress.fraction == 0.6
    assert progress.remaining == pytest.approx(40.0)

"""A solver on the way to infinity is known by its log, and a healthy one is not taken for one."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from flowcfd.jobs.growth import Growth

LOGS = sorted((Path(__file__).parents[1] / "foam" / "logs").glob("*"))


def step(time: float, *, courant: float = 0.5, local: float = 1e-6, residual: object = 0.01, bounded: float = 0) -> str:
    bounding = f"bounding k, min: -1 max: {bounded} average: 1\n" if bounded else ""
    return (
        f"Courant Number mean: 0.1 max: {courant}\nTime = {time:g}\n\n"
        f"smoothSolver:  Solving for Ux, Initial residual = {residual}, Final residual = 1e-7, No Iterations 3\n"
        f"time step continuity errors : sum local = {local}, global = 1e-19, cumulative = 1e-19\n{bounding}"
        f"ExecutionTime = {time:g} s  ClockTime = 1 s\n\n"
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.pimpleFoam"


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_logs_of_runs_that_went_well_explode_nowhere(path: Path) -> None:
    text = path.read_bytes()
    if b"sigFpe::sigHandler" not in text and b"nan" not in text:
        assert Growth(path).poll() is None


def test_a_Courant_number_that_rises_beyond_all_bounds_is_seen_while_the_log_grows(log: Path) -> None:
    growth = Growth(log)
    assert growth.poll() is None
    seen = None
    for n in range(1, 60):
        courant = 0.5 if n < 30 else 0.5 * 3 ** (n - 30)
        with log.open("a") as file:
            file.write(step(n / 100, courant=courant))
        seen = growth.poll()
        if seen:
            break
    assert seen is not None
    assert (seen.field, seen.time) == ("U", "0.37")
    assert seen.onset == pytest.approx(0.31)
    assert seen.why == "U (Courant 1.1e+03, usually 0.5)"


def test_nan_is_seen_at_once_and_what_was_before_it_is_good(log: Path) -> None:
    log.write_text(step(1) + step(2) + step(3, residual="nan"))
    seen = Growth(log).poll()
    assert seen is not None
    assert (seen.field, seen.time, seen.onset) == ("Ux", "3", 2.0)
    assert seen.why == "Ux (residual nan)"


def test_what_no_flow_has_is_seen_at_once(log: Path) -> None:
    log.write_text(step(1) + step(2, local=8e18))
    seen = Growth(log).poll()
    assert seen is not None
    assert (seen.field, seen.onset) == ("p", 1.0)


def test_errors_of_continuity_and_bounded_fields_that_grow_without_end_are_named(log: Path) -> None:
    log.write_text(
        "".join(step(n, local=1e-3 * 8 ** max(0, n - 20), bounded=5.0 * 9 ** max(0, n - 20)) for n in range(1, 40))
    )
    seen = Growth(log).poll()
    assert seen is not None
    assert (seen.field, seen.time, seen.onset) == ("p", "26", 20.0)
    assert seen.why.startswith("p (errors of continuity ")


def test_a_rough_start_is_not_taken_for_an_end(log: Path) -> None:
    """Errors a million times those of later, noise over two decades, and a jump after a change of the boundary."""
    rng = random.Random(3)
    text = ""
    for n in range(1, 300):
        level = 1.0 * math.exp(-n / 5) + 1e-6 + (1e-2 if 150 < n < 160 else 0.0)
        text += step(n, local=level * 10 ** rng.uniform(-1, 1), courant=rng.uniform(0.1, 40), bounded=1e4 / n)
    log.write_text(text)
    growth = Growth(log)
    assert growth.poll() is None
    assert growth.onset() is None


def test_a_start_from_rest_may_rise_for_long(log: Path) -> None:
    log.write_text("".join(step(n / 10, courant=1e-6 * 1.5**n, local=1e-12 * 1.5**n) for n in range(1, 45)))
    assert Growth(log).poll() is None


def test_the_beginning_of_the_end_is_seen_in_the_log_of_a_solver_that_died(log: Path) -> None:
    """Too fast for the rule that stops a living one; of the step that it died in only a part is there."""
    healthy = "".join(step(n, courant=2.0) for n in range(1, 6))
    end = step(6, courant=5.0) + step(7, courant=40.0) + step(8, courant=300.0)
    log.write_text(healthy + end + "Courant Number mean: 1 max: 9e4\nTime = 9\n")
    growth = Growth(log)
    assert growth.poll() is None
    assert growth.onset() == 6.0


def test_a_line_that_is_not_whole_waits(log: Path) -> None:
    text = step(1) + step(2, residual="nan")
    log.write_text(text[: text.index("nan") + 1])
    growth = Growth(log)
    assert growth.poll() is None
    log.write_text(text)
    assert growth.poll() is not None


def test_a_log_that_is_gone_says_nothing(tmp_path: Path) -> None:
    growth = Growth(tmp_path / "log.none")
    assert growth.poll() is None
    assert growth.onset() is None

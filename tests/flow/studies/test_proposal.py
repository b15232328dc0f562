"""Proposals on surfaces of known functions: a search that computes them comes to the known least."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, qmc

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError, SiteError, UnitError, UnknownName
from flowcfd.jobs import lock
from flowcfd.studies import Study
from flowcfd.studies.measured import Measured, Outcome, Parameter
from flowcfd.studies.proposal import Limit, Search, improvement
from flowcfd.studies.surface import Surface, through
from flowcfd.uncertain import Uncertain

pytestmark = pytest.mark.flow

Function = Callable[[np.ndarray], np.ndarray]
TWO = (Parameter("a.x", "x", "m", -5.0, 10.0), Parameter("a.y", "y", "m", 0.0, 15.0))


def branin(rows: np.ndarray) -> np.ndarray:
    """Least 0.397887 at (-pi, 12.275), (pi, 2.275), (9.42478, 2.475)."""
    a, b = rows[:, 0], rows[:, 1]
    return (b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10


def surfaced(rows: np.ndarray, values: np.ndarray, parameters: tuple[Parameter, ...] = TWO) -> Surface:
    paths = [one.path for one in parameters]
    done = tuple(
        Outcome(n, dict(zip(paths, row.tolist(), strict=True)), "Done", Uncertain(float(value)))
        for n, (row, value) in enumerate(zip(rows, values, strict=True))
    )
    return through(Measured("toy", "y", done, parameters), {one.path: (one.low, one.high) for one in parameters})


def started(count: int = 10) -> np.ndarray:
    return qmc.LatinHypercube(2, seed=4).random(count) * 15 + np.array([-5, 0])


def test_the_expected_improvement_is_the_mean_of_what_normal_numbers_gain() -> None:
    drawn = norm.rvs(1.0, 2.0, size=400_000, random_state=1)
    found = improvement(np.array([1.0, 1.0, 3.0]), np.array([2.0, 0.0, 0.0]), 2.0)
    assert found[0] == pytest.approx(np.maximum(2.0 - drawn, 0).mean(), rel=0.01)
    assert list(found[1:]) == [1.0, 0.0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_search_finds_the_least_and_the_largest_of_branin(sign: float) -> None:
    rows = started()
    for _ in range(8):
        values = sign * branin(rows)
        on = surfaced(rows, values)
        best = float((sign * values).min() * sign)
        found = Search(on, on.box, taken=rows, least=best, sign=sign).propose(2)
        assert found[0][1] >= 0
        rows = np.vstack([rows, *(row for row, _ in found)])
    assert branin(rows).min() == pytest.approx(0.3979, abs=0.1)


def test_points_of_one_round_are_apart_and_new() -> None:
    rows = started()
    on = surfaced(rows, branin(rows))
    found = Search(on, on.box, taken=rows, least=float(branin(rows).min())).propose(4)
    every = np.vstack([on.shares(rows), *(on.shares(row[None]) for row, _ in found)])
    apart = np.abs(every[:, None] - every[None]).max(axis=2) + np.eye(len(every))
    assert apart.min() >= 2e-3
    assert [gain for _, gain in found] == sorted((gain for _, gain in found), reverse=True)
    again = Search(on, on.box, taken=rows, least=float(branin(rows).min())).propose(4)
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(found, again, strict=True)), "it is repeatable"


def test_a_limit_on_another_measure_is_kept() -> None:
    """The least of x + y where x y >= 12 on this box is at x = y = sqrt(12)."""
    box = (Parameter("a.x", "x", "", 1.0, 9.0), Parameter("a.y", "y", "", 1.0, 9.0))
    rows = qmc.LatinHypercube(2, seed=1).random(8) * 8 + 1
    for _ in range(5):
        on, other = surfaced(rows, rows.sum(axis=1), box), surfaced(rows, rows.prod(axis=1), box)
        kept = rows[rows.prod(axis=1) >= 12].sum(axis=1)
        found = Search(on, on.box, (Limit(other, 12.0, None),), taken=rows, least=float(kept.min())).propose(2)
        rows = np.vstack([rows, *(row for row, _ in found)])
    assert rows[rows.prod(axis=1) >= 12].sum(axis=1).min() == pytest.approx(2 * np.sqrt(12), rel=0.03)


def test_where_points_failed_nothing_is_proposed_again_and_again() -> None:
    rows = started()
    on = surfaced(rows, branin(rows))
    first = Search(on, on.box, taken=rows, least=float(branin(rows).min())).propose(1)[0][0]
    taken = np.vstack([rows, first])
    second = Search(on, on.box, failed=first[None], taken=taken, least=float(branin(rows).min())).propose(1)[0][0]
    assert np.abs(on.shares(first[None]) - on.shares(second[None])).max() > 0.02


def test_whole_numbers_stay_whole_and_what_is_no_case_is_passed_over() -> None:
    count = (Parameter("a.n", "n", "", 1.0, 20.0, whole=True),)
    rows = np.array([[1.0], [5.0], [10.0], [15.0], [20.0]])
    on = surfaced(rows, (rows[:, 0] - 12) ** 2, count)
    (row, _), *_ = Search(on, on.box, taken=rows, least=4.0).propose(1)
    assert row[0] in (11, 12, 13)
    assert Search(on, on.box, taken=rows, least=4.0, valid=lambda row: False).propose(2) == []


@pytest.fixture
def study(home: Path) -> Study:
    case = Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid="water"),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )
    return Study(case, {"boundaries.inlet.speed": (1.0, 2.0)}, design="lhs", points=5)


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"rounds": 0}, CaseError, "rounds: must be a whole number of at least 1"),
        ({"batch": 1.5}, CaseError, "batch: must be a whole number of at least 1"),
        ({"bounds": {"sped": (1, 2)}}, UnknownName, "unknown parameter 'sped'; did you mean 'speed'"),
        ({"bounds": {"speed": 3}}, CaseError, r"bounds: speed: must be a pair \(low, high\)"),
        ({"bounds": {"speed": ("1 kg", 2)}}, UnitError, "speed: must be in m/s"),
        ({"bounds": {"speed": (3, 4)}}, CaseError, "bounds: speed: must overlap with the design"),
        ({"subject_to": {"body.Cl": 0.3}}, CaseError, r"subject_to: body.Cl: must be \(low, high\)"),
        ({"subject_to": {"body.Cl": (0.3, 0.1)}}, CaseError, "subject_to: body.Cl: must rise"),
        ({"within": -1.0}, CaseError, "within: must not be negative"),
        ({"within": "much"}, UnitError, "must be a number"),
        ({"largest": False, "measure": 3}, CaseError, "must be a name such as"),
    ],
)
def test_a_question_that_is_none_is_refused_before_anything_runs(
    study: Study, asked: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        study.minimize(asked.pop("measure", "body.Cd"), **asked)  # type: ignore[arg-type]
    assert not study.path.exists()


def test_two_searches_at_a_time_are_refused(study: Study) -> None:
    study.path.mkdir(parents=True)
    with lock.held(study.path / "search.lock"), pytest.raises(SiteError, match="is being searched by another process"):
        study.minimize("body.Cd")

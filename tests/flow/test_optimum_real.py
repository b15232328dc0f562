"""Searches by real runs, for optima that are known exactly: a duct's height at which loss and material cost least."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flowcfd.case import Blocks, Case, Channel, Fluid, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import ResultError
from flowcfd.post.open import Results
from flowcfd.studies import Study
from flowcfd.studies import open as open_study
from flowcfd.studies.added import FILE

pytestmark = pytest.mark.flow
HEIGHT, NU, SPEED = "domain.height", 1e-3, 1.0


@pytest.fixture
def duct(home: Path) -> Case:
    return Case(
        name="duct",
        domain=Channel(length=2, height=0.1),
        mesh=Blocks(cells=(30, 12)),
        physics=Incompressible(fluid=Fluid(nu=NU)),
        boundaries={"inlet": Inlet(speed=SPEED), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=200),
    )


def height(res: Results) -> float:
    assert res.run is not None
    return float(Case.from_json((res.run.path / "case.json").read_text()).at(HEIGHT))


def loss(res: Results) -> float:
    """-dp/dx [m/s2] where the flow has developed; 12 nu U / h2 exactly."""
    middle = height(res) / 2
    line = res.sample_line((1.2, middle, 0.005), (1.8, middle, 0.005), 7, ["p"])
    return float(-np.polyfit(line["x"], line["p"], 1)[0])


def cost(res: Results) -> float:
    """Loss and material; the least is where h3 = 24 nu U / 24, at 0.1."""
    return loss(res) + 24 * height(res)


def test_the_cheapest_height_of_a_duct_is_found_by_real_runs(duct: Case) -> None:
    study = Study(duct, {HEIGHT: ("60 mm", "200 mm")}, design="lhs", points=5, seed=3, name="cheapest")
    found = study.minimize(cost, rounds=3, batch=2)
    assert found.values[HEIGHT] == pytest.approx(0.1, abs=0.006)
    assert found.value.value == pytest.approx(3.6, rel=0.02)
    assert found.value.value == cost(open_results(found)), "it is a run's own value, no prediction"
    assert found.surface(height=found.values[HEIGHT]).value == pytest.approx(found.value.value, rel=0.02)
    assert 5 < len(study) <= 11
    assert study.states == {"Done": len(study)}
    assert "computed (point" in str(found)

    before = [point.run.path for point in study.points if point.run]
    again = open_study("cheapest").minimize(cost, rounds=3, batch=2)
    assert again.to_json() == found.to_json(), "rounds that were computed count"
    assert [point.run.path for point in again.study.points if point.run] == before

    limited = study.minimize(cost, rounds=1, batch=1, subject_to={height: (0.12, None)})
    assert 0.12 <= limited.values[HEIGHT] < 0.16
    with pytest.raises(ResultError, match="no run that is done keeps the limits: height is"):
        study.minimize(cost, rounds=1, batch=1, subject_to={height: (0.5, None)})


def test_a_search_that_was_killed_before_its_runs_computes_what_it_had_proposed(
    duct: Case, until: Callable[..., None]
) -> None:
    study = Study(duct, {HEIGHT: ("60 mm", "200 mm")}, design="lhs", points=4, seed=3, name="killed").run(wait=True)
    (study.path / FILE).write_text(
        '{"values": {"domain.height": 0.0987}, "by": "maximize loss", "round": 1, "expected": 0.5}\n'
    )
    found = open_study("killed").maximize(loss, rounds=1)
    assert found.rounds[0].points == (4,)
    assert found.study.points[4].state == "Done"
    assert found.values[HEIGHT] == min(values[HEIGHT] for values in found.study.values)
    assert math.isfinite(found.value.value)


def open_results(found: object) -> Results:
    from flowcfd.post.open import results

    return results(found.run)  # type: ignore[attr-defined]

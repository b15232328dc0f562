"""Mesh independence with real runs: plane Poiseuille flow, whose pressure gradient is known exactly."""

from __future__ import annotations

import json
import math
import re

import pytest

import flowcfd as fc
from flowcfd.benchmarks import driver_seegmiller, friction
from flowcfd.benchmarks.frame import Effort
from flowcfd.errors import CaseError, ResultError

pytestmark = pytest.mark.flow
NU = 0.1


def plates(cells=8, *, nu=NU, iterations=300, name="plates"):
    """Developed flow between plates of distance 1 m at 1 m/s: dp/dx = 12 nu U / h^2."""
    return fc.Case(
        name=name,
        domain=fc.Channel(length=1.0, height=1.0),
        mesh=fc.Blocks((1, cells)),
        physics=fc.Incompressible(fc.Fluid(nu=nu), velocity=(1, 0, 0), drive=fc.MeanVelocity((1, 0, 0))),
        boundaries={"inlet": fc.Cyclic("outlet"), "outlet": fc.Cyclic("inlet"), "bottom": fc.Wall(), "top": fc.Wall()},
        solve=fc.Steady(iterations, residual=1e-10, residuals={"U": 1e-9}),
        outputs=(fc.Probes(points=[(0.5, 0.5, 0.05)], fields=("U",)),),
    )


def gradient(res):
    log = (res.case / "log.simpleFoam").read_text()
    return float(re.findall(r"pressure gradient = (\S+)", log)[-1])


@pytest.fixture
def study(home):
    return fc.studies.independence(plates(), measure=gradient, ratio=2)


def test_the_exact_value_is_in_the_band_at_the_order_of_the_scheme(study):
    exact = 12 * NU
    assert study.gci.kind == "monotonic"
    assert study.gci.order == pytest.approx(2, abs=0.1)
    assert study.answer.covers(exact)
    assert study.gci.extrapolated == pytest.approx(exact, rel=2e-4)
    assert study.answer.relative < 0.005
    assert re.fullmatch(r"1\.\d{3,} ± 0\.\d+", str(study.answer))


def test_it_is_told_as_table_text_html_figure_and_json(study):
    table = study.table
    assert list(table["cells"]) == [32, 16, 8]
    assert list(table["h"]) == [1, 2, 4]
    assert list(table["value"]) == list(study.gci.values)
    assert "gradient = 1.19" in str(study) and "monotonic" in str(study)
    assert "data:image/png" in study._repr_html_() and "<table" in study._repr_html_()
    axes = study.plot().axes[0]
    assert len(axes.lines) == 3 and axes.get_ylabel() == "gradient"
    told = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert [level["cells"] for level in told["levels"]] == [32, 16, 8]
    assert fc.Uncertain.from_json(told["answer"]) == study.answer


def test_runs_are_found_again_and_a_fourth_mesh_costs_one(study):
    again = fc.studies.independence(plates(), measure=gradient, levels=4, ratio=2)
    assert [level.run.path for level in again.levels[1:]] == [level.run.path for level in study.levels]
    assert len(fc.runs()) == 4
    assert again.gci.orders[1] == pytest.approx(study.gci.order)


def test_a_measure_may_be_named(home):
    study = fc.studies.independence(plates(9), measure="probes.Ux", levels=2, ratio=3)  # a cell in the middle on both
    assert study.gci.kind == "two grids"
    assert study.answer.unit == "m/s"
    assert study.answer.covers(1.5)


def test_a_level_that_fails_is_kept_with_its_cause_and_the_rest_gives_the_index(home):
    broken = plates(32).replace({"files[system/controlDict]": "application simpleFoam;"})
    study = fc.studies.independence([broken, plates(8), plates(16)], measure=gradient)
    assert [level.cells for level in study.levels] == [32, 16, 8]
    assert study.levels[0].value is None and study.levels[0].cause
    assert study.gci.kind == "two grids" and study.gci.cells == (16, 8)
    assert study.levels[0].cause in study.notes[-1]
    assert study.table["cause"].iloc[0] == study.levels[0].cause
    assert study.answer.value == study.levels[1].value.value


def test_a_measure_that_fails_everywhere_leaves_the_reason(home):
    study = fc.studies.independence(plates(), measure="body.Cd", levels=2, ratio=2)
    assert study.gci is None and "at least two grids (got 0)" in study.why_no_gci
    assert "no measure 'body.Cd'" in study.levels[0].cause
    with pytest.raises(ResultError, match="no mesh has a value"):
        _ = study.answer
    assert study.to_json()["answer"] is None
    assert "no mesh has a value" in study._repr_html_()


def test_a_measure_that_does_not_depend_on_the_mesh_has_no_index_but_a_value(home):
    study = fc.studies.independence(plates(), measure=lambda res: 7.0, levels=2, ratio=2)
    assert "same value 7" in study.why_no_gci
    assert (study.answer.value, study.answer.uncertainty) == (7.0, None)
    assert "same value" in study.answer.kind


def test_a_measure_that_is_no_number_is_a_cause(home):
    study = fc.studies.independence(plates(), measure=lambda res: math.nan, levels=2, ratio=2)
    assert [level.cause for level in study.levels] == ["the measure is nan"] * 2


@pytest.mark.parametrize(
    ("target", "words"),
    [([], "give a Case, or a list"), ("case", "give a Case, or a list"), (["a", "b"], "dimension: say 2 or 3")],
)
def test_what_is_no_family_is_refused_before_anything_runs(home, target, words):
    with pytest.raises(CaseError, match=words):
        fc.studies.independence(target, measure=gradient)
    assert fc.runs() == []


@pytest.mark.parametrize("of", [friction, driver_seegmiller])
def test_the_coarse_form_of_a_turbulent_benchmark_is_in_band(home, of):
    outcome = of.run(Effort("quick"))
    assert [(one.measure, float(one.value), one.band) for one in outcome.comparisons if not one.ok] == []
    assert outcome.plots and len(outcome.cells) == len(outcome.runs)

"""The cases of the turbulent benchmarks and how they are compared, without computing them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flowcfd.benchmarks import driver_seegmiller, friction
from flowcfd.benchmarks.driver_seegmiller import Floor
from flowcfd.benchmarks.tables import reference
from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.meshers.block import blocks
from flowcfd.foam.render import render


def test_the_levels_of_the_step_differ_by_the_ratio():
    counts = [blocks(driver_seegmiller.case(level)).cells for level in range(4)]
    ratios = [(fine / coarse) ** 0.5 for coarse, fine in pairwise(counts)]
    assert counts[0] == 5880
    assert ratios == pytest.approx([driver_seegmiller.RATIO] * 3, rel=0.02)


@pytest.mark.parametrize("level", [-1, 5, 1.5])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(CaseError, match="level: must be 0 to 4"):
        driver_seegmiller.case(level)


def test_the_milder_relaxation_and_the_residuals_reach_the_solver_from_ordinary_options():
    text = render(driver_seegmiller.case()).text("system/fvSolution")
    solution = dictionary.parse(text)
    found = {name: solution.get(f"relaxationFactors.equations.{name}") for name in ("U", "k", "omega")}
    assert found == {"U": 0.8, "k": 0.8, "omega": 0.8}
    assert solution.get("SIMPLE.residualControl.p") == 1e-5


def floor_of(cf, cp):
    """A floor whose curves are functions of x/H."""
    x = np.linspace(-10, 45, 2000)
    return Floor(x, cf(x), cp(x), 6.4)


def table(name):
    known = driver_seegmiller.measured(name)
    return known["x_over_H"].to_numpy(float), known[name].to_numpy(float)


def test_a_curve_through_the_measured_points_has_no_distance_and_cfl3d_has_its_own():
    for name, theirs in (("Cf", 2.46e-4), ("Cp", 0.0153)):
        ours, other = driver_seegmiller.distances(*table(name), name)
        assert ours == pytest.approx(0, abs=1e-12)
        assert other == pytest.approx(theirs, rel=0.01)


def test_a_computation_on_the_tables_is_in_band_and_one_off_is_not():
    good = floor_of(lambda x: np.interp(x, *table("Cf")), lambda x: np.interp(x, *table("Cp")))
    found = driver_seegmiller.comparisons([good], (10_000,), quick=False)
    assert [one.ok for one in found] == [True] * 4
    bad = Floor(good.x, good.cf + 6e-4, good.cp + 0.1, 6.6)
    assert [one.ok for one in driver_seegmiller.comparisons([bad], (10_000,), quick=False)] == [False] * 4


def test_three_grids_give_the_reattachment_its_uncertainty():
    good = [Floor(np.zeros(2), np.zeros(2), np.zeros(2), length) for length in (6.44, 6.45, 6.47)]
    line = driver_seegmiller.comparisons(good, (44538, 22892, 11592), quick=False)[0]
    assert line.gci.kind == "monotonic"
    assert 0 < line.value.uncertainty < 0.05


def test_cfl3ds_own_curve_reattaches_where_the_sst_model_does():
    curve = reference("cfl3d_backstep_sst_cf")
    behind = curve[curve["x_over_H"] > 3]
    crossing = np.interp(0, behind["Cf"], behind["x_over_H"])
    assert crossing == pytest.approx(6.54, abs=0.01)


def test_the_law_of_dean_and_the_cells_at_the_plates():
    assert friction.dean(1e5) == pytest.approx(0.004105, rel=1e-3)
    resolved, bridged = friction.case(), friction.case(56, "function")
    assert blocks(resolved).cells == 192
    assert bridged.mesh.grading != resolved.mesh.grading

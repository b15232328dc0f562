"""The airfoil's grids, the value at zero cell size, and what is measured, without a computation."""

from __future__ import annotations

import pytest

from flowcfd.benchmarks import naca0012
from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.render import render
from flowcfd.studies import refine


def test_the_levels_are_a_family_and_have_so_many_cells():
    cells = [2 * (s + w) * n for s, w, n in (naca0012.case(level).mesh.cells for level in range(3))]
    assert cells == [8960, 20160, 45360]
    assert naca0012.case(2).mesh.first_cell == pytest.approx(2e-5 / 1.5**2)


def test_refining_the_coarsest_level_gives_the_meshes_of_the_finer_ones():
    finer = refine(naca0012.case(0), levels=3, ratio=1.5)
    assert [one.mesh for one in finer] == [naca0012.case(level).mesh for level in (2, 1, 0)]
    assert finer[2] == naca0012.case(0)


def test_another_level_is_refused():
    with pytest.raises(CaseError, match=r"level: must be 0 to 2 \(got 3\)"):
        naca0012.case(3)


def test_the_undisturbed_flow_has_three_times_the_viscosity_as_nu_tilda():
    field = dictionary.parse(render(naca0012.case()).text("0/nuTilda"))
    value = field["boundaryField.farfield.inletValue"].value
    assert value == pytest.approx(3 / 6e6, rel=1e-5)


def test_the_answer_is_the_value_at_zero_cell_size():
    cells = (64, 16, 4)
    values = [1 + 2.0 / count for count in cells]  # second order in two dimensions
    found = naca0012.answer(values, cells)
    assert float(found.value) == pytest.approx(1.0)
    assert found.value.uncertainty == pytest.approx(1.25 * 2.0 / 64, rel=1e-6)
    assert naca0012.answer([0.5], (10,)).why_no_gci == "one grid"


def test_ladsons_values_are_taken_at_the_angle_between_the_neighbours_of_each_grit():
    lift, drag = naca0012.ladson(10)
    assert lift.low < lift.mean < lift.high
    assert 1.06 < lift.low < lift.high < 1.09
    assert naca0012.ladson(0)[0] == (0, 0, 0)
    assert 0.0114 < drag.low < drag.high < 0.0120
    assert drag.band(0.05) == (drag.low * 0.95, drag.high * 1.05)


def test_lift_and_drag_are_set_beside_codes_and_measurement_at_their_angle():
    found = [(1.0744, 0.01309), (1.0704, 0.01399), (1.0602, 0.01609)]
    lines = naca0012.beside(10, found, (45360, 20160, 8960), quick=False)
    assert [line.measure for line in lines] == ["Cl, 10 deg", "Cd, 10 deg", "Cl, 10 deg", "Cd, 10 deg"]
    assert float(lines[1].value) == pytest.approx(0.01237, rel=1e-3)
    assert "finest grid Cl 1.0744, Cd 0.01309" in lines[0].note
    level = naca0012.beside(0, [(0.0, 0.0084), (0.0, 0.0088)], (20160, 8960), quick=False)
    assert [(line.measure, line.source) for line in level if line.measure == "Cl, 0 deg"] == [("Cl, 0 deg", "symmetry")]

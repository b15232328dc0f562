from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flowcfd as fc
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.block import blocks
from flowcfd.foam.meshers.spacing import spacings
from flowcfd.studies import refine
from flowcfd.studies.family import dimension, family


def channel(mesh, *, solve=None, width=None, turbulence="laminar", treatment="function"):
    """A channel between two walls."""
    sides = {"back": fc.Slip(), "front": fc.Slip()} if width else {}
    return fc.Case(
        name="channel",
        domain=fc.Channel(length=4.0, height=1.0, width=width),
        mesh=mesh,
        physics=fc.Incompressible(fc.Fluid(nu=0.01), turbulence),
        boundaries={
            "inlet": fc.Inlet(1.0),
            "outlet": fc.Outlet(),
            "bottom": fc.Wall(treatment=treatment),
            "top": fc.Wall(treatment=treatment),
            **sides,
        },
        solve=solve or fc.Steady(100),
    )


def points(case, direction):
    return np.array(spacings(case, case.mesh)[direction].points())


@pytest.mark.parametrize(
    "mesh",
    [
        fc.Blocks((20, 10)),
        fc.Blocks((20, 10), grading=(4, 0.25)),
        fc.Blocks((20, 10), grading=(1, [(0.5, 0.5, 20), (0.5, 0.5, 0.05)])),
        fc.Blocks((20, 36), first_cell=0.005),
        fc.Blocks(cell=0.1, first_cell=0.01),
    ],
    ids=["counts", "grading", "segments", "first cell", "sizes"],
)
def test_the_coarser_mesh_has_every_other_point_of_the_one_twice_as_fine(mesh):
    fine, coarse = refine(channel(mesh), 2, 2)
    for direction in ("x", "y"):
        assert points(fine, direction)[::2] == pytest.approx(points(coarse, direction), rel=1e-9, abs=1e-9)


def test_the_given_case_is_the_coarsest_or_the_finest_and_stays_as_it_is():
    case = channel(fc.Blocks((40, 40), first_cell=0.005))
    assert refine(case)[-1] is case
    assert refine(case, given="finest")[0] is case
    counts = [blocks(one).cells for one in refine(case)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] / counts[1] == pytest.approx(1.5**2, rel=0.02)


def test_a_fixed_time_step_shrinks_with_the_cells_and_an_adapted_one_is_left():
    mesh = fc.Blocks((20, 20))
    fixed = refine(channel(mesh, solve=fc.Transient(end=1, step=0.01)), 2, 2)
    adapted = refine(channel(mesh, solve=fc.Transient(end=1, step=0.01, max_courant=1)), 2, 2)
    assert [one.solve.step for one in fixed] == [0.005, 0.01]
    assert [one.solve.step for one in adapted] == [0.01, 0.01]


def test_finer_meshes_may_take_more_iterations_and_coarser_ones_as_many():
    case = channel(fc.Blocks((20, 20)), solve=fc.Steady(100))
    assert [one.solve.iterations for one in refine(case, 3, 1.5)] == [225, 150, 100]
    assert [one.solve.iterations for one in refine(case, 2, 2, given="finest")] == [100, 100]


def test_a_direction_with_one_cell_stays_and_does_not_count():
    case = channel(fc.Blocks((1, 10)))
    assert [blocks(one).cells for one in refine(case, 3, 2)] == [40, 20, 10]
    assert dimension(case) == 1
    assert dimension(channel(fc.Blocks((4, 10)))) == 2
    assert dimension(channel(fc.Blocks((4, 10, 3)), width=1.0)) == 3


def test_whole_numbers_that_make_uneven_ratios_are_warned_of():
    with pytest.warns(
        UserWarning, match=r"channel: whole numbers of cells \(y\) make the ratios of cell size .* not all 1.4"
    ):
        refine(channel(fc.Blocks((50, 2))), 2, 1.4)
    assert family(channel(fc.Blocks((50, 50))), 3, 1.5).notes == ()


def test_wall_functions_are_told_of_because_y_plus_changes():
    turbulent = channel(fc.Blocks((20, 20)), turbulence="kOmegaSST")
    (note,) = family(turbulent, 3, 2).notes
    assert "y+ at walls with wall functions differs by a factor 4" in note
    assert family(channel(fc.Blocks((20, 20)), turbulence="kOmegaSST", treatment="resolved"), 3, 2).notes == ()


@pytest.mark.parametrize(
    ("levels", "ratio", "given_", "words"),
    [
        (1, 1.5, "coarsest", "levels must be 2 to 8 (got 1)"),
        (True, 1.5, "coarsest", "levels must be 2 to 8 (got True)"),
        (3, 1.0, "coarsest", "ratio must be 1.05 to 4, best 1.3 or more (got 1.0)"),
        (3, math.nan, "coarsest", "ratio must be"),
        (3, 1.5, "middle", "given must be 'coarsest' or 'finest' (got 'middle')"),
    ],
)
def test_what_makes_no_family_is_refused(levels, ratio, given_, words):
    with pytest.raises(CaseError, match=re.escape(words)):
        refine(channel(fc.Blocks((20, 20))), levels, ratio, given=given_)


def test_more_cells_than_a_direction_may_have_are_refused():
    with pytest.raises(CaseError):
        refine(channel(fc.Blocks((90_000, 10))), 2, 2)


def test_what_is_no_case_is_refused():
    with pytest.raises(CaseError, match="must be a Case"):
        refine(fc.CaseFiles({}))  # type: ignore[arg-type]


@settings(max_examples=40)
@given(
    st.integers(4, 60),
    st.floats(0.02, 50).filter(lambda one: abs(one - 1) > 1e-3),
    st.sampled_from([1.25, 1.5, 2.0]),
)
def test_members_of_a_family_are_one_mapping_of_equal_steps(cells, expansion, ratio):
    """Every point of every member lies on y(s) = (K^s - 1) / (K - 1), with one K for all."""
    case = channel(fc.Blocks((4 * cells, cells), grading=(1, expansion)))
    total = expansion ** (cells / (cells - 1))
    for one in family(case, 3, ratio).cases:
        found = points(one, "y")
        steps = np.arange(len(found)) / (len(found) - 1)
        assert found == pytest.approx((total**steps - 1) / (total - 1), abs=1e-8)

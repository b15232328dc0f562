"""The numbers of blockMesh's gradings."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcfd.errors import CaseError
from flowcfd.foam.meshers.grading import (
    Section,
    Spacing,
    cell_count,
    expansion,
    first_cell,
    joined,
    layered,
    mirrored,
    one_sided,
    ratio,
    uniform,
)

LENGTHS = st.floats(1e-3, 1e3)
COUNTS = st.integers(2, 200)


@given(LENGTHS, COUNTS, st.floats(0.01, 100))
def test_the_cells_of_a_section_fill_it_and_have_its_expansion(length: float, cells: int, grown: float) -> None:
    sizes = one_sided(length, cells, grown).sizes()
    assert math.fsum(sizes) == pytest.approx(length)
    assert sizes[-1] / sizes[0] == pytest.approx(grown)


@given(LENGTHS, COUNTS, st.floats(0.75, 1.4))
def test_the_expansion_for_a_first_cell_gives_that_first_cell(length: float, cells: int, growth: float) -> None:
    first = length * (growth - 1) / (growth**cells - 1) if abs(growth - 1) > 1e-6 else length / cells
    if first >= length or first < length * 1e-12:
        return
    found = expansion(length, cells, first)
    assert first_cell(Section(length, cells, found)) == pytest.approx(first, rel=1e-6)


def test_a_first_cell_that_only_a_steep_growth_reaches_is_refused_with_a_way_out() -> None:
    with pytest.raises(
        CaseError, match=r"^mesh.first_cell \(y\): 4 cells on 1 m cannot begin with 0.001 m .* near 0.25 m$"
    ):
        expansion(1.0, 4, 0.001, where="mesh.first_cell (y)")
    with pytest.raises(CaseError, match="at least 2 cells"):
        expansion(1.0, 1, 0.5)
    with pytest.raises(CaseError, match="at least 2 cells"):
        expansion(1.0, 10, 2.0)


@given(LENGTHS, st.floats(1e-4, 0.4), st.floats(1.0, 20), st.floats(1.01, 1.8))
def test_layers_begin_with_the_first_cell_and_keep_to_growth_and_largest(
    length: float, share: float, coarser: float, growth: float
) -> None:
    first = length * share
    largest = min(first * coarser, length)
    spacing = layered(length, first, largest, growth)
    sizes = spacing.sizes()
    assert math.fsum(sizes) == pytest.approx(length)
    assert max(sizes) <= largest * (1 + 1e-6) or len(spacing.sections) == 1
    assert sizes[0] <= first * (1 + 1e-6) or coarser == 1 or first >= largest
    for section in spacing.sections:
        assert ratio(section) <= growth * (1 + 1e-6)


def test_layers_end_in_equal_cells_of_the_largest_size() -> None:
    spacing = layered(1.0, 0.01, 0.05, 1.2)
    assert [section.expansion for section in spacing.sections] == [pytest.approx(5.0), 1.0]
    sizes = spacing.sizes()
    assert sizes[0] == pytest.approx(0.01)
    assert sizes[-1] == pytest.approx(0.05, rel=0.1)
    assert sizes[-1] <= 0.05


def test_a_mirrored_spacing_is_symmetric_and_joins_its_equal_middle() -> None:
    spacing = mirrored(layered(0.5, 0.01, 0.05, 1.2))
    assert len(spacing.sections) == 3
    assert spacing.sizes() == pytest.approx(spacing.sizes()[::-1])
    assert spacing.length == pytest.approx(1.0)


def test_points_are_the_ends_of_cells() -> None:
    assert joined(uniform(1.0, 2), uniform(3.0, 1)).points() == pytest.approx([0, 0.5, 1, 4])


def test_a_reversed_spacing_has_its_cells_in_reverse() -> None:
    spacing = Spacing((Section(1.0, 5, 3.0), Section(2.0, 4, 0.5)))
    assert spacing.reversed().sizes() == pytest.approx(spacing.sizes()[::-1])


def test_the_entry_is_a_number_for_one_section_and_a_list_for_several() -> None:
    assert one_sided(1.0, 10, 1 / 3).entry() == 0.3333333333
    assert joined(one_sided(0.1, 10, 2.0), uniform(0.9, 3)).entry() == ((0.1, 10, 2.0), (0.9, 3, 1.0))


def test_the_count_of_cells_of_a_size_is_the_nearest_and_never_none() -> None:
    assert cell_count(1.0, 0.11) == 9
    assert cell_count(1.0, 5.0) == 1
    assert all(low < high for low, high in pairwise([cell_count(1.0, size) for size in (0.5, 0.1, 0.02)]))

"""Picking as a value: choose, name, assign, undo, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.viewer.patches.test_shell import box, fan

from flowcfd.case import Cyclic, Inlet, Outlet, Wall
from flowcfd.errors import CaseError, UnknownName
from flowcfd.viewer.patches.picking import Picking, known_kinds, picking, seen_in
from flowcfd.viewer.patches.shell import Shell

SIDES = ("front", "back", "flanks", "flanks", "under", "roof")


@pytest.fixture
def cube() -> Picking:
    return picking(box((0, 0, 0), (1, 1, 1)), SIDES, {"flanks": Wall()})


def test_clicks_choose_add_and_take_away(cube: Picking) -> None:
    one = cube.picked([2])
    assert one.chosen == {2}
    assert one.picked([4], "toggle").chosen == {2, 4}
    assert one.picked([2], "toggle").chosen == frozenset()
    assert one.picked([2, 3], "add").picked([2], "remove").chosen == {3}
    assert one.touched == ("flanks",)
    assert cube.chosen == frozenset()


def test_all_none_and_the_others(cube: Picking) -> None:
    assert cube.all().chosen == set(range(6))
    assert cube.all().none().chosen == frozenset()
    assert cube.picked([0]).inverted().chosen == set(range(1, 6))


def test_by_angle() -> None:
    picked = picking(fan((10, 40)), ("a", "b", "c")).grown([0], 30)
    assert picked.chosen == {0, 1}
    with pytest.raises(CaseError, match="at most 180 degrees"):
        picked.grown([0], 0)


def test_by_names_and_patterns(cube: Picking) -> None:
    assert cube.by_name("f*").chosen == {0, 2, 3}
    assert cube.by_name("roof, under").chosen == {4, 5}
    assert cube.by_name("roof").by_name("under", "add").chosen == {4, 5}
    with pytest.raises(UnknownName, match="unknown patch 'rooof'; did you mean 'roof'"):
        cube.by_name("roof rooof")
    with pytest.raises(CaseError, match="write names or patterns"):
        cube.by_name(" , ")


def test_what_lies_wholly_in_a_rectangle() -> None:
    shell = box((0, 0, 0), (1, 1, 1))
    from_above = shell.points[:, :2]
    assert seen_in(shell, from_above, (-1, -1, 0.5, 2)) == {0}
    assert seen_in(shell, from_above, (-1, -1, 2, 2)) == set(range(6))
    assert seen_in(shell, from_above, (0.2, 0.2, 0.8, 0.8)) == frozenset()


def test_a_selection_gets_a_name_and_a_boundary(cube: Picking) -> None:
    named = cube.picked([2]).named("left")
    assert named.names == ("front", "back", "left", "flanks", "under", "roof")
    assert named.chosen == {2}
    done = named.assigned(Inlet(2.0))
    assert done.boundaries == {"left": Inlet(2.0), "flanks": Wall()}


def test_a_part_of_a_patch_becomes_one_called_after_its_boundary(cube: Picking) -> None:
    done = cube.picked([2]).assigned(Inlet(1.0)).picked([3]).assigned(Inlet(1.0))
    assert done.names[2:4] == ("inlet", "flanks")  # what is left of it is the whole patch
    again = cube.picked([0, 2]).assigned(Outlet())
    assert again.names[0] == again.names[2] == "outlet"
    assert again.picked([0]).assigned(Outlet()).names[0] == "outlet_2"


def test_the_boundary_goes_with_the_name_of_a_whole_patch(cube: Picking) -> None:
    assert cube.by_name("flanks").named("sides").boundaries == {"sides": Wall()}
    assert cube.by_name("flanks,roof").named("rest").boundaries == {}


def test_a_name_that_is_taken_is_only_joined_on_purpose(cube: Picking) -> None:
    with pytest.raises(CaseError, match="roof is the name of 1 other face already; take another name, or join them"):
        cube.picked([0]).named("roof")
    joined = cube.picked([0]).named("roof", join=True)
    assert joined.faces("roof") == {0, 5}
    assert "front" not in joined.patches


@pytest.mark.parametrize("name", ["inlet 1", "1st", "ein/aus", "$a", "zulauf-1"])
def test_names_that_openfoam_refuses_are_refused_with_one_that_would_do(cube: Picking, name: str) -> None:
    with pytest.raises(CaseError, match=r"OpenFOAM takes A-Z a-z 0-9 _ .* would do"):
        cube.picked([0]).named(name)


def test_nothing_selected_and_no_name_are_said(cube: Picking) -> None:
    for step in (lambda: cube.named("a"), lambda: cube.assigned(Wall()), cube.unassigned):
        with pytest.raises(CaseError, match=r"nothing is selected to .*: click a face or a row first"):
            step()
    with pytest.raises(CaseError, match="write a name"):
        cube.picked([0]).named("")
    with pytest.raises(CaseError, match="from 0 to 5"):
        cube.picked([6])


def test_steps_are_undone_one_by_one(cube: Picking) -> None:
    steps = [cube, cube.picked([2])]
    steps.append(steps[-1].named("left"))
    steps.append(steps[-1].assigned(Inlet(1.0)))
    now = steps[-1]
    for before in reversed(steps[:-1]):
        now = now.undone()
        assert now.marks == before.marks
    assert now.undone() is now
    assert cube.picked([]) is cube


def test_the_patches_of_a_mesh_cannot_be_divided_or_joined(cube: Picking) -> None:
    fixed = picking(box((0, 0, 0), (1, 1, 1)), tuple("abcdef"), fixed=True).picked([1])
    with pytest.raises(CaseError, match=r"where it is made: fc\.patches\(geometry\)"):
        fixed.named("x")
    assert fixed.assigned(Wall()).boundaries == {"b": Wall()}
    assert fixed.rows[1].faces == 2


def test_two_patches_that_are_made_cyclic_are_joined_to_each_other(cube: Picking) -> None:
    done = cube.by_name("front,back").assigned(Cyclic("roof"))
    assert done.boundaries == {"front": Cyclic("back"), "back": Cyclic("front"), "flanks": Wall()}


def test_rows_have_areas_of_the_geometry_where_it_knows_them_better() -> None:
    shell = box((0, 0, 0), (1, 1, 1))
    rows = picking(shell, SIDES).picked([2]).rows
    assert [(row.name, row.area, row.faces, row.chosen) for row in rows][2] == ("flanks", pytest.approx(2), 2, 1)
    exact = picking(shell, SIDES, areas=[1.1, 1, 1, None, 1, 1]).rows
    assert [row.area for row in exact] == [1.1, 1, None, 1, 1]
    assert picking(Shell.joined([], 2), ("a", "b"), areas=[None, 3.0]).rows[1].area == 3.0


def test_each_face_needs_a_name() -> None:
    with pytest.raises(CaseError, match="must be 6, one for each face"):
        picking(box((0, 0, 0), (1, 1, 1)), ("a",))


def test_the_usual_boundaries_come_first() -> None:
    assert known_kinds()[:4] == ["Inlet", "Outlet", "Wall", "Symmetry"]
    assert "Empty" not in known_kinds()
    assert np.unique(known_kinds()).size == len(known_kinds())

"""Shells: areas, neighbours by angle, what lies in a box, and what one looks through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from flowcfd.errors import GeometryError
from flowcfd.viewer.patches.shell import Shell


def box(low: tuple[float, float, float], high: tuple[float, float, float], first: int = 0) -> Shell:
    """A box of triangles with a face on each side: -x, x, -y, y, -z, z."""
    mesh = trimesh.creation.box(bounds=(low, high))
    normals = np.asarray(mesh.face_normals)
    sides = 2 * np.abs(normals).argmax(axis=1) + (normals.sum(axis=1) > 0)
    triangles = np.asarray(mesh.faces, np.int64)
    return Shell.of_triangles(np.asarray(mesh.vertices, float), triangles, sides + first, 6 + first)


def fan(turns: tuple[float, ...]) -> Shell:
    """Unit squares in a row, each turned against the one before by an angle [degree]; points are not shared."""
    at, angle, quads = np.zeros(2), 0.0, []
    for turn in (0.0, *turns):
        angle += np.radians(turn)
        to = at + np.array([np.cos(angle), np.sin(angle)])
        quads.append([[*at, 0], [*to, 0], [*to, 1], [*at, 1]])
        at = to
    points = np.array(quads).reshape(-1, 3)
    count = len(quads)
    return Shell(points, np.arange(count + 1) * 4, np.arange(4 * count), np.arange(count), count)


def test_areas_and_polygons_of_faces() -> None:
    shell = box((0, 0, 0), (1, 2, 3))
    assert shell.areas == pytest.approx([6, 6, 3, 3, 2, 2])
    assert shell.polygons.tolist() == [2] * 6


def test_the_sides_of_a_box_are_neighbours_at_right_angles_except_opposite_ones() -> None:
    pairs, turned = box((0, 0, 0), (1, 2, 3)).neighbours
    assert len(pairs) == 12
    assert turned == pytest.approx(90)
    assert [0, 1] not in pairs.tolist()


def test_faces_grow_over_edges_that_turn_by_less_than_the_angle() -> None:
    shell = fan((10, 20, 40, 5))
    assert shell.grown([0], 15) == {0, 1}
    assert shell.grown([0], 30) == {0, 1, 2}
    assert shell.grown([4], 30) == {3, 4}
    assert shell.grown([0], 41) == {0, 1, 2, 3, 4}
    assert shell.grown([], 90) == frozenset()


def test_seams_around_what_is_chosen_and_open_ends() -> None:
    shell = fan((10,))
    around = shell.seams.around(np.array([True, False]))
    assert len(around) == 4
    assert len(shell.seams.rims) == 6
    assert len(box((0, 0, 0), (1, 1, 1)).seams.rims) == 0


def test_one_looks_through_the_sides_of_a_box_with_a_body_in_it() -> None:
    outside, body = box((-5, -5, 0), (5, 5, 5)), box((-1, -1, 0), (1, 1, 1), first=6)
    parts = [(one.points, one.offsets, one.corners, one.faces) for one in (outside, body)]
    both = Shell.joined(parts, 12)
    assert both.outer.tolist() == [True] * 6 + [False] * 4 + [True, False]  # its bottom lies in the ground
    assert not outside.outer.any()


def test_what_is_saved_is_loaded_and_what_is_gone_is_said(tmp_path: Path) -> None:
    shell = box((0, 0, 0), (1, 2, 3))
    again = Shell.load(shell.save(tmp_path / "shell.npz"))
    assert again.areas == pytest.approx(shell.areas)
    with pytest.raises(GeometryError, match="run the cell again"):
        Shell.load(tmp_path / "none.npz")


def test_a_shell_without_polygons_is_known_by_name_only() -> None:
    shell = Shell.joined([], 3)
    assert (shell.size, shell.count) == (0, 3)
    assert shell.areas.tolist() == [0, 0, 0]
    assert not shell.outer.any()
    assert len(shell.neighbours[0]) == 0

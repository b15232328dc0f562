from __future__ import annotations

import flowcfd as fc

PLANE = fc.Channel(4, 2)


def test_one_count_is_for_every_direction() -> None:
    assert fc.Blocks(8).counts(PLANE) == {"x": 8, "y": 8}
    assert fc.Blocks((8, 4)).counts(PLANE) == {"x": 8, "y": 4}
    assert fc.Blocks(cell="1 cm").counts(PLANE) is None


def test_one_grading_is_for_every_direction() -> None:
    assert fc.Blocks(8, grading=3).gradings(PLANE) == dict.fromkeys("xy", (fc.Segment(expansion=3),))
    assert fc.Blocks(8).gradings(PLANE) == dict.fromkeys("xy", (fc.Segment(),))


def test_a_direction_is_graded_in_segments() -> None:
    mesh = fc.Blocks(8, grading=(1, [(0.5, 0.5, 4), fc.Segment(0.5, 0.5, 0.25)]))
    assert mesh.gradings(PLANE)["y"] == (fc.Segment(0.5, 0.5, 4), fc.Segment(0.5, 0.5, 0.25))


def test_a_mesh_says_what_does_not_fit_a_domain() -> None:
    assert fc.Blocks((8, 4)).problems(PLANE) == []
    assert fc.Blocks((8, 4, 2), grading=(1, 2, 3)).problems(PLANE) == [
        (("cells",), "must have one entry or 2 (x, y) for Channel (got 3)"),
        (("grading",), "must have one entry or 2 (x, y) for Channel (got 3)"),
    ]

"""Geometries put elsewhere, and several together as one."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad import Geometry
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept
from flowcfd.errors import CaseError, UnknownName

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def box(home: object) -> Geometry:
    """1 x 2 x 3 m with its lowest corner at the origin; six patches."""
    mesh = trimesh.creation.box(bounds=((0, 0, 0), (1, 2, 3)))
    points, triangles = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    made = kept(points, triangles, np.zeros(12, np.int64), ("body",), label="box", source=Source("box", "", "m", "stl"))
    return made.split(30).name({"nose": fc.Facing("-x"), "rest": fc.Inside((0, 0, 3), (1, 2, 3))})


def test_moved_is_elsewhere_and_else_the_same(box: Geometry) -> None:
    there = box.moved(("10 cm", 0, -1))
    assert np.array(there.bounds) == pytest.approx(np.array([[0.1, 0, -1], [1.1, 2, 2]]))
    assert there.volume == pytest.approx(6, rel=1e-14)
    assert list(there.patches) == list(box.patches)
    assert there.source.steps[-1] == "moved by (0.1 0 -1) m"
    assert there != box


def test_quarter_turns_are_exact_and_keep_to_the_right_hand(box: Geometry) -> None:
    there = box.turned("z", "90 degree")
    assert there.bounds == ((-2.0, 0.0, 0.0), (0.0, 1.0, 3.0))
    assert there.patches["nose"].normal == (0.0, -1.0, 0.0)
    assert box.turned("z", 360).bounds == box.bounds
    assert box.turned("-z", 90).bounds == box.turned("z", -90).bounds


def test_a_turn_about_a_point_leaves_the_point(box: Geometry) -> None:
    there = box.turned((1, 1, 1), "0.7 rad", about=(1, 2, 3))
    corner = np.array([1.0, 2, 3])
    assert np.linalg.norm(there.points - corner, axis=1).min() < 1e-12
    assert there.volume == pytest.approx(6, rel=1e-12)
    assert there.watertight


def test_scaled_is_larger_by_the_cube(box: Geometry) -> None:
    there = box.scaled(0.1, about=(1, 0, 0))
    assert np.array(there.bounds) == pytest.approx(np.array([[0.9, 0, 0], [1, 0.2, 0.3]]))
    assert (there.volume, there.area) == (pytest.approx(6e-3, rel=1e-14), pytest.approx(0.22, rel=1e-14))
    assert there.patches["nose"].area == pytest.approx(0.06)


def test_together_keeps_names_and_tells_equal_ones_apart(box: Geometry) -> None:
    other = box.moved((2, 0, 0)).name({"tail": fc.Facing("x")})
    both = fc.together({"car": box, "trailer": other}, label="rig")
    assert both.label == "rig"
    assert both.volume == pytest.approx(12)
    assert {"car_nose", "trailer_nose", "tail"} <= set(both.patches)
    assert both.patches["trailer_nose"].bounds[0][0] == pytest.approx(2)
    assert both.report().parts == 2
    assert both.report().gap == pytest.approx(1)
    assert both.body().volume == pytest.approx(12)


def test_a_part_with_one_patch_called_body_is_called_as_the_part(box: Geometry) -> None:
    plain = box.name({"body": list(box.patches)})
    both = fc.together({"car": plain, "trailer": plain.moved((2, 0, 0))}, label="rig")
    assert list(both.patches) == ["car", "trailer"]
    lists = fc.together([plain, plain.moved((2, 0, 0)).labelled("other")], label="rig")
    assert list(lists.patches) == ["box", "other"]


def test_what_cannot_be_is_said_in_one_line(box: Geometry) -> None:
    for wrong, error, says in (
        (lambda: box.moved((1, 2)), CaseError, "by: must be three lengths"),
        (lambda: box.moved(("1 s", 0, 0)), CaseError, "1 s"),
        (lambda: box.moved((math.nan, 0, 0)), CaseError, "by: must be three lengths"),
        (lambda: box.turned("w", 3), UnknownName, "axis: unknown axis 'w'"),
        (lambda: box.turned((0, 0, 0), 3), CaseError, "axis: must be x, y, z or three numbers"),
        (lambda: box.turned("x", math.inf), CaseError, "angle: must be a number"),
        (lambda: box.scaled(-1), CaseError, "factor: must be a number above 0"),
        (lambda: box.labelled("1st"), CaseError, "label: must be of A-Z"),
        (lambda: fc.together([], label="none"), CaseError, "parts: must be one geometry at least"),
        (lambda: fc.together([box, box], label="two"), CaseError, "label 'box' twice; give them names"),
        (lambda: fc.together({"a b": box}, label="two"), CaseError, "parts: names must be"),
        (lambda: fc.together({"a": 3}, label="two"), CaseError, r"parts\.a: must be a Geometry"),
    ):
        with pytest.raises(error, match=says) as found:
            wrong()
        assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda box: box.heal("1 kg"), "tolerance: must be in m"),
        (lambda box: box.features("1 s"), "largest: must be in m"),
        (lambda box: box.split("30 mm"), "angle: must be in rad"),
        (lambda box: box.turned("z", "30 mm"), "angle: must be in rad"),
        (lambda box: box.moved(("1 kg", 0, 0)), "by: must be in m"),
        (lambda box: box.moved(7), "by: must be three lengths"),
        (lambda box: box.name({"near": fc.Near(("1 s", 0, 0))}), "point: must be in m"),
        (lambda box: box.name({"in": fc.Inside((0, 0), (1, 1, 1))}), "box: must be three lengths"),
        (lambda box: box.name({"up": fc.Facing("z", within="3 m")}), "within: must be in rad"),
        (lambda box: box.name({"": fc.Facing("z")}), "patch: must be of A-Z"),
        (lambda box: box.name({fc.Facing("z"): "up"}), "patch: must be of A-Z"),
        (lambda box: box.name({"up": 5}), "up: must be a selector such as Facing"),
        (lambda box: box.name({"up": [5]}), "up: unknown patch '5'"),
        (lambda box: box.name("up"), "selectors: must say what each name is for"),
        (lambda box: fc.load("box.stl", 0.001), "unit: unknown unit '0.001'"),
        (lambda box: fc.load(None), "path: must be the path of a file"),
        (lambda box: fc.load("~nobody_of_this_name/box.stl"), "path: .* can be no path"),
        (lambda box: fc.load("b" * 300 + ".stl"), "path: .* can be no path"),
        (lambda box: box.name({"up": fc.Facing}), "up: must be a selector such as Facing"),
        (lambda box: box.name({"up": b"body"}), "up: must be a selector such as Facing"),
        (lambda box: box.name({"up": fc.Facing("+-z")}), "direction: must be x, y, z"),
        (lambda box: box.name({"up": fc.Facing(("a", 0, 1))}), "direction: must be three numbers"),
        (lambda box: box.name({"up": fc.Facing("z", within=200)}), "within: must be 0 to 180 degrees"),
        (lambda box: box.name({"up": fc.Faces("0")}), "faces: must be a whole number from 0"),
        (lambda box: box.split(-20), "angle: must be 0 to 180 degrees"),
        (lambda box: box.turned(("a", 0, 0), 10), "axis: must be x, y, z or three numbers"),
        (lambda box: box.scaled("2"), "factor: must be a number above 0"),
        (lambda box: box.scaled(1e200), "m from the origin; 1e"),
        (lambda box: box.labelled(None), "label: must be of A-Z"),
        (lambda box: fc.together(None, label="x"), "parts: must be geometries by their names"),
        (lambda box: fc.together([fc.Geometry], label="x"), "parts.0: must be a Geometry"),
        (lambda box: box.picture(None), "views: must be one at least"),
        (lambda box: box.picture(width="100"), "width: must be a whole number from 200 to 8000"),
        (lambda box: box.picture(features=[1]), "features: must be features"),
        (lambda box: box.picture().save(None), "picture: must be the path of a file"),
        (lambda box: box.write_stl("nofolder/x.stl"), "path: .* cannot be written"),
        (lambda box: box.write_stl("."), "path: .* cannot be written"),
        (lambda box: box.flow_volume([1]), "caps: must name at least one opening"),
        (lambda box: fc.WindTunnel().around("box.stl"), "body: must be a Geometry or a Body"),
        (lambda box: fc.WindTunnel().around(fc.Geometry), "body: must be a Geometry or a Body"),
        (lambda box: fc.WindTunnel().around(box).boxes("2 s"), "must be in m"),
        (lambda box: fc.WindTunnel().around(box).boxes(-1), "cell: must be a number above 0"),
        (lambda box: fc.WindTunnel().around(box).boundaries(), "speed: give that of the flow"),
        (lambda box: fc.BuildingSite().around(box).boundaries("10 m/s"), "wind: must be a LogLaw"),
        (lambda box: fc.adopt(None), "directory: must be the path"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    box: Geometry, make: Callable[[Geometry], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "box.stl").write_text("solid")
    with pytest.raises(CaseError, match=said):
        make(box)

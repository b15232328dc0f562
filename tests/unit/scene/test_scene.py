"""Scenes as values: what they refuse, the code that they write, the vortices that they find."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, NotYet, UnknownName
from flowcfd.scene import Scene, view
from flowcfd.scene.camera import Camera
from flowcfd.scene.data import lambda2, obstacle
from flowcfd.scene.paint import Paint
from flowcfd.scene.stage import Stage, ticks


@pytest.fixture
def empty(tmp_path: Path) -> Scene:
    """A scene of a case that has written nothing."""
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    return view(tmp_path)


def rich(scene: Scene) -> Scene:
    return (
        scene.slice((1, 1, 0), (0.1, 0.2, "3 mm"), color="p", map="magma", edges=True)
        .surface("floor", "walls", plain="#aabbcc", opacity=0.5)
        .contour("p", 7, color="U", component="x")
        .isosurface("Q", 100.0)
        .streamlines("inlet", count=12)
        .streamlines("inlet", plain="#1d2733", opacity=0.5)
        .streamlines(line=[(0, 0, 0), (0, "1 m", 0)])
        .streamlines(ball=((0, 0, 0), "2 cm"), width=3.0)
        .glyphs(count=50)
        .clip("-x", (0.5, 0, 0))
        .threshold("p", -1.0, 2.5)
        .outline()
        .probe((0.1, 0.2, 0), ("1 mm", 0, 0), color="p")
        .line((0, 0, 0), (1, 0, 0), count=11)
        .worst("skewness", count=7)
        .patches(edges=False)
        .color("U", "y", range=(-1, 2), cells=True)
        .at(5)
        .camera((1, 2, 3), zoom=2.0, near=[(0, 1), (0, 1), (0, 1)], up=(0, 1, 0))
        .ruler()
        .size(800, 400)
        .dark()
        .title("what it's about")
    )


def test_a_step_gives_another_scene_and_leaves_the_first(empty: Scene) -> None:
    changed = empty.outline().color("p")
    assert empty.layers == ()
    assert empty.paint is None
    assert changed != empty
    assert changed == empty.outline().color("p")
    assert len({empty, changed, empty.outline().color("p")}) == 2


def test_the_code_of_a_scene_makes_an_equal_one(empty: Scene) -> None:
    for scene in (
        empty,
        empty.slice("y"),
        empty.color("p", range="times"),
        empty.zoom(2),
        empty.camera("back").size(500),
        rich(empty),
    ):
        assert eval(scene.code, {"fc": fc}) == scene


def test_a_scene_goes_through_json_and_back(empty: Scene) -> None:
    for scene in (empty, rich(empty), empty.color("p", range="times")):
        assert Scene.from_json(json.loads(json.dumps(scene.to_json()))) == scene


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda s: s.slice("q"), CaseError, r"normal: must be x, y, z, -x, -y, -z or three numbers \(got 'q'\)"),
        (lambda s: s.slice((0, 0, 0)), CaseError, "must not be the zero vector"),
        (lambda s: s.clip("x", (1, 2)), CaseError, "must be three numbers"),
        (lambda s: s.color("U", "w"), UnknownName, "magnitude, x, y, z"),
        (lambda s: s.color("U", map="rainbows"), UnknownName, "turbo"),
        (lambda s: s.color("U", range=(2, 1)), CaseError, r"the range must rise \(got 2 to 1\)"),
        (lambda s: s.color("U", range=(0, 1), log=True), CaseError, "a range for log must be positive"),
        (lambda s: s.slice("x", hue="U"), UnknownName, "color, component"),
        (lambda s: s.slice("x", log=True), CaseError, "log: are of a color, which is missing"),
        (lambda s: s.surface(opacity=0), CaseError, "opacity: must be a number above 0"),
        (lambda s: s.streamlines(), CaseError, "give one of from_"),
        (lambda s: s.streamlines("inlet", ball=((0, 0, 0), 1)), CaseError, "give one of from_"),
        (lambda s: s.threshold("p", 2, 1), CaseError, "the range must rise"),
        (lambda s: s.contour("p", 0), CaseError, "contour: values: must be a whole number from 1 to 200"),
        (lambda s: s.color("p", range="always"), CaseError, "two numbers or 'times'"),
        (lambda s: s.probe(), CaseError, "needs one point or more"),
        (lambda s: s.line((0, 0, 0), (0, 0, 0)), CaseError, "two different ends"),
        (lambda s: s.line((0, 0, 0), (1, 0, 0), count=1), CaseError, "count: must be a whole number from 2"),
        (lambda s: s.worst("beauty"), UnknownName, "skewness"),
        (lambda s: s.worst(count=0), CaseError, "count: must be a whole number of at least 1"),
        (lambda s: s.camera("sideways"), UnknownName, "iso"),
        (lambda s: s.camera("x", zoom=0), CaseError, "zoom: must be a number above 0"),
        (lambda s: s.size(5, 5), CaseError, "must be 16 to 8000 pixels"),
        (lambda s: s.save("scene.bmp"), CaseError, r"must end with \.png, \.svg"),
        (lambda s: s.save(None), CaseError, "save: must be the path of a file"),
        (lambda s: s.save("/proc/scene.pdf"), CaseError, "save: /proc/scene.pdf cannot be written"),
        (lambda s: s.slice("--y"), CaseError, "normal: must be x, y, z"),
        (lambda s: s.slice("y", opacity="half"), CaseError, "opacity: must be a number above 0"),
        (lambda s: s.slice("y", edges="yes"), CaseError, "edges: must be True or False"),
        (lambda s: s.slice("y", color="U", range=(0, float("inf"))), CaseError, "range: must be two finite numbers"),
        (lambda s: s.color("U", map=3), UnknownName, "unknown colour map"),
        (lambda s: s.surface(["lid"]), CaseError, "surface: give names of patches"),
        (lambda s: s.surface(plain="rot"), CaseError, "plain: must be a colour"),
        (lambda s: s.streamlines("inlet", plain="rot"), CaseError, "plain: must be a colour"),
        (lambda s: s.streamlines(3), CaseError, "from_ must be the name of a patch"),
        (lambda s: s.streamlines(line=3), CaseError, "line: must be two points"),
        (lambda s: s.streamlines(line=((0, 0, 0), (0, 0, 0))), CaseError, "line: its two points must differ"),
        (lambda s: s.streamlines(ball=((0, 0, 0),)), CaseError, r"ball: must be \(centre, radius\)"),
        (lambda s: s.streamlines("inlet", count=2.5), CaseError, "count: must be a whole number"),
        (lambda s: s.streamlines("inlet", width=-2), CaseError, "width: must be a number above 0"),
        (lambda s: s.glyphs(count=0), CaseError, "count: must be a whole number of at least 1"),
        (lambda s: s.glyphs(scale="a"), CaseError, "scale: must be a number above 0"),
        (lambda s: s.threshold("U", None, 1), CaseError, "threshold: must be 2 numbers"),
        (lambda s: s.contour("p", 100_000), CaseError, "contour: values: must be a whole number from 1 to 200"),
        (lambda s: s.camera("x", zoom="2"), CaseError, "zoom: must be a number above 0"),
        (lambda s: s.camera("x", near=3), CaseError, r"near: must be \(low, high\)"),
        (lambda s: s.camera("z", up="z"), CaseError, "up: must not lie along the view"),
        (lambda s: s.zoom(float("inf")), CaseError, "zoom: must be a number above 0"),
        (lambda s: s.size("800"), CaseError, "must be 16 to 8000 pixels"),
        (lambda s: s.title(3), CaseError, "title: must be text"),
        (lambda s: s.probed, CaseError, "has no probe"),
        (lambda s: s.at(["1"]), CaseError, "time: must be a number"),
        (lambda s: s.save("/nowhere/at/all/scene.png"), CaseError, "there is no folder"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_said(empty, make, error, said) -> None:
    with pytest.raises(error, match=said):
        make(empty)


def test_what_is_no_run_is_refused() -> None:
    with pytest.raises(CaseError, match=r"give Results, a Run, a Case or a folder \(got int\)"):
        view(3)  # type: ignore[arg-type]


def test_a_run_without_fields_says_so_in_the_notebook(empty: Scene) -> None:
    with pytest.raises(NotYet):
        _ = empty.png
    page = empty._repr_html_()
    assert "fields: none yet" in page
    assert "<img" not in page


def test_vortices_by_lambda2_are_those_of_jeong_and_hussain() -> None:
    """Solid-body rotation has -omega^2; a pure strain (a, -a, 0) has 0, 0 < a^2 in order: the middle one is a^2."""
    omega, a = 3.0, 2.0
    rotation = np.array([[0, -omega, 0], [omega, 0, 0], [0, 0, 0]])
    strain = np.diag([a, -a, 0.0])
    shear = np.array([[0, 1.0, 0], [0, 0, 0], [0, 0, 0]])
    assert lambda2(np.stack([rotation, strain, shear])) == pytest.approx([-(omega**2), a**2, 0.0])


def test_signed_fields_get_a_map_with_a_middle() -> None:
    assert Paint("p").colours == "coolwarm"
    assert Paint("U").colours == "turbo"
    assert Paint("U", "x").colours == "coolwarm"
    assert Paint("U", map="viridis").colours == "viridis"
    assert Paint("U", "x").label("m/s", vector=True) == "U x [m/s]"


def test_what_is_looked_at_fills_the_picture() -> None:
    box = [0, 2, 0, 1, 0, 0.1]
    width, height = Camera().spans(box, flat=(0, 0, 1))
    assert width / height == pytest.approx(2.0)
    width, height = Camera(view="x").spans(box, flat=None)
    assert width / height == pytest.approx(10.0)
    assert Camera(view="x", near=((0, 1), (0, 1), (0, 1))).spans(box, flat=None)[0] == pytest.approx(1.06)


@pytest.mark.parametrize("direction", [(1.0, 0.5, 0.3), (-1.0, -1.3, 0.8), (0.0, 0.0, 1.0)])
def test_a_camera_that_was_turned_is_one_that_can_be_placed(direction) -> None:
    import pyvista

    box = [0.0, 2.0, 0.0, 1.0, 0.0, 0.5]
    plotter = pyvista.Plotter(off_screen=True, window_size=[800, 500])
    try:
        for wanted in (
            Camera(direction=direction),
            Camera(direction=direction, zoom=2.5, near=((0.1, 0.5), (0.2, 0.4), (0.1, 0.3))),
        ):
            wanted.place(plotter, box, flat=None, below=60, above=20)
            place = [np.array(one) for one in plotter.camera_position]
            scale = plotter.camera.parallel_scale
            Camera.of(plotter, box, flat=None, below=60, above=20).place(plotter, box, flat=None, below=60, above=20)
            again = [np.array(one) for one in plotter.camera_position]
            assert plotter.camera.parallel_scale == pytest.approx(scale, rel=1e-3)
            toward = [(one[0] - one[1]) / np.linalg.norm(one[0] - one[1]) for one in (place, again)]
            assert toward[0] == pytest.approx(toward[1], abs=1e-3)
            assert again[2] == pytest.approx(place[2], abs=1e-3)
            aside = np.cross(again[1] - place[1], toward[0])  # along the view nothing is seen of it
            assert np.linalg.norm(aside) < 3 * 2 * scale / 500
    finally:
        plotter.close()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.7, 0.7, ["-0.7", "-0.35", "0", "0.35", "0.7"]),
        (-0.123456789, 0.123456789, ["-0.123", "-0.0617", "0", "0.0617", "0.123"]),
        (0.0, 20.0, ["0", "5", "10", "15", "20"]),
        (101325.0, 101326.0, ["101325", "101325.25", "101325.5", "101325.75", "101326"]),
    ],
)
def test_a_scale_of_colours_has_numbers_without_dust_that_can_be_told_apart(
    low: float, high: float, words: list[str]
) -> None:
    places, form = ticks(low, high)
    assert [form % place for place in places] == words
    assert places[0] >= low and places[-1] <= high


def test_the_middle_of_a_symmetric_scale_is_zero(tmp_path: Path) -> None:
    import pyvista as pv

    sphere = pv.Sphere()
    sphere.point_data["p"] = sphere.points[:, 0] * 1.4
    plotter = pv.Plotter(off_screen=True)
    try:
        stage = Stage(plotter, "#000000", lambda _: "m2/s2", lambda _: (0.0, 1.0))
        stage.paint(sphere, Paint("p", range=(-0.7, 0.7)), vector=False, edges=False, opacity=1)
        stage.put(np.zeros(3))
        (bar,) = plotter.scalar_bars.values()
        assert [bar.GetCustomLabels().GetValue(n) for n in range(5)] == pytest.approx([-0.7, -0.35, 0, 0.35, 0.7])
        assert bar.GetUseCustomLabels() and bar.GetCustomLabels().GetValue(2) == 0
        plotter.screenshot(tmp_path / "scale.png")
    finally:
        plotter.close()


def test_a_scale_bar_has_a_round_length() -> None:
    from flowcfd.scene.ruler import nice, words

    assert [nice(one) for one in (0.0123, 0.05, 0.9, 1.0, 430.0)] == pytest.approx([0.01, 0.05, 0.5, 1.0, 200.0])
    assert [words(one) for one in (0.05, 2.0, 2e-5, 5000.0)] == ["50 mm", "2 m", "20 µm", "5 km"]


def test_another_time_reads_anew_and_an_equal_one_does_not(empty: Scene) -> None:
    first = empty.outline()
    data = first._data
    assert first.color("p")._data is data
    assert first.at(3)._data is not data
    assert empty.slice("z").reading(first)._data is data


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (lambda scene: scene.surface(color="p", range=3), "range: must be 2 numbers"),
        (lambda scene: scene.surface(color="p", range=(1, 2, 3)), "range: must be 2 numbers"),
        (lambda scene: scene.isosurface("Q", "much"), "values: must be numbers"),
        (lambda scene: scene.contour("p", ["x"]), "values: must be numbers"),
        (lambda scene: scene.probe(3), "must be three numbers"),
        (lambda scene: scene.at("end"), "time: must be a number"),
        (lambda scene: view(scene.results, "end"), "time: must be a number"),
        (lambda scene: Scene.from_json({}), "not what a Scene writes"),
        (lambda scene: Scene.from_json("x"), "not what a Scene writes"),
    ],
)
def test_what_is_no_number_is_said(empty: Scene, step: Callable[[Scene], object], said: str) -> None:
    with pytest.raises(CaseError, match=said):
        step(empty)


def test_walls_that_are_small_in_two_dimensions_are_a_body_to_look_at() -> None:
    air = np.array([-10.0, -10, 0]), np.array([20.0, 10, 0.1])
    cylinder, ground = [-0.5, 0.5, -0.5, 0.5, 0, 0.1], [-10, 20, -10, -10, 0, 0.1]
    found = obstacle(np.array([cylinder]), air, 2)
    assert found is not None and found[0].tolist() == [-0.5, -0.5, 0] and found[1].tolist() == [0.5, 0.5, 0.1]
    assert obstacle(np.array([cylinder, ground]), air, 2) is None

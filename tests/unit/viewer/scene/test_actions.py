"""What the controls do, as far as it needs no fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowcfd.errors import CaseError
from flowcfd.scene import Scene, view
from flowcfd.viewer.scene import cards, files, panels, toolbar
from flowcfd.viewer.scene.actions import ACTIONS, ADDERS, number
from flowcfd.viewer.scene.choices import ADDED


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A scene whose layers are written out, of a case that has written nothing."""
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    return view(tmp_path).slice("x", (0.1, 0, 0)).outline().color("p")


def test_a_layer_is_changed_in_its_place(scene: Scene) -> None:
    changed = ACTIONS["layer"](scene, 0, "opacity", "0,5")
    assert changed == scene.changed(layers=(scene.slice("x", (0.1, 0, 0), opacity=0.5).layers[-1], scene.layers[1]))
    assert scene.layers[0].opacity == 1.0


def test_a_plane_on_another_axis_lies_in_the_middle_again(scene: Scene) -> None:
    changed = ACTIONS["plane"](scene, 0, "z")
    assert changed.layers[0].normal == (0, 0, 1)
    assert changed.layers[0].origin is None


def test_a_plane_may_be_tilted(scene: Scene) -> None:
    changed = ACTIONS["plane"](scene, 0, ["1", "0.5", 0])
    assert changed.layers[0].normal == (1.0, 0.5, 0.0)
    assert changed.layers[0].origin == (0.1, 0.0, 0.0)


def test_probes_are_gathered_in_one_layer_and_taken_away_one_by_one(scene: Scene) -> None:
    two = ACTIONS["probe"](ACTIONS["probe"](scene, 0, 0, 0), "1", "2", "3")
    assert two.layers[-1].points == ((0, 0, 0), (1, 2, 3))
    one = ACTIONS["unprobe"](two, 0)
    assert one.layers[-1].points == ((1, 2, 3),)
    assert ACTIONS["unprobe"](one, 0) == scene


def test_a_line_takes_the_place_of_the_earlier_one(scene: Scene) -> None:
    once = ACTIONS["line"](scene, [0, 0, 0], [1, 0, 0])
    assert ACTIONS["line"](once, [0, 0, 0], [2, 0, 0]) == scene.line((0, 0, 0), (2, 0, 0))


def test_edges_are_on_for_all_or_for_none(scene: Scene) -> None:
    on = ACTIONS["edges"](scene)
    assert [one.edges for one in on.layers] == [True, False]
    assert ACTIONS["edges"](on) == scene


def test_the_camera_fits_and_keeps_its_direction(scene: Scene) -> None:
    near = scene.camera((1, 1, 1), zoom=3, near=[(0, 1), (0, 1), (0, 1)])
    assert ACTIONS["fit"](near).seen.direction == (1, 1, 1)
    assert ACTIONS["fit"](near) == scene.camera((1, 1, 1))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s: ACTIONS["typed"](s, "a", 1), r"lowest: must be a number \(got 'a'\)"),
        (lambda s: ACTIONS["typed"](s, 2, 1), "the range must rise"),
        (lambda s: ACTIONS["layer"](s, 9, "edges", True), "there is no layer 10; there are 2"),
        (lambda s: ACTIONS["layer"](s, 0, "opacity", 0), "opacity: must be a number above 0"),
        (lambda s: ACTIONS["plane"](s, 0, [0, 0, 0]), "zero vector"),
        (lambda s: ACTIONS["probe"](s, "", "1", "2"), "point: must be a number"),
        (lambda s: ACTIONS["line"](s, [0, 0, 0], [0, 0, 0]), "two different ends"),
        (lambda s: ACTIONS["remove"](s, 5), "there is no layer 6"),
        (lambda s: ACTIONS["time"](s, 1), "none is written"),
        (lambda s: number("inf", "at"), "finite"),
    ],
)
def test_what_cannot_be_done_is_said(scene: Scene, act, said) -> None:
    with pytest.raises(CaseError, match=said):
        act(scene)


def test_every_control_calls_an_action_that_there_is() -> None:
    for module in (cards, panels, toolbar):
        source = Path(module.__file__).read_text()
        called = re.findall(r"""act, f?"[^"]*?\['(\w+)'""", source)
        assert called
        assert set(called) <= set(ACTIONS), module.__name__


def test_every_layer_of_the_menu_can_be_added() -> None:
    assert set(ADDED) == set(ADDERS)


def test_every_form_of_export_can_be_saved() -> None:
    from flowcfd.scene.render import WRITERS

    assert set(files.FORMS) == set(WRITERS)

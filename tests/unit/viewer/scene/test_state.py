"""The controls and a Scene: both ways without loss; what cannot be is refused and nothing happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.scene import Scene, view
from flowcfd.viewer.scene import state as states


@pytest.fixture
def empty(tmp_path: Path) -> Scene:
    """A scene of a case that has written nothing."""
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    return view(tmp_path)


def scenes(bare: Scene) -> list[Scene]:
    return [
        bare,
        bare.color("U", "x", map="viridis", range=(-1, 2), log=False, cells=True),
        bare.color("p", range="times"),
        bare.color("k", range=(1e-6, 1), log=True).at(3).dark().ruler().title("so"),
        bare.slice("x", color="p", range=(0, 1), edges=True).slice((1, 1, 0), (0.1, 0.2, 0.3), opacity=0.5),
        bare.surface("a", "b").surface(plain="#aabbcc").contour("p", 7).isosurface("Q", 10.0).outline().patches(),
        bare.streamlines("inlet", plain="#1d2733")
        .streamlines(line=[(0, 0, 0), (0, 1, 0)])
        .streamlines(ball=((0, 0, 0), 0.1)),
        bare.glyphs("U", 20).clip("-x").threshold("p", 0, 1).worst("skewness", 9),
        bare.probe((0, 0, 0), (1, 2, 3)).line((0, 0, 0), (1, 1, 1)),
        bare.camera((1, 2, 3), zoom=2, near=[(0, 1), (0, 1), (0, 1)], up=(0, 1, 0)).size(800, 400),
    ]


def test_scene_to_state_to_scene_is_the_identity(empty: Scene) -> None:
    for scene in scenes(empty):
        shown = json.loads(json.dumps(states.state(scene)))  # as it comes back from the page
        assert states.scene(shown, empty) == scene


def test_a_typed_range_needs_both_ends(empty: Scene) -> None:
    shown = states.state(empty.color("p"))
    shown["paint"]["span"] = "typed"
    with pytest.raises(CaseError, match="needs its lowest and its highest value"):
        states.scene(shown, empty)


def test_a_layer_that_is_not_known_is_refused(empty: Scene) -> None:
    shown = states.state(empty)
    shown["layers"] = [{"kind": "cloud", "paint": states.painted(None)}]
    with pytest.raises(UnknownName, match="slice"):
        states.scene(shown, empty)

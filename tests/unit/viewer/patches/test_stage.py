"""Stages: which face is seen at a place, in a box and behind it, drawn off screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.unit.viewer.patches.test_shell import box

from flowcfd.viewer.patches.legend import CHOSEN, sign
from flowcfd.viewer.patches.shell import Shell
from flowcfd.viewer.patches.sight import Sight
from flowcfd.viewer.patches.stage import Stage, colours_of

NAMES = ("front", "back", "right", "left", "under", "roof")


@pytest.fixture
def plotter() -> Iterator[Any]:
    import pyvista

    made = pyvista.Plotter(off_screen=True, window_size=[400, 300])
    made.render_window.SetMultiSamples(0)
    yield made
    made.close()


def test_faces_are_found_where_they_are_seen(plotter: Any) -> None:
    stage = Stage(plotter, box((0, 0, 0), (1, 1, 1)))
    stage.show(Sight("", NAMES, view="-x"))
    assert stage.at(0.5, 0.5) == 0
    assert stage.at(0.02, 0.5) is None
    assert stage.seen((0.4, 0.4, 0.6, 0.6)) == {0}
    assert stage.within((0, 0, 1, 1)) == set(range(6))
    stage.show(Sight("", NAMES, view="iso"))
    plotter.enable_anti_aliasing("ssaa")
    plotter.render()
    assert stage.seen((0, 0, 1, 1)) == {0, 2, 5}


def test_a_hidden_patch_is_not_picked_but_what_is_behind_it(plotter: Any) -> None:
    stage = Stage(plotter, box((0, 0, 0), (1, 1, 1)))
    stage.show(Sight("", NAMES, view="-x", hidden=("front",)))
    assert stage.at(0.5, 0.5) == 1
    assert stage.within((0, 0, 1, 1)) == {1, 2, 3, 4, 5}


def test_the_sides_of_a_box_are_looked_through(plotter: Any) -> None:
    shells = (box((-5, -5, -5), (5, 5, 5)), box((-1, -1, -1), (1, 1, 1), first=6))
    shell = Shell.joined([(one.points, one.offsets, one.corners, one.faces) for one in shells], 12)
    stage = Stage(plotter, shell)
    stage.show(Sight("", (*NAMES, *(f"body_{name}" for name in NAMES)), view="-x"))
    assert stage.at(0.5, 0.5) == 6
    assert stage.at(0.3, 0.3) == 1
    assert stage.seen((0.47, 0.45, 0.53, 0.55)) == {6}


def test_the_view_stays_when_something_else_changes(plotter: Any) -> None:
    stage = Stage(plotter, box((0, 0, 0), (1, 1, 1)))
    sight = Sight("", NAMES)
    stage.show(sight)
    plotter.camera.azimuth = 30
    turned = plotter.camera.position
    stage.show(sight.changed(chosen=(1,), hover="roof", edges=True, opacity=0.5, dark=True))
    stage.resized()
    assert plotter.camera.position == turned
    stage.show(sight.changed(view="z"))
    assert plotter.camera.position != turned


def test_one_face_fills_the_picture_when_it_is_asked_for(plotter: Any) -> None:
    stage = Stage(plotter, box((0, 0, 0), (1, 1, 9)))
    stage.show(Sight("", NAMES, view="-x"))
    whole = plotter.camera.parallel_scale
    stage.look("z", [5])
    assert plotter.camera.parallel_scale < 0.3 * whole
    assert stage.at(0.5, 0.5) == 5


def test_patches_that_are_seen_have_their_names_on_them(plotter: Any) -> None:
    stage = Stage(plotter, box((0, 0, 0), (1, 1, 1)))
    sight = Sight("", NAMES)
    stage.show(sight)
    assert set(stage._places(sight)) == {"front", "right", "roof"}
    plotter.camera_position = "xz"
    plotter.camera.azimuth = 180
    assert set(stage._places(sight)) == {"left"}
    stage.show(sight.changed(labels=False))
    assert not [name for name in plotter.renderer.actors if name.startswith("labels")]


def test_colours_follow_boundaries_and_the_selection() -> None:
    sight = Sight("", ("in", "wall", "wall"), (2,), {"in": "Inlet", "wall": "Wall"})
    found = ["#" + bytes(row).hex() for row in colours_of(sight).tolist()]
    assert found == [sign("Inlet").colour, sign("Wall").colour, CHOSEN]
    by_patch = colours_of(sight.changed(paint="patch", chosen=()))
    assert np.array_equal(by_patch[1], by_patch[2])
    assert not np.array_equal(by_patch[0], by_patch[1])

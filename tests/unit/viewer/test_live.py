"""A live view: coarse and small while it moves, in full at rest, and the letters stay in size."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.unit.viewer.test_lod import wavy

from flowcfd.post import cache
from flowcfd.scene.coarse import triangles
from flowcfd.viewer.live import LIMIT, RATIO, Live, bounded


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with cache.in_folder(tmp_path):
        made = Live(None, lambda spec: pytest.fail("nothing is read"))
        made.plotter.add_mesh(wavy(500), scalars="shown", scalar_bar_args={"title": "p"})
        made.image()
        made._levels.wait()
        yield made
        made.close()


def drawn(live: Live) -> int:
    """Triangles of what is drawn now."""
    mappers = [actor.GetMapper() for actor in live.plotter.renderer.actors.values() if actor.IsA("vtkActor")]
    return sum(triangles(mapper.GetInputDataObject(0, 0)) for mapper in mappers)


def letters(live: Live) -> list[int]:
    return [text.GetFontSize() for text in live._texts()]


@pytest.mark.parametrize("fast", [False, True])
def test_while_it_moves_it_is_coarse_and_small(live: Live, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a picture takes so little that a finer level is drawn, which a test must not leave to the machine."""
    monkeypatch.setattr("flowcfd.viewer.live.QUICK", math.inf if fast else 0.0)
    still, size, text = drawn(live), live.image()[1], letters(live)
    live.move(True)
    image, small = live.image()
    assert drawn(live) < still / (2 if fast else 4)
    assert small == (round(RATIO * size[0]), round(RATIO * size[1]))
    assert Image.open(io.BytesIO(image)).format == "JPEG" and len(image) < 100_000
    live.move(False)
    assert (drawn(live), live.image()[1], letters(live)) == (still, size, text)


def test_the_last_full_picture_is_kept_and_drawn_no_more(live: Live) -> None:
    number, picture = live.seen()
    assert Image.open(io.BytesIO(picture)).size == live.image()[1]
    assert live.seen(rests=math.inf) == (number + 1, b"")  # it moves, perhaps
    live.move(True)
    live.image()
    assert live.seen(number)[0] == number + 1  # a coarse one does not count
    assert live.seen(number + 1) == (number + 1, b"")


def test_however_large_a_picture_is_what_stays_of_it_is_bounded() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 1400, 3), np.uint8)
    small = bounded(Image.fromarray(noise))
    assert len(small) <= LIMIT and Image.open(io.BytesIO(small)).width > 200


def test_letters_keep_their_size_however_often_it_moves(live: Live) -> None:
    before = letters(live)
    for _ in range(5):
        live.move(True)
        live.move(False)
    assert letters(live) == before and before


def test_what_is_shown_turns(live: Live) -> None:
    live.move(True)
    before = live.image()[0]
    live.plotter.camera.azimuth += 30
    assert live.image()[0] != before


def test_a_view_that_is_not_used_frees_its_levels(live: Live) -> None:
    live.move(True)
    live.forget()
    assert not live.moving and live._levels._known == {}
    live.move(True)  # in full, until the levels are there again
    assert live.image()[1][0] == round(RATIO * 1000)


def test_its_level_follows_the_time_that_pictures_take(live: Live) -> None:
    live.move(True)
    live._finer = 0
    live._replace()
    sizes = [drawn(live)]
    for seconds in (0.001, 0.03, 0.001, 0.001, 0.1, 0.1, 0.1):
        live._pace(seconds)
        sizes.append(drawn(live))
    coarsest, finer, full = sorted(set(sizes))
    assert sizes == [coarsest, finer, finer, full, full, finer, coarsest, coarsest]
    assert full == 500_000


class Mouse:
    """Presses and drags in shares of the picture, by the same door as those that come from a page."""

    def __init__(self, live: Live) -> None:
        from vtkmodules.vtkWebCore import vtkWebApplication

        self._app, self._live = vtkWebApplication(), live
        live.plotter.render_window.GetInteractor().EnableRenderOff()

    def at(self, x: float, y: float, *, pressed: bool) -> None:
        from vtkmodules.vtkWebCore import vtkWebInteractionEvent

        event = vtkWebInteractionEvent()
        event.SetButtons(vtkWebInteractionEvent.LEFT_BUTTON if pressed else 0)
        event.SetX(x)
        event.SetY(y)
        self._app.HandleInteractionEvent(self._live.plotter.render_window, event)

    def drag(self, *places: tuple[float, float], coarse: bool = True) -> None:
        self.at(*places[0], pressed=True)
        if coarse:
            self._live.hold()
        for place in places[1:]:
            self.at(*place, pressed=True)
            if coarse:
                self._live.stir()
        self.at(*places[-1], pressed=False)


def seen(live: Live) -> tuple[Any, ...]:
    camera = live.plotter.camera
    return camera.position, camera.focal_point, camera.up, camera.parallel_scale


def test_a_click_leaves_the_camera_exactly_as_it_was(live: Live) -> None:
    live.plotter.camera.up = (0.1, 1.0, 0.3)  # not at right angles, which VTK mends when it turns
    before = seen(live)
    for place in ((0.123, 0.777), (0.5004, 0.3331)):
        Mouse(live).drag(place)
        assert not live.moving
        live.rest()
        for now, then in zip(seen(live), before, strict=True):
            assert now == pytest.approx(then, rel=1e-15)  # copies of a camera make its way up one long again


def test_a_drag_turns_as_far_as_at_full_size_and_starts_without_a_jump(live: Live) -> None:
    places = [(0.7, 0.6), *((0.7 + share, 0.6 + share / 2) for share in np.linspace(0.01, 0.2, 20))]
    start = live.plotter.camera.copy()
    Mouse(live).drag(*places, coarse=False)
    full = np.array(live.plotter.camera.position)
    live.plotter.camera = start.copy()
    Mouse(live).drag(*places)
    assert live.moving
    live.rest()
    assert live.plotter.render_window.GetSize() == (1000, 560)
    away = np.linalg.norm(np.array(start.position) - np.array(start.focal_point))
    off = np.degrees(np.linalg.norm(np.array(live.plotter.camera.position) - full) / away)
    assert off < 1.5  # two pixels of the small picture


def test_the_mouse_stays_where_it_is_when_the_size_changes(live: Live) -> None:
    mouse = live.plotter.render_window.GetInteractor()
    mouse.SetEventPosition(500, 280)
    mouse.SetEventPosition(600, 140)
    live.move(True)
    assert (mouse.GetLastEventPosition(), mouse.GetEventPosition()) == ((300, 168), (360, 84))
    live.move(False)
    assert (mouse.GetLastEventPosition(), mouse.GetEventPosition()) == ((500, 280), (600, 140))


def test_what_has_no_shine_is_drawn_without_reckoning_it(tmp_path: Path) -> None:
    pictures, told = [], []
    for shine in (0.0, 0.4):
        for spare in (True, False):
            with cache.in_folder(tmp_path):
                made = Live(None, lambda spec: pytest.fail("nothing is read"))
                actor = made.plotter.add_mesh(wavy(60), scalars="shown", specular=shine)
                if not spare:
                    made._spare_shine = lambda: None  # type: ignore[method-assign]
                pictures.append(np.asarray(made._seen()).astype(int))
                told.append(actor.GetShaderProperty().GetNumberOfShaderReplacements())
                made.close()
    assert told == [1, 0, 0, 0]
    assert abs(pictures[0] - pictures[1]).max() <= 1 and (pictures[2] == pictures[3]).all()
    assert abs(pictures[0] - pictures[2]).max() > 10

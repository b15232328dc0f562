"""A live view: coarse and small while it moves, in full at rest, and the letters stay in size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.viewer.test_lod import wavy

from flowcfd.post import cache
from flowcfd.scene.coarse import triangles
from flowcfd.viewer.live import RATIO, Live


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


def test_while_it_moves_it_is_coarse_and_small(live: Live) -> None:
    still, size, text = drawn(live), live.image()[1], letters(live)
    live.move(True)
    image, small = live.image()
    assert drawn(live) < still / 4
    assert small == (round(RATIO * size[0]), round(RATIO * size[1]))
    assert Image.open(io.BytesIO(image)).format == "JPEG" and len(image) < 100_000
    live.move(False)
    assert (drawn(live), live.image()[1], letters(live)) == (still, size, text)


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

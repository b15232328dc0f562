"""What is under the mouse in a live picture that is at rest, with its edges smoothed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.unit.viewer.patches.test_shell import box

from flowcfd.errors import ResultError
from flowcfd.viewer.live import Live
from flowcfd.viewer.patches.sight import Sight
from flowcfd.viewer.patches.stage import Stage
from flowcfd.viewer.scene.picks import picked


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live(None, lambda spec: pytest.fail("nothing is read"))
    yield made
    made.close()


def smoothed(live: Live) -> bool:
    live.image()
    return live.plotter.renderer.GetPass() is not None


def shares(live: Live, point: Any) -> tuple[float, float]:
    """Where a point [m] is in the picture, from the top left."""
    renderer = live.plotter.renderer
    renderer.SetWorldPoint(*point, 1.0)
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    width, height = live.plotter.render_window.GetSize()
    return x / (width - 1), 1 - y / (height - 1)


def test_a_probe_is_where_was_clicked(live: Live) -> None:
    import pyvista

    live.plotter.add_mesh(pyvista.Plane(i_size=2, j_size=1), lighting=False)
    live.plotter.add_points(np.array([[0.7, 0.3, 0.0]]), point_size=12, pickable=False)
    assert smoothed(live)
    for point in ((0.0, 0.0, 0.0), (0.7, 0.3, 0.0), (-0.9, -0.4, 0.0)):
        assert picked(live.plotter, *shares(live, point)) == pytest.approx(point, abs=5e-3)
        assert smoothed(live)
    with pytest.raises(ResultError, match="nothing is shown there"):
        picked(live.plotter, 0.01, 0.01)


def test_faces_and_names_of_patches_are_found_at_rest(live: Live) -> None:
    stage = Stage(live.plotter, box((0, 0, 0), (1, 1, 1)))
    stage.show(Sight("", ("front", "back", "right", "left", "under", "roof"), view="iso"))
    assert smoothed(live)
    assert stage.at(*shares(live, (0.0, 0.5, 0.5))) == 0
    assert stage.seen((0, 0, 1, 1)) == {0, 2, 5}
    assert smoothed(live)  # again, after it was left out to find them
    assert len(stage._places(stage._sight)) == 3

"""Views and pickers where no page shows them: no process draws for nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.viewer.process import render_process

CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""


def written(place: Path) -> Path:
    """Cells with U at time 1."""
    place.mkdir()
    write_mesh(place, Box((8, 8, 4)))
    write_field(place, "1", "U", np.sin(3 * Box((8, 8, 4)).centres()))
    (place / "system").mkdir(exist_ok=True)
    (place / "system/controlDict").write_text(CONTROL)
    return place


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return written(tmp_path / "box")


def test_what_is_used_by_python_alone_starts_no_process(box: Path) -> None:
    before = render_process().pid
    viewer = fc.Viewer(fc.view(box).slice("z"))
    viewer.scene = viewer.scene.color("U")
    assert ".color('U')" in viewer.code
    picker = fc.patches(fc.Cavity(1.0))
    picker.select("lid")
    picker.assign(fc.Wall(velocity=(1, 0, 0)))
    assert picker.boundaries == {"lid": fc.Wall(velocity=(1, 0, 0))}
    assert render_process().pid == before
    viewer.close()
    picker.close()

"""Pages of large scenes: coarser than computed, below 5 MB, and they say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.scene import view
from flowcfd.scene.render import ICONS
from flowcfd.settings import settings

CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""


@pytest.mark.parametrize(("side", "coarser"), [(20, False), (400, True)])
def test_a_page_is_small_and_says_when_it_is_coarser(
    side: int, coarser: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    box = Box((side, side, 1))
    write_mesh(tmp_path, box)
    write_field(tmp_path, "1", "U", np.random.default_rng(1).random((box.count, 3)))
    (tmp_path / "system").mkdir(exist_ok=True)
    (tmp_path / "system/controlDict").write_text(CONTROL)
    page = view(tmp_path).slice("z").save(tmp_path / "scene.html")
    assert page.stat().st_size < 5_000_000
    assert ICONS not in page.read_text()
    assert ("Coarser than computed: 80000 of 320000 triangles" in page.read_text()) == coarser
    settings.cache_clear()

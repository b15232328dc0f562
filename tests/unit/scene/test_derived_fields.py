"""Fields that follow from the gradient of U, beside an exact solution."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.post.open import Results
from flowcfd.scene.data import Data
from flowcfd.settings import settings

CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""
SIDE = 24


def test_vortices_of_cells_are_those_of_taylor_and_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """u = (sin x cos y, -cos x sin y, 0), |x|, |y| < 1, has vorticity 2 sin x sin y.

    Its Q is (sin x sin y)^2 - (cos x cos y)^2.

    Two cells and more from the walls within 1 % of the largest value.
    """
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    box = Box((SIDE, SIDE, SIDE))
    write_mesh(tmp_path, box)
    x, y, _ = (2 * box.centres() - 1).T
    write_field(tmp_path, "1", "U", np.stack([np.sin(x) * np.cos(y), -np.cos(x) * np.sin(y), 0 * x], axis=1))
    (tmp_path / "system").mkdir(exist_ok=True)
    (tmp_path / "system/controlDict").write_text(CONTROL)
    found = Data(Results(tmp_path), None).with_values("Q", smooth=True)
    points = np.asarray(found.points)
    inner = ((points > 2.5 / SIDE) & (points < 1 - 2.5 / SIDE)).all(axis=1)
    x, y, _ = (2 * points[inner] - 1).T
    exact = {  # the box is half as long as x, so derivatives are twice as large
        "vorticity": 2 * 2 * np.sin(x) * np.sin(y),
        "Q": 4 * (np.sin(x) ** 2 * np.sin(y) ** 2 - np.cos(x) ** 2 * np.cos(y) ** 2),
    }
    ours = {
        "vorticity": np.asarray(found.point_data["vorticity"])[inner, 2],
        "Q": np.asarray(found.point_data["Q"])[inner],
    }
    for name, value in exact.items():
        assert np.abs(ours[name] - value).max() <= 0.01 * np.abs(value).max(), name
    settings.cache_clear()

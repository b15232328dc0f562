"""Pictures: shown by notebooks, saved as what they are, refused before anybody has waited."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from flowcfd.errors import CaseError
from flowcfd.picture import VIEWS, Picture, frame, png_file


def test_an_array_is_a_picture_that_a_notebook_shows(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 256, (30, 50, 3)).astype(np.uint8)
    made = Picture.of(image[:, ::-1], "noise")
    assert made.size == (50, 30)
    assert repr(made) == "<Picture 50 x 30: noise>"
    assert made._repr_png_() == made.png == made.save(str(tmp_path / "noise.PNG")).read_bytes()
    assert np.array_equal(np.round(imread(io.BytesIO(made.png))[:, :, :3] * 255), image[:, ::-1])
    assert made == Picture(made.png, "noise")


def test_a_picture_is_saved_as_png_where_there_is_a_folder(tmp_path: Path) -> None:
    made = Picture.of(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(CaseError, match=r"picture: must be a file of the kind \.png \(got 'a\.jpg'\)"):
        made.save(tmp_path / "a.jpg")
    with pytest.raises(CaseError, match="--picture: there is no folder"):
        png_file(tmp_path / "none/a.png", "--picture")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("view", VIEWS)
def test_the_frame_of_a_view_is_upright_and_right_handed(view: str) -> None:
    axes = np.array(frame(*VIEWS[view]))
    assert np.allclose(axes @ axes.T, np.eye(3))
    assert np.linalg.det(axes) == pytest.approx(1), "to the one who looks, right and up"
    assert axes[2] @ np.array(VIEWS[view][1]) > 0.5

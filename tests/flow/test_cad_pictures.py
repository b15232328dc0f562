"""Pictures of geometries, as they are drawn: colours of patches, faults in red, the page of a notebook."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import trimesh
from matplotlib.image import imread

import flowcfd as fc
from flowcfd.cad import Geometry, picture
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept
from flowcfd.errors import CaseError, UnknownName

pytestmark = [pytest.mark.flow, pytest.mark.usefixtures("home")]


def geometry(points: np.ndarray, triangles: np.ndarray, label: str = "made") -> Geometry:
    faces = np.zeros(len(triangles), np.int64)
    points, triangles = np.asarray(points, float), np.asarray(triangles, np.int64)
    return kept(points, triangles, faces, ("body",), label=label, source=Source("made", "", "m", "stl"))


def box() -> Geometry:
    mesh = trimesh.creation.box((1, 1, 1))
    return geometry(mesh.vertices, mesh.faces, "box")


def test_faults_are_counted_and_shown_in_red() -> None:
    ball = trimesh.creation.icosphere(3)
    triangles = np.delete(np.array(ball.faces), [10, 700], axis=0)
    triangles[300] = triangles[300, ::-1]
    report = geometry(ball.vertices, triangles).report()
    assert report.faults == {"open edges": 6, "edges where the outside changes": 3}
    assert not report.sound
    image = imread(io.BytesIO(report.picture(width=500).png))[:, :, :3]
    red = (image[:, :, 0] > 0.8) & (image[:, :, 1] < 0.45) & (image[:, :, 2] < 0.45)
    assert red.sum() > 30
    assert report.to_json()["faults"]["open edges"] == 6


def test_a_picture_has_the_colours_of_the_patches(tmp_path: Path) -> None:
    sides = box().split(30).name({"nose": fc.Facing("-x"), "roof": fc.Facing("z")})
    shown = sides.picture("iso", width=400)
    assert shown._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
    image = imread(shown.save(tmp_path / "box.png"))
    assert image.shape[1] == 400
    colours = picture.painted(sides)
    assert len(set(colours.values())) == len(sides.patches) == 6
    assert len(borders := picture.borders(sides.points, sides.triangles, sides.faces)) == 12, len(borders)
    with pytest.raises(CaseError, match=r"must be a file of the kind \.png"):
        shown.save(tmp_path / "box.jpg")
    with pytest.raises(UnknownName, match="views: unknown view 'top'"):
        sides.picture("top")
    with pytest.raises(CaseError, match="width: must be a whole number from 200 to 8000"):
        sides.picture(width=3)


def test_a_page_shows_the_picture_and_keeps_it() -> None:
    one = box()
    page = one._repr_html_()
    assert "data:image/png;base64," in page
    before = (one.path / "picture.png").stat().st_mtime_ns
    assert one._repr_html_() == page
    assert (one.path / "picture.png").stat().st_mtime_ns == before
    assert "data:image/png;base64," in one.report()._repr_html_()

"""What a report says of sick surfaces, and the pictures of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import trimesh
from matplotlib.image import imread

import flowcfd as fc
from flowcfd.cad import Geometry, picture
from flowcfd.cad.faults import Faults
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept
from flowcfd.errors import CaseError, UnknownName

pytestmark = pytest.mark.usefixtures("home")


def geometry(points: np.ndarray, triangles: np.ndarray, label: str = "made") -> Geometry:
    faces = np.zeros(len(triangles), np.int64)
    points, triangles = np.asarray(points, float), np.asarray(triangles, np.int64)
    return kept(points, triangles, faces, ("body",), label=label, source=Source("made", "", "m", "stl"))


def box() -> Geometry:
    mesh = trimesh.creation.box((1, 1, 1))
    return geometry(mesh.vertices, mesh.faces, "box")


def pair(**how: object) -> Geometry:
    other = box().scaled(float(how.get("scaled", 1))).moved(how.get("moved", (0, 0, 0)))
    return fc.together({"one": box(), "other": other}, label="pair")


def test_parts_that_stand_apart_are_sound_and_their_gap_has_a_place() -> None:
    report = pair(moved=(1.5, 0.2, 0)).report()
    assert (report.sound, report.parts, report.pairs, report.faults) == (True, 2, (), {})
    assert report.gap == pytest.approx(0.5)
    assert report.places["gap"][0] == pytest.approx(0.75)


def test_the_gap_is_to_triangles_and_not_to_their_corners() -> None:
    long = fc.together({"one": box().scaled(10), "other": box().moved((5.6, 0, 0))}, label="pair")
    assert long.report().gap == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("how", "kind", "crossed"),
    [
        ({"moved": (0.5, 0.2, 0.2)}, "overlaps", True),
        ({"moved": (1, 0.2, 0.2)}, "touches", None),
        ({"scaled": 0.5}, "holds", False),
    ],
)
def test_parts_that_overlap_touch_or_lie_in_one_another_are_told(how: dict, kind: str, crossed: bool | None) -> None:
    report = pair(**how).report()
    assert not report.sound
    assert [(one.kind, one.one, one.other) for one in report.pairs] == [(kind, 0, 1)]
    assert f"part 1 {kind} part 2 at (" in repr(report)
    if crossed is not None:
        assert ("where it goes through itself" in report.faults) is crossed


def test_a_void_is_no_part_that_another_holds() -> None:
    inner = box().scaled(0.5)
    void = geometry(inner.points, inner.triangles[:, ::-1], "void")
    report = fc.together([box(), void], label="hollow").report()
    assert (report.pairs, report.volume) == ((), pytest.approx(1 - 0.125))


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


def test_edges_of_three_triangles_are_faults() -> None:
    mesh = trimesh.creation.box((1, 1, 1))
    fin = geometry(np.vstack([mesh.vertices, [[2, 2, 2]]]), np.vstack([mesh.faces, [[*mesh.faces[0][:2], 8]]]))
    assert len(Faults.of(fin.points, fin.triangles).crowded) == 1


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
    with pytest.raises(CaseError, match="width: must be 200 to 8000"):
        sides.picture(width=3)


def test_a_page_shows_the_picture_and_keeps_it() -> None:
    one = box()
    page = one._repr_html_()
    assert "data:image/png;base64," in page
    before = (one.path / "picture.png").stat().st_mtime_ns
    assert one._repr_html_() == page
    assert (one.path / "picture.png").stat().st_mtime_ns == before
    assert "data:image/png;base64," in one.report()._repr_html_()


def test_a_round_body_of_a_micrometre_is_as_round_as_one_of_a_metre() -> None:
    mesh = trimesh.creation.icosphere(3, 0.5)
    large, tiny = geometry(mesh.vertices, mesh.faces), geometry(1e-6 * mesh.vertices, mesh.faces)
    assert large.report().bend == pytest.approx(0.5, rel=0.01)
    assert tiny.report().bend == pytest.approx(1e-6 * large.report().bend)
    assert np.linalg.norm(tiny.report().places["bend"]) == pytest.approx(0.5e-6, rel=0.02)
    far = geometry(mesh.vertices + 1e3, mesh.faces)
    assert far.report().bend == pytest.approx(large.report().bend, rel=1e-6)


def test_a_closed_patch_looks_to_no_side() -> None:
    mesh = trimesh.creation.icosphere(3, 0.5)
    assert geometry(mesh.vertices, mesh.faces).patches["body"].normal == (0, 0, 0)
    assert geometry(1e-6 * mesh.vertices, mesh.faces).patches["body"].normal == (0, 0, 0)

"""What a report says of sick surfaces, and the pictures of it."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad import Geometry
from flowcfd.cad.faults import Faults
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept

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


def test_edges_of_three_triangles_are_faults() -> None:
    mesh = trimesh.creation.box((1, 1, 1))
    fin = geometry(np.vstack([mesh.vertices, [[2, 2, 2]]]), np.vstack([mesh.faces, [[*mesh.faces[0][:2], 8]]]))
    assert len(Faults.of(fin.points, fin.triangles).crowded) == 1


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

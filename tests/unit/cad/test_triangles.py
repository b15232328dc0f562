"""Surfaces of triangles: STL and OBJ as they come, what is open, and what can be mended."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh

from flowcfd import cad
from flowcfd.cad import surface
from flowcfd.cli import main
from flowcfd.errors import GeometryError, UnitError, UnknownName

pytestmark = pytest.mark.usefixtures("home")

CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
CUBE = np.array([[0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4],
                 [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5]])  # fmt: skip
SIDES = ["bottom", "top", "front", "back", "left", "right"]


def text(triangles: np.ndarray, names: list[str] | None = None, corners: np.ndarray = CORNERS) -> str:
    """An STL of text, a solid for every two triangles, or one for all."""
    said = []
    groups = [(names[n // 2], [t]) for n, t in enumerate(triangles)] if names else [("", list(triangles))]
    for name, group in groups:
        said.append(f"solid {name}")
        for triangle in group:
            said.append("facet normal 0 0 0\nouter loop")
            said += [f"vertex {' '.join(map(str, corners[point]))}" for point in triangle]
            said.append("endloop\nendfacet")
        said.append(f"endsolid {name}")
    return "\n".join(said) + "\n"


def binary(triangles: np.ndarray, head: bytes = b"solid made by a careless program") -> bytes:
    content = head.ljust(80) + struct.pack("<I", len(triangles))
    for triangle in triangles:
        content += struct.pack("<12fH", 0, 0, 0, *CORNERS[triangle].ravel(), 0)
    return content


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    file = tmp_path / "cube.stl"
    file.write_text(text(CUBE, list(SIDES)))
    return file


def test_what_is_lost_or_joined_of_an_stl_is_said(tmp_path: Path) -> None:
    whole = text(CUBE)
    (tmp_path / "cut.stl").write_text(whole[: whole.index("endsolid")])
    assert cad.load(tmp_path / "cut.stl", "m").said == ("cut.stl ends without `endsolid`: the rest of it may be lost",)
    (tmp_path / "two.stl").write_text(text(CUBE, ["a b", "a_b", *SIDES[2:]]))
    two = cad.load(tmp_path / "two.stl", "m")
    assert list(two.patches) == ["a_b", *SIDES[2:]]
    assert two.said == ("'a b', 'a_b' are one patch, a_b",)
    (tmp_path / "marked.stl").write_bytes(b"\xef\xbb\xbf" + whole.encode())
    assert cad.load(tmp_path / "marked.stl", "m").said == ()


def test_the_solids_are_the_patches_and_the_cube_is_one(cube: Path) -> None:
    found = cad.load(cube, "mm")
    assert list(found.patches) == SIDES
    assert found.volume == pytest.approx(1e-9)
    assert found.area == pytest.approx(6e-6)
    assert found.watertight
    assert found.patches["left"].normal == pytest.approx((-1, 0, 0))
    assert not found.cad


def test_binary_files_are_known_by_their_size_whatever_they_begin_with(tmp_path: Path) -> None:
    (tmp_path / "cube.stl").write_bytes(binary(CUBE))
    assert cad.load(tmp_path / "cube.stl", "m").volume == pytest.approx(1.0)


def test_an_obj_with_groups_and_quadrangles(tmp_path: Path) -> None:
    lines = ["# cube", *(f"v {x} {y} {z}" for x, y, z in CORNERS), "g bottom", "f 1 3 4 2", "g rest",
             "f 5 6 8 7", "f 1/1 2/2 6/6 5/5", "f 3//1 7//1 8//1 4//1", "f -8 -4 -2 -6", "f 2 4 8 6"]  # fmt: skip
    (tmp_path / "cube.obj").write_text("\n".join(lines))
    found = cad.load(tmp_path / "cube.obj", "m")
    assert list(found.patches) == ["bottom", "rest"]
    assert found.volume == pytest.approx(1.0)
    assert found.watertight


@pytest.mark.parametrize(
    ("before", "names"),
    [
        (["g low end\nusemtl grey", "g top\nusemtl grey"], ["low_end", "top"]),
        (["o low\nusemtl grey", "o top\nusemtl grey"], ["low", "top"]),
        (["o all\nusemtl grey", "usemtl red"], ["grey", "red"]),
        (["o all\nusemtl grey", ""], ["all"]),
    ],
)
def test_an_obj_is_named_by_what_tells_its_faces_apart(tmp_path: Path, before: list[str], names: list[str]) -> None:
    lines = [*(f"v {x} {y} {z}" for x, y, z in CORNERS), before[0], "f 1 3 \\", "4 2", "f 1 2 6 5", "f 3 7 8 4",
             before[1], "f 5 6 8 7", "f 1 5 7 3", "f 2 4 8 6"]  # fmt: skip
    (tmp_path / "cube.obj").write_text("\n".join(lines))
    found = cad.load(tmp_path / "cube.obj", "m")
    assert list(found.patches) == names
    assert found.volume == pytest.approx(1.0)


def test_a_binary_stl_of_another_size_says_so_whatever_it_begins_with(tmp_path: Path) -> None:
    for head in (b"solid made by a careless program", b"made by another"):
        (tmp_path / "cube.stl").write_bytes(binary(CUBE, head)[:-70])
        with pytest.raises(GeometryError, match=r"is no STL: .* one of 12 triangles, 684 bytes \(got 614\)"):
            cad.load(tmp_path / "cube.stl", "m")


def test_a_unit_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    (tmp_path / "cube.stl").write_text(text(CUBE))
    with pytest.raises(UnitError, match=r"does not say its unit; give one of m, cm, mm, in, ft$"):
        cad.load(tmp_path / "cube.stl")
    (tmp_path / "large.stl").write_text(text(CUBE, corners=1000 * CORNERS))
    with pytest.raises(UnitError, match="its diagonal is 1732, so it may be in mm"):
        cad.load(tmp_path / "large.stl")
    with pytest.raises(UnknownName, match="unknown unit 'metre'"):
        cad.load(tmp_path / "cube.stl", "metre")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.stl", "", "the file is empty"),
        ("a.stl", "hello", "is no STL"),
        ("a.stl", "solid a\nendsolid a\n", "holds no triangles"),
        ("a.stl", text(CUBE)[:-60], "breaks off in the middle of a triangle"),
        ("a.stl", text(CUBE).replace("vertex 0.0 0.0 0.0", "vertex 0.0 zero 0.0"), "is no number"),
        ("a.stl", text(CUBE).replace("vertex 0.0 0.0 0.0", "vertex 0.0 nan 0.0"), "points that are no numbers"),
        (
            "a.stl",
            text(CUBE).replace("vertex 0.0 0.0 0.0", "vertex 0.0 1e300 0.0"),
            "a point 1e.300 away from the origin",
        ),
        ("a.obj", "v 0 0 0\nf 1 2 3\n", "a.obj:2: a face of corners that are not there"),
        ("a.obj", "v 0 zero 0\n", "a.obj:1: could not convert"),
        ("a.obj", "v 0 0\nv 1 0\nv 1 1\nf 1 2 3\n", "a.obj:1: a point needs 3 numbers"),
    ],
)
def test_what_is_no_surface_is_told_with_its_place(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(GeometryError, match=says):
        cad.load(tmp_path / name, "m")


def test_files_that_are_not_there_or_of_no_known_kind(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match="there is no such file"):
        cad.load(tmp_path / "none.stl")
    with pytest.raises(UnknownName, match="unknown kind of geometry file 'stp2'; did you mean 'stp'"):
        cad.load(tmp_path / "none.stp2")


def test_a_folder_is_no_file_and_letters_of_any_language_make_a_label(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match="is a folder; give a file of brep, iges"):
        cad.load(tmp_path)
    (tmp_path / "Rückspiegel größer é.stl").write_text(text(CUBE, ["Öl Fläche", "", "", "", "", "2nd"]))
    found = cad.load(tmp_path / "Rückspiegel größer é.stl", "m")
    assert found.label == "Rueckspiegel_groesser_e"
    assert list(found.patches) == ["Oel_Flaeche", "body", "p2nd"]
    assert found.body().label == found.label


def test_a_hole_is_told_with_its_place_and_a_small_one_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open.stl").write_text(text(CUBE[2:]))
    found = cad.load(tmp_path / "open.stl", "m")
    assert found.volume is None
    assert not found.watertight
    assert str(found.watertight) == "4 open edges in 1 holes, the largest of 4 m round (4 edges) at (0.5 0.5 0)"
    with pytest.raises(
        GeometryError, match=r"1 holes are too large to be closed: 4 edges, 4 m round, at \(0\.5 0\.5 0"
    ):
        found.heal("1 um")  # a box without its lid is no box
    ball = trimesh.creation.icosphere(3)
    pricked = _geometry(ball.vertices, np.delete(ball.faces, 100, axis=0))
    assert pricked.volume is None
    healed = pricked.heal("1 um")
    assert healed.volume == pytest.approx(ball.volume)
    assert healed.said == ("1 small hole closed",)


def test_triangles_of_no_height_are_taken_away_where_they_only_lie_on_others() -> None:
    ball = trimesh.creation.icosphere(3)
    a, b, _ = ball.faces[:20].T
    points = np.concatenate([ball.vertices, 0.5 * (ball.vertices[a] + ball.vertices[b]) + 1e-9])
    thin = np.stack([a, b, len(ball.vertices) + np.arange(20)], axis=1)
    crowded = _geometry(points, np.concatenate([ball.faces, thin]))
    assert crowded.watertight.crowded_edges == 20
    healed = crowded.heal("1 um")
    assert healed.watertight
    assert healed.said == ("20 triangles thinner than 1e-06 m, which lay on others, are gone",)


def test_a_void_is_no_body_and_each_body_is_turned_by_itself() -> None:
    outer, inner = trimesh.creation.icosphere(3), trimesh.creation.icosphere(3, radius=0.5)
    points = np.concatenate([outer.vertices, inner.vertices])
    hollow = outer.volume - inner.volume
    for outside, inside in ((outer.faces, inner.faces), (outer.faces[:, ::-1], inner.faces[:, ::-1])):
        both = np.concatenate([outside, inside + len(outer.vertices)])
        healed = _geometry(points, both).heal("1 um")
        assert healed.volume == pytest.approx(hollow)
        assert healed.body().void == pytest.approx(inner.volume), "which the fluid around it does not get into"
    beside = np.concatenate([outer.vertices, inner.vertices + np.array([3, 0, 0])])
    pair = _geometry(beside, np.concatenate([outer.faces, inner.faces[:, ::-1] + len(outer.vertices)])).heal("1 um")
    assert pair.volume == pytest.approx(outer.volume + inner.volume)
    assert pair.said == (f"{len(inner.faces)} triangles turned round",)


def test_a_part_in_another_is_no_body_but_one_in_a_hollow_is() -> None:
    outer, middle, inner = (trimesh.creation.icosphere(3, radius=radius) for radius in (1.0, 0.5, 0.2))
    points = np.concatenate([outer.vertices, middle.vertices, inner.vertices])
    count = len(outer.vertices)
    with pytest.raises(GeometryError, match=r"one of its parts lies inside of another, such as at \(.*leave it out"):
        _geometry(points, np.concatenate([outer.faces, middle.faces + count])).body()
    both = np.concatenate([outer.faces, middle.faces[:, ::-1] + count, inner.faces + 2 * count])
    found = _geometry(points, both).body()
    assert found.volume + found.void == pytest.approx(outer.volume), "what the flow around it cannot take"


def test_what_goes_through_itself_or_encloses_nothing_is_no_body() -> None:
    ball = trimesh.creation.icosphere(3)
    points = np.concatenate([ball.vertices, ball.vertices + np.array([1, 0, 0])])
    with pytest.raises(GeometryError, match=r"goes through itself at \d+ places, such as \(0\.5 .*unite what overlaps"):
        _geometry(points, np.concatenate([ball.faces, ball.faces + len(ball.vertices)])).body()
    apart = np.concatenate([ball.vertices, ball.vertices + np.array([2.1, 0, 0])])
    two = _geometry(apart, np.concatenate([ball.faces, ball.faces + len(ball.vertices)]))
    assert two.body().volume == pytest.approx(2 * ball.volume)
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    with pytest.raises(GeometryError, match="encloses nothing"):
        _geometry(corners, np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])).body()


def test_a_large_hole_is_refused_with_its_place() -> None:
    ball = trimesh.creation.icosphere(3)
    keep = ball.triangles_center[:, 2] < 0.6
    open_ = _geometry(ball.vertices, ball.faces[keep])
    with pytest.raises(GeometryError, match=r"1 holes are too large to be closed: \d+ edges, .* at \(.* 0\.6"):
        open_.heal("1 um")


def test_triangles_that_look_inwards_are_turned(tmp_path: Path) -> None:
    inwards = CUBE[:, ::-1]
    assert _geometry(CORNERS, inwards).volume == pytest.approx(-1.0)
    healed = _geometry(CORNERS, inwards).heal("1 um")
    assert healed.volume == pytest.approx(1.0)
    assert healed.said == ("12 triangles turned round",)
    mixed = CUBE.copy()
    mixed[5] = mixed[5, ::-1]
    assert _geometry(CORNERS, mixed).watertight.turned == 3
    assert _geometry(CORNERS, mixed).heal("1 um").volume == pytest.approx(1.0)


def test_walls_without_thickness_are_refused() -> None:
    fin = np.vstack([CUBE, [[0, 3, 7]]])
    with pytest.raises(GeometryError, match=r"edges have more than two triangles|too large"):
        _geometry(CORNERS, np.vstack([fin, [[0, 7, 4]]])).heal("1 um")


def test_points_that_nearly_coincide_are_one(tmp_path: Path) -> None:
    corners = np.concatenate([CORNERS, CORNERS + 1e-6])
    triangles = CUBE.copy()
    triangles[:2] += 8
    loose = _geometry(corners, triangles)
    assert loose.volume is None
    assert loose.heal("10 um").volume == pytest.approx(1.0, rel=1e-4)


def test_a_cube_splits_into_its_sides_by_angle_and_a_ball_does_not() -> None:
    assert len(_geometry(CORNERS, CUBE).split("30 degree").patches) == 6
    ball = trimesh.creation.icosphere(3)
    assert len(_geometry(ball.vertices, ball.faces).split(30).patches) == 1


def test_faces_are_picked_by_point_box_and_direction() -> None:
    sides = _geometry(CORNERS, CUBE).split(30)
    named = sides.name({
        "inlet": cad.Facing("-x"), "roof": cad.Inside((0, 0, "0.9 m"), (1, 1, "1.1 m")),
        "floor": cad.Near((0.4, 0.4, -1)),
    })  # fmt: skip
    assert [name for name in named.patches if not name.startswith("face")] == ["floor", "roof", "inlet"]
    assert named.patches["inlet"].normal == pytest.approx((-1, 0, 0))


def test_the_report_tells_sizes() -> None:
    report = _geometry(0.5 * CORNERS, CUBE).split(30).report()
    assert report.size == pytest.approx((0.5, 0.5, 0.5))
    assert (report.smallest_edge, report.smallest_patch) == (pytest.approx(0.5), pytest.approx(0.25))
    assert (report.parts, report.gap, report.bend) == (1, None, None)


def test_the_radius_of_a_ball_is_its_bend() -> None:
    ball = trimesh.creation.icosphere(4, radius=0.2)
    assert _geometry(ball.vertices, ball.faces).report().bend == pytest.approx(0.2, rel=0.1)


def test_watertight_is_a_count_of_edges() -> None:
    assert surface.watertight(CORNERS, CUBE)
    assert surface.watertight(CORNERS, CUBE[1:]).open_edges == 3


def _geometry(points: np.ndarray, triangles: np.ndarray) -> cad.Geometry:
    from flowcfd.cad.geometry import Source
    from flowcfd.cad.keeping import kept

    faces = np.zeros(len(triangles), np.int64)
    made = Source("made", "", "m", "stl")
    return kept(np.asarray(points, float), np.asarray(triangles, np.int64), faces, ("body",), label="made", source=made)


def test_the_command_refuses_a_folder_that_is_not_there_before_it_looks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cube.stl").write_text(text(CUBE))
    wrong = str(tmp_path / "none" / "cube.stl")
    assert main(["geometry", str(tmp_path / "cube.stl"), "--unit", "m", "--stl", wrong]) == 2
    assert f"--stl: there is no folder {tmp_path / 'none'}" in capsys.readouterr().err


def test_a_patch_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "box.stl"
    path.write_text(trimesh.exchange.stl.export_stl_ascii(trimesh.creation.box()))
    with pytest.raises(UnknownName, match="there are: "):
        cad.load(path, "m").patches["nose"]

"""What a case knows of a geometry: shadows, a point deep inside, plane patches, and the surface as STL."""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

import flowcfd as fc
from flowcfd import cad
from flowcfd.cad import depth, shadow
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept, kept_geometry
from flowcfd.case.body import Body
from flowcfd.errors import GeometryError

pytestmark = pytest.mark.usefixtures("home")


def geometry(mesh: trimesh.Trimesh, label: str = "made") -> cad.Geometry:
    faces = np.zeros(len(mesh.faces), np.int64)
    points, triangles = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    return kept(points, triangles, faces, ("body",), label=label, source=Source("made", "", "m", "stl"))


def turned(mesh: trimesh.Trimesh) -> np.ndarray:
    """The mesh turned askew; returns the rotation (3, 3)."""
    rotation = trimesh.transformations.rotation_matrix(0.3, [1, 2, 3])
    mesh.apply_transform(rotation)
    return np.asarray(rotation[:3, :3])


def shadows(mesh: trimesh.Trimesh, **options: bool) -> tuple[float, float, float]:
    return shadow.shadows(np.asarray(mesh.vertices), np.asarray(mesh.faces, np.int64), **options)


def test_the_shadows_of_a_box_are_exact_however_it_is_turned() -> None:
    box = trimesh.creation.box((1, 2, 3))
    assert shadows(box) == pytest.approx((6, 3, 2), rel=1e-12)
    rotation = turned(box)
    assert shadows(box) == pytest.approx(np.abs(rotation) @ (6, 3, 2), rel=1e-9)
    assert shadows(box, closed=True) == pytest.approx(np.abs(rotation) @ (6, 3, 2), rel=1e-9)


def test_the_shadow_of_a_ball_is_that_of_its_triangles() -> None:
    ball = trimesh.creation.icosphere(4)
    corners = np.asarray(ball.vertices)[:, 1:]
    found = shadows(ball)
    assert found[0] == pytest.approx(ConvexHull(corners).volume, rel=1e-5)
    assert found == pytest.approx((math.pi,) * 3, rel=2e-3)


def test_what_lies_behind_another_counts_once_and_what_lies_beside_twice() -> None:
    one, behind = trimesh.creation.box((1, 2, 3)), trimesh.creation.box((1, 2, 3))
    behind.apply_translation((5, 1, 1))
    assert shadows(trimesh.util.concatenate([one, behind])) == pytest.approx((12 - 1 * 2, 6, 4), rel=1e-12)


def test_a_hole_that_one_looks_through_is_no_shadow() -> None:
    ring = trimesh.creation.annulus(r_min=0.5, r_max=1.0, height=0.3, sections=64)
    area = 64 / 2 * math.sin(2 * math.pi / 64) * (1 - 0.25)
    found = shadows(ring)
    assert found[2] == pytest.approx(area, rel=1e-6)
    assert found[0] == pytest.approx(2 * 0.3, rel=1e-6)


@pytest.mark.parametrize(
    ("mesh", "depth_of"),
    [
        (trimesh.creation.box((1, 2, 3)), 0.5),
        (trimesh.creation.icosphere(3), 1.0),
        (trimesh.creation.box((1, 1, 1e-4)), 0.5e-4),
        (trimesh.creation.annulus(r_min=0.9, r_max=1.0, height=3, sections=48), 0.05),
        (trimesh.creation.torus(1, 0.2), 0.2),
    ],
)
def test_the_point_inside_is_deep(mesh: trimesh.Trimesh, depth_of: float) -> None:
    points, triangles = np.asarray(mesh.vertices), np.asarray(mesh.faces, np.int64)
    place = np.array(depth.deepest(points, triangles))
    assert depth.winding(points, triangles, place) == pytest.approx(1, abs=1e-6)
    assert depth.Surface.of(points, triangles).distance(place) > 0.9 * depth_of


def test_the_distance_is_exact_above_a_triangle_beside_an_edge_and_at_a_corner() -> None:
    surface = depth.Surface.of(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
    for place, far in (((0.2, 0.2, 3), 3), ((0.5, -2, 0), 2), ((-3, -4, 0), 5), ((1, 1, 0), math.sqrt(0.5))):
        assert surface.distance(np.array(place)) == pytest.approx(far, rel=1e-12)


def test_the_body_of_a_box_says_what_a_case_needs() -> None:
    box = geometry(trimesh.creation.box((1, 2, 3)), "block").split(30).name({"nose": cad.Facing("-x")})
    body = box.body()
    assert (body.label, body.digest, body.volume, body.area) == ("block", box.digest, pytest.approx(6), 22)
    assert body.bounds == ((-0.5, 0.5), (-1, 1), (-1.5, 1.5))
    assert body.frontal == pytest.approx((6, 3, 2))
    assert body.patches["nose"].normal == (-1, 0, 0)
    assert body.patches["nose"].area == pytest.approx(6)
    assert body.patches["nose"].bounds == ((-0.5, -0.5), (-1, 1), (-1.5, 1.5))
    assert body.source == "made, split at 30 degrees, names by choice"
    assert max(abs(value) for value in body.inside) < 1
    assert Body.model_validate_json(body.model_dump_json()) == body


def test_patches_that_are_not_plane_have_no_normal() -> None:
    box = geometry(trimesh.creation.box((1, 2, 3)))
    assert box.body().patches["body"].normal is None
    two = box.split(30).name({"ends": cad.Facing("x"), "sides": cad.Facing("y")})
    both = two.name({"pair": ["ends", "sides"]})
    assert both.body().patches["pair"].normal is None
    assert geometry(trimesh.creation.icosphere(2)).body().patches["body"].normal is None


def test_the_surface_is_the_same_bytes_however_often_it_is_written(home: Path) -> None:
    box = geometry(trimesh.creation.box((1, 2, 3)))
    body = box.body()
    file = box.path / "surface.stl"
    content = file.read_bytes()
    assert (body.surface, body.size) == (hashlib.sha256(content).hexdigest(), len(content))
    file.unlink()
    assert box.body() == body
    assert file.read_bytes() == content
    file.write_text("half")
    assert box.body() == body
    assert file.read_bytes() == content


def test_an_open_surface_has_no_point_inside_and_one_inside_out_is_refused() -> None:
    box = trimesh.creation.box((1, 2, 3))
    open_ = geometry(trimesh.Trimesh(box.vertices, box.faces[1:], process=False)).body()
    assert (open_.volume, open_.inside) == (None, None)
    with pytest.raises(GeometryError, match=r"made: is turned inside out .* geometry\.heal\(\) turns it"):
        geometry(trimesh.Trimesh(box.vertices, box.faces[:, ::-1], process=False)).body()


def test_another_process_opens_what_is_kept(home: Path) -> None:
    box = geometry(trimesh.creation.box((1, 2, 3))).split(30)
    program = f"from flowcfd.cad.keeping import kept_geometry as k; print(k({box.digest!r}).body().model_dump_json())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True)
    assert Body.model_validate_json(done.stdout) == box.body()
    assert kept_geometry(box.digest) == box
    (box.path / "triangles.npz").unlink()
    with pytest.raises(GeometryError, match=re.escape(f"geometry {box.digest[:12]}: is not in")):
        kept_geometry(box.digest)


def test_a_case_takes_a_geometry_and_is_the_same_from_its_json(home: Path) -> None:
    box = geometry(trimesh.creation.box((1, 2, 3)), "block").split(30).name({"nose": fc.Facing("-x")})
    parts = {
        "domain": fc.WindTunnel(length="20 m", width="10 m", height="10 m"),
        "mesh": fc.Snappy(cell="1 m"),
        "physics": fc.Incompressible(fluid="air", turbulence="laminar"),
        "boundaries": {"inlet": fc.Inlet(speed="10 m/s"), "outlet": fc.Outlet(), "ground": fc.Slip(), "top": fc.Slip(),
                       "sides": fc.Slip(), "block": fc.Wall()},
        "solve": fc.Steady(iterations=10),
    }  # fmt: skip
    case = fc.Case(geometry=box, **parts)
    assert case.geometry == box.body()
    assert fc.Case.from_json(case.to_json()) == case
    assert fc.Case.from_json(case.to_json()).digest == case.digest
    assert fc.Case(geometry=box.body(), **parts).digest == case.digest
    assert fc.Case(geometry=box.moved((1, 0, 0)), **parts).digest != case.digest
    assert kept_geometry(case.geometry.digest) == box


@pytest.fixture
def cube() -> cad.Geometry:
    return geometry(trimesh.creation.box((1, 1, 1)), "cube")


def test_parts_in_the_same_place_are_refused_and_parts_that_touch_are_not(cube: cad.Geometry) -> None:
    with pytest.raises(GeometryError, match="two of its parts lie in the same place"):
        fc.together({"one": cube, "other": cube}, label="pair").body()
    side = cube.bounds[1][0] - cube.bounds[0][0]
    assert fc.together({"one": cube, "other": cube.moved((side, 0, 0))}, label="pair").body().volume == pytest.approx(
        2 * cube.volume
    )


def test_a_geometry_whose_place_was_cleared_is_to_be_loaded_again(cube: cad.Geometry) -> None:
    shutil.rmtree(cube.path)
    with pytest.raises(GeometryError, match=r"is not in .* any more; load .* again"):
        cube.body()

"""The mesh as arrays, on boxes whose numbers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.bench.box import PATCHES, Box, write_mesh
from flowcfd.foam.fields import read_list, write_list
from flowcfd.post.layout import MESH
from flowcfd.post.verdict import geometry
from flowcfd.post.verdict.surroundings import Body

BOX = Box((4, 3, 2), (4.0, 1.5, 1.0))


def read(case: Path) -> geometry.Mesh:
    return geometry.read([{name: case / "constant/polyMesh" / name for name in MESH}])


def box(tmp_path: Path, shape: Box = BOX, shear: float = 0.0) -> geometry.Mesh:
    """A box whose upper points are moved along x by `shear` times their height."""
    write_mesh(tmp_path, shape)
    points = np.array(read_list(tmp_path / "constant/polyMesh/points"), float)
    points[:, 0] += shear * points[:, 1]
    write_list(tmp_path / "constant/polyMesh/points", points, format="ascii")
    return read(tmp_path)


def test_volumes_areas_and_centres_are_those_of_the_box(tmp_path: Path) -> None:
    mesh = box(tmp_path)
    assert mesh.volumes == pytest.approx(np.full(24, 0.25))
    assert mesh.centres == pytest.approx(BOX.centres())
    assert list(mesh.patches) == list(PATCHES)
    assert [patch.area for patch in mesh.patches.values()] == pytest.approx([1.5, 1.5, 4, 4, 6, 6])
    assert mesh.patches["right"].areas.sum(axis=0) == pytest.approx([1.5, 0, 0])
    assert mesh.bounds[1] == pytest.approx([4, 1.5, 1])


def test_a_box_is_orthogonal_without_skewness_and_growth(tmp_path: Path) -> None:
    mesh = box(tmp_path)
    assert mesh.non_orthogonality().max() == pytest.approx(0, abs=1e-5)
    assert mesh.skewness.max() == pytest.approx(0, abs=1e-12)
    assert mesh.growth().max() == pytest.approx(1)


def test_a_sheared_box_is_non_orthogonal_by_the_angle_of_shear(tmp_path: Path) -> None:
    angles = box(tmp_path, Box((1, 3, 1), (1.0, 3.0, 1.0)), shear=np.tan(np.radians(40))).non_orthogonality()
    assert angles == pytest.approx(np.full(2, 40))


def test_unequal_neighbours_are_told_by_the_ratio_of_their_volumes(tmp_path: Path) -> None:
    write_mesh(tmp_path, Box((2, 1, 1), (2.0, 1.0, 1.0)))
    points = np.array(read_list(tmp_path / "constant/polyMesh/points"), float)
    points[points[:, 0] == 1, 0] = 0.1
    write_list(tmp_path / "constant/polyMesh/points", points, format="ascii")
    assert read(tmp_path).growth() == pytest.approx([19])


def test_parts_are_joined_in_their_order(tmp_path: Path) -> None:
    for k in range(2):
        write_mesh(tmp_path / f"processor{k}", Box((2, 1, 1)))
    files = [{name: tmp_path / f"processor{k}/constant/polyMesh" / name for name in MESH} for k in range(2)]
    mesh = geometry.read(files)
    assert mesh.counts == (2, 2) and len(mesh.volumes) == 4
    assert mesh.owner.tolist() == [0, 2] and mesh.neighbour.tolist() == [1, 3]
    assert mesh.patches["left"].cells.tolist() == [0, 2] and mesh.patches["top"].area == pytest.approx(2)


def test_a_large_mesh_comes_back_from_the_cache_as_it_was(tmp_path: Path, home: Path, monkeypatch) -> None:
    first = box(tmp_path)
    monkeypatch.setattr(geometry, "_LONG", 0)
    kept, again = read(tmp_path), read(tmp_path)
    assert list((home / "cache").rglob("*.npz")) or list(home.rglob("*.npz"))
    for mesh in (kept, again):
        assert np.array_equal(mesh.volumes, first.volumes) and list(mesh.patches) == list(first.patches)
        assert np.array_equal(mesh.patches["top"].areas, first.patches["top"].areas)


def test_a_body_shows_its_frontal_and_its_plan_area() -> None:
    """A plate 2 long, 1 wide, 0.1 high: what is seen from upstream, from above, and all of it."""
    normals = np.array([[-1, 0, 0], [1, 0, 0], [0, 0, -1], [0, 0, 1], [0, -1, 0], [0, 1, 0]], float)
    areas = normals * np.array([0.1, 0.1, 2, 2, 0.2, 0.2])[:, None]
    corners = np.array([[x, y, z] for x in (0, 2) for y in (0, 1) for z in (0, 0.1)], float)
    patch = geometry.Patch("wall", areas, np.zeros((6, 3)), np.arange(6), corners, np.zeros(6))
    body = Body({"plate": patch}, np.array([1.0, 0, 0]), False, 0.0)
    assert body.frontal == pytest.approx(0.1) and body.wetted == pytest.approx(4.6)
    assert body.plan == pytest.approx(2, rel=0.02)  # the twelve directions across miss the very normal
    assert body.length == 2 and body.slender and body.height == pytest.approx(0.1**0.5)

"""Flow volumes of triangles: rims and holes in plane faces become caps with names."""

from __future__ import annotations

import math

import numpy as np
import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad import Geometry, loops
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept
from flowcfd.errors import CaseError, GeometryError, UnknownName

pytestmark = pytest.mark.usefixtures("home")
SIDES = 32
POLYGON = SIDES / 2 * math.sin(2 * math.pi / SIDES)
"""The area of the polygon of as many corners in the unit circle."""
ENDS = {"inlet": fc.Facing("-z"), "outlet": fc.Facing("z")}


def geometry(mesh: trimesh.Trimesh) -> Geometry:
    points, triangles = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    faces = np.zeros(len(triangles), np.int64)
    return kept(points, triangles, faces, ("body",), label="pipe", source=Source("pipe", "", "m", "stl"))


def hose(*, inwards: bool = False) -> Geometry:
    """The side of a cylinder of radius 1 and length 5, without its ends."""
    mesh = trimesh.creation.cylinder(1, 5, sections=SIDES)
    side = mesh.faces[np.abs(mesh.face_normals[:, 2]) < 0.5]
    return geometry(trimesh.Trimesh(mesh.vertices, side[:, ::-1] if inwards else side, process=False))


def tube() -> Geometry:
    """A wall between the radii 1 and 1.2, of length 5."""
    return geometry(trimesh.creation.annulus(r_min=1, r_max=1.2, height=5, sections=SIDES))


@pytest.mark.parametrize("make", [hose, lambda: hose(inwards=True), tube])
def test_the_inside_of_a_tube_has_its_walls_and_its_ends(make: object) -> None:
    fluid = make().flow_volume(ENDS)
    assert fluid.volume == pytest.approx(5 * POLYGON, rel=1e-9)
    assert fluid.watertight
    assert set(fluid.patches) == {"wall", "inlet", "outlet"}
    assert fluid.patches["inlet"].normal == pytest.approx((0, 0, -1))
    assert fluid.patches["inlet"].area == pytest.approx(POLYGON)
    body = fluid.body()
    assert body.patches["outlet"].normal == (0, 0, 1)
    assert math.hypot(*body.inside[:2]) < 0.2
    assert fluid.source.steps[-1] == "flow volume with inlet, outlet"


def test_openings_are_told_with_their_places_and_sizes() -> None:
    found = {round(one.at[2], 9): one for one in tube().openings}
    assert sorted(found) == [-2.5, 2.5]
    assert found[2.5].normal == (0, 0, 1)
    assert found[2.5].area == pytest.approx(POLYGON)
    assert found[2.5].round == pytest.approx(2 * SIDES * math.sin(math.pi / SIDES))
    assert str(found[2.5]) == "(0 0 2.5) of 3.12 m2"


def test_a_patch_names_the_openings_in_it() -> None:
    named = tube().split(30).name({"front": fc.Facing("-z"), "rear": fc.Facing("z")})
    fluid = named.flow_volume({"inlet": "front", "outlet": "rear"})
    assert fluid.volume == pytest.approx(5 * POLYGON, rel=1e-9)
    with pytest.raises(UnknownName, match="inlet: unknown patch 'frnt'; did you mean 'front'"):
        named.flow_volume({"inlet": "frnt"})


def test_of_a_pipe_with_an_orifice_the_ends_are_meant_and_not_the_hole_within() -> None:
    outline = [(1, -2.5), (1.2, -2.5), (1.2, 2.5), (1, 2.5), (1, 0.1), (0.5, 0.1), (0.5, -0.1), (1, -0.1), (1, -2.5)]
    fluid = geometry(trimesh.creation.revolve(outline, sections=SIDES)).flow_volume(ENDS)
    assert fluid.volume == pytest.approx((4.8 + 0.25 * 0.2) * POLYGON, rel=1e-9)
    assert fluid.patches["inlet"].bounds[1][2] == -2.5


def test_what_is_not_closed_tells_where_it_is_open() -> None:
    with pytest.raises(GeometryError, match=r"not closed: there are also openings at \(0 0 2\.5\) of 3\.12 m2"):
        tube().flow_volume({"inlet": fc.Facing("-z")})
    with pytest.raises(GeometryError, match=r"not closed: there are also openings at \(0 0 2\.5\) of 3\.12 m2"):
        hose().flow_volume({"inlet": fc.Facing("-z")})
    with pytest.raises(GeometryError, match=r"outlet: .* chooses no opening of pipe; there are \(0 0 "):
        tube().flow_volume({"inlet": fc.Facing("-z"), "outlet": fc.Facing("x")})
    with pytest.raises(GeometryError, match=r"has no opening.*name its ends"):
        geometry(trimesh.creation.box((1, 1, 1))).flow_volume(ENDS)
    with pytest.raises(CaseError, match="caps: must name at least one opening"):
        tube().flow_volume({})
    with pytest.raises(CaseError, match="caps: names must be of A-Z"):
        tube().flow_volume({"in let": fc.Facing("-z")})
    with pytest.raises(GeometryError, match="inlet: its openings are all those of a later name too"):
        tube().flow_volume({"inlet": fc.Facing("-z"), "other": fc.Facing("-z")})


def test_a_rim_that_is_not_plane_is_refused_with_its_place() -> None:
    mesh = trimesh.creation.cylinder(1, 5, sections=SIDES)
    side = mesh.faces[np.abs(mesh.face_normals[:, 2]) < 0.5]
    points = np.array(mesh.vertices)
    top = points[:, 2] > 0
    points[top, 2] += 0.3 * points[top, 0] ** 2
    with pytest.raises(
        GeometryError, match=r"outlet: the opening at \(0 0 2\.65\) of 3\.12 m2 is not plane: .* off by 0\.15 m"
    ):
        geometry(trimesh.Trimesh(points, side, process=False)).flow_volume(ENDS)


def test_a_cap_fills_what_is_concave() -> None:
    outline = np.array([(0, 0), (4, 0), (4, 3), (3, 3), (3, 1), (1, 1), (1, 3), (0, 3)], float)
    for axes in ([0, 1, 2], [1, 2, 0], [2, 0, 1]):
        points = np.column_stack([outline, np.zeros(8)])[:, axes]
        for rim in (list(range(8)), list(range(8))[::-1]):
            flat = loops.cap(points, rim)
            corners = points[flat]
            normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
            assert len(flat) == 6
            assert np.linalg.norm(normals, axis=1).sum() == pytest.approx(8)
            assert np.linalg.norm(normals.sum(axis=0)) == pytest.approx(8), "all look to one side"

"""The octree counts the cells that snappyHexMesh 1912 made of the same bodies with the same levels."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from flowcfd.cad.surface import feature_edges
from flowcfd.meshing.cells import children, later, member, parents, spread, unique
from flowcfd.meshing.octree import Count, Octree
from flowcfd.meshing.rays import Inside, Surface, hits
from flowcfd.meshing.recipe import Recipe
from flowcfd.meshing.regions import Region


def counted(mesh, recipe: Recipe) -> Count:
    points, triangles = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    patch = np.zeros(len(triangles), np.int64)
    return Octree(points, triangles, patch, feature_edges(points, triangles, patch), recipe).count()


def recipe(low, high, cell, levels, **more) -> Recipe:
    low, high = np.array(low, float), np.array(high, float)
    counts = np.round((high - low) / cell).astype(int)
    size = (high - low) / counts
    return Recipe(tuple(low.tolist()), tuple(size.tolist()), tuple(counts.tolist()), (levels,), **more)


def test_a_sphere_has_the_very_cells_that_snappyhexmesh_made_of_it():
    found = counted(trimesh.creation.icosphere(4, 0.5), recipe((-2, -2, -2), (4, 2, 2), 0.25, (3, 3), layers=(5,)))
    assert found.by_level == (5736, 2200, 4651, 13632)
    assert found.faces == (2792,)
    assert found.cells == 26219 + 5 * 2792


def test_two_bodies_with_a_gap_and_two_levels_have_the_very_cells_too():
    ball = trimesh.creation.icosphere(3, 0.5)
    box = trimesh.creation.box((0.6, 0.6, 0.6)).apply_translation((0.9, 0, 0))
    found = counted(
        trimesh.util.concatenate([ball, box]), recipe((-3, -3, -3), (5, 3, 3), 0.4, (3, 4), edges=3, layers=(3,))
    )
    assert found.by_level == (4175, 1924, 3484, 9376, 512)


def test_distances_between_levels_are_measured_by_the_shortest_side_of_background_cells():
    """Cells of 1.444 x 1.444 x 1.4 m: by cells along each side 896 cells of the finest level were too many."""
    regions = (
        Region(3, "box", (-0.8007545, -0.8007545, -1.269823, 0.8007545, 0.8007545, 1.269823)),
        Region(2, "box", (0.1466834, -1.1324414, -2.3975456, 4.5959566, 1.1324414, 2.3975456)),
    )
    low, size, counts = (-6.5, -6.5, -7.0), (13 / 9, 13 / 9, 1.4), (9, 9, 10)
    given = Recipe(low, size, counts, ((4, 4),), edges=4, regions=regions)
    found = counted(trimesh.creation.cylinder(0.5, 2, sections=64), given)
    assert found.by_level[3:] == (1960, 3712)
    assert found.castellated == pytest.approx(9170, rel=0.05)


def test_a_building_in_background_cells_that_are_no_cubes_has_about_the_cells_of_the_real_mesh():
    regions = (
        Region(3, "box", (-0.581894, -0.581894, 0.374530, 0.581894, 0.581894, 1.979020)),
        Region(2, "box", (0.754716, -0.822925, 0.430794, 3.987924, 0.822925, 2.276316)),
    )
    low, size, counts = (-7.6, -6.5, 0.0), (23 / 17, 13 / 11, 7.9 / 7), (17, 11, 7)
    given = Recipe(low, size, counts, ((4, 4),), edges=4, regions=regions)
    found = counted(trimesh.creation.box((1, 1, 2)).apply_translation((0, 0, 1)), given)
    assert found.by_level[3:] == pytest.approx((2228, 4608), rel=0.02)
    assert found.castellated == pytest.approx(9632, rel=0.05)


@pytest.mark.parametrize(
    ("counts", "low", "high", "regions", "real"),
    [
        ((22, 22, 21), (-4.0, -4.5, -4.0), (5.0, 4.5, 4.02),
         (Region(2, "box", (-0.45483, -0.95483, -0.070893, 1.45484, 0.95483, 0.090893)),
          Region(1, "box", (-0.249934, -1.017888, -0.638413, 3.164144, 1.017888, 0.658413))),
         (28364, 3200)),
        ((18, 18, 15), (-4.0, -4.5, -4.0), (5.0, 4.5, 4.02),
         (Region(2, "box", (0.0853161, -0.4146842, -0.0251321, 0.9146886, 0.4146842, 0.0451321)),
          Region(1, "box", (0.7157347, -0.4420708, -0.2716069, 2.1984753, 0.4420708, 0.2916069))),
         (17341, 2048)),
    ],
)  # fmt: skip
def test_a_plate_thinner_than_its_cells_is_a_wall_without_thickness_with_layers_on_both_sides(
    counts, low, high, regions, real
):
    """Its real mesh had two thirds more cells than was foretold: no cell lay inside, so no face was counted."""
    size = (np.array(high) - low) / counts
    given = Recipe(low, tuple(size.tolist()), counts, ((4, 4),), edges=4, regions=regions, layers=(6,))
    found = counted(trimesh.creation.box((1, 1, 0.02)).apply_translation((0.5, 0, 0.01)), given)
    assert found.castellated == pytest.approx(real[0], rel=0.01)
    assert found.faces == (real[1],)
    assert found.cells == found.castellated + 6 * real[1]


REAL = {
    "cylinder": (lambda: trimesh.creation.cylinder(0.5, 2, sections=64), (-4, -3.2, -4), (8, 3.2, 4), 0.4, (3, 3), 3,
                 ((-0.8, -0.8, -1.3), (3, 0.8, 1.3), 2), 42068),
    "cone": (lambda: trimesh.creation.cone(0.5, 1, sections=64), (-3, -3, -3), (5, 3, 3), 0.4, (3, 4), 4, None, 24701),
    "box": (lambda: trimesh.creation.box((1, 0.6, 0.4)), (-3, -3, -3), (5, 3, 3), 0.4, (3, 4), 4,
            ((-0.6, -0.5, -0.4), (2, 0.5, 0.4), 2), 25589),
    "building": (lambda: trimesh.creation.box((1, 1, 2)).apply_translation((0, 0, 1)), (-5, -5, 0), (11, 5, 7), 0.5,
                 (3, 3), 3, ((-1, -1, 0), (3, 1, 2.5), 2), 27844),
    "plate": (lambda: trimesh.creation.box((1, 1, 0.02)), (-2, -2, -2), (4, 2, 2), 0.3, (3, 4), 5, None, 57733),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_castellated_cells_are_within_five_percent_of_the_real_ones(name):
    make, low, high, cell, levels, edges, box, real = REAL[name]
    regions = () if box is None else (Region(box[2], "box", (*box[0], *box[1])),)
    found = counted(make(), recipe(low, high, cell, levels, edges=edges, regions=regions))
    assert found.castellated == pytest.approx(real, rel=0.05)


def test_the_inside_of_a_closed_surface_is_counted_where_the_fluid_is_there():
    box = trimesh.creation.box((1.0, 1.0, 1.0))
    inner = counted(box, recipe((-1.03, -1.03, -1.03), (1.03, 1.03, 1.03), 0.103, (0, 0), fluid_in_solid=True))
    outer = counted(box, recipe((-1.03, -1.03, -1.03), (1.03, 1.03, 1.03), 0.103, (0, 0)))
    assert inner.castellated == 1000
    assert inner.castellated + outer.castellated == 20**3


def test_a_body_that_reaches_out_of_the_box_is_solid_to_its_side():
    box = trimesh.creation.box((4.0, 1.0, 1.0))
    found = counted(box, recipe((-1.03, -1.03, -1.03), (1.03, 1.03, 1.03), 0.103, (0, 0)))
    assert found.castellated == 20**3 - 20 * 10 * 10


@pytest.mark.parametrize(
    ("region", "volume"),
    [
        (Region(2, "box", (-0.5, -0.5, -0.5, 0.5, 0.5, 0.5)), 1.0),
        (Region(2, "sphere", (0.0, 0.0, 0.0, 0.6)), 4 / 3 * np.pi * 0.6**3),
        (Region(2, "cylinder", (0.0, 0.0, -0.5, 0.0, 0.0, 0.5, 0.5)), np.pi * 0.25),
    ],
)
def test_a_region_has_cells_of_its_level_in_its_volume(region, volume):
    speck = trimesh.creation.icosphere(1, 0.01).apply_translation((1.7, 1.7, 1.7))
    found = counted(speck, recipe((-2, -2, -2), (2, 2, 2), 0.1, (0, 0), regions=(region,), between=1))
    assert found.by_level[2] * 0.025**3 == pytest.approx(volume, rel=0.25)


def test_cells_near_a_patch_are_finer_than_those_far_from_it():
    ball = trimesh.creation.icosphere(3, 0.5)
    plain = recipe((-2, -2, -2), (2, 2, 2), 0.2, (1, 1))
    near = recipe((-2, -2, -2), (2, 2, 2), 0.2, (1, 1), regions=(Region(2, "near", (0.3,), (0,)),))
    shell = 4 / 3 * np.pi * (0.8**3 - 0.5**3)
    found = counted(ball, near).by_level
    assert found[2] * 0.05**3 == pytest.approx(shell, rel=0.2)
    assert counted(ball, plain).by_level[1] < found[2]


def test_layers_add_a_cell_for_each_face_and_layer():
    assert Count((10, 20), (4, 6), (3, 0)).cells == 42


def test_children_and_parents_are_each_others_inverse():
    keys = np.array([5 << 42 | 3 << 21 | 2, 0, 1 << 21], np.int64)
    young = children(keys)
    assert len(unique(young)) == 24
    assert (unique(parents(young)) == np.sort(keys)).all()
    assert member(np.sort(keys), np.array([0, 7], np.int64)).tolist() == [True, False]


def test_a_cell_spreads_to_the_coarser_ones_in_reach():
    middle = np.array([8 << 42 | 8 << 21 | 8], np.int64)  # the lowest corner of the coarse cell (4 4 4)
    found = spread(middle, 1, 1.0)
    assert len(found) == 4  # its own, and the three beside the corner
    assert len(spread(middle, 1, 1.5)) > len(found)
    assert len(spread(middle, 1, 1.0, (1.4, 1.0, 1.0))) == 3  # 1.4 long along x, the neighbour there is out of reach


def test_of_two_background_cells_the_one_further_along_was_made_later():
    one, other = np.array([1 << 42], np.int64), np.array([1 << 21], np.int64)
    assert later(one, other, 0) == other


def test_rays_meet_a_closed_surface_an_even_number_of_times():
    ball = trimesh.creation.icosphere(2, 3.7).apply_translation((5.1, 5.2, 4.9))
    points, triangles = np.asarray(ball.vertices), np.asarray(ball.faces, np.int64)
    surface = Surface(points, triangles, np.zeros(len(triangles), np.int64), np.asarray(ball.face_normals))
    for axis in range(3):
        found = hits(surface, axis, (10, 10, 10), 1.0)
        _, times = np.unique(found.line, return_counts=True)
        assert (times % 2 == 0).all()
        assert found.sign.sum() == 0
    inside = Inside.of(hits(surface, 0, (10, 10, 10), 1.0), (10, 10, 10))
    keys = np.array([5 << 42 | 5 << 21 | 5, 0], np.int64)
    assert inside.solid(keys, (10, 10, 10)).tolist() == [True, False]


def test_feature_edges_are_those_of_a_box_and_none_of_a_ball():
    box, ball = trimesh.creation.box((1, 2, 3)), trimesh.creation.icosphere(3, 1)
    for mesh, length in ((box, 24.0), (ball, 0.0)):
        points, triangles = np.asarray(mesh.vertices), np.asarray(mesh.faces, np.int64)
        edges = feature_edges(points, triangles, np.zeros(len(triangles), np.int64))
        assert np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1).sum() == pytest.approx(length)

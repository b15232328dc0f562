"""What Snappy and CfMesh render to: points, volumes, levels, layers, without OpenFOAM."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.case import Body
from flowcfd.errors import CaseError, GeometryError
from flowcfd.foam import dictionary
from flowcfd.foam.check import check
from flowcfd.foam.meshers import bodysurface, expected, heights
from flowcfd.foam.meshers.snappy import place
from flowcfd.foam.meshers.snappy.task import Task
from flowcfd.testing.meshers import brick

pytestmark = pytest.mark.usefixtures("home")
FREE = fc.WindTunnel("8 m", "6 m", "6 m", upstream="2.5 m", ground=False)
DUCT = ("inlet", "outlet", "symmetry", "left", "under", "roof")


def cube(**other: Any) -> Body:
    return brick((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5)).model_copy(update=other)


def case(mesh: fc.case.Mesh, body: Body | None = None, domain: Any = FREE, fluid: str = "air") -> fc.Case:
    body = body or cube()
    return fc.Case(
        geometry=body, domain=domain, mesh=mesh, physics=fc.Incompressible(fluid, "kOmegaSST"),
        boundaries=domain.around(body).boundaries(speed="10 m/s"), solve=fc.Steady(10),
    )  # fmt: skip


def task(mesh: fc.Snappy, body: Body | None = None, domain: Any = FREE) -> Task:
    made = case(mesh, body, domain)
    assert made.geometry is not None
    return Task(made, mesh, made.geometry)


def entry(case: fc.Case, name: str, file: str = "system/snappyHexMeshDict") -> Any:
    return dictionary.parse(fc.render(case).text(file), path=file).get(name)


# --- the background


def test_the_box_stays_and_its_cells_are_nearly_cubes() -> None:
    background = task(fc.Snappy("0.37 m")).background
    assert background.box == FREE.around(cube()).box  # type: ignore[comparison-overlap]
    assert background.counts == (22, 16, 16)
    assert max(background.sizes) < 1.1 * min(background.sizes)


def test_cells_that_are_too_large_for_the_box_are_refused() -> None:
    with pytest.raises(CaseError, match=r"mesh.cell: 7 m is too large for the box, whose shortest side is 6 m"):
        fc.render(case(fc.Snappy(7)))


def test_cells_in_a_body_fit_its_ends() -> None:
    background = task(fc.Snappy("0.1 m"), brick((0, 0, 0), (2.02, 0.5, 0.18), names=DUCT), fc.Internal()).background
    assert background.counts == (22, 7, 5)
    x, y, z = background.box
    assert x == pytest.approx((-0.101, 2.121)) and y == pytest.approx((-0.1, 0.6))
    assert z[0] < -0.1 and z[1] > 0.28, "few cells: they stay cubes, and both ends lie amid them"
    assert background.sizes[2] == pytest.approx(0.1)


# --- where the fluid is


@pytest.mark.parametrize("level", range(8))
def test_points_lie_on_no_plane_of_any_level(level: int) -> None:
    made = task(fc.Snappy("0.5 m", surface=5))
    for point in (place.fluid(made), made.background.off_planes((0.1, 0.2, 0.3), level)):
        for value, (low, _), size in zip(point, made.box, made.background.sizes, strict=True):
            cells = (value - low) / size * 2**level
            assert abs(cells - round(cells)) > 1e-3, "off the planes"


def test_the_point_around_a_body_is_beyond_its_box() -> None:
    made = task(fc.Snappy("0.5 m"))
    point = place.fluid(made)
    assert any(not low <= value <= high for value, (low, high) in zip(point, made.body.bounds, strict=True))
    assert all(low < value < high for value, (low, high) in zip(point, made.box, strict=True))
    assert place.solid(made) is None or made.triangles.winding(place.solid(made)) > 0.5  # type: ignore[arg-type]


def test_a_point_in_the_solid_is_told_only_where_cells_are_small_against_it() -> None:
    assert place.solid(task(fc.Snappy("0.5 m", surface=3))) == (0, 0, 0)
    assert place.solid(task(fc.Snappy("0.5 m", surface=1))) is None
    plate = brick((-0.5, -0.5, -0.01), (0.5, 0.5, 0.01))
    assert place.solid(task(fc.Snappy("0.5 m", surface=3), plate)) is None


def test_the_point_in_a_body_is_in_it_and_the_other_is_not() -> None:
    made = task(fc.Snappy("0.1 m", surface=2), brick((0, 0, 0), (2, 0.5, 0.5), names=DUCT), fc.Internal())
    assert made.triangles.winding(place.fluid(made)) == pytest.approx(1)
    outside = place.solid(made)
    assert outside is not None and made.triangles.winding(outside) == pytest.approx(0, abs=1e-9)


def test_a_point_of_the_user_must_be_on_the_side_of_the_fluid() -> None:
    assert entry(case(fc.Snappy("0.5 m", inside=(2, 1, 1))), "castellatedMeshControls.locationInMesh") == (2, 1, 1)
    with pytest.raises(CaseError, match=r"mesh.inside: \(0.1 0.1 0.1\) must be outside of brick, where the fluid is"):
        fc.render(case(fc.Snappy("0.5 m", inside=(0.1, 0.1, 0.1))))
    with pytest.raises(CaseError, match=r"mesh.inside: \(99 0 0\) is outside of the box"):
        fc.render(case(fc.Snappy("0.5 m", inside=(99, 0, 0))))


def test_a_body_that_reaches_to_all_sides_leaves_a_point_beside_its_triangles() -> None:
    """Its box is that of the fluid, so only the triangles tell."""
    body = cube(bounds=((-3, 5), (-3, 3), (-3, 3)))
    made = task(fc.Snappy("0.5 m", surface=3))
    other = Task(made.case, made.mesh, body)
    assert other.triangles.winding(place.fluid(other)) == pytest.approx(0, abs=1e-9)


# --- volume and patches


@pytest.mark.parametrize("cut", list(product((0, 1), repeat=3)))
def test_the_volume_of_a_part_of_a_body_is_exact(cut: tuple[int, int, int]) -> None:
    triangles = bodysurface.triangles(brick((-1, -2, -3), (1, 2, 3)))
    box = tuple((0.25 * one, 0.5) if one else (-9, 9) for one in cut)
    sizes = [0.25 if one else 2.0 * (axis + 1) for axis, one in enumerate(cut)]
    assert triangles.volume(box) == pytest.approx(math.prod(sizes))  # type: ignore[arg-type]


def test_the_volume_that_is_expected_is_the_box_without_the_body() -> None:
    (low, high), why = expected.volume(task(fc.Snappy("0.5 m", surface=2)))  # type: ignore[misc]
    assert low < 287 < high and high - low < 0.05
    assert why == "the box, 288 m3, without brick, 1 m3"
    half = fc.WindTunnel("8 m", "6 m", "6 m", upstream="2.5 m", ground=False, half=True)
    (low, high), why = expected.volume(task(fc.Snappy("0.5 m", surface=2), None, half))  # type: ignore[misc]
    assert low < 143.5 < high and "the part of brick in it, 0.5 m3" in why


def test_a_body_that_checkmesh_does_not_see_in_its_digits_is_not_judged() -> None:
    far = fc.WindTunnel("9 km", "9 km", "9 km", ground=False)
    limits, why = expected.volume(task(fc.Snappy("300 m", surface=5), None, far))
    assert limits is None and "digits of checkMesh" in why


def test_narrow_patches_may_lose_their_faces() -> None:
    plate = brick((0, 0, 0), (1, 1, 0.02))
    told = json.loads(fc.render(case(fc.Snappy("0.5 m", surface=2), plate)).text("system/meshExpected"))
    assert set(told["narrow"]) == {"front", "back", "left", "right"}
    assert told["narrow"]["front"] == "it is about 0.02 m wide, cells on it are 0.12 m"
    assert {"under", "roof", "inlet"} <= set(told["patches"]) and not set(told["patches"]) & set(told["narrow"])


# --- entries


def test_every_part_of_the_surface_is_a_patch_of_its_own_name_with_its_level_and_type() -> None:
    made = case(fc.Snappy("0.5 m", surface={"body": 1, "roof": (2, 3)}))
    assert entry(made, "geometry")["brick.stl"]["regions"]["roof"]["name"] == "roof"
    roof = entry(made, "castellatedMeshControls")["refinementSurfaces"]["brick"]["regions"]["roof"]
    assert roof["level"] == (2, 3) and str(roof["patchInfo"]["type"]) == "wall"
    assert entry(made, "castellatedMeshControls.refinementSurfaces.brick.level") == (1, 3)
    assert entry(made, "snapControls.multiRegionFeatureSnap") == "true"


def test_single_entries_are_set_by_their_path() -> None:
    made = case(
        fc.Snappy("0.5 m", controls={"addLayersControls.nGrow": 2, "meshQualityControls.relaxed.maxNonOrtho": 70})
    )
    assert entry(made, "addLayersControls.nGrow") == 2
    assert entry(made, "meshQualityControls.relaxed.maxNonOrtho") == 70
    with pytest.raises(CaseError, match=r"mesh.controls: nGrow is no dictionary"):
        fc.render(case(fc.Snappy("0.5 m", controls={"addLayersControls.nGrow.deep": 1})))


def test_regions_become_shapes_distances_and_slabs() -> None:
    made = case(fc.Snappy("0.5 m", refine=[
        fc.Refine(((0, 1), (0, 1), (0, 1)), level=1), fc.Refine(centre=(0, 0, 0), radius=1, level=1),
        fc.Refine(patch="body", within=0.2, level=3), fc.Refine(patch="body", within=0.5, level=2),
        fc.Refine(patch="body", within=0.1, level=2), fc.Refine(patch="roof", within=0.5, level=2, name="above"),
        fc.Refine(patch="inlet", within=0.5, level=1),
    ]))  # fmt: skip
    regions = entry(made, "castellatedMeshControls")["refinementRegions"]
    assert regions["brick"]["levels"] == ((0.2, 3), (0.5, 2)), "rising distances, falling levels"
    assert set(regions) == {"refine0", "refine1", "refine6", "brick", "brick_near_roof"}
    geometry = entry(made, "geometry")
    assert geometry["refine6"]["max"][0] == pytest.approx(-2.5), "0.5 m behind the inlet at x = -3 m"
    files = fc.render(made)
    assert files.text("constant/triSurface/brick_near_roof.stl").count("facet normal") == 2


def test_layers_are_those_of_the_walls_unless_patches_are_named() -> None:
    mesh = fc.Snappy("0.5 m", layers=[fc.Layers(3), fc.Layers(5, 1.3, final=0.3, patches=("roof", "sides"))])
    layers = entry(case(mesh), "addLayersControls")["layers"]
    assert set(layers) == {"front", "back", "left", "right", "under", "roof", "sides"}
    assert (layers["front"]["nSurfaceLayers"], layers["roof"]["nSurfaceLayers"]) == (3, 5)
    assert layers["roof"]["finalLayerThickness"] == 0.3
    assert entry(case(fc.Snappy("0.5 m")), "addLayers") == "false"


def test_a_height_by_y_plus_is_that_of_a_flat_plate() -> None:
    """Ahmed's body at 40 m/s: y+ 1 gives 19 um, y+ 50 gives 0.95 mm."""
    assert heights.wall_cell(1, 40, 1.5e-5, 1.044) == pytest.approx(19e-6, rel=0.03)
    assert heights.wall_cell(50, 40, 1.5e-5, 1.044) == pytest.approx(0.95e-3, rel=0.03)
    made = case(fc.Snappy("0.5 m", layers=fc.Layers(5, y_plus=50)))
    fluid = made.physics.fluid  # type: ignore[attr-defined]
    first = entry(made, "addLayersControls")["layers"]["roof"]["firstLayerThickness"]
    assert first == pytest.approx(heights.wall_cell(50, 10, fluid.nu, 1), rel=1e-5)
    assert entry(made, "addLayersControls.relativeSizes") == "false"


def test_layers_by_y_plus_need_a_flow() -> None:
    with pytest.raises(CaseError, match="Reynolds number"):
        heights.wall_cell(1, 1e-3, 1, 1)


def test_a_plane_of_symmetry_of_the_body_is_snapped_first() -> None:
    files = fc.render(case(fc.Snappy("0.1 m"), brick((0, 0, 0), (2, 0.5, 0.5), names=DUCT), fc.Internal()))
    assert files.steps[2:5] == ("snappyHexMesh -overwrite", "createPatch -overwrite", "checkMesh")
    assert "symmetry_snapped" in files.text("system/createPatchDict")


def test_the_rules_find_nothing_wrong_with_what_is_rendered() -> None:
    for made in (case(fc.Snappy("0.5 m", surface=2, layers=3)), case(fc.CfMesh("0.5 m", surface=2, layers=3)),
                 case(fc.Snappy("0.1 m"), brick((0, 0, 0), (2, 0.5, 0.5), names=DUCT), fc.Internal())):  # fmt: skip
        found = check(fc.render(made), dry_run=False)
        assert not found.errors and not found.warnings, found


# --- the surface


def test_a_surface_that_is_gone_or_another_is_told(home: Path) -> None:
    made = case(fc.Snappy("0.5 m"))
    (stl,) = home.glob("geometry/*/surface.stl")
    stl.write_text(stl.read_text() + "\n")
    with pytest.raises(GeometryError, match=r"is not in .* any more; load flowcfd.testing again"):
        fc.render(made)


def test_cfmesh_has_boxes_with_lengths_and_one_surface_of_box_and_body() -> None:
    made = case(fc.CfMesh("0.5 m", surface={"body": 1, "roof": "0.1 m"}, layers=fc.Layers(3), refine=[
        fc.Refine(((0, 4), (-1, 1), (0, 1)), level=1, name="wake")]))  # fmt: skip
    files = fc.render(made)
    tree = dictionary.parse(files.text("system/meshDict"), path="system/meshDict")
    wake = tree.get("objectRefinements.wake")
    assert (wake["lengthX"], wake["lengthY"], wake["lengthZ"], wake["cellSize"]) == (4, 2, 1, 0.25)
    assert wake["centre"] == (2, 0, 0.5)
    assert tree.get("localRefinement.roof.cellSize") == 0.0625
    first = tree.get("boundaryLayers.patchBoundaryLayers.roof.maxFirstLayerThickness")
    assert first == pytest.approx(0.5 * 0.0625 / 1.2**2, rel=1e-5)
    surface = files.text("constant/triSurface/brick_in_box.stl")
    solids = [line.split()[1] for line in surface.splitlines() if line.startswith("solid")]
    assert solids == [*made.space.patches]
    assert surface.count("facet normal") == 2 * 12
    assert files.steps[0].startswith("surfaceFeatureEdges -angle 30 ") and files.steps[1] == "cartesianMesh"

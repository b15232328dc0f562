"""Blocks, faces and vertices of the domains that blockMesh makes."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest

from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Case,
    Cavity,
    Channel,
    Cyclic,
    Cylinder,
    FarField,
    Fluid,
    Incompressible,
    Inlet,
    MeanVelocity,
    Outlet,
    Pipe,
    Segment,
    Slip,
    Steady,
    Symmetry,
    Wall,
)
from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam import dictionary
from flowcfd.foam.meshers import MESHERS, block, pipe
from flowcfd.foam.meshers.grading import uniform
from flowcfd.foam.meshers.spacing import segmented, spacings
from flowcfd.foam.meshers.topology import Topology, boxes, entries

FLUID = Incompressible(Fluid(nu=1e-3))


def made(domain, mesh, **boundaries) -> Case:
    given = {name: boundaries.get(name, Wall()) for name in domain.patches if name not in domain.automatic}
    if "inlet" in given:
        given |= {"inlet": boundaries.get("inlet", Inlet(1.0)), "outlet": boundaries.get("outlet", Outlet())}
    drive = MeanVelocity((1, 0, 0)) if any(isinstance(one, Cyclic) for one in given.values()) else None
    physics = Incompressible(Fluid(nu=1e-3), drive=drive)
    return Case(domain=domain, mesh=mesh, physics=physics, boundaries=given, solve=Steady(1))


DOMAINS = [
    Cavity(1.0),
    Cavity(1.0, depth=1.0),
    Channel(2.0, 1.0),
    Channel(2.0, 1.0, 1.0),
    BackwardFacingStep(step=1.0, inlet_height=2.0, upstream=3.0, downstream=8.0),
    Pipe(1.0, 4.0),
    Pipe(1.0, 4.0, form="full"),
    Cylinder(1.0, 20),
]


def volume(topology: Topology, index: int) -> float:
    """Six times the signed volume of the tetrahedron at the first corner of a block."""
    corner = [topology.vertices[topology.blocks[index].vertices[n]] for n in (0, 1, 3, 4)]
    a, b, c = ([end - start for start, end in zip(corner[0], each, strict=True)] for each in corner[1:])
    return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: f"{domain.kind}{len(domain.patches)}")
def test_the_patches_are_the_domains_and_the_blocks_right_handed(domain) -> None:
    topology = block.blocks(made(domain, Blocks(4)))
    assert set(topology.faces) == set(domain.patches)
    for index, each in enumerate(topology.blocks):
        assert len({*each.vertices}) == 8 or isinstance(domain, Pipe)
        assert volume(topology, index) > 0 or topology.rest


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: f"{domain.kind}{len(domain.patches)}")
def test_every_outer_face_is_in_one_patch_and_every_inner_one_in_none(domain) -> None:
    topology = block.blocks(made(domain, Blocks(4)))
    sides = ("left", "right", "bottom", "top", "back", "front")
    count = Counter(frozenset(each.face(side)) for each in topology.blocks for side in sides)
    patches = [frozenset(face) for faces in topology.faces.values() for face in faces]
    outer = {face for face, seen in count.items() if seen == 1 and len(face) > 2}
    assert len(patches) == len(set(patches))
    assert set(patches) == outer


def test_the_step_has_three_blocks_around_its_edge() -> None:
    domain = BackwardFacingStep(step=1.0, inlet_height=2.0, upstream=3.0, downstream=8.0)
    topology = block.blocks(made(domain, Blocks((5, 7, 3, 4))))
    assert [each.cells for each in topology.blocks] == [(7, 3, 1), (5, 4, 1), (7, 4, 1)]
    assert topology.cells == 7 * 3 + 5 * 4 + 7 * 4
    step = [topology.vertices[n] for n in topology.faces["step"][0]]
    assert {(x, y) for x, y, _ in step} == {(0.0, 0.0), (0.0, 1.0)}


def test_the_wedge_has_its_wall_at_the_radius_and_its_axis_on_x() -> None:
    topology = pipe.wedge(uniform(4.0, 2), uniform(0.5, 3), math.radians(5))
    assert {vertex[1] for vertex in topology.vertices} == {0.0, 0.5}
    assert max(vertex[2] for vertex in topology.vertices) == pytest.approx(0.5 * math.tan(math.radians(2.5)))
    assert topology.rest == "axis"


def test_the_full_pipes_wall_is_a_polygon_of_the_circles_area() -> None:
    corners = 24
    r = pipe.polygon(corners)
    assert 0.5 * corners * r**2 * math.sin(2 * math.pi / corners) == pytest.approx(math.pi)
    topology = block.blocks(made(Pipe(2.0, 1.0, form="full"), Blocks((1, 2, 6))))
    reach = {round(math.hypot(y, z), 9) for _, y, z in topology.vertices}
    assert reach == {round(0.6 * r, 9), round(r, 9)}
    assert len(topology.arcs) == 16


def test_the_cells_around_a_cylinder_are_about_as_long_as_wide_with_the_grading_that_its_domain_names() -> None:
    domain, around = Cylinder(1.0, 50), 16
    radial = round(4 * around / (2 * math.pi) * math.log(100))
    case = made(domain, Blocks((radial, around), grading=(100, 1)), farfield=FarField((1, 0, 0)))
    along = spacings(case, case.mesh)
    radii = [0.5 + distance for distance in along["radial"].points()]
    wide = [2 * math.pi * 0.5 * (low + high) / (4 * around) for low, high in pairwise(radii)]
    assert along["radial"].sizes() == pytest.approx(wide, rel=0.1)
    topology = block.blocks(case)
    assert topology.cells == 4 * around * radial
    assert {round(math.hypot(x, y), 6) for x, y, _ in topology.vertices} == {0.5, 50.0}
    assert len(topology.arcs) == 16


def test_cells_of_a_size_with_a_first_cell_crowd_at_walls_only() -> None:
    case = made(Channel(2.0, 1.0), Blocks(cell=0.1, first_cell=0.01, growth=1.3), top=Slip())
    along = spacings(case, case.mesh)
    assert along["x"].sizes() == pytest.approx([0.1] * 20)
    sizes = along["y"].sizes()
    assert sizes[0] == pytest.approx(0.01)
    assert sizes[-1] == pytest.approx(0.1, rel=0.2)
    assert len(sizes) > 10


def test_a_count_with_a_first_cell_is_kept_and_begins_with_it_at_both_walls() -> None:
    case = made(Channel(2.0, 1.0), Blocks((10, 30), first_cell=0.01))
    sizes = spacings(case, case.mesh)["y"].sizes()
    assert len(sizes) == 30
    assert (sizes[0], sizes[-1]) == (pytest.approx(0.01), pytest.approx(0.01))


def test_a_first_cell_that_needs_more_growth_than_allowed_says_how_many_cells_it_takes() -> None:
    case = made(Channel(2.0, 1.0), Blocks((10, 10), first_cell=0.01, growth=1.2))
    with pytest.raises(
        CaseError, match=r"mesh.first_cell \(y\): 10 cells on 1 m .* mesh.growth 1.2; it takes 28 cells"
    ):
        spacings(case, case.mesh)


def test_segments_share_the_cells_by_largest_remainder_and_lose_none() -> None:
    spacing = segmented(2.0, 10, [Segment(0.5, 0.25, 4), Segment(0.3, 0.25), Segment(0.2, 0.5, 0.5)])
    assert [each.cells for each in spacing.sections] == [3, 2, 5]
    assert [each.length for each in spacing.sections] == pytest.approx([1.0, 0.6, 0.4])
    with pytest.raises(CaseError, match="3 segments need at least as many cells"):
        segmented(1.0, 2, [Segment(0.4, 0.4), Segment(0.3, 0.3), Segment(0.3, 0.3)])


def test_the_patch_types_follow_from_the_boundaries() -> None:
    joined = {"inlet": Cyclic("outlet"), "outlet": Cyclic("inlet"), "top": Symmetry(), "bottom": Slip()}
    files = MESHERS.get("Blocks")(made(Channel(1.0, 1.0), Blocks(2), **joined))
    tree = dictionary.parse(files.text("system/blockMeshDict"))
    text = tree.text()
    assert "cyclic" in text and "neighbourPatch  outlet;" in text
    assert files.steps == ("blockMesh",)
    found = {
        name: block.patch_entries(one)["type"] for name, one in made(Channel(1, 1), Blocks(2), **joined).patches.items()
    }
    expected = {"inlet": "cyclic", "outlet": "cyclic", "top": "symmetry", "bottom": "patch", "frontAndBack": "empty"}
    assert found == expected


def test_the_patches_are_written_in_the_domains_order_whatever_the_cases() -> None:
    one, other = {"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()}, {"walls": Wall(), "lid": Wall(velocity=(1, 0, 0))}
    cases = [
        Case(domain=Cavity(1.0), mesh=Blocks(4), physics=FLUID, boundaries=each, solve=Steady(1))
        for each in (one, other)
    ]
    assert MESHERS.get("Blocks")(cases[0]).digest == MESHERS.get("Blocks")(cases[1]).digest


def test_more_cells_than_openfoam_can_count_are_refused() -> None:
    case = made(Channel(2.0, 1.0, 1.0), Blocks(1000))
    with pytest.raises(CaseError, match=r"^mesh: makes 1e\+09 cells; OpenFOAM counts up to 7.16e\+08$"):
        block.blocks(case)


def test_types_for_other_patches_than_the_topologys_are_refused() -> None:
    single = [uniform(1.0, 1)]
    topology = boxes(single, single, single, lambda i, j, k, side: "all")
    with pytest.raises(CaseError, match="the domain has the patches all"):
        entries(topology, {"some": {"type": "wall"}})


def test_an_unknown_mesher_lists_those_there_are() -> None:
    with pytest.raises(UnknownName, match="unknown mesher 'Voronoi'; there are: Blocks"):
        MESHERS.get("Voronoi")

"""What Snappy, CfMesh, Refine and Layers take, and what they refuse in words."""

from __future__ import annotations

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.case.refinement import level_of, levels
from flowcfd.errors import CaseError
from flowcfd.testing.meshers import brick

pytestmark = pytest.mark.usefixtures("home")


def case(mesh: object, **other: object) -> fc.Case:
    domain, body = fc.WindTunnel("10 m", "6 m", "5 m", ground=False), brick((0, 0, 0), (1, 1, 1))
    return fc.Case(
        geometry=body, domain=domain, mesh=mesh, physics=fc.Incompressible("air"),
        boundaries=domain.around(body).boundaries(speed="1 m/s"), solve=fc.Steady(10), **other,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (4, (4, 4)),
        ((2, 3), (2, 3)),
        ([2, 3], (2, 3)),
        (np.int64(2), (2, 2)),
        ("5 cm", 0.05),
        (0.05, 0.05),
        ({"body": 2, "roof": "5 cm"}, {"body": (2, 2), "roof": 0.05}),
    ],
)
def test_a_fineness_is_a_level_two_levels_or_a_size(given: object, found: object) -> None:
    mesh = fc.Snappy("0.4 m", surface=given)
    assert mesh.surface == found
    assert fc.Snappy.model_validate_json(mesh.model_dump_json()) == mesh
    assert hash(mesh) == hash(mesh.model_copy())


@pytest.mark.parametrize(
    ("size", "level"), [(0.4, 0), (0.41, 0), (0.2, 1), (0.1999, 1), (0.198, 2), (0.3, 1), (0.05, 3), (0.04, 4)]
)
def test_a_size_is_the_coarsest_level_whose_cells_are_not_larger(size: float, level: int) -> None:
    assert level_of(size, 0.4) == level
    assert levels(size, 0.4) == (level, level)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"surface": 16}, "surface: a level must be 0 to 15 (got 16); a size of cells has a unit"),
        ({"surface": (3, 2)}, "the least level must not exceed the greatest"),
        ({"surface": (1, 2, 3)}, "must be two levels"),
        ({"surface": True}, "must be a level, two levels or a size"),
        ({"surface": {}}, "must name at least one patch"),
        ({"surface": {"roof": "5 kg"}}, "surface: roof: "),
        ({"surface": "2 m"}, "cells must not exceed the background's 1 m"),
        ({"controls": {"writeFlags": 1}}, "controls: writeFlags: must be one of addLayersControls"),
        ({"controls": {"snapControls.a;b": 1}}, "must be names of letters"),
        ({"controls": {"snapControls.a": "#calc 1"}}, "must be a number, a switch, a word"),
        ({"layers": fc.Layers}, "layers"),
        ({"layers": [fc.Layers(3), fc.Layers(3, first="1 mm")]}, "heights are either all relative"),
        ({"refine": [fc.Refine(patch="a", within=1, level=1, name="x")] * 2}, "two of them have the same name"),
        ({"refine": [fc.Refine(patch="a", within=1, cell="3 m")]}, "must not exceed the background's"),
        ({"gaps": 0}, "gaps.level: must be at least 1"),
    ],
)
def test_what_makes_no_mesh_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(CaseError, match="Snappy") as error:
        fc.Snappy("1 m", **fields)  # type: ignore[arg-type]
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"level": 1}, "give one shape"),
        ({"box": ((0, 1),) * 3, "centre": (0, 0, 0), "level": 1}, "give one shape"),
        ({"box": ((1, 0), (0, 1), (0, 1)), "level": 1}, "low first"),
        ({"box": ((0, 1),) * 3}, "give either level or cell"),
        ({"box": ((0, 1),) * 3, "level": 1, "cell": 1}, "give either level or cell"),
        ({"centre": (0, 0, 0), "level": 1}, "radius: missing"),
        ({"patch": "a", "level": 1}, "within: missing"),
        ({"patch": "a", "within": 1, "radius": 1, "level": 1}, "radius: does not go with patch"),
        ({"axis": ((0, 0, 0), (0, 0, 0)), "radius": 1, "level": 1}, "two different points"),
    ],
)
def test_a_part_of_the_space_has_one_shape_and_one_fineness(fields: dict[str, object], said: str) -> None:
    with pytest.raises(CaseError) as error:
        fc.Refine(**fields)  # type: ignore[arg-type]
    assert said in str(error.value)


def test_a_part_of_the_space_knows_its_box() -> None:
    assert fc.Refine(centre=(1, 2, 3), radius=1, level=1).bounds == ((0, 2), (1, 3), (2, 4))
    assert fc.Refine(axis=((0, 0, 0), (3, 0, 0)), radius=1, level=1).bounds == ((-1, 4), (-1, 1), (-1, 1))
    assert fc.Refine(patch="a", within=1, level=1).bounds is None
    assert fc.Refine(((0, 1), (0, 1), (0, 1)), cell="1 cm").depth(0.04) == 2


def test_layers_have_one_height_and_know_how_thick_they_are_together() -> None:
    with pytest.raises(CaseError, match="give one of first, y_plus and final"):
        fc.Layers(3, first=1, y_plus=1)
    assert fc.Layers(3, 2, first=1).stack(1) == 7
    assert fc.Layers(3, 1, first=1).stack(1) == 3
    assert fc.Layers(3).relative and fc.Layers(3).last == 0.5
    assert fc.Snappy(1, layers=5).layers == (fc.Layers(5),)
    assert fc.Snappy(1, layers=0).layers == ()


@pytest.mark.parametrize(
    ("mesh", "said"),
    [
        (fc.Snappy(1, surface={"roof": 2}), "mesh.surface: nothing for back, front, left, right, under; 'body'"),
        (fc.Snappy(1, surface={"body": 2, "inlet": 2}), "mesh.surface.inlet: is no part of the body"),
        (fc.Snappy(1, surface={"body": 2, "rof": 2}), "mesh.surface.rof: unknown patch 'rof'; did you mean 'roof'?"),
        (fc.Snappy(1, refine=[fc.Refine(patch="rof", within=1, level=1)]), "mesh.refine.0.patch: unknown patch 'rof'"),
        (fc.Snappy(1, layers=fc.Layers(3, patches="rof")), "mesh.layers.0.patches: unknown patch 'rof'"),
        (fc.Snappy(1, refine=[fc.Refine(patch="roof", within=1, level=1, name="brick")]), "is the name of the body"),
    ],
)
def test_names_that_are_not_there_are_refused_with_those_that_are(mesh: fc.Snappy, said: str) -> None:
    with pytest.raises(CaseError) as error:
        case(mesh)
    assert said in str(error.value)


def test_a_mesh_around_a_body_needs_a_domain_that_holds_one() -> None:
    with pytest.raises(CaseError, match=r"mesh.kind: Snappy is for domains that hold a body"):
        fc.Case(
            domain=fc.Channel(1, 1),
            mesh=fc.Snappy(1),
            physics=fc.Incompressible("air"),
            boundaries={"inlet": fc.Inlet(1), "outlet": fc.Outlet(), "top": fc.Wall(), "bottom": fc.Wall()},
            solve=fc.Steady(1),
        )


def test_names_and_groups_of_patches_get_their_levels_the_singly_named_first() -> None:
    made = case(fc.Snappy("0.4 m", surface={"roof": "5 cm", "brick": (1, 2)}, edges="0.1 m"))
    assert made.mesh.surface_levels(made.space)["roof"] == (3, 3)  # type: ignore[attr-defined]
    assert made.mesh.surface_levels(made.space)["under"] == (1, 2)  # type: ignore[attr-defined]
    assert made.mesh.edge_level(made.space) == 2  # type: ignore[attr-defined]
    assert case(fc.Snappy(1, surface=(1, 3))).mesh.edge_level(made.space) == 3  # type: ignore[attr-defined]


def test_a_finer_mesh_has_its_levels_and_thinner_layers() -> None:
    mesh = fc.Snappy(
        "0.4 m", surface={"body": 2, "roof": "5 cm"}, edges="5 cm", layers=fc.Layers(3, first="2 mm"),
        refine=[fc.Refine(((0, 1), (0, 1), (0, 1)), cell="0.1 m"), fc.Refine(patch="roof", within=1, level=2)],
    )  # fmt: skip
    fine = mesh.refined(2)
    assert (fine.cell, fine.surface, fine.edges) == (0.2, {"body": (2, 2), "roof": 0.025}, 0.025)
    assert [one.depth(fine.cell) for one in fine.refine] == [one.depth(mesh.cell) for one in mesh.refine]
    assert fine.layers[0].first == 1e-3
    assert mesh.refined(2).refined(0.5) == mesh
    assert [one.mesh.cell for one in fc.refine(case(mesh), 2, 2)] == [0.2, 0.4]  # type: ignore[attr-defined]


def test_levels_of_patches_and_entries_are_edited_by_their_paths() -> None:
    made = case(fc.Snappy("0.4 m", surface={"body": 2}))
    more = made.replace({"mesh.surface.roof": 4, "mesh.controls[addLayersControls.nGrow]": 1, "mesh.layers": 3})
    assert more.mesh.surface == {"body": (2, 2), "roof": (4, 4)}  # type: ignore[attr-defined]
    assert more.mesh.controls == {"addLayersControls.nGrow": 1}  # type: ignore[attr-defined]
    assert more.replace({"mesh.surface.roof": None, "mesh.controls": {}, "mesh.layers": 0}) == made


def test_cfmesh_takes_no_body_that_is_cut_by_the_box() -> None:
    body = brick((0, 0, 0), (1, 1, 1))
    domain = fc.WindTunnel("10 m", "6 m", "5 m")
    with pytest.raises(CaseError, match="brick reaches to a side of the box in z; Snappy cuts it there"):
        case(fc.CfMesh(1)).replace(
            {
                "domain": domain.to_dict() if hasattr(domain, "to_dict") else domain,
                "boundaries": domain.around(body).boundaries(speed=1),
            }
        )
    assert case(fc.CfMesh(1)).mesh.refined(2) == fc.CfMesh(0.5)  # type: ignore[attr-defined]

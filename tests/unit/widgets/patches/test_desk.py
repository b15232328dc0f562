"""Desks: a geometry, cases, domains and meshes, without a widget."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad import Geometry
from flowcfd.cad.geometry import Source
from flowcfd.cad.keeping import kept
from flowcfd.errors import CaseError, GeometryError, NotYet, UnitError, UnknownName
from flowcfd.widgets.patches.desk import Desk
from flowcfd.widgets.patches.source import source

pytestmark = pytest.mark.usefixtures("home")


def plain_box() -> Geometry:
    """1 x 2 x 3 m with its lowest corner at the origin; one face."""
    mesh = trimesh.creation.box(bounds=((0, 0, 0), (1, 2, 3)))
    points, triangles = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    return kept(points, triangles, np.zeros(12, np.int64), ("body",), label="box", source=Source("box", "", "m", "stl"))


@pytest.fixture
def box(home: Path) -> Geometry:
    """The same with six faces, face_0 to face_5."""
    return plain_box().split(30)


def facing(geometry: Geometry, way: str) -> int:
    return int(fc.Facing(way).chosen(*geometry._of_faces).argmax())


def ran(desk: Desk) -> dict[str, Any]:
    made: dict[str, Any] = {"fc": fc}
    exec(desk.code, made)
    return made


def cavity(**more: Any) -> fc.Case:
    boundaries = {"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}
    return fc.Case(
        domain=fc.Cavity(1.0), mesh=fc.Blocks(cells=4), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
        boundaries=boundaries, solve=fc.Steady(iterations=5), **more,
    )  # fmt: skip


def channel() -> fc.Case:
    ends = {"inlet": fc.Inlet(1.0), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall()}
    return cavity().replace({"boundaries.lid": fc.Wall()}).model_copy(
        update={"domain": fc.Channel(length=3.0, height=1.0), "boundaries": ends, "mesh": fc.Blocks(cells=(6, 4))}
    )  # fmt: skip


class TestGeometry:
    def test_names_and_boundaries_and_the_code_that_gives_equal_ones(self, box: Geometry) -> None:
        desk = Desk(source(box, {"face_0": fc.Slip()}))
        desk.take(desk.picking.picked([facing(box, "-x")]))
        desk.assign(fc.Inlet(2.0))
        desk.take(desk.picking.picked([facing(box, "x")]).named("out"))
        desk.take(desk.picking.inverted())
        desk.take(desk.picking.by_name("face_*").named("wall"))
        desk.assign(fc.Wall())
        made = ran(desk)
        assert made["geometry"] == desk.geometry
        assert made["boundaries"] == desk.boundaries
        assert set(desk.geometry.patches) == {"face_0", "out", "wall"} or "wall" in desk.geometry.patches
        assert desk.geometry.digest != box.digest

    @pytest.mark.parametrize(
        ("ways", "said"), [(["-x"], "fc.Near"), (["z"], "fc.Near"), (["x", "-x"], "fc.Faces"), (["x", "y", "z"], "fc.")]
    )
    def test_a_selection_is_said_so_that_it_can_be_read(self, box: Geometry, ways: list[str], said: str) -> None:
        whole = box.name({"body": list(box.patches)})
        desk = Desk(source(whole))
        desk.take(desk.picking.picked([facing(box, way) for way in ways]).named("chosen"))
        assert f"'chosen': {said}" in desk.code
        assert ran(desk)["geometry"] == desk.geometry
        assert desk.geometry.names == desk.picking.names

    def test_whole_patches_are_said_by_name_and_two_may_change_theirs(self, box: Geometry) -> None:
        desk = Desk(source(box))
        names = tuple({"face_0": "face_1", "face_1": "face_0"}.get(name, name) for name in box.names)
        desk.take(desk.picking.by_name("face_2,face_3").named("both"))
        assert "'both': ['face_2', 'face_3']" in desk.code
        assert ran(desk)["geometry"] == desk.geometry
        from flowcfd.widgets.patches.code import named

        assert named(box, names).names == names

    def test_a_label_of_its_own_stays(self, box: Geometry) -> None:
        desk = Desk(source(box.labelled("brick")))
        assert desk.geometry.label == "brick"
        assert ran(desk)["geometry"] == desk.geometry

    def test_nothing_named_is_the_geometry_itself(self, box: Geometry) -> None:
        desk = Desk(source(box))
        assert desk.geometry.digest == box.digest
        assert ran(desk) | {"boundaries": {}} == ran(desk)
        with pytest.raises(CaseError, match=r"fc\.patches\(case\) has one"):
            _ = desk.case

    def test_triangles_without_faces_are_split_and_undone(self) -> None:
        desk = Desk(source(plain_box(), {"body": fc.Wall()}))
        desk.split(30)
        assert len(desk.picking.names) == 6
        desk.take(desk.picking.picked([0]).named("inlet"))
        assert ran(desk)["geometry"] == desk.geometry
        for _ in range(3):
            desk.undo()
        assert desk.boundaries == {"body": fc.Wall()}
        assert not desk.undoable

    def test_one_whose_triangles_are_gone_is_a_list_and_says_so(self, box: Geometry) -> None:
        held = Geometry.kept(box.digest)
        shutil.rmtree(box.path)
        desk = Desk(source(held, {"face_0": fc.Wall()}))
        assert "its triangles are gone" in desk.source.words[0]
        desk.row("face_1", "only")
        desk.assign(fc.Inlet(1.0))
        assert desk.boundaries == {"face_0": fc.Wall(), "face_1": fc.Inlet(1.0)}
        with pytest.raises(GeometryError, match="load it again"):
            _ = desk.geometry


class TestCase:
    def test_a_boundary_is_changed_in_the_case(self) -> None:
        desk = Desk(source(cavity()))
        desk.row("lid", "only")
        desk.assign(fc.Slip())
        assert desk.case.boundaries["lid"] == fc.Slip()
        assert ran(desk)["case"] == desk.case
        desk.undo()
        assert desk.case == cavity()

    def test_what_does_not_fit_waits_beside_its_patch_until_it_does(self) -> None:
        case = channel()
        desk = Desk(source(case))
        desk.row("outlet", "only")
        desk.assign(fc.Inlet(1.0))
        assert "cannot leave" in desk.problems["outlet"]
        assert desk.case == case
        desk.row("inlet", "only")
        desk.assign(fc.Outlet())
        assert desk.problems == {}
        assert desk.case.boundaries["inlet"] == fc.Outlet()

    def test_a_patch_without_a_boundary_is_a_problem_of_this_patch(self) -> None:
        desk = Desk(source(cavity()))
        desk.row("walls", "only")
        desk.take(desk.picking.unassigned())
        assert "missing" in desk.problems["walls"]
        assert desk.rows()[1]["problem"] == desk.problems["walls"]

    def test_automatic_patches_say_so_and_refuse_others(self) -> None:
        desk = Desk(source(cavity()))
        row = desk.rows()[2]
        assert (row["name"], row["kind"], row["boundary"]) == ("frontAndBack", "Empty", "Empty, by itself")
        desk.row("frontAndBack", "only")
        desk.assign(fc.Wall())
        assert "must be Empty or left out" in desk.problems["frontAndBack"]

    @pytest.mark.parametrize("wrong", ["wall", None, 3, fc.Wall])
    def test_what_is_no_boundary_is_refused_and_changes_nothing(self, wrong: object) -> None:
        desk = Desk(source(cavity()))
        desk.row("lid", "only")
        before = desk.boundaries
        with pytest.raises(CaseError, match="boundary: must be one, such as Wall"):
            desk.assign(wrong)  # type: ignore[arg-type]
        assert desk.boundaries == before
        desk.assign(fc.Wall())
        assert desk.boundaries["lid"] == fc.Wall()

    def test_patches_of_a_mesh_keep_their_names(self) -> None:
        desk = Desk(source(cavity()))
        desk.row("lid", "only")
        with pytest.raises(CaseError, match=r"fc\.patches\(geometry\)"):
            desk.take(desk.picking.named("top"))
        with pytest.raises(UnknownName, match="unknown patch 'roof'"):
            desk.row("roof", "only")

    def test_what_is_selected_in_words(self) -> None:
        desk = Desk(source(cavity()))
        assert desk.selected == "Nothing selected of 3 patches"
        desk.row("lid", "toggle")
        desk.row("walls", "toggle")
        assert desk.selected == "2 of 3 patches selected: lid, walls"
        desk.row("lid", "toggle")
        assert desk.picking.touched == ("walls",)


class TestAroundABody:
    def test_the_box_and_the_body_are_there(self, box: Geometry) -> None:
        domain = fc.WindTunnel().around(box)
        desk = Desk(source(domain, domain.boundaries(speed=10.0)))
        names = desk.picking.patches
        assert {"inlet", "outlet", "ground", "top", "sides"} < set(names)
        assert len(names) == 10  # the body's bottom lies in the ground
        assert all(row.area for row in desk.picking.rows)
        assert desk.picking.shell.outer.sum() == 5
        assert desk.boundaries["inlet"] == fc.Inlet(10.0)
        assert sum(one == fc.Wall() for one in desk.boundaries.values()) == 6  # "body" is all of its five patches

    def test_boundaries_that_nobody_can_take_are_refused(self, box: Geometry) -> None:
        for of, given, said in (
            (box, {"nope": fc.Wall()}, "boundaries: unknown patch 'nope'"),
            (box, 3, "boundaries: must be boundaries by patches"),
            (box, {box.names[0]: 3}, "boundaries: must be boundaries by patches"),
            (cavity(), {"lid": fc.Outlet()}, "boundaries: are those of the Case"),
        ):
            with pytest.raises(CaseError, match=said):
                source(of, given)

    def test_a_body_that_is_gone_is_said(self, box: Geometry) -> None:
        domain = fc.WindTunnel().around(box)
        shutil.rmtree(box.path)
        found = source(domain)
        assert "the body is in the list only" in found.words[0]
        assert found.picking.shell.size == 6


class TestMesh:
    def test_blocks_are_shown_before_they_are_meshed(self) -> None:
        desk = Desk(source(fc.render(cavity())))
        assert desk.picking.patches == ("lid", "walls", "frontAndBack")
        assert desk.picking.shell.areas == pytest.approx([0.1, 0.3, 2.0])
        assert "wall" in desk.rows()[0]["boundary"]
        desk.row("lid", "only")
        with pytest.raises(CaseError, match="they are shown here and changed there"):
            desk.assign(fc.Wall())
        assert desk.code == ""

    def test_a_case_directory_without_a_mesh_or_blocks_is_refused(self, tmp_path: Path) -> None:
        files = fc.render(cavity())
        rest = {path: content for path, content in files.files.items() if "blockMesh" not in path}
        with pytest.raises(NotYet, match="has no mesh yet"):
            source(fc.CaseFiles(rest))
        with pytest.raises(CaseError, match="must be a geometry, a case, a domain, files of a case, a run"):
            source(3)  # type: ignore[arg-type]


def test_the_path_of_a_body_is_read_and_what_is_none_is_said(tmp_path: Path) -> None:
    trimesh.creation.box().export(tmp_path / "box.stl")
    with pytest.raises(UnitError, match="unit"):
        source(tmp_path / "box.stl")
    with pytest.raises(GeometryError, match="there is no such file"):
        source(str(tmp_path / "gone.step"))
    with pytest.raises(CaseError, match=r"patches: must be a geometry, .* or the path of one \(got int\)"):
        source(3)  # type: ignore[arg-type]

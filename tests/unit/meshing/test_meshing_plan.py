"""Plans by rule: sizes with reasons, cells that are met, layers that fit, JSON and back."""

from __future__ import annotations

import json
import math
import re

import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad.surface import write_stl
from flowcfd.cli import main
from flowcfd.errors import CaseError
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.plan import MeshPlan
from flowcfd.meshing.size import size
from flowcfd.meshing.stack import FLAT, LAST, stack
from flowcfd.settings import settings


def made(folder, mesh, label, faces=None, names=None):
    file = folder / f"{label}.stl"
    faces = [0] * len(mesh.faces) if faces is None else faces
    write_stl(file, mesh.vertices, mesh.faces, faces, names or [label])
    return fc.load(file, unit="m")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One FLOWCFD_HOME for all of these: only its geometries are written, and none twice."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder))
        settings.cache_clear()
        yield folder
    settings.cache_clear()


@pytest.fixture(scope="module")
def ball(home, tmp_path_factory):
    return made(tmp_path_factory.mktemp("ball"), trimesh.creation.icosphere(3, 0.5), "ball")


@pytest.fixture(scope="module")
def planned(ball):
    """The plan by rule alone."""
    return size(ball, Flow(speed=20.0), domain=fc.FreeAir(far=3))


def test_a_flow_has_a_reynolds_number_and_takes_units():
    flow = Flow("36 km/h", length="2 m")
    assert flow.speed == pytest.approx(10)
    assert flow.reynolds == pytest.approx(10 * 2 / flow.fluid.nu)
    assert flow.fluid.name == "air at 15 C"
    assert Flow(1.0, "water at 25 C").along(0.1).length == 0.1
    assert flow.along(0.1).length == 2
    with pytest.raises(CaseError, match="length"):
        _ = Flow(1.0).reynolds
    with pytest.raises(CaseError, match="speed"):
        Flow(0.0)
    with pytest.raises(CaseError, match="kg"):
        Flow("3 kg")


def test_each_number_of_a_plan_has_its_reason(planned):
    plan = planned
    for name in ("domain", "surface", "cell", "layers.first", "layers.count", "layers.ratio", "refine.near"):
        assert plan.reasons[name].why, name
    assert plan.mesh.cell == pytest.approx(16 * plan.features.size / 25, rel=1e-3)
    assert plan.cells > 10_000
    assert plan.features.edges == 0
    assert "<b>" in plan._repr_html_()
    assert "reason" in plan._repr_html_()


def test_a_box_says_what_became_of_the_cells_that_it_was_proposed_with(home, tmp_path):
    """Its reason named cells of 6 mm where it got 0.19 m, and a gap narrower than a cell was not told."""
    block = made(tmp_path, trimesh.creation.box((1, 0.5, 0.4)), "block")
    plan = size(block, Flow(speed=10.0), cells=6000, domain=fc.WindTunnel(clearance="5 cm"))
    value, why = plan.reasons["refine.ground"].value, plan.reasons["refine.ground"].why
    assert value.startswith("level ") and "8 cells across of 0.00625 m" in why
    assert "no finer than the surface" in why and "fewer than 1 lies across: the mesher will close it" in why
    near = plan.reasons["refine.near"]
    assert "finer already" in near.why and float(near.value.split()[2]) < 0.5


def test_a_plan_comes_back_from_json_equal(planned):
    again = MeshPlan.model_validate(json.loads(json.dumps(planned.to_json())))
    assert again == planned
    assert again.case().digest == planned.case().digest


@pytest.mark.parametrize("cells", [20_000, 60_000])
def test_the_wanted_cells_are_met_by_the_estimate(ball, cells):
    plan = size(ball, Flow(speed=20.0), domain=fc.FreeAir(far=3), cells=cells)
    assert plan.cells == pytest.approx(cells, rel=0.05)
    assert plan.features.cells == cells
    assert plan.counted == "octree"


def test_a_body_with_an_inlet_is_the_fluid(home, tmp_path):
    pipe = trimesh.creation.cylinder(0.1, 1, sections=48)
    heights = pipe.triangles_center[:, 2]
    faces = [1 if z > 0.49 else 2 if z < -0.49 else 0 for z in heights]
    body = made(tmp_path, pipe, "pipe", faces, ["wall", "outlet", "inlet"])
    plan = size(body, Flow(speed=2.0, fluid="water"))
    assert plan.domain.kind == "Internal"
    assert "inlet" in plan.reasons["domain"].why
    assert plan.features.size == pytest.approx(0.2 * math.cos(math.pi / 48)), "the pipe's diameter, as 48 sides have it"
    assert set(plan.case().boundaries) >= {"inlet", "outlet"}
    for reynolds, turbulence in ((2000, "laminar"), (5000, "kOmegaSST")):  # a pipe's limit, not a plate's
        speed = plan.flow.speed * reynolds / plan.flow.reynolds
        case = plan.model_copy(update={"flow": plan.flow.model_copy(update={"speed": speed})}).case()
        assert case.physics.turbulence == turbulence


@pytest.mark.parametrize("half", [False, True])
def test_the_case_of_a_plan_on_a_site_has_its_wind(home, tmp_path, half):
    house = trimesh.creation.box((10, 20, 15))
    house.apply_translation((0, 0, 7.5))
    body = made(tmp_path, house, "house")
    plan = size(body, Flow("5 m/s"), domain=fc.BuildingSite(half=half))
    case = plan.case()
    assert case.boundaries["inlet"].profile == fc.LogLaw("5 m/s", "15 m", "3 cm")
    assert case.boundaries["ground"].roughness_length == 0.03
    assert not fc.check(case, dry_run=False).errors
    for model in ("laminar", "SpalartAllmaras"):  # without k no wall function of rough ground
        even = plan.case(physics=fc.Incompressible("air", model)).boundaries
        assert even["inlet"] == fc.Inlet("5 m/s") and even["ground"] == fc.Wall()


def test_layers_for_wall_functions_are_absolute_where_they_fit_the_cells():
    flow = Flow(speed=40.0, length=1.0)
    first = flow.wall_cell(50)
    found = stack(flow, 12 * first, None)
    assert found.layers.first == pytest.approx(first, rel=1e-3)
    assert found.y_plus == 50
    assert found.layers.first * found.layers.ratio ** (found.layers.count - 1) <= LAST * 12 * first


def test_layers_are_relative_where_wall_functions_do_not_fit_and_it_says_so():
    flow = Flow(speed=40.0, length=1.0)
    for cell in (flow.wall_cell(30) / 2, 1.1 * FLAT * flow.wall_cell(100)):
        found = stack(flow, cell, None)
        assert found.layers.relative
        assert "y+ becomes" in found.first
    slow = stack(Flow(speed=0.01, length=0.1), 0.01, None)
    assert slow.layers.relative
    assert slow.y_plus is None


def test_a_y_plus_that_cannot_be_had_is_refused_with_what_can():
    flow = Flow(speed=40.0, length=1.0)
    refused = stack(flow, flow.wall_cell(30), 30).refused
    assert re.search(r"y_plus: at 30 .* coarser surface cells .* or y\+ .* to", refused)
    assert "finer surface cells" in stack(flow, 0.5, 0.001).refused
    got = stack(flow, flow.wall_cell(1) * 100, 1)
    assert (got.y_plus, got.refused) == (1, "")


def test_a_y_plus_within_the_range_that_a_refusal_names_can_be_had(ball):
    flow = Flow(speed=40.0)
    with pytest.raises(CaseError, match=r"^y_plus: at 5000 ") as found:
        size(ball, flow, domain=fc.FreeAir(far=3), cells=8000, y_plus=5000)
    low, high = map(float, re.search(r"y\+ (\S+) to (\S+)$", str(found.value)).groups())
    assert low < 1 < 100 < high
    for wanted in (1.5 * low, 0.7 * high):
        plan = size(ball, flow, domain=fc.FreeAir(far=3), cells=8000, y_plus=wanted)
        assert plan.y_plus == pytest.approx(wanted)
        assert plan.cells == pytest.approx(8000, rel=0.06)


def test_half_of_what_has_no_halves_is_refused(home, tmp_path):
    duct = trimesh.creation.box((2, 1, 1))
    faces = [0 if x < -0.9 else 1 if x > 0.9 else 2 for x in duct.face_normals[:, 0]]
    body = made(tmp_path, duct, "duct", faces, ["inlet", "outlet", "wall"])
    with pytest.raises(CaseError, match="half: is for domains around a body; a patch of this one is called inlet"):
        size(body, Flow(1.0), cells=5000, half=True)
    with pytest.raises(CaseError, match="half: is for domains around a body; Internal has none"):
        size(body, Flow(1.0), cells=5000, domain=fc.Internal(), half=True)
    with pytest.raises(CaseError, match=r"cells: must be a whole number from 1000"):
        size(body, Flow(1.0), cells=5000.5)


def test_a_narrow_patch_has_finer_cells_and_the_edges_of_all_do_not(home, tmp_path):
    box = trimesh.creation.box((1, 0.5, 0.4)).subdivide().subdivide().subdivide()
    x, y, z = box.triangles_center.T
    slot = (x < -0.499) & (abs(y) < 0.07) & (abs(z) < 0.05)
    body = made(tmp_path, box, "block", slot.astype(int).tolist(), ["hull", "slot"])
    mesh = size(body, Flow("20 m/s"), domain=fc.WindTunnel(), cells=10_000).mesh
    (hull, _), (narrow, _) = mesh.surface["hull"], mesh.surface["slot"]
    assert narrow == hull + 1
    assert mesh.edges == (hull, hull)


def test_layers_that_are_kept_for_other_cells_are_told_as_they_are():
    flow = Flow(speed=10.0, length=1.0)
    first = flow.wall_cell(50)
    chosen = stack(flow, 10 * first, None)
    found = stack(flow, 18 * first, None, kept=chosen.layers)
    assert stack(flow, 18 * first, None).y_plus == 100, "what the rule would have for such cells now"
    assert (found.layers, found.y_plus) == (chosen.layers, 50)
    assert found.first.startswith("y+ 50 at its centre")
    assert "18 times as wide as high, so expect layers to be lost" in found.first
    assert f"together {chosen.layers.stack(first):.3g} m" in found.count
    slow = stack(flow, 100 * first, None, kept=fc.Layers(3), passage=first)
    assert (slow.layers.count, slow.count[:21]) == (3, "the narrowest passage")


def test_the_layers_of_a_plan_have_the_y_plus_that_it_says(home, tmp_path):
    body = made(tmp_path, trimesh.creation.box((1, 0.2, 0.15)), "bar")
    plan = size(body, Flow(speed=10.0), cells=12000)
    layers = plan.mesh.layers[0]
    first = layers.first
    assert first == pytest.approx(plan.y_plus * Flow(10.0, length=1.0).wall_cell(1), rel=1e-2)
    assert f"together {layers.stack(first):.3g} m" in plan.reasons["layers.count"].why


def test_what_does_not_fit_together_is_refused(ball):
    flow = Flow(speed=20.0)
    with pytest.raises(CaseError, match="cells"):
        size(ball, flow, cells=3)
    with pytest.raises(CaseError, match="y_plus"):
        size(ball, flow, y_plus=-1)
    with pytest.raises(CaseError, match="half"):
        size(ball, flow, domain=fc.WindTunnel(), half=True)
    with pytest.raises(CaseError, match="holds a body"):
        size(ball, flow, domain=fc.Channel(1, 1, 1))


def test_the_command_shows_the_same_plan(home, tmp_path, capsys):
    made(tmp_path, trimesh.creation.icosphere(3, 0.5), "ball")
    words = ["size", str(tmp_path / "ball.stl"), "--unit", "m", "--speed", "20 m/s", "--domain", "freeair"]
    assert main([*words, "--json"]) == 0
    plan = MeshPlan.model_validate(json.loads(capsys.readouterr().out))
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert f"{plan.cells} cells" in shown
    assert "wall functions" in shown or "relative" in shown
    assert main([*words[:4], "--speed", "-1 m/s"]) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"flow": "40 m/s"}, r"flow: must be a Flow, such as flowcfd.Flow\('40 m/s'\)"),
        ({"geometry": "ball.stl"}, r"geometry: must be one of flowcfd.load"),
        ({"domain": "tunnel"}, "domain: must be one that holds a body, such as flowcfd.WindTunnel"),
        ({"y_plus": "1 mm"}, "y_plus: must be a number above 0"),
        ({"cells": "many"}, "cells: must be a whole number from 1000 to"),
    ],
)
def test_what_is_given_in_the_wrong_kind_is_named(ball, given, said):
    with pytest.raises(CaseError, match=said):
        size(**{"geometry": ball, "flow": Flow("20 m/s"), **given})

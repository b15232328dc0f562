"""Domains around, or in, a body that is written by hand."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.case import DOMAINS, Body, BodyPatch, Enclosure
from flowcfd.case.boxes import holes
from flowcfd.errors import CaseError
from flowcfd.foam.check import situation
from flowcfd.foam.check.finding import Finding
from flowcfd.testing import EnclosureSuite

Bounds = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def brick(
    low: tuple[float, float, float] = (0, -1, 0),
    high: tuple[float, float, float] = (4, 1, 1.5),
    *,
    label: str = "brick",
    rename: dict[str, str] | None = None,
    **other: Any,
) -> Body:
    """A box with its six sides as patches."""
    x, y, z = (b - a for a, b in zip(low, high, strict=True))
    areas = (y * z, x * z, x * y)
    patches = {}
    for axis, names in enumerate((("front", "back"), ("right", "left"), ("under", "roof"))):
        for name, end, sign in zip(names, (low[axis], high[axis]), (-1.0, 1.0), strict=True):
            bounds = [(a, b) for a, b in zip(low, high, strict=True)]
            bounds[axis] = (end, end)
            normal = [0.0, 0.0, 0.0]
            normal[axis] = sign
            patches[(rename or {}).get(name, name)] = BodyPatch(
                area=areas[axis], bounds=tuple(bounds), normal=tuple(normal)
            )
    given = {
        "label": label,
        "digest": "0" * 64,
        "surface": "1" * 64,
        "size": 684,
        "volume": x * y * z,
        "area": 2 * sum(areas),
        "bounds": tuple(zip(low, high, strict=True)),
        "frontal": areas,
        "inside": tuple(0.5 * (a + b) for a, b in zip(low, high, strict=True)),
        "patches": patches,
    }
    return Body(**{**given, **other})


BRICK = brick()


class TestOutside(EnclosureSuite):
    registry = DOMAINS
    examples = (
        fc.WindTunnel(),
        fc.WindTunnel("30 m", "20 m", "15 m", upstream="9 m", clearance="5 cm", half=True),
        fc.WindTunnel(ground=False),
        fc.FreeAir(),
        fc.FreeAir(20, half=True, mirror=0),
        fc.BuildingSite(),
        fc.BuildingSite("60 m", "40 m", "20 m", half=True),
    )
    bodies = (BRICK, brick((-3, 0, 0), (-1, 1, 0.5)))


class TestInside(EnclosureSuite):
    registry = DOMAINS
    examples = (fc.Internal(),)
    bodies = (brick(rename={"front": "inlet", "back": "outlet"}),)


def case(domain: Enclosure, body: Body | None = BRICK, **other: Any) -> fc.Case:
    given = {
        "geometry": body,
        "domain": domain,
        "mesh": fc.Snappy("1 m"),
        "physics": fc.Incompressible("air", "kOmegaSST"),
        "boundaries": domain.around(body).boundaries("30 m/s") if "boundaries" not in other else None,
        "solve": fc.Steady(10),
    }
    return fc.Case(**{**given, **other})


def problems(make: Callable[[], object]) -> list[str]:
    with pytest.raises(CaseError) as caught:
        make()
    return str(caught.value).splitlines()


def test_a_tunnel_is_proposed_by_rule_and_says_by_which() -> None:
    tunnel = fc.WindTunnel().around(BRICK)
    assert tunnel.box[0] == (-20, 44)
    assert tunnel.box[1] == tuple(pytest.approx(one) for one in (-tunnel.box[1][1], tunnel.box[1][1]))
    assert tunnel.box[2][0] == 0
    assert 0.018 < tunnel.blockage <= 0.02
    assert set(tunnel.why) == {"upstream", "length", "width", "height", "ground"}
    assert tunnel.why["upstream"].startswith("20 m from the inlet to the body's nose: 5 body lengths")
    assert "rule of thumb" in tunnel.why["height"]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 250.0])
@pytest.mark.parametrize("shape", [(4, 2, 1.5), (0.01, 1, 1), (60, 3, 4), (1, 1, 12)])
@pytest.mark.parametrize(
    "domain",
    [
        fc.WindTunnel(),
        fc.WindTunnel(half=True, clearance=1e-4),
        fc.WindTunnel(ground=False),
        fc.BuildingSite(),
        fc.FreeAir(),
    ],
)
def test_a_proposal_fits_every_body(domain: Enclosure, shape: tuple[float, float, float], scale: float) -> None:
    x, y, z = (scale * one for one in shape)
    body = brick((-x, -y / 2, 0.3 * z), (0, y / 2, 1.3 * z))
    assert domain.misfits(body) == []
    around = domain.around(body)
    for (low, high), (first, last) in zip(body.bounds, around.box, strict=True):
        assert first <= low + 1e-12 * scale or around.half
        assert high < last
    if not isinstance(domain, fc.FreeAir):
        assert around.blockage <= around.most_blocked


def test_what_is_given_is_kept_and_the_rest_follows() -> None:
    tunnel = fc.WindTunnel("12 m", "9 m", "6 m", upstream="3 m", clearance="50 cm").around(BRICK)
    assert tunnel.box == ((-3, 9), (-4.5, 4.5), (-0.5, 5.5))
    assert tunnel.blockage == pytest.approx(3 / 54)
    assert tunnel.why["length"] == "12 m from the inlet to the outlet: as given"
    assert fc.WindTunnel("16 m").around(BRICK).box[0] == (-4, 12)
    narrow = fc.WindTunnel(width="6 m").around(BRICK)
    assert narrow.section == pytest.approx(3 / 0.02, rel=0.05)
    assert fc.WindTunnel(height="6 m").around(BRICK).section == pytest.approx(3 / 0.02, rel=0.05)


def test_without_a_ground_the_body_is_in_the_middle() -> None:
    tunnel = fc.WindTunnel(ground=False).around(BRICK)
    assert sum(tunnel.box[2]) == pytest.approx(sum(BRICK.bounds[2]))
    assert "below" in tunnel.patches
    assert "ground" not in tunnel.patches
    assert "under" in tunnel.patches
    assert isinstance(tunnel.boundaries("1 m/s")["below"], fc.Slip)


def test_a_half_model_keeps_one_side_and_the_blockage() -> None:
    whole, half = fc.WindTunnel().around(BRICK), fc.WindTunnel(half=True).around(BRICK)
    assert half.box == (whole.box[0], (0, whole.box[1][1]), whole.box[2])
    assert half.blockage == pytest.approx(whole.blockage)
    assert half.patches["inlet"].area == pytest.approx(0.5 * whole.patches["inlet"].area)
    assert half.rims["symmetry"] == ("-y",)
    assert half.rims["sides"] == ("+y",)
    assert half.patches["symmetry"].normal == (0, -1, 0)
    assert half.automatic == {"symmetry"}
    assert "right" not in half.patches
    assert half.absent == {"right": "lies in, or beyond, symmetry", "under": "lies in, or beyond, ground"}


@pytest.mark.parametrize(("low", "high", "side", "kept"), [(0, 1, "-y", (0, 1)), (-1, 0, "+y", (-1, 0))])
def test_half_a_body_lies_on_the_side_where_it_is(
    low: float, high: float, side: str, kept: tuple[float, float]
) -> None:
    body = brick((0, low, 0), (4, high, 1.5))
    half = fc.WindTunnel(half=True, mirror=0).around(body)
    assert half.rims["symmetry"] == (side,)
    assert half.blockage == pytest.approx(fc.WindTunnel().around(BRICK).blockage)
    assert (half.box[1][0] == 0) == (low == 0)
    assert ({"right", "left"} & set(half.absent)) == {"right" if low == 0 else "left"}


def test_y_may_be_up() -> None:
    body = brick((0, 0, -1), (4, 1.5, 1))
    tunnel = fc.WindTunnel(up="y", half=True, clearance=0.2).around(body)
    assert tunnel.rims["ground"] == ("-y",)
    assert tunnel.rims["symmetry"] == ("-z",)
    assert tunnel.box[1][0] == -0.2
    assert tunnel.patches["ground"].normal == (0, -1, 0)
    flat = fc.WindTunnel(half=True, clearance=0.2).around(BRICK)
    assert (tunnel.box[0], tunnel.box[1], tunnel.box[2]) == (flat.box[0], flat.box[2], flat.box[1])


def test_the_patches_of_the_box_close_it_and_the_body_looks_inwards() -> None:
    for domain in (fc.WindTunnel(half=True), fc.WindTunnel(ground=False), fc.BuildingSite()):
        patches = domain.around(BRICK).patches
        assert patches["roof"].normal == (0, 0, -1)
        assert patches["inlet"].area == patches["outlet"].area
        assert patches["top"].area == patches["ground" if "ground" in patches else "below"].area
    assert fc.Internal().around(PIPE).patches["inlet"].normal == (-1, 0, 0)


def test_all_patches_of_the_body_answer_to_its_label_and_to_the_word_body() -> None:
    made = case(fc.WindTunnel(), outputs=[fc.Forces("body"), fc.Forces(("brick",), name="again")])
    walls = ("front", "back", "right", "left", "roof")
    assert made.space.groups == {"body": walls, "brick": walls}
    assert made.outputs[0].patches == made.outputs[1].patches == walls
    assert "body" not in made.boundaries
    mixed = made.domain.boundaries("30 m/s") | {"brick": fc.Slip(), "roof": fc.Wall(roughness=fc.Roughness("1 mm"))}
    some = case(fc.WindTunnel(), boundaries=mixed)
    assert isinstance(some.boundaries["front"], fc.Slip), "the label is nearer than the word body"
    assert some.boundaries["roof"].roughness is not None
    own = fc.WindTunnel().around(brick(rename={"roof": "body"}))
    assert list(own.groups) == ["brick"], "a patch of this name is meant itself"


@pytest.mark.parametrize("domain", [fc.WindTunnel(), fc.WindTunnel(half=True), fc.FreeAir()])
def test_a_patch_called_body_among_others_leaves_none_of_them_without_a_boundary(domain: fc.WindTunnel) -> None:
    """What is left of a body after some of its faces were named is called body."""
    some = domain.around(brick(rename={"roof": "body"}))
    given = some.boundaries("30 m/s", body=fc.Wall(roughness=fc.Roughness("1 mm")))
    assert set(given) == {name for name, patch in some.patches.items() if patch.role != "automatic"}
    assert all(given[name].roughness for name in ("body", "front", "back"))


def test_a_case_knows_its_space_through_json_and_pickle() -> None:
    made = case(fc.FreeAir(half=True))
    again = fc.Case.from_json(made.to_json())
    assert again == made
    assert again.space.box == made.space.box
    assert pickle.loads(pickle.dumps(made)).space.patches == made.space.patches
    held = fc.FreeAir(half=True).around(BRICK)
    assert held == fc.FreeAir(half=True)
    assert hash(held) == hash(fc.FreeAir(half=True))
    assert pickle.loads(pickle.dumps(held)).box == held.box
    assert case(held) == made
    assert fc.FreeAir(5).around(BRICK) != held


def test_without_a_body_the_box_is_not_known() -> None:
    tunnel = fc.WindTunnel()
    assert tunnel.bounds is None
    assert tunnel.directions == tunnel.groups == tunnel.absent == {}
    assert list(tunnel.patches) == ["inlet", "outlet", "ground", "top", "sides"]
    assert tunnel.misses((1e9, 0, 0)) == ""
    said = problems(lambda: tunnel.box)
    assert said == ["WindTunnel: its box follows from the body: domain.around(body)"]
    with pytest.raises(CaseError, match="its boxes follow from the body"):
        tunnel.boxes()


def test_points_and_planes_outside_of_the_box_are_told() -> None:
    said = problems(lambda: case(fc.WindTunnel("30 m", "9 m", "9 m"), outputs=[fc.Probes([(0, 8, 1)])]))
    assert len(said) == 1
    assert said[0].startswith("outputs.0.points.0: (0 8 1) is outside of the WindTunnel: x ")


PIPE = brick((0, -0.5, -0.5), (6, 0.5, 0.5), rename={"front": "inlet", "back": "outlet"})


def test_in_an_internal_flow_names_say_what_a_patch_is_for() -> None:
    inner = fc.Internal().around(PIPE)
    assert {name: patch.role for name, patch in inner.patches.items()} == {
        "inlet": "inlet", "outlet": "outlet", "right": "wall", "left": "wall", "under": "wall", "roof": "wall"
    }  # fmt: skip
    assert inner.groups["walls"] == ("right", "left", "under", "roof")
    assert inner.rims == {}
    assert inner.solid_is_fluid
    assert inner.patches["inlet"].area == 1
    assert all(low < a and b < high for (low, high), (a, b) in zip(inner.box, PIPE.bounds, strict=True))
    given = case(fc.Internal(), PIPE, boundaries=inner.boundaries(flow_rate="1 L/s"))
    assert given.boundaries["inlet"].mean_speed(given.space.patches["inlet"].area) == pytest.approx(1e-3)
    assert {type(given.boundaries[name]).__name__ for name in inner.groups["walls"]} == {"Wall"}
    third = fc.Internal().around(brick(rename={"front": "Inlet1", "back": "outletMain", "right": "symmetryPlane"}))
    assert third.automatic == {"symmetryPlane"}


def test_a_round_inlet_is_a_disc_whichever_way_it_looks() -> None:
    from math import pi, sqrt

    slanted = BodyPatch(
        area=pi * 0.25,
        bounds=((1 - 0.5 / sqrt(2), 1 + 0.5 / sqrt(2)), (2 - 0.5 / sqrt(2), 2 + 0.5 / sqrt(2)), (-0.5, 0.5)),
        normal=(1 / sqrt(2), -1 / sqrt(2), 0),
    )
    body = brick(rename={"front": "inlet", "back": "outlet"})
    body = body.model_copy(update={"patches": {**body.patches, "inlet": slanted}})
    centre, radius = fc.Internal().around(body).patches["inlet"].disc
    assert centre == pytest.approx((1, 2, 0))
    assert radius == pytest.approx(0.5)
    assert fc.Internal().around(body).patches["outlet"].disc is None


def test_what_does_not_fit_is_said_with_the_mend() -> None:
    open_body = brick(volume=None, inside=None)
    for domain, body, text in (
        (fc.WindTunnel(width="1 m"), BRICK, "domain.width: brick is 2 m in y and needs more (got 1)"),
        (fc.WindTunnel(height=2, clearance=0.6), BRICK, "domain.height: brick is 2.1 m in z and needs more (got 2)"),
        (
            fc.WindTunnel("6 m", upstream="3 m"),
            BRICK,
            "domain.upstream: brick sticks out of the WindTunnel: "
            "in x it reaches from 0 to 4 m, the box from -3 to 3 m",
        ),
        (
            fc.FreeAir(half=True, mirror="3 m"),
            BRICK,
            "domain.mirror: the plane of symmetry at y = 3 m misses brick at -1 to 1 m; "
            "leave it out for the body's middle",
        ),
        (
            fc.WindTunnel(),
            brick(rename={"front": "inlet"}),
            "geometry.patches.inlet: the WindTunnel has a patch of this name too; "
            "rename it: geometry.name({'body_inlet': 'inlet'})",
        ),
        (
            fc.Internal(),
            brick(rename={"front": "inlet"}),
            "geometry.patches: no patch of brick is called outlet... (inlet, back, right, left, under, roof); "
            "geometry.name({'outlet': ...}) gives names",
        ),
        (
            fc.WindTunnel(),
            open_body,
            "geometry: the surface of brick is not closed, so it has no inside and no outside; "
            "body.report() says where, body.heal() mends what it can",
        ),
    ):  # fmt: skip
        said = problems(lambda domain=domain, body=body: case(domain, body, boundaries={}))
        assert said == [text]


def test_wrong_words_are_told() -> None:
    assert problems(lambda: fc.WindTunnel(mirror=0)) == ["WindTunnel: mirror: is given with half=True"]
    assert "clearance: is the distance from a ground" in problems(lambda: fc.WindTunnel(ground=False, clearance=1))[0]
    said = problems(lambda: case(fc.WindTunnel(), None, boundaries={}))
    assert said == ["geometry: missing; a WindTunnel is laid around a body: geometry=flowcfd.load(...)"]
    under = fc.WindTunnel().boundaries("1 m/s") | {"under": fc.Wall()}
    assert problems(lambda: case(fc.WindTunnel(), boundaries=under)) == [
        "boundaries.under: under lies in, or beyond, ground, so the mesh has no such patch; leave it out"
    ]
    slipping = fc.WindTunnel(half=True).boundaries("1 m/s") | {"symmetry": fc.Slip()}
    assert problems(lambda: case(fc.WindTunnel(half=True), boundaries=slipping)) == [
        "boundaries.symmetry: must be Symmetry or left out, as the domain has it (got Slip)"
    ]
    assert problems(lambda: case(fc.WindTunnel(), mesh=fc.Blocks(10))) == [
        "mesh.kind: Blocks cannot be cut around a body; Snappy can"
    ]


def test_the_ground_moves_with_the_flow() -> None:
    given = fc.WindTunnel().boundaries("30 m/s", moving_ground=True, turbulence=fc.InletTurbulence("1 %"))
    assert given["ground"] == fc.Wall(velocity=(30, 0, 0))
    assert given["inlet"].turbulence.intensity == 0.01
    assert case(fc.WindTunnel(), boundaries=given).boundaries["ground"].velocity == (30, 0, 0)


def test_the_angle_of_attack_turns_the_flow_towards_what_is_up() -> None:
    for up in ("y", "z"):
        given = fc.FreeAir(up=up).boundaries("10 m/s", angle="30 degree")
        flow = given["farfield"].flow
        assert flow == pytest.approx((75**0.5, 5, 0) if up == "y" else (75**0.5, 0, 5))
        turned = fc.Forces("body").facing(flow, up)
        assert turned.drag == pytest.approx([one / 10 for one in flow])
        assert turned.lift == pytest.approx((-0.5, 0.75**0.5, 0) if up == "y" else (-0.5, 0, 0.75**0.5))
    wrong = fc.FreeAir().boundaries("10 m/s") | {"farfield": fc.FarField(speed=10, angle=0.1)}
    assert problems(lambda: case(fc.FreeAir(), boundaries=wrong)) == [
        "boundaries.farfield.up: the flow turns towards y, but z is up in this domain; give up='z'"
    ]


def test_lift_is_square_to_a_drag_that_is_given() -> None:
    assert fc.Forces("a", drag=(1, 0, 1)).facing((1, 0, 0), "z").lift == pytest.approx((-(0.5**0.5), 0, 0.5**0.5))
    assert fc.Forces("a", lift="z").facing((1, 0, 0), "z").drag is None
    assert fc.Forces("a", drag="x").facing((1, 0, 0), "y").lift is None


def test_boxes_lie_in_the_domain_and_say_why() -> None:
    tunnel = fc.WindTunnel(half=True, clearance="20 cm").around(BRICK)
    boxes = {one.name: one for one in tunnel.boxes()}
    assert list(boxes) == ["near", "wake", "ground"]
    for one in boxes.values():
        assert len(one.why) > 30
        for (low, high), (first, last) in zip(one.box, tunnel.box, strict=True):
            assert first - 1e-6 <= low < high <= last + 1e-6
    assert boxes["wake"].cell == pytest.approx(2 * boxes["near"].cell)
    assert boxes["wake"].box[0][1] == pytest.approx(4 + 2.5 * 4)
    assert boxes["ground"].box[2] == (-0.2, 0)
    assert boxes["ground"].cell == pytest.approx(0.2 / 8)
    given = {one.name: one.cell for one in tunnel.boxes(0.05)}
    assert (given["near"], given["wake"]) == (0.05, 0.1)
    assert [one.name for one in fc.BuildingSite().around(BRICK).boxes()] == ["near", "wake", "ground"]
    assert [one.name for one in fc.FreeAir().around(BRICK).boxes()] == ["near", "wake"]
    assert fc.Internal().around(PIPE).boxes() == ()
    case(fc.WindTunnel(half=True, clearance="20 cm"), mesh=fc.Snappy("1 m", refine=tunnel.boxes()))


def test_two_parts_with_a_gap_get_a_box_between_them() -> None:
    one, other = brick((0, -1, 0), (1, 1, 2)), brick((1.5, 0, 0), (3, 2, 1))
    patches = {f"{name}_1": patch for name, patch in one.patches.items()}
    patches |= {f"{name}_2": patch for name, patch in other.patches.items()}
    both = brick((0, -1, 0), (3, 2, 2), patches=patches)
    gap = next(box for box in fc.FreeAir().around(both).boxes() if box.name.startswith("gap"))
    assert gap.box == ((1, 1.5), (0, 1), (0, 1))
    assert gap.cell == 0.5 / 8
    assert list(holes([(0, 1), (1, 2), (0.5, 3), (4, 5)])) == [(3, 4)]
    assert list(holes([])) == []


def test_blockage_and_a_ground_under_a_hovering_body_are_findings() -> None:
    tight = case(fc.WindTunnel(width="5 m", height="4 m"))
    (found,) = situation.findings(tight)
    assert (found.severity, found.rule, found.field) == ("warning", "blockage", "domain")
    assert "brick blocks 15 % of the section, more than 5 %" in found.message
    assert "needs 60 m2" in found.message
    assert list(situation.findings(case(fc.WindTunnel()))) == []
    hovering = brick((0, -1, 0.2), (4, 1, 1.7))
    (found,) = situation.findings(case(fc.WindTunnel(), hovering))
    assert (found.rule, found.place) == ("ground-under-body", "domain.clearance")
    assert "say clearance=0.2" in found.message
    assert list(situation.findings(case(fc.WindTunnel(clearance=0.2), hovering))) == []


def test_an_angle_of_attack_that_looks_like_degrees_is_told() -> None:
    def found(angle: float | str) -> list[Finding]:
        free = fc.FreeAir()
        made = case(free, boundaries=free.around(BRICK).boundaries("40 m/s", angle=angle))
        return [one for one in situation.findings(made) if one.rule == "steep-angle"]

    (one,) = found(5)
    assert (one.severity, one.field) == ("warning", "boundaries.farfield.angle")
    assert "286.5 degrees (5 rad); was '5 deg' meant?" in one.message
    (one,) = found("40 deg")
    assert "meant" not in one.message
    assert found("5 deg") == [] == found(0.1)


def test_layers_over_cells_of_two_sizes_are_noted() -> None:
    def found(**mesh: Any) -> list[Finding]:
        made = case(fc.WindTunnel(), mesh=fc.Snappy("1 m", **mesh))
        return [one for one in situation.findings(made) if one.rule == "levels-under-layers"]

    (one,) = found(surface=(4, 5), layers=5)  # it stands on the ground: five sides have layers
    assert (one.severity, one.field) == ("note", "mesh.surface")
    assert "front (and 4 more) has layers and cells of levels 4 to 5" in one.message
    assert one.mend is not None
    assert "surface=4 or surface=5" in one.mend.text
    (one,) = found(surface={"brick": 3, "roof": (3, 4)}, layers=5)
    assert one.message.startswith("roof has layers")
    (one,) = found(surface=4, edges=5, layers=5)
    assert one.field == "mesh.edges"
    assert found(surface=(4, 5)) == []
    assert found(surface=4, layers=5) == []
    front = fc.Layers(3, patches=("front",))
    (one,) = found(surface={"brick": 3, "roof": (3, 4)}, layers=front)  # edges are as fine as the finest patch
    assert one.field == "mesh.edges"
    assert one.mend is not None and one.mend.text == "give edges=3, the level of most of them"
    assert found(surface={"brick": 3, "roof": (3, 4)}, edges=3, layers=front) == []


def test_a_notebook_shows_the_domain_to_scale() -> None:
    shown = fc.WindTunnel(half=True).around(BRICK)._repr_html_()
    for text in ("WindTunnel around brick", "from the side", "from above", "blockage", "rule of thumb", "<svg", "64 m"):
        assert text in shown
    assert "<svg" not in fc.WindTunnel()._repr_html_()
    assert "<svg" in case(fc.WindTunnel())._repr_html_()
    assert "Body(" in case(fc.WindTunnel())._repr_html_()
    assert "<svg" in fc.BuildingSite("400 m", "40 m", "120 m")._repr_html_()


def test_a_site_that_is_nearer_than_the_guidelines_have_it_is_noted() -> None:
    wind = fc.LogLaw("10 m/s", "10 m", "3 cm")
    for site, names in (
        (fc.BuildingSite(), []),
        (fc.BuildingSite(half=True, up="z"), []),
        (fc.BuildingSite("20 m", "40 m", "9 m"), ["domain.upstream", "domain.length"]),
        (fc.BuildingSite(width="10 m", height="8 m", half=True), ["domain.width", "domain.height"]),
    ):
        made = case(site, boundaries=site.around(BRICK).boundaries(wind))
        found = [one for one in situation.findings(made) if one.rule == "site-too-small"]
        assert [one.field for one in found] == names
        assert all("heights" in one.message and "COST" in one.message for one in found)


def test_a_slender_body_without_a_ground_is_farther_from_the_inlet() -> None:
    wing = brick((0, -3, 0), (1, 3, 0.12))
    assert fc.WindTunnel(ground=False).around(wing).box[0][0] == -10
    assert fc.WindTunnel().around(wing).box[0][0] == -5
    assert fc.WindTunnel(ground=False).around(brick((0, -1, 0), (1, 1, 2))).box[0][0] == pytest.approx(-10)


def test_a_body_that_is_called_like_a_patch_of_its_domain_is_refused() -> None:
    said = r"geometry.label: the WindTunnel has a patch 'inlet'.*labelled\('body_inlet'\)"
    with pytest.raises(CaseError, match=said):
        case(fc.WindTunnel(), geometry=brick(label="inlet"))
    case(fc.FreeAir(), geometry=brick(label="inlet"))


def test_a_file_in_place_of_a_geometry_is_told_how_to_be_loaded() -> None:
    with pytest.raises(CaseError, match=r"geometry: must be a geometry.*geometry=flowcfd.load\('car.step'\)"):
        case(fc.WindTunnel(), geometry="car.step")

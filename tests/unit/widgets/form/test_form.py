"""Forms without a page: what is typed goes in as a page sends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

import flowcfd as fc
from flowcfd.case import BOUNDARIES, DOMAINS, MESHES, OUTPUTS, PHYSICS, PROFILES, SOLVES, Boundary, Spec
from flowcfd.case.quantities import Speed
from flowcfd.errors import UnknownName
from flowcfd.widgets.form import Form

PATCHES = ["inlet", "outlet", "bottom", "top"]


@pytest.fixture
def case() -> fc.Case:
    """Turbulent flow through a plane channel."""
    return fc.Case(
        name="channel",
        domain=fc.Channel("1 m", "10 cm"),
        mesh=fc.Blocks((40, 20)),
        physics=fc.Incompressible("air", "kOmegaSST"),
        boundaries={"inlet": fc.Inlet("10 m/s"), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Slip()},
        solve=fc.Steady(100),
        outputs=[fc.Forces("bottom", speed="10 m/s", area=0.1, length="1 m"), fc.Probes([(0.5, 0.05, 0.0)])],
    )


def places(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows of a page."""
    yield tree
    for row in [*tree.get("rows", ()), *tree.get("more", ())]:
        yield from places(row)


def row(form: Form, path: str) -> dict[str, Any]:
    return next(one for one in places(form.widget.tree) if one["id"] == path)


def note(form: Form, path: str) -> dict[str, Any]:
    return form.widget.notes.get(path, {})


def press(form: Form, **asked: Any) -> None:
    """What the page sends."""
    form.widget._handle_custom_msg(asked, [])


EXAMPLES = (
    fc.Airfoil("2412", chord="30 cm", far=50),
    fc.Airfoil(outline=[(1.0, 0.0), *((1 - n / 10, 0.05) for n in range(1, 10)), (0.0, 0.0),
                        *((n / 10, -0.05) for n in range(1, 10)), (1.0, 0.0)]),
    fc.BackwardFacingStep(step=1, inlet_height=8, upstream=4, downstream=30),
    fc.Cavity("1 m"),
    fc.Cavity(1, depth=0.1 + 0.2),
    fc.Channel(2, 1, 3),
    fc.Cylinder("1 cm", far=20),
    fc.Pipe("5 cm", "1 m", form="full"),
    fc.Pipe("5 cm", "1 m", angle="4.321 deg"),
    fc.WindTunnel("12 m", "3 m", "2.5 m", upstream="4 m", clearance="5 cm", half=True, mirror=0),
    fc.FreeAir(20, half=True, up="y"),
    fc.Internal(),
    fc.BuildingSite("400 m", "40 m", "120 m", up="y", half=True),
    fc.Blocks(20),
    fc.Blocks(cell="2 mm", first_cell="0.1 mm"),
    fc.Blocks((10, 20), grading=(2, [(0.5, 0.5, 4), (0.5, 0.5, 0.25)])),
    fc.CGrid((64, 48, 64), first_cell="0.01 mm"),
    fc.CfMesh("20 cm"),
    fc.Snappy(
        "0.4 m", surface={"body": (2, 3), "roof": "1 cm"}, edges=4, gaps=fc.Gaps(5), layers=fc.Layers(5, first="1 mm"),
        refine=[fc.Refine(((0, 1), (0, 1), (0, 1)), level=2), fc.Refine(centre=(0, 0, 0), radius=1, cell="5 cm"),
                fc.Refine(axis=((0, 0, 0), (1, 0, 0)), radius=1, level=1)],
        controls={"addLayersControls.nGrow": 1, "snapControls.explicitFeatureSnap": True},
    ),
    fc.Snappy("20 cm", surface=(3, 4), layers=[fc.Layers(3, y_plus=50, patches="body"), fc.Layers(2, y_plus=30)]),
    fc.Incompressible("water at 25 C"),
    fc.Incompressible(fc.Fluid(1e-5, 1.2), "kEpsilon", start="uniform", drive=fc.MeanVelocity((1, 0, 0)),
                      reference_point=(0, 0, 1)),
    fc.Inlet("3 m/s"),
    fc.Inlet(velocity="(1 2 0) m/s", turbulence=fc.InletTurbulence("1 %", length="1 cm")),
    fc.Inlet(flow_rate="1 L/s"),
    fc.Inlet(profile=fc.Parabola("2 m/s", 0, "1 m")),
    fc.Inlet(table=[(0, 1), ("1 s", "2 m/s")]),
    fc.Outlet(),
    fc.Wall(),
    fc.Wall(rotation=fc.Rotation("100 rpm", "x")),
    fc.Wall(roughness=fc.Roughness("1 mm")),
    fc.Slip(),
    fc.Symmetry(),
    fc.Cyclic("outlet"),
    fc.Empty(),
    fc.Wedge(),
    fc.Wind(fc.LogLaw("10 m/s", "10 m", "3 cm")),
    fc.FarField(speed="30 m/s", angle="4 deg", up="z"),
    fc.FarField("(30 0 0) m/s"),
    fc.Steady(),
    fc.Steady(500, residual=None, residuals={"p": 1e-3}, relaxation={"U": 0.7}, write_every=100,
              until=fc.Settled("Cd", "Cl", within={"Cd": "0.5 %"}, within_absolute={"Cl": 0.002})),
    fc.Transient(1, 0.001, max_courant=0.9, write_every=0.1, algorithm="PIMPLE", until=fc.Settled("Cd", within="1 %")),
    fc.Forces("bottom", speed="10 m/s", area=0.1, length="1 m", drag="x", lift="-y"),
    fc.Probes([(0.5, 0.05, 0.0), ("1 mm", 0, 0)], fields="U"),
    fc.Slices("z", origin=(0, 0, 0.5)),
    fc.Lines((0, 0, 0), (1, 0, 0)),
    fc.WallShear(patches="bottom"),
    fc.WallShear(),
    fc.YPlus(),
    fc.Reattachment("lowerWall", within="1 cm"),
    fc.Averages(0.5),
    fc.PatchAverage("inlet", weight="flow"),
    fc.case.SolverInfo(),
    fc.Parabola("2 m/s", 0, "1 m"),
    fc.PowerLaw(10, 10),
    fc.Table([(0, 1), (1, 2)]),
    fc.LogLaw("10 m/s", "10 m", "3 cm"),
)  # fmt: skip
FAMILIES = (DOMAINS, MESHES, PHYSICS, BOUNDARIES, SOLVES, OUTPUTS, PROFILES)


def test_every_registered_kind_is_among_the_examples() -> None:
    ours = {name for registry in FAMILIES for name, spec in registry.items() if spec.__module__.startswith("flowcfd.")}
    assert ours <= {type(example).__name__ for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_a_value_that_nobody_touches_is_the_value_bit_for_bit(example: Spec) -> None:
    form = Form(example)
    assert form.problems == {}
    assert form.value is example
    again = form._checked()[0]
    assert again == example
    assert again.model_dump_json() == example.model_dump_json()


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_typing_every_text_again_gives_the_value(example: Spec) -> None:
    """What is shown means what is there."""
    registry = next(one for one in FAMILIES if type(example).__name__ in one.names())
    form = Form(example, kinds=registry)
    for one in [*places(form.widget.tree)]:
        match one["sort"]:
            case "text" | "area" if one["text"]:
                press(form, do="give", path=one["path"], given=one["text"])
            case "inline":
                for n, (_, text) in enumerate(one["items"]):
                    if text:
                        press(form, do="give", path=[*one["path"], str(n)], given=text)
            case "choice" if one["chosen"]:
                press(form, do="give", path=one["path"], given=one["chosen"])
            case "flag":
                press(form, do="give", path=one["path"], given=one["on"])
    assert form.problems == {}
    assert form.value == example


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_every_row_has_label_help_and_json(example: Spec) -> None:
    form = Form(example)
    json.dumps(form.widget.tree)
    for one in places(form.widget.tree):
        if one["path"] and not one["path"][-1].isdecimal() and "name" in one:
            assert one["label"]
            assert one["help"] or one["name"] in ("name",), one["id"]


def test_a_form_of_a_type_begins_with_nothing() -> None:
    form = Form(fc.Channel)
    assert form.value is None
    assert form.problems == {"length": "required", "height": "required"}
    form.enter("length", "2 m")
    form.enter("height", "1")
    assert form.value == fc.Channel(2, 1)


def test_a_text_is_a_quantity_with_a_unit_or_a_bare_number() -> None:
    form = Form(fc.Inlet("3 m/s"))
    form.enter("speed", "36 km/h")
    assert form.value == fc.Inlet(10)
    assert row(form, "speed")["si"] == "10"
    form.enter("speed", "12")
    assert form.value == fc.Inlet(12)
    assert row(form, "speed")["si"] == ""
    assert row(form, "speed")["unit"] == "m/s"
    assert "positive" in row(form, "speed")["help"]


def test_a_problem_stands_at_its_field_and_the_last_value_stays(case: fc.Case) -> None:
    told: list[Any] = []
    form = Form(case, told.append)
    form.enter("boundaries.inlet.speed", "-1")
    assert form.problems == {"boundaries.inlet.speed": "must be positive (got -1)"}
    assert note(form, "boundaries.inlet.speed")["problem"] == "must be positive (got -1)"
    assert form.value == case
    form.enter("boundaries.inlet.speed", "20 m/s")
    assert told == [None, case.replace({"boundaries.inlet.speed": 20})]
    assert form.value == told[1]
    assert note(form, "boundaries.inlet.speed") == {}


def test_a_problem_of_several_fields_stands_at_their_spec_or_at_the_field_that_it_names() -> None:
    form = Form(fc.Inlet("3 m/s"), kinds=BOUNDARIES)
    form.enter("flow_rate", "1 L/s")
    assert "exactly one of" in form.problems[""]
    form = Form(fc.Transient(1, 0.1), kinds=SOLVES)
    form.enter("max_step", "0.2")
    assert form.problems == {"max_step": "needs max_courant"}
    form = Form(fc.Probes([(0, 0, 0)]))
    form.enter("points", "0, 0, 0\n1, 2")
    assert form.problems["points"].startswith("entry 2: must be three numbers")


def test_problems_between_parts_are_found_as_the_case_says_them(case: fc.Case) -> None:
    form = Form(case, choices={"boundaries": ["lid", "walls"]})
    form.enter("domain", "Cavity")
    assert form.problems["boundaries.lid"].startswith("missing")
    assert "unknown patch 'inlet'" in form.problems["boundaries.inlet"]
    form.enter("domain", "Channel")
    assert form.problems == {}
    assert form.value == case


def test_a_kind_that_is_left_is_remembered_and_fields_alike_go_along() -> None:
    form = Form(fc.Channel("2 m", "1 m", "3 m"), kinds=DOMAINS)
    form.enter("", "Cavity")
    assert form.value == fc.Cavity("2 m", height="1 m")
    form.enter("", "Channel")
    assert form.value == fc.Channel("2 m", "1 m", "3 m")


def test_optional_things_are_given_and_taken_back() -> None:
    form = Form(fc.Wall(), kinds=BOUNDARIES)
    assert row(form, "roughness")["placeholder"] == "smooth"
    form.enter("rotation", "given")
    assert form.problems == {"rotation.speed": "required"}
    form.enter("rotation.speed", "100 rpm")
    form.enter("rotation.axis", "-x")
    assert form.value == fc.Wall(rotation=fc.Rotation("100 rpm", "-x"))
    assert row(form, "rotation")["back"]
    form.back("rotation")
    assert form.value == fc.Wall()
    form.enter("treatment", "resolved")
    form.back("treatment")
    assert form.value == fc.Wall()


def test_empty_is_as_proposed() -> None:
    form = Form(fc.WindTunnel("12 m"), automatic={"length": "9.4 m, as proposed"})
    form.enter("length", "")
    assert form.value == fc.WindTunnel()
    assert row(form, "length")["placeholder"] == "9.4 m, as proposed"
    assert row(form, "width")["placeholder"] == "as proposed"
    form.enter("length", "11 m")
    form.back("length")
    assert form.value == fc.WindTunnel()


def test_none_is_another_thing_than_what_is_usual() -> None:
    form = Form(fc.Steady(10))
    form.enter("residual", "")
    assert form.value == fc.Steady(10, residual=None)
    assert row(form, "residual")["placeholder"] == "all iterations are done"
    form.back("residual")
    assert form.value == fc.Steady(10)


def test_outputs_are_added_moved_and_removed(case: fc.Case) -> None:
    form = Form(case, choices={"patches": PATCHES})
    form.add("outputs", "Forces")
    assert form.problems == {"outputs.2.patches": "required"}
    assert row(form, "outputs.2.name")["text"] == "forces2"
    form.enter("outputs.2.patches", "bottom, top")
    form.move("outputs.2", -2)
    assert [one.name for one in form.value.outputs] == ["forces2", "forces", "probes"]
    form.remove("outputs.1")
    assert form.value.outputs == (fc.Forces(("bottom", "top"), name="forces2"), case.outputs[1])


def test_boundaries_have_a_row_for_every_patch_there_is(case: fc.Case) -> None:
    form = Form(case, choices={"boundaries": [*PATCHES, "roof"]})
    assert row(form, "boundaries.roof")["head"]["chosen"] == ""
    form.enter("boundaries.top", "")
    assert form.problems["boundaries.top"].startswith("missing")
    form.enter("boundaries.top", "Wall")
    assert form.value == case.replace({"boundaries.top": fc.Wall()})


def test_values_by_name_are_added_and_taken_away() -> None:
    form = Form(fc.Steady(10))
    form.add("residuals", "p")
    form.enter("residuals.p", "0.1 %")
    assert form.value == fc.Steady(10, residuals={"p": 1e-3})
    form.remove("residuals.p")
    assert form.value == fc.Steady(10)


def test_one_for_all_or_one_by_one() -> None:
    form = Form(fc.Snappy("20 cm", surface=3), kinds=MESHES)
    form.enter("surface", "named")
    form.add("surface", "body")
    form.enter("surface.body", "3, 4")
    assert form.value == fc.Snappy("20 cm", surface={"body": (3, 4)})
    form.enter("surface", "one")
    form.enter("surface", "5 mm")
    assert form.value == fc.Snappy("20 cm", surface="5 mm")


def test_a_fluid_is_given_in_short_or_in_full() -> None:
    form = Form(fc.Incompressible("air"))
    assert row(form, "fluid")["text"] == "air at 15 C"
    assert "water" in row(form, "fluid")["suggestions"]
    form.enter("fluid", "water at 25 C")
    assert form.value == fc.Incompressible("water at 25 C")
    form.enter("fluid", "beer")
    assert "beer" in form.problems["fluid"]
    form.enter("fluid", "water")
    form.enter("fluid", "full")
    assert form.value == fc.Incompressible("water")
    form.enter("fluid.nu", "2 cSt")
    assert form.value.fluid.nu == 2e-6
    form.enter("fluid", "short")
    assert row(form, "fluid")["text"] == ""


def test_whole_numbers_flags_and_choices(case: fc.Case) -> None:
    form = Form(case)
    form.enter("solve.iterations", "2.5")
    assert "integer" in form.problems["solve.iterations"]
    form.enter("solve.iterations", " 250 ")
    form.enter("solve.consistent", False)
    form.enter("physics.turbulence", "kEpsilon")
    form.enter("mesh.cells", "30 10")
    expected = {"solve.iterations": 250, "solve.consistent": False, "physics.turbulence": "kEpsilon"}
    assert form.value == case.replace(expected | {"mesh.cells": (30, 10)})


def test_reasons_and_findings_stand_at_their_fields(case: fc.Case) -> None:
    form = Form(case, proposals={"mesh.cells": "a rule of thumb"})
    assert note(form, "mesh.cells")["why"] == "a rule of thumb"
    form.show({"solve.iterations": ("warning", "few"), "mesh.layers.0": "gone"})
    assert note(form, "solve.iterations")["found"] == [["warning", "few"]]
    assert note(form, "mesh")["found"] == [["error", "gone"]]
    form.show([fc.Finding("note", "rule", "so it is", field="domain")])
    assert note(form, "domain")["found"] == [["note", "so it is"]]
    assert note(form, "solve.iterations") == {}


def test_another_value_keeps_the_texts_of_what_is_equal(case: fc.Case) -> None:
    told: list[Any] = []
    form = Form(case, told.append)
    form.enter("boundaries.inlet.speed", "36 km/h")
    form.replace(case.replace({"solve.iterations": 7}))
    assert row(form, "boundaries.inlet.speed")["text"] == "36 km/h"
    assert row(form, "solve.iterations")["text"] == "7"
    assert form.value == case.replace({"solve.iterations": 7})
    assert len(told) == 1
    form.replace(case.replace({"boundaries.inlet.speed": 11}))
    assert row(form, "boundaries.inlet.speed")["text"] == "11"


def test_a_part_shows_its_part_of_the_whole_case(case: fc.Case) -> None:
    form = Form(case)
    domain, solve = form.part("domain"), form.part("solve")
    assert domain.tree["id"] == "domain"
    press(form, do="give", path=["domain", "length"], given="-2")
    assert domain.notes == {"domain.length": {"problem": "must be positive (got -2)"}}
    assert solve.notes == {}
    assert form.part("domain") is domain


def test_what_a_page_asks_for_that_is_gone_is_said_there(case: fc.Case) -> None:
    form = Form(case)
    press(form, do="remove", path=["outputs", "1"], token="a")
    press(form, do="give", path=["outputs", "1", "name"], given="x", token="b")
    assert "unknown path '1'" in form.widget.trouble
    assert form.widget.heard == "b"
    press(form, do="give", path=["name"], given="x", token="c")
    assert form.widget.trouble == ""


def test_a_path_that_does_not_exist_is_an_error_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="there are: depth, height, length"):
        Form(fc.Cavity(1)).enter("lenght", 1)


def test_a_text_for_what_is_no_single_value_is_an_error_and_changes_nothing(case: fc.Case) -> None:
    form = Form(case)
    for path, text in (("outputs", "YPlus"), ("boundaries", "x"), ("physics.velocity", "1 2")):
        with pytest.raises(fc.CaseError, match="must be"):
            form.enter(path, text)
    assert form.value is case
    form.enter("physics.velocity", "(1 0 0) m/s")
    form.enter("outputs", [fc.YPlus()])
    assert form.value == case.replace({"physics.velocity": (1, 0, 0)}).model_copy(update={"outputs": (fc.YPlus(),)})
    grid = Form(fc.CGrid((64, 48, 64), first_cell="0.01 mm"))
    grid.enter("cells", "32, 24, 32")
    assert grid.value.cells == (32, 24, 32)


class Fan(Boundary):
    """Air that a fan blows in. It is a plug-in's."""

    kind: Literal["Fan"] = "Fan"
    speed: Speed = Field(description="speed of the air", examples=["5 m/s"], title="Speed of the air")
    blades: int = Field(3, ge=2, le=12, description="how many", json_schema_extra={"form": "essential"})
    secret: int = Field(0, description="nobody's business", json_schema_extra={"form": "hidden"})


@pytest.fixture
def fan(monkeypatch: pytest.MonkeyPatch) -> type[Fan]:
    monkeypatch.setitem(BOUNDARIES._parts, "Fan", Fan)
    return Fan


def test_a_plug_in_gets_a_form_without_any_code(case: fc.Case, fan: type[Fan]) -> None:
    form = Form(case)
    form.enter("boundaries.inlet", "Fan")
    assert row(form, "boundaries.inlet")["about"] == "Air that a fan blows in."
    assert row(form, "boundaries.inlet.speed")["label"] == "Speed of the air"
    assert row(form, "boundaries.inlet.speed")["suggestions"] == ["5 m/s"]
    assert not [one for one in places(form.widget.tree) if one["id"].endswith("secret")]
    form.enter("boundaries.inlet.blades", "20")
    assert form.problems["boundaries.inlet.blades"].startswith("must be at most 12")
    form.enter("boundaries.inlet.blades", "5")
    assert form.value.boundaries["inlet"] == Fan(speed=10, blades=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    length=st.floats(1e-6, 1e6), height=st.floats(1e-6, 1e6), text=st.text(max_size=12),
    unit=st.sampled_from(["", "m", "mm", "km"]),
)  # fmt: skip
def test_whatever_is_typed_gives_a_value_or_a_sentence(length: float, height: float, text: str, unit: str) -> None:
    form = Form(fc.Channel(1, 1))
    form.enter("length", f"{length!r} {unit}")
    form.enter("height", repr(height))
    before = fc.Channel(f"{length!r} {unit}" if unit else length, height)
    assert form.value == before
    form.enter("width", text)
    assert form.value.width is not None or form.value == before
    if form.problems:
        assert set(form.problems) == {"width"}
        assert form.value == before
    else:
        assert (form.value.width is None) == (text == "")
    json.dumps(form.widget.tree)

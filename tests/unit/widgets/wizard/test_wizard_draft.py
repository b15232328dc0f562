"""The draft of a case without any widget: proposals, what a change keeps and drops, and the code that makes it."""

from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.case.body import Body, BodyPatch
from flowcfd.meshing import usual
from flowcfd.widgets.wizard.draft import Draft
from flowcfd.widgets.wizard.steps import NAMES, State, states, step_of


def body(*, closed: bool = True, **patches: tuple[float, float, float]) -> Body:
    """A cube of 1 m; patches by their normals."""
    sides = patches or {"hull": None}
    box = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    found = {name: BodyPatch(area=1.0, bounds=box, normal=normal) for name, normal in sides.items()}
    return Body(
        label="cube", digest="a" * 64, surface="b" * 64, size=684, volume=1.0 if closed else None, area=6.0, bounds=box,
        frontal=(1.0, 1.0, 1.0), inside=(0.5, 0.5, 0.5), patches=found,
    )  # fmt: skip


def run(code: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(code, names)
    return names


def test_nothing_is_chosen_at_first_and_that_is_said() -> None:
    draft = Draft()
    assert set(draft.problems) == {"domain", "mesh", "physics", "boundaries", "solve"}
    with pytest.raises(fc.CaseError, match="domain: not chosen yet; the step Geometry"):
        _ = draft.case
    assert states(draft)["Domain"].word == "needs something"
    assert states(draft)["Run"].word == "not yet"


@pytest.mark.parametrize("kind", usual.EXAMPLES)
def test_a_chosen_domain_proposes_all_the_rest_with_reasons_and_its_code_makes_an_equal_case(kind: str) -> None:
    draft = Draft().with_example(kind)
    assert draft.complete
    for part in ("domain", "mesh", "physics", "solve"):
        assert draft.reasons[part], part
    assert all(draft.reasons[f"boundaries.{name}"] for name in draft.boundaries)
    made = run(draft.code)["case"]
    assert made == draft.case
    assert made.name == draft.case.name == kind
    assert Draft.of(made).case == made


def test_another_domain_keeps_what_still_fits_and_says_what_it_drops() -> None:
    draft = Draft().with_example("Channel").with_boundary("inlet", fc.Inlet("3 m/s")).with_boundary("top", fc.Slip())
    pipe = draft.with_domain(fc.Pipe(1.0, 10.0))
    assert pipe.boundaries["inlet"] == fc.Inlet("3 m/s")
    assert pipe.boundaries["wall"] == fc.Wall()
    assert pipe.reasons["boundaries.wall"] == "a solid wall"
    assert "boundaries.inlet" not in pipe.reasons
    assert pipe.said == ("Slip at top is dropped: there is no such patch any more",)
    assert pipe.complete


def test_a_mesh_that_does_not_fit_the_new_domain_gives_way_to_a_proposal() -> None:
    draft = Draft().with_example("Channel").with_mesh(fc.Blocks((40, 20))).with_domain(fc.Cavity(1, depth=1))
    assert draft.said[0].startswith("the mesh Blocks is dropped: must have one entry or 3")
    assert draft.mesh == fc.Blocks(cell=0.031)
    assert "mesh" in draft.reasons


def test_a_mesh_that_was_chosen_just_now_stays_and_its_problem_is_said() -> None:
    draft = Draft().with_example("Channel").with_mesh(fc.Blocks((1, 2, 3)))
    assert draft.mesh == fc.Blocks((1, 2, 3))
    assert draft.problems["mesh.cells"].startswith("must have one entry or 2")
    assert states(draft)["Mesh"].word == "problem"
    assert draft.with_mesh(None).complete


def test_the_speed_of_the_inlet_and_the_fluid_are_those_of_the_flow() -> None:
    draft = Draft().with_example("Pipe").with_boundary("inlet", fc.Inlet("50 m/s"))
    assert draft.flow.speed == 50
    assert draft.physics.turbulence == "kOmegaSST"
    water = draft.with_physics(fc.Incompressible("water", "kEpsilon"))
    assert water.flow.fluid.name.startswith("water")
    air = water.with_flow(fc.Flow("1 m/s", "air"))
    assert air.physics.fluid.name.startswith("air")
    assert air.physics.turbulence == "kEpsilon"
    assert air.boundaries["inlet"] == fc.Inlet("50 m/s")


def test_outputs_of_patches_that_are_gone_are_dropped_with_a_sentence() -> None:
    draft = Draft().with_example("Cylinder").with_outputs((fc.Forces("cylinder"), fc.YPlus()))
    cavity = draft.with_domain(fc.Cavity(1))
    assert cavity.outputs == (fc.YPlus(),)
    assert "the output forces is dropped: there is no patch cylinder any more" in cavity.said


def test_what_is_typed_wrong_is_a_problem_until_it_is_right() -> None:
    draft = Draft().with_example("Cavity").with_wrong("mesh", {"mesh.cells.0": "must be greater than 0 (got -3)"})
    assert states(draft)["Mesh"] == State("problem", "mesh.cells.0: must be greater than 0 (got -3)")
    with pytest.raises(fc.CaseError, match=r"mesh.cells.0: must be greater"):
        _ = draft.case
    assert draft.with_wrong("mesh", {}).complete


def test_a_body_gets_a_domain_with_a_reason_and_its_mesh_waits_for_the_flow() -> None:
    draft = Draft().with_geometry(body())
    assert draft.domain == fc.WindTunnel(ground=False)
    assert "no patch is called inlet" in draft.reasons["domain"]
    assert draft.name == "cube"
    known = draft.with_flow(fc.Flow("20 m/s"))
    assert set(known.problems) == {"mesh"}
    assert known.boundaries["hull"] == fc.Wall()
    assert known.boundaries["inlet"] == fc.Inlet(20.0)
    whole = known.with_mesh(fc.Snappy(cell=0.5, surface=0.1))
    assert whole.complete
    assert whole.outputs[0].patches == ("body",)


def test_a_body_one_of_whose_patches_is_called_body_is_a_wall_all_over() -> None:
    sides = {"body": None, "base": (1.0, 0.0, 0.0)}
    draft = Draft().with_geometry(body(**sides)).with_flow(fc.Flow("20 m/s"))
    whole = draft.with_mesh(fc.Snappy(cell=0.5, surface=0.1))
    assert whole.complete
    assert {whole.boundaries["body"], whole.boundaries["base"]} == {fc.Wall()}
    assert whole.outputs[0].patches == ("body", "base")


def test_a_body_with_an_inlet_is_the_fluid() -> None:
    ends = {"inlet": (-1.0, 0.0, 0.0), "outlet": (1.0, 0.0, 0.0), "hull": None}
    draft = Draft().with_geometry(body(**ends)).with_flow(fc.Flow("2 m/s", "water"))
    assert draft.domain == fc.Internal()
    assert {name: one.kind for name, one in draft.boundaries.items()} == {
        "inlet": "Inlet", "outlet": "Outlet", "hull": "Wall"
    }  # fmt: skip
    assert draft.boundaries["inlet"].speed == 2.0
    assert "hydraulic diameter" in draft.reasons["physics"]


def test_a_surface_that_is_not_closed_is_a_problem_of_the_geometry() -> None:
    draft = Draft().with_geometry(body(closed=False)).with_flow(fc.Flow("20 m/s"))
    assert "not closed" in draft.problems["geometry"]
    assert states(draft)["Geometry"].word == "problem"


def test_a_domain_with_a_shape_of_its_own_leaves_the_body_out() -> None:
    draft = Draft().with_geometry(body()).with_flow(fc.Flow("1 m/s")).with_domain(fc.Cavity(1))
    assert draft.geometry is None
    assert draft.said == ("the body is left out: a Cavity has a shape of its own",)
    again = draft.with_geometry(body())
    assert again.domain.kind == "WindTunnel"
    assert again.said[0].startswith("Cavity gives way to WindTunnel")


def test_the_code_loads_the_body_where_it_is_known_how() -> None:
    whole = Draft().with_geometry(body(), "fc.load('cube.stl', unit='m')").with_flow(fc.Flow("20 m/s"))
    code = whole.with_mesh(fc.Snappy(cell=0.5, surface=0.1)).code
    assert "body = fc.load('cube.stl', unit='m')\n" in code
    assert "geometry=body," in code


@pytest.mark.parametrize(
    ("path", "step"),
    [("mesh.cells.0", "Mesh"), ("boundaries.inlet.speed", "Boundaries"), ("geometry", "Geometry"), ("name", "Geometry"),
     ("solve", "Solve"), ("outputs.0", "Outputs"), ("files[system/fvSolution]", "Check"), ("flow.speed", "Domain")],
)  # fmt: skip
def test_every_path_has_its_step(path: str, step: str) -> None:
    assert step_of(path) == step
    assert step in NAMES

"""What the view of a case knows: patches, mesh, fields by OpenFOAM's precedence, time; and what it is silent about."""

from __future__ import annotations

import math

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import CaseView, examples
from flowcfd.foam.check.clock import clock, courant
from flowcfd.foam.check.geometry import turbulence_length
from flowcfd.foam.check.layout import PatchView
from flowcfd.foam.check.speed import inflow_speed
from flowcfd.foam.check.terms import equations, schemes, transported, wanted

CONTROL = "system/controlDict"
BLOCK = "system/blockMeshDict"
SQUARE = """\
scale 0.1;
vertices ((0 0 0) (1 0 0) (1 1 0) (0 1 0) (0 0 0.1) (1 0 0.1) (1 1 0.1) (0 1 0.1));
blocks (hex (0 1 2 3 4 5 6 7) (20 10 1) %s);
boundary (lid { type wall; inGroups (moving); faces ((3 7 6 2)); } walls { type wall; faces ((0 4 7 3) (2 6 5 1)); });
"""


def square(grading: str = "simpleGrading (1 1 1)", **files: str) -> CaseView:
    return CaseView(CaseFiles({BLOCK: SQUARE % grading, CONTROL: "application icoFoam;\n", **files}))


def test_the_patches_of_a_blockmeshdict_are_those_of_the_mesh_to_come() -> None:
    patches = square().patches
    assert patches is not None
    assert patches["lid"] == PatchView("lid", "wall", 20, ("moving", "wall"))
    assert patches["walls"].faces == 20
    assert patches["defaultFaces"] == PatchView("defaultFaces", "empty", 20 + 2 * 200, ("empty",))


def test_the_mesh_of_a_blockmeshdict_is_measured_without_making_it() -> None:
    mesh = square().mesh
    assert mesh is not None
    assert mesh.cells == 200
    assert mesh.lengths == pytest.approx((0.1, 0.1, 0.01))
    assert mesh.smallest == pytest.approx((0.005, 0.01, 0.01))


GRADED = (
    "simpleGrading (4 1 1)",
    "simpleGrading (0.25 1 1)",
    "edgeGrading (4 4 4 4 1 1 1 1 1 1 1 1)",
    "simpleGrading (((1 1 4)) 1 1)",
)


@pytest.mark.parametrize("grading", GRADED)
def test_the_smallest_cell_of_a_graded_edge_is_the_end_of_a_geometric_row(grading: str) -> None:
    mesh = square(grading).mesh
    ratio = 4 ** (1 / 19)
    assert mesh is not None
    assert mesh.smallest is not None
    assert mesh.smallest[0] == pytest.approx(0.1 * (1 - ratio) / (1 - ratio**20))


@pytest.mark.parametrize(
    "files",
    [
        {"system/createPatchDict": "x 1;\n"},
        {"Allrun": "snappyHexMesh -overwrite\n"},
        {"Allrun": "fluentMeshToFoam elbow.msh\n"},
        {"constant/regionProperties": "regions ();\n"},
    ],
)
def test_what_only_making_the_mesh_would_tell_is_not_guessed(files: dict[str, str]) -> None:
    case = square(**files)
    assert case.patches is None
    assert case.mesh is None


def test_code_in_a_file_makes_it_incomplete_and_an_unknown_include_too() -> None:
    case = square(**{"system/a": 'x #calc "1";\n', "system/b": '#include "none"\n', "system/c": "x 1; y $x;\n"})
    assert not case.complete("system/a")
    assert not case.complete("system/b")
    assert case.complete("system/c")
    assert case.expanded("system/c") == {"x": 1, "y": 1}
    assert not case.complete("system/d")
    assert case.expanded("system/d") == {}
    assert case.tree("system/d") is None


def test_a_patch_takes_its_name_then_a_group_then_the_last_expression() -> None:
    head = "FoamFile { version 2.0; format ascii; class volScalarField; object p; }\ninternalField uniform 0;\n"
    text = (
        head
        + 'boundaryField { ".*" { type a; } "w.*" { type b; } wall { type c; } moving { type d; } lid { type e; } }\n'
    )
    case = square(**{"0/p": text})
    field, patches = case.fields["p"], case.patches
    assert patches is not None
    assert field.key(patches["lid"]) == "lid"
    assert field.key(patches["walls"]) == "wall"
    assert field.key(patches["defaultFaces"]) == ".*"
    assert field.key(PatchView("window", "patch")) == "w.*"
    assert field.on(patches["walls"]) == {"type": "c"}


def test_lines_are_those_of_the_entry_or_of_the_nearest_dictionary() -> None:
    case = square(**{"system/a": "\nouter\n{\n    inner { x 1; }\n}\n"})
    assert case.line("system/a", "outer.inner.x") == 4
    assert case.line("system/a", "outer.missing") == 2
    assert case.line("system/a", "elsewhere") == 0
    assert case.line("system/no", "x") == 0


def test_the_clock_counts_steps_and_written_times() -> None:
    found = clock(CaseView(examples.base("cavity")))
    assert found is not None
    assert (found.start, found.end, found.step) == (0, 0.5, 0.005)
    assert found.steps == pytest.approx(100)
    assert found.writes == pytest.approx(5)
    assert clock(CaseView(examples.base("cavity").edit(CONTROL, deltaT="(1 2)"))) is None


def test_the_courant_number_is_that_of_the_fastest_axis() -> None:
    found = courant(CaseView(examples.base("cavity")), 0.005)
    assert found == pytest.approx((1.0, 1.0, 0.005))
    assert inflow_speed(CaseView(examples.base("step"))) == pytest.approx(10)
    assert inflow_speed(CaseView(examples.base("cavity"))) is None


def test_what_solver_and_model_will_ask_for_is_known() -> None:
    step, cavity, pulse = (CaseView(examples.base(name)) for name in ("step", "cavity", "pulse"))
    assert transported(step) == ("k", "omega")
    assert ("divSchemes", "div(phi,omega)") in schemes(step)
    assert ("wallDist", "method") in schemes(step)
    assert {one.field for one in equations(step)} == {"U", "p", "k", "omega"}
    assert [wanted(cavity, one) for one in equations(cavity)] == [("U",), ("p", "pFinal")]
    assert {name for one in equations(pulse) for name in wanted(pulse, one)} >= {"pFinal", "kFinal", "epsilonFinal"}
    assert equations(square()) == equations(cavity)
    assert schemes(CaseView(examples.base("step").edit(CONTROL, application="myFoam"))) == schemes(step)  # by its steps


def test_the_length_scale_of_the_turbulence_follows_from_its_fields() -> None:
    step = CaseView(examples.base("step"))
    k, omega = (step.number(f"0/{name}", "internalField") for name in ("k", "omega"))
    assert k
    assert omega
    assert turbulence_length(step) == pytest.approx(math.sqrt(k) / (0.09**0.25 * omega))

"""controlDict, schemes, solution and outputs of rendered cases, and what render refuses."""

from __future__ import annotations

import pytest

from flowcfd.case import (
    Averages,
    Blocks,
    Case,
    Cavity,
    Channel,
    Fluid,
    Forces,
    Incompressible,
    Inlet,
    Lines,
    Outlet,
    Pipe,
    Probes,
    Slices,
    SolverInfo,
    Steady,
    Transient,
    Wall,
    WallShear,
    YPlus,
)
from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam import dictionary
from flowcfd.foam.meshers import MESHERS
from flowcfd.foam.render import render
from flowcfd.foam.solvers import SOLVERS

LID = {"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()}
THROUGH = {"inlet": Inlet(1.0), "outlet": Outlet(), "bottom": Wall(), "top": Wall()}


def cavity(solve=None, *outputs, **more) -> Case:
    physics = Incompressible(Fluid(nu=0.01, rho=1.2), **more)
    return Case(
        domain=Cavity(1.0), mesh=Blocks(4), physics=physics, boundaries=LID, solve=solve or Steady(10), outputs=outputs
    )


def channel(solve=None, model: str = "laminar", **more) -> Case:
    physics = Incompressible(Fluid(nu=0.01), model, **more)
    return Case(
        domain=Channel(2.0, 1.0), mesh=Blocks(4), physics=physics, boundaries=THROUGH, solve=solve or Steady(10)
    )


def tree(case: Case, path: str) -> dictionary.Tree:
    return dictionary.parse(render(case).text(path))


@pytest.mark.parametrize(
    ("solve", "steps"),
    [
        (Steady(5), ("blockMesh", "potentialFoam -writephi", "simpleFoam")),
        (Transient(1.0, 0.1), ("blockMesh", "pimpleFoam")),
        (Transient(1.0, 0.1, solver="icoFoam"), ("blockMesh", "icoFoam")),
    ],
)
def test_the_steps_lead_from_the_mesh_to_the_solver(solve, steps) -> None:
    files = render(channel(solve))
    assert files.steps == steps
    assert str(dictionary.parse(files.text("system/controlDict"))["application"]) == steps[-1]


def test_the_start_is_as_the_case_says_and_potential_only_where_fluid_passes_through() -> None:
    assert "potentialFoam -writephi" in render(channel(Transient(1.0, 0.1), start="potential")).steps
    assert "potentialFoam -writephi" not in render(channel(start="uniform")).steps
    assert "potentialFoam -writephi" not in render(cavity()).steps
    solution = tree(channel(), "system/fvSolution")
    assert "solvers.Phi" in solution and "potentialFlow" in solution


def test_a_steady_run_ends_at_its_iterations_and_writes_then() -> None:
    control = tree(cavity(Steady(50, keep=2)), "system/controlDict")
    assert [control[name] for name in ("endTime", "deltaT", "writeInterval", "purgeWrite")] == [50, 1, 50, 2]
    assert str(control["startFrom"]) == "latestTime"
    assert tree(cavity(Steady(50, write_every=20)), "system/controlDict")["writeInterval"] == 20


def test_a_fixed_and_an_adaptive_step() -> None:
    fixed = tree(cavity(Transient(2.0, 0.1, write_every=0.5)), "system/controlDict")
    assert (fixed["deltaT"], str(fixed["writeControl"]), fixed["writeInterval"]) == (0.1, "runTime", 0.5)
    assert "adjustTimeStep" not in fixed
    adaptive = tree(cavity(Transient(2.0, 0.1, max_courant=0.8, max_step=0.2)), "system/controlDict")
    assert (adaptive["maxCo"], adaptive["maxDeltaT"], str(adaptive["writeControl"])) == (0.8, 0.2, "adjustableRunTime")


def test_residuals_and_relaxation_are_the_usual_ones_unless_named() -> None:
    usual = tree(channel(model="kOmegaSST"), "system/fvSolution")
    assert {name: usual[f"SIMPLE.residualControl.{name}"] for name in ("U", "p", "k", "omega")} == dict.fromkeys(
        ("U", "p", "k", "omega"), 1e-5
    )
    assert usual["relaxationFactors.equations.U"] == 0.9
    assert "relaxationFactors.fields" not in usual
    own = Steady(5, residual=None, residuals={"p": 1e-3}, relaxation={"k": 0.3, "p": 0.5}, consistent=False)
    other = tree(channel(own, "kOmegaSST"), "system/fvSolution")
    assert other.keys("SIMPLE.residualControl") == ["p"]
    assert other["relaxationFactors.equations.k"] == 0.3
    assert other["relaxationFactors.equations.U"] == 0.7
    assert other["relaxationFactors.fields.p"] == 0.5


def test_a_wedge_does_not_wait_for_the_residual_of_a_component_that_is_zero() -> None:
    walls = {"inlet": Inlet(1.0), "outlet": Outlet(), "wall": Wall()}
    physics = Incompressible(Fluid(nu=0.01))
    case = Case(domain=Pipe(1.0, 3.0), mesh=Blocks(4), physics=physics, boundaries=walls, solve=Steady(9))
    assert tree(case, "system/fvSolution").keys("SIMPLE.residualControl") == ["p"]
    asked = case.replace({"solve.residuals": {"U": 1e-4}})
    assert tree(asked, "system/fvSolution").keys("SIMPLE.residualControl") == ["U", "p"]


def test_the_pressure_is_pinned_only_where_no_patch_fixes_it() -> None:
    assert "SIMPLE.pRefCell" not in tree(channel(), "system/fvSolution")
    pinned = tree(cavity(reference_pressure=3.0), "system/fvSolution")
    assert (pinned["SIMPLE.pRefCell"], pinned["SIMPLE.pRefValue"]) == (0, 3)
    point = tree(cavity(Transient(1, 0.1), reference_point=(0.5, 0.5, 0.05)), "system/fvSolution")
    assert "PIMPLE.pRefPoint" in point and "PIMPLE.pRefCell" not in point


def test_the_schemes_are_bounded_when_steady_and_name_the_models_fields() -> None:
    steady = tree(channel(model="kEpsilon"), "system/fvSchemes")
    assert str(steady["ddtSchemes.default"]) == "steadyState"
    assert str(steady[("divSchemes", "div(phi,U)")]) == "bounded Gauss linearUpwind grad(U)"
    assert str(steady[("divSchemes", "div(phi,epsilon)")]) == "bounded Gauss limitedLinear 1"
    assert "wallDist" not in steady
    transient = tree(
        channel(Transient(1.0, 0.1, convection="linear", time_scheme="backward"), "SpalartAllmaras"), "system/fvSchemes"
    )
    assert str(transient["ddtSchemes.default"]) == "backward"
    assert str(transient[("divSchemes", "div(phi,U)")]) == "Gauss linear"
    assert str(transient["wallDist.method"]) == "meshWave"


def test_every_field_finds_its_own_linear_solver_also_in_the_last_iteration() -> None:
    solution = tree(channel(Transient(1.0, 0.1), "kOmegaSST"), "system/fvSolution")
    for field in ("p", "U", "k", "omega"):
        expected = "GAMG" if field == "p" else "smoothSolver"
        assert str(solution.resolve(("solvers", field, "solver"))) == expected
        assert solution.resolve(("solvers", f"{field}Final", "relTol")) == 0


def test_pimple_and_piso_have_their_correctors() -> None:
    pimple = tree(cavity(Transient(1.0, 0.1, algorithm="PIMPLE", outer=5, correctors=3)), "system/fvSolution")
    assert (pimple["PIMPLE.nOuterCorrectors"], pimple["PIMPLE.nCorrectors"]) == (5, 3)
    assert tree(cavity(Transient(1.0, 0.1)), "system/fvSolution")["PIMPLE.nOuterCorrectors"] == 1
    assert "PISO.nOuterCorrectors" not in tree(cavity(Transient(1.0, 0.1, solver="icoFoam")), "system/fvSolution")


def test_outputs_become_function_objects_under_their_own_names() -> None:
    outputs = (
        Forces(("lid", "walls"), name="drag", speed=2.0, area=0.1, length=1.0),
        Probes(((0.5, 0.5, 0.05),), every=5),
        Slices("z", (0, 0, 0.05), fields="U"),
        Lines((0.5, 0, 0.05), (0.5, 1, 0.05), points=11),
        WallShear(patches=("lid",)),
        YPlus(every=3),
        Averages(2.0),
        SolverInfo(),
    )
    control = tree(cavity(None, *outputs), "system/controlDict")
    expected = ["drag", "dragCoeffs", "probes", "slices", "lines", "wallShear", "yPlus", "averages", "solverInfo"]
    assert control.keys("functions") == expected
    assert control["functions.drag.rhoInf"] == 1.2
    assert control["functions.dragCoeffs.Aref"] == 0.1
    assert control["functions.probes.writeInterval"] == 5
    assert str(control["functions.yPlus.executeControl"]) == "timeStep"
    assert str(control["functions.lines.writeControl"]) == "writeTime"
    assert all("libs" in control.section(f"functions.{name}") for name in expected)


def test_forces_without_a_speed_have_no_coefficients() -> None:
    control = tree(cavity(None, Forces("lid", rho=5.0)), "system/controlDict")
    assert control.keys("functions") == ["forces"]
    assert control["functions.forces.rhoInf"] == 5


@pytest.mark.parametrize("turn", [1, -1])
def test_the_name_of_coefficients_cannot_be_another_outputs(turn: int) -> None:
    drag = Forces("lid", name="drag", speed=1.0, area=1.0, length=1.0)
    outputs = (drag, Probes(((0, 0, 0),), name="dragCoeffs"))[::turn]
    with pytest.raises(CaseError, match=r"^outputs.dragCoeffs: the coefficients of "):
        render(cavity(None, *outputs))


@pytest.mark.parametrize("output", [YPlus(), WallShear()])
def test_icofoam_has_no_turbulence_to_ask_for_wall_shear(output) -> None:
    with pytest.raises(CaseError, match=f"^outputs.{output.name}: icoFoam cannot make {output.kind}"):
        render(cavity(Transient(1.0, 0.1, solver="icoFoam"), output))


def test_the_cases_own_files_are_merged_last() -> None:
    case = cavity().replace({"files": {"system/fvOptions": "// mine\n", "system/fvSchemes": "// ours \u00e4\n"}})
    files = render(case)
    assert files.text("system/fvOptions") == "// mine\n"
    assert files.text("system/fvSchemes").encode("latin-1").decode() == "// ours \u00e4\n"


def test_the_order_of_the_boundaries_does_not_change_a_byte() -> None:
    case = channel(model="kOmegaSST")
    turned = case.replace({"boundaries": dict(reversed(list(THROUGH.items())))})
    assert render(turned).digest == render(case).digest


def test_the_name_of_a_case_does_not_change_its_files() -> None:
    assert render(cavity().replace({"name": "other"})).digest == render(cavity()).digest


def test_unknown_parts_list_those_there_are() -> None:
    with pytest.raises(UnknownName, match="unknown solver 'Compressible'; did you mean 'Incompressible'"):
        SOLVERS.get("Compressible")
    assert MESHERS.names() == ["Blocks", "CGrid", "CfMesh", "Snappy"]


def test_laminar_flow_renders_no_turbulence_field() -> None:
    files = render(cavity())
    assert [path for path in files if path.startswith("0/")] == ["0/U", "0/p"]
    assert "laminar" in files.text("constant/turbulenceProperties")
    assert "RASModel        kOmegaSST;" in render(channel(model="kOmegaSST")).text("constant/turbulenceProperties")

"""What each boundary becomes in the fields."""

from __future__ import annotations

import pytest

from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Boundary,
    Case,
    Cavity,
    Channel,
    Cyclic,
    FarField,
    Fluid,
    Incompressible,
    Inlet,
    InletTurbulence,
    MeanVelocity,
    Outlet,
    Parabola,
    Pipe,
    PowerLaw,
    Rotation,
    Roughness,
    Slip,
    Steady,
    Symmetry,
    Table,
    Transient,
    Wall,
)
from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam import boundaries, dictionary, profiles
from flowcfd.foam.render import render

NU = 1e-4


def channel(
    model: str = "laminar", *, solve=None, start: str = "uniform", velocity=(0, 0, 0), **given: Boundary
) -> Case:
    each = {"inlet": Inlet(2.0), "outlet": Outlet(), "bottom": Wall(), "top": Wall(), **given}
    physics = Incompressible(Fluid(nu=NU), model, start=start, velocity=velocity)
    return Case(domain=Channel(2.0, 1.0), mesh=Blocks(4), physics=physics, boundaries=each, solve=solve or Steady(10))


def patch(case: Case, field: str, name: str) -> dictionary.Tree:
    return dictionary.parse(render(case).text(f"0/{field}")).section(("boundaryField", name))


def test_a_speed_acts_along_the_inward_normal() -> None:
    assert str(patch(channel(), "U", "inlet")["type"]) == "fixedValue"
    assert "uniform (2 0 0)" in patch(channel(), "U", "inlet").text()
    assert "uniform (-3 0 0)" in patch(channel(outlet=Inlet(3.0), inlet=Outlet()), "U", "outlet").text()


def test_a_velocity_is_taken_as_it_is() -> None:
    assert "uniform (1 0.5 0)" in patch(channel(inlet=Inlet(velocity=(1, 0.5, 0))), "U", "inlet").text()


def test_a_flow_rate_is_left_to_openfoam() -> None:
    found = patch(channel(inlet=Inlet(flow_rate="2 L/s")), "U", "inlet")
    assert str(found["type"]) == "flowRateInletVelocity"
    assert found["volumetricFlowRate"] == pytest.approx(0.002)


def test_a_table_in_time_is_interpolated_by_openfoam() -> None:
    case = channel(inlet=Inlet(table=((0, 1), (2, 3))), solve=Transient(1.0, 0.1))
    found = patch(case, "U", "inlet")
    assert str(found["type"]) == "uniformFixedValue"
    assert "table ((0 (1 0 0)) (2 (3 0 0)))" in found.text()


def test_a_parabola_is_an_exact_polynomial() -> None:
    text = profiles.parabola(Parabola(1.5, low=1.0, high=3.0), (1.0, 0.0, 0.0))
    assert text == "polynomial (((-4.5 0 0) (0 0 0)) ((6 0 0) (1 1 1)) ((-1.5 0 0) (2 2 2)))"


def test_a_centred_parabola_leaves_the_linear_term_out() -> None:
    text = profiles.parabola(Parabola(2.0, high=0.5, axis="r"), (1.0, 0.0, 0.0))
    assert text == "polynomial (((2 0 0) (0 0 0)) ((-8 0 0) (2 2 2)))"


def test_a_power_law_is_a_table_that_crowds_at_the_floor_and_ends_at_its_height() -> None:
    case = channel(inlet=Inlet(profile=PowerLaw(10.0, 0.5)))
    text = patch(case, "U", "inlet").text()
    assert "fixedProfile" in text
    assert "(0 (0 0 0)) (5e-05 " in text
    assert text.count("(0.5 (10 0 0))") == 1
    longer = profiles.power_law(PowerLaw(10.0, 0.5, capped=False), (1.0, 0.0, 0.0))
    assert "(50 (19.3069" in longer


def test_a_measured_profile_keeps_its_points() -> None:
    case = channel(inlet=Inlet(profile=Table(((0, 0.5), (1, 1.5)))))
    assert "table ((0 (0.5 0 0)) (1 (1.5 0 0)))" in patch(case, "U", "inlet").text()


def test_a_radial_profile_is_along_y_in_a_wedge_and_mapped_over_the_full_pipe() -> None:
    def pipe(form: str) -> Case:
        walls = {"inlet": Inlet(profile=Parabola(2.0, high=0.5, axis="r")), "outlet": Outlet(), "wall": Wall()}
        domain, physics = Pipe(1.0, 3.0, form=form), Incompressible(Fluid(nu=NU))
        return Case(domain=domain, mesh=Blocks(4), physics=physics, boundaries=walls, solve=Steady(1))

    wedge, full = render(pipe("wedge")), render(pipe("full"))
    assert "fixedProfile" in wedge.text("0/U") and "constant/boundaryData/inlet/points" not in wedge
    assert "timeVaryingMappedFixedValue" in full.text("0/U")
    points = full.text("constant/boundaryData/inlet/points").splitlines()
    speeds = full.text("constant/boundaryData/inlet/0/U").splitlines()
    assert len(points) == len(speeds) == 3 + 1 + profiles.RINGS * profiles.SPOKES
    assert (points[2], speeds[2]) == ("(0 0 0)", "(2 0 0)")
    assert speeds[-2] == "(0 0 0)"


def test_the_turbulence_of_a_table_is_over_the_inlet_as_its_speed_is() -> None:
    table = Table(((0, 0.5), (1, 1.5)), eddies=((0, 0.01, 10), (1, 0.03, 30)))
    case = channel("kOmegaSST", inlet=Inlet(profile=table, turbulence=InletTurbulence(0.1, viscosity_ratio=10)))
    k = patch(case, "k", "inlet").text()
    assert "fixedProfile" in k and "table ((0 0.01) (1 0.03))" in k
    assert "table ((0 10) (1 30))" in patch(case, "omega", "inlet").text()
    assert "internalField   uniform 0.015;" in render(case).text("0/k")  # the domain starts with the inlet's own


def test_the_turbulence_of_a_radial_table_is_mapped_over_the_full_pipe_in_rings_of_its_own() -> None:
    table = Table(((0, 2.0), (0.5, 1.0)), eddies=((0.1, 0.01, 10), (0.48, 0.03, 30)), axis="r")

    def pipe(form: str) -> Case:
        walls = {"inlet": Inlet(profile=table), "outlet": Outlet(), "wall": Wall()}
        physics = Incompressible(Fluid(nu=NU), "kEpsilon")
        return Case(
            domain=Pipe(1.0, 3.0, form=form), mesh=Blocks(4), physics=physics, boundaries=walls, solve=Steady(1)
        )

    wedge, full = render(pipe("wedge")), render(pipe("full"))
    assert "table ((0.1 0.01) (0.48 0.03))" in wedge.text("0/k")
    assert "timeVaryingMappedFixedValue" in full.text("0/epsilon")
    points = full.text("constant/boundaryData/inlet/points").splitlines()
    ks, rates = (full.text(f"constant/boundaryData/inlet/0/{name}").splitlines() for name in ("k", "epsilon"))
    assert len(points) == len(ks) == len(rates) == 3 + 1 + 3 * profiles.SPOKES  # 0.1 m, 0.48 m and beyond the rim
    assert (ks[2], ks[-2], rates[2]) == ("0.01", "0.03", "0.009")


def test_a_radial_profile_needs_a_pipe() -> None:
    case = channel(inlet=Inlet(profile=Parabola(2.0, high=0.5, axis="r")))
    says = r"^boundaries.inlet.profile: the axis 'r' needs a Pipe, or a patch that is a disc \(got Channel\)$"
    with pytest.raises(CaseError, match=says):
        render(case)


def test_inlet_turbulence_is_fixed_and_is_what_the_domain_starts_with() -> None:
    case = channel("kOmegaSST", inlet=Inlet(2.0, turbulence=InletTurbulence(0.1, viscosity_ratio=10)))
    k = dictionary.parse(render(case).text("0/k"))
    assert "uniform 0.06" in k.section(("boundaryField", "inlet")).text()
    assert "internalField   uniform 0.06;" in k.text()
    omega = dictionary.parse(render(case).text("0/omega"))
    assert "internalField   uniform 60;" in omega.text()


def test_an_outlet_holds_the_pressure_and_guards_against_backflow() -> None:
    case = channel("kEpsilon", outlet=Outlet(3.0))
    assert "uniform 3" in patch(case, "p", "outlet").text()
    for field in ("U", "k", "epsilon"):
        assert str(patch(case, field, "outlet")["type"]) == "inletOutlet"
    assert "inletValue      uniform (0 0 0)" in patch(case, "U", "outlet").text()
    assert str(patch(channel(outlet=Outlet(backflow=False)), "U", "outlet")["type"]) == "zeroGradient"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("kEpsilon", {"nut": "nutkWallFunction", "k": "kqRWallFunction", "epsilon": "epsilonWallFunction"}),
        ("realizableKE", {"nut": "nutkWallFunction", "k": "kqRWallFunction", "epsilon": "epsilonWallFunction"}),
        ("RNGkEpsilon", {"nut": "nutkWallFunction", "k": "kqRWallFunction", "epsilon": "epsilonWallFunction"}),
        ("kOmega", {"nut": "nutUSpaldingWallFunction", "k": "kqRWallFunction", "omega": "omegaWallFunction"}),
        ("kOmegaSST", {"nut": "nutUSpaldingWallFunction", "k": "kqRWallFunction", "omega": "omegaWallFunction"}),
        ("SpalartAllmaras", {"nut": "nutUSpaldingWallFunction", "nuTilda": "fixedValue"}),
    ],
)
def test_wall_functions_suit_the_model(model: str, expected: dict[str, str]) -> None:
    case = channel(model)
    assert {name: str(patch(case, name, "bottom")["type"]) for name in expected} == expected


def test_resolved_walls_have_no_eddy_viscosity_and_need_a_model_that_can() -> None:
    case = channel("kOmegaSST", bottom=Wall(treatment="resolved"))
    assert str(patch(case, "nut", "bottom")["type"]) == "nutLowReWallFunction"
    assert str(patch(case, "k", "bottom")["type"]) == "fixedValue"
    assert str(patch(case, "nut", "top")["type"]) == "nutUSpaldingWallFunction"
    with pytest.raises(CaseError, match=r"^boundaries.bottom.treatment: kEpsilon cannot resolve the sublayer; "):
        render(channel("kEpsilon", bottom=Wall(treatment="resolved")))


def test_rough_walls_have_the_rough_function_of_their_model() -> None:
    rough = Wall(roughness=Roughness("1 mm", 0.6))
    with_k = patch(channel("kOmegaSST", bottom=rough), "nut", "bottom").text()
    assert "nutkRoughWallFunction" in with_k and "uniform 0.001" in with_k and "uniform 0.6" in with_k
    without = patch(channel("SpalartAllmaras", bottom=rough), "nut", "bottom").text()
    assert "nutURoughWallFunction" in without and "roughnessHeight 0.001" in without


def test_walls_stand_move_and_turn() -> None:
    assert str(patch(channel(), "U", "top")["type"]) == "noSlip"
    assert "uniform (1 0 0)" in patch(channel(top=Wall(velocity=(1, 0, 0))), "U", "top").text()
    turning = patch(channel(top=Wall(rotation=Rotation(3.0, axis="x"))), "U", "top")
    assert str(turning["type"]) == "rotatingWallVelocity"
    assert turning["omega"] == 3


def test_slip_symmetry_and_far_field_on_the_top() -> None:
    assert str(patch(channel(top=Slip()), "U", "top")["type"]) == "slip"
    mirror = channel("kEpsilon", top=Symmetry())
    assert {str(patch(mirror, name, "top")["type"]) for name in ("U", "p", "k", "epsilon", "nut")} == {"symmetry"}
    far = channel("SpalartAllmaras", top=FarField((1, 0, 0), pressure=2.0))
    assert "freestreamValue uniform (1 0 0)" in patch(far, "U", "top").text()
    assert "freestreamValue uniform 2" in patch(far, "p", "top").text()
    assert str(patch(far, "nuTilda", "top")["type"]) == "inletOutlet"


def test_cyclic_patches_are_cyclic_in_every_field_and_a_drive_moves_the_fluid() -> None:
    joined = {"inlet": Cyclic("outlet"), "outlet": Cyclic("inlet"), "bottom": Wall(), "top": Wall()}
    physics = Incompressible(Fluid(nu=NU), "kOmegaSST", drive=MeanVelocity((1, 0, 0)))
    case = Case(domain=Channel(1.0, 1.0), mesh=Blocks(4), physics=physics, boundaries=joined, solve=Steady(1))
    files = render(case)
    for field in ("U", "p", "k", "omega", "nut"):
        assert str(patch(case, field, "inlet")["type"]) == "cyclic"
    options = dictionary.parse(files.text("constant/fvOptions"))
    assert str(options["drive.type"]) == "meanVelocityForce"
    solution = dictionary.parse(files.text("system/fvSolution"))
    assert solution["SIMPLE.pRefCell"] == 0
    assert solution.keys("SIMPLE.residualControl") == ["k", "omega"]


def test_without_inlet_the_turbulence_is_scaled_by_what_moves() -> None:
    physics = Incompressible(Fluid(nu=NU), "kEpsilon")
    lid = {"lid": Wall(velocity=(2, 0, 0)), "walls": Wall()}
    case = Case(domain=Cavity(1.0), mesh=Blocks(4), physics=physics, boundaries=lid, solve=Steady(1))
    assert "internalField   uniform 0.015;" in render(case).text("0/k")
    still = case.replace({"boundaries.lid": Wall()})
    with pytest.raises(CaseError, match=r"^physics.velocity: nothing enters or moves"):
        render(still)


def test_a_kind_that_nothing_renders_is_named_with_those_that_are_rendered() -> None:
    class Odd(Boundary):
        kind: str = "Odd"

    place = boundaries.Place("top", Channel(1, 1).patches["top"], Channel(1, 1), "laminar", ("U", "p"), NU, {})
    with pytest.raises(
        UnknownName, match=r"^boundaries.top: unknown rendered boundary 'Odd'; .*Cyclic, Empty, FarField"
    ):
        boundaries.fields(Odd(), place)


def test_the_two_dimensional_sides_are_empty_in_every_field() -> None:
    domain = BackwardFacingStep(step=1, inlet_height=1, upstream=1, downstream=4)
    names = [name for name in domain.patches if name not in domain.automatic]
    each = {**dict.fromkeys(names, Wall()), "inlet": Inlet(1.0), "outlet": Outlet()}
    physics = Incompressible(Fluid(nu=NU), "SpalartAllmaras")
    case = Case(domain=domain, mesh=Blocks(4), physics=physics, boundaries=each, solve=Steady(1))
    for field in ("U", "p", "nuTilda", "nut"):
        assert str(patch(case, field, "frontAndBack")["type"]) == "empty"

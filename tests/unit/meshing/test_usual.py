"""What is usual for a domain and a flow: cases that nothing is wrong with, and reasons with numbers."""

from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.meshing import usual


def made(domain: fc.Cavity, flow: fc.Flow) -> fc.Case:
    return fc.Case(
        domain=domain,
        mesh=usual.mesh(domain, flow).value,
        physics=usual.physics(domain, flow).value,
        boundaries={name: one.value for name, one in usual.boundaries(domain, flow).items()},
        solve=usual.solve(domain, flow).value,
        outputs=tuple(one.value for one in usual.outputs(domain, flow)),
    )


@pytest.mark.parametrize("kind", usual.EXAMPLES)
def test_every_example_is_a_case_that_the_rules_find_nothing_wrong_with(kind: str) -> None:
    domain, flow, why = usual.example(kind)
    assert why
    found = fc.check(made(domain, flow), dry_run=False)
    assert not found.errors
    assert found.warnings == ()


@pytest.mark.parametrize("kind", usual.EXAMPLES)
def test_the_examples_with_air_at_speed_are_turbulent_cases(kind: str) -> None:
    domain, _, _ = usual.example(kind)
    case = made(domain, fc.Flow("20 m/s", "air"))
    assert case.physics.turbulence == "kOmegaSST"
    assert any(output.kind == "YPlus" for output in case.outputs)
    if kind != "Airfoil":
        assert not fc.check(case, dry_run=False).errors


def test_turbulence_enters_a_channel_with_eddies_of_its_size() -> None:
    inlet = usual.boundaries(fc.Channel("12 m", "1 m"), fc.Flow("20 m/s", "air"))["inlet"]
    assert inlet.value.turbulence.length == 0.07
    assert inlet.why == "the fluid enters here; eddies of 0.07 of the channel's height, as in developed flow"


def test_to_a_site_comes_the_wind_of_open_country_over_ground_of_its_roughness() -> None:
    site = fc.BuildingSite("300 m", "60 m", "120 m")
    found = usual.boundaries(site, fc.Flow("10 m/s"))
    wind = fc.LogLaw("10 m/s", "20 m", "3 cm")
    assert found["inlet"].value == fc.Inlet(profile=wind)
    assert found["top"].value == fc.Wind(wind)
    assert found["ground"].value == fc.Wall(roughness_length=0.03)
    assert found["inlet"].why == (
        "the wind over open country, z0 = 0.03 m (Wieringa 1992): 10 m/s at roof height, 20 m over the ground"
    )
    assert found["ground"].why == "the ground of this wind, rough by z0 = 0.03 m"
    model = usual.boundaries(fc.BuildingSite("3 m", "60 cm", "1.2 m"), fc.Flow("10 m/s"))
    assert model["ground"].value == fc.Wall(roughness_length=0.002)  # a hundredth of the height
    calm = usual.boundaries(site, fc.Flow("0.1 mm/s"))  # laminar: rough ground needs a turbulence model
    assert calm["inlet"].value == fc.Inlet(speed=1e-4)
    assert calm["ground"].value == fc.Wall()


def test_turbulence_follows_the_reynolds_number_which_stands_in_the_reason() -> None:
    pipe = fc.Pipe("0.1 m", "1 m")
    slow, fast = (usual.physics(pipe, fc.Flow(speed, fc.Fluid(nu=1e-4))) for speed in (2.0, 3.0))
    assert slow.value.laminar
    assert slow.why == "laminar: Reynolds number 2000 by the diameter is below 2300 (Reynolds 1883)"
    assert fast.value.turbulence == "kOmegaSST"
    assert "3000" in fast.why


def test_the_wake_of_a_cylinder_swings_above_47() -> None:
    domain = fc.Cylinder("1 m")
    assert usual.solve(domain, fc.Flow(1.0, fc.Fluid(nu=1 / 40))).value.kind == "Steady"
    swinging = usual.solve(domain, fc.Flow(1.0, fc.Fluid(nu=1 / 100)))
    assert swinging.value.kind == "Transient"
    assert "100 is above 47" in swinging.why


def test_a_domain_around_a_body_has_no_example_and_its_mesh_follows_from_the_body() -> None:
    with pytest.raises(fc.CaseError, match="no example of a WindTunnel"):
        usual.example("WindTunnel")
    with pytest.raises(fc.CaseError, match=r"flowcfd\.size"):
        usual.mesh(fc.WindTunnel(), fc.Flow(1.0))

"""The atmospheric boundary layer as OpenFOAM reads it."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

import flowcfd as fc
from flowcfd.case.turbulence import C_MU
from flowcfd.errors import CaseError
from flowcfd.foam import dictionary, profiles
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.render import render

WIND = fc.LogLaw("10 m/s", "20 m", "5 cm")


def site(model: str = "kEpsilon", up: str = "z", **boundaries: fc.case.Boundary) -> fc.Case:
    domain = fc.BuildingSite("100 m", "20 m", "60 m", up=up)
    return fc.Case(
        domain=domain,
        mesh=fc.Blocks((10, 2, 10)),
        physics=fc.Incompressible("air", model),
        boundaries={**domain.boundaries(WIND), **boundaries},
        solve=fc.Steady(5),
    )


def patch(files: CaseFiles, field: str, name: str) -> dictionary.Tree:
    return dictionary.parse(files.text(f"0/{field}")).section(("boundaryField", name))


def pairs(text: str) -> list[tuple[float, ...]]:
    """The rows of a table of a Function1, vectors flattened."""
    numbers = re.findall(r"\(([^()]+) \(?([^()]+)\)?\)", text)
    return [tuple(float(one) for one in f"{at} {value}".split()) for at, value in numbers]


def test_the_law_is_in_equilibrium() -> None:
    friction = WIND.friction
    assert WIND.speed(20) == pytest.approx(10)
    assert WIND.speed(-1) == WIND.speed(0) == 0
    for z in (0.5, 7.0, 40.0):
        values = WIND.turbulence(z, 1.5e-5)
        slope = (WIND.speed(z + 1e-4) - WIND.speed(z - 1e-4)) / 2e-4
        assert values.nut * slope == pytest.approx(friction**2, rel=1e-5), "the shear stress is the same everywhere"
        assert values.nut * slope**2 == pytest.approx(values.epsilon, rel=1e-5), "production is dissipation"
        assert values.nut == pytest.approx(C_MU * values.k**2 / values.epsilon)
        assert values.k == pytest.approx(friction**2 / math.sqrt(C_MU))
    raised = fc.LogLaw("10 m/s", "20 m", "5 cm", floor="3 m")
    assert raised.speed(23) == pytest.approx(10)
    assert raised.ambient(1e-5) == raised.turbulence(23, 1e-5)


@pytest.mark.parametrize("law", [WIND, fc.LogLaw(1, "10 cm", "0.1 mm", floor=-2), fc.LogLaw(20, 10, 2)])
def test_tables_are_near_the_law_between_their_knots(law: fc.LogLaw) -> None:
    knots = law.knots
    assert knots[0] == law.floor
    assert knots[-1] >= law.floor + 100 * law.height
    for low, high in pairwise(knots):
        middle = 0.5 * (low + high)
        speed = 0.5 * (law.speed(low) + law.speed(high))
        assert speed == pytest.approx(law.speed(middle), abs=0.002 * law.friction / 0.41)
        nu = 1.5e-5
        found = 0.5 * (law.turbulence(low, nu).epsilon + law.turbulence(high, nu).epsilon)
        assert found == pytest.approx(law.turbulence(middle, nu).epsilon, rel=0.004)


@pytest.mark.parametrize(
    ("model", "fields"),
    [("kEpsilon", ("k", "epsilon")), ("kOmegaSST", ("k", "omega")), ("realizableKE", ("k", "epsilon"))],
)
@pytest.mark.parametrize("up", ["y", "z"])
def test_inlet_and_top_have_the_wind_and_its_turbulence(model: str, fields: tuple[str, ...], up: str) -> None:
    files = render(site(model, up))
    for name in ("inlet", "top"):
        velocity = patch(files, "U", name)
        assert str(velocity["type"]) == "fixedProfile"
        for field in fields:
            assert str(patch(files, field, name)["type"]) == "fixedProfile"
        assert str(patch(files, "p", name)["type"]) == "zeroGradient"
    text = files.text("0/" + fields[1])
    assert f"direction       {'(0 1 0)' if up == 'y' else '(0 0 1)'};" in text
    values = WIND.ambient(1.46072e-5)
    assert f"uniform {getattr(values, fields[1]):.6g}"[:14] in text


def test_the_ground_is_rough_as_the_wind_says_and_its_library_is_loaded() -> None:
    files = render(site())
    ground = patch(files, "nut", "ground")
    assert (str(ground["type"]), ground["z0"].value) == ("nutkAtmRoughWallFunction", 0.05)
    assert "atmosphericModels" in files.text("system/controlDict")
    assert "libs" not in render(site(ground=fc.Wall(), inlet=fc.Inlet(1), top=fc.Slip())).text("system/controlDict")


def test_a_profile_without_turbulence_may_blow_above() -> None:
    files = render(site(top=fc.Wind(fc.PowerLaw(10, 60, axis="z")), inlet=fc.Inlet("10 m/s")))
    assert str(patch(files, "k", "top")["type"]) == "zeroGradient"
    assert str(patch(files, "U", "top")["type"]) == "fixedProfile"


def test_the_wind_has_the_models_own_variable() -> None:
    files = render(site("SpalartAllmaras", ground=fc.Wall()))
    rows = pairs(str(patch(files, "nuTilda", "inlet")["profile"]))
    z, nu_tilda = rows[60]
    assert nu_tilda == pytest.approx(WIND.turbulence(z, 1.46072e-5).nut, rel=0.01), "far from walls both are the same"


def test_what_does_not_fit_the_wind_is_said() -> None:
    for changes, text in (
        (
            {"inlet": fc.Inlet(profile=WIND.model_copy(update={"floor": 1.0}))},
            "boundaries.inlet.profile.floor: must be that of the ground, z = 0 m (got 1)",
        ),
        (
            {"top": fc.Wind(WIND.model_copy(update={"axis": "y"}))},
            "boundaries.top.profile.axis: must be 'z', which is up in this domain (got 'y')",
        ),
    ):
        with pytest.raises(CaseError) as caught:
            site(**changes)
        assert str(caught.value) == text
    with pytest.raises(CaseError, match=r"boundaries.ground.roughness_length: needs a turbulence model"):
        site("laminar")
    with pytest.raises(CaseError, match=r"boundaries.ground.roughness_length: needs a model with k, such as kEpsilon"):
        site("SpalartAllmaras")
    with pytest.raises(CaseError, match="give either roughness"):
        fc.Wall(roughness=fc.Roughness("1 mm"), roughness_length="1 mm")
    with pytest.raises(CaseError, match="roughness_length: needs treatment 'function'"):
        fc.Wall(roughness_length="1 mm", treatment="resolved")


def test_an_empty_site_needs_all_its_sizes() -> None:
    with pytest.raises(CaseError, match="geometry: missing; a BuildingSite is laid around a body"):
        fc.Case(
            domain=fc.BuildingSite("100 m"),
            mesh=fc.Blocks(4),
            physics=fc.Incompressible("air", "kEpsilon"),
            boundaries=fc.BuildingSite().boundaries(WIND),
            solve=fc.Steady(5),
        )


@pytest.mark.parametrize(
    "normal", [(-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 0, 1), (0.6, 0.8, 0), (0.5**0.5, 0, -(0.5**0.5))]
)
def test_a_radial_profile_lies_on_its_disc_whichever_way_it_looks(normal: tuple[float, float, float]) -> None:
    inward = profiles.scaled(-1.0, normal)
    law, centre = fc.Parabola(2.0, high=0.5, axis="r"), (1.0, 2.0, 3.0)
    points, velocities = profiles.boundary_data(law, inward, (centre, 0.5))
    assert len(points) == len(velocities)
    for point, velocity in zip(points, velocities, strict=True):
        away = [a - b for a, b in zip(point, centre, strict=True)]
        assert sum(a * n for a, n in zip(away, normal, strict=True)) == pytest.approx(0, abs=1e-12)
        assert math.hypot(*away) <= 0.5 * 1.0101
        speed = law.speed(min(0.5, math.hypot(*away)))
        assert velocity == pytest.approx([speed * one for one in inward], abs=1e-9)
    assert math.hypot(*(a - b for a, b in zip(points[-1], centre, strict=True))) == pytest.approx(0.505)

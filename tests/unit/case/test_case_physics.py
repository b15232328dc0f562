from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.case.fluids import air, water


def test_air_at_sea_level_is_that_of_the_standard_atmosphere() -> None:
    # U.S. Standard Atmosphere 1976, table of sea-level values: 1.2250 kg/m3, 1.7894e-5 kg/(m s), 1.4607e-5 m2/s
    fluid = fc.Incompressible("air").fluid
    assert fluid.rho == pytest.approx(1.2250, abs=5e-5)
    assert fluid.mu == pytest.approx(1.7894e-5, abs=5e-10)
    assert fluid.nu == pytest.approx(1.4607e-5, abs=5e-10)
    assert air(273.15 + 15) == (fluid.rho, pytest.approx(fluid.mu))


def test_water_at_25_degrees_is_that_of_the_release() -> None:
    # IAPWS SR6-08(2011), check value at 298.15 K: 889.996773679e-6 Pa s; Tanaka et al. 2001: 997.0470 kg/m3
    density, viscosity = water(298.15)
    assert viscosity == pytest.approx(889.996773679e-6, rel=1e-6)
    assert density == pytest.approx(997.0470, abs=1e-4)


def test_water_is_densest_at_four_degrees() -> None:
    assert water(273.15 + 3.983035)[0] == pytest.approx(999.97495)
    assert water(273.15 + 20)[0] == pytest.approx(998.2067, abs=1e-4)


def test_a_fluid_keeps_its_source() -> None:
    fluid = fc.Incompressible("water at 25 C").fluid
    assert fluid.name == "water at 25 C"
    assert "IAPWS" in fluid.source
    assert fc.Incompressible("water at 25 degC").fluid == fluid


@pytest.mark.parametrize("text", ["air at C", "air at 1.2.3 C", "oil", "", "air at 9999 C"])
def test_an_unknown_fluid_is_refused(text: str) -> None:
    with pytest.raises(fc.CaseError, match=r"^Incompressible\.fluid: "):
        fc.Incompressible(text)


def test_each_model_has_its_fields() -> None:
    assert fc.Incompressible("air").fields == ("U", "p", "phi")
    assert fc.Incompressible("air", "kOmegaSST").fields == ("U", "p", "phi", "k", "omega", "nut")
    assert fc.Incompressible("air", "SpalartAllmaras").transported == ("nuTilda",)

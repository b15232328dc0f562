from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowcfd as fc
from flowcfd.case.turbulence import C_MU, C_V1, spalart_allmaras_chi


def test_a_length_gives_what_openfoam_computes_at_such_an_inlet() -> None:
    # turbulentIntensityKineticEnergyInlet and turbulentMixingLength*Inlet: 5 % of 10 m/s, mixing length 1 cm
    values = fc.InletTurbulence("5 %", length="1 cm").values(10, 1.5e-5)
    assert values.k == pytest.approx(0.375)
    assert values.epsilon == pytest.approx(0.09**0.75 * 0.375**1.5 / 0.01)
    assert values.omega == pytest.approx(0.375**0.5 / (0.09**0.25 * 0.01))


def test_a_ratio_is_that_of_the_viscosities() -> None:
    values = fc.InletTurbulence(0.01, viscosity_ratio=3).values(50, 1.5e-5)
    assert values.nut == pytest.approx(4.5e-5)
    assert values.epsilon == pytest.approx(C_MU * values.k**2 / values.nut)


def test_the_usual_ratio_is_ten() -> None:
    assert fc.InletTurbulence().values(1, 1e-5) == fc.InletTurbulence(0.05, viscosity_ratio=10).values(1, 1e-5)


def test_spalart_and_allmaras_start_far_fields_at_three_to_five() -> None:
    # nuTilda / nu from 3 to 5 is nut / nu from 0.21 to 1.3 (NASA Turbulence Modeling Resource, the SA model)
    assert spalart_allmaras_chi(0.210438) == pytest.approx(3, rel=1e-5)
    assert spalart_allmaras_chi(1.294234) == pytest.approx(5, rel=1e-5)


@given(st.floats(1e-6, 1e6))
def test_nu_tilda_gives_back_the_eddy_viscosity(ratio: float) -> None:
    chi = spalart_allmaras_chi(ratio)
    assert chi * chi**3 / (chi**3 + C_V1**3) == pytest.approx(ratio, rel=1e-9)


@given(st.floats(1e-3, 1), st.floats(1e-3, 1e3), st.floats(1e-4, 10))
def test_the_values_agree_with_each_other(intensity: float, speed: float, length: float) -> None:
    values = fc.InletTurbulence(intensity, length=length).values(speed, 1e-5)
    assert values.nut == pytest.approx(values.k / values.omega)
    assert values.nut == pytest.approx(C_MU * values.k**2 / values.epsilon)


def test_a_speed_whose_square_is_no_number_is_refused_in_words() -> None:
    with pytest.raises(fc.CaseError, match=r"1e\+300 m/s is too fast to be computed"):
        fc.InletTurbulence().values(1e300, 1e-5)

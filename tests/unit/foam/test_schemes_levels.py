"""Between cells of different levels the velocity is extrapolated by a limited gradient, elsewhere as before."""

from __future__ import annotations

from flowcfd.case import Steady, Transient
from flowcfd.foam.solvers.schemes import fv_schemes


def test_only_meshes_of_levels_have_a_limited_gradient() -> None:
    plain = fv_schemes(Steady(10), "laminar", ())
    assert plain["divSchemes"]["div(phi,U)"] == "bounded Gauss linearUpwind grad(U)"
    assert plain["gradSchemes"] == {"default": "Gauss linear"}
    cut = fv_schemes(Steady(10), "laminar", (), levels=True)
    assert cut["divSchemes"]["div(phi,U)"] == "bounded Gauss linearUpwind limited"
    assert cut["gradSchemes"] == {"default": "Gauss linear", "limited": "cellLimited Gauss linear 1"}


def test_other_schemes_are_as_the_case_says() -> None:
    central = fv_schemes(Transient(1.0, 0.1, convection="linear"), "laminar", (), levels=True)
    assert central["divSchemes"]["div(phi,U)"] == "Gauss linear"
    assert central["gradSchemes"] == {"default": "Gauss linear"}

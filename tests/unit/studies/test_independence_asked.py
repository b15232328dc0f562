"""What is wrong with a question about a family of meshes is told before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, UnknownName
from flowcfd.settings import settings
from flowcfd.studies.independence import independence


@pytest.fixture
def duct() -> fc.Case:
    return fc.Case(
        name="duct",
        domain=fc.Channel(length=3.0, height=0.1),
        mesh=fc.Blocks(cells=(30, 12)),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=2e-3)),
        boundaries={"inlet": fc.Inlet(1.0), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall()},
        outputs=[fc.Forces(patches=["bottom", "top"], name="walls")],
        solve=fc.Steady(iterations=500),
    )


def test_a_measure_that_the_case_will_not_write(duct: fc.Case) -> None:
    with pytest.raises(UnknownName, match=r"unknown measure 'walls\.Fxx'; did you mean 'walls\.Fx'\?"):
        independence(duct, measure="walls.Fxx", levels=2)
    assert not list(Path(settings().runs).glob("duct*"))


def test_what_is_no_measure(duct: fc.Case) -> None:
    with pytest.raises(CaseError, match=r"measure: must be a name such as 'body.Cd', or a function of the results"):
        independence(duct, measure=3, levels=2)  # type: ignore[arg-type]
    assert not list(Path(settings().runs).glob("duct*"))

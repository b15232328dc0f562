from __future__ import annotations

import pytest

import flowcfd as fc


@pytest.fixture
def channel() -> fc.Case:
    """Turbulent flow through a plane channel."""
    return fc.Case(
        name="channel",
        domain=fc.Channel("1 m", "10 cm"),
        mesh=fc.Blocks((40, 20)),
        physics=fc.Incompressible("air", "kOmegaSST"),
        boundaries={
            "inlet": fc.Inlet("10 m/s"),
            "outlet": fc.Outlet(),
            "bottom": fc.Wall(),
            "top": fc.Slip(),
        },
        solve=fc.Steady(100),
        outputs=[fc.Forces("bottom", speed="10 m/s", area=0.1, length="1 m"), fc.Probes([(0.5, 0.05, 0.0)])],
    )

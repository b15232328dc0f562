"""Around a body from CAD the fluid starts at rest."""

from __future__ import annotations

import flowcfd as fc
from flowcfd.case import Body, BodyPatch
from flowcfd.foam.solvers.incompressible import starts_potential


def case(**physics: str) -> fc.Case:
    bounds = ((0.0, 4.0), (-1.0, 1.0), (0.0, 1.5))
    body = Body(
        label="hill", digest="0" * 64, surface="1" * 64, size=684, volume=6.0, area=30.0, bounds=bounds,
        frontal=(3.0, 6.0, 8.0), inside=(2.0, 0.0, 0.7), patches={"skin": BodyPatch(area=30.0, bounds=bounds)},
    )  # fmt: skip
    tunnel = fc.WindTunnel()
    return fc.Case(
        geometry=body, domain=tunnel, mesh=fc.Snappy("0.5 m", 2),
        physics=fc.Incompressible(fluid="air", turbulence="kOmegaSST", **physics),
        boundaries=tunnel.boundaries("10 m/s"), solve=fc.Steady(100),
    )  # fmt: skip


def test_potential_flow_is_not_the_start_unless_it_is_asked_for() -> None:
    assert not starts_potential(case(), case().physics)
    assert starts_potential(case(start="potential"), case(start="potential").physics)

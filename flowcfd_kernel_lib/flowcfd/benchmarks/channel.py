"""Laminar flow between plates from a uniform inlet, far enough downstream to be Poiseuille's."""

from __future__ import annotations

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Comparison, Cost, Curve, Effort, Outcome, Plot, benchmark, distance, within
from flowcfd.benchmarks.places import Floats, extreme, row, slope
from flowcfd.case import Blocks, Case, Channel, Fluid, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.post.open import Results

HEIGHT, SPEED, REYNOLDS, LENGTH = 1.0, 1.0, 50.0, 12.0
"""Distance of the plates [m], mean speed [m/s], Reynolds number by both, length [m]."""
NU = SPEED * HEIGHT / REYNOLDS
DEVELOPED, STATION = (7.0, 11.0), 10.0
"""Where the flow is Poiseuille's, and where its profile is taken [m]."""
EXACT = "exact: plane Poiseuille flow, dp/dx = -12 nu U / h2, u_max = 1.5 U"
GRIDS, QUICK = (64, 32, 16), (32, 16)
BAND, QUICK_BAND = 0.005, 0.02


def case(across: int = 64) -> Case:
    """The channel of 1 m x 12 m at Re 50 with `across` cells from plate to plate, three times as many along it."""
    return Case(
        name=f"channel_re{REYNOLDS:g}_{across}",
        domain=Channel(length=LENGTH, height=HEIGHT),
        mesh=Blocks(cells=(3 * across, across)),
        physics=Incompressible(fluid=Fluid(nu=NU)),
        boundaries={"inlet": Inlet(speed=SPEED), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=3000, convection="linear", residual=1e-7),
    )


def gradient(of: Results) -> float:
    """The pressure gradient [m/s2] where the flow is developed."""
    x, p = row(of, "p", 0, HEIGHT / 2)
    return slope(x, p, *DEVELOPED)


def profile(of: Results) -> tuple[Floats, Floats]:
    """Places [m] and speeds [m/s] from plate to plate at the station."""
    y, velocity = row(of, "U", 1, STATION)
    return y, velocity[:, 0]


def exact(y: Floats) -> Floats:
    """The developed profile [m/s]."""
    return np.asarray(6 * SPEED * y * (HEIGHT - y) / HEIGHT**2)


@benchmark("channel_laminar", title="laminar flow between plates, Re 50", source="exact (Poiseuille)", cost=Cost(6, 1))
def run(effort: Effort) -> Outcome:
    """Compute the grids and compare with Poiseuille's solution."""
    grids = QUICK if effort.quick else GRIDS
    done = effort.compute(*(case(across) for across in grids))
    profiles = [profile(one) for one in done.results]
    losses = graded([gradient(one) for one in done.results], done.cells)
    peaks = graded([extreme(y, u)[1] for y, u in profiles], done.cells)
    band = QUICK_BAND if effort.quick else BAND
    loss, (y, u) = -12 * NU * SPEED / HEIGHT**2, profiles[0]
    comparisons = [
        losses.against("dp/dx", loss, EXACT, within(loss, band), unit="m/s2"),
        peaks.against("u_max", 1.5 * SPEED, EXACT, within(1.5 * SPEED, band), unit="m/s"),
        Comparison(
            measure="largest |u - exact|",
            value=distance(u, exact(y)),
            reference=0.0,
            source=EXACT,
            band=(0.0, 1.5 * SPEED * band),
            unit="m/s",
            why_no_gci="a distance",
        ),
    ]
    shown = Plot(
        f"Channel, Re {REYNOLDS:g}, x = {STATION:g} h",
        "y/h",
        "u/U",
        (Curve(f"FlowCFD, {grids[0]} cells across", y, u), Curve("exact", y[::4], exact(y[::4]), True)),
    )
    return done.outcome("channel_laminar", comparisons, [shown])

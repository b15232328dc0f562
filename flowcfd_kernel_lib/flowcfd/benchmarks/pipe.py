"""Laminar flow in a round pipe from a uniform inlet, far enough downstream to be Hagen and Poiseuille's."""

from __future__ import annotations

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Comparison, Cost, Curve, Effort, Outcome, Plot, benchmark, distance, within
from flowcfd.benchmarks.places import Floats, row, slope
from flowcfd.case import Blocks, Case, Fluid, Incompressible, Inlet, Outlet, Pipe, Steady, Wall
from flowcfd.post.open import Results

DIAMETER, SPEED, REYNOLDS, LENGTH = 1.0, 1.0, 100.0, 16.0
"""Diameter [m], mean speed [m/s], Reynolds number by both, length [m]."""
NU = SPEED * DIAMETER / REYNOLDS
DEVELOPED, STATION = (12.0, 15.0), 14.0
"""Where the flow is developed, and where its profile is taken [m]."""
EXACT = "exact: Hagen-Poiseuille flow, dp/dx = -32 nu U / D2, u_max = 2 U"
GRIDS, QUICK = (48, 24, 12), (24, 12)
BAND, QUICK_BAND = 0.005, 0.02


def case(across: int = 48) -> Case:
    """A wedge of the pipe of 1 m x 16 m at Re 100 with `across` cells from axis to wall, four times as many along.

    Only p ends the iterations, for one component of U is zero; with its residual at 1e-7 the core is still 0.1 % slow.
    """
    return Case(
        name=f"pipe_re{REYNOLDS:g}_{across}",
        domain=Pipe(diameter=DIAMETER, length=LENGTH),
        mesh=Blocks(cells=(4 * across, across)),
        physics=Incompressible(fluid=Fluid(nu=NU)),
        boundaries={"inlet": Inlet(speed=SPEED), "outlet": Outlet(), "wall": Wall()},
        solve=Steady(iterations=3000, convection="linear", residual=1e-9),
    )


def gradient(of: Results) -> float:
    """The pressure gradient [m/s2] where the flow is developed."""
    x, p = row(of, "p", 0, 0.0)
    return slope(x, p, *DEVELOPED)


def profile(of: Results) -> tuple[Floats, Floats]:
    """Places [m] and speeds [m/s] from the axis to the wall at the station."""
    r, velocity = row(of, "U", 1, STATION)
    return r, velocity[:, 0]


def exact(r: Floats) -> Floats:
    """The developed profile [m/s]."""
    return np.asarray(2 * SPEED * (1 - (2 * r / DIAMETER) ** 2))


def axis_speed(r: Floats, u: Floats) -> float:
    """The speed on the axis [m/s] by the parabola, even in r, through the two cells next to it."""
    return float(u[0] + (u[0] - u[1]) * r[0] ** 2 / (r[1] ** 2 - r[0] ** 2))


@benchmark(
    "pipe_laminar", title="laminar flow in a round pipe, Re 100", source="exact (Hagen, Poiseuille)", cost=Cost(16, 2)
)
def run(effort: Effort) -> Outcome:
    """Compute the grids and compare with Hagen and Poiseuille's solution."""
    grids = QUICK if effort.quick else GRIDS
    done = effort.compute(*(case(across) for across in grids))
    profiles = [profile(one) for one in done.results]
    losses = graded([gradient(one) for one in done.results], done.cells)
    peaks = graded([axis_speed(r, u) for r, u in profiles], done.cells)
    band = QUICK_BAND if effort.quick else BAND
    loss, (r, u) = -32 * NU * SPEED / DIAMETER**2, profiles[0]
    comparisons = [
        losses.against("dp/dx", loss, EXACT, within(loss, band), unit="m/s2"),
        peaks.against("u_max", 2 * SPEED, EXACT, within(2 * SPEED, band), unit="m/s"),
        Comparison(
            measure="largest |u - exact|",
            value=distance(u, exact(r)),
            reference=0.0,
            source=EXACT,
            band=(0.0, 2 * SPEED * band),
            unit="m/s",
            why_no_gci="a distance",
        ),
    ]
    shown = Plot(
        f"Pipe, Re {REYNOLDS:g}, x = {STATION:g} D",
        "r/D",
        "u/U",
        (Curve(f"FlowCFD, {grids[0]} cells to the wall", r, u), Curve("exact", r[::4], exact(r[::4]), True)),
    )
    return done.outcome("pipe_laminar", comparisons, [shown])

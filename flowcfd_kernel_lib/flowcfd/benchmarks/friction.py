"""Friction of developed turbulent flow between plates beside Dean's law, with the sublayer resolved and bridged.

Dean, J. Fluids Eng. 100 (1978) 215-223: Cf = 0.073 Re^(-1/4) with bulk speed and the full distance of the plates, a
power law through many experiments between Re 6e3 and 6e5, from which single ones depart by some per cent.

With the sublayer resolved the order is near 1, not 2: omega is infinite at the wall, and what the model has in the
first cell depends on its height. y+ about 0.2 there is needed for a friction within some per cent of the limit.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Comparison, Cost, Curve, Effort, Outcome, Plot, benchmark, within
from flowcfd.benchmarks.places import Floats, row
from flowcfd.case import (
    Blocks,
    Case,
    Channel,
    Cyclic,
    Fluid,
    Incompressible,
    MeanVelocity,
    Steady,
    Wall,
    WallShear,
    YPlus,
)
from flowcfd.post.open import Results
from flowcfd.studies.family import refine

DEAN = "Dean, J. Fluids Eng. 100 (1978) 215-223: Cf = 0.073 Re^(-1/4), Re by the full height"
SPEED, HEIGHT, REYNOLDS = 1.0, 1.0, 1e5
"""Bulk speed [m/s], distance of the plates [m], Reynolds number by both."""
ACROSS, QUICK_ACROSS, BRIDGED_ACROSS = 192, 96, 56
"""Cells from plate to plate: y+ 0.2 and 0.6 with the sublayer resolved, 40 with wall functions."""
EXPANSION = {ACROSS: 400.0, QUICK_ACROSS: 200.0}
LEVELS, RATIO = 3, 1.5
BAND, QUICK_BAND = 0.05, 0.08
KAPPA, INTERCEPT = 0.41, 5.0
"""Of the logarithmic law that the figure shows."""


def case(across: int = ACROSS, treatment: Literal["resolved", "function"] = "resolved") -> Case:
    """A slice of the channel, repeated in x, at Re 1e5 with the SST model and `across` cells from plate to plate.

    The cells crowd towards the walls where the sublayer is resolved, and are equal with wall functions.
    """
    grow = EXPANSION.get(across, 2.0 * across) if treatment == "resolved" else 1.0
    wall = Wall(treatment=treatment)
    return Case(
        name=f"friction_{treatment}_{across}",
        domain=Channel(length=0.1 * HEIGHT, height=HEIGHT),
        mesh=Blocks(cells=(1, across), grading=(1, ((0.5, 0.5, grow), (0.5, 0.5, 1 / grow)))),
        physics=Incompressible(
            fluid=Fluid(nu=SPEED * HEIGHT / REYNOLDS),
            turbulence="kOmegaSST",
            velocity=(SPEED, 0, 0),
            drive=MeanVelocity(velocity=(SPEED, 0, 0)),
        ),
        boundaries={
            "inlet": Cyclic(neighbour="outlet"),
            "outlet": Cyclic(neighbour="inlet"),
            "bottom": wall,
            "top": wall,
        },
        solve=Steady(iterations=8000, residual=1e-7),
        outputs=(WallShear(), YPlus()),
    )


def dean(reynolds: float) -> float:
    """The friction coefficient by Dean's law."""
    return float(0.073 * reynolds**-0.25)


def friction(of: Results) -> float:
    """The friction coefficient at the lower plate."""
    shear = float(of.wall_shear.iloc[-1]["bottom", "min_x"])
    return 2 * abs(shear) / SPEED**2


def in_wall_units(of: Results) -> tuple[Floats, Floats]:
    """Distances from the lower plate up to the middle as log10 of y+, and speeds as u+."""
    y, velocity = row(of, "U", 1, 0.05 * HEIGHT)
    shear_speed = SPEED * math.sqrt(friction(of) / 2)
    half = y < 0.5 * HEIGHT
    return np.log10(y[half] * shear_speed * REYNOLDS / (SPEED * HEIGHT)), velocity[half, 0] / shear_speed


def plot(of: Results, bridged: Results) -> Plot:
    """Both velocity profiles in wall units beside the sublayer and the logarithmic law."""
    near, far = np.linspace(-0.5, 0.9, 8), np.linspace(1.5, 3.2, 8)
    law = (
        Curve("u+ = y+", near, 10**near, True),
        Curve(f"ln(y+)/{KAPPA:g} + {INTERCEPT:g}", far, far * math.log(10) / KAPPA + INTERCEPT, True),
    )
    computed = (Curve("resolved", *in_wall_units(of)), Curve("wall function", *in_wall_units(bridged)))
    return Plot(f"Channel, Re {REYNOLDS:g}, SST", "log10 y+", "u+", (*computed, *law))


@benchmark("friction", title="turbulent channel, friction at Re 1e5", source="Dean (1978)", cost=Cost(15, 5))
def run(effort: Effort) -> Outcome:
    """Compute the resolved grids and the one with wall functions, and compare with Dean's law."""
    resolved = [case(QUICK_ACROSS)] if effort.quick else refine(case(), LEVELS, RATIO, given="finest")
    done = effort.compute(*resolved, case(BRIDGED_ACROSS, "function"))
    *fine, bridged = done.results
    law, band = dean(REYNOLDS), QUICK_BAND if effort.quick else BAND
    found = graded([friction(one) for one in fine], done.cells[: len(fine)], dimension=1)
    plus = [float(one.y_plus.iloc[-1]["bottom", "average"]) for one in (fine[0], bridged)]
    comparisons = [
        found.against("Cf, sublayer resolved", law, DEAN, within(law, band), note=f"y+ {plus[0]:.2g}"),
        Comparison(
            measure="Cf, wall functions",
            value=friction(bridged),
            reference=law,
            source=DEAN,
            band=within(law, band),
            why_no_gci="y+ changes with the mesh",
            note=f"y+ {plus[1]:.2g}",
        ),
    ]
    return done.outcome("friction", comparisons, (plot(fine[0], bridged),))

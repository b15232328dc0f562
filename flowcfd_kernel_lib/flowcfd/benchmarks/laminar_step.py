"""The laminar flow behind a backward-facing step that doubles a channel, and where it comes back to the floor.

Re is the mean speed before the step times twice the step's height over the viscosity. Two-dimensional computations
agree with the measurements of Armaly et al. up to Re 400 or so; above that the real flow is three-dimensional.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Cost, Curve, Effort, Outcome, Plot, benchmark, within
from flowcfd.benchmarks.places import Floats, at_wall, row
from flowcfd.benchmarks.tables import published, reference
from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Case,
    Fluid,
    Incompressible,
    Inlet,
    Outlet,
    Parabola,
    Segment,
    Steady,
    Wall,
)
from flowcfd.errors import ResultError
from flowcfd.post.open import Results
from flowcfd.post.wall import reattachment

if TYPE_CHECKING:
    import pandas

UPSTREAM, DOWNSTREAM = 6.0, 30.0
"""Lengths of the channel before and behind the step, in step heights."""
REYNOLDS, QUICK_REYNOLDS = (100, 200, 400), (100,)
GRIDS, QUICK = (32, 16, 8), (16, 8)
"""Cells on the height of the step."""
BAND, QUICK_BAND = 0.02, 0.05


def case(reynolds: float = 100, cells: int = 32) -> Case:
    """The step of 1 m at a mean speed of 1 m/s, with `cells` on its height and a parabola of speed at the inlet."""
    behind = (Segment(length=0.5, cells=0.75, expansion=1.0), Segment(length=0.5, cells=0.25, expansion=6.0))
    walls = ("upstreamWall", "step", "lowerWall", "upperWall")
    return Case(
        name=f"laminar_step_re{reynolds:g}_{cells}",
        domain=BackwardFacingStep(step=1.0, inlet_height=1.0, upstream=UPSTREAM, downstream=DOWNSTREAM),
        mesh=Blocks(cells=(2 * cells, 10 * cells, cells, cells), grading=(0.25, behind, 1, 1)),
        physics=Incompressible(fluid=Fluid(nu=2 / reynolds)),
        boundaries={
            "inlet": Inlet(profile=Parabola(peak=1.5, low=1.0, high=2.0)),
            "outlet": Outlet(),
            **{wall: Wall() for wall in walls},
        },
        solve=Steady(iterations=4000, convection="linear", residual=1e-6),
    )


def floor_shear(of: Results) -> tuple[Floats, Floats]:
    """Places [m] on the floor behind the step and the gradient of the speed there [1/s]."""
    heights, _ = row(of, "U", 1, DOWNSTREAM)
    first, second = float(heights[0]), float(heights[1])
    x, one = row(of, "U", 0, first)
    _, two = row(of, "U", 0, second)
    return x, at_wall(one[:, 0], two[:, 0], first, second)


def length(of: Results) -> float:
    """The reattachment length in step heights; ResultError when the flow does not come back to the floor."""
    x, shear = floor_shear(of)
    found = reattachment(shear, x)
    if not found:
        raise ResultError(f"the flow does not come back to the floor [{of.case}]")
    return found[-1] if shear[-1] > 0 else float("nan")


@benchmark(
    "step_laminar",
    title="laminar backward-facing step, expansion 2, Re 100 to 400",
    source="Erturk (2008)",
    cost=Cost(90, 2),
)
def run(effort: Effort) -> Outcome:
    """Compute each Reynolds number on its grids and compare the reattachment lengths."""
    numbers = QUICK_REYNOLDS if effort.quick else REYNOLDS
    grids = QUICK if effort.quick else GRIDS
    done = effort.compute(*(case(reynolds, cells) for reynolds in numbers for cells in grids))
    comparisons, ours = [], []
    for place, reynolds in enumerate(numbers):
        family = slice(place * len(grids), (place + 1) * len(grids))
        found = graded([length(one) for one in done.results[family]], done.cells[family])
        known = published(f"step_laminar.re{reynolds}")
        band = within(known.value, QUICK_BAND if effort.quick else BAND)
        comparisons.append(found.against(f"reattachment, Re {reynolds}", known.value, known.source, band, unit="h"))
        ours.append(float(found.value))
    erturk, armaly = reference("erturk2008_reattachment"), reference("armaly1983_reattachment")
    shown = Plot(
        "Reattachment behind a step, expansion 2",
        "Re = 2 U h / nu",
        "x/h",
        (
            Curve(f"FlowCFD, {grids[0]} cells on the step", numbers, ours),
            Curve("Erturk (2008), computed", *_points(erturk), reference=True),
            Curve("Armaly et al. (1983), measured at 1.94", *_points(armaly), reference=True),
        ),
        x_range=(50, 550),
        y_range=(0, 12),
    )
    x, shear = floor_shear(done.results[(len(numbers) - 1) * len(grids)])
    wall = Plot(
        f"Floor behind the step, Re {numbers[-1]}",
        "x/h",
        "du/dy h/U",
        (Curve("FlowCFD", x, shear),),
        x_range=(0, 20),
        zero=True,
    )
    return done.outcome("step_laminar", comparisons, [shown, wall])


def _points(table: pandas.DataFrame) -> tuple[Floats, Floats]:
    return table["Re"].to_numpy(float), table["x_over_h"].to_numpy(float)

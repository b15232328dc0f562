"""A smooth round elbow of 90 degrees from CAD: the pressure that it costs, beside Ito's formula.

Ito, J. Basic Eng. 82 (1960) 131-140, for smooth bends of circular section, Re (r/R)^2 > 91 (r: radius of the pipe, R of
the bend's middle line, theta in degrees), 2e4 < Re < 4e5:

    zeta = 0.00241 alpha theta (R/r)^0.84 Re^-0.17,   alpha = 0.95 + 17.2 (R/r)^-1.96 for 90 degrees and R/r < 19.7

zeta is all that the elbow costs, the friction along its own middle line included, in velocity heads; what straight
pipes of the lengths before and behind it would cost is taken off. Here these are known by the friction factor before
the elbow, measured on the same mesh. The flow arrives developed: its profile is that of a developed pipe of the same
model. Behind the elbow the computed pipe is 15 diameters long; what is lost beyond is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Cost, Curve, Effort, Outcome, Plot, benchmark, within
from flowcfd.benchmarks.places import Floats, row
from flowcfd.cad import bodies
from flowcfd.case import (
    Blocks,
    Case,
    Cyclic,
    Fluid,
    Incompressible,
    Inlet,
    InletTurbulence,
    Internal,
    Layers,
    MeanVelocity,
    Outlet,
    PatchAverage,
    Pipe,
    Settled,
    Snappy,
    Steady,
    Table,
    Wall,
    YPlus,
)
from flowcfd.post.open import Results

DIAMETER, SPEED, REYNOLDS = 1.0, 1.0, 1e5
"""Diameter [m], bulk speed [m/s], Reynolds number by both."""
NU = SPEED * DIAMETER / REYNOLDS
BEND = 2 * DIAMETER
"""Radius of the elbow's middle line [m]."""
BEFORE, BEHIND = 6 * DIAMETER, 15 * DIAMETER
"""Lengths of the straight pipes [m]."""
STATIONS = (-4.0 * DIAMETER, -1.5 * DIAMETER)
"""Places before the elbow between which the friction is measured; the loss is counted from the second one [m]."""
FINEST, RATIO, LEVELS = DIAMETER / 18, 1.3, 3
"""Cells of the finest grid [m], how much coarser the next is, how many there are."""
FIRST, STACK, GROWTH = 0.0125 * DIAMETER, 3, 1.3
"""Height of the cell at the wall on the finest grid [m] (y+ about 30 at its centre), layers, and their growth."""
ITERATIONS, QUICK_ITERATIONS = 800, 150
ITO = "Ito, J. Basic Eng. 82 (1960) 131-140: 0.00241 alpha theta (R/r)^0.84 Re^-0.17"
PRANDTL = "Prandtl and Karman: 1/sqrt(f) = 2 log10(Re sqrt(f)) - 0.8 (Schlichting, Boundary-Layer Theory)"
BAND, QUICK_BAND = 0.10, 0.30
"""Share of the reference that the loss may be off."""
FRICTION_BAND, QUICK_FRICTION_BAND = 0.05, 0.15


def ito(bend: float = BEND / DIAMETER, reynolds: float = REYNOLDS) -> float:
    """Ito's loss of a smooth elbow of 90 degrees; `bend` is the radius of its middle line over the diameter."""
    slender = 2 * bend
    alpha = 0.95 + 17.2 * slender**-1.96 if slender < 19.7 else 1.0
    return float(0.00241 * alpha * 90 * slender**0.84 * reynolds**-0.17)


def prandtl(reynolds: float = REYNOLDS) -> float:
    """The friction factor (Darcy) of a smooth pipe, by iterating Prandtl's and Karman's law."""
    factor = 0.02
    for _ in range(20):
        factor = (2 * math.log10(reynolds * math.sqrt(factor)) - 0.8) ** -2
    return factor


def pipe(across: int = 64) -> Case:
    """A slice of the developed pipe that the flow comes from, with the sublayer resolved."""
    return Case(
        name="elbow_pipe",
        domain=Pipe(diameter=DIAMETER, length=0.1 * DIAMETER),
        mesh=Blocks(cells=(1, across), grading=(1, ((0.6, 0.35, 1), (0.4, 0.65, 1 / 200)))),
        physics=Incompressible(
            fluid=Fluid(nu=NU),
            turbulence="kOmegaSST",
            velocity=(SPEED, 0, 0),
            drive=MeanVelocity(velocity=(SPEED, 0, 0)),
        ),
        boundaries={
            "inlet": Cyclic(neighbour="outlet"),
            "outlet": Cyclic(neighbour="inlet"),
            "wall": Wall(treatment="resolved"),
        },
        solve=Steady(iterations=6000, residual=1e-7),
    )


def incoming(of: Results) -> Inlet:
    """The inlet of a pipe as developed as this one: its speeds over the radius, its mean k and eddy viscosity."""
    r, velocity = row(of, "U", 1, 0.0)
    ends = np.concatenate([[0.0], 0.5 * (r[1:] + r[:-1]), [0.5 * DIAMETER]])
    rings = np.diff(ends**2) / (0.5 * DIAMETER) ** 2
    k, nut = (float(row(of, name, 1, 0.0)[1] @ rings) for name in ("k", "nut"))
    known = r < 0.5 * DIAMETER - 0.3 * FIRST  # the points of a mapped profile are too far apart for the sublayer
    points = zip(r[known].tolist(), velocity[known, 0].tolist(), strict=True)
    return Inlet(
        profile=Table(points=tuple((float(f"{at:.6g}"), float(f"{u:.5g}")) for at, u in points), axis="r"),
        turbulence=InletTurbulence(
            intensity=float(f"{math.sqrt(2 / 3 * k) / SPEED:.4g}"), viscosity_ratio=float(f"{nut / NU:.4g}")
        ),
    )


def case(inlet: Inlet, level: int = 0, iterations: int = ITERATIONS) -> Case:
    """The elbow between its straight pipes, meshed by snappyHexMesh with layers; `level` 0 is the finest."""
    coarser = RATIO**level
    return Case(
        name=f"elbow_{level}",
        geometry=bodies.elbow(DIAMETER, BEND, inlet=BEFORE, outlet=BEHIND),
        domain=Internal(),
        mesh=Snappy(
            cell=FINEST * coarser,
            surface=(0, 0),
            layers=(Layers(count=STACK, ratio=GROWTH, first=FIRST * coarser, patches=("wall",)),),
        ),
        physics=Incompressible(fluid=Fluid(nu=NU), turbulence="kOmegaSST", velocity=(SPEED, 0, 0)),
        boundaries={"inlet": inlet, "outlet": Outlet(), "wall": Wall()},
        solve=Steady(
            iterations=iterations,
            residual=1e-5,
            until=Settled(measures=("upstream.areaAverage(p)",), within=0.001, over=60),
        ),
        outputs=(PatchAverage(patch="inlet", name="upstream"), YPlus()),
    )


@dataclass(frozen=True)
class Section:
    """A plane across the pipe: its area [m2], bulk speed [m/s], mean pressure and mean total pressure [m2/s2].

    The pressure is averaged over the area, the total pressure over the flow.
    """

    area: float
    speed: float
    pressure: float
    total: float


def section(of: Results, origin: Sequence[float], normal: Sequence[float]) -> Section:
    """The plane through a point [m] with a unit normal along the flow."""
    plane = of.mesh(fields=["U", "p"]).slice(normal=normal, origin=origin).compute_cell_sizes()
    area = np.asarray(plane.cell_data["Area"], float)
    velocity = np.asarray(plane.cell_data["U"], float)
    p = np.asarray(plane.cell_data["p"], float)
    through = velocity @ np.asarray(normal, float) * area
    heads = p + 0.5 * np.sum(velocity**2, axis=1)
    whole = float(area.sum())
    return Section(whole, float(through.sum() / whole), float(p @ area / whole), float(heads @ through / through.sum()))


@dataclass(frozen=True)
class Loss:
    """What was measured: loss coefficient of the elbow, friction factor before it, and that at the end, behind it.

    `s` are places along the middle line [D] from the elbow's beginning, `total` the total pressures there in velocity
    heads.
    """

    zeta: float
    friction: float
    friction_at_end: float
    s: Floats
    total: Floats


def loss(of: Results) -> Loss:
    """The total pressure from the second station to the outlet, less the friction of the straight pipes between."""
    x, y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    bend = 0.5 * math.pi * BEND
    before = [section(of, (place, 0, 0), x) for place in (-5.0 * DIAMETER, *STATIONS)]
    places = [place * DIAMETER for place in (0.5, 2, 4, 7, 10)] + [BEHIND - 2 * DIAMETER, BEHIND - 0.1 * DIAMETER]
    behind = [section(of, (BEND, BEND + place, 0), y) for place in places]
    speed = before[1].speed
    head = 0.5 * speed**2
    friction = (before[1].pressure - before[2].pressure) / head * DIAMETER / (STATIONS[1] - STATIONS[0])
    at_end = (behind[-2].total - behind[-1].total) / head * DIAMETER / (places[-1] - places[-2])
    straight = friction * (places[-1] - STATIONS[1]) / DIAMETER
    zeta = (before[2].total - behind[-1].total) / head - straight
    s = np.array([-5.0 * DIAMETER, *STATIONS, *(bend + place for place in places)]) / DIAMETER
    total = np.array([one.total for one in (*before, *behind)]) / head
    return Loss(zeta, friction, at_end, s, total)


def plot(found: Loss, cells: int) -> Plot:
    """The total pressure along the middle line beside that of Ito's elbow between straight pipes."""
    bend = 0.5 * math.pi * BEND / DIAMETER
    s = np.array([found.s[0], 0.0, bend, found.s[-1]])
    drop = np.array([0.0, s[1] - s[0], s[1] - s[0], s[1] - s[0] + s[3] - s[2]]) * prandtl()
    drop[2:] += ito()
    theirs = found.total[-1] + drop[-1] - drop
    return Plot(
        f"Elbow, R/D = {BEND / DIAMETER:g}, Re {REYNOLDS:g}",
        "along the middle line / D",
        "total pressure / (U2/2)",
        (Curve(f"FlowCFD, {cells} cells", found.s, found.total), Curve("Ito, Prandtl", s, theirs, True)),
    )


@benchmark(
    "elbow",
    title="loss of a smooth elbow of 90 degrees, R/D = 2, from CAD, Re 1e5",
    source="Ito (1960)",
    cost=Cost(240, 25),
)
def run(effort: Effort) -> Outcome:
    """Compute three grids, or the coarsest one, and compare with Ito's formula."""
    before = effort.compute(pipe())
    inlet = incoming(before.results[0])
    levels = (LEVELS - 1,) if effort.quick else range(LEVELS)
    iterations = QUICK_ITERATIONS if effort.quick else ITERATIONS
    done = effort.compute(*(case(inlet, level, iterations) for level in levels))
    found = [loss(one) for one in done.results]
    band, straight = (QUICK_BAND, QUICK_FRICTION_BAND) if effort.quick else (BAND, FRICTION_BAND)
    best = found[0]
    lines = [
        graded([one.zeta for one in found], done.cells, dimension=3).against(
            "loss coefficient",
            ito(),
            ITO,
            within(ito(), band),
            note=f"to {BEHIND / DIAMETER:g} D behind the elbow, where friction is "
            f"{best.friction_at_end / best.friction:.3g} times that of the pipe before it",
        ),
        graded([one.friction for one in found], done.cells, dimension=3).against(
            "friction factor before it", prandtl(), PRANDTL, within(prandtl(), straight)
        ),
    ]
    return (before + done).outcome("elbow", lines, [plot(best, done.cells[0])])

"""A smooth round elbow of 90 degrees from CAD: the pressure that it costs, beside Ito's formula.

Ito, J. Basic Eng. 82 (1960) 131-140, for smooth bends of circular section, Re (r/R)^2 > 91 (r: radius of the pipe, R of
the bend's middle line, theta in degrees), 2e4 < Re < 4e5:

    zeta = 0.00241 alpha theta (R/r)^0.84 Re^-0.17,   alpha = 0.95 + 17.2 (R/r)^-1.96 for 90 degrees and R/r < 19.7

zeta is all that the elbow costs, the friction along its own middle line included, in velocity heads: the fall of total
pressure from its beginning to 27 diameters behind it, less the friction of a straight pipe of that length. That is the
friction of a developed pipe of the same model with the same cells at its wall, computed by itself; neither pipe of the
elbow has it. Before the elbow the flow still settles on the mesh that it has come into, and behind it the loss per
length swings about that of the developed pipe, 2 to 4 % below it at 10 diameters and as much above it at 20. The flow
arrives with the speed, k and omega of that developed pipe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Cost, Curve, Effort, Outcome, Plot, benchmark, within
from flowcfd.benchmarks.places import Floats, developed, row
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
    Wall,
    WallShear,
    YPlus,
)
from flowcfd.post.centres import centres
from flowcfd.post.open import Results

if TYPE_CHECKING:
    from pyvista import UnstructuredGrid

DIAMETER, SPEED, REYNOLDS = 1.0, 1.0, 1e5
"""Diameter [m], bulk speed [m/s], Reynolds number by both."""
NU = SPEED * DIAMETER / REYNOLDS
BEND = 2 * DIAMETER
"""Radius of the elbow's middle line [m]."""
BEFORE, BEHIND = 6 * DIAMETER, 30 * DIAMETER
"""Lengths of the straight pipes [m]."""
ARRIVING, LEAVING = (-5.0 * DIAMETER, -1.5 * DIAMETER), (25.0 * DIAMETER, 29.0 * DIAMETER)
"""Where lines of total pressure are taken: places from the elbow's beginning and from its end [m]."""
FINEST, RATIO, LEVELS = DIAMETER / 18, 1.3, 3
"""Cells of the finest grid [m], how much coarser the next is, how many there are."""
FIRST, STACK, GROWTH = 0.0125 * DIAMETER, 3, 1.3
"""Height of the cell at the wall on the finest grid [m] (y+ about 30 at its centre), layers, and their growth."""
QUICK_LEVEL = 2.75
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


def pipe(level: float = 0) -> Case:
    """A slice of the developed pipe that the flow comes from, with the layers of the elbow's mesh at its wall."""
    coarser = RATIO**level
    stack = FIRST * coarser * sum(GROWTH**layer for layer in range(STACK))
    radius = 0.5 * DIAMETER
    core = round(2 * (radius - stack) / (FINEST * coarser))
    cells = core + STACK
    layers = (stack / radius, STACK / cells, GROWTH ** (1 - STACK))
    return Case(
        name=f"elbow_pipe_{level:g}".replace(".", "_"),
        domain=Pipe(diameter=DIAMETER, length=0.1 * DIAMETER),
        mesh=Blocks(cells=(1, cells), grading=(1, ((1 - stack / radius, core / cells, 1), layers))),
        physics=Incompressible(
            fluid=Fluid(nu=NU),
            turbulence="kOmegaSST",
            velocity=(SPEED, 0, 0),
            drive=MeanVelocity(velocity=(SPEED, 0, 0)),
        ),
        boundaries={"inlet": Cyclic(neighbour="outlet"), "outlet": Cyclic(neighbour="inlet"), "wall": Wall()},
        solve=Steady(iterations=6000, residual=1e-7),
        outputs=(WallShear(),),
    )


def friction(of: Results) -> float:
    """The friction factor (Darcy) of the slice of pipe, by the shear at its wall."""
    shear = np.asarray(of.patch("wall", fields=["wallShearStress"]).cell_data["wallShearStress"], float)
    return float(8 * np.mean(np.linalg.norm(shear, axis=1)) / SPEED**2)


def incoming(of: Results) -> Inlet:
    """The inlet of a pipe as developed as this one; the domain starts with its mean k and eddy viscosity."""
    r, velocity = row(of, "U", 1, 0.0)
    ends = np.concatenate([[0.0], 0.5 * (r[1:] + r[:-1]), [0.5 * DIAMETER]])
    rings = np.diff(ends**2) / (0.5 * DIAMETER) ** 2
    k, omega, nut = (row(of, name, 1, 0.0)[1] for name in ("k", "omega", "nut"))
    return Inlet(
        profile=developed(r, velocity[:, 0], k, omega, axis="r"),
        turbulence=InletTurbulence(
            intensity=float(f"{math.sqrt(2 / 3 * k @ rings) / SPEED:.4g}"),
            viscosity_ratio=float(f"{nut @ rings / NU:.4g}"),
        ),
    )


def case(inlet: Inlet, level: float = 0, iterations: int = ITERATIONS) -> Case:
    """The elbow between its straight pipes, meshed by snappyHexMesh with layers; `level` 0 is the finest."""
    coarser = RATIO**level
    return Case(
        name=f"elbow_{level:g}".replace(".", "_"),
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
    """What was measured: loss coefficient of the elbow, friction factors before it and far behind it.

    `s` are places along the middle line [D] from the elbow's beginning, `total` the total pressures there in velocity
    heads.
    """

    zeta: float
    friction: float
    friction_behind: float
    s: Floats
    total: Floats


def loss(of: Results, straight: float) -> Loss:
    """The fall of total pressure from the elbow's beginning to far behind it, less that of a straight pipe.

    `straight` is the pipe's friction factor. The facets of the mesh make the section smaller than the circle: speed and
    diameter are those of the section.
    """
    grid = of.mesh(fields=["U", "p"])
    before = heads(grid, 0, (-BEFORE, -0.5 * DIAMETER))
    behind = heads(grid, 1, (BEND + 0.5 * DIAMETER, BEND + BEHIND))
    arriving = np.polyfit(*between(before, ARRIVING), 1)
    leaving = np.polyfit(*between((behind[0] - BEND, behind[1]), LEAVING), 1)
    across = section(of, (ARRIVING[1], 0, 0), (1, 0, 0))
    head, diameter = 0.5 * across.speed**2, math.sqrt(4 * across.area / math.pi)
    far = 0.5 * sum(LEAVING)
    fall = float(arriving[1] - np.polyval(leaving, far)) / head
    along = [before[0], 0.5 * math.pi * BEND + behind[0] - BEND]
    return Loss(
        zeta=fall - straight * far / diameter,
        friction=-float(arriving[0]) / head * diameter,
        friction_behind=-float(leaving[0]) / head * diameter,
        s=np.concatenate(along) / DIAMETER,
        total=np.concatenate([before[1], behind[1]]) / head,
    )


def heads(grid: UnstructuredGrid, axis: int, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """Places [m] and mean total pressures over the flow [m2/s2] of the columns of cells along a straight pipe.

    A plane across the pipe has the values of the cells that it happens to cut, in whose middles they belong: it is off
    by up to half a cell's friction. A column's are in its middle.
    """
    middles = centres(grid, np.arange(grid.n_cells))
    chosen = (middles[:, axis] > ends[0]) & (middles[:, axis] < ends[1])
    at, velocity, p = (values[chosen] for values in (middles[:, axis], grid.cell_data["U"], grid.cell_data["p"]))
    volumes = np.asarray(grid.compute_cell_sizes(length=False, area=False)["Volume"], float)[chosen]
    order = np.argsort(at)
    gaps = np.diff(at[order])
    column = np.zeros(len(at), int)
    column[order[1:]] = np.cumsum(gaps > 0.25 * gaps.max())
    flow = volumes * velocity[:, axis]
    through = np.bincount(column, flow)
    total = np.bincount(column, flow * (p + 0.5 * np.sum(velocity**2, axis=1))) / through
    return np.bincount(column, flow * at) / through, np.asarray(total)


def between(line: tuple[Floats, Floats], ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """The part of a line (places, values) between two places."""
    chosen = (line[0] > ends[0]) & (line[0] < ends[1])
    return line[0][chosen], line[1][chosen]


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
    cost=Cost(520, 25),
)
def run(effort: Effort) -> Outcome:
    """Compute three grids, or a coarser one, and compare with Ito's formula."""
    levels = (QUICK_LEVEL,) if effort.quick else tuple(range(LEVELS))
    iterations = QUICK_ITERATIONS if effort.quick else ITERATIONS
    before = effort.compute(*(pipe(level) for level in levels))
    inlets = [incoming(one) for one in before.results]
    done = effort.compute(*(case(inlet, level, iterations) for inlet, level in zip(inlets, levels, strict=True)))
    pipes = [friction(one) for one in before.results]
    found = [loss(one, straight) for one, straight in zip(done.results, pipes, strict=True)]
    band, straight = (QUICK_BAND, QUICK_FRICTION_BAND) if effort.quick else (BAND, FRICTION_BAND)
    best = found[0]
    lines = [
        graded([one.zeta for one in found], done.cells, dimension=3).against(
            "loss coefficient",
            ito(),
            ITO,
            within(ito(), band),
            note=f"less the friction of a developed pipe, {pipes[0]:.4f}: before the elbow it is "
            f"{best.friction / pipes[0]:.3g} times that, {0.5 * sum(LEAVING) / DIAMETER:g} D behind it "
            f"{best.friction_behind / pipes[0]:.3g} times",
        ),
        graded([one.friction for one in found], done.cells, dimension=3).against(
            "friction factor before it", prandtl(), PRANDTL, within(prandtl(), straight)
        ),
    ]
    return (before + done).outcome("elbow", lines, [plot(best, done.cells[0])])

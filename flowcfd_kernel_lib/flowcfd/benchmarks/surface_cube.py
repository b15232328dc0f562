"""A cube on the floor of a channel twice as high, from CAD: where the flow leaves the floor and comes back to it.

Martinuzzi and Tropea, J. Fluids Eng. 115 (1993) 85-92, measured it at Re 40 000 by height and bulk speed. Steady RANS
is known to have the wake too long: Lakehal and Rodi, J. Wind Eng. Ind. Aerodyn. 67-68 (1997) 65-78, and Rodi, the same
69-71 (1997) 55-75, found 2.2 H with the standard k-epsilon model and wall functions up to 3.4 H with its best versions,
for the vortex shedding that shortens the measured wake is not in a steady solution. So two models stand beside both.

The incoming speed, k and epsilon (or omega) over the height are those of a developed channel of the same model. All
planes of the cells' coarsest lattice fall on the cube's faces. Where the flow leaves the floor is within the finest
cells: at the border of two levels the friction on the floor jumps to three times its value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Comparison, Cost, Curve, Effort, Outcome, Plot, benchmark
from flowcfd.benchmarks.places import Floats, developed, row
from flowcfd.benchmarks.tables import published
from flowcfd.cad import bodies
from flowcfd.case import (
    Blocks,
    Case,
    Channel,
    Cyclic,
    Fluid,
    Forces,
    Incompressible,
    Inlet,
    InletTurbulence,
    MeanVelocity,
    Outlet,
    Reattachment,
    Refine,
    Settled,
    Slip,
    Snappy,
    Steady,
    Wall,
    WallShear,
    WindTunnel,
    YPlus,
)
from flowcfd.case.turbulence import C_MU, Model
from flowcfd.post.open import Results
from flowcfd.post.wall import reattachment

H, SPEED, REYNOLDS = 1.0, 1.0, 40_000.0
"""Height of the cube [m], bulk speed [m/s], Reynolds number by both."""
NU = SPEED * H / REYNOLDS
UPSTREAM, LENGTH, WIDTH, HEIGHT = 5 * H, 15 * H, 7 * H, 2 * H
"""From the inlet to the cube, of the channel, between its slippery sides, between floor and ceiling [m]."""
ACROSS = 96
"""Cells from floor to ceiling of the developed channel."""
GRIDS, QUICK = (8, 6, 4), 4
"""Background cells per height; two levels finer at the cube."""
ITERATIONS, SST_ITERATIONS, QUICK_ITERATIONS, LAST = 900, 400, 250, 0.4
"""The most iterations, and over which share of them, at the end, the mean of the reattachment is."""
LAKEHAL = "Lakehal and Rodi, J. Wind Eng. Ind. Aerodyn. 67-68 (1997) 65-78"


def channel(model: Model = "kEpsilon") -> Case:
    """A slice of the developed channel that the flow comes from, its lower half crowded with cells as its upper."""
    low_re = model == "kOmegaSST"
    grow = 100.0 if low_re else 1.0
    wall = Wall(treatment="resolved" if low_re else "function")
    cells = ACROSS if low_re else ACROSS // 2
    return Case(
        name=f"cube_channel_{model}",
        domain=Channel(length=0.1 * H, height=HEIGHT),
        mesh=Blocks(cells=(1, cells), grading=(1, ((0.5, 0.5, grow), (0.5, 0.5, 1 / grow)))),
        physics=Incompressible(
            fluid=Fluid(nu=NU), turbulence=model, velocity=(SPEED, 0, 0), drive=MeanVelocity(velocity=(SPEED, 0, 0))
        ),
        boundaries={
            "inlet": Cyclic(neighbour="outlet"),
            "outlet": Cyclic(neighbour="inlet"),
            "bottom": wall,
            "top": wall,
        },
        solve=Steady(iterations=6000, residual=1e-7),
    )


def incoming(of: Results, model: Model = "kEpsilon") -> Inlet:
    """The inlet of a channel as developed as this one; the domain starts with its mean k and eddy viscosity."""
    y, velocity = row(of, "U", 1, 0.5 * HEIGHT)
    heights = np.diff(np.concatenate([[0.0], 0.5 * (y[1:] + y[:-1]), [HEIGHT]])) / HEIGHT
    rate = "omega" if model == "kOmegaSST" else "epsilon"
    k, nut, scale = (row(of, name, 1, 0.5 * HEIGHT)[1] for name in ("k", "nut", rate))
    return Inlet(
        profile=developed(
            y, velocity[:, 0], k, scale if rate == "omega" else scale / (C_MU * k), axis="z", walls=(0.0, HEIGHT)
        ),
        turbulence=InletTurbulence(
            intensity=float(f"{math.sqrt(2 / 3 * k @ heights) / SPEED:.4g}"),
            viscosity_ratio=float(f"{nut @ heights / NU:.4g}"),
        ),
    )


def case(inlet: Inlet, model: Model = "kEpsilon", cells: int = 8, iterations: int = ITERATIONS) -> Case:
    """Half of the channel with the cube: `cells` per height far away, four times as many at the cube.

    It starts from uniform flow: potential flow goes around the edges at once, and in the cells there k-epsilon makes
    eddy viscosity without bounds.
    """
    near = ((-1.0 * H, 2.0 * H), (0.0, 1.0 * H), (0.0, 1.3 * H))
    ahead = ((-2.0 * H, -1.0 * H), (0.0, 1.0 * H), (0.0, 0.5 * H))
    wide = ((-2.5 * H, 5.0 * H), (0.0, 1.5 * H), (0.0, 1.6 * H))
    return Case(
        name=f"cube_{model}_{cells}",
        geometry=bodies.cube(H),
        domain=WindTunnel(length=LENGTH, width=WIDTH, height=HEIGHT, upstream=UPSTREAM, half=True),
        mesh=Snappy(
            cell=H / cells,
            surface=(2, 2),
            refine=(
                Refine(box=wide, level=1, name="wake", why="horseshoe vortex and backflow with a margin"),
                Refine(
                    box=ahead, level=2, name="ahead", why="the horseshoe vortex from where the flow leaves the floor"
                ),
                Refine(box=near, level=2, name="near", why="shear layers of the roof and the sides, the near wake"),
            ),
        ),
        physics=Incompressible(fluid=Fluid(nu=NU), turbulence=model, velocity=(SPEED, 0, 0), start="uniform"),
        boundaries={
            "inlet": inlet,
            "outlet": Outlet(),
            "ground": Wall(),
            "top": Wall(),
            "sides": Slip(),
            "body": Wall(),
        },
        solve=Steady(
            iterations=iterations,
            residual=1e-5,
            until=None if model == "kOmegaSST" else Settled(measures=("reattachment", "Cd"), within=0.005, over=150),
        ),
        outputs=(
            Forces(patches=("body",), speed=SPEED, area=0.5 * H**2, length=H, lift=(0, 0, 1)),
            Reattachment(patch="ground", origin=(0.5 * H, 0, 0), within=0.55 * H / cells),
            WallShear(patches=("ground",)),
            YPlus(),
        ),
    )


@dataclass(frozen=True)
class Floor:
    """The floor on the plane of symmetry: places [H] from the cube's rear face, shear over the bulk dynamic pressure.

    `back` is where the flow comes back behind the cube, with the span of its swings over the last iterations, `off`
    how far ahead of the cube it leaves, both [H]; nan where there is none.
    """

    x: Floats
    cf: Floats
    back: float
    swing: float
    off: float


def floor(of: Results, cells: int) -> Floor:
    """The floor next to the plane of symmetry; the rows of cells there are as far from it as half of their width."""
    patch = of.patch("ground", fields=["wallShearStress"])
    places = np.asarray(patch.cell_centers().points, float) / H
    near = np.abs(places[:, 1]) < 0.55 / cells
    shear = -2 * np.asarray(patch.cell_data["wallShearStress"], float)[near, 0] / SPEED**2
    x, which = np.unique(np.round(places[near, 0], 6), return_inverse=True)
    cf = np.bincount(which, shear) / np.bincount(which)
    turns = np.array(reattachment(cf, x))
    ahead = turns[turns < -0.5]
    history = of.measure("reattachment")
    last = np.asarray(history[history.index > (1 - LAST) * history.index[-1]], float) / H
    return Floor(
        x - 0.5,
        np.asarray(cf),
        float(np.mean(last)) if len(last) else math.nan,
        float(0.5 * np.ptp(last)) if len(last) else math.nan,
        float(-0.5 - ahead[0]) if len(ahead) else math.nan,
    )


def comparisons(found: list[Floor], cells: tuple[int, ...], model: str = "k-epsilon") -> list[Comparison]:
    """One model beside the experiment, in the range of steady RANS.

    It begins with the shortest lengths, those of k-epsilon with wall functions, and ends with the longest wake, or with
    the measured separation.
    """
    lines = []
    ends = {"reattachment": "reattachment_longest", "separation": "separation"}
    for name, values in (("reattachment", [one.back for one in found]), ("separation", [one.off for one in found])):
        known, low, high = (published(f"surface_cube.{one}") for one in (name, f"{name}_k_epsilon", ends[name]))
        range_ = f"{low.value:g} to {high.value:g} H"
        swing = f"; swings by {found[0].swing:.2g} H" if name == "reattachment" else ""
        lines.append(
            graded(values, cells, dimension=3).against(
                f"{name}, {model}",
                known.value,
                f"{known.source}; band: from {LAKEHAL}",
                (low.value, high.value),
                unit="H",
                note=f"{low.value:g} H by others with k-epsilon and wall functions; band {range_}{swing}",
            )
        )
    return lines


def plot(curves: list[tuple[str, Floor]]) -> Plot:
    """Friction on the floor's middle line."""
    back, off = published("surface_cube.reattachment").value, published("surface_cube.separation").value
    marks = Curve("Martinuzzi and Tropea (1993)", np.array([-1 - off, back]), np.zeros(2), reference=True)
    return Plot(
        "Friction on the floor, plane of symmetry",
        "distance from the rear face / H",
        "1000 Cf",
        (*(Curve(label, one.x, 1000 * one.cf) for label, one in curves), marks),
        x_range=(-4, 6),
        zero=True,
    )


@benchmark(
    "surface_cube",
    title="cube on the floor of a channel, from CAD, Re 40 000",
    source="Martinuzzi and Tropea (1993); Lakehal and Rodi (1997)",
    cost=Cost(760, 25),
)
def run(effort: Effort) -> Outcome:
    """Compute k-epsilon on three grids and SST on the middle one, or k-epsilon on the coarsest only, and compare.

    The coarsest says nothing of the separation ahead of the cube (0.55 H): the quick form has the wake only.
    """
    if effort.quick:
        before = effort.compute(channel())
        done = effort.compute(case(incoming(before.results[0]), cells=QUICK, iterations=QUICK_ITERATIONS))
        found = [floor(done.results[0], QUICK)]
        lines = comparisons(found, done.cells)[:1]
        return (before + done).outcome("surface_cube", lines, [plot([("k-epsilon", found[0])])])
    before = effort.compute(channel(), channel("kOmegaSST"))
    by_epsilon, by_sst = incoming(before.results[0]), incoming(before.results[1], "kOmegaSST")
    swinging = case(by_sst, "kOmegaSST", GRIDS[1], SST_ITERATIONS)
    done = effort.compute(*(case(by_epsilon, cells=cells) for cells in GRIDS), swinging)
    *found, sst = (floor(one, cells) for one, cells in zip(done.results, (*GRIDS, GRIDS[1]), strict=True))
    lines = [
        *comparisons(found, done.cells[: len(GRIDS)]),
        *comparisons([sst], done.cells[len(GRIDS) :], "SST"),
    ]
    return (before + done).outcome("surface_cube", lines, [plot([("k-epsilon", found[0]), ("SST", sst)])])

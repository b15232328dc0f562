"""Laminar flow past a circular cylinder at Re 100: how often vortices leave it, its drag and its lift.

Two corrections of velocity and pressure a step are needed: with one (PISO) the flux that convects is that of the step
before, and the lift comes out a tenth too high at these steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from flowcfd import series
from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import Comparison, Cost, Curve, Effort, Outcome, Plot, benchmark
from flowcfd.benchmarks.places import Floats
from flowcfd.benchmarks.tables import published, reference
from flowcfd.case import Blocks, Case, Cylinder, FarField, Fluid, Forces, Incompressible, Transient, Wall
from flowcfd.errors import ResultError
from flowcfd.post.open import Results

if TYPE_CHECKING:
    import pandas

FAR = 50.0
"""Radius of the far field [diameters]; Qu et al. find 0.5 % less drag and 0.8 % less frequency beyond 60 diameters."""
END = 140.0
"""Time at the end [diameters over speed]; vortices leave evenly from about 90 on."""
TILT = 0.5
"""The flow starts with this cross-wind, for symmetry would hold the wake together for long."""
FINEST_STEP = 0.03
"""Time step [diameters over speed] with 128 cells around the cylinder; larger on coarser grids, as the cells are."""
GRIDS, QUICK = (128, 96, 64), (64,)
CYCLES = 4
"""Whole cycles that must remain behind the transient."""
WIDER = {"St": 0.02, "Cd": 0.02, "Cl_rms": 0.05}
"""By what share a band is wider than the range of the published computations, which differ in their domains."""
QUICK_WIDER = {"St": 0.06, "Cd": 0.03}


def case(reynolds: float = 100, around: int = 128, *, far: float = FAR, end: float = END) -> Case:
    """A cylinder of 1 m in a flow of 1 m/s with `around` cells on its circumference, out to `far` diameters."""
    domain = Cylinder(diameter=1.0, far=far)
    radial = round(around / (2 * math.pi) * math.log(2 * far))
    return Case(
        name=f"cylinder_re{reynolds:g}_{around}",
        domain=domain,
        mesh=Blocks(cells=(radial, around // 4), grading=(2 * far, 1)),
        physics=Incompressible(fluid=Fluid(nu=1 / reynolds), velocity=(1, TILT, 0)),
        boundaries={"cylinder": Wall(), "farfield": FarField(velocity=(1, 0, 0))},
        solve=Transient(
            end=end,
            step=FINEST_STEP * 128 / around,
            algorithm="PIMPLE",
            outer=2,
            time_scheme="backward",
            convection="linear",
        ),
        outputs=(Forces(patches=("cylinder",), speed=1.0, area=domain.thickness, length=1.0),),
    )


@dataclass(frozen=True)
class Shedding:
    """What whole cycles of the lift behind the transient say; `spread` is the 95 % band of the drag of a cycle."""

    strouhal: float
    drag: float
    lift_rms: float
    lift_amplitude: float
    cycles: int
    begin: float
    spread: float


def shedding(time: Floats, drag: Floats, lift: Floats) -> Shedding:
    """Frequency, drag and lift over whole cycles, time in diameters over speed.

    The transient is what MSER-5 (White 1997) drops of the lift's size; a cycle runs from one crossing of the mean lift
    upwards to the next. Raises ResultError when fewer than CYCLES are left.
    """
    start = max(_settles(time, drag), _settles(time, np.abs(lift - lift[len(lift) // 2 :].mean())))
    late = time >= start
    crossings = upward(time[late], lift[late] - lift[late].mean())
    if len(crossings) <= CYCLES:
        raise ResultError(
            f"the flow sheds {max(0, len(crossings) - 1)} whole cycles behind its transient, which ends at "
            f"{start:.3g}; at least {CYCLES} are needed: compute longer"
        )
    first, last = crossings[0], crossings[-1]
    whole = (time >= first) & (time <= last)
    c, centred = lift[whole], lift[whole] - lift[whole].mean()
    each = [float(drag[(time >= low) & (time < high)].mean()) for low, high in pairwise(crossings)]
    return Shedding(
        strouhal=(len(crossings) - 1) / (last - first),
        drag=float(drag[whole].mean()),
        lift_rms=float(np.sqrt(np.mean(centred**2))),
        lift_amplitude=float(c.max() - c.min()) / 2,
        cycles=len(crossings) - 1,
        begin=first,
        spread=1.96 * float(np.std(each)),
    )


def upward(time: Floats, value: Floats) -> list[float]:
    """The times at which a value goes through zero upwards, between two samples on a straight line."""
    before = np.flatnonzero((value[:-1] < 0) & (value[1:] >= 0))
    share = value[before] / (value[before] - value[before + 1])
    return [float(at) for at in time[before] + share * (time[before + 1] - time[before])]


def _settles(time: Floats, value: Floats) -> float:
    """Where the initial transient of a value ends."""
    return float(time[min(len(time) - 1, series.mser([float(one) for one in value]))])


def history(of: Results) -> tuple[Floats, Floats, Floats]:
    """Time, drag and lift coefficient of a computed cylinder."""
    table = of.forces()
    return np.asarray(table.index, float), table["Cd"].to_numpy(float), table["Cl"].to_numpy(float)


@benchmark(
    "cylinder_re100",
    title="laminar flow past a cylinder, Re 100",
    source="Qu et al. (2013) and seven computations there; Williamson (1989)",
    cost=Cost(360, 30),
)
def run(effort: Effort) -> Outcome:
    """Compute the grids and compare with the published range."""
    grids = QUICK if effort.quick else GRIDS
    done = effort.compute(*(case(100, around) for around in grids))
    found = [shedding(*history(one)) for one in done.results]
    comparisons = compared(found, done.cells, QUICK_WIDER if effort.quick else WIDER)
    return done.outcome("cylinder_re100", comparisons, [lift(done.results[0], grids[0]), literature(found)])


def compared(found: Sequence[Shedding], cells: Sequence[int], wider: dict[str, float]) -> list[Comparison]:
    """The comparisons for which there is a band, the finest grid first."""
    cycles = f"{found[0].cycles} cycles from t U/D = {found[0].begin:.0f}"
    spread = f"its 95 % band over the cycles is {found[0].spread:.1g}"
    measures = {
        "St": ("Strouhal number", "strouhal", [one.strouhal for one in found], cycles),
        "Cd": ("mean Cd", "drag", [one.drag for one in found], spread),
        "Cl_rms": ("Cl r.m.s.", "lift_rms", [one.lift_rms for one in found], ""),
    }
    comparisons = []
    for column, share in wider.items():
        name, key, values, note = measures[column]
        known, table = published(f"cylinder_re100.{key}"), reference("cylinder_re100")[column]
        band = (float(table.min()) * (1 - share), float(table.max()) * (1 + share))
        comparisons.append(graded(values, cells).against(name, known.value, known.source, band, note=note))
    if "Cl_rms" in wider:
        comparisons.append(_amplitude(found, cells, comparisons[-1]))
    return comparisons


def _amplitude(found: Sequence[Shedding], cells: Sequence[int], rms: Comparison) -> Comparison:
    """The lift's amplitude, for which the published r.m.s. of a sine stands."""
    root = math.sqrt(2)
    values = graded([one.lift_amplitude for one in found], cells)
    band = (rms.band[0] * root, rms.band[1] * root)
    note = "the published r.m.s. times the square root of 2, for the lift is a sine within 1 %"
    return values.against("Cl amplitude", rms.reference * root, rms.source, band, note=note)


def lift(of: Results, around: int) -> Plot:
    """The lift over time."""
    time, _, cl = history(of)
    every = max(1, len(time) // 2000)
    return Plot(
        "Lift of a cylinder, Re 100",
        "t U/D",
        "Cl",
        (Curve(f"FlowCFD, {around} cells around", time[::every], cl[::every]),),
        x_range=(0, float(time[-1])),
        y_range=(-0.5, 0.6),
        zero=True,
    )


def literature(found: Sequence[Shedding]) -> Plot:
    """Drag over frequency of our grids, the finest last, beside the published computations."""
    table, height = reference("cylinder_re100"), reference("qu2013_height")
    grids = found[::-1]
    return Plot(
        "Drag and frequency, Re 100",
        "St",
        "mean Cd",
        (
            Curve("FlowCFD, from coarse to fine", [one.strouhal for one in grids], [one.drag for one in grids]),
            Curve("eight computations, in Qu et al. (2013)", *_columns(table), reference=True),
            Curve("Qu et al., domains of 60 to 200 D", *_columns(height), reference=True),
        ),
        y_range=(1.295, 1.345),
    )


def _columns(table: pandas.DataFrame) -> tuple[Floats, Floats]:
    return table["St"].to_numpy(float), table["Cd"].to_numpy(float)

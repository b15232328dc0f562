"""The lid-driven cavity at Re 100, 400 and 1000 beside Ghia's table and the spectral values of Botella and Peyret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from flowcfd.benchmarks.convergence import graded
from flowcfd.benchmarks.frame import (
    BENCHMARKS,
    Benchmark,
    Comparison,
    Cost,
    Curve,
    Effort,
    Outcome,
    Plot,
    distance,
    within,
)
from flowcfd.benchmarks.places import Floats, cubic, extreme, row
from flowcfd.benchmarks.tables import published, reference
from flowcfd.case import Blocks, Case, Cavity, Fluid, Incompressible, Segment, Steady, Wall
from flowcfd.post.open import Results

Component = Literal["u", "v"]
GRIDS = (128, 64, 32)
QUICK = {100: (48,), 400: (48,), 1000: (64,)}
STRETCH = 4.0
"""Size of the cells in the middle over that of the cells at the walls."""
SPECTRAL = (100, 1000)
"""Reynolds numbers for which Botella and Peyret print extremes."""
BAND, QUICK_BAND = 0.01, 0.03
U_BAND, V_BAND = 0.01, 0.02
"""Largest distances from Ghia's table [U]; its own error is of this size."""
SPECTRAL_PROFILE = 0.005
"""Largest distances from Botella and Peyret's table [U]."""
QUICK_LOOSE = 3.0
"""By what the bands of profiles are wider on the coarse grid."""
NOTES = {
    ("ghia1982", "v", 1000): "the table's own distance from Botella and Peyret's is 0.018",
    ("ghia1982", "v", 400): "the misprint of the table at x = 0.9063 is left out",
}
MISPRINT = 0.9063
"""x of the one value of v at Re 400 that is wrong in print."""


def _segment(expansion: float) -> Segment:
    return Segment(length=0.5, cells=0.5, expansion=expansion)


def case(reynolds: float = 1000, cells: int = 128) -> Case:
    """The cavity of 1 m whose lid moves with 1 m/s, on `cells` x `cells` cells that crowd towards the walls."""
    halves = (_segment(STRETCH), _segment(1 / STRETCH))
    return Case(
        name=f"cavity_re{reynolds:g}_{cells}",
        domain=Cavity(length=1.0),
        mesh=Blocks(cells=(cells,), grading=(halves,)),
        physics=Incompressible(fluid=Fluid(nu=1 / reynolds)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Steady(iterations=6000, convection="linear", residual=1e-6),
    )


@dataclass(frozen=True)
class Profiles:
    """The velocities on both centre lines, the walls included: u over y and v over x."""

    y: Floats
    u: Floats
    x: Floats
    v: Floats

    @property
    def extremes(self) -> dict[str, float]:
        """The smallest u, the largest and the smallest v [U]."""
        return {
            "u_min": extreme(self.y, self.u, low=True)[1],
            "v_max": extreme(self.x, self.v)[1],
            "v_min": extreme(self.x, self.v, low=True)[1],
        }


def profiles(of: Results) -> Profiles:
    """The profiles of a computed cavity."""
    y, upright = row(of, "U", 1, 0.5)
    x, level = row(of, "U", 0, 0.5)
    return Profiles(
        np.array([0, *y, 1.0]),
        np.array([0, *upright[:, 0], 1.0]),
        np.array([0, *x, 1.0]),
        np.array([0, *level[:, 1], 0.0]),
    )


def beside_table(ours: Profiles, name: str, reynolds: int, bands: Mapping[Component, float]) -> list[Comparison]:
    """The largest distances of both profiles from the tables `name`_u and `name`_v."""
    found = []
    for component, band in bands.items():
        place, table = profile(name, component, reynolds)
        known = (ours.y, ours.u) if component == "u" else (ours.x, ours.v)
        found.append(
            Comparison(
                measure=f"|{component} - {name}| max",
                value=distance(cubic(place, *known), table),
                reference=0.0,
                source=reference(f"{name}_{component}").attrs["source"],
                band=(0.0, band),
                unit="U",
                why_no_gci="a distance",
                note=NOTES.get((name, component, reynolds), ""),
            )
        )
    return found


def profile(name: str, component: Component, reynolds: int) -> tuple[Floats, Floats]:
    """Places and velocities of a published profile without Ghia's misprint, places rising."""
    table = reference(f"{name}_{component}")
    place = str(table.columns[0])
    table = table.sort_values(place)
    if (name, component, reynolds) == ("ghia1982", "v", 400):
        table = table[table[place] != MISPRINT]
    return table[place].to_numpy(float), table[f"{component}_Re{reynolds}"].to_numpy(float)


def beside_spectral(found: Sequence[Profiles], cells: Sequence[int], reynolds: int, *, quick: bool) -> list[Comparison]:
    """The extremes on the centre lines beside Botella and Peyret's, the finest grid first."""
    comparisons = []
    for name in found[0].extremes:
        known = published(f"cavity_re{reynolds}.{name}")
        values = graded([one.extremes[name] for one in found], cells)
        band = within(known.value, QUICK_BAND if quick else BAND)
        note = "" if values.extrapolated is None else f"{values.extrapolated:.5f} at zero cell size"
        comparisons.append(values.against(name, known.value, known.source, band, unit="U", note=note))
    return comparisons


def plots(ours: Profiles, reynolds: int, cells: int) -> tuple[Plot, ...]:
    """Both centre lines beside the tables."""
    tables = {"ghia1982": "Ghia et al. (1982)"}
    if reynolds == 1000:
        tables["botella1998"] = "Botella and Peyret (1998)"
    label = f"FlowCFD, {cells} x {cells}"
    published_u = [Curve(said, *profile(name, "u", reynolds), True) for name, said in tables.items()]
    published_v = [Curve(said, *profile(name, "v", reynolds), True) for name, said in tables.items()]
    return (
        Plot(f"u at x = L/2, Re {reynolds}", "y/L", "u/U", (Curve(label, ours.y, ours.u), *published_u), zero=True),
        Plot(f"v at y = L/2, Re {reynolds}", "x/L", "v/U", (Curve(label, ours.x, ours.v), *published_v), zero=True),
    )


def run(effort: Effort, *, reynolds: int) -> Outcome:
    """Compute the grids and compare the finest."""
    grids = QUICK[reynolds] if effort.quick else GRIDS
    done = effort.compute(*(case(reynolds, cells) for cells in grids))
    found = [profiles(one) for one in done.results]
    loose = QUICK_LOOSE if effort.quick else 1.0
    comparisons = beside_spectral(found, done.cells, reynolds, quick=effort.quick) if reynolds in SPECTRAL else []
    if reynolds == 1000:
        bands: dict[Component, float] = {"u": SPECTRAL_PROFILE * loose, "v": SPECTRAL_PROFILE * loose}
        comparisons += beside_table(found[0], "botella1998", reynolds, bands)
    return done.outcome(
        f"cavity_re{reynolds}",
        [*comparisons, *beside_table(found[0], "ghia1982", reynolds, {"u": U_BAND * loose, "v": V_BAND * loose})],
        plots(found[0], reynolds, grids[0]),
    )


for _reynolds, _cost in ((100, Cost(20, 1)), (400, Cost(16, 1)), (1000, Cost(27, 5))):
    BENCHMARKS.register(
        f"cavity_re{_reynolds}",
        Benchmark(
            f"cavity_re{_reynolds}",
            f"lid-driven cavity, Re {_reynolds}",
            "Ghia, Ghia and Shin (1982)" + ("; Botella and Peyret (1998)" if _reynolds in SPECTRAL else ""),
            _cost,
            partial(run, reynolds=_reynolds),
        ),
    )

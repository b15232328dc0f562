"""Rendered RANS cases against Dean's friction law and the step of Driver and Seegmiller."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from flowcfd.benchmarks.tables import published
from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Case,
    Channel,
    Cyclic,
    Fluid,
    Incompressible,
    Inlet,
    InletTurbulence,
    MeanVelocity,
    Outlet,
    Steady,
    Wall,
    WallShear,
)
from flowcfd.foam.meshers.spacing import spacings

pytestmark = pytest.mark.flow
H = 0.0127
NUMBER = r"[-+.\deE]+"


@pytest.mark.parametrize(
    ("model", "mesh", "within"),
    [
        ("kOmegaSST", Blocks((4, 80), first_cell=5e-4, growth=1.3), 0.08),  # y+ 0.3
        ("kOmegaSST", Blocks((4, 40), first_cell=9e-3, growth=1.3), 0.08),  # y+ 5
        ("kOmegaSST", Blocks((4, 16)), 0.08),  # y+ 35
        ("SpalartAllmaras", Blocks((4, 60), first_cell=1.8e-3, growth=1.3), 0.08),  # y+ 1
        ("SpalartAllmaras", Blocks((4, 16)), 0.15),
        ("kOmega", Blocks((4, 16)), 0.15),
        ("kEpsilon", Blocks((4, 16)), 0.15),
        ("realizableKE", Blocks((4, 16)), 0.15),
        ("RNGkEpsilon", Blocks((4, 16)), 0.15),
    ],
    ids=lambda value: value.kind + str(value.cells[1]) if isinstance(value, Blocks) else str(value),
)
def test_developed_channel_flow_has_the_friction_of_deans_law(compute, model: str, mesh: Blocks, within: float) -> None:
    """Cf = 0.073 Re^(-1/4), Re by bulk speed and full height (Dean, J. Fluids Eng. 100 (1978) 215), Re 20000."""
    reynolds = 20_000
    case = Case(
        domain=Channel(0.5, 1.0),
        mesh=mesh,
        physics=Incompressible(Fluid(nu=1 / reynolds), model, velocity=(1, 0, 0), drive=MeanVelocity((1, 0, 0))),
        boundaries={"inlet": Cyclic("outlet"), "outlet": Cyclic("inlet"), "bottom": Wall(), "top": Wall()},
        solve=Steady(800, residual=1e-6),
        outputs=(WallShear(patches=("bottom",)),),
    )
    (file,) = compute(case).written("wallShear")
    stress = float(re.findall(NUMBER, file.read_text().splitlines()[-1].split("bottom")[1])[0])
    assert 2 * abs(stress) == pytest.approx(0.073 * reynolds**-0.25, rel=within)


def test_the_driver_seegmiller_step_reattaches_where_k_omega_sst_has_it(compute) -> None:
    """Experiment: x/H = 6.26 +- 0.10; kOmegaSST on fine grids: 6.4 to 6.5 (NASA's Turbulence Modeling Resource)."""
    behind = (8 / 30, 48 / 72, 1), (22 / 30, 24 / 72, 20)
    below = (0.5, 0.5, 40), (0.5, 0.5, 1 / 40)
    above = (0.3, 0.45, 100), (0.4, 0.15, 1), (0.3, 0.4, 1 / 100)
    case = Case(
        domain=BackwardFacingStep(step=H, inlet_height=8 * H, upstream=110 * H, downstream=30 * H),
        mesh=Blocks((80, 72, 28, 40), grading=(0.025, behind, below, above)),
        physics=Incompressible(Fluid(nu="1.56e-5 m^2/s"), "kOmegaSST"),
        boundaries={
            "inlet": Inlet("44.2 m/s", turbulence=InletTurbulence("0.1 %", viscosity_ratio=0.1)),
            "outlet": Outlet(),
            **dict.fromkeys(("upstreamWall", "step", "lowerWall", "upperWall"), Wall()),
        },
        solve=Steady(450, residual=None, write_format="ascii"),
        outputs=(WallShear(),),
    )
    done = compute(case)
    ends = np.array(spacings(case, case.mesh)["downstream"].points())
    x = 0.5 * (ends[1:] + ends[:-1]) / H
    friction = -streamwise(done.path / "450" / "wallShearStress", "lowerWall")
    back = np.flatnonzero((friction[:-1] < 0) & (friction[1:] > 0))[-1]
    reattachment = x[back] - friction[back] * (x[back + 1] - x[back]) / (friction[back + 1] - friction[back])
    assert reattachment == pytest.approx(6.41, abs=0.1)
    assert reattachment == pytest.approx(published("driver_seegmiller.reattachment").value, rel=0.05)


def streamwise(field: Path, patch: str) -> np.ndarray:
    """The x components of an ascii vector field on a patch."""
    text = field.read_text()
    block = re.search(rf"\b{patch}\s*\{{.*?nonuniform List<vector>\s*\d+\s*\((.*?)\n\)", text, re.DOTALL)
    assert block, f"no values on {patch}"
    return np.array([float(x) for x in re.findall(rf"\(({NUMBER}) ", block.group(1))])

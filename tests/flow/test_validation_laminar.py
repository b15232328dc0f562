"""Rendered laminar cases against exact solutions (Poiseuille, Hagen-Poiseuille) and Ghia's cavity."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.benchmarks.tables import reference
from flowcfd.case import (
    Blocks,
    Case,
    Cavity,
    Channel,
    Cyclic,
    Fluid,
    Incompressible,
    Inlet,
    Lines,
    MeanVelocity,
    Outlet,
    Parabola,
    Pipe,
    Steady,
    Wall,
)

pytestmark = pytest.mark.flow
MEAN, NU = 1.0, 0.02


def slope(line: np.ndarray) -> float:
    """The pressure gradient dp/dx [m/s2] of a line with columns x y z p, by least squares."""
    return float(np.polyfit(line[:, 0], line[:, 3], 1)[0])


def test_plane_poiseuille_flow_has_its_pressure_gradient_and_its_profile(compute) -> None:
    height = 1.0
    case = Case(
        domain=Channel("4 m", height),
        mesh=Blocks((40, 32)),
        physics=Incompressible(Fluid(nu=NU)),
        boundaries={
            "inlet": Inlet(profile=Parabola(1.5 * MEAN, high=height)),
            "outlet": Outlet(),
            "bottom": Wall(),
            "top": Wall(),
        },
        solve=Steady(500, residual=1e-7),
        outputs=(
            Lines((1, 0.5, 0.05), (3, 0.5, 0.05), name="along", points=21, fields="p"),
            Lines((3, 0, 0.05), (3, 1, 0.05), name="across", points=33, fields="U"),
        ),
    )
    done = compute(case)
    assert slope(done.table("along", "along_p.xy")) == pytest.approx(-12 * NU * MEAN / height**2, rel=0.005)
    across = done.table("across", "across_U.xy")
    y = across[:, 1]
    assert across[:, 3] == pytest.approx(6 * MEAN * y * (height - y) / height**2, abs=0.01 * MEAN)


def test_driven_cyclic_channel_flow_develops_to_poiseuilles_profile(compute) -> None:
    case = Case(
        domain=Channel("0.5 m", "1 m"),
        mesh=Blocks((4, 32)),
        physics=Incompressible(Fluid(nu=NU), velocity=(MEAN, 0, 0), drive=MeanVelocity((MEAN, 0, 0))),
        boundaries={"inlet": Cyclic("outlet"), "outlet": Cyclic("inlet"), "bottom": Wall(), "top": Wall()},
        solve=Steady(400),
        outputs=(Lines((0.25, 0, 0.05), (0.25, 1, 0.05), name="across", points=33, fields="U"),),
    )
    across = compute(case).table("across", "across_U.xy")
    y = across[:, 1]
    assert across[:, 3] == pytest.approx(6 * MEAN * y * (1 - y), abs=0.01 * MEAN)


@pytest.mark.parametrize(
    ("form", "mesh", "gradient", "speed"),
    [
        ("wedge", Blocks((60, 24)), 0.002, 0.003),
        ("full", Blocks((24, 12, 12), grading=(1, 0.5, 1)), 0.01, 0.01),
    ],
)
def test_hagen_poiseuille_flow_has_its_pressure_gradient_and_its_profile(compute, form, mesh, gradient, speed) -> None:
    diameter = 1.0
    case = Case(
        domain=Pipe(diameter, "4 m", form=form),
        mesh=mesh,
        physics=Incompressible(Fluid(nu=NU)),
        boundaries={
            "inlet": Inlet(profile=Parabola(2 * MEAN, high=diameter / 2, axis="r")),
            "outlet": Outlet(),
            "wall": Wall(),
        },
        solve=Steady(600, residual=1e-6),
        outputs=(
            Lines((1, 0.01, 0), (3, 0.01, 0), name="along", points=21, fields="p"),
            Lines((3, 0.01, 0), (3, 0.44, 0), name="across", points=33, fields="U"),
        ),
    )
    done = compute(case)
    assert slope(done.table("along", "along_p.xy")) == pytest.approx(-32 * NU * MEAN / diameter**2, rel=gradient)
    across = done.table("across", "across_U.xy")
    exact = 2 * MEAN * (1 - (2 * across[:, 1] / diameter) ** 2)
    assert across[:, 3] == pytest.approx(exact, abs=speed * 2 * MEAN)


def test_the_lid_driven_cavity_at_re_1000_agrees_with_ghia(compute) -> None:
    case = Case(
        domain=Cavity("1 m"),
        mesh=Blocks(64),
        physics=Incompressible(Fluid(nu=1e-3)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Steady(1500, convection="linear", residual=1e-5),
        outputs=(
            Lines((0.5, 0, 0.05), (0.5, 1, 0.05), name="upright", points=401, fields="U"),
            Lines((0, 0.5, 0.05), (1, 0.5, 0.05), name="level", points=401, fields="U"),
        ),
    )
    done = compute(case)
    upright, level = done.table("upright", "upright_U.xy"), done.table("level", "level_U.xy")
    y, u = ghia("u")
    x, v = ghia("v")
    assert np.interp(y, upright[:, 1], upright[:, 3]) == pytest.approx(u, abs=0.025)
    assert np.interp(x, level[:, 0], level[:, 4]) == pytest.approx(v, abs=0.03)


def ghia(component: str) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates and velocities at Re 1000, Ghia, Ghia and Shin (1982)."""
    table = reference(f"ghia1982_{component}")
    place, speed = table.columns[0], f"{component}_Re1000"
    table = table.sort_values(place)
    return table[place].to_numpy(), table[speed].to_numpy()

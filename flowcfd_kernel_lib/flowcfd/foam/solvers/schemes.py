"""fvSchemes and fvSolution of the incompressible solvers, put together from the few choices that matter.

Gradients and diffusion are central, turbulence is convected by limitedLinear, the velocity as the Case says. Steady
runs are SIMPLEC by default: U relaxed by 0.9, the pressure not at all, as validated on cavity, pipe and step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowcfd.case.solve import Solve, Steady, Transient

Entries = dict[str, object]

CONVECTION: Mapping[str, str] = {
    "upwind": "Gauss upwind",
    "linearUpwind": "Gauss linearUpwind grad(U)",
    "limitedLinear": "Gauss limitedLinearV 1",
    "linear": "Gauss linear",
}
TURBULENCE: Mapping[str, str] = {
    "upwind": "Gauss upwind",
    "linearUpwind": "Gauss linearUpwind default",
    "limitedLinear": "Gauss limitedLinear 1",
}
TIME: Mapping[str, str] = {"Euler": "Euler", "backward": "backward", "CrankNicolson": "CrankNicolson 0.9"}
"""Pure Crank-Nicolson rings; 0.9 of it does not and keeps the order in practice."""
NEED_WALL_DISTANCE = frozenset({"kOmegaSST", "SpalartAllmaras"})
STRESS = "div((nuEff*dev2(T(grad(U)))))"


WALL_DISTANCE: Mapping[str, str] = {"meshWave": "meshWave", "exact": "exactDistance"}
"""meshWave takes the distance to the centre of the nearest wall face. In cells that are much longer than they are high
and whose height varies along the wall, the centre of a cell lies further from that of its wall face than from the
wall: the distances near the wall come out too large, and with them the eddy viscosity (drag of a NACA 0012: twice)."""
EXACT_DISTANCE_LIBRARY = "fvMotionSolvers"


LIMITED = "limited"
"""The name of the gradient that linearUpwind extrapolates by where cells of different levels meet.

There the middle of a face lies beside the line between the middles of its cells, so the gradient across the flow counts
too: with that of a large cell at a wall the velocity overshoots, and total pressure comes from nowhere (before an Ahmed
body on 188 000 cells a third of the dynamic pressure, and its drag was a fifth too large)."""


def fv_schemes(
    solve: Solve,
    model: str,
    transported: Iterable[str],
    *,
    wall_distance: str = "meshWave",
    levels: bool = False,
) -> Entries:
    """The entries of fvSchemes for a solve and a turbulence model with its fields.

    `levels`: the mesh has cells of different levels beside each other, as those around a body from CAD.
    """
    ddt = TIME[solve.time_scheme] if isinstance(solve, Transient) else "steadyState"
    bounded = "bounded " if isinstance(solve, Steady) else ""
    limited = levels and solve.convection == "linearUpwind"
    convection = f"Gauss linearUpwind {LIMITED}" if limited else CONVECTION[solve.convection]
    div: Entries = {"default": "none", "div(phi,U)": bounded + convection}
    div |= {f"div(phi,{field})": bounded + TURBULENCE[solve.turbulence_convection] for field in transported}
    div[STRESS] = "Gauss linear"
    schemes: Entries = {
        "ddtSchemes": {"default": ddt},
        "gradSchemes": {"default": "Gauss linear", **({LIMITED: "cellLimited Gauss linear 1"} if limited else {})},
        "divSchemes": div,
        "laplacianSchemes": {"default": "Gauss linear corrected"},
        "interpolationSchemes": {"default": "linear"},
        "snGradSchemes": {"default": "corrected"},
    }
    if model in NEED_WALL_DISTANCE:
        schemes["wallDist"] = {"method": WALL_DISTANCE[wall_distance]}
    return schemes


def linear_solvers(solve: Solve, transported: tuple[str, ...], *, potential: bool) -> Entries:
    """The linear solvers of all fields; in transient runs also of the last iteration, with `potential` of Phi."""
    transient = isinstance(solve, Transient)
    pressure: Entries = {
        "solver": "GAMG",
        "smoother": "GaussSeidel",
        "tolerance": 1e-8 if transient else 1e-10,
        "relTol": 0.05,
    }
    others: Entries = {
        "solver": "smoothSolver",
        "smoother": "symGaussSeidel",
        "tolerance": 1e-9 if transient else 1e-12,
        "relTol": 0.1,
    }
    solvers: Entries = {"p": pressure}
    if transient:
        solvers["pFinal"] = {**pressure, "relTol": 0}
    if potential:
        solvers["Phi"] = {**pressure, "relTol": 0.01}
    solvers[key("U", *transported)] = others
    if transient:
        solvers[key("U", *transported, suffix="Final")] = {**others, "relTol": 0}
    return solvers


def steady_algorithm(solve: Steady, vanishing: frozenset[str], transported: tuple[str, ...]) -> Entries:
    """The SIMPLE entries: the variant and the residuals at which it ends.

    Fields in `vanishing` are left out of the residuals unless the Case names them: the residual of a component that is
    zero is noise over noise, and never falls.
    """
    control: Entries = {
        name: solve.residuals.get(name, solve.residual)
        for name in ("U", "p", *transported)
        if name in solve.residuals or (solve.residual is not None and name not in vanishing)
    }
    return {"consistent": solve.consistent, "nNonOrthogonalCorrectors": 0, "residualControl": control}


def steady_relaxation(solve: Steady, transported: tuple[str, ...]) -> Entries:
    """The relaxation factors: those of SIMPLEC or SIMPLE, unless the Case names others."""
    usual = (
        {"U": 0.9, **dict.fromkeys(transported, 0.8)}
        if solve.consistent
        else {"U": 0.7, **dict.fromkeys(transported, 0.6)}
    )
    equations = {name: solve.relaxation.get(name, factor) for name, factor in usual.items()}
    pressure = solve.relaxation.get("p", None if solve.consistent else 0.3)
    return {**({"fields": {"p": pressure}} if pressure is not None else {}), "equations": equations}


def transient_algorithm(solve: Transient) -> Entries:
    """The PISO or PIMPLE entries."""
    outer = {} if solve.solver == "icoFoam" else {"nOuterCorrectors": solve.outer if solve.algorithm == "PIMPLE" else 1}
    return {"momentumPredictor": True, **outer, "nCorrectors": solve.correctors, "nNonOrthogonalCorrectors": 0}


def key(*fields: str, suffix: str = "") -> str:
    """One entry name for several fields; a regular expression only where it must be."""
    return fields[0] + suffix if len(fields) == 1 else f'"({"|".join(fields)}){suffix}"'

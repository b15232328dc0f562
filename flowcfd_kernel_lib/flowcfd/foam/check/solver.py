"""What is known of the solvers of OpenFOAM ESI 1912: is time an iteration count, what is p, how is it coupled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Solver:
    """One solver; `algorithm` is the dictionary of fvSolution that it reads (SIMPLE, PISO, PIMPLE, potentialFlow)."""

    name: str
    steady: bool | None
    """None: what ddtSchemes says."""
    compressible: bool
    """Whether p is in pascal and density follows from it; incompressible ones have p / rho [m2/s2] unless `dynamic`."""
    algorithm: str
    pressure: str = "p"
    """The pressure that is solved for: p, p_rgh, or "" for none."""
    dynamic: bool = False
    """Incompressible with p in pascal: several phases with densities of their own."""


def _known(names: str, steady: bool | None, compressible: bool, algorithm: str, pressure: str = "p",
           dynamic: bool = False) -> dict[str, Solver]:  # fmt: skip
    return {name: Solver(name, steady, compressible, algorithm, pressure, dynamic) for name in names.split()}


SOLVERS: dict[str, Solver] = {
    **_known("simpleFoam porousSimpleFoam SRFSimpleFoam overSimpleFoam", True, False, "SIMPLE"),
    **_known("pimpleFoam SRFPimpleFoam overPimpleDyMFoam", False, False, "PIMPLE"),
    **_known("pisoFoam icoFoam nonNewtonianIcoFoam", False, False, "PISO"),
    **_known("boundaryFoam", True, False, "", ""),
    **_known("potentialFoam", True, False, "potentialFlow"),
    **_known("laplacianFoam scalarTransportFoam", None, False, "", ""),
    **_known("buoyantBoussinesqSimpleFoam", True, False, "SIMPLE", "p_rgh"),
    **_known("buoyantBoussinesqPimpleFoam", False, False, "PIMPLE", "p_rgh"),
    **_known("buoyantSimpleFoam", True, True, "SIMPLE", "p_rgh"),
    **_known("buoyantPimpleFoam", False, True, "PIMPLE", "p_rgh"),
    **_known("rhoSimpleFoam rhoPorousSimpleFoam", True, True, "SIMPLE"),
    **_known("rhoPimpleFoam sonicFoam sonicDyMFoam reactingFoam", False, True, "PIMPLE"),
    **_known("rhoCentralFoam rhoPimpleAdiabaticFoam", False, True, ""),
    **_known("interFoam interIsoFoam interPhaseChangeFoam multiphaseInterFoam interMixingFoam driftFluxFoam "
             "twoLiquidMixingFoam overInterDyMFoam", False, False, "PIMPLE", "p_rgh", True),
}  # fmt: skip

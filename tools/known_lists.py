"""Ask the OpenFOAM that is installed which names it knows, and keep them for the rules of `fc.check`.

    python tools/known_lists.py        # writes flowcfd_kernel_lib/flowcfd/foam/check/data/known_<version>.json

Every list comes from the programs themselves: `<solver> -listScalarBCs` and its like with each library loaded in turn
(what a library adds is kept under its name), and, where no option lists the names, the list in the message of the error
that a wrong name provokes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.tutorials import tutorial

SOLVERS = (
    "simpleFoam", "pimpleFoam", "icoFoam", "rhoSimpleFoam", "rhoPimpleFoam", "rhoCentralFoam",
    "buoyantSimpleFoam", "buoyantPimpleFoam", "buoyantBoussinesqSimpleFoam", "interFoam", "interIsoFoam",
    "reactingFoam", "sonicFoam", "chtMultiRegionFoam", "reactingTwoPhaseEulerFoam", "compressibleInterFoam",
    "pisoFoam", "potentialFoam", "fireFoam", "XiFoam", "PDRFoam", "twoPhaseEulerFoam", "multiphaseEulerFoam",
    "MPPICFoam", "sprayFoam", "overPimpleDyMFoam", "adjointOptimisationFoam", "dsmcFoam", "reactingParcelFoam",
    "mdFoam", "chemFoam", "cavitatingFoam", "solidDisplacementFoam", "porousSimpleFoam", "driftFluxFoam",
    "icoReactingMultiphaseInterFoam", "overRhoPimpleDyMFoam", "overInterDyMFoam",
    "compressibleMultiphaseInterFoam", "liquidFilmFoam", "surfactantFoam", "shallowWaterFoam",
    "interPhaseChangeFoam", "multiphaseInterFoam", "boundaryFoam", "SRFSimpleFoam", "coalChemistryFoam",
    "potentialFreeSurfaceFoam", "DPMFoam", "laplacianFoam",
)  # fmt: skip
"""Solvers that are asked which boundary conditions they bring."""
TARGET = Path(__file__).resolve().parent.parent / "flowcfd_kernel_lib/flowcfd/foam/check/data"
_LIST = re.compile(r"(\d+)\s*\(([^()]*)\)")
WRONG = "noSuchName"


def main() -> int:
    """Write the file; returns the exit code."""
    found = install.find()
    with tempfile.TemporaryDirectory(prefix="flowcfd-known-") as place:
        base = adopt(tutorial("incompressible/simpleFoam/pitzDaily"))
        case = Path(place, "case")
        base.write(case)
        _run("blockMesh", case)
        known = {
            "obtained": f"OpenFOAM {found.version}, Debian package; see tools/known_lists.py",
            "version": found.version,
            "applications": found.applications(),
            **_boundaries(case),
            **_functions(case),
            "fv_options": _names(_run("simpleFoam", case, "-listFvOptions"), "fvOptions"),
            **_models(case),
            **_selectors(base, Path(place)),
        }
    TARGET.mkdir(exist_ok=True)
    file = TARGET / f"known_{found.version}.json"
    file.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    sys.stdout.write("".join(f"{name}: {len(value)}\n" for name, value in known.items()))
    return 0


def _run(application: str, case: Path, *arguments: str) -> str:
    found = install.find()
    done = subprocess.run(
        [str(found.application(application)), *arguments], cwd=case, env=found.environment(case=case), timeout=60,
        capture_output=True, check=False,
    )  # fmt: skip
    return (done.stdout + done.stderr).decode("latin-1")


def _names(text: str, title: str) -> list[str]:
    """The list behind its title, on one line or one name a line."""
    found = re.search(
        re.escape(title) + r"\s*(?:fvPatchField<\w+>)?\s*:?\s*\d+\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text
    )
    return sorted(found[1].split()) if found else []


def _last_list(text: str) -> list[str]:
    """The names of the first list of names in an error message."""
    _, _, message = text.partition("--> FOAM FATAL")
    found = _LIST.search(message)
    return sorted(found[2].split()) if found else []


def _libraries() -> list[str]:
    """All libraries that may hold types, by the name that `libs (...)` takes."""
    listed = subprocess.run(["dpkg", "-L", "libopenfoam"], capture_output=True, text=True, check=True).stdout
    return sorted(
        {Path(line).name[3:].split(".so")[0] for line in listed.splitlines() if re.search(r"/lib\w+\.so", line)}
    )


def _boundaries(case: Path) -> dict[str, object]:
    """Boundary conditions: of all solvers, and what each library adds to a plain one."""

    def ask(arguments: tuple[str, ...]) -> list[str]:
        return _all_lists(_run(arguments[0], case, *arguments[1:]))

    kinds = {"scalar_boundaries": "-listScalarBCs", "vector_boundaries": "-listVectorBCs"}
    result: dict[str, object] = {}
    with ThreadPoolExecutor(2) as pool:
        for kind, option in kinds.items():
            by_solver = dict(zip(SOLVERS, pool.map(ask, [(name, option) for name in SOLVERS]), strict=True))
            libraries = _libraries()
            by_library = dict(zip(libraries, pool.map(ask, [("icoFoam", option, "-lib", lib) for lib in libraries]),
                                  strict=True))  # fmt: skip
            shared = set(by_solver["icoFoam"])
            result[kind] = sorted(set().union(*by_solver.values()) | set().union(*by_library.values()))
            result[f"{kind}_shared"] = sorted(shared)
    return result


def _all_lists(text: str) -> list[str]:
    _, _, text = text.partition("// * * * * *")
    return sorted({name for _, names in _LIST.findall(text) for name in names.split()})


def _functions(case: Path) -> dict[str, object]:
    """Function objects: those that every solver knows, and those that each library brings."""

    def ask(library: str) -> set[str]:
        return set(_all_lists(_run("icoFoam", case, "-listFunctionObjects", "-lib", library)))

    plain = set(_all_lists(_run("icoFoam", case, "-listFunctionObjects")))
    libraries = _libraries()
    with ThreadPoolExecutor(2) as pool:
        added = dict(zip(libraries, pool.map(ask, libraries), strict=True))
    brings = {library: sorted(some - plain) for library, some in added.items() if some - plain}
    return {"functions": sorted(plain.union(*added.values())), "functions_by_library": brings,
            "functions_without_library": sorted(plain), "libraries": libraries}  # fmt: skip


def _models(case: Path) -> dict[str, object]:
    """Turbulence models of incompressible and compressible solvers."""
    result: dict[str, object] = {}
    for kind, solver in (("incompressible", "simpleFoam"), ("compressible", "rhoSimpleFoam")):
        text = _run(solver, case, "-listTurbulenceModels")
        result[f"{kind}_models"] = {name: _names(text, f"{name} models") for name in ("RAS", "LES")}
    return result


SELECTED = {
    "symmetric_solvers": ("system/fvSolution", {"solvers.p": {"solver": WRONG, "tolerance": 1}}),
    "asymmetric_solvers": ("system/fvSolution", {"solvers.U": {"solver": WRONG, "tolerance": 1}}),
    "symmetric_smoothers": (
        "system/fvSolution", {"solvers.p": {"solver": "GAMG", "smoother": WRONG, "tolerance": 1, "relTol": 0.1}}),
    "asymmetric_smoothers": (
        "system/fvSolution", {"solvers.U": {"solver": "smoothSolver", "smoother": WRONG, "tolerance": 1}}),
    "symmetric_preconditioners": (
        "system/fvSolution", {"solvers.p": {"solver": "PCG", "preconditioner": WRONG, "tolerance": 1}}),
    "asymmetric_preconditioners": (
        "system/fvSolution", {"solvers.U": {"solver": "PBiCGStab", "preconditioner": WRONG, "tolerance": 1}}),
    "ddt_schemes": ("system/fvSchemes", {"ddtSchemes.default": WRONG}),
    "grad_schemes": ("system/fvSchemes", {"gradSchemes.default": WRONG}),
    "div_schemes": ("system/fvSchemes", {"divSchemes.div(phi,U)": WRONG}),
    "convection_schemes": ("system/fvSchemes", {"divSchemes.div(phi,U)": f"bounded {WRONG}"}),
    "limited_schemes_vector": ("system/fvSchemes", {"divSchemes.div(phi,U)": f"bounded Gauss {WRONG}"}),
    "limited_schemes_scalar": ("system/fvSchemes", {"divSchemes.div(phi,k)": f"bounded Gauss {WRONG}"}),
    "laplacian_schemes": ("system/fvSchemes", {"laplacianSchemes.default": WRONG}),
    "laminar_models": (
        "constant/turbulenceProperties", {"simulationType": "laminar", "laminar": {"laminarModel": WRONG}}),
    "surface_normal_gradient_schemes": (
        "system/fvSchemes", {"laplacianSchemes.default": f"Gauss linear {WRONG}", "snGradSchemes.default": WRONG}),
    "transport_models": ("constant/transportProperties", {"transportModel": WRONG}),
    "wall_distance_methods": ("system/fvSchemes", {"wallDist.method": WRONG}),
}  # fmt: skip
"""Where a wrong name makes OpenFOAM list the right ones."""


def _selectors(base: CaseFiles, place: Path) -> dict[str, object]:
    result: dict[str, object] = {}
    for name, (path, edits) in SELECTED.items():
        case = place / name
        files = base
        if name == "wall_distance_methods":
            files = files.edited("constant/turbulenceProperties", {"RAS.RASModel": "kOmegaSST"})
            files = files.with_files({"0/omega": files.text("0/epsilon").replace("epsilon", "omega")
                                      .replace("[0 2 -3 0 0 0 0]", "[0 0 -1 0 0 0 0]")})  # fmt: skip
            files = files.edited("system/fvSchemes", {"divSchemes.div(phi,omega)": "bounded Gauss upwind"})
        files.write(case)
        _run("blockMesh", case)
        whole = adopt(case)
        broken = place / f"{name}-broken"
        whole.edited(path, edits).write(broken)
        result[name] = _last_list(_run("simpleFoam", broken))
        shutil.rmtree(broken)
    base.write(place / "parts")
    _run("blockMesh", place / "parts")
    (place / "parts/system/decomposeParDict").write_text(
        "FoamFile { version 2.0; format ascii; class dictionary; object decomposeParDict; }\n"
        f"numberOfSubdomains 2; method {WRONG};\n"
    )
    result["decomposition_methods"] = _last_list(_run("decomposePar", place / "parts"))
    return result


if __name__ == "__main__":
    raise SystemExit(main())

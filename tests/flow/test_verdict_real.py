"""Verdicts on finished runs: good ones are not red, and each broken one is found out for its own reason."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flowcfd import jobs
from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Case,
    Channel,
    Cylinder,
    FarField,
    Fluid,
    Forces,
    Incompressible,
    Inlet,
    InletTurbulence,
    Outlet,
    Parabola,
    Pipe,
    Probes,
    Steady,
    Wall,
)
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.install import Installation
from flowcfd.foam.render import render
from flowcfd.foam.steps import steps
from flowcfd.post import Results, results
from flowcfd.post.verdict import Verdict, geometry
from flowcfd.post.verdict.evidence import Evidence
from flowcfd.post.verdict.walls import at_wall

pytestmark = [pytest.mark.flow, pytest.mark.usefixtures("home")]
Compute = Callable[..., Path]
CHANNEL = Channel(4.0, 1.0)
ALONG = (25.75 / 26.003, 3.62 / 26.003)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory, openfoam: Installation) -> Callable[[str, CaseFiles], Path]:
    """Runs all steps of a case as its logs show it, once for each name; a step that fails ends it."""
    made: dict[str, Path] = {}

    def compute(name: str, files: CaseFiles) -> Path:
        if name in made:
            return made[name]
        case = made[name] = tmp_path_factory.mktemp("verdict") / re.sub(r"\W+", "_", name)  # OpenFOAM wants no blanks
        files.write(case)
        for step in files.steps or steps(files):
            program, *rest = step.split()
            with (case / f"log.{program}").open("w") as log:
                argv = [str(openfoam.application(program)), *rest]
                environment = openfoam.environment(case=case)
                if subprocess.run(argv, cwd=case, env=environment, stdout=log, stderr=log, timeout=300).returncode:
                    break
        return case

    return compute


def channel(*, inlet: Inlet | None = None) -> CaseFiles:
    return render(
        Case(
            domain=CHANNEL,
            mesh=Blocks((40, 32)),
            physics=Incompressible(Fluid(nu=0.02)),
            boundaries={
                "inlet": inlet or Inlet(profile=Parabola(1.5, high=1.0)),
                "outlet": Outlet(),
                **dict.fromkeys(("bottom", "top"), Wall()),
            },
            solve=Steady(500, residual=1e-7),
            outputs=(Probes(((2, 0.5, 0.05),), name="middle"),),
        )
    )


def swapped() -> CaseFiles:
    """The channel with the speed at its inlet turned round."""
    files = channel(inlet=Inlet("1 m/s"))
    return files.edited(
        "0/U", {"boundaryField.inlet.type": "fixedValue", "boundaryField.inlet.value": "uniform (-1 0 0)"}
    )


def coarse() -> CaseFiles:
    """A turbulent channel with 8 cells across: the first lies far out of the log layer."""
    return render(
        Case(
            domain=CHANNEL,
            mesh=Blocks((40, 8)),
            physics=Incompressible(Fluid(nu=1e-5), "kOmegaSST"),
            boundaries={
                "inlet": Inlet("10 m/s", turbulence=InletTurbulence("5 %", viscosity_ratio=10)),
                "outlet": Outlet(),
                **dict.fromkeys(("bottom", "top"), Wall()),
            },
            solve=Steady(300),
        )
    )


def pipe() -> CaseFiles:
    return render(
        Case(
            domain=Pipe(1.0, "4 m", form="wedge"),
            mesh=Blocks((60, 24)),
            physics=Incompressible(Fluid(nu=0.02)),
            boundaries={
                "inlet": Inlet(profile=Parabola(2.0, high=0.5, axis="r")),
                "outlet": Outlet(),
                "wall": Wall(),
            },
            solve=Steady(600, residual=1e-6),
        )
    )


def step(downstream: float) -> CaseFiles:
    """A laminar step at Re 133 (step height): it reattaches about 7 heights downstream."""
    walls = dict.fromkeys(("upstreamWall", "step", "lowerWall", "upperWall"), Wall())
    return render(
        Case(
            domain=BackwardFacingStep(step=1.0, inlet_height=1.0, upstream=1.0, downstream=downstream),
            mesh=Blocks((8, 12, round(4 * downstream), 12)),
            physics=Incompressible(Fluid(nu=1 / 133)),
            boundaries={"inlet": Inlet("1 m/s"), "outlet": Outlet(), **walls},
            solve=Steady(600, residual=1e-5),
        )
    )


def cylinder(far: float, *, area: float | None = None) -> CaseFiles:
    domain = Cylinder(diameter=1.0, far=far)
    return render(
        Case(
            domain=domain,
            mesh=Blocks((40, 16), grading=(2 * far, 1)),
            physics=Incompressible(Fluid(nu=1 / 40), velocity=(1, 0, 0)),
            boundaries={"cylinder": Wall(), "farfield": FarField(velocity=(1, 0, 0))},
            solve=Steady(500),
            outputs=(Forces("cylinder", speed=1.0, area=area or domain.thickness, length=1.0),),
        )
    )


def foil(tutorials: Path, **given: object) -> CaseFiles:
    """The aerofoil tutorial (chord 35 m, slice 0.05 m thick) with coefficients."""
    entries = {
        "type": "forceCoeffs",
        "libs": "(forces)",
        "patches": "(walls)",
        "rho": "rhoInf",
        "rhoInf": 1,
        "magUInf": 26.003,
        "lRef": 35,
        "Aref": 1.75,
        "CofR": "(0 0 0)",
        "dragDir": f"({ALONG[0]} {ALONG[1]} 0)",
        "liftDir": f"({-ALONG[1]} {ALONG[0]} 0)",
        **given,
    }
    files = adopt(tutorials / "incompressible/simpleFoam/airFoil2D")
    if given:  # what is wrong with these is seen early
        files = files.edit("system/controlDict", endTime=60)
    inside = " ".join(f"{key} {value};" for key, value in entries.items())
    control = files.text("system/controlDict")
    return files.with_files({"system/controlDict": f"{control}\nfunctions {{ foil {{ {inside} }} }}\n"})


def tutorial(tutorials: Path, path: str, **control: object) -> CaseFiles:
    files = adopt(tutorials / path)
    return files.edit("system/controlDict", **control) if control else files


def gallery(tutorials: Path) -> dict[str, Callable[[], CaseFiles]]:
    cavity = "incompressible/icoFoam/cavity/cavity"
    pitz = "incompressible/simpleFoam/pitzDaily"
    return {
        "cavity": lambda: tutorial(tutorials, cavity),
        "channel": channel,
        "pipe": pipe,
        "step, long": lambda: step(20),
        "cylinder": lambda: cylinder(20),
        "pitzDaily": lambda: tutorial(tutorials, pitz),
        "airFoil2D": lambda: foil(tutorials),
        "obliqueShock": lambda: tutorial(tutorials, "compressible/rhoCentralFoam/obliqueShock", endTime=5),
        "damBreak": lambda: tutorial(tutorials, "multiphase/interFoam/laminar/damBreak/damBreak", endTime=0.3),
        "cavity, long steps": lambda: tutorial(tutorials, cavity, deltaT=0.02, endTime=1, writeInterval=10),
        "cavity, blown up": lambda: tutorial(tutorials, cavity, deltaT=0.5, endTime=100, writeInterval=10),
        "channel, inlet turned round": swapped,
        "channel, coarse at the wall": coarse,
        "step, cut in the recirculation": lambda: step(3),
        "cylinder, close far field": lambda: cylinder(4),
        "cylinder, area without the thickness": lambda: cylinder(20, area=1.0),
        "pitzDaily, 20 iterations": lambda: tutorial(tutorials, pitz, endTime=20, writeInterval=20),
        "airFoil2D, slow reference": lambda: foil(tutorials, magUInf=22),
        "airFoil2D, drag upstream": lambda: foil(tutorials, dragDir="(-1 0 0)", liftDir="(0 1 0)"),
    }


GOOD = {
    "cavity": ("green", ()),
    "channel": ("green", ()),
    "pipe": ("green", ()),
    "step, long": ("green", ()),
    "cylinder": ("green", ()),
    "pitzDaily": ("amber", ("settled", "y+")),
    "airFoil2D": ("amber", ("distance of boundaries", "y+")),
    "obliqueShock": ("green", ()),
    "damBreak": ("green", ()),
}
"""Colour and findings of computations as their authors meant them."""

BROKEN = {
    "cavity, long steps": ("amber", "Courant number"),
    "cavity, blown up": ("red", "end of the run"),
    "channel, inlet turned round": ("red", "direction of the flow"),
    "channel, coarse at the wall": ("red", "y+"),
    "step, cut in the recirculation": ("amber", "backflow at outlets"),
    "cylinder, close far field": ("amber", "distance of boundaries"),
    "cylinder, area without the thickness": ("red", "reference values"),
    "pitzDaily, 20 iterations": ("red", "residuals"),
    "airFoil2D, slow reference": ("amber", "reference values"),
    "airFoil2D, drag upstream": ("red", "reference values"),
}
"""What is wrong is found by this criterion, at least so gravely."""


@pytest.mark.parametrize("name", GOOD)
def test_a_good_run_is_not_red_and_its_findings_are_these(computed: Compute, tutorials: Path, name: str) -> None:
    found = Results(computed(name, gallery(tutorials)[name]())).verdict
    assert (found.colour, tuple(sorted(each.name for each in found.findings))) == GOOD[name], str(found)
    assert not failures(found)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_run_is_found_out_for_its_own_reason(computed: Compute, tutorials: Path, name: str) -> None:
    found = Results(computed(name, gallery(tutorials)[name]())).verdict
    colour, criterion = BROKEN[name]
    assert found[criterion].colour == colour, str(found)
    assert found.colour in (colour, "red") and not failures(found)


def failures(found: Verdict) -> list[str]:
    return [each.sentence for each in found.judgements if "the judge failed" in each.sentence]


@pytest.mark.parametrize("name", ["pitzDaily", "airFoil2D", "cylinder", "pipe"])
def test_the_mesh_is_as_good_as_check_mesh_says(computed: Compute, tutorials: Path, application, name: str) -> None:
    """Non-orthogonality, skewness and volumes to the six digits that checkMesh prints."""
    case = computed(name, gallery(tutorials)[name]())
    said = application(case, "checkMesh")
    mesh = geometry.read([part.mesh() for part in Evidence(Results(case)).parts])
    number = r"([-+.\deE]*\d)"
    angle = float(re.search(rf"non-orthogonality Max: {number}", said)[1])
    assert mesh.non_orthogonality().max() == pytest.approx(angle, rel=1e-5, abs=1e-5)
    skewness = max(mesh.skewness.max(), *(patch.skewness.max(initial=0) for patch in mesh.patches.values()))
    assert skewness == pytest.approx(float(re.search(rf"Max skewness = {number}", said)[1]), rel=1e-5, abs=1e-10)
    low, high = re.search(rf"Min volume = {number}\. Max volume = {number}\.", said).groups()
    assert [mesh.volumes.min(), mesh.volumes.max()] == pytest.approx([float(low), float(high)], rel=1e-5)


@pytest.mark.parametrize(("name", "wall"), [("pitzDaily", "lowerWall"), ("airFoil2D", "walls")])
def test_y_plus_is_openfoams(computed: Compute, tutorials: Path, application, name: str, wall: str) -> None:
    """To a few of the digits that fields are written with: the six of U leave fewer in its difference to the wall."""
    case = computed(name, gallery(tutorials)[name]())
    ours = at_wall(Evidence(Results(case)), wall)
    application(case, "simpleFoam", "-postProcess", "-func", "yPlus", "-latestTime")
    seen = Evidence(Results(case))
    assert "yPlus" in seen.names
    theirs = seen.field("yPlus").on(wall)
    (seen.parts[0].folder / "yPlus").unlink()
    np.testing.assert_allclose(ours, theirs, rtol=1e-3)


def test_a_decomposed_case_gets_the_same_judgements(computed: Compute, tutorials: Path, application, tmp_path) -> None:
    case = tmp_path / "case"
    shutil.copytree(computed("pitzDaily", gallery(tutorials)["pitzDaily"]()), case)
    whole = Results(case).verdict
    (case / "system/decomposeParDict").write_text(
        "FoamFile { version 2.0; format ascii; class dictionary; object decomposeParDict; }\n"
        "numberOfSubdomains 2; method simple; coeffs { n (2 1 1); }\n"
    )
    application(case, "decomposePar", "-time", "200:")
    for time in [path for path in case.iterdir() if path.name.isdigit() and path.name != "0"]:
        shutil.rmtree(time)
    parts = Results(case).verdict
    assert Evidence(Results(case)).mesh.counts[1] > 0
    for name in ("mass balance", "y+", "bounded fields", "largest speed", "backflow at outlets", "residuals"):
        assert (parts[name].colour, parts[name].value) == (whole[name].colour, whole[name].value), name
    assert parts["y+"].details["lowerWall"]["mean"] == pytest.approx(whole["y+"].details["lowerWall"]["mean"])


def test_a_run_is_judged_by_its_state(cavity: Callable[..., CaseFiles]) -> None:
    done = results(jobs.run(cavity(steps=60), wait=True)).verdict
    assert done.colour == "green" and done["end of the run"].value == "Done"
    wild = cavity(steps=60).edit("system/controlDict", deltaT=0.5, endTime=100)
    died = results(jobs.run(wild, wait=True), partial=True).verdict
    assert died.colour == "red" and died["end of the run"].colour == "red"
    assert "icoFoam" in died["end of the run"].sentence and "[/" not in died["end of the run"].sentence


def test_the_angle_of_the_aerofoils_stream_is_found(computed: Compute, tutorials: Path) -> None:
    seen = Evidence(Results(computed("airFoil2D", gallery(tutorials)["airFoil2D"]())))
    assert math.degrees(math.atan2(seen.stream[1], seen.stream[0])) == pytest.approx(8.0, abs=0.1)
    assert seen.speed == pytest.approx(26.003, rel=2e-3)

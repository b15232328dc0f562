"""The log readers on what the solvers of this machine print: tutorials, a few steps of each."""

from __future__ import annotations

import gzip
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.log import Tail, read
from flowcfd.foam.steps import steps
from flowcfd.post import results

pytestmark = pytest.mark.flow


@dataclass(frozen=True)
class Tutorial:
    """What a solver is to print: fields it solves for, and whether it prints Courant numbers, deltaT and its time."""

    solver: str
    folder: str
    end: float
    fields: str
    courant: bool = False
    deltaT: bool = False
    execution: bool = True
    before: tuple[str, ...] | None = None


FLANGE = ("ansysToFoam flange.ans -scale 0.001",)
REGIONS = ("bottomWater", "topAir", "heater", "leftSolid", "rightSolid")
HEATER = (
    "blockMesh",
    "topoSet",
    "splitMeshRegions -cellZones -overwrite",
    *(f"changeDictionary -region {r}" for r in REGIONS),
)
TUTORIALS = [
    Tutorial("icoFoam", "incompressible/icoFoam/cavity/cavity", 0.05, "Ux Uy p", courant=True),
    Tutorial("simpleFoam", "incompressible/simpleFoam/pitzDaily", 5, "Ux Uy p epsilon k"),
    Tutorial("pimpleFoam", "incompressible/pimpleFoam/RAS/TJunction", 0.01, "Ux Uy Uz p epsilon k s", True, True),
    Tutorial("pisoFoam", "incompressible/pisoFoam/RAS/cavityCoupledU", 0.05, "Ux Uy Uz p epsilon k", courant=True),
    Tutorial("potentialFoam", "basic/potentialFoam/pitzDaily", 1, "Phi"),
    Tutorial("interFoam", "multiphase/interFoam/laminar/damBreak/damBreak", 0.01, "alpha.water p_rgh", True, True),
    Tutorial("rhoCentralFoam", "compressible/rhoCentralFoam/obliqueShock", 0.05, "rho rhoUx rhoUy rhoE", True, True),
    Tutorial("buoyantSimpleFoam", "heatTransfer/buoyantSimpleFoam/hotRadiationRoom", 2, "Ux Uy Uz h G p_rgh epsilon k"),
    Tutorial("buoyantPimpleFoam", "heatTransfer/buoyantPimpleFoam/hotRoom", 8, "rho Ux Uy Uz h p_rgh epsilon k", True),
    Tutorial("scalarTransportFoam", "basic/scalarTransportFoam/pitzDaily", 0.001, "T", execution=False),
    Tutorial("laplacianFoam", "basic/laplacianFoam/flange", 0.05, "T", before=FLANGE),
    Tutorial("rhoSimpleFoam", "compressible/rhoSimpleFoam/squareBend", 2, "Ux Uy Uz e p epsilon k"),
    Tutorial("rhoPimpleFoam", "compressible/rhoPimpleFoam/RAS/cavity", 0.05, "rho Ux Uy h p omega k", True),
    Tutorial("sonicFoam", "compressible/sonicFoam/laminar/forwardStep", 0.02, "rho Ux Uy e p", courant=True),
    Tutorial("mhdFoam", "electromagnetics/mhdFoam/hartmann", 0.05, "Ux Uy p Bx By pB", courant=True, execution=False),
    Tutorial(
        "chtMultiRegionFoam", "heatTransfer/chtMultiRegionFoam/multiRegionHeater", 0.02,
        " ".join(f"{region}/h" for region in REGIONS), True, True, before=HEATER,
    ),
]  # fmt: skip


def prepared(tutorial: Tutorial, tutorials: Path) -> tuple[CaseFiles, tuple[str, ...]]:
    files = adopt(tutorials / tutorial.folder).edit("system/controlDict", endTime=f"{tutorial.end:g}")
    if tutorial.before is None:
        return files, steps(files)
    if any(path.startswith("0.orig/") for path in files):
        own = {path.replace("0.orig/", "0/", 1): content for path, content in files.files.items() if "0.orig/" in path}
        files = files.with_files({**own, **dict(files.files)})
    for packed in (tutorials / tutorial.folder).glob("*.gz"):
        files = files.with_files({packed.stem: gzip.decompress(packed.read_bytes()).decode("latin-1")})
    return files, (*tutorial.before, tutorial.solver)


def compute(files: CaseFiles, commands: tuple[str, ...], case: Path) -> Path:
    """Run the commands in `case`; the path of the last one's log."""
    openfoam = install.find()
    files.write(case)
    for command in commands:
        name, *arguments = command.split()
        log = case / f"log.{name}"
        with log.open("wb") as out:
            done = subprocess.run(
                [str(openfoam.application(name)), *arguments], cwd=case, env=openfoam.environment(case=case),
                stdout=out, stderr=subprocess.STDOUT, timeout=120, check=False,
            )  # fmt: skip
        assert done.returncode == 0, log.read_text()[-2000:]
    return log


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda tutorial: tutorial.solver)
def test_what_a_solver_prints_is_read(tutorial: Tutorial, tutorials: Path, tmp_path: Path) -> None:
    log = compute(*prepared(tutorial, tutorials), tmp_path)
    text, found = log.read_text(), read(log)
    times = [float(word) for word in re.findall(r"^Time = (\S+)$", text, re.MULTILINE)]
    assert found.application == tutorial.solver and found.ended
    assert found.steps["time"].tolist() == times
    assert len(found.solves["step"]) == text.count(", Initial residual = ")
    if not times:
        assert {found.names[code] for code in found.solves["field"]} == set(tutorial.fields.split())
        return
    table = results(tmp_path).residuals
    assert set(tutorial.fields.split()) <= set(table.columns)
    assert table[tutorial.fields.split()].notna().all().all()
    courant = results(tmp_path).courant
    assert len(courant) == len(times)
    if tutorial.courant:
        assert courant.iloc[1:].notna().all().all(), "every step but the first has its Courant number"
    else:
        assert courant.iloc[1:].isna().all().all(), "scalarTransportFoam prints one before it begins"
    assert np.isfinite(found.steps["deltaT"]).all() == tutorial.deltaT
    assert np.isfinite(found.steps["execution"]).all() == tutorial.execution


@pytest.mark.parametrize("tutorial", [TUTORIALS[5], TUTORIALS[-1]], ids=lambda tutorial: tutorial.solver)
def test_following_a_solver_gives_the_same_residuals(tutorial: Tutorial, tutorials: Path, tmp_path: Path) -> None:
    log = compute(*prepared(tutorial, tutorials), tmp_path)
    tail = Tail(log)
    followed = tail.poll()
    table = results(tmp_path).residuals
    assert [step.time for step in followed] == table.index.tolist()
    for step, (_, row) in zip(followed, table.iterrows(), strict=True):
        assert dict(step.residuals) == row.dropna().to_dict()

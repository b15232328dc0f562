"""The metrics of every cell and face, as checkMesh itself writes them: no geometry of our own."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd import telling
from flowcfd.errors import DictionaryError, ResultError
from flowcfd.foam import checkmesh, install
from flowcfd.foam.checkmesh import CheckMesh
from flowcfd.foam.fields import read

Floats = NDArray[np.float64]

FIELDS: Mapping[str, str] = {
    "nonOrthoAngle": "non-orthogonality",
    "skewness": "skewness",
    "aspectRatio": "aspect ratio",
    "cellDeterminant": "determinant",
    "cellVolumeRatio": "volume ratio",
    "faceWeight": "interpolation weight",
    "cellVolume": "volume",
}
"""The fields that checkMesh writes with -writeAllFields, one value a cell (of its worst face), and our names."""

_CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application checkMesh; startFrom startTime; startTime 0; stopAt endTime; endTime 0; deltaT 1;
writeControl timeStep; writeInterval 1; writeFormat binary; writePrecision 12; timeFormat general;
"""
_SCHEMES = """FoamFile { version 2.0; format ascii; class dictionary; object fvSchemes; }
ddtSchemes {} gradSchemes { default Gauss linear; } divSchemes {} laplacianSchemes {}
interpolationSchemes { default linear; } snGradSchemes { default corrected; }
"""
_SOLUTION = "FoamFile { version 2.0; format ascii; class dictionary; object fvSolution; }\n"


@dataclass(frozen=True)
class Measured:
    """The report, and the metrics by our names: arrays (cells,); angles [degree], volumes [m3]."""

    report: CheckMesh
    metrics: Mapping[str, Floats]


def measure(poly_mesh: Path, *, limit: float = 3600.0, into: Path | None = None) -> Measured:
    """Run checkMesh on the mesh in a folder constant/polyMesh, which is only read; at most `limit` [s].

    What it said is written into the file `into` where one is given.

    ResultError when it cannot read the mesh, with what it says. Cells that have no metric (the report tells of none)
    are nan.
    """
    if not (poly_mesh / "owner").exists() and not (poly_mesh / "owner.gz").exists():
        raise ResultError(f"{poly_mesh}: no mesh here; blockMesh or snappyHexMesh makes one")
    installation = install.find()
    with tempfile.TemporaryDirectory(prefix="flowcfd-quality-") as made:
        case = Path(made)
        (case / "system").mkdir()
        (case / "constant").mkdir()
        for name, text in (("controlDict", _CONTROL), ("fvSchemes", _SCHEMES), ("fvSolution", _SOLUTION)):
            (case / "system" / name).write_text(text)
        _linked(poly_mesh, case / "constant/polyMesh")
        said = _said(installation, case, limit)
        if into is not None:
            into.write_text(said)
        report = checkmesh.parse(said)
        return Measured(report, _metrics(case / "constant", report.cells))


def _linked(poly_mesh: Path, to: Path) -> None:
    """The mesh by links to its files: checkMesh writes sets of bad cells into its folder."""
    to.mkdir()
    for file in poly_mesh.iterdir():
        if file.is_file():
            (to / file.name).symlink_to(file.absolute())


def _said(installation: install.Installation, case: Path, limit: float) -> str:
    command = [str(installation.application("checkMesh")), "-constant", "-writeAllFields"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=case, env=installation.environment(case=case), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + limit
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise ResultError(f"checkMesh did not end within {limit:g} s")
                telling.tell(process, "checkMesh")
                try:
                    process.wait(0.5)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                process.kill()
                process.wait()
        output.seek(0)
        return output.read().decode("utf-8", errors="replace")


def _metrics(folder: Path, cells: int) -> dict[str, Floats]:
    found = {}
    for name, ours in FIELDS.items():
        try:
            values = np.asarray(read(folder / name, memmap=False).values(cells), np.float64)
        except (FileNotFoundError, DictionaryError):
            continue
        found[ours] = np.where(np.abs(values) > 1e30, np.inf, values)  # so large is what cannot be computed
    return found

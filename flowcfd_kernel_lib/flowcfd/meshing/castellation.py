"""The number of cells by OpenFOAM itself: snappyHexMesh without snapping and layers, in a folder of its own."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd import telling
from flowcfd.case.case import Case
from flowcfd.errors import CaseError
from flowcfd.foam import install
from flowcfd.foam.render import render
from flowcfd.meshing.estimate import task
from flowcfd.meshing.octree import Count

STEPS = ("blockMesh", "surfaceFeatureExtract", "snappyHexMesh -overwrite")
LIMIT = 3600.0
"""Seconds that a step may take."""


def castellate(case: Case) -> Count:
    """The cells of a case's mesh by level and the cells of it at each patch of the body, which layers grow from.

    SiteError without OpenFOAM, CaseError where a step fails.
    """
    installation = install.find()
    given = task(case)
    files = render(case).edited("system/snappyHexMeshDict", {"snap": False, "addLayers": False})
    files = files.edited("system/controlDict", {"writeFormat": "ascii", "writeCompression": "off"})
    with tempfile.TemporaryDirectory(prefix="flowcfd-castellation-") as made:
        folder = Path(made) / "case"
        files.write(folder)
        for step in STEPS:
            log = _done(installation, step, folder, case)
        names = list(given.body.patches)
        faces = _cells_at(folder / "constant/polyMesh", names)
    layers = tuple(given.layers[name].count if name in given.layers else 0 for name in names)
    return Count(_levels(log), tuple(faces), layers)


def _done(installation: install.Installation, step: str, folder: Path, case: Case) -> str:
    name, *arguments = step.split()
    command = [str(installation.application(name)), *arguments]
    with (
        (folder / f"log.{name}").open("w+") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            env=installation.environment(case=folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            for _ in range(int(2 * LIMIT)):
                telling.tell(process, f"{case.name}: {name} counts cells")
                try:
                    process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                process.kill()
        log.seek(0)
        said = log.read()
    if process.returncode:
        last = [line for line in said.splitlines() if line.strip()][-3:]
        raise CaseError(f"mesh: {name} ended with an error while cells were counted: {' '.join(last)}")
    return said


def _levels(log: str) -> tuple[int, ...]:
    """Cells by level, as the last table says."""
    tables = re.findall(r"^Cells per refinement level:\n((?: +\d+\s+\d+\n)+)", log, re.MULTILINE)
    if not tables:
        cells = re.findall(r"cells:(\d+)", log)
        return (int(cells[-1]),) if cells else (0,)
    return tuple(int(row.split()[1]) for row in tables[-1].splitlines())


def _cells_at(mesh: Path, names: list[str]) -> list[int]:
    """The cells at each patch: the mesher merges the faces of one cell on one patch before it adds layers."""
    text = (mesh / "boundary").read_text()
    owners = _owners(mesh / "owner")
    found = []
    for name in names:
        patch = re.search(rf"^\s*{re.escape(name)}(?:_snapped)?\s*\{{(.*?)\}}", text, re.MULTILINE | re.DOTALL)
        sizes = [re.search(rf"{word}\s+(\d+);", patch[1]) if patch else None for word in ("startFace", "nFaces")]
        first, count = (int(size[1]) if size else 0 for size in sizes)
        found.append(len(np.unique(owners[first : first + count])))
    return found


def _owners(file: Path) -> NDArray[np.int64]:
    content = file.read_text()
    start = content.index("\n(", content.index("}"))
    return np.array(content[start + 2 : content.rindex(")")].split(), np.int64)

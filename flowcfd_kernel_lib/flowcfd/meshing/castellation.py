"""The number of cells by OpenFOAM itself: snappyHexMesh without snapping and layers, in a folder of its own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd.case.case import Case
from flowcfd.foam.render import render
from flowcfd.meshing.estimate import task
from flowcfd.meshing.octree import Count
from flowcfd.meshing.tools import meshed

STEPS = ("blockMesh", "surfaceFeatureExtract", "snappyHexMesh -overwrite")


def castellate(case: Case) -> Count:
    """The cells of a case's mesh by level and the cells of it at each patch of the body, which layers grow from.

    SiteError without OpenFOAM, CaseError where a step fails.
    """
    given = task(case)
    files = render(case).edited("system/snappyHexMeshDict", {"snap": False, "addLayers": False})
    files = files.edited("system/controlDict", {"writeFormat": "ascii", "writeCompression": "off"})
    names = list(given.body.patches)
    with meshed(files, STEPS, case.name) as (folder, log):
        faces = _cells_at(folder / "constant/polyMesh", names)
    layers = tuple(given.layers[name].count if name in given.layers else 0 for name in names)
    return Count(_levels(log), tuple(faces), layers)


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

"""The mesh of a case as rules ask for it: patches, cells, bounds, from constant/polyMesh, else from blockMeshDict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import blockmesh, plain, polymesh, standin
from flowcfd.foam.dictionary import Tree

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

BOUNDARY = "constant/polyMesh/boundary"
BLOCK_FILES = ("system/blockMeshDict", "constant/polyMesh/blockMeshDict")
CHANGES_PATCHES = (
    "snappyHexMesh", "createPatch", "createBaffles", "extrudeMesh", "mirrorMesh", "autoPatch", "stitchMesh",
    "mergeMeshes", "splitMeshRegions", "subsetMesh", "extrude2DMesh", "makeFaMesh", "splitMesh", "foamyHexMesh",
    "foamyQuadMesh", "createMesh", "PDRMesh", "extrudeToRegionMesh", "selectCells", "removeFaces",
    "createBoxTurb",
)  # fmt: skip
"""Applications after which the patches are not those of blockMeshDict any more."""
CHANGES_CELLS = (*CHANGES_PATCHES, "refineMesh", "refineHexMesh", "refineWallLayer", "transformPoints", "moveMesh")
"""Applications after which the cells are not those of blockMeshDict any more."""
CONVERTERS = re.compile(r"\b\w+(?:MeshToFoam|ToFoam|UnvToFoam|4ToFoam)\b")


@dataclass(frozen=True, slots=True)
class PatchView:
    """One patch of the mesh; `faces` is 0 where it is not known before the mesh is made."""

    name: str
    type: str
    faces: int = 0
    groups: tuple[str, ...] = ()
    """The groups that it belongs to, that of its type among them."""


@dataclass(frozen=True, slots=True)
class MeshView:
    """What is known of the mesh without making it."""

    cells: int
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    """The least and the greatest corner [m]."""
    smallest: tuple[float, float, float] | None
    """The smallest step along each axis [m], an estimate; None when it is not known."""

    @property
    def lengths(self) -> tuple[float, float, float]:
        """The extent along each axis [m]."""
        low, high = self.bounds
        return (high[0] - low[0], high[1] - low[1], high[2] - low[2])


def start_folder(files: CaseFiles, control: Mapping[str, Any]) -> str:
    """The folder of the time that the case starts from; "" when it holds none."""
    times = {}
    for path in files:
        folder, _, rest = path.partition("/")
        value = _time(folder)
        if rest and value is not None:
            times[value] = folder
    if not times:
        return "0.orig" if any(path.startswith("0.orig/") for path in files) else ""
    match str(control.get("startFrom", "latestTime")):
        case "latestTime":
            return times[max(times)]
        case "firstTime":
            return times[min(times)]
    wanted = plain.number(control.get("startTime", 0)) or 0.0
    return times[min(times, key=lambda time: abs(time - wanted))]


def start_time(files: CaseFiles, start: float) -> str:
    """The folder of just this time; "" when there is none (0.orig becomes 0)."""
    for path in files:
        folder, _, rest = path.partition("/")
        value = _time(folder.removesuffix(".orig"))
        if rest and value is not None and abs(value - start) <= 1e-9 * max(1.0, abs(start)):
            return folder
    return ""


def _time(name: str) -> float | None:
    try:
        return float(name)
    except ValueError:
        return None


def block_file(case: CaseView) -> str:
    """The blockMeshDict of the case; "" when there is none."""
    return next((path for path in BLOCK_FILES if path in case.files), "")


def meshed(files: CaseFiles) -> bool:
    """Whether the case has its mesh."""
    return any(path.startswith("constant/polyMesh/points") for path in files)


def patches(case: CaseView) -> Mapping[str, PatchView] | None:
    """The patches by name, in the order of the mesh; None when only making the mesh would tell."""
    if case.multi_region:
        return None
    if meshed(case.files) or BOUNDARY in case.files:
        return _of_boundary(case.tree(BOUNDARY)) if not _changed(case, CHANGES_PATCHES, steps_only=True) else None
    if foretold := standin.patches(case.files):
        return {name: PatchView(name, kind, 0, _groups({"type": kind})) for name, kind in foretold.items()}
    block = block_file(case)
    if not block or not case.complete(block) or _changed(case, CHANGES_PATCHES):
        return None
    return _of_block_mesh(case, block)


def mesh(case: CaseView) -> MeshView | None:
    """Cells, bounds and smallest steps; None when only making the mesh would tell."""
    if case.multi_region:
        return None
    if meshed(case.files):
        return polymesh.measured(case.files) if not _changed(case, CHANGES_CELLS, steps_only=True) else None
    block = block_file(case)
    if not block or _changed(case, CHANGES_CELLS):
        return None
    return block_mesh(case, block)


def block_mesh(case: CaseView, block: str) -> MeshView | None:
    """What blockMesh itself would make of a dictionary, whatever becomes of it later."""
    return blockmesh.measured(case.expanded(block)) if case.complete(block) else None


def _changed(case: CaseView, applications: tuple[str, ...], *, steps_only: bool = False) -> bool:
    """Whether a step, a dictionary or a script of the case uses one of the applications."""
    used = {step.split()[0] for step in case.files.steps if step.split()}
    if used & set(applications) or any(CONVERTERS.fullmatch(name) for name in used):
        return True
    if steps_only:
        return False
    if any(f"system/{name}Dict" in case.files for name in applications):
        return not case.files.steps
    pattern = re.compile(r"\b(?:" + "|".join(applications) + r")\b")
    return not case.files.steps and any(pattern.search(text) or CONVERTERS.search(text) for _, text in case.scripts())


def _of_boundary(tree: Tree | None) -> Mapping[str, PatchView] | None:
    if tree is None:
        return None
    found = {}
    for name, entries in plain.of(tree).items():
        if name == "FoamFile" or not isinstance(entries, dict):
            continue
        faces = plain.number(entries.get("nFaces")) or 0
        found[name] = PatchView(name, str(entries.get("type", "")), int(faces), _groups(entries))
    return found


def _groups(entries: Mapping[str, Any]) -> tuple[str, ...]:
    named = plain.words(entries.get("inGroups"))
    own = str(entries.get("type", ""))
    implied = () if own in ("patch", "") or own in named else (own,)
    return (*named, *implied)


def _of_block_mesh(case: CaseView, block: str) -> Mapping[str, PatchView] | None:
    entries = case.expanded(block)
    written = blockmesh.boundary(entries)
    if written is None:
        return None
    if entries.get("mergePatchPairs"):
        written = {name: patch for name, patch in written.items() if name not in str(entries["mergePatchPairs"])}
    blocks = blockmesh.blocks(entries)
    found = {}
    sizes = Counter(face for one in blocks for face in one.faces)
    counts = {face: count for one in blocks for face, count in one.faces.items()}
    for name, (kind, faces, named) in written.items():
        size = sum(counts.get(face, 0) for face in faces)
        found[name] = PatchView(name, kind, size, _groups({"type": kind, "inGroups": named}))
    inside = {face for _, faces, _ in written.values() for face in faces}
    if blocks and not entries.get("mergePatchPairs"):
        free = [face for face, count in sizes.items() if count == 1 and face not in inside]
        if free:
            default = entries.get("defaultPatch")
            default = default if isinstance(default, dict) else {}
            name, kind = str(default.get("name", "defaultFaces")), str(default.get("type", "empty"))
            size = sum(counts[face] for face in free)
            found.setdefault(name, PatchView(name, kind, size, _groups({"type": kind})))
    return found

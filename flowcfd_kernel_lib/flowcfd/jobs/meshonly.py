"""`mesh`: a run that makes the mesh of a case and nothing else; a later run of the case takes the mesh from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.steps import steps as steps_of
from flowcfd.jobs import stages, submit
from flowcfd.jobs.handle import Run

if TYPE_CHECKING:
    from flowcfd.case import Case
    from flowcfd.cluster.resources import Resources

TOOLS = stages.MESHING | {
    "autoPatch", "collapseEdges", "createBaffles", "createPatch", "extrudeMesh", "foamyHexMesh", "mergeMeshes",
    "mirrorMesh", "refineHexMesh", "refineMesh", "renumberMesh", "rotateMesh", "splitMeshRegions", "stitchMesh",
    "subsetMesh", "surfaceFeatures", "transformPoints",
}  # fmt: skip
"""Applications that work on a mesh."""


def mesh(
    target: Case | CaseFiles | str | Path,
    *,
    on: str = "local",
    cores: int = 1,
    mesh_cores: int | None = None,
    name: str | None = None,
    allow_code: bool = False,
    resources: Resources | Mapping[str, object] | None = None,
    walltime: float | str | None = "",
    retries: int = 3,
    start: bool = True,
    wait: bool = False,
) -> Run:
    """Make the mesh of a case and return the handle of that run at once: its solver is not started.

    `flowcfd.quality(run)` says how good the mesh is. A later `run` of the case takes it from there, where it is to be
    made on as many ranks; `mesh_cores` says on how many snappyHexMesh works, which else follows from the size of the
    mesh. All else is as in `run`. A mesh that is not what it should be (`system/meshExpected`) fails with the cause.

    Raises as `run` does, and CaseError for a case that brings its mesh.
    """
    files, case_json = submit.resolve(target)
    return submit.only_meshed(
        only_mesh(files), case_json, on=on, cores=cores, mesh_cores=mesh_cores, name=name, allow_code=allow_code,
        resources=resources, walltime=walltime, retries=retries, start=start, wait=wait,
    )  # fmt: skip


def only_mesh(files: CaseFiles) -> CaseFiles:
    """Equal files with the steps up to the last that works on the mesh; CaseError where there is none.

    Steps that set fields are among them where meshing goes on behind them.
    """
    steps = tuple(takewhile(lambda step: not _solves(step.split()[0]), steps_of(files)))
    last = max((n for n, step in enumerate(steps) if step.split()[0] in TOOLS), default=None)
    if last is None:
        raise CaseError(f"{files.name}: nothing is to be meshed, the case brings its mesh; fc.quality looks at one")
    return replace(files, steps=steps[: last + 1])


def _solves(application: str) -> bool:
    return application.endswith("Foam") and application not in TOOLS

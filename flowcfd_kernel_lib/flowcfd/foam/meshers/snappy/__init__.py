"""snappyHexMesh: cubes that are cut finer towards a body from CAD, drawn onto its surface, and layers on it."""

from __future__ import annotations

from flowcfd.case.case import Case
from flowcfd.case.snappy import Snappy
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.meshers import bodysurface, expected
from flowcfd.foam.meshers.snappy import background, dictionary, mirror, regions
from flowcfd.foam.meshers.snappy.task import Task

STEPS = ("blockMesh", "surfaceFeatureExtract", "snappyHexMesh -overwrite")


def mesher(case: Case) -> CaseFiles:
    """The dictionaries, the surface and the steps that mesh a case.

    Raises GeometryError where the kept surface is gone, CaseError for a point that is on the wrong side.
    """
    if not isinstance(case.mesh, Snappy) or case.geometry is None:
        raise CaseError(f"mesh: must be a Snappy of a domain with a body (got {case.mesh.kind} of {case.domain.kind})")
    task = Task(case, case.mesh, case.geometry)
    return CaseFiles(
        {
            **background.files(task),
            **bodysurface.files(task.body),
            **regions.surfaces(task),
            **dictionary.files(task),
            **mirror.files(task),
            **expected.files(task),
        },
        steps=(*STEPS, *([mirror.STEP] if mirror.planes(task) else []), "checkMesh"),
    )

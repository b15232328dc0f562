"""Which applications a case needs, in their order."""

from __future__ import annotations

import re
import shlex

from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.checkmesh import EXPECTED

BY_FILE = (
    ("system/blockMeshDict", "blockMesh"),
    ("constant/polyMesh/blockMeshDict", "blockMesh"),
    ("system/surfaceFeatureExtractDict", "surfaceFeatureExtract"),
    ("system/snappyHexMeshDict", "snappyHexMesh -overwrite"),
    ("system/topoSetDict", "topoSet"),
    ("system/createPatchDict", "createPatch -overwrite"),
    (EXPECTED, "checkMesh"),
    ("system/setFieldsDict", "setFields"),
)
"""A file that is there asks for this step; meshing steps are left out when the mesh is there already."""

MESHERS = ("blockMesh", "surfaceFeatureExtract", "snappyHexMesh", "createPatch")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def steps(casefiles: CaseFiles) -> tuple[str, ...]:
    """The command lines of a case: those it names, else those that its files ask for, the solver last.

    Raises CaseError when the case has several regions (their steps cannot be guessed) or names no application.
    """
    if casefiles.steps:
        return tuple(" ".join(words(step)) for step in casefiles.steps)
    if any(path in casefiles for path in ("constant/regionProperties", "constant/regionProperties.gz")):
        raise CaseError(
            "constant/regionProperties: a case with several regions needs its steps: fc.adopt(..., steps=[...])"
        )
    meshed = any(path.startswith("constant/polyMesh/points") for path in casefiles)
    found = [step for path, step in BY_FILE if path in casefiles and not (meshed and step.split()[0] in MESHERS)]
    if not meshed and not found:
        raise CaseError("constant/polyMesh: no mesh and no blockMeshDict; add the mesh or name the steps that make it")
    application = _application(casefiles)
    found = [step for step in dict.fromkeys(found) if step.split()[0] != application]
    return (*found, application)


def words(step: str) -> list[str]:
    """The words of one command line; it names an application and is never seen by a shell."""
    try:
        argv = shlex.split(step)
    except ValueError as error:
        raise CaseError(f"steps: {step!r}: {error}") from None
    if not argv or not _WORD.match(argv[0]):
        raise CaseError(f"steps: {step!r} must begin with the name of an OpenFOAM application")
    if "-case" in argv or "-parallel" in argv:
        raise CaseError(f"steps: {step!r}: leave -case and -parallel out, the run sets them")
    return argv


def _application(casefiles: CaseFiles) -> str:
    tree = dictionary.parse(casefiles.text("system/controlDict"), path="system/controlDict")
    name = tree.get("application")
    if name is None or not _WORD.match(str(name)):
        raise CaseError(f"system/controlDict: application must name a solver (got {name!r})")
    return str(name)

"""Meshers: functions from a Case to the CaseFiles that make its mesh, by the kind of the case's mesh."""

from __future__ import annotations

from collections.abc import Callable

from flowcfd.case.case import Case
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.registry import Registry

Mesher = Callable[[Case], CaseFiles]


def _load() -> None:
    from flowcfd.foam.meshers import block, cfmesh, cgrid, snappy

    MESHERS.register("Blocks", block.mesher)
    MESHERS.register("CGrid", cgrid.mesher)
    MESHERS.register("Snappy", snappy.mesher)
    MESHERS.register("CfMesh", cfmesh.mesher)


MESHERS: Registry[Mesher] = Registry("mesher", "flowcfd.meshers", _load)

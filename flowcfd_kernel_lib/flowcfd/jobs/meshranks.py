"""On how many ranks a run has its mesh made: a rule, and what was asked.

Measured with snappyHexMesh 1912 around a cylinder, two ranks on two cores that others used as well, by its own clock:
57 000 cells 5.5 s against 6.7, 816 000 cells 101 s against 140, with equal layers (100 and 99.8 % of their thickness).
Dividing and putting together cost 0.3 and 6 s more. So below some 100 000 cells ranks save nothing that anybody would
feel, and as the mesh differs a little with their number (56 843 cells and 56 871; of a mesh of 8 000 by 3 %), runs on
other numbers of cores would not share it.
"""

from __future__ import annotations

import json
import math
import re

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.checkmesh import EXPECTED

LEAST = 150_000
"""Cells of a mesh from which on it is made on ranks."""

SHARE = 40_000
"""Cells that each rank has at least."""

GROWTH = 8
"""So many times the cells of its background a mesh has where nobody said how many: between 4 and 20 are usual."""

_BLOCK = re.compile(r"\bhex\s*\([^()]*\)\s*(?:\w+\s*)?\(\s*(\d+)\s+(\d+)\s+(\d+)\s*\)")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def ranks(files: CaseFiles, steps: tuple[str, ...], cores: int, asked: int | None) -> int:
    """The ranks of snappyHexMesh; 1 where the case has none.

    Without being `asked`, a case whose mesher does not say what its mesh is to be like is meshed as its author did: on
    one. Raises CaseError for a number that is none, or more than the run has cores.
    """
    if asked is not None and (isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= cores):
        raise CaseError(f"mesh_cores: must be a whole number from 1 to {cores}, the cores of the run (got {asked!r})")
    if cores == 1 or not any(step.split()[0] == "snappyHexMesh" for step in steps):
        return 1
    if asked is not None:
        return asked
    cells = expected(files)
    return min(cores, max(1, cells // SHARE)) if cells >= LEAST else 1


def expected(files: CaseFiles) -> int:
    """About how many cells the mesh will have: as its mesher says, or by its background; 0 where nothing is known."""
    text = files.files.get(EXPECTED)
    if not isinstance(text, str):
        return 0
    try:
        told = json.loads(text)
    except ValueError:
        return 0
    if isinstance(told, dict) and isinstance(told.get("cells"), (int, float)):
        return int(told["cells"])
    blocks = files.files.get("system/blockMeshDict", "")
    if isinstance(blocks, Blob):
        return 0
    counts = (math.prod(map(int, found)) for found in _BLOCK.findall(_COMMENT.sub(" ", blocks)))
    return GROWTH * sum(counts)

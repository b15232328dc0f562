"""A case whose mesh is dear: its patches, as its mesher foretells them, and a mesh of a few cells that has them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.checkmesh import EXPECTED
from flowcfd.foam.dictionary.values import Named
from flowcfd.foam.text import text

MESHERS = frozenset({"surfaceFeatureExtract", "snappyHexMesh", "createPatch", "surfaceFeatureEdges", "cartesianMesh"})
"""Steps that a mesh of a few cells stands in for."""
BLOCK = "system/blockMeshDict"
SURFACES = "constant/triSurface/"
"""What no solver reads; it may be large."""
_CONNECTED = ("cyclic", "cyclicAMI", "cyclicACMI", "processor", "empty", "wedge")


def patches(files: CaseFiles) -> Mapping[str, str]:
    """The type of each patch that the mesh of a rendered case will have; nothing where that is not foretold."""
    told = files.files.get(EXPECTED)
    if not isinstance(told, str) or not MESHERS & {step.split()[0] for step in files.steps if step.split()}:
        return {}
    try:
        types = json.loads(told).get("types")
    except (ValueError, AttributeError):
        return {}
    return {str(name): str(kind) for name, kind in types.items()} if isinstance(types, dict) else {}


def files(case: CaseFiles) -> CaseFiles | None:
    """The case with a row of cells in place of its mesh, one for each patch; None where such a mesh cannot be made."""
    types = patches(case)
    if not types or any(kind in _CONNECTED for kind in types.values()):
        return None
    steps = [step for step in case.steps if step.split()[0] not in MESHERS | {"blockMesh", "checkMesh"}]
    kept = {path: one for path, one in case.files.items() if not path.startswith(SURFACES)}
    return CaseFiles({**kept, BLOCK: text(BLOCK, _row(types))}, steps=("blockMesh", *steps), name=case.name)


def _row(types: Mapping[str, str]) -> dict[str, object]:
    """Cubes in a row along x: the top of each belongs to a patch of its own, all the rest to the first patch."""
    count = len(types)
    vertices = [(x, y, z) for z in (0, 1) for y in (0, 1) for x in range(count + 1)]
    level = 2 * (count + 1)
    blocks = []
    sides: dict[str, list[tuple[int, int, int, int]]] = {name: [] for name in types}
    first = next(iter(types))
    for number, name in enumerate(types):
        a, b = number, number + 1
        c, d = b + count + 1, a + count + 1
        e, f, g, h = (corner + level for corner in (a, b, c, d))
        blocks.append(f"hex ({a} {b} {c} {d} {e} {f} {g} {h}) (1 1 1) simpleGrading (1 1 1)")
        sides[name].append((e, f, g, h))
        sides[first] += [(a, d, c, b), (a, b, f, e), (d, h, g, c)]
        sides[first] += [(a, e, h, d)] if number == 0 else []
        sides[first] += [(b, c, g, f)] if number == count - 1 else []
    rows = "".join(f"    {block}\n" for block in blocks)
    return {
        "scale": 1,
        "vertices": vertices,
        "blocks": f"\n(\n{rows})",
        "edges": "()",
        "boundary": [Named(name, {"type": kind, "faces": sides[name]}) for name, kind in types.items()],
    }

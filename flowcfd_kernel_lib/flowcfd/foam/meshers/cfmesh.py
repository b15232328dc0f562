"""cfMesh: meshDict, and the one surface of box and body that cartesianMesh fills with cells.

Written after cfMesh's user guide (version 1.1) and its sources; Debian's OpenFOAM comes without cfMesh, so what it
makes of these dictionaries was not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from flowcfd.case.bounds import Bounds
from flowcfd.case.case import Case
from flowcfd.case.cfmesh import CfMesh
from flowcfd.case.refinement import Layers
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.dictionary.values import Quoted
from flowcfd.foam.meshers import bodysurface, expected, heights
from flowcfd.foam.meshers.around import Around
from flowcfd.foam.text import text

Entries = dict[str, Any]
DICT = "system/meshDict"
_CORNERS = {
    "-x": (0, 4, 7, 3), "+x": (1, 2, 6, 5), "-y": (0, 1, 5, 4),
    "+y": (3, 7, 6, 2), "-z": (0, 3, 2, 1), "+z": (4, 5, 6, 7),
}  # fmt: skip
"""The corners of each side of a box, numbered as blockMesh does, in an order that points out of it."""


def mesher(case: Case) -> CaseFiles:
    """The dictionary, the surface and the steps: surfaceFeatureEdges, cartesianMesh, checkMesh.

    Raises GeometryError where the kept surface is gone. Where cartesianMesh is not installed a run raises SiteError.
    """
    if not isinstance(case.mesh, CfMesh) or case.geometry is None:
        raise CaseError(f"mesh: must be a CfMesh of a domain with a body (got {case.mesh.kind} of {case.domain.kind})")
    task = Around(case, case.mesh, case.geometry)
    surface = f"{bodysurface.FOLDER}/{task.body.label}"
    angle = float(f"{math.degrees(case.mesh.edge_angle):.10g}")
    files = {
        **bodysurface.files(task.body),
        **_parts(task),
        **expected.files(task),
        DICT: text(DICT, _entries(task, f"{surface}.fms" if task.internal else f"{surface}_in_box.fms")),
    }
    start = f"{surface}.stl"
    if not task.internal:
        start = f"{surface}_in_box.stl"
        files[start] = "".join([*_box(task), *(bodysurface.solid(task.body, name) for name in task.body.patches)])
    edges = f"surfaceFeatureEdges -angle {angle:g} {start} {start.removesuffix('.stl')}.fms"
    return CaseFiles(files, steps=(edges, "cartesianMesh", "checkMesh"))


def _entries(task: Around, surface: str) -> Entries:
    layers = {"boundaryLayers": _layers(task)} if task.layers else {}
    return {
        "surfaceFile": Quoted(surface),
        "maxCellSize": task.mesh.cell,
        "localRefinement": {name: {"cellSize": task.size(task.levels[name][0])} for name in task.wetted},
        "surfaceMeshRefinement": dict(_near(task)),
        "objectRefinements": dict(_objects(task)),
        **layers,
        "renameBoundary": {
            "newPatchNames": {name: {"newName": name, "type": kind} for name, kind in task.types.items()}
        },
    }


def _objects(task: Around) -> Iterator[tuple[str, Entries]]:
    """Boxes by centre and lengths, spheres, and cylinders as cones of two equal radii."""
    for name, one, where in task.parts():
        size = {"cellSize": task.size(one.depth(task.mesh.cell))}
        if isinstance(where, str):
            continue
        if where is not None:
            middle = tuple(0.5 * (low + high) for low, high in where)
            lengths = {
                f"length{axis}": float(f"{high - low:.12g}") for axis, (low, high) in zip("XYZ", where, strict=True)
            }
            yield name, {"type": "box", **size, "centre": middle, **lengths}
        elif one.centre is not None:
            yield name, {"type": "sphere", **size, "centre": one.centre, "radius": one.radius}
        elif one.axis is not None:
            start, end = one.axis
            ends = {"p0": start, "radius0": one.radius, "p1": end, "radius1": one.radius}
            yield name, {"type": "cone", **size, **ends}


def _near(task: Around) -> Iterator[tuple[str, Entries]]:
    """What is near to patches of the body."""
    for name, one, where in task.parts():
        if isinstance(where, str):
            yield (
                name,
                {
                    "surfaceFile": Quoted(_file(task, where)),
                    "cellSize": task.size(one.depth(task.mesh.cell)),
                    "refinementThickness": one.within,
                },
            )


def _file(task: Around, where: str) -> str:
    own = task.body.label if where == task.body.label else f"{task.body.label}_near_{where}"
    return f"{bodysurface.FOLDER}/{own}.stl"


def _parts(task: Around) -> dict[str, str]:
    """The files of single patches of the body that something is near to."""
    names = {where for _, _, where in task.parts() if isinstance(where, str) and where != task.body.label}
    return {_file(task, name): bodysurface.solid(task.body, name) for name in sorted(names)}


def _layers(task: Around) -> Entries:
    return {
        "patchBoundaryLayers": {
            name: {
                "nLayers": layers.count,
                "thicknessRatio": layers.ratio,
                "maxFirstLayerThickness": float(f"{_first(task, name, layers):.6g}"),
                "allowDiscontinuity": 0,
            }
            for name, layers in task.layers.items()
        }
    }


def _first(task: Around, patch: str, layers: Layers) -> float:
    """The height of the first layer [m]: cfMesh knows absolute ones only."""
    if not layers.relative:
        return heights.first(task, layers)
    cell = task.size(task.levels[patch][0]) if patch in task.wetted else task.mesh.cell
    return layers.last * cell / layers.ratio ** (layers.count - 1)


def _box(task: Around) -> Iterator[str]:
    """The sides of the box as solids of an STL, one for each of its patches."""
    corners = _corners(task.box)
    names = dict.fromkeys(task.sides.values())
    for name in names:
        yield f"solid {name}\n"
        for side in (side for side, rim in task.sides.items() if rim == name):
            a, b, c, d = (corners[corner] for corner in _CORNERS[side])
            yield from (_facet(a, b, c), _facet(a, c, d))
        yield f"endsolid {name}\n"


def _corners(box: Bounds) -> list[tuple[float, float, float]]:
    (x, a), (y, b), (z, c) = box
    return [(x, y, z), (a, y, z), (a, b, z), (x, b, z), (x, y, c), (a, y, c), (a, b, c), (x, b, c)]


def _facet(*corners: tuple[float, float, float]) -> str:
    rows = "".join(f"   vertex {x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in corners)
    return f" facet normal 0 0 0\n  outer loop\n{rows}  endloop\n endfacet\n"

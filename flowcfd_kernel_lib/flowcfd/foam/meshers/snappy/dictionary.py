"""snappyHexMeshDict and surfaceFeatureExtractDict.

The numbers are those that gave 86 to 100 % of the layers' thickness and a clean checkMesh on nine bodies, from a sphere
to a wing with a blunt edge: normals smoothed 5 times and a medial ratio of 0.6 are what layers need most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.meshers import heights
from flowcfd.foam.meshers.snappy import mirror, place, regions
from flowcfd.foam.text import text

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

SNAPPY = "system/snappyHexMeshDict"
FEATURES = "system/surfaceFeatureExtractDict"
THINNEST = 0.05
"""Layers that become thinner than this share of the cells outside, or of the thickness wanted, are left out."""
QUALITY: dict[str, Any] = {
    "maxNonOrtho": 65,
    "maxBoundarySkewness": 20,
    "maxInternalSkewness": 4,
    "maxConcave": 80,
    "minVol": 1e-30,
    "minTetQuality": 1e-15,
    "minArea": -1,
    "minTwist": 0.02,
    "minDeterminant": 0.001,
    "minFaceWeight": 0.05,
    "minVolRatio": 0.01,
    "minTriangleTwist": -1,
    "nSmoothScale": 4,
    "errorReduction": 0.75,
    "relaxed": {"maxNonOrtho": 75},
}


def files(task: Task) -> Mapping[str, str | Blob]:
    """Both dictionaries."""
    entries: dict[str, Any] = {
        "castellatedMesh": True,
        "snap": True,
        "addLayers": bool(task.layers),
        "geometry": {**_body(task), **regions.shapes(task)},
        "castellatedMeshControls": _castellation(task),
        "snapControls": _snapping(task),
        "addLayersControls": _layers(task),
        "meshQualityControls": QUALITY,
        "writeFlags": "()",
        "debug": 0,
        "mergeTolerance": 1e-6,
    }
    for path, value in task.mesh.controls.items():
        entries = _set(entries, path.split("."), value)
    return {SNAPPY: text(SNAPPY, entries), FEATURES: text(FEATURES, _features(task))}


def _set(entries: Mapping[str, Any], path: list[str], value: object) -> dict[str, Any]:
    name, *rest = path
    inner = entries.get(name)
    if rest and not isinstance(inner, Mapping | None):
        raise CaseError(f"mesh.controls: {name} is no dictionary")
    return {**entries, name: _set(inner or {}, rest, value) if rest else value}


def _body(task: Task) -> dict[str, Any]:
    """The body's surface; every part of it is the patch of its own name."""
    label = task.body.label
    named = {name: {"name": mirror.name(task, name)} for name in task.body.patches}
    return {f"{label}.stl": {"type": "triSurfaceMesh", "name": label, "regions": named}}


def _castellation(task: Task) -> dict[str, Any]:
    solid = place.solid(task)
    return {
        "maxLocalCells": task.mesh.most,
        "maxGlobalCells": task.mesh.most,
        "minRefinementCells": 0,
        "maxLoadUnbalance": 0.1,
        "nCellsBetweenLevels": task.mesh.between,
        "resolveFeatureAngle": _degrees(task.mesh.curvature),
        "allowFreeStandingZoneFaces": True,
        "features": f'({{ file "{task.body.label}.eMesh"; level {task.mesh.edge_level(task.space)}; }})',
        "refinementSurfaces": {task.body.label: _surface(task)},
        "refinementRegions": regions.levels(task),
        "locationInMesh": place.fluid(task),
        **({} if solid is None else {"locationsOutsideMesh": [solid]}),
    }


def _surface(task: Task) -> dict[str, Any]:
    """The levels of the surface and of each of its patches, with their types and the group of all."""
    group = task.body.group
    parts = {}
    for name, pair in task.levels.items():
        kind = {"type": mirror.kind(task, name), **({"inGroups": f"({group})"} if group else {})}
        parts[name] = {"level": pair, "patchInfo": kind}
    least = min(low for low, _ in task.levels.values())
    return {"level": (least, max(high for _, high in task.levels.values())), "regions": parts}


def _snapping(task: Task) -> dict[str, Any]:
    return {
        "nSmoothPatch": 3,
        "tolerance": 2.0,
        "nSolveIter": 100,
        "nRelaxIter": 5,
        "nFeatureSnapIter": 10,
        "explicitFeatureSnap": True,
        "multiRegionFeatureSnap": len(task.body.patches) > 1,
        "implicitFeatureSnap": False,
    }


def _layers(task: Task) -> dict[str, Any]:
    stacks = {name: _stack(task, name) for name in task.layers}
    relative = all(layers.relative for layers in task.layers.values())
    usual: dict[str, Any] = {"expansionRatio": 1.2, "finalLayerThickness": 0.5, "minThickness": THINNEST}
    if not relative:
        least = min(heights.first(task, layers) for layers in task.layers.values())
        usual = {"expansionRatio": 1.2, "firstLayerThickness": least, "minThickness": THINNEST * least}
    return {
        "relativeSizes": relative,
        "layers": stacks,
        **usual,
        "featureAngle": 130,
        "slipFeatureAngle": 30,
        "nGrow": 0,
        "nLayerIter": 50,
        "nRelaxedIter": 20,
        "nRelaxIter": 5,
        "nSmoothSurfaceNormals": 5,
        "nSmoothNormals": 3,
        "nSmoothThickness": 10,
        "maxFaceThicknessRatio": 0.5,
        "maxThicknessToMedialRatio": 0.6,
        "minMedialAxisAngle": 90,
        "nBufferCellsNoExtrude": 0,
    }


def _stack(task: Task, patch: str) -> dict[str, Any]:
    """The layers of one patch."""
    layers = task.layers[patch]
    entries: dict[str, Any] = {"nSurfaceLayers": layers.count, "expansionRatio": layers.ratio}
    if layers.relative:
        return {**entries, "finalLayerThickness": layers.last, "minThickness": THINNEST}
    first = float(f"{heights.first(task, layers):.6g}")
    return {**entries, "firstLayerThickness": first, "minThickness": float(f"{THINNEST * layers.stack(first):.6g}")}


def _features(task: Task) -> dict[str, Any]:
    """Edges of the surface: where it bends by more than the angle, and between its patches."""
    included = 180 - _degrees(task.mesh.edge_angle)
    return {
        f"{task.body.label}.stl": {
            "extractionMethod": "extractFromSurface",
            "extractFromSurfaceCoeffs": {"includedAngle": included},
            "writeObj": False,
        }
    }


def _degrees(angle: float) -> float:
    return float(f"{math.degrees(angle):.10g}")

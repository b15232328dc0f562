"""Parts of the space that are cut finer, as searchable shapes and their levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.case.bounds import Bounds
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.meshers import bodysurface
from flowcfd.foam.meshers.around import grown

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

Entries = dict[str, dict[str, Any]]
EVERYWHERE = "_everywhere"
NEAR = "_near_"
"""Between the names of a body and of one of its patches that something is near to."""
ALL = "1e15"
"""The distance that stands in the list of levels of a closed shape; it is not read."""


def shapes(task: Task) -> Entries:
    """The shapes for `geometry`, by name."""
    found: Entries = {}
    for name, one, where in task.parts():
        if isinstance(where, str):
            if where != task.body.label:
                found[f"{_near(task, where)}.stl"] = {"type": "triSurfaceMesh", "name": _near(task, where)}
        elif where is not None:
            found[name] = {"type": "searchableBox", **_corners(where)}
        elif one.centre is not None:
            found[name] = {"type": "searchableSphere", "centre": one.centre, "radius": one.radius}
        elif one.axis is not None:
            start, end = one.axis
            found[name] = {"type": "searchableCylinder", "point1": start, "point2": end, "radius": one.radius}
    if task.mesh.gaps is not None:
        found[EVERYWHERE] = {
            "type": "searchableBox",
            **_corners(grown(task.background.box, max(task.background.sizes))),
        }
    return found


def levels(task: Task) -> Entries:
    """The levels for `refinementRegions`, by name: near a surface by rising distance, in a shape throughout."""
    near: dict[str, list[tuple[float, int]]] = {}
    found: Entries = {}
    for name, one, where in task.parts():
        depth = one.depth(task.mesh.cell)
        if where is None or not isinstance(where, str):
            found[name] = {"mode": "inside", "levels": f"(({ALL} {depth}))"}
        else:
            near.setdefault(_near(task, where), []).append((one.within or 0.0, depth))
    for where, pairs in near.items():
        rows = " ".join(f"({distance:.10g} {depth})" for distance, depth in _falling(pairs))
        found[where] = {"mode": "distance", "levels": f"({rows})"}
    if (gaps := task.mesh.gaps) is not None:
        mode = "inside" if task.internal else "outside"
        found[EVERYWHERE] = {
            "mode": "inside", "levels": f"(({ALL} 0))", "gapLevel": (gaps.cells, 0, gaps.level), "gapMode": mode,
        }  # fmt: skip
    return found


def surfaces(task: Task) -> Mapping[str, str | Blob]:
    """The files of single patches of the body that something is near to."""
    patches = {where for _, _, where in task.parts() if isinstance(where, str)} - {task.body.label}
    return {
        f"{bodysurface.FOLDER}/{_near(task, patch)}.stl": bodysurface.solid(task.body, patch)
        for patch in sorted(patches)
    }


def _near(task: Task, where: str) -> str:
    """What the surface of a patch is called that something is near to; all patches together are the body's."""
    return where if where == task.body.label else f"{task.body.label}{NEAR}{where}"


def _corners(box: Bounds) -> dict[str, Any]:
    return {"min": tuple(low for low, _ in box), "max": tuple(high for _, high in box)}


def _falling(pairs: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Rising distances with falling levels: a part that a wider and finer one covers has no effect."""
    kept: list[tuple[float, int]] = []
    for distance, depth in sorted(pairs, reverse=True):
        if not kept or depth > kept[-1][1]:
            kept.append((distance, depth))
    return kept[::-1]

"""Parts of the space that are cut finer, as searchable shapes and their levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.case.bounds import Bounds
from flowcfd.case.refinement import Refine
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.meshers.snappy import surface

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

Entries = dict[str, dict[str, Any]]
EVERYWHERE = "everywhere"
NEAR = "_near_"
"""Between the names of a body and of one of its patches that something is near to."""
ALL = "1e15"
"""The distance that stands in the list of levels of a closed shape; it is not read."""


def shapes(task: Task) -> Entries:
    """The shapes for `geometry`, by name."""
    found: Entries = {}
    for name, one, where in _named(task):
        if isinstance(where, str):
            if where == task.body.label:
                continue
            found[f"{where}.stl"] = {"type": "triSurfaceMesh", "name": where}
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
            **_corners(_grown(task.background.box, max(task.background.sizes))),
        }
    return found


def levels(task: Task) -> Entries:
    """The levels for `refinementRegions`, by name: near a surface by rising distance, in a shape throughout."""
    near: dict[str, list[tuple[float, int]]] = {}
    found: Entries = {}
    for name, one, where in _named(task):
        depth = one.depth(task.mesh.cell)
        if where is None or not isinstance(where, str):
            found[name] = {"mode": "inside", "levels": f"(({ALL} {depth}))"}
        else:
            near.setdefault(where, []).append((one.within or 0.0, depth))
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
    patches = {where for _, _, where in _named(task) if isinstance(where, str)} - {task.body.label}
    return {
        f"{surface.FOLDER}/{name}.stl": surface.solid(task.body, name.removeprefix(f"{task.body.label}{NEAR}"))
        for name in sorted(patches)
    }


def _named(task: Task) -> Iterator[tuple[str, Refine, Bounds | str | None]]:
    """Each part with a name of its own, and its box or the surface that it is near to; None for round ones."""
    for number, one in enumerate(task.mesh.refine):
        name = one.name or f"refine{number}"
        if one.patch is None:
            yield name, one, one.box
            continue
        places = list(_near(task, one.patch, one.within or 0.0))
        for count, where in enumerate(places):
            yield name if len(places) == 1 else f"{name}_{count}", one, where


def _near(task: Task, patch: str, distance: float) -> Iterator[Bounds | str]:
    """The surfaces of the body, or the slabs at sides of the box, that make up a patch or a group of patches."""
    patches = task.space.groups.get(patch, (patch,))
    whole = set(patches) >= set(task.wetted)
    if whole:
        yield task.body.label
    for one in patches:
        if one not in task.wetted:
            yield from (_slab(task.box, side, distance) for side, rim in task.sides.items() if rim == one)
        elif not whole:
            yield f"{task.body.label}{NEAR}{one}"


def _slab(box: Bounds, side: str, depth: float) -> Bounds:
    """What is nearer to a side of the box than `depth`, and a little beyond it."""
    ends = list(_grown(box, depth))
    low, high = box["xyz".index(side[1])]
    ends["xyz".index(side[1])] = (low - depth, low + depth) if side[0] == "-" else (high - depth, high + depth)
    return ends[0], ends[1], ends[2]


def _grown(box: Bounds, margin: float) -> Bounds:
    x, y, z = ((low - margin, high + margin) for low, high in box)
    return x, y, z


def _corners(box: Bounds) -> dict[str, Any]:
    return {"min": tuple(low for low, _ in box), "max": tuple(high for _, high in box)}


def _falling(pairs: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Rising distances with falling levels: a part that a wider and finer one covers has no effect."""
    kept: list[tuple[float, int]] = []
    for distance, depth in sorted(pairs, reverse=True):
        if not kept or depth > kept[-1][1]:
            kept.append((distance, depth))
    return kept[::-1]

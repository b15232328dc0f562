"""The number of cells of a mesh before it is made: a Snappy mesh in its domain as the recipe of an octree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flowcfd.case.bounds import Bounds
from flowcfd.case.case import Case
from flowcfd.case.refinement import Refine
from flowcfd.case.snappy import Snappy
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.snappy.task import Task
from flowcfd.meshing.counter import Counter
from flowcfd.meshing.octree import Count
from flowcfd.meshing.recipe import Recipe
from flowcfd.meshing.regions import Region


def task(case: Case) -> Task:
    """What the mesher asks of a case; CaseError for a case without a body or with another mesh than Snappy."""
    if not isinstance(case.mesh, Snappy) or case.geometry is None:
        raise CaseError(f"mesh: cells of {case.mesh.kind} are counted by its mesher, not here")
    return Task(case, case.mesh, case.geometry)


def recipe(given: Task) -> Recipe:
    """What snappyHexMesh is told of levels, as the octree wants it."""
    mesh, ground = given.mesh, given.background
    names = list(given.body.patches)
    (x, _), (y, _), (z, _) = ground.box
    return Recipe(
        low=(x, y, z),
        size=ground.sizes,
        counts=ground.counts,
        levels=tuple(given.levels[name] for name in names),
        edges=mesh.edge_level(given.space),
        angle=math.degrees(mesh.curvature),
        between=mesh.between,
        regions=tuple(region for one in mesh.refine for region in _regions(given, one, names)),
        gap=None if mesh.gaps is None else (mesh.gaps.cells, mesh.gaps.level),
        layers=tuple(given.layers[name].count if name in given.layers else 0 for name in names),
        fluid_in_solid=given.internal,
    )


def count(counter: Counter, given: Task) -> Count:
    """The cells that the mesh will have."""
    names = list(given.body.patches)
    from flowcfd.cad.keeping import kept_geometry

    faces = kept_geometry(given.body.digest).names
    # A patch without area is no patch of the body; its triangles are in no solid of the STL.
    patch = [names.index(name) if name in names else 0 for name in faces]
    made = recipe(given)
    answer: dict[str, Any] = counter.ask(
        "count",
        f"counting cells of {given.mesh.cell:.4g} m",
        recipe=asdict(made),
        patch=patch,
        edge_angle=given.mesh.edge_angle,
    )
    return Count(*(tuple(answer[name]) for name in ("by_level", "faces", "layers")))


def _regions(given: Task, one: Refine, names: list[str]) -> Iterator[Region]:
    level = one.depth(given.mesh.cell)
    if one.box is not None:
        yield _box(level, one.box)
    elif one.centre is not None:
        yield Region(level, "sphere", (*one.centre, one.radius or 0.0))
    elif one.axis is not None:
        yield Region(level, "cylinder", (*one.axis[0], *one.axis[1], one.radius or 0.0))
    elif one.patch is not None:
        patches = given.space.groups.get(one.patch, (one.patch,))
        distance = one.within or 0.0
        mine = tuple(names.index(name) for name in patches if name in names)
        if mine:
            yield Region(level, "near", (distance,), mine)
        for side, rim in given.sides.items():
            if rim in patches:
                yield _box(level, _slab(given.box, side, distance))


def _slab(box: Bounds, side: str, depth: float) -> Bounds:
    sides = [(low - depth, high + depth) for low, high in box]
    axis = "xyz".index(side[1])
    low, high = box[axis]
    sides[axis] = (low - depth, low + depth) if side[0] == "-" else (high - depth, high + depth)
    return sides[0], sides[1], sides[2]


def _box(level: int, box: Bounds) -> Region:
    (x, a), (y, b), (z, c) = box
    return Region(level, "box", (x, y, z, a, b, c))

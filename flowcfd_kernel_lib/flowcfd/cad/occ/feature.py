"""Small features of a shape: found by the kinds of their faces, and removed with their names kept. Millimetres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepAlgoAPI import BRepAlgoAPI_Defeaturing
from OCP.BRepCheck import BRepCheck_Analyzer
from OCP.collections import (
    IndexedDataMap_TopoDS_Shape_List_TopoDS_Shape_TopTools_ShapeMapHasher as Neighbours,
)
from OCP.collections import (
    List_TopoDS_Shape,
)
from OCP.GeomAbs import GeomAbs_SurfaceType as Kind
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp

from flowcfd.cad.occ.healing import followed
from flowcfd.cad.occ.shape import FACE, Body, area, box, parts

EDGE = TopAbs_ShapeEnum.TopAbs_EDGE


@dataclass(frozen=True)
class Feature:
    """A group of faces that belong together: a hole by its diameter, a fillet by its radius, others by their width."""

    kind: str
    size: float
    faces: tuple[int, ...]
    at: tuple[float, float, float]

    def to_json(self) -> dict[str, Any]:
        """With its lengths in metres."""
        return {"kind": self.kind, "size": self.size / 1000, "faces": list(self.faces),
                "at": [round(value / 1000, 9) for value in self.at]}  # fmt: skip


@dataclass(frozen=True)
class _Face:
    number: int
    shape: Any
    kind: Any
    surface: Any


def features(body: Body, largest: float) -> list[Feature]:
    """All features up to a size, holes first; a face belongs to one only."""
    faces = [_face(number, shape) for number, shape in enumerate(body.faces)]
    beside = _neighbours(body, faces)
    found: list[Feature] = []
    taken: set[int] = set()
    for feature in (
        *_holes(faces, beside, largest),
        *_slots(faces, beside, largest),
        *_fillets(faces, largest),
        *_chamfers(faces, beside, largest),
        *_small(faces, largest),
    ):
        if not taken & set(feature.faces):
            found.append(feature)
            taken |= set(feature.faces)
    return found


def _face(number: int, shape: Any) -> _Face:
    surface = BRepAdaptor_Surface(shape)
    return _Face(number, shape, surface.GetType(), surface)


def _neighbours(body: Body, faces: Sequence[_Face]) -> list[set[int]]:
    """The faces that share an edge with each face."""
    edges = Neighbours()
    TopExp.MapShapesAndAncestors_s(body.shape, EDGE, FACE, edges)
    number = {hash(face.shape): face.number for face in faces}
    beside: list[set[int]] = [set() for _ in faces]
    for row in range(1, edges.Extent() + 1):
        around = {number[hash(face)] for face in edges.FindFromIndex(row)}
        for one in around:
            beside[one] |= around - {one}
    return beside


def _holes(faces: Sequence[_Face], beside: Sequence[set[int]], largest: float) -> list[Feature]:
    """Concave cylinders that together go all the way round, with what closes them inside (bottoms, cones)."""
    groups: dict[tuple[Any, ...], list[_Face]] = {}
    for face in faces:
        if face.kind == Kind.GeomAbs_Cylinder and _concave(face) and 2 * _radius(face) <= largest:
            groups.setdefault(_axis(face), []).append(face)
    found = []
    for group in groups.values():
        if abs(sum(_turn(face) for face in group) - 2 * math.pi) > 0.05:
            continue
        chosen = {face.number for face in group}
        chosen |= {number for face in group for number in beside[face.number] if beside[number] <= chosen}
        found.append(Feature("hole", 2 * _radius(group[0]), tuple(sorted(chosen)), _middle(group[0])))
    return found


def _slots(faces: Sequence[_Face], beside: Sequence[set[int]], largest: float) -> list[Feature]:
    """Two concave half cylinders of one radius, the two planes between them, and what these bound; up to a width."""
    ends: dict[tuple[Any, ...], list[_Face]] = {}
    for face in faces:
        if face.kind == Kind.GeomAbs_Cylinder and 2 * _radius(face) <= largest and _concave(face):
            ends.setdefault(_axis(face), []).append(face)
    halves = [group for group in ends.values() if abs(sum(_turn(face) for face in group) - math.pi) < 0.05]
    found = []
    for one, other in combinations(halves, 2):
        radius, along = _radius(one[0]), np.array(_axis(one[0])[:3])
        if abs(radius - _radius(other[0])) > 1e-4 or not np.allclose(along, _axis(other[0])[:3], atol=1e-4):
            continue
        near = [set().union(*(beside[face.number] for face in group)) for group in (one, other)]
        sides = [
            number
            for number in near[0] & near[1]
            if faces[number].kind == Kind.GeomAbs_Plane and abs(_normal(faces[number]) @ along) < 1e-4
        ]
        if len(sides) == 2:
            chosen = {*sides, *(face.number for face in (*one, *other))}
            chosen |= _bounded(faces, beside, chosen)
            low, high = (
                np.array(corner) for corner in zip(*(box(faces[number].shape) for number in sides), strict=True)
            )
            x, y, z = (float(value) for value in (low.min(axis=0) + high.max(axis=0)) / 2)
            found.append(Feature("slot", 2 * radius, tuple(sorted(chosen)), (x, y, z)))
    return found


def _bounded(faces: Sequence[_Face], beside: Sequence[set[int]], chosen: set[int]) -> set[int]:
    """The faces that one cannot reach from the largest of the others but over the chosen ones: a blind bottom."""
    left = set(range(len(faces))) - chosen
    near = {other for number in chosen for other in beside[number]} & left
    if len(near) < 2:
        return set()
    largest = max(left, key=lambda number: area(faces[number].shape))
    new, reached = [largest], set()
    while new:
        number = new.pop()
        if number not in reached:
            reached.add(number)
            new += list(beside[number] & left)
    return left - reached


def _fillets(faces: Sequence[_Face], largest: float) -> list[Feature]:
    """Parts of cylinders that turn by less than half a circle, tori and spheres, up to a radius."""
    found = []
    for face in faces:
        if face.kind == Kind.GeomAbs_Cylinder and _turn(face) < math.pi - 0.05:
            radius = _radius(face)
        elif face.kind == Kind.GeomAbs_Torus:
            radius = face.surface.Torus().MinorRadius()
        elif face.kind == Kind.GeomAbs_Sphere and _turn(face) < 2 * math.pi - 0.05:
            radius = face.surface.Sphere().Radius()
        else:
            continue
        if radius <= largest:
            found.append(Feature("fillet", radius, (face.number,), _middle(face)))
    return found


def _chamfers(faces: Sequence[_Face], beside: Sequence[set[int]], largest: float) -> list[Feature]:
    """Narrow planes that lie askew between two other planes."""
    found = []
    for face in faces:
        if face.kind != Kind.GeomAbs_Plane or not 0 < (width := _width(face)) <= largest:
            continue
        normal = _normal(face)
        angles = [
            math.degrees(math.acos(float(np.clip(abs(normal @ _normal(faces[number])), 0, 1))))
            for number in beside[face.number]
            if faces[number].kind == Kind.GeomAbs_Plane
        ]
        if sum(15 < angle < 75 for angle in angles) >= 2:
            found.append(Feature("chamfer", width, (face.number,), _middle(face)))
    return found


def _small(faces: Sequence[_Face], largest: float) -> list[Feature]:
    """Faces that fit into a box of this size."""
    found = []
    for face in faces:
        low, high = box(face.shape)
        size = float(np.max(high - low))
        if size <= largest:
            found.append(Feature("small face", size, (face.number,), _middle(face)))
    return found


def _radius(face: _Face) -> float:
    return float(face.surface.Cylinder().Radius())


def _turn(face: _Face) -> float:
    """How far it goes round [radian]."""
    return abs(float(face.surface.LastUParameter() - face.surface.FirstUParameter()))


def _concave(face: _Face) -> bool:
    """Whether the material is outside of the cylinder."""
    reverse = face.shape.Orientation() == TopAbs_Orientation.TopAbs_REVERSED
    return bool(reverse == face.surface.Cylinder().Position().Direct())


def _axis(face: _Face) -> tuple[Any, ...]:
    """The same for cylinders of one axis and radius: the direction without sign, the point nearest to the origin."""
    axis = face.surface.Cylinder().Axis()
    direction = np.array([axis.Direction().X(), axis.Direction().Y(), axis.Direction().Z()])
    direction *= next((np.sign(value) for value in direction if abs(value) > 1e-9), 1.0)
    place = np.array([axis.Location().X(), axis.Location().Y(), axis.Location().Z()])
    place -= direction * (place @ direction)
    return (*np.round(direction, 5), *np.round(place, 3), round(_radius(face), 4))


def _normal(face: _Face) -> Any:
    direction = face.surface.Plane().Axis().Direction()
    return np.array([direction.X(), direction.Y(), direction.Z()])


def _width(face: _Face) -> float:
    """The area by the longest extent: the width of a strip."""
    low, high = box(face.shape)
    return area(face.shape) / max(float(np.linalg.norm(high - low)), 1e-12)


def _middle(face: _Face) -> tuple[float, float, float]:
    low, high = box(face.shape)
    x, y, z = (float(value) for value in (low + high) / 2)
    return x, y, z


def removed(body: Body, groups: Sequence[Sequence[int]]) -> tuple[Body, list[int]]:
    """The body without these groups of faces, and which groups OpenCASCADE refused to remove."""
    whole = _without(body, [face for group in groups for face in group])
    if whole is not None:
        return whole, []
    refused = []
    keys = [[hash(body.faces[face]) for face in group] for group in groups]
    for number, group in enumerate(keys):
        # names show which faces are which: those of a later group may have changed with an earlier one
        now = {hash(face): index for index, face in enumerate(body.faces)}
        after = _without(body, [now[key] for key in group]) if all(key in now for key in group) else None
        if after is None:
            refused.append(number)
        else:
            body = after
    return body, refused


def _without(body: Body, faces: Sequence[int]) -> Body | None:
    """The body without these faces; None when that cannot be or what is left is no valid shape."""
    shapes = body.faces
    chosen = List_TopoDS_Shape()
    for number in faces:
        chosen.Append(shapes[number])
    operation = BRepAlgoAPI_Defeaturing()
    operation.SetShape(body.shape)
    operation.AddFacesToRemove(chosen)
    operation.SetRunParallel(False)
    operation.SetToFillHistory(True)
    operation.Build()
    if not operation.IsDone():
        return None
    after = operation.Shape()
    if not BRepCheck_Analyzer(after).IsValid() or len(parts(after, FACE)) > len(shapes) - len(faces):
        return None
    rows = []
    for name, colour, face in zip(body.names, body.colours, shapes, strict=True):
        became = list(operation.Modified(face)) or ([] if operation.IsDeleted(face) else [face])
        rows.append((name, colour, became))
    return followed(after, rows)

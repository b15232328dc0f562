"""Flow volumes of shapes: caps in their openings, and the faces that these and the walls have inside. Millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace, BRepBuilderAPI_Sewing
from OCP.BRepLib import BRepLib
from OCP.collections import HSequence_TopoDS_Shape
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.GeomAbs import GeomAbs_SurfaceType as Kind
from OCP.ShapeAnalysis import ShapeAnalysis_FreeBounds
from OCP.ShapeFix import ShapeFix_Solid
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS, TopoDS_Compound

from flowcfd.cad.occ import Unusable
from flowcfd.cad.occ.healing import followed
from flowcfd.cad.occ.shape import SHELL, SOLID, Body, box, free_bounds, parts

EDGE, WIRE = TopAbs_ShapeEnum.TopAbs_EDGE, TopAbs_ShapeEnum.TopAbs_WIRE
NEAR = 0.02
"""A wire is an opening when its box is that of it but for this part of its extent: the opening's is of triangles."""
TIGHT = 1e-3
"""How far [mm] a cap's rim may lie from the walls."""


@dataclass
class _Cap:
    """A face in an opening; `around` are the faces in its plane round it, by number."""

    name: str
    face: Any
    edges: set[int]
    around: set[int]


def volume(body: Body, openings: Sequence[tuple[str, Any, Any]], wall: str) -> Body:
    """The space behind the openings (name, lowest and highest corner)."""
    faces = body.faces
    edges = ShapeMap()
    TopExp.MapShapes_s(body.shape, EDGE, edges)
    of = [{edges.FindIndex(edge) for edge in parts(face, EDGE)} for face in faces]
    solid = bool(parts(body.shape, SOLID)) and not free_bounds(body.shape)
    rims = _holes(faces, of, edges) if solid else [(wire, set()) for wire in _free(body.shape)]
    caps = [_cap(name, np.array(low), np.array(high), rims, edges) for name, low, high in openings]
    found = _sewn(body, faces, _behind(of, caps) if solid else list(range(len(faces))), caps, wall)
    if free_bounds(found.shape, TIGHT) or not parts(found.shape, SOLID):
        raise Unusable(f"the volume is not closed: {_open(found.shape)}")
    return found


def _holes(faces: Sequence[Any], of: Sequence[set[int]], edges: Any) -> list[tuple[Any, set[int]]]:
    """The loops round plane faces, without the outermost of each, and the faces that lie round them."""
    planes = {number: _plane(face) for number, face in enumerate(faces)}
    left = [number for number, plane in planes.items() if plane is not None]
    found = []
    while left:
        group, new = set(), [left[0]]
        while new:
            one = new.pop()
            group.add(one)
            left.remove(one)
            new += [other for other in left if other not in new and of[one] & of[other] and _same(planes, one, other)]
        count: dict[int, int] = {}
        for number in group:
            for edge in of[number]:
                count[edge] = count.get(edge, 0) + 1
        wires = _wires([edges.FindKey(edge) for edge, many in count.items() if many == 1])
        sizes = [float(np.linalg.norm(np.subtract(*box(wire)))) for wire in wires]
        outer = int(np.argmax(sizes)) if sizes else -1
        found += [(wire, group) for number, wire in enumerate(wires) if number != outer]
    return found


def _plane(face: Any) -> Any:
    """The plane of a face as four numbers; None where it is not plane."""
    surface = BRepAdaptor_Surface(face)
    if surface.GetType() != Kind.GeomAbs_Plane:
        return None
    return np.array(surface.Plane().Coefficients())


def _same(planes: dict[int, Any], one: int, other: int) -> bool:
    a, b = planes[one], planes[other]
    sign = np.sign(a[:3] @ b[:3])
    return bool(np.allclose(a[:3], sign * b[:3], atol=1e-6) and abs(a[3] - sign * b[3]) < 1e-4)


def _wires(edges: Sequence[Any]) -> list[Any]:
    """Edges that hang together, as wires."""
    given = HSequence_TopoDS_Shape()
    for edge in edges:
        given.Append(edge)
    made = ShapeAnalysis_FreeBounds.ConnectEdgesToWires_s(given, TIGHT, False)
    return [TopoDS.Wire(made.Value(number)) for number in range(1, made.Length() + 1)]


def _free(shape: Any) -> list[Any]:
    """The closed loops of free edges."""
    found = ShapeAnalysis_FreeBounds(shape, TIGHT, False, False).GetClosedWires()
    return [] if found is None or found.IsNull() else [TopoDS.Wire(wire) for wire in parts(found, WIRE)]


def _cap(name: str, low: Any, high: Any, rims: Sequence[tuple[Any, set[int]]], edges: Any) -> _Cap:
    """The face in the wire whose box is that of the opening."""
    place = " ".join(f"{value / 1000:.4g}" for value in (low + high) / 2)
    slack = NEAR * float(np.linalg.norm(high - low)) + TIGHT
    boxes = [box(wire) for wire, _ in rims]
    off = [float(max(np.abs(one - low).max(), np.abs(other - high).max())) for one, other in boxes]
    if not off or min(off) > slack:
        raise Unusable(f"{name}: the edges round the opening at ({place}) do not make a closed loop; heal it first")
    wire, around = rims[int(np.argmin(off))]
    made = BRepBuilderAPI_MakeFace(wire, True)
    if not made.IsDone():
        raise Unusable(f"{name}: the opening at ({place}) is not plane")
    return _Cap(name, made.Face(), {edges.FindIndex(edge) for edge in parts(wire, EDGE)}, around)


def _behind(of: Sequence[set[int]], caps: Sequence[_Cap]) -> list[int]:
    """The faces that one comes to from the caps without going through them, or round them."""
    barred = set().union(*(one.edges for one in caps))
    around = set().union(*(one.around for one in caps))
    beside: dict[int, list[int]] = {}
    for number, its in enumerate(of):
        for edge in its:
            beside.setdefault(edge, []).append(number)
    new = [face for one in caps for edge in one.edges for face in beside[edge] if face not in around]
    seen: set[int] = set()
    while new:
        face = new.pop()
        if face not in seen:
            seen.add(face)
            new += [other for edge in of[face] - barred for other in beside[edge]]
    return sorted(seen)


def _sewn(body: Body, faces: Sequence[Any], chosen: Sequence[int], caps: Sequence[_Cap], wall: str) -> Body:
    """Walls and caps as solids, with their names."""
    sewing = BRepBuilderAPI_Sewing(TIGHT)
    rows: list[tuple[str, list[float] | None, Any]] = []
    for number in chosen:
        name = body.names[number]
        rows.append((wall if name in ("", "body") else name, body.colours[number], faces[number]))
    rows += [(one.name, None, one.face) for one in caps]
    for _, _, face in rows:
        sewing.Add(face)
    sewing.Perform()
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for shell in parts(sewing.SewedShape(), SHELL):
        if BRep_Tool.IsClosed_s(shell):
            solid = ShapeFix_Solid().SolidFromShell(TopoDS.Shell(shell))
            BRepLib.OrientClosedSolid_s(solid)
            builder.Add(compound, solid)
        else:
            builder.Add(compound, shell)
    became = [
        (name, colour, [sewing.Modified(face) if sewing.IsModified(face) else face]) for name, colour, face in rows
    ]
    return followed(compound, became)


def _open(shape: Any) -> str:
    """Where it is open, in words."""
    wires = _free(shape)
    places = []
    for wire in wires[:4]:
        low, high = box(wire)
        places.append("({:.4g} {:.4g} {:.4g})".format(*(low + high) / 2000))
    return f"{len(wires)} openings at {' '.join(places)}" if wires else "its edges make no closed loops; heal it first"

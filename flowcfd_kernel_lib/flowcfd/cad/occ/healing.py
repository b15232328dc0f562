"""Healing: faces that do not hold together are sewn, what OpenCASCADE can put right it does; names go along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_Sewing
from OCP.BRepClass3d import BRepClass3d_SolidClassifier
from OCP.BRepLib import BRepLib
from OCP.ShapeFix import ShapeFix_Shape, ShapeFix_Solid
from OCP.TopAbs import TopAbs_ShapeEnum, TopAbs_State
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shell, TopoDS_Solid

from flowcfd.cad.occ.shape import FACE, SHELL, SOLID, Body, box, free_bounds, loose, parts

LEAST = 1e-7


def heal(body: Body, tolerance: float) -> tuple[Body, list[str]]:
    """The healed body, and what was done and what could not be; `tolerance` [mm]."""
    said: list[str] = []
    fix = ShapeFix_Shape(body.shape)
    fix.SetPrecision(tolerance)
    fix.SetMaxTolerance(tolerance)
    fix.SetMinTolerance(LEAST)
    fix.Perform()
    context = fix.Context()
    healed = _followed(body, fix.Shape(), lambda face: [context.Apply(face)])
    if loose(healed.shape) or free_bounds(healed.shape):
        healed, made, hollows = _sewn(healed, tolerance)
        within = f" with {hollows} hollow{'' if hollows == 1 else 's'}" if hollows else ""
        said.append(f"sewn at {tolerance:g} mm: {made} solid{'' if made == 1 else 's'}{within}")
    for solid in parts(healed.shape, SOLID):
        BRepLib.OrientClosedSolid_s(TopoDS.Solid(solid))
    left = free_bounds(healed.shape)
    if left:
        said.append(f"{left} loops of edges are still free: gaps are wider than {tolerance:g} mm")
    lost = len(body.faces) - len(healed.faces)
    if lost > 0:
        said.append(f"{lost} faces without extent are gone")
    return healed, said


def _sewn(body: Body, tolerance: float) -> tuple[Body, int, int]:
    """The sewn body, how many solids it has, and how many hollows these have."""
    sewing = BRepBuilderAPI_Sewing(tolerance)
    for face in body.faces:
        sewing.Add(face)
    sewing.Perform()
    sewn = sewing.SewedShape()
    shells = parts(sewn, SHELL)
    inside = [face for shell in shells for face in parts(shell, FACE)]
    alone = [face for face in parts(sewn, FACE) if not any(face.IsSame(one) for one in inside)]
    made: dict[bool, list[Any]] = {True: [], False: []}
    for shell, whole in [*((one, one) for one in shells), *((_shell(face), face) for face in alone)]:
        closed = BRep_Tool.IsClosed_s(shell)
        made[closed].append(shell if closed else whole)
    solids = _solids([ShapeFix_Solid().SolidFromShell(TopoDS.Shell(shell)) for shell in made[True]])
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for one in (*solids, *made[False]):
        builder.Add(compound, one)
    healed = _followed(body, compound, lambda face: [sewing.Modified(face) if sewing.IsModified(face) else face])
    return healed, len(solids), len(made[True]) - len(solids)


def _shell(face: Any) -> Any:
    """The shell of one face: a whole ball or torus is closed by itself."""
    shell, builder = TopoDS_Shell(), BRep_Builder()
    builder.MakeShell(shell)
    builder.Add(shell, face)
    return shell


def _solids(given: list[Any]) -> list[Any]:
    """The solids, of one shell each, after those that lie inside of another are its hollows."""
    builder = BRep_Builder()
    around = [{n for n, other in enumerate(given) if other is not one and _holds(other, one)} for one in given]
    made = []
    for number, outer in enumerate(given):
        if len(around[number]) % 2:
            continue
        solid = TopoDS_Solid()
        builder.MakeSolid(solid)
        builder.Add(solid, parts(outer, SHELL)[0])
        for inner, its in zip(given, around, strict=True):
            if number in its and len(its) == len(around[number]) + 1:
                builder.Add(solid, parts(inner, SHELL)[0].Reversed())
        made.append(solid)
    return made


def _holds(outer: Any, inner: Any) -> bool:
    """Whether a corner of one solid lies in another."""
    low, high = box(outer)
    first, last = box(inner)
    if (first < low).any() or (last > high).any():
        return False
    corner = BRep_Tool.Pnt_s(TopoDS.Vertex(parts(inner, TopAbs_ShapeEnum.TopAbs_VERTEX)[0]))
    return bool(BRepClass3d_SolidClassifier(outer, corner, LEAST).State() == TopAbs_State.TopAbs_IN)


def _followed(body: Body, shape: Any, became: Callable[[Any], list[Any]]) -> Body:
    """The names and colours of the old faces on those that they became."""
    return followed(shape, [(name, colour, became(face)) for name, colour, face in _rows(body)])


def _rows(body: Body) -> list[tuple[str, list[float] | None, Any]]:
    return list(zip(body.names, body.colours, body.faces, strict=True))


def followed(shape: Any, rows: list[tuple[str, list[float] | None, list[Any]]]) -> Body:
    """A body of this shape; `rows` are name, colour and the faces of it that they belong to."""
    body = Body(shape)
    known: Mapping[int, list[tuple[Any, str, list[float] | None]]] = _by_hash(rows)
    for face in body.faces:
        same = [row for row in known.get(_hash(face), []) if row[0].IsSame(face)]
        body.names.append(same[0][1] if same else "")
        body.colours.append(same[0][2] if same else None)
    return body


def _by_hash(
    rows: list[tuple[str, list[float] | None, list[Any]]],
) -> dict[int, list[tuple[Any, str, list[float] | None]]]:
    known: dict[int, list[tuple[Any, str, list[float] | None]]] = {}
    for name, colour, faces in rows:
        for face in faces:
            if face is not None and not face.IsNull():
                for part in parts(face, FACE):
                    known.setdefault(_hash(part), []).append((part, name, colour))
    return known


def _hash(face: Any) -> int:
    return hash(face)

"""Healing: faces that do not hold together are sewn, what OpenCASCADE can put right it does; names go along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_Sewing
from OCP.BRepLib import BRepLib
from OCP.ShapeFix import ShapeFix_Shape, ShapeFix_Solid
from OCP.TopoDS import TopoDS, TopoDS_Compound

from flowcfd.cad.occ.shape import FACE, SHELL, SOLID, Body, free_bounds, parts

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
    if not parts(healed.shape, SOLID) or free_bounds(healed.shape):
        healed, made = _sewn(healed, tolerance)
        said.append(f"sewn at {tolerance:g} mm: {made} solid{'' if made == 1 else 's'}")
    for solid in parts(healed.shape, SOLID):
        BRepLib.OrientClosedSolid_s(TopoDS.Solid(solid))
    left = free_bounds(healed.shape)
    if left:
        said.append(f"{left} loops of edges are still free: gaps are wider than {tolerance:g} mm")
    lost = len(body.faces) - len(healed.faces)
    if lost > 0:
        said.append(f"{lost} faces without extent are gone")
    return healed, said


def _sewn(body: Body, tolerance: float) -> tuple[Body, int]:
    sewing = BRepBuilderAPI_Sewing(tolerance)
    for face in body.faces:
        sewing.Add(face)
    sewing.Perform()
    sewn = sewing.SewedShape()
    closed = [shell for shell in parts(sewn, SHELL) if BRep_Tool.IsClosed_s(shell)]
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for shell in closed:
        builder.Add(compound, ShapeFix_Solid().SolidFromShell(TopoDS.Shell(shell)))
    for shell in parts(sewn, SHELL):
        if not any(shell.IsSame(one) for one in closed):
            builder.Add(compound, shell)
    inside = parts(compound, FACE)
    for face in parts(sewn, FACE):
        if not any(face.IsSame(one) for one in inside):
            builder.Add(compound, face)
    made = _followed(body, compound, lambda face: [sewing.Modified(face) if sewing.IsModified(face) else face])
    return made, len(closed)


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

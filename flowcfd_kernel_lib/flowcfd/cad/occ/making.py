"""Bodies that are made here and come from no file: outlines of lines and arcs, drawn out and cut. Millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_MakeWire,
    BRepBuilderAPI_Transform,
)
from OCP.BRepGProp import BRepGProp
from OCP.BRepOffsetAPI import BRepOffsetAPI_MakePipe
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder, BRepPrimAPI_MakePrism
from OCP.collections import Array1_gp_Pnt
from OCP.GC import GC_MakeArcOfCircle
from OCP.Geom import Geom_BSplineCurve
from OCP.GeomAbs import GeomAbs_SurfaceType
from OCP.GeomAPI import GeomAPI_PointsToBSpline
from OCP.gp import gp_Ax1, gp_Ax2, gp_Circ, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_Orientation

from flowcfd.cad.occ import Unusable
from flowcfd.cad.occ.shape import Body

Point = tuple[float, float, float]
Piece = Point | tuple[Point, Point]
"""The next corner of an outline: at the end of a line, or of an arc through a point (point, corner)."""


def body(kind: str, sizes: Mapping[str, Any]) -> Body:
    """The body of a kind, with the names of its faces; Unusable for sizes that make none."""
    return _KINDS[kind](**sizes)


def ahmed(
    slant: float, length: float, width: float, height: float, radius: float, slant_length: float, clearance: float,
    legs: Sequence[float] | None,
) -> Body:  # fmt: skip
    """The simplified car of Ahmed, Ramm and Faltin; x = 0 is its base, z = 0 the ground, y = 0 its middle.

    `slant` [rad]; `legs`: diameter, places behind the nose of the front and the rear pair, distance across.
    """
    low, top, half = clearance, clearance + height, 0.5 * width
    nose, corner = -length, radius * (1 - math.sqrt(0.5))
    along, down = slant_length * math.cos(slant), slant_length * math.sin(slant)
    side: list[Piece] = [
        (0.0, -width, low), (0.0, -width, top - down), (-along, -width, top), (nose + radius, -width, top),
        ((nose + corner, -width, top - corner), (nose, -width, top - radius)), (nose, -width, low + radius),
        ((nose + corner, -width, low + corner), (nose + radius, -width, low)),
    ]  # fmt: skip
    plan: list[Piece] = [
        (0.0, -half, 0.0), (0.0, half, 0.0), (nose + radius, half, 0.0),
        ((nose + corner, half - corner, 0.0), (nose, half - radius, 0.0)), (nose, radius - half, 0.0),
        ((nose + corner, corner - half, 0.0), (nose + radius, -half, 0.0)),
    ]  # fmt: skip
    if slant == 0:
        side.remove((0.0, -width, top - down))
        side[1] = (0.0, -width, top)
    shape = BRepAlgoAPI_Common(_drawn(side, (0, 2 * width, 0)), _drawn(plan, (0, 0, top + height))).Shape()
    if legs is not None:
        diameter, front, rear, across = legs
        for x in (nose + front, nose + rear):
            for y in (-0.5 * across, 0.5 * across):
                axis = gp_Ax2(gp_Pnt(x, y, 0), gp_Dir(0, 0, 1))
                leg = BRepPrimAPI_MakeCylinder(axis, 0.5 * diameter, clearance + 0.25 * height).Shape()
                shape = BRepAlgoAPI_Fuse(shape, leg).Shape()

    def name(normal: Point | None, at: Point) -> str:
        if normal is None:
            return "front" if at[2] > low and at[0] < nose + radius else "legs"
        if normal[2] < -0.5:
            return "under" if at[2] > 0.5 * low else "legs"
        return _first({
            "front": normal[0] < -0.5, "flanks": abs(normal[1]) > 0.5, "base": normal[0] > 0.999,
            "slant": at[0] > -along, "roof": True,
        })  # fmt: skip

    return _named(shape, name)


def wing(outline: Sequence[Sequence[float]], span: float, angle: float) -> Body:
    """A section drawn out in y about y = 0; `outline` runs from the upper end of the tail around the nose (x, z).

    Turned by `angle` [rad] about the y axis, nose up. Faces: upper, lower, tips and, where the tail is blunt, tail.
    """
    count = len(outline)
    nose = min(range(count), key=lambda number: outline[number][0])
    points = [gp_Pnt(x, -0.5 * span, z) for x, z in outline]
    wire = BRepBuilderAPI_MakeWire()
    wire.Add(BRepBuilderAPI_MakeEdge(_smooth(points[: nose + 1])).Edge())
    wire.Add(BRepBuilderAPI_MakeEdge(_smooth(points[nose:])).Edge())
    if points[0].Distance(points[-1]) > 1e-6:
        wire.Add(BRepBuilderAPI_MakeEdge(points[-1], points[0]).Edge())
    face = BRepBuilderAPI_MakeFace(wire.Wire(), True)
    if not face.IsDone():
        raise Unusable("its section does not close")
    drawn = BRepPrimAPI_MakePrism(face.Face(), gp_Vec(0, span, 0)).Shape()

    def name(normal: Point | None, at: Point) -> str:
        if normal is None:
            return "upper" if at[2] >= _camber(outline, at[0]) else "lower"
        return "tips" if abs(normal[1]) > 0.5 else "tail"

    made = _named(drawn, name)
    turn = gp_Trsf()
    turn.SetRotation(gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 1, 0)), angle)
    return Body(BRepBuilderAPI_Transform(made.shape, turn, True).Shape(), made.names, made.colours)


def block(sizes: Sequence[float]) -> Body:
    """A box of sizes in x, y and z that stands on z = 0 with its middle at x = y = 0."""
    x, y, z = sizes
    shape = BRepPrimAPI_MakeBox(gp_Pnt(-0.5 * x, -0.5 * y, 0), x, y, z).Shape()
    sides = {(-1, 0): "front", (1, 0): "back", (0, -1): "right", (0, 1): "left"}

    def name(normal: Point | None, at: Point) -> str:
        x, y, z = normal or (0.0, 0.0, 0.0)
        return sides.get((round(x), round(y))) or ("roof" if z > 0 else "bottom")

    return _named(shape, name)


def elbow(diameter: float, radius: float, angle: float, inlet: float, outlet: float) -> Body:
    """What flows through a bent pipe: along x to the origin, round the bend towards +y by `angle` [rad], and on."""
    circle = gp_Circ(gp_Ax2(gp_Pnt(-inlet, 0, 0), gp_Dir(1, 0, 0)), 0.5 * diameter)
    section = BRepBuilderAPI_MakeFace(BRepBuilderAPI_MakeWire(BRepBuilderAPI_MakeEdge(circle).Edge()).Wire())

    def at(turned: float) -> Point:
        return radius * math.sin(turned), radius * (1 - math.cos(turned)), 0.0

    end, direction = at(angle), (math.cos(angle), math.sin(angle), 0.0)
    far = (end[0] + outlet * direction[0], end[1] + outlet * direction[1], 0.0)
    path: list[Piece] = [(-inlet, 0.0, 0.0), (0.0, 0.0, 0.0), (at(0.5 * angle), end)]
    shape = BRepOffsetAPI_MakePipe(_wire([*path, far]), section.Face()).Shape()

    def name(normal: Point | None, at: Point) -> str:
        return "wall" if normal is None else "inlet" if normal[0] < -0.999 and at[0] < -0.5 * inlet else "outlet"

    return _named(shape, name)


def _wire(pieces: Sequence[Piece]) -> Any:
    """An open line through corners."""
    wire, last = BRepBuilderAPI_MakeWire(), _corner(pieces[0])
    for piece in pieces[1:]:
        to = _corner(piece)
        if isinstance(piece[0], tuple):
            arc = GC_MakeArcOfCircle(gp_Pnt(*last), gp_Pnt(*piece[0]), gp_Pnt(*to)).Value()
            wire.Add(BRepBuilderAPI_MakeEdge(arc).Edge())
        else:
            wire.Add(BRepBuilderAPI_MakeEdge(gp_Pnt(*last), gp_Pnt(*to)).Edge())
        last = to
    return wire.Wire()


def _drawn(pieces: Sequence[Piece], way: Point) -> Any:
    """A closed plane outline, drawn out."""
    first = _corner(pieces[0])
    ends = () if math.dist(_corner(pieces[-1]), first) < 1e-9 else (first,)
    face = BRepBuilderAPI_MakeFace(_wire([*pieces, *ends]), True)
    if not face.IsDone():
        raise Unusable("its outline does not close")
    return BRepPrimAPI_MakePrism(face.Face(), gp_Vec(*way)).Shape()


def _corner(piece: Piece) -> Point:
    x, y, z = piece[1] if isinstance(piece[1], tuple) else piece
    assert isinstance(x, (int, float)) and isinstance(y, (int, float)) and isinstance(z, (int, float))
    return x, y, z


def _smooth(points: Sequence[Any]) -> Geom_BSplineCurve:
    array = Array1_gp_Pnt(1, len(points))
    for number, point in enumerate(points, 1):
        array.SetValue(number, point)
    return GeomAPI_PointsToBSpline(array).Curve()


def _camber(outline: Sequence[Sequence[float]], x: float) -> float:
    """The middle between the upper and the lower line at x, of the nearest points."""
    nose = min(range(len(outline)), key=lambda number: outline[number][0])
    upper, lower = (min(part, key=lambda one: abs(one[0] - x)) for part in (outline[: nose + 1], outline[nose:]))
    return 0.5 * (upper[1] + lower[1])


def _named(shape: Any, name: Callable[[Point | None, Point], str]) -> Body:
    """The body whose faces are called by their normal outwards (None: not plane) and their middle."""
    made = Body(shape)
    for face in made.faces:
        properties = GProp_GProps()
        BRepGProp.SurfaceProperties_s(face, properties)
        middle = properties.CentreOfMass()
        made.names.append(name(_normal(face), (middle.X(), middle.Y(), middle.Z())))
        made.colours.append(None)
    return made


def _normal(face: Any) -> Point | None:
    surface = BRepAdaptor_Surface(face)
    if surface.GetType() != GeomAbs_SurfaceType.GeomAbs_Plane:
        return None
    direction = surface.Plane().Axis().Direction()
    turned = not surface.Plane().Position().Direct()
    sign = -1.0 if (face.Orientation() == TopAbs_Orientation.TopAbs_REVERSED) != turned else 1.0
    return sign * direction.X(), sign * direction.Y(), sign * direction.Z()


def _first(words: Mapping[str, bool]) -> str:
    return next(word for word, holds in words.items() if holds)


_KINDS: Mapping[str, Callable[..., Body]] = {"ahmed": ahmed, "wing": wing, "block": block, "elbow": elbow}

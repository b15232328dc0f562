"""CAD bodies of many kinds, made by OpenCASCADE: run in a process of its own, as `python shapes.py FOLDER [NAME ...]`.

Each is written as NAME.step, .iges or .brep. What they enclose is known exactly (`gallery.py`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bodies
import numpy as np
from OCP.BRep import BRep_Builder
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_MakePolygon,
    BRepBuilderAPI_MakeWire,
)
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepLib import BRepLib
from OCP.BRepOffsetAPI import BRepOffsetAPI_MakePipe, BRepOffsetAPI_MakePipeShell
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCone,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakePrism,
    BRepPrimAPI_MakeRevol,
    BRepPrimAPI_MakeSphere,
    BRepPrimAPI_MakeTorus,
)
from OCP.BRepTools import BRepTools
from OCP.collections import Array1_gp_Pnt
from OCP.Geom import Geom_CylindricalSurface
from OCP.Geom2d import Geom2d_Line
from OCP.GeomAbs import GeomAbs_SurfaceType
from OCP.GeomAPI import GeomAPI_PointsToBSpline
from OCP.gp import gp_Ax1, gp_Ax2, gp_Ax3, gp_Circ, gp_Dir, gp_Dir2d, gp_Pnt, gp_Pnt2d, gp_Vec
from OCP.IGESControl import IGESControl_Writer
from OCP.TopoDS import TopoDS, TopoDS_Compound

from flowcfd.cad.occ.shape import FACE, box, parts

Point = tuple[float, float, float]


@dataclass
class Made:
    """A shape [mm]; `ends` are names of faces by a point near their middle; `kind` and `unit` of the file."""

    shape: Any
    ends: dict[str, Point] = field(default_factory=dict)
    kind: str = "step"
    unit: str = "MM"


SHAPES: dict[str, Callable[[], Made]] = {}


def body(make: Callable[[], Made]) -> Callable[[], Made]:
    SHAPES[make.__name__] = make
    return make


def rod(start: Point, direction: Point, radius: float, length: float) -> Any:
    return BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(*start), gp_Dir(*direction)), radius, length).Shape()


def block(low: Point, high: Point) -> Any:
    return BRepPrimAPI_MakeBox(gp_Pnt(*low), gp_Pnt(*high)).Shape()


def ball(centre: Point, radius: float) -> Any:
    return BRepPrimAPI_MakeSphere(gp_Pnt(*centre), radius).Shape()


def fused(*shapes: Any) -> Any:
    whole = shapes[0]
    for shape in shapes[1:]:
        whole = BRepAlgoAPI_Fuse(whole, shape).Shape()
    return whole


def cut(shape: Any, *tools: Any) -> Any:
    for tool in tools:
        shape = BRepAlgoAPI_Cut(shape, tool).Shape()
    return shape


def together(shapes: Iterable[Any]) -> Any:
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for shape in shapes:
        builder.Add(compound, shape)
    return compound


@body
def sphere() -> Made:
    return Made(ball((0, 0, 0), 500))


@body
def cylinder() -> Made:
    return Made(rod((0, -1000, 0), (0, 1, 0), 500, 2000))


@body
def cone() -> Made:
    """Its tip looks into the flow."""
    return Made(BRepPrimAPI_MakeCone(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)), 0, 500, 1500).Shape())


@body
def cube() -> Made:
    return Made(block((0, 0, 0), (1000, 1000, 1000)))


@body
def plate() -> Made:
    """A fiftieth of its length thick."""
    return Made(block((0, -500, 0), (1000, 500, 20)))


def naca0012(chord: float, last: float, count: int = 61) -> list[Point]:
    """From the trailing edge over the upper side to the nose and back below; `last` is the coefficient of x^4."""
    x = 0.5 * (1 - np.cos(np.linspace(0, math.pi, count)))
    y = 0.6 * (0.2969 * np.sqrt(x) - 0.126 * x - 0.3516 * x**2 + 0.2843 * x**3 - last * x**4)
    upper = [(float(a * chord), 0.0, float(b * chord)) for a, b in zip(x, y, strict=True)]
    return [*reversed(upper), *((a, 0.0, -c) for a, _, c in upper[1:])]


def wing(last: float, chord: float = 1000, span: float = 1000) -> Any:
    outline = naca0012(chord, last)
    given = Array1_gp_Pnt(1, len(outline))
    for number, point in enumerate(outline, 1):
        given.SetValue(number, gp_Pnt(*point))
    wire = BRepBuilderAPI_MakeWire()
    wire.Add(BRepBuilderAPI_MakeEdge(GeomAPI_PointsToBSpline(given, 3, 8).Curve()).Edge())
    if abs(outline[0][2] - outline[-1][2]) > 1e-6:
        wire.Add(BRepBuilderAPI_MakeEdge(gp_Pnt(*outline[-1]), gp_Pnt(*outline[0])).Edge())
    return BRepPrimAPI_MakePrism(BRepBuilderAPI_MakeFace(wire.Wire()).Face(), gp_Vec(0, span, 0)).Shape()


@body
def wing_blunt() -> Made:
    """NACA 0012 with its trailing edge a quarter of a percent of the chord thick."""
    return Made(wing(0.1015))


@body
def wing_sharp() -> Made:
    """NACA 0012 closed at its trailing edge."""
    return Made(wing(0.1036))


@body
def building() -> Made:
    return Made(block((0, -500, 0), (1000, 500, 2000)))


@body
def dome() -> Made:
    """Half a ball on the ground."""
    return Made(cut(ball((0, 0, 0), 500), block((-600, -600, -600), (600, 600, 0))))


@body
def wheel() -> Made:
    """A cylinder that touches the ground along a line, as a wheel does."""
    return Made(rod((0, -100, 300), (0, 1, 0), 300, 200))


@body
def tandem() -> Made:
    """Two bodies with a gap of a fifth of their width between them, in one file."""
    return Made(together([block((0, -250, -250), (500, 250, 250)), block((600, -250, -250), (1100, 250, 250))]))


@body
def village() -> Made:
    """Three solids of different height on the ground."""
    return Made(together([block((0, 0, 0), (400, 400, 800)), block((700, 0, 0), (1100, 400, 500)),
                          block((300, 700, 0), (900, 1000, 1100))]))  # fmt: skip


@body
def prism() -> Made:
    """A triangle with its sharp edge into the flow."""
    outline = BRepBuilderAPI_MakePolygon()
    for x, z in ((0, 0), (800, -300), (800, 300)):
        outline.Add(gp_Pnt(x, -500, z))
    outline.Close()
    return Made(BRepPrimAPI_MakePrism(BRepBuilderAPI_MakeFace(outline.Wire()).Face(), gp_Vec(0, 1000, 0)).Shape())


@body
def torus() -> Made:
    return Made(BRepPrimAPI_MakeTorus(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)), 500, 150).Shape())


@body
def coil() -> Made:
    """A wire of diameter 120 mm wound twice round a radius of 400 mm, 500 mm a turn."""
    surface = Geom_CylindricalSurface(gp_Ax3(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)), 400)
    slope, turns = 500 / (2 * math.pi), 2.0
    line = Geom2d_Line(gp_Pnt2d(0, 0), gp_Dir2d(1, slope))
    length = turns * 2 * math.pi * math.hypot(1, slope)  # along the line, whose direction is a unit vector
    edge = BRepBuilderAPI_MakeEdge(line, surface, 0.0, length).Edge()
    BRepLib.BuildCurves3d_s(edge)
    spine = BRepBuilderAPI_MakeWire(edge).Wire()
    circle = gp_Circ(gp_Ax2(gp_Pnt(400, 0, 0), gp_Dir(0, 400, slope)), 60)
    profile = BRepBuilderAPI_MakeWire(BRepBuilderAPI_MakeEdge(circle).Edge()).Wire()
    sweep = BRepOffsetAPI_MakePipeShell(spine)
    sweep.SetMode(gp_Dir(0, 0, 1))
    sweep.Add(profile, False, False)
    sweep.Build()
    sweep.MakeSolid()
    return Made(sweep.Shape())


@body
def finned() -> Made:
    """A base with seven fins of 20 mm at 60 mm."""
    fins = [block((0, 60 * n, 100), (600, 60 * n + 40, 300)) for n in range(7)]
    return Made(fused(block((0, 0, 0), (600, 400, 100)), *fins))


@body
def detailed() -> Made:
    """A block with four holes of 4 mm and a fillet of 2 mm: far below any cell."""
    whole = BRepPrimAPI_MakeBox(400.0, 200.0, 150.0).Shape()
    fillet = BRepFilletAPI_MakeFillet(whole)
    fillet.Add(2.0, bodies.straight(whole, 200, 0))
    holes = [rod((x, y, -1), (0, 0, 1), 2, 152) for x in (30, 370) for y in (30, 170)]
    return Made(cut(fillet.Shape(), *holes))


@body
def inches() -> Made:
    """A block of 10 x 5 x 4 inches with a hole of 2 inches, in a file in inches."""
    shape = cut(block((0, 0, 0), (254, 127, 101.6)), rod((127, 63.5, -1), (0, 0, 1), 25.4, 104))
    return Made(shape, unit="INCH")


@body
def loose() -> Made:
    """Faces that hang together by nothing, as IGES has them: a block with a round nose."""
    return Made(fused(block((0, -200, -200), (800, 200, 200)), ball((0, 0, 0), 200)), kind="iges")


@body
def boss() -> Made:
    """A block with a cylinder on it, in OpenCASCADE's own format."""
    return Made(fused(block((0, 0, 0), (1000, 1000, 1000)), rod((500, 500, 1000), (0, 0, 1), 250, 500)), kind="brep")


# Flows inside: the solid is the fluid.


def pipe_ends(**ends: Point) -> dict[str, Point]:
    return ends


@body
def pipe() -> Made:
    return Made(rod((0, 0, 0), (1, 0, 0), 50, 600), pipe_ends(inlet=(0, 0, 0), outlet=(600, 0, 0)))


@body
def elbow() -> Made:
    """A quarter of a turn of radius 150 mm between straight pieces of 200 mm; diameter 100 mm."""
    disc = BRepBuilderAPI_MakeFace(
        BRepBuilderAPI_MakeWire(
            BRepBuilderAPI_MakeEdge(gp_Circ(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)), 50)).Edge()
        ).Wire()
    ).Face()
    bend = BRepPrimAPI_MakeRevol(disc, gp_Ax1(gp_Pnt(0, 150, 0), gp_Dir(0, 0, 1)), math.pi / 2).Shape()
    whole = fused(rod((-200, 0, 0), (1, 0, 0), 50, 200), bend, rod((150, 150, 0), (0, 1, 0), 50, 200))
    return Made(whole, pipe_ends(inlet=(-200, 0, 0), outlet=(150, 350, 0)))


@body
def tee() -> Made:
    whole = fused(rod((-300, 0, 0), (1, 0, 0), 50, 600), rod((0, 0, 0), (0, 1, 0), 50, 300))
    return Made(whole, pipe_ends(inlet=(-300, 0, 0), outlet_1=(300, 0, 0), outlet_2=(0, 300, 0)))


@body
def orifice() -> Made:
    """A pipe of 100 mm with a plate of 20 mm that leaves 50 mm open."""
    plate = cut(rod((200, 0, 0), (1, 0, 0), 60, 20), rod((190, 0, 0), (1, 0, 0), 25, 40))
    return Made(cut(rod((0, 0, 0), (1, 0, 0), 50, 600), plate), pipe_ends(inlet=(0, 0, 0), outlet=(600, 0, 0)))


@body
def manifold() -> Made:
    """A box from which four pipes lead away, and one into it."""
    pipes = [rod((150 + 200 * n, 200, 75), (0, 1, 0), 40, 200) for n in range(4)]
    whole = fused(block((0, 0, 0), (900, 200, 150)), rod((-200, 100, 75), (1, 0, 0), 60, 200), *pipes)
    ends = {f"outlet_{n + 1}": (150.0 + 200 * n, 400.0, 75.0) for n in range(4)}
    return Made(whole, pipe_ends(inlet=(-200, 100, 75), **ends))


@body
def venturi() -> Made:
    """Narrows from 100 to 50 mm and widens again."""
    axis = (1.0, 0.0, 0.0)
    first = BRepPrimAPI_MakeCone(gp_Ax2(gp_Pnt(150, 0, 0), gp_Dir(*axis)), 50, 25, 100).Shape()
    last = BRepPrimAPI_MakeCone(gp_Ax2(gp_Pnt(300, 0, 0), gp_Dir(*axis)), 25, 50, 250).Shape()
    whole = fused(rod((0, 0, 0), axis, 50, 150), first, rod((250, 0, 0), axis, 25, 50), last,
                  rod((550, 0, 0), axis, 50, 150))  # fmt: skip
    return Made(whole, pipe_ends(inlet=(0, 0, 0), outlet=(700, 0, 0)))


@body
def annulus() -> Made:
    """The space between two pipes."""
    whole = cut(rod((0, 0, 0), (1, 0, 0), 100, 500), rod((-10, 0, 0), (1, 0, 0), 50, 520))
    return Made(whole, pipe_ends(inlet=(0, 75, 0), outlet=(500, 75, 0)))


@body
def snake() -> Made:
    """A pipe of diameter 60 mm that is swept along a spline: no face is a cylinder."""
    t = np.linspace(0, 1, 21)
    given = Array1_gp_Pnt(1, len(t))
    for number, s in enumerate(t, 1):
        given.SetValue(number, gp_Pnt(float(600 * s), float(80 * (1 - math.cos(2 * math.pi * s))), 0.0))
    curve = GeomAPI_PointsToBSpline(given, 3, 8).Curve()
    spine = BRepBuilderAPI_MakeWire(BRepBuilderAPI_MakeEdge(curve).Edge()).Wire()
    circle = BRepBuilderAPI_MakeEdge(gp_Circ(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)), 30)).Edge()
    disc = BRepBuilderAPI_MakeFace(BRepBuilderAPI_MakeWire(circle).Wire()).Face()
    return Made(BRepOffsetAPI_MakePipe(spine, disc).Shape(), pipe_ends(inlet=(0, 0, 0), outlet=(600, 0, 0)))


# What is wrong.


@body
def open_shell() -> Made:
    """A box without its lid."""
    faces = parts(block((0, 0, 0), (1000, 1000, 1000)), FACE)
    return Made(together(face for face in faces if box(face)[0][2] < 999))


@body
def overlapping() -> Made:
    """Two solids, each good, one half inside the other."""
    return Made(together([block((0, 0, 0), (1000, 1000, 1000)), block((500, 300, 300), (1500, 700, 700))]))


@body
def edge_contact() -> Made:
    """Two blocks that touch along one edge."""
    return Made(fused(block((0, 0, 0), (500, 500, 500)), block((500, 500, 0), (1000, 1000, 500))))


@body
def sheet_step() -> Made:
    """One face without thickness."""
    outline = BRepBuilderAPI_MakePolygon()
    for x, y in ((0, 0), (1000, 0), (1000, 1000), (0, 1000)):
        outline.Add(gp_Pnt(x, y, 0))
    outline.Close()
    return Made(BRepBuilderAPI_MakeFace(outline.Wire()).Face())


@body
def inside_out() -> Made:
    """A good block whose faces all look inwards, as a negative solid."""
    return Made(block((0, 0, 0), (1000, 1000, 1000)).Reversed())


@body
def nothing() -> Made:
    """A file without any shape."""
    return Made(together([]))


def named(shape: Any, ends: dict[str, Point]) -> dict[int, str]:
    """The plane faces that lie round the given points."""
    faces = [TopoDS.Face(face) for face in parts(shape, FACE)]
    flat = [
        n for n, face in enumerate(faces) if BRepAdaptor_Surface(face).GetType() == GeomAbs_SurfaceType.GeomAbs_Plane
    ]
    middles = {n: np.mean(box(faces[n]), axis=0) for n in flat}
    found = {}
    for name, point in ends.items():
        found[min(flat, key=lambda n: float(np.linalg.norm(middles[n] - point)))] = name
    if len(found) != len(ends):
        raise AssertionError(f"{ends}: several names for one face")
    return found


def write(folder: Path, name: str) -> Path:
    made = SHAPES[name]()
    file = folder / f"{name}.{made.kind}"
    if made.kind == "iges":
        writer = IGESControl_Writer()
        writer.AddShape(made.shape)
        writer.Write(str(file))
    elif made.kind == "brep":
        BRepTools.Write_s(made.shape, str(file))
    else:
        bodies.step(file, made.shape, named(made.shape, made.ends), {}, made.unit)
    return file


def main(folder: Path, names: Sequence[str]) -> None:
    for name in names or SHAPES:
        write(folder, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

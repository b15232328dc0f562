"""CAD files for the tests, made by OpenCASCADE: run in a process of its own, as `python bodies.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.BRepFilletAPI import BRepFilletAPI_MakeChamfer, BRepFilletAPI_MakeFillet
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder, BRepPrimAPI_MakeSphere
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.IGESControl import IGESControl_Writer
from OCP.Interface import Interface_Static
from OCP.Quantity import Quantity_Color, Quantity_TypeOfColor
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_StepModelType
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound
from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_DocumentTool

from flowcfd.cad.occ.shape import parts

FACE, EDGE = TopAbs_ShapeEnum.TopAbs_FACE, TopAbs_ShapeEnum.TopAbs_EDGE


def cylinder(x: float, y: float, z: float, radius: float, height: float):
    return BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(x, y, z), gp_Dir(0, 0, 1)), radius, height).Shape()


def block():
    """400 x 200 x 150 mm: four through holes d6, a blind hole d8 of 20 mm, a through hole d50, a chamfer of 2 mm."""
    shape = BRepPrimAPI_MakeBox(400.0, 200.0, 150.0).Shape()
    for x, y, radius, height in ((30, 30, 3, 150), (370, 30, 3, 150), (30, 170, 3, 150), (370, 170, 3, 150),
                                 (200, 100, 25, 150)):  # fmt: skip
        shape = BRepAlgoAPI_Cut(shape, cylinder(x, y, 0, radius, height)).Shape()
    return BRepAlgoAPI_Cut(shape, cylinder(100, 100, 130, 4, 20)).Shape()


def straight(shape, length: float, at: float):
    """An edge along y at the top, in x = `at`."""
    from flowcfd.cad.occ.shape import box

    for edge in parts(shape, EDGE):
        low, high = box(edge)
        if abs(high[1] - low[1] - length) < 1e-3 and abs(low[0] - at) < 1e-3 and abs(low[2] - 150) < 1e-3:
            return TopoDS.Edge(edge)
    raise AssertionError


def step(path: Path, shape, names: dict[int, str], colours: dict[int, tuple[float, float, float]], unit: str) -> None:
    document = TDocStd_Document(TCollection_ExtendedString("XmlOcaf"))
    shapes, paint = (
        tool(document.Main()) for tool in (XCAFDoc_DocumentTool.ShapeTool_s, XCAFDoc_DocumentTool.ColorTool_s)
    )
    label = shapes.AddShape(shape, False)
    faces = parts(shape, FACE)
    for number, face in enumerate(faces):
        if number in names or number in colours:
            part = shapes.AddSubShape(label, face)
            if number in names:
                TDataStd_Name.Set_s(part, TCollection_ExtendedString(names[number]))
            if number in colours:
                paint.SetColor(part, Quantity_Color(*colours[number], Quantity_TypeOfColor.Quantity_TOC_RGB),
                               XCAFDoc_ColorType.XCAFDoc_ColorSurf)  # fmt: skip
    writer = STEPCAFControl_Writer()
    Interface_Static.SetIVal_s("write.stepcaf.subshapes.name", 1)
    Interface_Static.SetCVal_s("write.step.unit", unit)
    writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def facing(shape, axis: int, at: float) -> int:
    from flowcfd.cad.occ.shape import box

    for number, face in enumerate(parts(shape, FACE)):
        low, high = box(face)
        if abs(low[axis] - at) < 1e-3 and abs(high[axis] - at) < 1e-3:
            return number
    raise AssertionError


def flanged():
    """A straight tube along x, 400 mm long, radii 50 and 60, with a flange at each end that has four bolt holes."""

    def along(start: float, length: float, radius: float, y: float = 0, z: float = 0):
        return BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(start, y, z), gp_Dir(1, 0, 0)), radius, length).Shape()

    shape = BRepAlgoAPI_Fuse(along(0, 400, 60), along(0, 20, 120)).Shape()
    shape = BRepAlgoAPI_Fuse(shape, along(380, 20, 120)).Shape()
    for y, z in ((90, 0), (-90, 0), (0, 90), (0, -90)):
        for start in (0, 380):
            shape = BRepAlgoAPI_Cut(shape, along(start, 20, 8, y, z)).Shape()
    return BRepAlgoAPI_Cut(shape, along(0, 400, 50)).Shape()


def hollow_tee():
    """A block of 400 x 200 x 300 mm with a bore of radius 50 along x, and one of radius 30 from its top into that."""
    shape = BRepPrimAPI_MakeBox(gp_Pnt(0, -100, -100), 400.0, 200.0, 300.0).Shape()
    shape = BRepAlgoAPI_Cut(shape, BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)), 50, 400).Shape())
    return BRepAlgoAPI_Cut(shape.Shape(), cylinder(200, 0, 0, 30, 200)).Shape()


def assembly(path: Path) -> None:
    """Two solids whose faces have neither names nor colours, but which have them themselves."""
    document = TDocStd_Document(TCollection_ExtendedString("XmlOcaf"))
    shapes, paint = (
        tool(document.Main()) for tool in (XCAFDoc_DocumentTool.ShapeTool_s, XCAFDoc_DocumentTool.ColorTool_s)
    )
    whole = shapes.NewShape()
    solids = (("Zugmaschine", BRepPrimAPI_MakeBox(100.0, 100.0, 100.0).Shape(), (1.0, 0.0, 0.0)),
              ("Anhänger", cylinder(0, 0, 0, 40, 100), (0.0, 1.0, 0.0)))  # fmt: skip
    for number, (name, shape, colour) in enumerate(solids):
        label = shapes.AddShape(shape, False)
        TDataStd_Name.Set_s(label, TCollection_ExtendedString(name, True))
        paint.SetColor(label, Quantity_Color(*colour, Quantity_TypeOfColor.Quantity_TOC_RGB),
                       XCAFDoc_ColorType.XCAFDoc_ColorGen)  # fmt: skip
        move = gp_Trsf()
        move.SetTranslation(gp_Vec(200.0 * number, 0, 0))
        shapes.AddComponent(whole, label, TopLoc_Location(move))
    shapes.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def slotted():
    """A plate of 200 x 100 x 20 mm: a slot through it, 60 long and 8 wide, and a blind one, 40 x 6, 5 deep."""

    def slot(x: float, y: float, z: float, length: float, radius: float, height: float):
        bar = BRepPrimAPI_MakeBox(gp_Pnt(x, y - radius, z), length, 2 * radius, height).Shape()
        for end in (x, x + length):
            bar = BRepAlgoAPI_Fuse(bar, cylinder(end, y, z, radius, height)).Shape()
        return bar

    shape = BRepPrimAPI_MakeBox(200.0, 100.0, 20.0).Shape()
    shape = BRepAlgoAPI_Cut(shape, slot(40, 30, 0, 60, 4, 20)).Shape()
    return BRepAlgoAPI_Cut(shape, slot(100, 70, 15, 40, 3, 5)).Shape()


def chain():
    """A box whose twelve edges are all rounded by 5 mm: balls at the corners."""
    shape = BRepPrimAPI_MakeBox(100.0, 80.0, 60.0).Shape()
    fillet = BRepFilletAPI_MakeFillet(shape)
    for edge in parts(shape, EDGE):
        fillet.Add(5.0, TopoDS.Edge(edge))
    return fillet.Shape()


def main(folder: Path) -> None:
    shape = block()
    nose, tail, under = facing(shape, 0, 0), facing(shape, 0, 400), facing(shape, 2, 0)
    names = {nose: "nose", tail: "tail", under: "under body"}
    colours = {nose: (1.0, 0.0, 0.0), tail: (0.0, 0.0, 1.0)}
    step(folder / "block.step", shape, names, {}, "MM")
    step(folder / "inch.step", shape, names, {}, "INCH")
    step(folder / "painted.step", shape, {}, colours, "MM")
    edged = BRepPrimAPI_MakeBox(400.0, 200.0, 150.0).Shape()
    fillet = BRepFilletAPI_MakeFillet(edged)
    fillet.Add(2.0, straight(edged, 200, 0))
    step(folder / "fillet.step", fillet.Shape(), {}, {}, "MM")
    chamfer = BRepFilletAPI_MakeChamfer(edged)
    chamfer.Add(2.0, straight(edged, 200, 0))
    step(folder / "chamfer.step", chamfer.Shape(), {}, {}, "MM")
    ball = BRepPrimAPI_MakeSphere(gp_Pnt(1000, 0, 0), 100).Shape()
    pair, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(pair)
    for one in (BRepPrimAPI_MakeBox(100.0, 100.0, 100.0).Shape(), ball):
        builder.Add(pair, one)
    step(folder / "two.step", pair, {}, {}, "MM")
    loose = TopoDS_Compound()
    builder.MakeCompound(loose)
    for number, face in enumerate(parts(BRepPrimAPI_MakeBox(100.0, 100.0, 100.0).Shape(), FACE)):
        move = gp_Trsf()
        move.SetTranslation(gp_Vec(0.02 if number == 1 else 0, 0, 0))
        builder.Add(loose, BRepBuilderAPI_Transform(face, move, True).Shape())
    step(folder / "loose.step", loose, {0: "first", 3: "fourth"}, {}, "MM")
    box = BRepPrimAPI_MakeBox(100.0, 100.0, 100.0).Shape()
    dice = BRepPrimAPI_MakeBox(gp_Pnt(60, 60, 60), gp_Pnt(90, 90, 90)).Shape()
    bubble = BRepPrimAPI_MakeSphere(gp_Pnt(30, 30, 30), 20).Shape()
    hollow = BRepAlgoAPI_Cut(BRepAlgoAPI_Cut(box, bubble).Shape(), dice).Shape()
    for name, shapes in {"box": [box], "hollow": [hollow, ball]}.items():
        writer = IGESControl_Writer()
        for one in shapes:
            writer.AddShape(one)
        writer.Write(str(folder / f"{name}.iges"))
    assembly(folder / "assembly.step")
    step(folder / "slotted.step", slotted(), {}, {}, "MM")
    step(folder / "chain.step", chain(), {}, {}, "MM")
    step(folder / "drilled.step", BRepAlgoAPI_Cut(chain(), cylinder(50, 40, 0, 3, 60)).Shape(), {}, {}, "MM")
    step(folder / "flanged.step", flanged(), {}, {}, "MM")
    step(folder / "hollow_tee.step", hollow_tee(), {}, {}, "MM")
    hose = TopoDS_Compound()
    builder.MakeCompound(hose)
    for face in parts(BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)), 50, 300).Shape(), FACE)[:1]:
        builder.Add(hose, face)
    step(folder / "hose.step", hose, {0: "hose"}, {}, "MM")
    boss = BRepAlgoAPI_Fuse(BRepPrimAPI_MakeBox(1.0, 1.0, 1.0).Shape(), cylinder(0.5, 0.5, 1, 0.25, 1))
    BRepTools.Write_s(boss.Shape(), str(folder / "boss.brep"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

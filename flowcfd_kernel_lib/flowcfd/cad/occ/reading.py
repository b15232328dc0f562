"""STEP, IGES and BREP: the shape, the names and colours of its faces. OpenCASCADE converts lengths to millimetres."""

from __future__ import annotations

from typing import Any

from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.BRepTools import BRepTools
from OCP.collections import Sequence_TCollection_AsciiString, Sequence_TDF_Label
from OCP.gp import gp_Pnt, gp_Trsf
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.IGESControl import IGESControl_Reader
from OCP.Interface import Interface_Static
from OCP.Quantity import Quantity_Color
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label
from OCP.TDocStd import TDocStd_Document
from OCP.TopoDS import TopoDS_Compound, TopoDS_Shape
from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_DocumentTool

from flowcfd.cad.occ import Unusable
from flowcfd.cad.occ.shape import FACE, SOLID, Body, parts

_NO_NAMES = ("", "FACE", "ADVANCED_FACE", "SOLID", "COMPOUND", "SHELL", "NONE")
_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4, "ft": 304.8}


def step(path: str) -> tuple[Body, str]:
    """A STEP file: its free shapes as one, and the unit of length that the file is in."""
    document = TDocStd_Document(TCollection_ExtendedString("XmlOcaf"))
    reader = STEPCAFControl_Reader()  # the settings below are known only when there is one
    Interface_Static.SetIVal_s("read.stepcaf.subshapes.name", 1)
    Interface_Static.SetCVal_s("xstep.cascade.unit", "MM")
    reader.SetColorMode(True)
    reader.SetNameMode(True)
    reader.SetLayerMode(True)
    if reader.ReadFile(path) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise Unusable("is no STEP file that OpenCASCADE can read")
    lengths, angles, solids = (Sequence_TCollection_AsciiString() for _ in range(3))
    reader.ChangeReader().FileUnits(lengths, angles, solids)
    if not reader.Transfer(document):
        raise Unusable("holds no shapes that could be taken over")
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    colours = XCAFDoc_DocumentTool.ColorTool_s(document.Main())
    labels = Sequence_TDF_Label()
    shapes.GetFreeShapes(labels)
    found = [shapes.GetShape_s(labels.Value(number)) for number in range(1, labels.Length() + 1)]
    body = Body(_together(found))
    solids = _of_solids(shapes, colours, body.shape)
    for face in body.faces:
        name, colour = solids.get(hash(face), ("", None))
        body.names.append(_name(reader, shapes, face) or name)
        body.colours.append(_colour(colours, face) or colour)
    unit = lengths.Value(1).ToCString().lower() if lengths.Length() else "millimetre"
    return body, unit


def iges(path: str) -> tuple[Body, str]:
    """An IGES file, whose faces have no names and hang together by no edges: heal it."""
    reader = IGESControl_Reader()
    Interface_Static.SetCVal_s("xstep.cascade.unit", "MM")
    if reader.ReadFile(path) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise Unusable("is no IGES file that OpenCASCADE can read")
    reader.TransferRoots()
    shape = reader.OneShape()
    if shape is None or shape.IsNull():
        raise Unusable("holds no shapes that could be taken over")
    return _nameless(shape), "as in the file"


def brep(path: str, unit: str | None) -> tuple[Body, str]:
    """OpenCASCADE's own format, which has no unit: the one that is given."""
    shape = TopoDS_Shape()
    if not BRepTools.Read_s(shape, path, BRep_Builder()) or shape.IsNull():
        raise Unusable("is no BREP file that OpenCASCADE can read")
    assert unit is not None
    scale = gp_Trsf()
    scale.SetScale(gp_Pnt(0, 0, 0), _MM[unit])
    return _nameless(BRepBuilderAPI_Transform(shape, scale, True).Shape()), unit


def _nameless(shape: Any) -> Body:
    body = Body(shape)
    count = len(body.faces)
    return Body(shape, [""] * count, [None] * count)


def _together(shapes: list[Any]) -> Any:
    if not shapes:
        raise Unusable("holds no shapes")
    if len(shapes) == 1:
        return shapes[0]
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    for shape in shapes:
        builder.Add(compound, shape)
    return compound


def _name(reader: Any, shapes: Any, face: Any) -> str:
    """The name that the face has in the file, by its label or by its entity; empty where it has none."""
    label = TDF_Label()
    if shapes.Search(face, label, True, True, True) and (text := _text(label)):
        return text
    entity = reader.ChangeReader().WS().TransferReader().EntityFromShapeResult(face, 1)
    if entity is not None and hasattr(entity, "Name"):
        found = entity.Name()
        text = "" if found is None else str(found.ToCString()).strip()
        return "" if text.upper() in ("NONE", "$") else text
    return ""


def _of_solids(shapes: Any, colours: Any, shape: Any) -> dict[int, tuple[str, list[float] | None]]:
    """By the hash of a face, the name and the colour of its solid, for faces that have none of their own.

    Where there is one solid only, its name says nothing: it is that of the file, or of the program that wrote it.
    """
    solids = parts(shape, SOLID)
    found: dict[int, tuple[str, list[float] | None]] = {}
    for solid in solids:
        label, part = TDF_Label(), TDF_Label()
        if not shapes.Search(solid, label, True, True, True):
            continue
        own = [label, part] if shapes.GetReferredShape_s(label, part) else [label]
        names = [name for one in own if (name := _text(one)) and not name.startswith("=>")]
        colour = next((one for one in (_colour(colours, each) for each in own) if one), None)
        for face in parts(solid, FACE):
            found[hash(face)] = (names[0] if names and len(solids) > 1 else "", colour)
    return found


def _text(label: Any) -> str:
    """The name of a label; empty where it has none, or one that says only what it is."""
    if not label.IsAttribute(TDataStd_Name.GetID_s()):  # OpenCASCADE dies when it is asked for one that is absent
        return ""
    name = TDataStd_Name()
    text = str(name.Get().ToExtString()) if label.FindAttribute(TDataStd_Name.GetID_s(), name) else ""
    return "" if text.upper() in _NO_NAMES else text


def _colour(colours: Any, what: Any) -> list[float] | None:
    """The colour of a shape, or of a label."""
    found = Quantity_Color()
    ask = colours.GetColor_s if isinstance(what, TDF_Label) else colours.GetColor
    for kind in (XCAFDoc_ColorType.XCAFDoc_ColorSurf, XCAFDoc_ColorType.XCAFDoc_ColorGen):
        if ask(what, kind, found):
            return [round(value, 4) for value in (found.Red(), found.Green(), found.Blue())]
    return None

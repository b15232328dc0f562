"""A shape whose faces have names and colours, on its way through files and operations. Lengths are millimetres here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.BRepCheck import BRepCheck_Analyzer
from OCP.BRepGProp import BRepGProp
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.BRepTools import BRepTools
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.gp import gp_Trsf
from OCP.GProp import GProp_GProps
from OCP.ShapeAnalysis import ShapeAnalysis_FreeBounds
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shape

from flowcfd.cad.occ import Unusable

FACE, SOLID, SHELL = TopAbs_ShapeEnum.TopAbs_FACE, TopAbs_ShapeEnum.TopAbs_SOLID, TopAbs_ShapeEnum.TopAbs_SHELL
ANGLE = 0.2
"""The most that two neighbouring triangles of one face turn [radian]."""
FINENESS = 5e-4
"""How far triangles may lie from the face, as a part of the diagonal of the box."""

SURE = 1e-6
"""Two rules of integration that agree within this share are believed, and the one that is exact for planes is taken."""


@dataclass
class Body:
    """A shape; `names` and `colours` are of its faces in the order of `faces`."""

    shape: Any
    names: list[str] = field(default_factory=list)
    colours: list[list[float] | None] = field(default_factory=list)

    @property
    def faces(self) -> list[Any]:
        """The faces, in the order that the file keeps."""
        return [TopoDS.Face(shape) for shape in parts(self.shape, FACE)]


def parts(shape: Any, kind: Any) -> list[Any]:
    """The different sub-shapes of a kind."""
    found = ShapeMap()
    TopExp.MapShapes_s(shape, kind, found)
    return [found.FindKey(number) for number in range(1, found.Extent() + 1)]


def opened(path: Path) -> Body:
    """A shape that `written` wrote, at the place that it has been given since."""
    shape = TopoDS_Shape()
    if not BRepTools.Read_s(shape, str(path / "shape.brep"), BRep_Builder()):
        raise Unusable("its shape cannot be read")
    about = json.loads((path / "faces.json").read_text())
    if place := about.get("place"):  # rows of a rotation times a factor and a way [m]
        move = gp_Trsf()
        move.SetValues(*(value for *turn, way in place for value in (*turn, 1000 * way)))
        shape = BRepBuilderAPI_Transform(shape, move, True).Shape()
    return Body(shape, about["names"], about["colours"])


def joined(paths: Sequence[Path], folder: Path) -> None:
    """The shapes of several folders as one compound, written without triangles."""
    compound, builder = TopoDS_Compound(), BRep_Builder()
    builder.MakeCompound(compound)
    names: list[str] = []
    colours: list[list[float] | None] = []
    for path in paths:
        one = opened(path)
        names += one.names
        colours += one.colours
        builder.Add(compound, one.shape)
    BRepTools.Clean_s(compound)
    BRepTools.Write_s(compound, str(folder / "shape.brep"))
    (folder / "faces.json").write_text(json.dumps({"names": names, "colours": colours}))


def written(body: Body, folder: Path) -> dict[str, Any]:
    """Write the shape, its faces' names and its triangles [m]; returns what is known of it, in SI."""
    folder.mkdir(parents=True, exist_ok=True)
    faces = body.faces
    if not faces:
        raise Unusable("holds no faces")
    BRepTools.Clean_s(body.shape)
    BRepTools.Write_s(body.shape, str(folder / "shape.brep"))
    low, high = box(body.shape)
    extent = [(low / 1000).tolist(), (high / 1000).tolist()]
    (folder / "faces.json").write_text(json.dumps({"names": body.names, "colours": body.colours, "box": extent}))
    points, triangles, owners = _triangles(body.shape, faces, float(np.linalg.norm(high - low)) * FINENESS)
    np.savez(folder / "triangles.npz", points=points / 1000, triangles=triangles, faces=owners)
    solids = parts(body.shape, SOLID)
    return {
        "solids": len(solids), "shells": len(parts(body.shape, SHELL)), "faces": len(faces),
        "valid": bool(BRepCheck_Analyzer(body.shape).IsValid()), "free": free_bounds(body.shape),
        "loose": loose(body.shape),
        "volume": sum(_volume(solid) for solid in solids) / 1e9 if solids else None,
        "area": sum(area(face) for face in faces) / 1e6, "face_areas": [area(face) / 1e6 for face in faces],
    }  # fmt: skip


def box(shape: Any) -> tuple[Any, Any]:
    """The lowest and the highest corner [mm]."""
    found = Bnd_Box()
    BRepBndLib.AddOptimal_s(shape, found, False, False)
    if found.IsVoid():
        raise Unusable("has no extent")
    low, high = found.CornerMin(), found.CornerMax()
    return np.array([low.X(), low.Y(), low.Z()]), np.array([high.X(), high.Y(), high.Z()])


def area(face: Any) -> float:
    """The area of a face [mm2], of the surface itself and not of triangles."""
    usual = GProp_GProps()
    BRepGProp.SurfaceProperties_s(face, usual)
    for within in (1e-6, 1e-9):  # the usual rule of integration takes too few points for some splines
        finer = GProp_GProps()
        BRepGProp.SurfaceProperties_s(face, finer, within)
        if abs(finer.Mass() - usual.Mass()) <= SURE * abs(usual.Mass()):
            return float(usual.Mass())
    return float(finer.Mass())


def _volume(solid: Any) -> float:
    """The volume [mm3]; of a wing that is extruded from a spline the usual rule of integration misses 13 %."""
    usual, adaptive = GProp_GProps(), GProp_GProps()
    BRepGProp.VolumeProperties_s(solid, usual)
    BRepGProp.VolumePropertiesGK_s(solid, adaptive, 1e-6)
    sure = abs(adaptive.Mass() - usual.Mass()) <= SURE * abs(usual.Mass())
    return float((usual if sure else adaptive).Mass())


def free_bounds(shape: Any, tolerance: float = 1e-3) -> int:
    """How many closed or open loops of edges belong to one face only: 0 for what is watertight."""
    found = ShapeAnalysis_FreeBounds(shape, tolerance, False, False)
    return sum(
        len(parts(wires, TopAbs_ShapeEnum.TopAbs_WIRE))
        for wires in (found.GetClosedWires(), found.GetOpenWires())
        if wires is not None and not wires.IsNull()
    )


def loose(shape: Any) -> int:
    """How many faces belong to no solid."""
    return len(parts(shape, FACE)) - len({hash(face) for solid in parts(shape, SOLID) for face in parts(solid, FACE)})


def _triangles(shape: Any, faces: list[Any], fineness: float) -> tuple[Any, Any, Any]:
    """Points (n, 3) [mm], triangles (m, 3) turned outwards, and the face of each (m,)."""
    BRepMesh_IncrementalMesh(shape, fineness, False, ANGLE, False)
    points: list[Any] = []
    triangles: list[Any] = []
    owners: list[Any] = []
    count = 0
    for number, face in enumerate(faces):
        place = TopLoc_Location()
        found = BRep_Tool.Triangulation_s(face, place)
        if found is None:
            raise Unusable(f"face {number} cannot be divided into triangles; heal it")
        move = place.Transformation()
        nodes = [found.Node(n).Transformed(move) for n in range(1, found.NbNodes() + 1)]
        points.append(np.array([[node.X(), node.Y(), node.Z()] for node in nodes]))
        corners = np.array([found.Triangle(n).Get() for n in range(1, found.NbTriangles() + 1)], np.int64) - 1
        if face.Orientation() == TopAbs_Orientation.TopAbs_REVERSED:
            corners = corners[:, [0, 2, 1]]
        triangles.append(corners + count)
        owners.append(np.full(len(corners), number, np.int64))
        count += len(nodes)
    return np.concatenate(points), np.concatenate(triangles), np.concatenate(owners)

"""What it costs to come from a CAD file to a surface, the process with OpenCASCADE included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import flowcfd
from flowcfd.bench.measure import least, peer_python
from flowcfd.bench.row import Row

GOAL = 3.0
"""Highest cost of the way from a STEP file to named patches [s CPU]."""
PART = """
import sys
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt
from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopoDS import TopoDS
from flowcfd.cad.occ.shape import box, parts

def rod(x, y, z, radius, height):
    return BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(x, y, z), gp_Dir(0, 0, 1)), radius, height).Shape()

def rounded(shape, radius, chosen):
    fillet = BRepFilletAPI_MakeFillet(shape)
    for edge in parts(shape, TopAbs_ShapeEnum.TopAbs_EDGE):
        if chosen(*box(edge)):
            fillet.Add(radius, TopoDS.Edge(edge))
    return fillet.Shape()

part = BRepPrimAPI_MakeBox(400.0, 200.0, 150.0).Shape()
part = rounded(part, 30.0, lambda low, high: high[2] - low[2] > 149)
for x, y, radius in ((50, 50, 3), (350, 50, 3), (50, 150, 3), (350, 150, 3), (200, 100, 25)):
    part = BRepAlgoAPI_Cut(part, rod(x, y, 0, radius, 150)).Shape()
part = BRepAlgoAPI_Cut(part, rod(100, 100, 130, 4, 20)).Shape()
part = BRepAlgoAPI_Fuse(part, rod(300, 100, 150, 20, 30)).Shape()
part = rounded(part, 2.0, lambda low, high: low[2] > 179 and high[2] < 181)
assert len(parts(part, TopAbs_ShapeEnum.TopAbs_FACE)) == 20
writer = STEPControl_Writer()
writer.Transfer(part, STEPControl_StepModelType.STEPControl_AsIs)
writer.Write(sys.argv[1])
"""
"""A block with rounded edges, six holes and a boss: 20 faces."""
LEAN = """
import sys
import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.STEPControl import STEPControl_Reader
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS

reader = STEPControl_Reader()
reader.ReadFile(sys.argv[1])
reader.TransferRoots()
shape = reader.OneShape()
BRepMesh_IncrementalMesh(shape, 0.24, False, 0.2, False)
faces = ShapeMap()
TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_FACE, faces)
found = []
for number in range(1, faces.Extent() + 1):
    mesh = BRep_Tool.Triangulation_s(TopoDS.Face(faces.FindKey(number)), TopLoc_Location())
    found.append(np.array([mesh.Triangle(n).Get() for n in range(1, mesh.NbTriangles() + 1)]))
assert sum(map(len, found)) > 100
"""
"""The same without names, colours, checks and limits: what OpenCASCADE itself takes."""
OURS = "import sys; from flowcfd import cad; assert len(cad.load(sys.argv[1]).names) == 20"


def run(*, quick: bool = False) -> list[Row]:
    """CPU time of fresh processes [s], their children included."""
    name = "STEP of 20 faces to named patches"
    if peer_python("OCP") is None:
        return [Row(name=name, ours=float("nan"), unit="s CPU", note="OpenCASCADE is not installed (flowcfd[cad])")]
    with tempfile.TemporaryDirectory(prefix="flowcfd-bench-") as made:
        file = Path(made) / "part.step"
        _program(PART, file, Path(made))
        works = [partial(_program, text, file, Path(made)) for text in (OURS, LEAN)]
        for work in works:
            work()  # byte code
        ours, lean = least(*works, repeats=2 if quick else 5)
    return [
        Row(name=name, ours=ours, unit="s CPU", goal=GOAL, absolute=True),
        Row(name=name, ours=ours, unit="s CPU", peer_name="a script with OCP, triangles only", peer=lean, goal=1.5),
    ]


def _program(text: str, file: Path, home: Path) -> None:
    paths = {"PYTHONPATH": str(Path(flowcfd.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": ""}
    environment = {**os.environ, **paths, "FLOWCFD_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-c", text, str(file)], env=environment, check=True, timeout=300, capture_output=True
    )

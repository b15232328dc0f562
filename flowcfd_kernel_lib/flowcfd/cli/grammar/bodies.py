"""Bodies of CAD files: looked at, sized, meshed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.cli.grammar.words import command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands


def geometry(commands: Commands) -> None:
    """What a CAD file holds."""
    geometry = command(
        commands, "geometry", "geometry:geometry", "what there is to know of a CAD file before it is meshed; 1 if sick"
    )
    geometry.add_argument("file", metavar="FILE", help="STEP, IGES, BREP, STL or OBJ")
    geometry.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    geometry.add_argument("--heal", metavar="LENGTH", help="close gaps up to this first, such as '0.01 mm'")
    geometry.add_argument("--features", metavar="LENGTH", help="list holes, fillets, chamfers and slots up to this")
    geometry.add_argument("--picture", type=Path, metavar="PNG", help="draw the patches, or what is wrong, into a file")
    geometry.add_argument(
        "--stl", type=Path, metavar="FILE", help="write the surface in metres, a solid for each patch"
    )


def mesh(commands: Commands) -> None:
    """A mesh of a body, a case or a folder."""
    mesh = command(
        commands, "mesh", "mesh:mesh", "make a mesh and say how good it is; 1 for one that should not be solved on"
    )
    mesh.add_argument("file", metavar="FILE", help="a CAD file (STEP, IGES, BREP, STL, OBJ), a case.json or a folder")
    mesh.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    mesh.add_argument("--domain", choices=("tunnel", "freeair", "internal", "site"),
                      help="around or inside the body (default: tunnel; internal for a body with inlets)")  # fmt: skip
    mesh.add_argument("--half", action="store_true", help="half a model, with a plane of symmetry")
    mesh.add_argument("--speed", metavar="SPEED", help="of the flow, such as '40 m/s' (default 10 m/s)")
    mesh.add_argument("--cells", type=int, metavar="N", help="about so many cells")
    mesh.add_argument("--y-plus", type=float, metavar="Y", help="of the first cells at the body")
    mesh.add_argument("--cell", metavar="LENGTH", help="size of the cells far from the body, instead of the rule")
    mesh.add_argument("--level", type=int, metavar="N", help="with --cell: how often they are halved at the body (3)")
    mesh.add_argument("--layers", type=int, metavar="N", help="with --cell: layers on its walls (5)")
    mesh.add_argument("--cores", type=int, default=1, metavar="N", help="cores of the run (default 1)")
    mesh.add_argument("--mesh-cores", type=int, metavar="N", help="MPI ranks of snappyHexMesh (default: by its size)")
    mesh.add_argument("--on", default="local", metavar="EXECUTOR", help="where it is made (default local)")
    mesh.add_argument("--name", help="name of the run (default: the body's, or the case's)")
    mesh.add_argument("--out", type=Path, metavar="DIR", help="copy the meshed case into the new folder DIR")
    mesh.add_argument("--picture", type=Path, metavar="PNG", help="draw a cut through the mesh into this file")


def size(commands: Commands) -> None:
    """How fine to mesh a body."""
    size = command(commands, "size", "size:size", "how fine to mesh a body for a flow, each number with its reason")
    size.add_argument("file", metavar="FILE", help="a CAD file: STEP, IGES, BREP, STL, OBJ")
    size.add_argument("--speed", required=True, metavar="SPEED", help="of the flow, such as '40 m/s'")
    size.add_argument("--fluid", default="air", metavar="NAME", help="air (default), water, or 'water at 25 C'")
    size.add_argument("--length", metavar="LENGTH", help="that the boundary layer grows over (default: the body's)")
    size.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    size.add_argument("--domain", choices=("tunnel", "freeair", "internal", "site"),
                      help="around the body, or the inside of it (default: by the names of its patches)")  # fmt: skip
    size.add_argument("--half", action="store_true", help="half a model, with a plane of symmetry")
    size.add_argument("--cells", type=int, metavar="N", help="about so many cells")
    size.add_argument("--y-plus", type=float, metavar="Y", help="of the first cells at the body")
    size.add_argument("--exact", action="store_true",
                      help="make the mesh, in a folder of its own, until --cells is met within 5 %%")  # fmt: skip

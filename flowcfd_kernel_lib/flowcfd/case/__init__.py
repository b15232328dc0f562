"""What to compute: the Case and its parts. Needs pydantic only; pint is loaded with the first text that has a unit."""

from flowcfd.case.airfoil import Airfoil, CGrid
from flowcfd.case.body import Body, BodyPatch
from flowcfd.case.boundary import (
    BOUNDARIES,
    Boundary,
    Cyclic,
    Empty,
    FarField,
    Inlet,
    Outlet,
    Rotation,
    Roughness,
    Slip,
    Symmetry,
    Wall,
    Wedge,
)
from flowcfd.case.case import Case
from flowcfd.case.cfmesh import CfMesh
from flowcfd.case.cylinder import Cylinder
from flowcfd.case.domain import DOMAINS, BackwardFacingStep, Cavity, Channel, Domain, Extent, PatchInfo, Pipe
from flowcfd.case.enclosure import Enclosure
from flowcfd.case.freeair import FreeAir
from flowcfd.case.internal import Internal
from flowcfd.case.mesh import MESHES, Blocks, Mesh, Segment
from flowcfd.case.output import (
    OUTPUTS,
    Averages,
    Forces,
    Lines,
    Output,
    PatchAverage,
    Probes,
    Reattachment,
    Slices,
    SolverInfo,
    WallShear,
    YPlus,
)
from flowcfd.case.physics import PHYSICS, Fluid, Incompressible, MeanVelocity, Physics
from flowcfd.case.profile import PROFILES, Parabola, PowerLaw, Profile, Table
from flowcfd.case.refinement import Gaps, Layers, Refine
from flowcfd.case.settled import Settled
from flowcfd.case.site import BuildingSite
from flowcfd.case.snappy import Snappy
from flowcfd.case.solve import SOLVES, Solve, Steady, Transient
from flowcfd.case.spec import Spec
from flowcfd.case.tunnel import WindTunnel
from flowcfd.case.turbulence import InletTurbulence, TurbulenceValues
from flowcfd.case.wind import LogLaw, Wind

__all__ = [
    "BOUNDARIES",
    "DOMAINS",
    "MESHES",
    "OUTPUTS",
    "PHYSICS",
    "PROFILES",
    "SOLVES",
    "Airfoil",
    "Averages",
    "BackwardFacingStep",
    "Blocks",
    "Body",
    "BodyPatch",
    "Boundary",
    "BuildingSite",
    "CGrid",
    "Case",
    "Cavity",
    "CfMesh",
    "Channel",
    "Cyclic",
    "Cylinder",
    "Domain",
    "Empty",
    "Enclosure",
    "Extent",
    "FarField",
    "Fluid",
    "Forces",
    "FreeAir",
    "Gaps",
    "Incompressible",
    "Inlet",
    "InletTurbulence",
    "Internal",
    "Layers",
    "Lines",
    "LogLaw",
    "MeanVelocity",
    "Mesh",
    "Outlet",
    "Output",
    "Parabola",
    "PatchAverage",
    "PatchInfo",
    "Physics",
    "Pipe",
    "PowerLaw",
    "Probes",
    "Profile",
    "Reattachment",
    "Refine",
    "Rotation",
    "Roughness",
    "Segment",
    "Settled",
    "Slices",
    "Slip",
    "Snappy",
    "Solve",
    "SolverInfo",
    "Spec",
    "Steady",
    "Symmetry",
    "Table",
    "Transient",
    "TurbulenceValues",
    "Wall",
    "WallShear",
    "Wedge",
    "Wind",
    "WindTunnel",
    "YPlus",
]

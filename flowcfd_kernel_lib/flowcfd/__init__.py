"""FlowCFD: OpenFOAM cases as values, durable runs, numbers that can be believed.

`import flowcfd as fc`; the public names are loaded on first use, so that a process that needs few of them starts fast.
What a type checker sees of it is `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module

from flowcfd.version import __version__

TYPE_CHECKING = False  # as typing's, which costs the worker a fifth of its start to import
if TYPE_CHECKING:
    from typing import Any

_HOMES = {
    "flowcfd.errors": (
        "FlowError CaseError UnknownName UnitError DictionaryError CheckFailed GeometryError RunError StageFailed "
        "Diverged Lost Cancelled Stopped ResultError NotYet NoSuchField SiteError NotEnoughSpace"
    ),
    "flowcfd.case": (
        "Case Incompressible Fluid InletTurbulence Inlet Outlet Wall Slip Symmetry Cyclic Empty Wedge FarField "
        "MeanVelocity Parabola PowerLaw Table Rotation Roughness Cavity Channel BackwardFacingStep Pipe Cylinder "
        "WindTunnel FreeAir Internal BuildingSite LogLaw Wind Airfoil CGrid Snappy CfMesh Refine Layers Gaps "
        "Blocks Segment Steady Transient Forces Probes Slices Lines WallShear YPlus Averages SolverInfo "
        "Reattachment PatchAverage Settled"
    ),
    "flowcfd.cad": "load together Geometry Faces Facing Inside Near",
    "flowcfd.meshing.flow": "Flow",
    "flowcfd.meshing.plan": "MeshPlan",
    "flowcfd.meshing.size": "size",
    "flowcfd.foam.adopt": "adopt",
    "flowcfd.foam.casefiles": "CaseFiles",
    "flowcfd.foam.check.finding": "Finding Findings",
    "flowcfd.foam.check.gates": "check",
    "flowcfd.foam.check.mending": "mend",
    "flowcfd.foam.recording": "with_outputs",
    "flowcfd.foam.render": "render",
    "flowcfd.foam.tutorials": "tutorial",
    "flowcfd.jobs.estimate.estimate": "Estimate",
    "flowcfd.jobs.estimate.make": "estimate",
    "flowcfd.jobs": "run mesh open preview Run Runs",
    "flowcfd.index": "runs usage",
    "flowcfd.jobs.executors.dask.handle": "pool",
    "flowcfd.cluster.resources": "Resources",
    "flowcfd.post.open": "results Results",
    "flowcfd.post.quality": "quality MeshQuality",
    "flowcfd.benchmarks": "published reference",
    "flowcfd.studies": "gci refine Study",
    "flowcfd.sweeps": "Sweep keep",
    "flowcfd.reports": "report",
    "flowcfd.scene": "view Scene",
    "flowcfd.uncertain": "Uncertain",
    "flowcfd.widgets.dashboard": "dashboard Dashboard",
    "flowcfd.widgets.monitor": "watch Monitor",
    "flowcfd.widgets.patches": "patches Patches",
    "flowcfd.widgets.viewer": "Viewer",
    "flowcfd.widgets.wizard": "wizard Wizard",
    "flowcfd": "archive benchmarks studies sweeps",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}
__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd' has no attribute {name!r}")
    home = _HOME[name]
    value = import_module(f"flowcfd.{name}") if home == "flowcfd" else getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

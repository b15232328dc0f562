"""blockMesh: the domains that are made of a few hexahedral blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flowcfd.case.boundary import Boundary, Cyclic
from flowcfd.case.case import Case
from flowcfd.case.domain import BackwardFacingStep, Cavity, Channel, Domain, Pipe
from flowcfd.case.mesh import Blocks
from flowcfd.case.site import BuildingSite
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.meshers import pipe, ring, topology
from flowcfd.foam.meshers.grading import Spacing
from flowcfd.foam.meshers.spacing import spacings
from flowcfd.foam.meshers.topology import Topology, boxes, one_cell
from flowcfd.foam.text import text
from flowcfd.registry import Registry

Kind = TypeVar("Kind", bound=Domain)
Shape = Callable[[Case, dict[str, Spacing]], Topology]
SHAPES: Registry[Shape] = Registry("domain of blocks", "flowcfd.block_domains")
"""How a domain is cut into blocks, by the domain's kind: a function of the case and the spacing of each direction."""
MOST_CELLS = (2**31 - 1) // 3
"""Labels are 32 bits wide, and a hexahedral mesh has three faces for each cell."""


def mesher(case: Case) -> CaseFiles:
    """The blockMeshDict of a case and the step that reads it."""
    types = {name: patch_entries(case.patches[name]) for name in case.space.patches}
    entries = topology.entries(blocks(case), types)
    path = "system/blockMeshDict"
    return CaseFiles({path: text(path, entries)}, steps=("blockMesh",))


def blocks(case: Case) -> Topology:
    """The blocks of a case whose mesh is Blocks; raises CaseError for another mesh or an unknown domain."""
    if not isinstance(case.mesh, Blocks):
        raise CaseError(f"mesh: must be Blocks (got {case.mesh.kind})")
    shape = SHAPES.get(case.domain.kind, where="domain")
    made = shape(case, spacings(case, case.mesh))
    if made.cells > MOST_CELLS:
        raise CaseError(f"mesh: makes {made.cells:.3g} cells; OpenFOAM counts up to {MOST_CELLS:.3g}")
    return made


def patch_entries(boundary: Boundary) -> dict[str, object]:
    """The type of a patch and what its type needs."""
    if isinstance(boundary, Cyclic):
        return {"type": "cyclic", "neighbourPatch": boundary.neighbour}
    return {"type": boundary.patch}


def cavity(case: Case, along: dict[str, Spacing]) -> Topology:
    """One block under a lid."""
    domain = _expect(case, Cavity)

    def patch(i: int, j: int, k: int, side: str) -> str:
        flat = side in ("front", "back") and domain.depth is None
        return "lid" if side == "top" else "frontAndBack" if flat else "walls"

    return boxes([along["x"]], [along["y"]], [along.get("z", one_cell(domain.thickness))], patch)


def channel(case: Case, along: dict[str, Spacing]) -> Topology:
    """One block."""
    domain = _expect(case, Channel)
    flat = {} if domain.width else {"front": "frontAndBack", "back": "frontAndBack"}
    names = {"left": "inlet", "right": "outlet", **flat}
    return boxes(
        [along["x"]],
        [along["y"]],
        [along.get("z", one_cell(domain.thickness))],
        lambda i, j, k, side: names.get(side, side),
    )


def backward_facing_step(case: Case, along: dict[str, Spacing]) -> Topology:
    """Three blocks around the edge of the step."""
    domain = _expect(case, BackwardFacingStep)
    names = {"left": "inlet", "right": "outlet", "top": "upperWall", "front": "frontAndBack", "back": "frontAndBack"}

    def patch(i: int, j: int, k: int, side: str) -> str:
        if side == "bottom":
            return "upstreamWall" if i == 0 else "lowerWall"
        return "step" if side == "left" and i == 1 else names[side]

    return boxes(
        [along["upstream"], along["downstream"]],
        [along["step"], along["above"]],
        [one_cell(domain.thickness)],
        patch,
        origin=(-domain.upstream, 0.0, 0.0),
        absent=frozenset({(0, 0, 0)}),
    )


def empty_site(case: Case, along: dict[str, Spacing]) -> Topology:
    """One block, the fetch without buildings."""
    domain = _expect(case, BuildingSite)
    faces = {"left": "-x", "right": "+x", "bottom": "-y", "top": "+y", "back": "-z", "front": "+z"}
    names = {side: name for name, sides in domain.rims.items() for side in sides}
    (x, _), (y, _), (z, _) = domain.box
    return boxes(
        [along["x"]],
        [along["y"]],
        [along["z"]],
        lambda i, j, k, side: names[faces[side]],  # type: ignore[index]
        origin=(x, y, z),
    )


def round_pipe(case: Case, along: dict[str, Spacing]) -> Topology:
    """A wedge or an O-grid."""
    domain = _expect(case, Pipe)
    if domain.form == "wedge":
        return pipe.wedge(along["x"], along["r"], domain.angle)
    return pipe.ogrid(along["x"], along["r"], along["core"], 0.5 * domain.diameter)


def _expect(case: Case, kind: type[Kind]) -> Kind:
    if not isinstance(case.domain, kind):
        raise CaseError(f"domain: must be a {kind.__name__} (got {case.domain.kind})")
    return case.domain


SHAPES.register("Cavity", cavity)
SHAPES.register("Channel", channel)
SHAPES.register("BackwardFacingStep", backward_facing_step)
SHAPES.register("Pipe", round_pipe)
SHAPES.register("BuildingSite", empty_site)
SHAPES.register("Cylinder", ring.around_cylinder)

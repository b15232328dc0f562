"""The blocks of the plane around a circle: four quarters of a ring."""

from __future__ import annotations

import math

from flowcfd.case.case import Case
from flowcfd.case.cylinder import Cylinder
from flowcfd.errors import CaseError
from flowcfd.foam.meshers.grading import Spacing, rounded
from flowcfd.foam.meshers.topology import Arc, Block, Topology, Vertex, one_cell


def around_cylinder(case: Case, along: dict[str, Spacing]) -> Topology:
    """The O-grid around the cylinder of a case; its patches are cylinder, farfield and frontAndBack."""
    domain = case.domain
    if not isinstance(domain, Cylinder):
        raise CaseError(f"domain: must be a Cylinder (got {domain.kind})")
    blocks = ring(along["radial"], along["around"], 0.5 * domain.diameter, domain.outer, domain.thickness)
    quarters = blocks.blocks
    return Topology(
        blocks.vertices,
        quarters,
        {
            "cylinder": tuple(block.face("left") for block in quarters),
            "farfield": tuple(block.face("right") for block in quarters),
            "frontAndBack": tuple(block.face(side) for block in quarters for side in ("back", "front")),
        },
        blocks.arcs,
    )


def ring(radial: Spacing, around: Spacing, inner: float, outer: float, depth: float) -> Topology:
    """Four quarters between the radii `inner` and `outer` [m] about z, `depth` thick; no patches.

    The first direction of a block is the radius, the second goes round, the third is z.
    """
    names = [(end, circle, corner) for end in (0, 1) for circle in (0, 1) for corner in range(4)]
    number = {name: n for n, name in enumerate(names)}
    vertices = tuple(_at((inner, outer)[circle], corner, depth * end) for end, circle, corner in names)
    blocks = []
    for corner in range(4):
        after = (corner + 1) % 4
        places = ((0, corner), (1, corner), (1, after), (0, after))
        numbers = tuple(number[end, circle, one] for end in (0, 1) for circle, one in places)
        blocks.append(Block(numbers, (radial, around, one_cell(depth))))
    arcs = tuple(
        Arc(
            number[end, circle, corner],
            number[end, circle, (corner + 1) % 4],
            _at((inner, outer)[circle], corner + 0.5, depth * end),
        )
        for end, circle, corner in names
    )
    return Topology(vertices, tuple(blocks), {}, arcs)


def _at(radius: float, corner: float, z: float) -> Vertex:
    """The point of a corner: number 0 at 45 degrees below x, then by quarter turns about z."""
    angle = math.pi / 2 * (corner - 0.5)
    return (rounded(radius * math.cos(angle)), rounded(radius * math.sin(angle)), z)

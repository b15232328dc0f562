"""The blocks of a circular pipe along x: a wedge of one cell, or the full circle as a square core in four blocks."""

from __future__ import annotations

import math

from flowcfd.case.domain import CORE
from flowcfd.foam.meshers.grading import Spacing, rounded
from flowcfd.foam.meshers.topology import Arc, Block, Topology, Vertex, one_cell

BULGE = 0.88
"""Distance of the core's sides from the axis as a share of its corners' (a square: 0.707, a circle: 1)."""


def wedge(axial: Spacing, radial: Spacing, angle: float) -> Topology:
    """A wedge of `angle` [rad] around the plane z = 0; patches inlet, outlet, wall, front, back.

    The wall is flat, and its middle lies at the radius: areas and volumes in terms of y are then exactly those of the
    axisymmetric problem, without an error of the angle.
    """
    length, radius = axial.length, radial.length
    half = radius * math.tan(angle / 2)
    vertices: tuple[Vertex, ...] = (
        (0.0, 0.0, 0.0),
        (length, 0.0, 0.0),
        (length, radius, -half),
        (0.0, radius, -half),
        (length, radius, half),
        (0.0, radius, half),
    )
    block = Block((0, 1, 2, 3, 0, 1, 4, 5), (axial, radial, one_cell(2 * half)))
    faces = {
        "inlet": (block.face("left"),),
        "outlet": (block.face("right"),),
        "wall": (block.face("top"),),
        "front": (block.face("front"),),
        "back": (block.face("back"),),
    }
    return Topology(vertices, (block,), faces, rest="axis")


def ogrid(axial: Spacing, radial: Spacing, across: Spacing, radius: float) -> Topology:
    """The full circle; patches inlet, outlet, wall.

    `radial` is the spacing from the core to the wall, `across` that along a side of the core (its quarter of the wall).
    The cells make a polygon of the wall; its corners lie so far out that it has the circle's area, and with it the
    circle's mean speed and, very nearly, its pressure loss.
    """
    radius *= polygon(4 * across.cells)
    names = [(end, ring, corner) for end in (0, 1) for ring in (0, 1) for corner in range(4)]
    number = {name: n for n, name in enumerate(names)}
    vertices = tuple(_at(axial.length * end, radius * (CORE, 1.0)[ring], corner) for end, ring, corner in names)
    core = Block(tuple(number[end, 0, corner] for corner, end in _RING), (axial, across, across))
    shells = []
    for corner in range(4):
        after = (corner + 1) % 4
        low = (number[0, 0, corner], number[1, 0, corner], number[1, 1, corner], number[0, 1, corner])
        high = (number[0, 0, after], number[1, 0, after], number[1, 1, after], number[0, 1, after])
        shells.append(Block((*low, *high), (axial, radial, across)))
    arcs = tuple(
        Arc(
            number[end, ring, corner],
            number[end, ring, (corner + 1) % 4],
            _at(axial.length * end, radius * (CORE * BULGE, 1.0)[ring], corner + 0.5),
        )
        for end, ring, corner in names
    )
    blocks = (core, *shells)
    faces = {
        "inlet": tuple(block.face("left") for block in blocks),
        "outlet": tuple(block.face("right") for block in blocks),
        "wall": tuple(block.face("top") for block in shells),
    }
    return Topology(vertices, blocks, faces, arcs)


def polygon(corners: int) -> float:
    """The circumradius of the regular polygon that has the area of the circle of radius 1."""
    return math.sqrt((2 * math.pi / corners) / math.sin(2 * math.pi / corners))


_RING = ((3, 0), (3, 1), (0, 1), (0, 0), (2, 0), (2, 1), (1, 1), (1, 0))
"""Corner and end of the core's eight vertices in blockMesh's order."""


def _at(x: float, radius: float, corner: float) -> Vertex:
    """The point of a corner: number 0 at y > 0 > z, then by quarter turns about x."""
    angle = math.pi / 2 * (corner - 0.5)
    return (x, rounded(radius * math.cos(angle)), rounded(radius * math.sin(angle)))

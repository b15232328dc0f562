"""The hexahedral blocks of a mesh as a value: vertices, blocks, arcs, and the faces of each patch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flowcfd.errors import CaseError
from flowcfd.foam.dictionary.values import Named
from flowcfd.foam.meshers.grading import Spacing, rounded, uniform

Vertex = tuple[float, float, float]
Face = tuple[int, int, int, int]

SIDES = ("left", "right", "bottom", "top", "back", "front")
"""The sides of a box: -x, +x, -y, +y, -z, +z."""
_CORNERS = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))
_FACES = {  # corners of a side in blockMesh's numbering, the normal pointing out of the block
    "left": (0, 4, 7, 3),
    "right": (1, 2, 6, 5),
    "bottom": (0, 1, 5, 4),
    "top": (3, 7, 6, 2),
    "back": (0, 3, 2, 1),
    "front": (4, 5, 6, 7),
}
_STEPS = {
    "left": (-1, 0, 0),
    "right": (1, 0, 0),
    "bottom": (0, -1, 0),
    "top": (0, 1, 0),
    "back": (0, 0, -1),
    "front": (0, 0, 1),
}


@dataclass(frozen=True, slots=True)
class Block:
    """Eight vertices in blockMesh's order and the spacing along its three directions."""

    vertices: tuple[int, ...]
    spacing: tuple[Spacing, Spacing, Spacing]

    @property
    def cells(self) -> tuple[int, int, int]:
        """The number of cells along the three directions."""
        x, y, z = self.spacing
        return (x.cells, y.cells, z.cells)

    def face(self, side: str) -> Face:
        """The vertices of one side, the normal pointing out of the block."""
        a, b, c, d = _FACES[side]
        return (self.vertices[a], self.vertices[b], self.vertices[c], self.vertices[d])


@dataclass(frozen=True, slots=True)
class Arc:
    """The edge between two vertices bends through a point."""

    start: int
    end: int
    through: Vertex


@dataclass(frozen=True)
class Topology:
    """Everything that blockMesh needs but the patches' types; `faces` are the faces of each patch."""

    vertices: tuple[Vertex, ...]
    blocks: tuple[Block, ...]
    faces: Mapping[str, tuple[Face, ...]]
    arcs: tuple[Arc, ...] = ()
    rest: str = ""
    """A name for the faces that have collapsed to a line, such as an axis; they make a patch of no faces."""

    @property
    def cells(self) -> int:
        """The number of cells of the mesh."""
        return sum(x * y * z for x, y, z in (block.cells for block in self.blocks))


def boxes(
    x: Sequence[Spacing],
    y: Sequence[Spacing],
    z: Sequence[Spacing],
    patch: Callable[[int, int, int, str], str],
    *,
    origin: Vertex = (0.0, 0.0, 0.0),
    absent: frozenset[tuple[int, int, int]] = frozenset(),
) -> Topology:
    """A raster of boxes, some of them absent.

    Along each direction one Spacing per box; `origin` is the raster's lowest corner [m]. `patch(i, j, k, side)` names
    the patch of a box's outer side.
    """
    lines = [_lines(start, spacings) for start, spacings in zip(origin, (x, y, z), strict=True)]
    present = [
        (i, j, k) for k in range(len(z)) for j in range(len(y)) for i in range(len(x)) if (i, j, k) not in absent
    ]
    corners = {tuple(at + step for at, step in zip(box, corner, strict=True)) for box in present for corner in _CORNERS}
    order = sorted(corners, key=lambda corner: corner[::-1])
    number = {corner: n for n, corner in enumerate(order)}
    vertices = tuple((lines[0][i], lines[1][j], lines[2][k]) for i, j, k in order)
    blocks, faces = [], dict[str, list[Face]]()
    for i, j, k in present:
        names = tuple(number[(i + a, j + b, k + c)] for a, b, c in _CORNERS)
        block = Block(names, (x[i], y[j], z[k]))
        blocks.append(block)
        for side in SIDES:
            a, b, c = _STEPS[side]
            if (i + a, j + b, k + c) not in present:
                faces.setdefault(patch(i, j, k, side), []).append(block.face(side))
    return Topology(vertices, tuple(blocks), {name: tuple(each) for name, each in faces.items()})


def one_cell(depth: float) -> Spacing:
    """A single cell, for the direction in which nothing happens."""
    return uniform(depth, 1)


def entries(topology: Topology, types: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """The entries of a blockMeshDict; `types` has the entries of each patch (type, neighbourPatch), in their order.

    Raises CaseError when the patches of the topology and of `types` differ.
    """
    if set(types) != set(topology.faces):
        raise CaseError(f"boundaries: the domain has the patches {', '.join(topology.faces)} (got {', '.join(types)})")
    rest: dict[str, object] = {"defaultPatch": {"name": topology.rest, "type": "empty"}} if topology.rest else {}
    return {
        "scale": 1,
        "vertices": [tuple(rounded(each) for each in vertex) for vertex in topology.vertices],
        "blocks": _rows([_block_text(block) for block in topology.blocks]),
        "edges": _rows([f"arc {arc.start} {arc.end} {_list(arc.through)}" for arc in topology.arcs]),
        "boundary": [Named(name, {**each, "faces": list(topology.faces[name])}) for name, each in types.items()],
        **rest,
        "mergePatchPairs": [],
    }


def _block_text(block: Block) -> str:
    grading = " ".join(_list(spacing.entry()) for spacing in block.spacing)
    return f"hex {_list(block.vertices)} {_list(block.cells)} simpleGrading ({grading})"


def _rows(rows: Sequence[str]) -> str:
    """A list with one item a line."""
    return "\n(\n" + "".join(f"    {row}\n" for row in rows) + ")" if rows else "()"


def _list(value: object) -> str:
    if isinstance(value, tuple):
        return f"({' '.join(_list(each) for each in value)})"
    return f"{rounded(value):.10g}" if isinstance(value, float) else str(value)


def _lines(start: float, spacings: Sequence[Spacing]) -> list[float]:
    lines = [start]
    for spacing in spacings:
        lines.append(lines[-1] + spacing.length)
    return lines

"""The rule: sizes of cells from a body, its space and a flow, each with the reason for it.

All is counted in the size of the cells on the surface. Levels are chosen once (`depths`); then the size of the
background alone makes the mesh finer or coarser (`drawn`), so that a number of cells can be met.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flowcfd.case.body import Body
from flowcfd.case.domain import Domain
from flowcfd.case.refinement import Gaps, Layers, Refine
from flowcfd.case.snappy import Snappy, body_patches
from flowcfd.meshing.features import Features, widths
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.stack import stack

ACROSS = 25
"""Surface cells across the root of the frontal area; facts of bodies that meshed well: 20 to 30."""
ACROSS_INSIDE = 24
"""Surface cells across the hydraulic diameter."""
DEPTH, DEPTH_INSIDE = 4, 1
"""Levels from the background to the surface."""
FEWEST = 6
"""Background cells across the shortest side of the box."""
TURN = math.radians(30)
"""Angle that the surface may turn by from cell to cell."""
EXTRA = 1
"""Levels that curvature and narrow patches may add: layers are lost where cells of two sizes meet on a surface."""
ENOUGH = 20
"""Surface cells across below which boxes are twice as coarse, so that the cells go to the surface."""
NARROW = 2
"""Cells across a narrow patch."""
IN_GAP = 4
ALIKE = 1.5
"""Cells that are by less than this larger or smaller than proposed are as proposed: each level halves them."""


@dataclass(frozen=True)
class Depths:
    """The levels of a plan: of the surface, more where it bends or has edges, of patches, boxes and gaps; layers."""

    surface: int
    more: int
    patches: Mapping[str, int]
    boxes: Mapping[str, int]
    gap: int | None
    layers: Layers | None = None
    swell: float = 1.0
    """How much larger the boxes are than the domain proposes: what meets a number of cells between two backgrounds."""


@dataclass(frozen=True)
class Draft:
    """A mesh with (value, reason) of each number."""

    mesh: Snappy
    reasons: Mapping[str, tuple[str, str]]
    depths: Depths
    y_plus: float | None
    refused: str = ""
    """Why the y+ that was asked for cannot be had; the layers are then those that come nearest."""


def usual(told: Features) -> float:
    """The size of surface cells [m] where nobody asks for a number of cells."""
    return told.size / (ACROSS_INSIDE if told.internal else ACROSS)


def depths(told: Features, body: Body, space: Domain, cell: float) -> Depths:
    """The levels for surface cells of about a size [m]."""
    surface = DEPTH_INSIDE if told.internal else DEPTH
    while surface > 0 and told.shortest / (cell * 2**surface) < FEWEST:
        surface -= 1
    wetted = set(body_patches(space))
    narrow = {
        name: min(EXTRA, max(1, math.ceil(math.log2(NARROW * cell / width))))
        for name, width in widths(body).items()
        if width < NARROW * cell and name in wetted
    }
    boxes = {
        box.name or "": min(surface, max(0, math.ceil(math.log2(cell * 2**surface / (box.cell or cell)) - 0.01)))
        for box in _boxes(space, _near(told, cell))
    }
    gap = None
    # What refinement in gaps adds is not counted: ten times the number asked for between the fins of a cooler.
    if told.cells is None and not told.internal and told.gap is not None and told.gap < IN_GAP * cell:
        gap = surface + min(3, max(1, math.ceil(math.log2(IN_GAP * cell / told.gap))))
    return Depths(surface, _more(told, cell), narrow, boxes, gap)


def shallower(depth: Depths) -> Depths:
    """The same sizes of cells from a background that is twice as fine."""
    boxes = {name: max(0, level - 1) for name, level in depth.boxes.items()}
    gap = None if depth.gap is None else depth.gap - 1
    return replace(depth, surface=depth.surface - 1, boxes=boxes, gap=gap)


def _more(told: Features, cell: float) -> int:
    """Levels that curvature adds; edges add none, for layers collapse where cells of two sizes meet on a surface."""
    if told.cells is not None:  # the number decides: all patches get one size of cells
        return 0
    bends = 0 if told.bend is None else math.ceil(math.log2(max(cell / (TURN * told.bend), 1e-6)))
    return min(EXTRA, max(0, bends))


def drawn(told: Features, flow: Flow, space: Domain, cell: float, depth: Depths) -> Draft:
    """The mesh of these levels whose surface cells have a size [m]; layers are chosen unless the levels have some."""
    even = depth.more == 0 and not depth.patches and depth.gap is None and told.bend is None
    passage = told.gap if told.internal else None
    made = stack(flow, cell, told.y_plus, passage=passage, even=even, kept=depth.layers)
    layers = made.layers
    background = float(f"{cell * 2**depth.surface:.5g}")
    pair = depth.surface, depth.surface + depth.more
    patches = {name: _narrower(pair, depth.patches.get(name, 0)) for name in body_patches(space)}
    proposed = [box for box in _boxes(space, _near(told, cell)) if (box.name or "") in depth.boxes]
    boxes = [_levelled(_swollen(box, depth.swell, space), depth.boxes[box.name or ""]) for box in proposed]
    edges = pair[1]  # of the surface, not of narrow patches: where two sizes meet layers are lost
    mesh = Snappy(
        cell=background,
        surface=pair if set(patches.values()) == {pair} else patches,
        edges=edges if told.edges else None,
        gaps=None if depth.gap is None else Gaps(level=depth.gap, cells=IN_GAP),
        refine=tuple(boxes),
        layers=(layers,),
    )
    reasons = dict(_reasons(told, space, cell, replace(depth, layers=layers), edges))
    near = "twice those on the surface"
    if _few(told, cell):
        near = f"four times those on the surface, which are fewer than {ENOUGH} across the body and need them more"
    for box in boxes:
        got, asked = background / 2 ** (box.level or 0), next(one.cell for one in proposed if one.name == box.name)
        why = box.why.replace("as given", near) + _became(box, asked, got)
        reasons[f"refine.{box.name}"] = f"level {box.level}, {got:.3g} m", why
    first = "relative" if layers.relative else f"{layers.first:.3g} m"
    reasons |= {
        "layers.first": (first, made.first),
        "layers.count": (f"{layers.count}", made.count),
        "layers.ratio": (f"{layers.ratio:g}", "the smallest of 1.2, 1.25 and 1.3 that needs no more layers than that"),
    }
    return Draft(mesh, reasons, replace(depth, layers=layers), made.y_plus, made.refused)


def _became(box: Refine, asked: float | None, got: float) -> str:
    """What is to be said where cells of a box [m] are not about as large as it was proposed with."""
    if asked is None or ALIKE > got / asked > 1 / ALIKE:
        return ""
    if got < asked:
        return f"; the cells there are finer already: {got:.3g} m"
    thin = math.inf if box.box is None else min(high - low for low, high in box.box) / got
    if thin < 1:
        few = "; fewer than 1 lies across: the mesher will close it, more cells or a level by hand keep it open"
    else:
        few = f"; {thin:.2g} lie across" if thin < IN_GAP else ""
    return f"; but no finer than the surface: {got:.3g} m{few}"


def _narrower(pair: tuple[int, int], more: int) -> tuple[int, int]:
    return pair[0] + more, max(pair[1], pair[0] + more)


def _boxes(space: Domain, cell: float) -> tuple[Refine, ...]:
    """The domain's proposals for cells of a size [m] near the body."""
    propose: Any = getattr(space, "boxes", None)
    return propose(cell) if propose is not None else ()


def _near(told: Features, cell: float) -> float:
    """The size of cells near the body [m]: twice those on it, four times where these are few."""
    return (4 if _few(told, cell) else 2) * cell


def _few(told: Features, cell: float) -> bool:
    return told.size / cell < ENOUGH


def _swollen(box: Refine, by: float, space: Domain) -> Refine:
    if by == 1.0 or box.box is None or space.bounds is None:
        return box
    sides = []
    for (low, high), (first, last) in zip(box.box, space.bounds, strict=True):
        middle, reach = 0.5 * (low + high), 0.5 * by * (high - low)
        sides.append((max(first, middle - reach), min(last, middle + reach)))
    why = f"{box.why}; {by:.3g} times as large as that to meet the number of cells"
    return box.model_copy(update={"box": tuple(sides), "why": why})


def _levelled(box: Refine, level: int) -> Refine:
    return box.model_copy(update={"cell": None, "level": level})


def _reasons(
    told: Features, space: Domain, cell: float, depth: Depths, edges: int
) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, why in getattr(space, "why", {}).items():
        value, _, reason = why.partition(": ")
        yield f"domain.{name}", (value, reason or why)
    counted = "hydraulic diameter (4 volume / area of the walls)" if told.internal else "root of the frontal area"
    across = told.size / cell
    yield (
        "surface",
        (
            f"{cell:.3g} m, level {depth.surface}",
            f"{across:.3g} cells across the {counted}, {told.size:.3g} m"
            + (f", which give {told.cells} cells" if told.cells else " (rule of thumb: 20 to 30)"),
        ),
    )
    yield (
        "cell",
        (
            f"{cell * 2**depth.surface:.4g} m",
            f"{2**depth.surface} times the surface's cells, at least {FEWEST} across the box's shortest side of "
            f"{told.shortest:.3g} m",
        ),
    )
    if depth.more:
        bend = "" if told.bend is None else f"its smallest radius is {told.bend:.3g} m and "
        yield (
            "surface.bends",
            (
                f"level {depth.surface + depth.more}",
                f"{bend}cells shall turn by no more than 30 degrees; at most {EXTRA} levels more",
            ),
        )
    elif told.bend is not None and cell > TURN * told.bend:
        turn = "where it bends most cells would have to be"
        kept = "with a number of cells bends get no finer ones, for layers are lost where two sizes meet"
        yield (
            "surface.bends",
            (f"level {depth.surface}", f"{turn} {TURN * told.bend:.3g} m to turn by 30 degrees; {kept}"),
        )
    if told.edges:
        yield "edges", (f"level {edges}", f"{told.edges:.3g} m of sharp edges, as fine as the surface")
    if told.gap is not None and told.gap < IN_GAP * cell:
        wide = f"{told.gap / cell:.2g} cells of the surface"
        few = f"the narrowest passage, {told.gap:.3g} m, has fewer than {IN_GAP}: more cells are wanted for it"
        yield "passage", (wide, few)
    for name, more in depth.patches.items():
        width = f"it is narrower than {NARROW} cells"
        yield f"surface.{name}", (f"level {depth.surface + more}", f"{width}; at most {EXTRA} levels more")
    if depth.gap is not None:
        yield "gaps", (f"level {depth.gap}", f"{IN_GAP} cells across the smallest gap of {told.gap:.3g} m")

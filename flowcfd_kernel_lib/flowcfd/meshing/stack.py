"""Layers by rule: a first height by y+, and as many layers as lead from it to the cells outside."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flowcfd.case.refinement import Layers
from flowcfd.errors import CaseError
from flowcfd.meshing.flow import TURBULENT, Flow

WALL_FUNCTIONS = (30.0, 100.0)
"""y+ at which wall functions hold."""
USUAL = 50.0
RATIOS = (1.2, 1.25, 1.3)
FEW, MANY = 3, 10
"""Layers that are worth having, and the most that are made without being asked for."""
MOST = 40
"""Layers beyond which snappyHexMesh is not asked."""
LAST = 0.6
"""Greatest height of the outermost layer over the size of the cells outside."""
THIN, THICK = 0.8, 1.6
"""Least and greatest thickness of all layers over the size of the cells outside that is chosen by rule."""
THICKEST = 2.0
"""Greatest thickness where a y+ is asked for: thicker stacks collapse."""
ROOM = 0.25
"""Greatest part of a passage that the layers on one of its walls may take: what more is asked for is lost."""
FLAT = 12.0
"""Greatest size of a surface cell over the height of the first layer that is chosen by rule: of ten bodies flatter
stacks lost a third to nine tenths of their layers (cylinder, cone), those less flat up to a tenth."""
RELATIVE = 5
"""Layers where their height is relative."""


@dataclass(frozen=True)
class Stack:
    """Layers with the reason for their height, count and ratio; `y_plus` of the centre of the first cell, if known."""

    layers: Layers
    y_plus: float | None
    first: str
    count: str
    refused: str = ""
    """Why the y+ that was asked for cannot be had; these layers are those that come nearest."""


def stack(
    flow: Flow,
    cell: float,
    y_plus: float | None,
    *,
    passage: float | None = None,
    even: bool = True,
    kept: Layers | None = None,
) -> Stack:
    """The layers on a surface of cells of a size [m]; `kept` are those that cells of another size had already.

    A y+ that is asked for is kept, or `refused` with what could be had; without one wall functions are meant,
    and where no stack for them fits the cells the layers are relative to these. `passage` [m] is the width between
    walls that both have layers, `even` whether all cells on the surface have this size and it is not curved.
    """
    made = _chosen(flow, cell, y_plus, passage, even)
    if kept is None or kept == made.layers or (y_plus is not None and kept.first != made.layers.first):
        return made
    why = "chosen before the number of cells was met" if y_plus is None else "as asked for"
    if kept.first is None:
        return _relative(flow, cell, passage, why, kept)
    got = float(f"{kept.first / flow.wall_cell(1.0):.3g}") if y_plus is None else y_plus
    return _told(flow, kept, got, cell, why + _flat(kept.first, cell))


def _chosen(flow: Flow, cell: float, y_plus: float | None, passage: float | None, even: bool) -> Stack:
    if y_plus is not None:
        return _asked(flow, cell, y_plus)
    if flow.reynolds < TURBULENT:
        return _relative(
            flow, cell, passage, f"no wall functions at a Reynolds number of {flow.reynolds:.3g}, below {TURBULENT:.0e}"
        )
    if not even:
        return _relative(
            flow, cell, passage, "the surface is curved or its cells differ: there layers of one height were lost"
        )
    for wanted in (USUAL, *WALL_FUNCTIONS):
        first = flow.wall_cell(wanted)
        thick = min(THICK * cell, THICK * cell if passage is None else ROOM * passage)
        found = _fitting(first, cell, MANY, thick) if first * FLAT >= cell else None
        if found is not None:
            low, high = WALL_FUNCTIONS
            return _told(flow, found, wanted, cell, f"wall functions hold between y+ {low:g} and {high:g}")
    low, high = flow.wall_cell(WALL_FUNCTIONS[0]), flow.wall_cell(WALL_FUNCTIONS[1])
    why = f"cells of y+ 30 to 100 are {low:.3g} to {high:.3g} m high, and from these no {FEW} to {MANY} layers lead to"
    return _relative(flow, cell, passage, f"{why} cells of {cell:.3g} m that are not more than {FLAT:g} times as wide")


def _asked(flow: Flow, cell: float, y_plus: float) -> Stack:
    first = flow.wall_cell(y_plus)
    found = _fitting(first, cell, MOST, THICKEST * cell)
    if found is not None:
        return _told(flow, found, y_plus, cell, f"as asked for{_flat(first, cell)}")
    per = first / y_plus
    widest = cell * LAST / RATIOS[0] ** (FEW - 1)
    least = cell * LAST / RATIOS[-1] ** (MOST - 1)
    if first > widest:
        mend = f"coarser surface cells (at least {first / LAST * RATIOS[0] ** (FEW - 1):.3g} m) or"
    else:
        mend = "finer surface cells or"
    refused = (
        f"y_plus: at {y_plus:g} the first cell is {first:.3g} m high, from which no {FEW} to {MOST} layers lead to "
        f"surface cells of {cell:.3g} m; {mend} y+ {least / per:.3g} to {widest / per:.3g}"
    )
    for nearest in (1.02 * least, 0.98 * widest) if first < widest else (0.98 * widest, 1.02 * least):
        found = _fitting(nearest, cell, MOST, THICKEST * cell)
        if found is not None:
            return replace(_told(flow, found, nearest / per, cell, "the nearest"), refused=refused)
    raise CaseError(refused)


def _flat(first: float, cell: float) -> str:
    """What is to be said of cells that are much wider [m] than the first layer is high [m]."""
    return "" if first * FLAT >= cell else f"; {cell / first:.0f} times as wide as high, so expect layers to be lost"


def _fitting(first: float, cell: float, most: int, thick: float) -> Layers | None:
    """The layers of a first height that end at LAST of the cell and are no thicker [m]; None where there are none."""
    least = THIN * cell if most == MANY else 0.0
    for ratio in RATIOS:
        count = 1 + math.floor(math.log(LAST * cell / first) / math.log(ratio) + 1e-9) if first < LAST * cell else 0
        while count > FEW and first * (ratio**count - 1) / (ratio - 1) > thick:
            count -= 1
        if FEW <= count <= most and least <= first * (ratio**count - 1) / (ratio - 1) <= thick:
            return Layers(count=count, ratio=ratio, first=float(f"{first:.4g}"))
    return None


def _told(flow: Flow, layers: Layers, y_plus: float, cell: float, why: str) -> Stack:
    first = layers.first or 0.0
    thickness, outermost = layers.stack(first), first * layers.ratio ** (layers.count - 1)
    delta = flow.boundary_layer
    cover = "covers" if thickness >= delta else f"{thickness / delta:.0%} of"
    return Stack(
        layers,
        y_plus,
        f"y+ {y_plus:g} at its centre by a flat plate's friction at Re {flow.reynolds:.3g} (Schlichting); {why}",
        f"until the outermost is {outermost / cell:.2g} of the cells outside; together {thickness:.3g} m, {cover} "
        f"the boundary layer of {delta:.3g} m",
    )


def _relative(flow: Flow, cell: float, passage: float | None, why: str, kept: Layers | None = None) -> Stack:
    layers, number = _roomy(cell, passage, kept)
    first = layers.last * cell / layers.ratio ** (layers.count - 1)
    known = flow.reynolds >= 1e3
    y_plus = first / flow.wall_cell(1.0) if known else None
    said = "" if y_plus is None else f"; y+ becomes about {y_plus:.3g}"
    return Stack(
        layers,
        y_plus,
        f"the outermost layer is {layers.last:g} of the cells outside, the first about {first:.3g} m: {why}{said}",
        number,
    )


def _roomy(cell: float, passage: float | None, kept: Layers | None) -> tuple[Layers, str]:
    """Relative layers that leave room in a passage [m], and why there are so many of them; those that are kept."""
    for count in range(RELATIVE, FEW - 1, -1):
        layers = kept or Layers(count=count)
        thick = layers.stack(layers.last * cell / layers.ratio ** (layers.count - 1))
        if kept or passage is None or thick <= ROOM * passage or count == FEW:
            break
    if layers.count == RELATIVE or passage is None:
        return layers, "the number that nine bodies were tried with"
    left = "" if thick <= ROOM * passage else "; the fewest there are, more cells are wanted here"
    return layers, f"the narrowest passage, {passage:.3g} m, is {passage / cell:.2g} cells wide{left}"

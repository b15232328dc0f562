"""Drawings of domains as SVG: their outline with the patches in the colours of their boundaries, and their names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from flowcfd.case import (
    Airfoil,
    BackwardFacingStep,
    Boundary,
    Cavity,
    Channel,
    Cylinder,
    Domain,
    Pipe,
)
from flowcfd.case.enclosure import Enclosure, drawn

COLOURS: Mapping[str, str] = {
    "Inlet": "#0b6bcb", "Outlet": "#1a7f4b", "Wall": "#5b6673", "Slip": "#9a6700", "Symmetry": "#8250b5",
    "Cyclic": "#b5179e", "FarField": "#0e7c86", "Empty": "#8a8f98", "Wedge": "#8a8f98",
}  # fmt: skip
"""Readable on white; the name stands beside every line, so that the colour is never all."""
OTHER = "#c0392b"
"""The colour of a patch without a boundary."""
Place = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A patch in a drawing: its corners in a box of 100 x 100 with y up, and where its name stands."""

    patch: str
    points: tuple[Place, ...]
    label: Place
    anchor: str = "middle"


def drawing(space: Domain, boundaries: Mapping[str, Boundary], chosen: str = "") -> str:
    """A domain with its patches; that of an enclosure is its own sketch. Empty for a shape that is not known here."""
    if isinstance(space, Enclosure):
        return drawn(space) if space.known else ""
    lines, wide, high = outline(space)
    return _svg(lines, wide, high, boundaries, chosen) if lines else ""


def shown(space: Domain, boundaries: Mapping[str, Boundary], chosen: str = "") -> str:
    """The drawing with its legend, as HTML."""
    return f"<div class='fc-drawing'>{drawing(space, boundaries, chosen)}<div>{legend(boundaries)}</div></div>"


def thumbnail(space: Domain) -> str:
    """A small drawing without names."""
    lines, wide, high = outline(space)
    return _svg(lines, wide, high, {}, "", small=True)


def legend(boundaries: Mapping[str, Boundary]) -> str:
    """The colours of the boundaries that there are, with their names."""
    kinds = dict.fromkeys(one.kind for one in boundaries.values())
    return "".join(
        f"<span class='fc-wizard-key'><span style='background:{COLOURS.get(kind, OTHER)}'></span>{escape(kind)}</span>"
        for kind in kinds
    )


def outline(space: Domain) -> tuple[list[Line], float, float]:
    """The patches as lines, and the width and the height of the drawing; not to scale where a domain is long."""
    match space:
        case Cavity():
            high = _ratio(space.height or space.length, space.length, 45, 100)
            lid = Line("lid", ((0, high), (100, high)), (50, high + 4))
            walls = Line("walls", ((0, high), (0, 0), (100, 0), (100, high)), (50, -9))
            return [lid, walls], 100, high
        case Channel():
            return _box(("bottom", "top"), 170, 44), 170, 44
        case Pipe():
            return _pipe(), 170, 44
        case BackwardFacingStep():
            return _step(space), 180, 60
        case Cylinder():
            return [
                Line("cylinder", _circle(50, 50, 11), (50, 34)),
                Line("farfield", _circle(50, 50, 48), (50, 102)),
            ], 100, 100  # fmt: skip
        case Airfoil():
            return [
                Line("airfoil", _section(), (50, 32)),
                Line("farfield", _parabola(), (14, 94), "start"),
            ], 100, 100  # fmt: skip
    return [], 0, 0


def _ratio(size: float, other: float, least: float, most: float, wide: float = 100) -> float:
    return min(most, max(least, wide * size / other))


def _box(walls: tuple[str, str], wide: float, high: float) -> list[Line]:
    below, above = walls
    return [
        Line("inlet", ((0, 0), (0, high)), (-4, high / 2 - 2), "end"),
        Line("outlet", ((wide, 0), (wide, high)), (wide + 4, high / 2 - 2), "start"),
        Line(below, ((0, 0), (wide, 0)), (wide / 2, -9)),
        Line(above, ((0, high), (wide, high)), (wide / 2, high + 4)),
    ]


def _pipe() -> list[Line]:
    end = tuple((170 + 0.35 * (x - 170), y) for x, y in _circle(170, 22, 22))
    start = tuple((0.35 * x, y) for x, y in _circle(0, 22, 22))
    return [
        Line("wall", ((0, 44), (170, 44)), (85, 48)),
        Line("wall", ((0, 0), (170, 0)), (85, -60)),
        Line("inlet", start, (-12, 20), "end"),
        Line("outlet", end, (182, 20), "start"),
    ]


def _step(space: BackwardFacingStep) -> list[Line]:
    total, foot = 60.0, 50.0
    rise = total * min(0.7, max(0.3, space.step / (space.step + space.inlet_height)))
    return [
        Line("inlet", ((0, rise), (0, total)), (-4, (rise + total) / 2 - 2), "end"),
        Line("upstreamWall", ((0, rise), (foot, rise)), (foot / 2 - 2, rise - 9)),
        Line("step", ((foot, 0), (foot, rise)), (foot + 4, rise / 2 - 2), "start"),
        Line("lowerWall", ((foot, 0), (180, 0)), ((foot + 180) / 2, -9)),
        Line("outlet", ((180, 0), (180, total)), (184, total / 2 - 2), "start"),
        Line("upperWall", ((0, total), (180, total)), (90, total + 4)),
    ]


def _circle(x: float, y: float, radius: float, parts: int = 48) -> tuple[Place, ...]:
    turns = (2 * math.pi * n / parts for n in range(parts + 1))
    return tuple((x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns)


def _section() -> tuple[Place, ...]:
    """A symmetric section of 18 % with its nose to the left."""
    along = [0.5 * (1 - math.cos(math.pi * n / 24)) for n in range(25)]
    half = [0.9 * (0.2969 * x**0.5 - 0.126 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1036 * x**4) for x in along]
    upper = [(28 + 46 * x, 48 + 46 * y) for x, y in zip(along, half, strict=True)]
    lower = [(28 + 46 * x, 48 - 46 * y) for x, y in zip(along, half, strict=True)]
    return (*reversed(upper), *lower[1:])


def _parabola() -> tuple[Place, ...]:
    curve = [(6 + 0.037 * y * y, 48.0 + y) for y in range(-48, 49, 4)]
    return (*curve, (curve[-1][0], 0.0))


def _svg(
    lines: list[Line], wide: float, high: float, boundaries: Mapping[str, Boundary], chosen: str, *, small: bool = False
) -> str:
    """The lines, with their names unless small."""
    top = max([high, *(y for line in lines for _, y in line.points)])
    beside = any(line.anchor != "middle" for line in lines)
    side, rim = (8.0, 8.0) if small else (58.0 if beside else 14.0, 20.0)
    parts = [_path(line, boundaries, top, line.patch == chosen, small) for line in lines]
    parts += (
        [] if small else [_name(line, boundaries, top, line.patch == chosen) for line in lines if line.label[1] > -50]
    )
    box = f"{-side:g} {-rim:g} {wide + 2 * side:g} {top + 2 * rim:g}"
    size = "height='56'" if small else f"width='{1.7 * (wide + 2 * side):.0f}'"
    names = ", ".join(dict.fromkeys(line.patch for line in lines))
    said = "aria-hidden='true'" if small else f"role='img' aria-label='The domain with its patches: {escape(names)}'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}' {size} {said} style='max-width:100%' fill='none'"
        f" font-size='7.6' font-family='system-ui, sans-serif'>{''.join(parts)}</svg>"
    )


def _path(line: Line, boundaries: Mapping[str, Boundary], top: float, chosen: bool, small: bool) -> str:
    boundary = boundaries.get(line.patch)
    colour = "currentColor" if small else COLOURS.get(boundary.kind, OTHER) if boundary else OTHER
    width = 2.6 if small else 3.2 if chosen else 1.5
    points = " ".join(f"{x:.1f},{top - y:.1f}" for x, y in line.points)
    return f"<polyline points='{points}' stroke='{colour}' stroke-width='{width}' stroke-linecap='round'/>"


def _name(line: Line, boundaries: Mapping[str, Boundary], top: float, chosen: bool) -> str:
    x, y = line.label
    weight = " font-weight='700'" if chosen else ""
    return (
        f"<text x='{x:.1f}' y='{top - y:.1f}' text-anchor='{line.anchor}' fill='currentColor'{weight}>"
        f"{escape(line.patch)}</text>"
    )

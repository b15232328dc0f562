"""The box around a domain: what lies outside of it cannot be sampled."""

from __future__ import annotations

from itertools import product
from math import hypot

Point = tuple[float, float, float]
Bounds = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""(low, high) in x, y and z [m]."""

ROUNDING = 1e-9
"""How far outside a point on the boundary may lie by rounding, as a share of the box's largest extent."""


def slack(bounds: Bounds) -> float:
    """How far outside a point counts as on the boundary [m]."""
    return ROUNDING * max(high - low for low, high in bounds)


def inside(bounds: Bounds, point: Point) -> bool:
    """Whether a point is in the box or on its sides."""
    near = slack(bounds)
    return all(low - near <= value <= high + near for value, (low, high) in zip(point, bounds, strict=True))


def cut(bounds: Bounds, normal: Point, origin: Point) -> bool:
    """Whether a plane has corners of the box on both sides; one that only touches it has not."""
    size, near = hypot(*normal), slack(bounds)
    heights = [
        sum(n * (c - o) for n, c, o in zip(normal, corner, origin, strict=True)) / size for corner in product(*bounds)
    ]
    return min(heights) < -near and max(heights) > near


def span(bounds: Bounds) -> str:
    """The box in words: `x 0 to 1 m, y 0 to 0.1 m, z 0 to 0.01 m`."""
    return ", ".join(f"{axis} {low:g} to {high:g} m" for axis, (low, high) in zip("xyz", bounds, strict=True))


def shown(vector: Point) -> str:
    """A point or direction as OpenFOAM writes it: `(0 0.5 1)`."""
    return f"({' '.join(f'{component:g}' for component in vector)})"

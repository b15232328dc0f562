"""Values between cells and at extremes, by polynomials through the nearest cells."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowcfd.case import Table
from flowcfd.post.centres import centres
from flowcfd.post.open import Results

Floats = NDArray[np.float64]


def cubic(places: ArrayLike, x: ArrayLike, y: ArrayLike) -> Floats:
    """The values at `places` of the cubics through the four nearest of the points (x, y); x rises.

    Lagrange's form; of fourth order where y is smooth, so that it adds nothing to the error of a second-order scheme.
    """
    at, known, values = (np.asarray(each, float) for each in (places, x, y))
    first = np.clip(np.searchsorted(known, at) - 2, 0, len(known) - 4)
    chosen = first[..., None] + np.arange(4)
    nodes, found = known[chosen], np.zeros_like(at)
    for one in range(4):
        others = [other for other in range(4) if other != one]
        weight = np.prod([(at - nodes[..., o]) / (nodes[..., one] - nodes[..., o]) for o in others], axis=0)
        found = found + weight * values[chosen[..., one]]
    return np.asarray(found)


def extreme(x: ArrayLike, y: ArrayLike, *, low: bool = False) -> tuple[float, float]:
    """Place and value of the largest y (`low`: the smallest) by the parabola through it and its neighbours; x rises.

    At an end of the points it is the end itself.
    """
    known, values = np.asarray(x, float), np.asarray(y, float)
    top = int(np.argmin(values) if low else np.argmax(values))
    if top in (0, len(values) - 1):
        return float(known[top]), float(values[top])
    near = slice(top - 1, top + 2)
    a, b, c = np.polyfit(known[near] - known[top], values[near], 2)
    place = -b / (2 * a)
    return float(known[top] + place), float(c + 0.5 * b * place)


def row(of: Results, field: str, axis: int, middle: float) -> tuple[Floats, Floats]:
    """Places [m] along `axis` (0: x, 1: y) and a field on a line of a plane mesh; vectors have shape (n, 3).

    The line is where the other coordinate is `middle`: the mean of the cells that are nearest to it, for a mesh whose
    cells are in rows along the axis, and the same on both sides of the line where it runs between two of them.
    """
    mesh = of.mesh(fields=[field])
    middles = centres(mesh, np.arange(mesh.n_cells))
    values = np.asarray(mesh.cell_data[field], float).reshape(len(middles), -1)
    away = np.abs(middles[:, 1 - axis] - middle)
    rounded = 1e-9 * float(np.ptp(middles))  # of all directions, for a single row has no width
    near = np.isclose(away, away.min(), rtol=1e-3, atol=rounded)
    places, which = np.unique(np.round(middles[near, axis], 9), return_inverse=True)
    count = np.bincount(which)
    means = np.stack([np.bincount(which, component) / count for component in values[near].T], axis=1)
    return places, means if means.shape[1] > 1 else means[:, 0]


def developed(
    at: ArrayLike,
    speed: ArrayLike,
    k: ArrayLike,
    omega: ArrayLike,
    *,
    axis: Literal["z", "r"],
    walls: tuple[float, ...] = (),
) -> Table:
    """The profile of an inlet from values over a coordinate [m], with as many digits as matter; at rest at `walls`."""
    columns = ((at, 6), (speed, 5), (k, 5), (omega, 5))
    rows = np.stack([np.asarray(values, float) for values, _ in columns], axis=1).tolist()
    told = [[float(f"{one:.{digits}g}") for one, (_, digits) in zip(each, columns, strict=True)] for each in rows]
    points = sorted([*((wall, 0.0) for wall in walls), *((place, u) for place, u, _, _ in told)])
    return Table(points=tuple(points), eddies=tuple((place, k, omega) for place, _, k, omega in told), axis=axis)


def slope(x: ArrayLike, y: ArrayLike, start: float, end: float) -> float:
    """The slope of the straight line through the points with start <= x <= end, by least squares."""
    along, values = np.asarray(x, float), np.asarray(y, float)
    chosen = (along >= start) & (along <= end)
    return float(np.polyfit(along[chosen], values[chosen], 1)[0])


def at_wall(first: ArrayLike, second: ArrayLike, first_height: float, second_height: float) -> Floats:
    """The gradient at a wall [1/s] of a velocity that is zero there, by the parabola through the two cells next to it.

    Of second order, where the value of the first cell over its height is of first order only.
    """
    one, two = np.asarray(first, float), np.asarray(second, float)
    return np.asarray(
        (one * second_height**2 - two * first_height**2)
        / (first_height * second_height * (second_height - first_height))
    )

"""Values between cells and at extremes, by polynomials through the nearest cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def centre_line(of: Results, axis: int, middle: float) -> tuple[Floats, Floats]:
    """Places [m] along `axis` (0: x, 1: y) and the velocities U [m/s], shape (n, 3), on a line of a plane mesh.

    The line is where the other coordinate is `middle`: the mean of the cells that touch it, for a mesh whose cells are
    in rows along the axis and the same on both sides of the line.
    """
    mesh = of.mesh(fields=["U"])
    centres, velocity = mesh.cell_centers().points, np.asarray(mesh.cell_data["U"], float)
    away = np.abs(centres[:, 1 - axis] - middle)
    row = np.isclose(away, away.min(), rtol=1e-3, atol=1e-9 * np.ptp(centres[:, 1 - axis]))
    along = np.round(centres[row, axis], 9)
    places, which = np.unique(along, return_inverse=True)
    count = np.bincount(which)
    means = [np.bincount(which, velocity[row, one]) / count for one in range(3)]
    return places, np.stack(means, axis=1)

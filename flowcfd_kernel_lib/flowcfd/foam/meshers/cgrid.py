"""C-grids in parabolic coordinates around an airfoil.

With the focus z0 inside the nose, w = sqrt(z - z0) opens the airfoil and the cut behind it to a nearly straight line
v = S(u) of w = u + iv, the line of the nose is u = 0 (Jameson and Caughey, AIAA 77-635, 1977). A grid that is
rectangular above that line is nearly right-angled around the airfoil, for the map is conformal: what remains is the
slope of S, eight degrees at the trailing edge of a NACA 0012. The far field v = const is a parabola.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from flowcfd.case.airfoil import Airfoil, CGrid
from flowcfd.case.case import Case
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.meshers import polymesh, section
from flowcfd.foam.meshers.section import Curve, Floats, Points

GROWTH = (0.30, 0.12, 0.45)
"""Relative growth of v from cell to cell: through the boundary layer, around the airfoil, and far away."""
ENDS = (0.015, 2.5)
"""Where, in v (square roots of chords), the growth turns from the first to the second and on to the third."""
SHARPNESS = 0.3
"""In how much of ln v it turns."""
STRAIGHTENED = 3.5
"""The line S has become straight at some of these times its height."""
FINE = 20_001
"""So many places of a fine table stand for a continuous function."""


def mesher(case: Case) -> CaseFiles:
    """The mesh itself (constant/polyMesh): no step makes it."""
    if not isinstance(case.mesh, CGrid) or not isinstance(case.domain, Airfoil):
        raise CaseError(f"mesh: must be a CGrid of an Airfoil (got {case.mesh.kind} of {case.domain.kind})")
    types = {name: {"type": case.patches[name].patch} for name in case.space.patches}
    points = case.domain.chord * grid(case.domain, case.mesh)
    return CaseFiles(polymesh.c_grid(points, case.mesh.cells[1], case.domain.thickness, types))


def grid(domain: Airfoil, mesh: CGrid) -> Points:
    """The points x + iy in chords, of shape (2 (surface + wake) + 1, normal + 1).

    The first index runs from the far wake along its lower side to the trailing edge, around the airfoil and back
    along the upper side; the second from the airfoil outwards.
    """
    surface, wake, normal = mesh.cells
    shape = section.curve(domain)
    centre = section.focus(shape)
    size = mesh.trailing_edge(domain.chord) / domain.chord
    lower, upper = (_side(shape, centre, surface, size, sign) for sign in (-1, 1))
    last = float(np.abs(upper[-1] ** 2 - upper[-2] ** 2))
    behind = _opened(np.asarray(1.0 + geometric(domain.far, wake, last)[1:], complex), centre)
    line = np.concatenate([-behind[::-1], lower[::-1], upper[1:], behind])
    height = float(np.abs(line.imag).max()) * STRAIGHTENED
    above = outwards(normal, 0.5 * mesh.first_cell / domain.chord, domain.far**0.5)
    w = line[:, None] + 1j * (above - line.imag[:, None] * -np.expm1(-above / height))
    points = w * w + centre
    points[:, 0] = line * line + centre
    points[-wake - 1 :, 0] = points[: wake + 1, 0][::-1]
    return np.asarray(points)


def outwards(cells: int, first: float, far: float) -> Floats:
    """The places v of the cells' ends from 0 to `far`, the first about `first`.

    The size of the cells is first + s g(v) v with the growth g of GROWTH and the one s at which there are `cells`.
    """
    t = np.linspace(0.0, np.arcsinh(far / first), FINE)
    v = first * np.sinh(t)
    logarithm = np.log(np.maximum(v, 1e-12))
    inner, middle, outer = GROWTH
    turn = [0.5 + 0.5 * np.tanh((logarithm - np.log(end)) / (2 * SHARPNESS)) for end in ENDS]
    growth = (inner + (middle - inner) * turn[0] + (outer - middle) * turn[1]) * v

    def sizes(s: float) -> Floats:
        return np.asarray(first + s * growth)

    return _places(v, sizes, cells, where="mesh.first_cell")


def geometric(length: float, cells: int, first: float) -> Floats:
    """The ends of cells from 0 to `length` that begin with `first` and grow in one ratio."""
    low, high = -1.0, 3.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        span = first * (cells if middle == 0 else np.expm1(cells * middle) / np.expm1(middle))
        low, high = (middle, high) if span < length else (low, middle)
    places: Floats = length * np.expm1(middle * np.arange(cells + 1)) / np.expm1(middle * cells)
    return places


def _side(shape: Curve, centre: complex, cells: int, size: float, sign: int) -> Points:
    """The places w of the cells' ends on one side (1: upper), from the nose to the trailing edge.

    The size of the cells in u is proportional to the distance from the focus, and falls to `size` (of x) at the
    trailing edge.
    """
    q = sign * np.linspace(0.0, 1.0, 20 * FINE)
    w = _opened(shape(q), centre, sign)
    along = sign * w.real
    start = int(np.argmax(along > 0)) if along[0] < 0 else 0
    if np.any(np.diff(along[start:]) <= 0):
        raise CaseError("domain: the airfoil's surface turns back in parabolic coordinates; no C-grid can be made")
    nose, end = float(np.abs(_opened(shape(np.zeros(1)), centre)[0])), float(along[-1])
    u = np.linspace(0.0, end, FINE)
    rising = np.sqrt(u * u + nose * nose)

    def sizes(s: float) -> Floats:
        back = 0.5 * size / end + 1.7 * s * (end - u)
        return np.asarray(1 / np.sqrt((s * rising) ** -2 + back**-2))

    wanted = _places(u, sizes, cells, where="mesh.trailing")
    at = np.interp(wanted, along, q)
    at[0], at[-1] = np.interp(0.0, along, q), sign
    return _opened(shape(at), centre, sign)


def _places(x: Floats, sizes: Callable[[float], Floats], cells: int, *, where: str) -> Floats:
    """The ends of `cells` cells over the table of places x, with sizes(s) at the one s at which they fill it."""

    def numbers(s: float) -> Floats:
        dense = 1 / sizes(s)
        return np.concatenate([[0.0], np.cumsum(0.5 * (dense[1:] + dense[:-1]) * np.diff(x))])

    low, high = 1e-4, 1e2
    if numbers(high)[-1] > cells or numbers(low)[-1] < cells:
        raise CaseError(f"{where}: does not go with {cells} cells; give another size or number of cells")
    for _ in range(100):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if numbers(middle)[-1] > cells else (low, middle)
    count = numbers(middle)
    places = np.interp(np.arange(cells + 1) / cells * count[-1], count, x)
    return np.asarray(places)


def _opened(z: Points, centre: complex, sign: int = 1) -> Points:
    """The square root of z - centre: with v > 0 before the focus, behind it with u of the side's sign."""
    root = np.sqrt(z - centre)
    wrong = np.where(root.real * root.real < root.imag * root.imag, root.imag < 0, root.real * sign < 0)
    return np.where(wrong, -root, root)

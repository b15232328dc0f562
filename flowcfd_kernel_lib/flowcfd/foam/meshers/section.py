"""The shape of an airfoil as a curve: NACA's four-digit sections with a sharp trailing edge, and given outlines.

A curve is a function of q from -1 (trailing edge, lower side) over 0 (leading edge) to 1 (trailing edge, upper side)
to points x + iy in chords.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from flowcfd.case.airfoil import Airfoil

Floats = NDArray[np.float64]
Points = NDArray[np.complex128]
Curve = Callable[[Floats], Points]

THICKNESS = (0.2969, -0.1260, -0.3516, 0.2843, -0.1015)
"""Half the thickness over five times the thickness ratio, in sqrt(x), x, x^2, x^3, x^4 (NACA Report 460, 1933)."""
SHARP = 1.0089304113649
"""Where that polynomial is zero: it is scaled so that its trailing edge there becomes x = 1."""


def curve(domain: Airfoil) -> Curve:
    """The curve of a domain's section."""
    return four_digit(domain.section) if domain.section is not None else _outline(domain)


def half_thickness(x: Floats, ratio: float) -> Floats:
    """Half the thickness at x (in chords) of a four-digit section whose thickness is `ratio`.

    The trailing edge is closed by scaling, as NASA's Turbulence Modeling Resource does for the NACA 0012:
    0.594689181 (0.298222773 sqrt(x) - 0.127125232 x - 0.357907906 x^2 + 0.291984971 x^3 - 0.105174606 x^4).
    """
    a, b, c, d, e = THICKNESS
    z = SHARP * x
    half: Floats = 5 * ratio / SHARP * (a * np.sqrt(z) + z * (b + z * (c + z * (d + z * e))))
    return np.where(x >= 1, 0.0, half)


def four_digit(digits: str) -> Curve:
    """The section of four digits: camber and its place in hundredths and tenths of the chord, thickness in hundredths.

    Jacobs, Ward and Pinkerton, NACA Report 460 (1933); the thickness is set off at right angles to the camber line.
    """
    camber, place, ratio = int(digits[0]) / 100, int(digits[1]) / 10, int(digits[2:]) / 100

    def points(q: Floats) -> Points:
        x = q * q
        half = np.sign(q) * half_thickness(x, ratio)
        if not camber:
            return np.asarray(x + 1j * half)
        front = x < place
        size = np.where(front, place, 1 - place)
        line = camber / size**2 * np.where(front, x * (2 * place - x), 1 - 2 * place + x * (2 * place - x))
        slope = np.arctan(2 * camber / size**2 * (place - x))
        return np.asarray(x + 1j * line + 1j * half * np.exp(1j * slope))

    return points


def focus(section: Curve) -> complex:
    """The point halfway between the nose and its centre of curvature, where parabolic coordinates have their focus."""
    low, nose, high = section(np.array([-0.01, 0.0, 0.01]))
    a, b = low - nose, high - nose
    centre = a * b * (a.conjugate() - b.conjugate()) / (a.conjugate() * b - a * b.conjugate())
    return complex(nose + 0.5 * centre)


def _outline(domain: Airfoil) -> Curve:
    """The natural cubic spline through the outline's points, over the length of the chords between them."""
    given = np.array([complex(*point) for point in reversed(domain.outline or ())])
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(given)))])
    nose = length[int(np.argmin(given.real))]
    bend = _bends(length, given)

    def points(q: Floats) -> Points:
        at = np.where(q < 0, nose * (1 + q), nose + (length[-1] - nose) * q)
        n = np.clip(np.searchsorted(length, at) - 1, 0, len(length) - 2)
        h, b = length[n + 1] - length[n], at - length[n]
        a = h - b
        chord = (given[n] * a + given[n + 1] * b) / h
        return np.asarray(chord + ((a**3 / h - a * h) * bend[n] + (b**3 / h - b * h) * bend[n + 1]) / 6)

    return points


def _bends(t: Floats, values: Points) -> Points:
    """The second derivatives of the natural cubic spline at its points."""
    h = np.diff(t)
    matrix = np.diag((h[:-1] + h[1:]) / 3) + np.diag(h[1:-1] / 6, 1) + np.diag(h[1:-1] / 6, -1)
    steps = np.diff(values) / h
    return np.concatenate([[0.0], np.linalg.solve(matrix, np.diff(steps)), [0.0]])

"""Bodies of the project's own making, with named patches: what benchmarks and examples are about.

Each is made by OpenCASCADE from its published sizes, which are metres here unless they say their unit. No patch has the
name of one of a tunnel (top, sides).
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowcfd.cad.geometry import Geometry, Source
from flowcfd.cad.load import of_shape
from flowcfd.cad.occ import process
from flowcfd.errors import CaseError
from flowcfd.units import si

AHMED_LENGTH, AHMED_WIDTH, AHMED_HEIGHT = 1.044, 0.389, 0.288
"""Of the body of Ahmed, Ramm and Faltin, SAE 840300 (1984) [m]."""
AHMED_RADIUS, AHMED_SLANT, AHMED_CLEARANCE = 0.100, 0.222, 0.050
"""Radius of the nose's edges, length of the slant, distance from the ground [m]."""
AHMED_LEGS = (0.030, 0.202, 0.672, 0.327)
"""Diameter of the four legs, places of their axes behind the nose, distance across [m]."""
STATIONS = 121
"""Points of a wing's section."""


def ahmed(
    slant: str | float = "25 degree", *, legs: bool = False, clearance: str | float = AHMED_CLEARANCE
) -> Geometry:
    """The simplified car of Ahmed, Ramm and Faltin (SAE 840300, 1984) with a slant (degrees where a bare number).

    Its base is at x = 0 and its nose at x = -1.044 m, the ground at z = 0, its middle at y = 0. Patches: front, roof,
    slant, base, flanks, under and, with `legs`, legs. A slant of 0 has no patch of that name.
    """
    degrees = _degrees("slant", slant, 0, 60)
    height = _metres("clearance", clearance)
    sizes = {
        "slant": math.radians(degrees), "length": 1e3 * AHMED_LENGTH, "width": 1e3 * AHMED_WIDTH,
        "height": 1e3 * AHMED_HEIGHT, "radius": 1e3 * AHMED_RADIUS, "slant_length": 1e3 * AHMED_SLANT,
        "clearance": 1e3 * height, "legs": [1e3 * size for size in AHMED_LEGS] if legs else None,
    }  # fmt: skip
    return _made("ahmed", sizes, f"ahmed_{degrees:g}".replace(".", "_"))


def wing(
    chord: str | float, span: str | float, *, section: str = "0012", blunt: bool = True, angle: str | float = 0.0
) -> Geometry:
    """An unswept wing of a NACA four-digit section along y, its middle at y = 0, its nose at the origin.

    `blunt`: with the finite tail of the definition, else closed (the last coefficient 0.1036). `angle` [degrees where a
    bare number] turns it nose up. Patches: upper, lower, tips and, where blunt, tail.
    """
    length, across, degrees = _metres("chord", chord), _metres("span", span), _degrees("angle", angle, -45, 45)
    if not (len(section) == 4 and section.isdigit() and int(section[2:])):
        raise CaseError(f"section: must be the four digits of a NACA section, such as '0012' (got {section!r})")
    outline = [[1e3 * length * x, 1e3 * length * z] for x, z in naca(section, blunt=blunt)]
    sizes = {"outline": outline, "span": 1e3 * across, "angle": math.radians(degrees)}
    return _made("wing", sizes, f"wing_{section}")


def cube(size: str | float | tuple[str | float, str | float, str | float]) -> Geometry:
    """A cube, or a box of sizes in x, y and z, that stands on z = 0 with its middle at x = y = 0.

    Patches: front (-x), back, right (-y), left, roof and bottom.
    """
    sides = size if isinstance(size, tuple) else (size,) * 3
    lengths = [1e3 * _metres("size", side) for side in sides]
    return _made("block", {"sizes": lengths}, "cube" if len(set(lengths)) == 1 else "block")


def elbow(
    diameter: str | float,
    radius: str | float,
    angle: str | float = "90 degree",
    *,
    inlet: str | float,
    outlet: str | float,
) -> Geometry:
    """What flows through a bent round pipe; `radius` is that of its middle line, `angle` in degrees if a bare number.

    A straight pipe of the length `inlet` along x ends at the origin, where the bend towards +y begins; behind it is one
    of the length `outlet`. Patches: inlet, outlet, wall.
    """
    across, bend, degrees = _metres("diameter", diameter), _metres("radius", radius), _degrees("angle", angle, 1, 180)
    if bend <= 0.5 * across:
        raise CaseError(f"radius: must be more than half the diameter, {0.5 * across:g} m (got {bend:g} m)")
    sizes = {
        "diameter": 1e3 * across, "radius": 1e3 * bend, "angle": math.radians(degrees),
        "inlet": 1e3 * _metres("inlet", inlet), "outlet": 1e3 * _metres("outlet", outlet),
    }  # fmt: skip
    return _made("elbow", sizes, f"elbow_{degrees:g}".replace(".", "_"))


def naca(section: str, *, blunt: bool) -> list[tuple[float, float]]:
    """The outline of a NACA four-digit section of chord 1 from the upper end of its tail around the nose (x, z)."""
    camber, place, thickness = int(section[0]) / 100, int(section[1]) / 10, int(section[2:]) / 100
    upper, lower = [], []
    for number in range(STATIONS // 2 + 1):
        x = 0.5 * (1 - math.cos(math.pi * number / (STATIONS // 2)))
        last = 0.1015 if blunt else 0.1036
        half = 5 * thickness * (0.2969 * math.sqrt(x) - 0.1260 * x - 0.3516 * x**2 + 0.2843 * x**3 - last * x**4)
        if camber and x < place:
            middle, slope = camber / place**2 * (2 * place * x - x**2), 2 * camber / place**2 * (place - x)
        elif camber:
            rest = camber / (1 - place) ** 2
            middle, slope = rest * (1 - 2 * place + 2 * place * x - x**2), 2 * rest * (place - x)
        else:
            middle = slope = 0.0
        turn = math.atan(slope)
        upper.append((x - half * math.sin(turn), middle + half * math.cos(turn)))
        lower.append((x + half * math.sin(turn), middle - half * math.cos(turn)))
    return [*reversed(upper), *lower[1:]]


def _made(kind: str, sizes: Mapping[str, Any], label: str) -> Geometry:
    """What OpenCASCADE makes of sizes [mm, rad]."""
    asked = json.dumps([kind, sizes], sort_keys=True)
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        answer, _ = process.ask("make", {"kind": kind, "sizes": sizes, "folder": made}, label=label)
        source = Source(f"flowcfd.cad.bodies.{kind}", hashlib.sha256(asked.encode()).hexdigest(), "mm", "made")
        return of_shape(Path(made), answer, label=label, source=source)


def _metres(name: str, given: str | float) -> float:
    length = si(given, "m") if isinstance(given, str) else float(given)
    if not (math.isfinite(length) and length > 0):
        raise CaseError(f"{name}: must be a length above 0 (got {given!r})")
    return length


def _degrees(name: str, given: str | float, low: float, high: float) -> float:
    degrees = math.degrees(si(given, "rad")) if isinstance(given, str) else float(given)
    degrees = round(degrees, 9)
    if not low <= degrees <= high:
        raise CaseError(f"{name}: must be {low:g} to {high:g} degrees (got {given!r})")
    return degrees

"""Inlet profiles as OpenFOAM reads them: fixedProfile along an axis, mapped points over a round section."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from flowcfd.case.domain import Domain, Pipe
from flowcfd.case.profile import Parabola, PowerLaw, Profile, Table
from flowcfd.case.wind import LogLaw
from flowcfd.errors import CaseError
from flowcfd.registry import Registry

Vector = tuple[float, float, float]
Function = Callable[[Profile, Vector], str]
FUNCTIONS: Registry[Function] = Registry("rendered profile", "flowcfd.rendered_profiles")
"""A profile's velocity over its coordinate, as OpenFOAM's Function1 of vectors, by the profile's kind."""

AXES: dict[str, Vector] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
RINGS, SPOKES = 32, 64
"""Points of a radial profile over a round section; linear between them: within 3e-4 of a parabola's peak."""
BEYOND = 1.01
"""The outermost ring over the radius: the chords between its points are outside of the disc."""


def entries(
    profile: Profile, inward: Vector, domain: Domain, *, where: str, disc: tuple[Vector, float] | None = None
) -> dict[str, object]:
    """The patch entries of U for a profile along `inward` on a patch that may be a `disc` (centre, radius).

    Raises CaseError for a radius where there is none.
    """
    start = f"uniform {vector(scaled(profile.mean_speed(), inward))}"
    axis = str(getattr(profile, "axis", "y"))
    if mapped(profile, disc):
        return mapped_entries(start, (0, 0, 0))
    if axis == "r" and not isinstance(domain, Pipe):
        raise CaseError(f"{where}: the axis 'r' needs a Pipe, or a patch that is a disc (got {domain.kind})")
    text = FUNCTIONS.get(profile.kind, where=where)(profile, inward)
    direction = AXES["y" if axis == "r" else axis]  # a wedge lies around y, where r = y
    return {"type": "fixedProfile", "profile": text, "direction": direction, "origin": 0, "value": start}


def mapped(profile: Profile, disc: tuple[Vector, float] | None) -> bool:
    """Whether the profile is given at points: a radius over the full circle."""
    return getattr(profile, "axis", "") == "r" and disc is not None


def mapped_entries(start: str, zero: Vector | int) -> dict[str, object]:
    """The patch entries of a field given at points in constant/boundaryData; `zero` is nought of its kind."""
    return {"type": "timeVaryingMappedFixedValue", "setAverage": False, "offset": zero, "value": start}


def boundary_data(profile: Profile, inward: Vector, disc: tuple[Vector, float]) -> tuple[list[Vector], list[Vector]]:
    """Points on a disc (centre, radius) across `inward`, a little beyond its rim [m], and the velocity there [m/s]."""
    points, radii = places(profile, inward, disc)
    return points, [scaled(profile.speed(r), inward) for r in radii]


def turbulence(profile: Profile, field: str, nu: float, inward: Vector, disc: tuple[Vector, float]) -> list[float]:
    """One turbulence field, such as k, at the same points, of a profile that tells its turbulence."""
    told = [profile.turbulence(r, nu) for r in places(profile, inward, disc)[1]]
    return [float(getattr(values, field)) for values in told if values is not None]


def places(profile: Profile, inward: Vector, disc: tuple[Vector, float]) -> tuple[list[Vector], list[float]]:
    """Points on a disc (centre, radius) across `inward`, a little beyond its rim, and their radii up to it [m].

    They are in rings: where the profile tells its turbulence, which crowds at the wall, or at equal distances.
    """
    (x, y, z), radius = disc
    (ax, ay, az), (bx, by, bz) = _across(inward)
    told = [r for r in profile.knots if 0 < r < radius]
    rings = [*(told or [radius * ring / RINGS for ring in range(1, RINGS)]), BEYOND * radius]
    points, radii = [(x, y, z)], [0.0]
    for ring, r in enumerate(rings, 1):
        for spoke in range(SPOKES):
            angle = 2 * math.pi * (spoke + 0.5 * (ring % 2)) / SPOKES
            a, b = r * math.cos(angle), r * math.sin(angle)
            points.append((x + a * ax + b * bx, y + a * ay + b * by, z + a * az + b * bz))
            radii.append(min(r, radius))
    return points, radii


def _across(normal: Vector) -> tuple[Vector, Vector]:
    """Two unit vectors square to a unit vector and to each other: y and z where it is along x."""
    nx, ny, nz = normal
    if abs(nx) > 0.9:
        size = math.hypot(nx, ny)
        first = (-ny * math.copysign(1, nx) / size, abs(nx) / size, 0.0)
    else:
        size = math.hypot(ny, nz)
        first = (0.0, nz / size, -ny / size)
    fx, fy, fz = first
    sign = math.copysign(1, nx)
    return first, (sign * (ny * fz - nz * fy), sign * (nz * fx - nx * fz), sign * (nx * fy - ny * fx))


def parabola(profile: Profile, inward: Vector) -> str:
    """The curve peak (1 - ((s - centre) / half)^2) as a polynomial: exact."""
    assert isinstance(profile, Parabola)
    centre, half = (
        (0.0, profile.high)
        if profile.axis == "r"
        else (
            0.5 * (profile.low + profile.high),
            0.5 * (profile.high - profile.low),
        )
    )
    curve = profile.peak / half**2
    factors = (profile.peak - curve * centre**2, 2 * curve * centre, -curve)
    terms = [
        f"({vector(scaled(factor, inward))} {vector((power, power, power))})"
        for power, factor in enumerate(factors)
        if factor
    ]
    return f"polynomial ({' '.join(terms)})"


def power_law(profile: Profile, inward: Vector) -> str:
    """A table with points that crowd at the floor, where the law is steep; within 0.1 % between them."""
    assert isinstance(profile, PowerLaw)
    highest = 0 if profile.capped else 20
    shares = [0.0, *(10 ** (0.1 * n) for n in range(-40, highest + 1))]
    at = [profile.floor + profile.height * share for share in shares]
    return table([(each, profile.speed(each)) for each in at], inward)


def log_law(profile: Profile, inward: Vector) -> str:
    """A table at heights of which the speed is linear in their logarithm; within 0.2 % of u*/kappa between them."""
    assert isinstance(profile, LogLaw)
    return table([(each, profile.speed(each)) for each in profile.knots], inward)


def measured(profile: Profile, inward: Vector) -> str:
    """The table as it was given."""
    assert isinstance(profile, Table)
    return table(profile.points, inward)


def table(pairs: Sequence[tuple[float, float]], along: Vector) -> str:
    """Speeds over a coordinate or over time as a Function1 of vectors, linear between them and constant beyond."""
    return f"table ({' '.join(f'({at:.10g} {vector(scaled(speed, along))})' for at, speed in pairs)})"


def vector(value: Vector) -> str:
    """A vector as OpenFOAM writes it."""
    return f"({' '.join(f'{each:.10g}' for each in value)})"


def scaled(factor: float, value: Vector) -> Vector:
    """The vector `factor` times `value`, without negative zeros."""
    x, y, z = (factor * each + 0.0 for each in value)
    return x, y, z


FUNCTIONS.register("Parabola", parabola)
FUNCTIONS.register("PowerLaw", power_law)
FUNCTIONS.register("Table", measured)
FUNCTIONS.register("LogLaw", log_law)

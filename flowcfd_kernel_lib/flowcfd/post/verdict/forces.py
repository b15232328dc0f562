"""Judges of forces: their sign and size, and the reference values that make coefficients of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from flowcfd.errors import ResultError
from flowcfd.post.verdict.evidence import Evidence, Missing
from flowcfd.post.verdict.geometry import Floats
from flowcfd.post.verdict.judge import RANK, Judgement, amber, green, inapplicable, judge, red, unjudged, worst
from flowcfd.post.verdict.surroundings import Body, body, patches_of

FRICTION: Final = 1.328
"""Blasius: the friction coefficient of a plate is 1.328 / sqrt(Re) (Schlichting, Boundary-Layer Theory, 7.4)."""
MOST: Final = 2.5
"""No body of one piece has more drag on its largest projection, but for the friction at small Re."""


@dataclass(frozen=True)
class Coefficients:
    """What one forceCoeffs was given and gave: the mean of Cd and Cl over the last fifth."""

    name: str
    patches: tuple[str, ...]
    drag: Floats
    speed: float
    area: float
    length: float
    cd: float
    cl: float


def coefficients(seen: Evidence) -> Iterator[Coefficients]:
    """Each forceCoeffs of the case that has written something."""
    for name, tree in seen.functions("forceCoeffs").items():
        with suppress(ResultError):
            table = seen.results.function(name)
            if "Cd" not in table or not len(table):
                continue
            tail = table.last(max(len(table) // 5, 1))
            given = {key: _numbers(tree.get(key)) for key in ("dragDir", "magUInf", "Aref", "lRef")}
            if any(not len(values) for values in given.values()):
                continue
            drag = given["dragDir"] / (np.linalg.norm(given["dragDir"]) or 1)
            yield Coefficients(name, tuple(patches_of(seen, tree)), drag, float(given["magUInf"][0]),
                               float(given["Aref"][0]), float(given["lRef"][0]), float(tail["Cd"].mean()),
                               float(tail["Cl"].mean()) if "Cl" in tail else 0.0)  # fmt: skip


def _numbers(value: object) -> Floats:
    try:
        return np.atleast_1d(np.asarray(value, np.float64))
    except (TypeError, ValueError):
        return np.empty(0)


@judge("size of forces")
def size(seen: Evidence) -> Judgement:
    """Drag on a body at rest points downstream and is of the order of what bodies of its size have.

    Red: negative drag. The drag over the dynamic pressure of the stream that flows in, so without the reference
    values, must lie between a third of the friction of a laminar plate of its wetted area and 2.5 (1 + 20 / Re) times
    its largest projection: amber outside, red five times outside. Lift: amber above 5 times the largest projection.
    Re is of the body's length. The shape that is named is from the table `shapes.toml`, for comparison.
    """
    found = body(seen)
    if found is None:
        return inapplicable("no body stands in a free stream")
    if _driven(seen, found):
        return inapplicable("the body moves or drives the flow: its force may have any sign")
    each = list(coefficients(seen))
    if not each:
        raise Missing("no coefficients of forces on the body were recorded")
    judgements = [_sized(seen, found, one) for one in each]
    return max(judgements, key=lambda one: RANK[one.colour])


def _driven(seen: Evidence, found: Body) -> bool:
    moving = any(np.abs(seen.field("U").on(name)).max() > 0 for name in found.patches)
    return moving or any(list(seen.tree(f"{folder}/fvOptions")) for folder in ("system", "constant")) or any(
        (seen.case / "constant" / name).is_file() for name in ("MRFProperties", "dynamicMeshDict"))  # fmt: skip


def _sized(seen: Evidence, found: Body, given: Coefficients) -> Judgement:
    scale = given.area * (given.speed / seen.speed) ** 2 if seen.speed else 0.0
    drag, lift = given.cd * scale, given.cl * scale
    largest = max(found.frontal, found.plan)
    reynolds = seen.speed * found.length / seen.nu if not seen.compressible else np.inf
    least = FRICTION / np.sqrt(reynolds) * found.wetted / 3 if np.isfinite(reynolds) else 0.0
    most = MOST * (1 + 20 / reynolds) * largest
    kind, area = ("plan", found.plan) if found.slender else ("frontal", found.frontal)
    own = drag / area
    words = f"{given.name}: Cd {given.cd:.3g}, which is {own:.2g} on the body's own {kind} area"
    limit = f"{least / area:.2g} to {most / area:.2g}"
    details = {"Cd": given.cd, "Cl": given.cl, "own_cd": own, "area": area, "Re": float(reynolds)}
    if drag < 0 and abs(drag) > 0.02 * abs(lift):
        return red(f"{given.name}: drag is negative (Cd {given.cd:.3g}): a body at rest cannot push itself upstream; "
                   "see dragDir and the direction of the flow", f"{own:.2g}", "> 0", details=details)  # fmt: skip
    if given.drag @ found.along < np.cos(np.radians(45)):
        return unjudged(f"{given.name}: dragDir is not along the stream, so Cd is no drag")
    outside = max(least / max(drag, 1e-300), drag / most)
    if outside > 1:
        made = red if outside > 5 else amber
        side = "less than friction alone would give" if drag < least else "more than any body has"
        return made(f"{words}: {side}", f"{own:.2g}", limit, details=details)
    if abs(lift) > 5 * largest:
        return amber(
            f"{given.name}: Cl {given.cl:.3g} is more than any wing lifts", f"{given.cl:.2g}", "5", details=details
        )
    like = _like(kind, own, 2 if found.flat else 3) if reynolds > 1000 else ""
    return green(f"{words}{f', as {like} has' if like else ''}", f"{own:.2g}", limit, details=details)


@cache
def shapes() -> tuple[tuple[str, str, float, float, int], ...]:
    """The table of shapes: name, kind of area, lowest and highest Cd, dimension (0: any)."""
    with (Path(__file__).parent / "shapes.toml").open("rb") as file:
        table = tomllib.load(file)["shape"]
    return tuple((each["name"], each["area"], *map(float, each["cd"]), each.get("dimension", 0)) for each in table)


def _like(kind: str, cd: float, dimension: int) -> str:
    """The shape in whose range a drag coefficient lies, the narrowest; empty for none."""
    fitting = [(high / low, name) for name, area, low, high, of in shapes()
               if area == kind and low <= cd <= high and of in (0, dimension)]  # fmt: skip
    return min(fitting)[1] if fitting else ""


@judge("reference values")
def references(seen: Evidence) -> Judgement:
    """What coefficients are made with must fit the body and the stream.

    Aref: between half of the smaller and twice the larger of frontal area and plan (amber outside, red beyond a fifth
    and five times). magUInf: that of the stream to 5 % (red beyond a factor of 1.5). lRef: between a third and three
    times of length or height (amber). dragDir: along the stream to 2 degrees (red beyond 45). In a plane computation
    areas have its thickness in them; of half a body at a plane of symmetry half the area is there (amber for twice).
    """
    found = body(seen)
    if found is None:
        return inapplicable("no body stands in a free stream")
    each = list(coefficients(seen))
    if not each:
        return inapplicable("no coefficients were recorded")
    said: list[tuple[str, str]] = [note for one in each for note in _fits(seen, found, one)]
    details = {one.name: {"Aref": one.area, "lRef": one.length, "magUInf": one.speed} for one in each}
    details["body"] = {
        "frontal_area": found.frontal,
        "plan_area": found.plan,
        "length": found.length,
        "speed": seen.speed,
    }
    if not said:
        return green("areas, length, speed and direction fit the body and the stream", "0", details=details)
    made = red if worst(colour for colour, _ in said) == "red" else amber  # type: ignore[misc]
    return made("; ".join(text for _, text in said), str(len(said)), details=details)


def _fits(seen: Evidence, found: Body, given: Coefficients) -> Iterator[tuple[str, str]]:
    """What does not fit: colour and words."""
    small, large = sorted((found.frontal, found.plan))
    outside = max(small / 2 / given.area, given.area / (2 * large)) if given.area > 0 else np.inf
    if outside > 1:
        depth = f"; the slice is {found.depth:.3g} m thick" if found.flat else ""
        yield ("red" if outside > 2.5 else "amber",
               f"{given.name}: Aref {given.area:.3g} m2, but the body has {found.frontal:.3g} m2 frontal and "
               f"{found.plan:.3g} m2 plan area{depth}")  # fmt: skip
    kind, own = ("plan", found.plan) if found.slender else ("frontal", found.frontal)
    if outside <= 1 and found.half and abs(given.area - 2 * own) <= 0.2 * own:
        yield ("amber", f"{given.name}: Aref {given.area:.3g} m2 is twice the {kind} area of this half of a body: with "
               "that of the whole, Cd and Cl are half of the whole's; take half the area")  # fmt: skip
    ratio = max(given.speed / seen.speed, seen.speed / given.speed) if min(given.speed, seen.speed) > 0 else np.inf
    if ratio > 1.05:
        yield ("red" if ratio > 1.5 else "amber",
               f"{given.name}: magUInf {given.speed:.3g} m/s, but the stream has {seen.speed:.3g} m/s")  # fmt: skip
    sizes = sorted((found.length, found.height))
    if not sizes[0] / 3 <= given.length <= 3 * sizes[1]:
        yield "amber", f"{given.name}: lRef {given.length:.3g} m, but the body is {found.length:.3g} m long"
    angle = float(np.degrees(np.arccos(np.clip(given.drag @ found.along, -1, 1))))
    if angle > 2:
        yield ("red" if angle > 45 else "amber",
               f"{given.name}: dragDir is {angle:.0f} degrees off the stream")  # fmt: skip

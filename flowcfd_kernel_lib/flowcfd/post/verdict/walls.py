"""The judge of y+: whether the first cells fit the treatment of each wall."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Final, cast

import numpy as np

from flowcfd.post.verdict.evidence import ATMOSPHERIC, Evidence, Missing, names_of
from flowcfd.post.verdict.geometry import SMALL, Floats
from flowcfd.post.verdict.judge import Judgement, amber, green, inapplicable, judge, percent, red
from flowcfd.post.verdict.surroundings import Body, body, measured, passed

C_MU: Final = 0.09
MANY: Final = 0.2
"""The share of a wall's area outside of the range that is amber."""
MOST: Final = 0.8
"""The share of area far outside that is red: of a body's walls, of those near it, or of all where there is no body."""


@dataclass(frozen=True)
class Treatment:
    """How a wall is treated: in words, and the ranges of y+ that suit it and that can be lived with."""

    words: str
    good: tuple[tuple[float, float], ...]
    bearable: tuple[tuple[float, float], ...]


RESOLVED: Final = Treatment("resolved to the wall", ((0, 2),), ((0, 5),))
LOG_LAW: Final = Treatment("wall function", ((30, 300),), ((11.5, 500),))
BLENDED: Final = Treatment("wall function, blended", ((0, 5), (30, 300)), ((0, 500),))
WINDY: Final = Treatment("wall function of ground in the wind", ((30, math.inf),), ((11.5, math.inf),))
SPALDING: Final = Treatment("wall function of Spalding", ((0, 300),), ((0, 500),))


SHOWN: Final = 3
"""Walls that the sentence names, those with most area outside first; the details have all."""


@judge("y+")
def y_plus(seen: Evidence) -> Judgement:
    """y+ of the first cells against each wall's treatment, as share of area outside of the range that suits it.

    Resolved walls: y+ up to 2 (5 can be lived with); wall functions: 30 to 300 (11.5 to 500); with omega-based models
    the viscous layer, up to 5, too; Spalding's function: up to 300. The log layer grows with the Reynolds number: the
    upper ends are 0.1 and 0.3 of the thickness of a plate's boundary layer where that is more; the law of ground in the
    wind (nutkAtmRoughWallFunction) counts in roughness lengths and has none. Amber from 20 % of a
    wall's area outside, red when 80 % of all walls' area is outside of what can be lived with. Where a body stands in
    the stream, its walls and the others are counted apart, for much good ground makes a bad body no better; and of a
    wall that the stream comes in or leaves along (ground, tunnel) and of which nothing is measured, what is farther
    from the body than its own size is not counted, for it hardly moves the forces. That distance and the 80 % are our
    choice. Sources: Pope, Turbulent Flows (2000), table 7.1 (viscous sublayer y+ < 5, buffer layer 5 to 30, log law
    from 30 to y = 0.3 delta); Menter, AIAA J. 32 (1994) 1598, y+ < 2 for kOmegaSST at the wall; ERCOFTAC Best Practice
    Guidelines (2000), 30 < y+ < 500.

    y+ is the field yPlus where it is written, else Cmu^(1/4) y sqrt(k) / nu at wall functions of k (as OpenFOAM has
    it), and y sqrt((nu + nut) |dU/dn|) / nu otherwise.
    """
    if seen.les or not _turbulent(seen):
        return inapplicable("no RAS model: walls have no treatment that y+ would have to suit")
    if not seen.walls:
        return inapplicable("no wall on which the fluid sticks")
    found = body(seen)
    each = {name: _looked(seen, name, found) for name in seen.walls}
    area = {name: patch.area for name, patch in seen.walls.items()}
    own = set(found.patches) if found is not None else set()
    far = max(_far([look for name, look in each.items() if (name in own) is side]) for side in (True, False))
    bad = {name: look for name, look in each.items() if look.outside >= MANY}
    share = percent(max(look.outside for look in each.values()))
    limit = "20 % of a wall outside (red 80 % of all far outside)"
    details = {name: asdict(look) for name, look in each.items()}
    if not bad:
        low, high = min(look.low for look in each.values()), max(look.high for look in each.values())
        text = f"{_short(low)} to {_short(high)} suits the treatment of {names_of(each)}"
        return green(text, share, limit, details=details)
    worst = sorted(bad, key=lambda name: -bad[name].outside * area[name])
    said = [
        f"{name}: {percent(look.outside)} of the area outside of {look.range} "
        f"({look.treatment}; y+ {_short(look.low)} to {_short(look.high)}){look.aside}"
        for name, look in ((name, bad[name]) for name in worst[:SHOWN])
    ]
    if more := [bad[name] for name in worst[SHOWN:]]:
        low, high = min(look.low for look in more), max(look.high for look in more)
        said.append(f"{len(more)} more walls with y+ {_short(low)} to {_short(high)}")
    return (red if far >= MOST else amber)("; ".join(said), share, limit, details=details)


@dataclass(frozen=True)
class Look:
    """y+ on one wall: 5 % of the faces lie below `low` and above `high`; shares of area outside of the ranges.

    `near` is the area [m2] that counts for red, `beyond` the share of it that is outside of what can be lived with;
    `aside` says for a wall that counts in part what of it is outside.
    """

    treatment: str
    range: str
    mean: float
    low: float
    high: float
    outside: float
    beyond: float
    near: float
    aside: str = ""


def _far(looks: list[Look]) -> float:
    """The share of the area that counts which is outside of what can be lived with."""
    area = sum(look.near for look in looks)
    return sum(look.beyond * look.near for look in looks) / area if area else 0.0


def _looked(seen: Evidence, patch: str, found: Body | None) -> Look:
    values, sizes = at_wall(seen, patch), seen.walls[patch].sizes
    treatment = _grown(treated(seen, patch), _thickness(seen, patch))
    low, high = np.percentile(values, [5, 95])
    near, aside = np.ones(len(sizes), bool), ""
    if found is not None and patch in passed(seen) - measured(seen):
        near = found.near(seen.walls[patch].centres)
        share = percent(_outside(values[near], treatment.good, sizes[near]))
        aside = (
            f", {share} of what is within {found.size:.2g} m of the body" if near.any() else ", all far from the body"
        )
    return Look(
        treatment.words,
        " and ".join(f"{low:g} to {high:.0f}" for low, high in treatment.good),
        float(np.average(values, weights=sizes)),
        float(low),
        float(high),
        _outside(values, treatment.good, sizes),
        _outside(values[near], treatment.bearable, sizes[near]),
        float(sizes[near].sum()),
        aside,
    )


def _turbulent(seen: Evidence) -> bool:
    return seen.model != "laminar" and seen.find("nut") is not None


def treated(seen: Evidence, patch: str) -> Treatment:
    """How a wall is treated, by the conditions of nut and omega there."""
    kind = seen.field("nut").kind(patch)
    if "Spalding" in kind:
        return SPALDING
    if kind in ATMOSPHERIC:
        return WINDY
    if "WallFunction" not in kind or "LowRe" in kind:
        return RESOLVED
    omega = seen.find("omega")
    return BLENDED if omega is not None and "WallFunction" in omega.kind(patch) else LOG_LAW


def at_wall(seen: Evidence, patch: str) -> Floats:
    """y+ at the faces of a wall, shape (n,)."""
    written = seen.find("yPlus")
    if written is not None:
        return written.on(patch)
    nu = seen.nu
    _, distance = seen.behind(patch)
    nearest = _nearest(seen, patch, distance)
    k = seen.find("k")
    if k is not None and seen.field("nut").kind(patch).startswith("nutk"):
        near = np.maximum(k.cells[seen.mesh.patches[patch].cells], 0)
        return cast(Floats, C_MU**0.25 * nearest * np.sqrt(near) / nu)
    return nearest * np.sqrt(_shear(seen, patch, distance)) / nu


def _nearest(seen: Evidence, patch: str, distance: Floats) -> Floats:
    """The distance (n,) [m] of each cell at a wall to the nearest of all its wall faces, which counts in corners."""
    least = np.full(len(seen.mesh.volumes), np.inf)
    for name, wall in seen.walls.items():
        np.minimum.at(least, wall.cells, distance if name == patch else seen.behind(name)[1])
    return least[seen.mesh.patches[patch].cells]


def _shear(seen: Evidence, patch: str, distance: Floats) -> Floats:
    """Wall shear stress over density [m2/s2] at the faces of a wall: (nu + nut) |dU/dn|."""
    cells, speed = seen.mesh.patches[patch].cells, seen.field("U")
    slope = np.linalg.norm(speed.cells[cells] - speed.on(patch), axis=1) / (distance + SMALL)
    return cast(Floats, (seen.nu + seen.field("nut").on(patch)) * slope)


def _thickness(seen: Evidence, patch: str) -> float:
    """The thickness of a turbulent boundary layer on the whole wall in y+ units: that of a plate of its length.

    delta = 0.37 L Re^(-1/5), cf = 0.0592 Re^(-1/5) (Schlichting, Boundary-Layer Theory, chapter 21).
    """
    try:
        along = seen.stream / seen.speed
        nu = seen.nu
    except Missing:
        return 0.0
    length = float(np.ptp(seen.mesh.patches[patch].points @ along))
    reynolds = seen.speed * length / nu if nu else 0.0
    if reynolds < 5e5:
        return 0.0
    return float(0.37 * reynolds**0.8 * np.sqrt(0.5 * 0.0592 * reynolds**-0.2))


def _grown(treatment: Treatment, layer: float) -> Treatment:
    """The treatment with the upper ends of log layers where the Reynolds number has them: 0.1 and 0.3 of the layer."""

    def up(ranges: tuple[tuple[float, float], ...], share: float) -> tuple[tuple[float, float], ...]:
        return tuple((low, max(high, share * layer) if high >= 300 else high) for low, high in ranges)

    return replace(treatment, good=up(treatment.good, 0.1), bearable=up(treatment.bearable, 0.3))


def _outside(values: Floats, ranges: tuple[tuple[float, float], ...], sizes: Floats) -> float:
    """The share of area whose value is in none of the ranges; 0 of none."""
    if not len(values):
        return 0.0
    inside = np.zeros(len(values), bool)
    for low, high in ranges:
        inside |= (values >= low) & (values <= high)
    return float(sizes[~inside].sum() / sizes.sum())


def _short(value: float) -> str:
    """Two digits, without a power of ten."""
    return f"{value:.2g}" if value < 100 else f"{float(f'{value:.2g}'):.0f}"

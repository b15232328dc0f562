"""Judges of the domain round a body: blockage, and the distance of its boundaries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

import numpy as np

from flowcfd.foam.dictionary import Tree
from flowcfd.foam.outputs import DIRECTION
from flowcfd.post.verdict.evidence import CONSTRAINTS, SLIP, Evidence, Missing, names_of
from flowcfd.post.verdict.geometry import Flags, Floats, Ints, Patch
from flowcfd.post.verdict.judge import Judgement, amber, green, inapplicable, judge, percent, red

SLENDER: Final = 3.0
"""A body whose plan is so many times its frontal area is judged by its length, as wings are."""


@dataclass(frozen=True)
class Body:
    """Walls in the middle of a stream; `along` (3,) is the direction of the stream."""

    patches: Mapping[str, Patch]
    along: Floats
    flat: bool
    """Whether the computation is of a plane flow."""
    depth: float
    """Thickness [m] of a plane computation."""
    half: bool = False
    """Whether a plane of symmetry cuts it, so that the other half is not there."""

    @cached_property
    def points(self) -> Floats:
        """All corners (n, 3) [m]."""
        return np.concatenate([patch.points for patch in self.patches.values()])

    def projected(self, direction: Floats) -> float:
        """The area [m2] seen from `direction`; where parts lie behind each other, at most that of the box."""
        seen = sum(float(np.maximum(patch.areas @ direction, 0).sum()) for patch in self.patches.values())
        return float(seen)

    @property
    def frontal(self) -> float:
        """The area seen from upstream [m2]."""
        return self.projected(self.along)

    @property
    def plan(self) -> float:
        """The largest area seen from across the stream [m2]."""
        normals = np.concatenate([patch.areas for patch in self.patches.values()])
        across = normals - np.outer(normals @ self.along, self.along)
        total = [float(np.maximum(across @ axis, 0).sum()) for axis in self._across]
        return max(total)

    @property
    def _across(self) -> Floats:
        first = np.eye(3)[int(np.abs(self.along).argmin())]
        one = np.cross(self.along, first)
        one /= np.linalg.norm(one)
        other = np.cross(self.along, one)
        angles = np.linspace(0, np.pi, 12, endpoint=False)
        half = np.outer(np.cos(angles), one) + np.outer(np.sin(angles), other)
        return cast(Floats, np.concatenate([half, -half]))

    @property
    def wetted(self) -> float:
        """The whole area [m2]."""
        return sum(patch.area for patch in self.patches.values())

    @property
    def length(self) -> float:
        """The extent along the stream [m]."""
        return float(np.ptp(self.points @ self.along))

    @property
    def height(self) -> float:
        """The size of the whole body across the stream [m]: the frontal area over the depth, or its root."""
        whole = 2 * self.frontal if self.half else self.frontal
        return whole / self.depth if self.flat else float(np.sqrt(whole))

    @property
    def size(self) -> float:
        """The largest extent along an axis [m]."""
        return float(np.ptp(self.points, axis=0).max())

    def near(self, places: Floats) -> Flags:
        """Which of places (n, 3) [m] are within `size` of the box around it."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        away = np.maximum(np.maximum(low - places, places - high), 0)
        return cast(Flags, np.linalg.norm(away, axis=1) <= self.size)

    @property
    def slender(self) -> bool:
        """Whether it is more wing than bluff body."""
        return self.plan > SLENDER * self.frontal


def body(seen: Evidence) -> Body | None:
    """The walls that stand in the stream; None for a flow inside of walls.

    They are the walls that the forces are taken of, or those that hang together with none that meets an open patch;
    and less than half of the sides of the domain are walls on which the fluid sticks.
    """
    return seen.once("body", lambda: _body(seen))


def _body(seen: Evidence) -> Body | None:
    if not seen.open:
        return None
    try:
        along = seen.stream / np.linalg.norm(seen.stream)
    except Missing:
        return None
    free = seen.walls.keys() - passed(seen)
    asked = [name for name in _asked(seen) if name in free]
    standing = asked or [name for group in _joined(seen) if all(name in free for name in group) for name in group]
    patches = {name: seen.walls[name] for name in standing if name in seen.walls}
    if not patches or _enclosed(seen, patches, along):
        return None
    thin = seen.patches(lambda patch: patch.kind == "empty")
    depth = 0.0
    if thin:
        normal = next(iter(thin.values())).areas[0]
        depth = float(
            np.ptp(np.concatenate([each.points for each in thin.values()]) @ (normal / np.linalg.norm(normal)))
        )
    mirrors = seen.patches(lambda patch: patch.kind in ("symmetry", "symmetryPlane"))
    half = bool(mirrors) and bool(np.isin(_keys(seen, patches), _keys(seen, mirrors)).any())
    return Body(patches, along, bool(thin), depth, half)


def passed(seen: Evidence) -> frozenset[str]:
    """The walls that meet an open patch, which the stream comes in or leaves along: ground, tunnel, pipe."""

    def found() -> frozenset[str]:
        stream = _keys(seen, seen.open)
        return frozenset(
            name for name, patch in seen.walls.items() if np.isin(_keys(seen, {name: patch}), stream).any()
        )

    return seen.once("passed", found)


def measured(seen: Evidence) -> frozenset[str]:
    """The walls that a force or a reattachment is taken of."""
    shears = [tree for tree in seen.functions("surfaces").values() if DIRECTION in tree]
    return frozenset(_asked(seen)) | {str(name) for tree in shears for name in tree.get("surfaces", ())}


def _asked(seen: Evidence) -> list[str]:
    """The walls that forces are taken of."""
    found: dict[str, None] = {}
    for tree in seen.functions("forces", "forceCoeffs").values():
        found |= dict.fromkeys(patches_of(seen, tree))
    return list(found)


def patches_of(seen: Evidence, function: Tree) -> list[str]:
    """The walls that a function object names, by name, pattern or group."""
    given = function.get("patches", ())
    words = [str(word) for word in (given if isinstance(given, tuple | list) else (given,))]
    return [name for name, patch in seen.walls.items() if any(_means(word, name, patch) for word in words)]


def _means(word: str, name: str, patch: Patch) -> bool:
    if word == name or word in patch.groups:
        return True
    try:
        return re.fullmatch(word, name) is not None
    except re.error:
        return False


def _keys(seen: Evidence, patches: Mapping[str, Patch]) -> Ints:
    """One number for each point of patches, equal for equal places."""
    if not patches:
        return np.empty(0, np.int64)
    points = np.concatenate([patch.points for patch in patches.values()])
    low, high = seen.mesh.bounds
    cells = np.round((points - low) / (float((high - low).max()) or 1) * 1e9).astype(np.int64)
    return cast(Ints, (cells[:, 0] * 73856093) ^ (cells[:, 1] * 19349663) ^ (cells[:, 2] * 83492791))


def _joined(seen: Evidence) -> list[set[str]]:
    """Walls by what they hang together with."""
    groups: list[tuple[set[str], Ints]] = []
    for name, patch in seen.walls.items():
        names, keys = {name}, _keys(seen, {name: patch})
        apart = []
        for other, others in groups:
            if np.isin(keys, others).any():
                names, keys = names | other, np.concatenate([keys, others])
            else:
                apart.append((other, others))
        groups = [*apart, (names, keys)]
    return [names for names, _ in groups]


def _enclosed(seen: Evidence, patches: Mapping[str, Patch], along: Floats) -> bool:
    """Whether more than half of the sides of the domain are walls on which the fluid sticks."""
    sticking = others = 0.0
    for name, patch in seen.mesh.patches.items():
        if name in patches or patch.kind in ("empty", "wedge") or not len(patch.cells):
            continue
        side = float(np.linalg.norm(patch.areas - np.outer(patch.areas @ along, along), axis=1).sum())
        if name in seen.walls:
            sticking += side
        elif name in seen.open or patch.kind.startswith(CONSTRAINTS) or seen.field("U").kind(name) in SLIP:
            others += side
    return sticking > others


@judge("blockage")
def blockage(seen: Evidence) -> Judgement:
    """Frontal area of the body over the cross-section of the domain: amber from 5 %, red from 30 %.

    A body speeds up the flow between it and the sides; the force grows about twice as fast as the blockage. Sources:
    Franke et al., COST Action 732 Best Practice Guideline (2007), 3 %; Tominaga et al., AIJ guidelines, J. Wind Eng.
    Ind. Aerodyn. 96 (2008) 1749, 3 to 5 %; Barlow, Rae and Pope, Low-Speed Wind Tunnel Testing (1999), 5 to 7.5 %.
    """
    found = body(seen)
    if found is None:
        return inapplicable("no body stands in a free stream")
    section = sum(float(np.maximum(-(patch.areas @ found.along), 0).sum()) for patch in seen.open.values())
    share = found.frontal / section if section else np.inf
    text = f"{names_of(found.patches)}: {percent(share, 1)} of the cross-section"
    details = {"frontal_area": found.frontal, "cross_section": section}
    if share >= 0.05:
        text += ": forces are too high by about twice that share"
    made = red if share >= 0.3 else amber if share >= 0.05 else green
    return made(text, percent(share, 1), "5 % (red 30 %)", details=details)


@judge("distance of boundaries")
def distance(seen: Evidence) -> Judgement:
    """How far the domain reaches before and behind a body, in body heights; round a wing in chords.

    Bluff bodies: amber below 5 heights upstream or 10 downstream, red below 1. Height: frontal area over depth, in
    three dimensions its root. Slender bodies (plan above 3 frontal areas): amber below 10 lengths to any free boundary,
    red below 1. Sources: Franke et al., COST 732 (2007), 5 H upstream, 15 H behind; Tominaga et al. (2008), 10 H
    behind; for aerofoils Thomas and Salas, AIAA J. 24 (1986) 1074: lift changes by percents below 20 chords.
    """
    found = body(seen)
    if found is None:
        return inapplicable("no body stands in a free stream")
    at = found.points @ found.along
    reach = np.concatenate([patch.points @ found.along for patch in seen.open.values()])
    before, behind = float(at.min() - reach.min()), float(reach.max() - at.max())
    if found.slender:
        return _round(before, behind, found.length)
    up, down = before / found.height, behind / found.height
    details = {"upstream": up, "downstream": down, "height": found.height}
    text = f"the domain reaches {up:.3g} body heights upstream and {down:.3g} downstream"
    value, limit = f"{up:.3g}, {down:.3g}", "5 and 10 (red 1)"
    if min(up, down) < 1:
        return red(f"{text}: the boundaries hold the body's flow", value, limit, details=details)
    if up < 5 or down < 10:
        return amber(f"{text}: the boundaries act on it", value, limit, details=details)
    return green(text, value, limit, details=details)


def _round(before: float, behind: float, length: float) -> Judgement:
    least = min(before, behind) / length
    details = {"upstream": before / length, "downstream": behind / length, "length": length}
    text = f"the free boundaries are {least:.3g} body lengths away"
    if least < 10:
        made = red if least < 1 else amber
        return made(f"{text}: they act on lift and drag", f"{least:.3g}", "10 lengths (red 1)", details=details)
    return green(text, f"{least:.3g}", "10 lengths (red 1)", details=details)

"""One level of an octree: what meets the surface in its cells, and which of them are refined."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flowcfd.meshing.cells import FIELD, NONE, member, numbered, union, unique
from flowcfd.meshing.rays import SHIFTS, Floats, Hits, Inside, Keys

FLUSH = 1e-6
"""Shares of a cell within which an edge lies in a plane between cells."""


@dataclass
class Lattice:
    """One level: what meets the surface in it, which of its cells are refined."""

    level: int
    counts: tuple[int, int, int]
    rays: tuple[Hits, Hits, Hits]
    inside: Inside
    refined: Keys = field(default_factory=lambda: NONE)
    edged: Keys = field(default_factory=lambda: NONE)
    first: tuple[Keys, Keys] = (NONE, NONE)
    """The cells below and above each face that met the surface before regions were refined: levels spread from it."""
    seen: dict[str, Keys] = field(default_factory=dict)

    def new(self, use: str, keys: Keys) -> Keys:
        """Those sorted keys that were not yet given for this use."""
        before = self.seen.get(use, NONE)
        fresh = keys[~member(before, keys)]
        self.seen[use] = union(before, fresh)
        return fresh

    def solid(self, keys: Keys) -> NDArray[np.bool_]:
        """Which cells have their centre inside of the surface."""
        return self.inside.solid(keys, self.counts)

    def within(self, keys: Keys) -> Keys:
        """Those that are no further out than the lattice; indices may be -1 or one too large."""
        kept = np.ones(len(keys), bool)
        for shift, count in zip(SHIFTS, self.counts, strict=True):
            kept &= ((keys >> shift) & FIELD) < count
        return keys[kept & (keys >= 0)]

    def pairs(self, axis: int) -> tuple[Keys, Keys, Keys]:
        """The cells on both sides of each ray that meets the surface; at the rim both are the one that there is."""
        rays, step = self.rays[axis], 1 << SHIFTS[axis]
        last = self.counts[axis] - 1
        below = rays.line + np.maximum(rays.index, 0) * step
        above = rays.line + np.minimum(rays.index + 1, last) * step
        return below, above, rays.triangle

    def crossed(self, edges: Floats) -> Keys:
        """Cells that edges (e, 2, 3) [cells of level 0] go through."""
        if not len(edges):
            return NONE
        ends = edges * (1 << self.level)
        lengths = np.abs(ends[:, 1] - ends[:, 0]).max(axis=1)
        steps = np.maximum(np.ceil(4 * lengths).astype(np.int64), 1)
        owner = np.repeat(np.arange(len(steps)), steps + 1)
        first = np.cumsum(steps + 1) - (steps + 1)
        share = (np.arange(len(owner)) - first[owner]) / steps[owner]
        along = ends[owner, 0] + share[:, None] * (ends[owner, 1] - ends[owner, 0])
        # An edge in a plane between cells is tracked on both sides of it, one between four cells on one of them.
        flush = (np.abs(ends - np.round(ends)) < FLUSH).all(axis=1) & (np.abs(ends[:, 1] - ends[:, 0]) < FLUSH)
        aside = flush * (flush.sum(axis=1) == 1)[:, None] * 0.25
        index = np.floor(np.concatenate([along + aside[owner], (along - aside[owner])[aside.any(axis=1)[owner]]]))
        index = index.astype(np.int64)
        kept = ((index >= 0) & (index < np.array(self.counts))).all(axis=1)
        return unique(numbered(index[kept]))

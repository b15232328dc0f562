"""What is wrong with a surface, and where: edges and places that a picture marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.crossing import crossings
from flowcfd.cad.surface import Floats, Ints


@dataclass(frozen=True, eq=False)
class Faults:
    """Edges (n, 2, 3) [m]: of one triangle (open), of more than two (crowded), of two that are turned differently."""

    open: Floats
    crowded: Floats
    turned: Floats
    corners: Floats

    @classmethod
    def of(cls, points: Floats, triangles: Ints) -> Faults:
        """Those of a surface, after points that coincide are one."""
        points, triangles = surface.welded(points, triangles)
        triangles = triangles[surface.proper(triangles)]
        ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        key = ends.min(axis=1) * len(points) + ends.max(axis=1)
        _, first, inverse, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        balance = np.bincount(inverse.reshape(-1), np.where(ends[:, 0] < ends[:, 1], 1, -1), len(first))
        places = points[ends[first]]
        return cls(
            places[count == 1], places[count > 2], places[(count == 2) & (balance != 0)], points[triangles]
        )  # fmt: skip

    @cached_property
    def crossed(self) -> Floats:
        """Places (n, 3) [m] where the surface goes through itself."""
        numbers = np.arange(3 * len(self.corners)).reshape(-1, 3)
        return crossings(self.corners.reshape(-1, 3), numbers)

    def __bool__(self) -> bool:
        return bool(len(self.open) or len(self.crowded) or len(self.turned) or len(self.crossed))

    def marks(self) -> dict[str, Floats]:
        """What there is of each kind, in words: edges (n, 2, 3) or places (n, 3)."""
        found = {
            "open edges": self.open,
            "edges of more than two triangles": self.crowded,
            "edges where the outside changes": self.turned,
            "where it goes through itself": self.crossed,
        }
        return {name: places for name, places in found.items() if len(places)}

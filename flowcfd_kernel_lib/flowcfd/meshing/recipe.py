"""What a castellation is given: the background, levels, regions and layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowcfd.meshing.regions import Region


@dataclass(frozen=True)
class Recipe:
    """What a castellation is given: the background lattice and the levels.

    `low` [m] is its corner, `size` [m] its cells, `counts` how many. `levels` are (lowest, highest) of each patch,
    `edges` the level of feature edges, `angle` [degrees] that of resolveFeatureAngle, `between` the cells between
    levels, `gap` (cells, level) or None, `layers` the number on each patch, `fluid_in_solid` whether the inside of the
    surface is what is computed.
    """

    low: tuple[float, float, float]
    size: tuple[float, float, float]
    counts: tuple[int, int, int]
    levels: tuple[tuple[int, int], ...]
    edges: int = 0
    angle: float = 30.0
    between: int = 3
    regions: tuple[Region, ...] = ()
    gap: tuple[int, int] | None = None
    layers: tuple[int, ...] = ()
    fluid_in_solid: bool = False

    @property
    def finest(self) -> int:
        """The highest level that anything asks for."""
        asked = [high for _, high in self.levels] + [region.level for region in self.regions]
        return max([0, self.edges, *asked, *([self.gap[1]] if self.gap else [])])

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Recipe:
        """A recipe from what JSON made of it."""
        fields = {name: _tuples(value) for name, value in given.items()}
        named = ({name: _tuples(value) for name, value in region.items()} for region in given["regions"])
        return cls(**{**fields, "regions": tuple(Region(**region) for region in named)})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, (list, tuple)) else value

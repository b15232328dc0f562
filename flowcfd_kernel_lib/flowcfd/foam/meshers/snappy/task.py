"""One case to mesh by snappyHexMesh: besides what all meshers ask, levels and the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flowcfd.case.snappy import Snappy
from flowcfd.foam.meshers.around import Around
from flowcfd.foam.meshers.snappy.background import Background


@dataclass(frozen=True)
class Task(Around):
    """One case to mesh."""

    mesh: Snappy

    @cached_property
    def background(self) -> Background:
        """The cells that everything is cut from."""
        return Background.inside(self) if self.internal else Background.around(self)

    def size(self, level: int) -> float:
        """The size of the cells of a level [m]."""
        return float(max(self.background.sizes) / 2**level)

    @property
    def finest(self) -> int:
        """The finest level of the whole mesh."""
        refined = [one.depth(self.mesh.cell) for one in self.mesh.refine]
        gaps = [self.mesh.gaps.level] if self.mesh.gaps is not None else []
        return max(self.mesh.edge_level(self.space), *(high for _, high in self.levels.values()), *refined, *gaps)

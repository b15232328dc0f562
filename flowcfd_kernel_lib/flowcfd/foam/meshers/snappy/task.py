"""What every part of the mesher asks: the case with its body, the sides of the box, levels, and the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flowcfd.case.body import Body
from flowcfd.case.bounds import Bounds
from flowcfd.case.case import Case
from flowcfd.case.domain import Domain
from flowcfd.case.refinement import Layers
from flowcfd.case.snappy import Snappy, body_patches, expanded
from flowcfd.foam.meshers.snappy.background import Background
from flowcfd.foam.meshers.snappy.surface import Triangles, triangles


@dataclass(frozen=True)
class Task:
    """One case to mesh."""

    case: Case
    mesh: Snappy
    body: Body

    @property
    def space(self) -> Domain:
        """The domain with the body in it."""
        return self.case.space

    @property
    def internal(self) -> bool:
        """Whether the fluid is inside of the body."""
        return bool(getattr(self.space, "solid_is_fluid", False))

    @property
    def sides(self) -> dict[str, str]:
        """The patch of each side of the box ("-x", "+x", ...); nothing where no side bounds the fluid."""
        rims: Any = getattr(self.space, "rims", {})
        return {side: name for name, sides in rims.items() for side in sides}

    @property
    def box(self) -> Bounds:
        """The box that the fluid is in [m]."""
        box: Bounds = self.space.box  # type: ignore[attr-defined]
        return box

    @cached_property
    def background(self) -> Background:
        """The cells that everything is cut from."""
        return Background.inside(self) if self.internal else Background.around(self)

    @cached_property
    def triangles(self) -> Triangles:
        """The surface of the body; read from its file only where its box does not tell enough."""
        return triangles(self.body)

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of every patch that the mesh will have, by its boundary."""
        return {name: self.case.patches[name].patch for name in self.space.patches}

    @cached_property
    def wetted(self) -> list[str]:
        """The patches of the body that the mesh will have."""
        return body_patches(self.space)

    @cached_property
    def levels(self) -> dict[str, tuple[int, int]]:
        """The levels of each patch of the body; those that the fluid does not see have the coarsest."""
        seen = self.mesh.surface_levels(self.space)
        least = min(seen.values())
        return {name: seen.get(name, least) for name in self.body.patches}

    @property
    def finest(self) -> int:
        """The finest level of the whole mesh."""
        refined = [one.depth(self.mesh.cell) for one in self.mesh.refine]
        gaps = [self.mesh.gaps.level] if self.mesh.gaps is not None else []
        return max(self.mesh.edge_level(self.space), *(high for _, high in self.levels.values()), *refined, *gaps)

    def size(self, level: int) -> float:
        """The size of the cells of a level [m]."""
        return float(max(self.background.sizes) / 2**level)

    @cached_property
    def layers(self) -> dict[str, Layers]:
        """The layers of each patch that has any: where none are named, of the body's patches that are walls."""
        walls = [name for name in self.wetted if self.types[name] == "wall"]
        found: dict[str, Layers] = {}
        for one in self.mesh.layers:
            found |= dict.fromkeys(expanded(one.patches, self.space) if one.patches else walls, one)
        return found

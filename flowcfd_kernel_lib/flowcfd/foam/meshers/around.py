"""What every mesher around, or in, a body asks of a case: patches and their types, sides of the box, parts, layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flowcfd.case.body import Body
from flowcfd.case.bounds import Bounds
from flowcfd.case.case import Case
from flowcfd.case.domain import Domain
from flowcfd.case.refinement import Layers, Refine
from flowcfd.case.snappy import BodyMesh, body_patches, expanded
from flowcfd.foam.meshers.bodysurface import Triangles, triangles


@dataclass(frozen=True)
class Around:
    """One case to mesh."""

    case: Case
    mesh: BodyMesh
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

    def size(self, level: int) -> float:
        """The size of the cells of a level [m]."""
        return float(self.mesh.cell / 2**level)

    @cached_property
    def layers(self) -> dict[str, Layers]:
        """The layers of each patch that has any: where none are named, of the body's patches that are walls."""
        walls = [name for name in self.wetted if self.types[name] == "wall"]
        found: dict[str, Layers] = {}
        for one in self.mesh.layers:
            found |= dict.fromkeys(expanded(one.patches, self.space) if one.patches else walls, one)
        return found

    def parts(self) -> Iterator[tuple[str, Refine, Bounds | str | None]]:
        """Each part of `refine` with a name of its own, and its box or the patch of the body that it is near to.

        The body's label stands for all its patches; None for spheres and cylinders.
        """
        for number, one in enumerate(self.mesh.refine):
            name = one.name or f"refine{number}"
            if one.patch is None:
                yield name, one, one.box
                continue
            places = list(self._near(one.patch, one.within or 0.0))
            for count, where in enumerate(places):
                yield name if len(places) == 1 else f"{name}_{count}", one, where

    def _near(self, patch: str, distance: float) -> Iterator[Bounds | str]:
        """The patches of the body, or the slabs at sides of the box, that make up a patch or a group of patches."""
        patches = self.space.groups.get(patch, (patch,))
        whole = set(patches) >= set(self.wetted)
        if whole:
            yield self.body.label
        for one in patches:
            if one not in self.wetted:
                yield from (_slab(self.box, side, distance) for side, rim in self.sides.items() if rim == one)
            elif not whole:
                yield one


def grown(box: Bounds, margin: float) -> Bounds:
    """The box with a margin on all sides."""
    x, y, z = ((low - margin, high + margin) for low, high in box)
    return x, y, z


def _slab(box: Bounds, side: str, depth: float) -> Bounds:
    """What is nearer to a side of the box than `depth`, and a little beyond it."""
    ends, axis = list(grown(box, depth)), "xyz".index(side[1])
    middle = box[axis][0 if side[0] == "-" else 1]
    ends[axis] = (middle - depth, middle + depth)
    return ends[0], ends[1], ends[2]

"""Snappy: cubes that are cut finer towards a body from CAD, drawn onto it, and given layers (snappyHexMesh)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flowcfd.case.domain import Domain
from flowcfd.case.mesh import MESHES, Mesh
from flowcfd.case.quantities import Length, Position, Quantity, problem, shown
from flowcfd.case.refinement import (
    EDGE,
    ByPatch,
    Fine,
    Gaps,
    Layers,
    Levels,
    Refine,
    as_gaps,
    as_layers,
    finer,
    levels,
)
from flowcfd.case.spec import FrozenDict, Location
from flowcfd.errors import UnknownName

BLOCKS = frozenset({"castellatedMeshControls", "snapControls", "addLayersControls", "meshQualityControls"})
"""The parts of snappyHexMeshDict whose entries `controls` may set."""
Angle = Annotated[float, Quantity("rad", gt=0, lt=3.14159)]


def _dotted(given: dict[str, float | bool | str]) -> dict[str, float | bool | str]:
    for path, value in given.items():
        block, dot, entry = path.partition(".")
        if block not in BLOCKS or not dot or not entry:
            raise problem(f"{path}: must be one of {', '.join(sorted(BLOCKS))}, a dot and an entry's name")
        if not re.fullmatch(r"\w+(\.\w+)*", entry):
            raise problem(f"{path}: must be names of letters, digits and underscores between dots")
        if isinstance(value, str) and not re.fullmatch(r"[\w.+() -]+", value):
            raise problem(f"{path}: must be a number, a switch, a word or a list in brackets (got {shown(value)})")
    return FrozenDict(given)


class BodyMesh(Mesh):
    """What meshes around, or in, a body have in common."""

    cell: Length = Field(description="size of the cells of the background, far from the body")
    surface: ByPatch = Field((2, 2), description="fineness of the body's surface, for all or by patch")
    refine: tuple[Refine, ...] = Field((), description="parts of the space that are cut finer")
    layers: Annotated[tuple[Layers, ...], BeforeValidator(as_layers)] = Field((), description="layers on walls")

    @model_validator(mode="after")
    def _one_measure(self) -> BodyMesh:
        if len({one.relative for one in self.layers}) > 1:
            raise problem("layers: heights are either all relative (final) or all absolute (first, y_plus)")
        sizes = {"surface": self.surface} if not isinstance(self.surface, Mapping) else dict(self.surface)
        for name, size in sizes.items():
            if isinstance(size, float) and size > self.cell * 1.01:
                raise problem(f"surface: {name}: cells must not exceed the background's {self.cell:g} m (got {size:g})")
        names = [one.name for one in self.refine if one.name is not None]
        if len(set(names)) < len(names):
            raise problem("refine: two of them have the same name")
        for one in self.refine:
            if one.cell is not None and one.cell > self.cell * 1.01:
                raise problem(f"refine: cells must not exceed the background's {self.cell:g} m (got {one.cell:g})")
        return self

    def surface_levels(self, domain: Domain) -> dict[str, Levels]:
        """The least and the greatest level of each patch of the body that has any, those named singly first."""
        body = body_patches(domain)
        if not isinstance(self.surface, Mapping):
            return dict.fromkeys(body, levels(self.surface, self.cell))
        groups = domain.groups  # made anew by each look
        found = {patch: self.surface[group] for group, patches in groups.items() if group in self.surface
                 for patch in patches}  # fmt: skip
        found |= {name: fine for name, fine in self.surface.items() if name not in groups}
        return {name: levels(found[name], self.cell) for name in body if name in found}

    def refined(self, ratio: float) -> Self:
        """The mesh of the same family whose cells, and layers, are smaller by `ratio`; levels stay."""
        surface = self.surface
        fine: object = (
            {name: finer(one, ratio) for name, one in surface.items()}
            if isinstance(surface, Mapping)
            else finer(surface, ratio)
        )
        return self.model_copy(
            update={
                "cell": self.cell / ratio,
                "surface": fine,
                "refine": tuple(one.finer(ratio) for one in self.refine),
                "layers": tuple(one.finer(ratio) for one in self.layers),
            }
        )

    def problems(self, domain: Domain) -> list[tuple[Location, str]]:
        """A domain without a body; names of patches that are not there, patches without a fineness."""
        if not domain.holds_body:
            return [(("kind",), f"{self.kind} is for domains that hold a body from CAD (got {domain.kind})")]
        return list(self._named(domain))

    def _named(self, domain: Domain) -> Iterator[tuple[Location, str]]:
        groups = domain.groups
        known = {**domain.patches, **groups}
        body = dict.fromkeys(body_patches(domain))
        if isinstance(self.surface, Mapping):
            for name in self.surface:
                if name not in known:
                    yield ("surface", name), str(UnknownName("patch", name, known))
                elif name not in body and name not in groups:
                    yield (
                        ("surface", name),
                        f"is no part of the body; refine=Refine(patch={name!r}, within=...) is for it",
                    )
            missing = sorted(set(body) - set(self.surface_levels(domain)))
            if missing:
                everything = next(iter(groups), next(iter(body)))
                yield ("surface",), f"nothing for {', '.join(missing)}; {everything!r} is for all that is not named"
        for place, one in enumerate(self.refine):
            if one.name in groups:
                yield ("refine", place, "name"), f"{one.name} is the name of the body; give another"
            if one.patch is not None and one.patch not in known:
                yield ("refine", place, "patch"), str(UnknownName("patch", one.patch, known))
        for place, stack in enumerate(self.layers):
            for name in stack.patches or ():
                if name not in known:
                    yield ("layers", place, "patches"), str(UnknownName("patch", name, known))


class Snappy(BodyMesh):
    """Cubes of `cell`, halved towards the body, drawn onto its surface, with layers (snappyHexMesh).

        Snappy("0.4 m", surface=3, layers=5)
        Snappy(cell="80 mm", surface={"body": (3, 4), "wheels": "2 mm"}, refine=[Refine(...)], layers=Layers(5))

    `surface` is how fine the body's patches are: a level (each halves the cells), two (the second where the surface
    bends or has edges), or the size of the cells; for all patches or by name or group. Where layers are wanted, one
    level is better: of (4, 5) a cylinder and a cone kept 50 to 65 % of their layers, of one level all. `edges` is that
    of the edges, as fine as the finest patch when not given. `gaps` makes cells in gaps finer than that. `inside` is a
    point in the fluid; it is computed when not given. `controls` sets single entries: {"addLayersControls.nGrow": 1}.
    """

    leading = ("cell", "surface")
    kind: Literal["Snappy"] = "Snappy"
    edges: Fine | None = Field(None, description="fineness along edges; as the finest patch when not given")
    edge_angle: Angle = Field(EDGE, description="surfaces that meet at more than it have an edge")
    curvature: Angle = Field(
        EDGE, description="surfaces that bend more than it from cell to cell get their greatest level"
    )
    gaps: Annotated[Gaps | None, BeforeValidator(as_gaps)] = Field(None, description="finer cells in gaps")
    between: int = Field(3, ge=1, le=20, description="cells of one level before those of the next")
    inside: Position | None = Field(None, description="a point in the fluid; computed when not given")
    most: int = Field(50_000_000, gt=0, le=2**31 // 3, description="cells at which refinement ends")
    controls: Annotated[dict[str, bool | int | float | str], AfterValidator(_dotted)] = Field(
        default_factory=FrozenDict,
        json_schema_extra={"default": {}},
        description="entries of snappyHexMeshDict by their path",
    )

    def edge_level(self, domain: Domain) -> int:
        """The level along edges."""
        if self.edges is None:
            return max((high for _, high in self.surface_levels(domain).values()), default=0)
        return levels(self.edges, self.cell)[1]

    def refined(self, ratio: float) -> Self:
        """The mesh of the same family whose cells, and layers, are smaller by `ratio`; levels stay."""
        finer_edges = None if self.edges is None else finer(self.edges, ratio)
        return super().refined(ratio).model_copy(update={"edges": finer_edges})


def body_patches(domain: Domain) -> list[str]:
    """The patches of the body, in their order: those of a domain that are not the sides of its box."""
    sides = set(getattr(domain, "rims", {}))
    return [name for name in domain.patches if name not in sides]


def expanded(names: tuple[str, ...], domain: Domain) -> list[str]:
    """The patches of names and groups, each once."""
    groups = domain.groups
    return list(dict.fromkeys(one for name in names for one in groups.get(name, (name,))))


MESHES.register("Snappy", Snappy)

"""Enclosures: the domains that are laid around a body from CAD, or into it, and what they promise to everybody.

An enclosure is described without a body; `domain.around(body)` is the one whose numbers, box and patches are known, and
`case.space` is that of a case. The body stays where its CAD file has it, the flow is along +x, `up` says which way is
up, and the third direction is across.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import Field, PrivateAttr

from flowcfd.case.body import Bodied, Body, BodyPatch
from flowcfd.case.boundary import Boundary
from flowcfd.case.bounds import Bounds, Point, inside, shown, span
from flowcfd.case.domain import Domain, Extent, PatchInfo, PatchKind, Role
from flowcfd.case.refinement import Refine
from flowcfd.case.sketch import svg
from flowcfd.case.spec import Location
from flowcfd.case.summary import sentences
from flowcfd.errors import CaseError

Side = Literal["-x", "+x", "-y", "+y", "-z", "+z"]
"""A side of a box, by its outward normal."""
Up = Literal["z", "y"]
BODY = "body"
"""The name that all patches of whatever body answer to."""
TOUCH = 1e-6
"""A patch that is nearer to a side of the box than this share of the body's size lies in it: CAD is not more exact."""
ROLES: Mapping[str, tuple[PatchKind, Role]] = {
    "inlet": ("patch", "inlet"),
    "outlet": ("patch", "outlet"),
    "ground": ("wall", "wall"),
    "symmetry": ("symmetry", "automatic"),
}
"""What a side of the box is by its name; all others are open sides."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The box of an enclosure around its body [m], and where each of its numbers comes from."""

    box: Bounds
    why: Mapping[str, str]


class Enclosure(Domain):
    """What all domains with a body from CAD have in common.

    `domain.around(body)` knows the body; without one `box` and `why` raise CaseError and `bounds` is None. Two
    enclosures of one description are equal, whether or not they know their body.
    """

    holds_body: ClassVar[bool] = True
    solid_is_fluid: ClassVar[bool] = False
    """Whether the fluid is inside of the body (True) or around it (False)."""
    up: Up = Field("z", description="the direction that points up; the flow is along x")
    _body: Body | None = PrivateAttr(None)
    _kept: tuple[Layout, Mapping[str, PatchInfo]] | None = PrivateAttr(None)

    def around(self, body: Body | Bodied | None) -> Self:
        """The same domain with this body (or Geometry) in it; `misfits` says what does not fit.

        CaseError for what is no body.
        """
        if body is not None and not isinstance(body, Body) and (isinstance(body, type) or not hasattr(body, "body")):
            raise CaseError(f"body: must be a Geometry or a Body (got {type(body).__name__})")
        known = body if body is None or isinstance(body, Body) else body.body()
        if known is not None and not isinstance(known, Body):
            raise CaseError(f"body: must be a Geometry or a Body (got {type(body).__name__})")
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        held = cast(Self, type(self).model_construct(**fields))  # what was kept of another body stays behind
        held._body = known
        return held

    @property
    def body(self) -> Body | None:
        """The body that it is laid around; None before `around`."""
        return self._body

    @property
    def known(self) -> bool:
        """Whether its box is known: with a body in it."""
        return self._body is not None

    @property
    def vertical(self) -> int:
        """The number of the axis that points up: 2 for z, 1 for y."""
        return 2 if self.up == "z" else 1

    @property
    def lateral(self) -> int:
        """The number of the axis across the flow: 1 where z is up, 2 where y is."""
        return 3 - self.vertical

    @property
    def box(self) -> Bounds:
        """The background box [m], (low, high) in x, y and z: all fluid is in it. Raises CaseError without a body."""
        return self.layout[0].box

    @property
    def why(self) -> Mapping[str, str]:
        """A sentence for each number of the box: its value and where it comes from. CaseError without a body."""
        return self.layout[0].why

    @property
    def rims(self) -> Mapping[str, tuple[Side, ...]]:
        """The sides of the box that each of its patches covers; empty where no side bounds the fluid (Internal)."""
        raise NotImplementedError

    @property
    def bounds(self) -> Bounds | None:
        """The box; None while the body is not known."""
        return self.box if self.known else None

    @property
    def patches(self) -> Mapping[str, PatchInfo]:
        """The patches that the mesh will have: the sides of the box, then those patches of the body that are wetted."""
        if not self.known:
            return {name: PatchInfo(*role(name), self._normal(name)) for name in self.rims}
        return self.layout[1]

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """All patches of the body together: by the word "body" and by its label, where no patch has this name."""
        patches, rims = self.patches, self.rims
        wetted = tuple(name for name in patches if name not in rims)
        names = [] if self._body is None else [BODY, self._body.label]
        return {name: wetted for name in names if name not in patches and wetted}

    @property
    def absent(self) -> Mapping[str, str]:
        """The patches of the body that the mesh will not have, and why: they lie in, or beyond, a side of the box."""
        if self._body is None:
            return {}
        return self._hidden(self._body.patches)

    @property
    def directions(self) -> Mapping[str, Extent]:
        """x, y and z of the box; nothing while the body is not known."""
        if not self.known:
            return {}
        ends = {side: name for name, sides in self.rims.items() for side in sides}
        return {
            axis: Extent(high - low, ends.get(f"-{axis}", ""), ends.get(f"+{axis}", ""))  # type: ignore[call-overload]
            for axis, (low, high) in zip("xyz", self.box, strict=True)
        }

    def misses(self, point: Point) -> str:
        """Why a point [m] is outside of the box. Points in the body cannot be told without its triangles."""
        if not self.known or inside(self.box, point):
            return ""
        return f"{shown(point)} is outside of the {self.kind}: {span(self.box)}"

    def misfits(self, body: Body) -> list[tuple[Location, str]]:
        """What keeps this body out of this domain, as (path in the case, message with the mend)."""
        return list(self.around(body)._misfits(body))

    def boundaries(self, *flow: Any, **more: Any) -> dict[str, Boundary]:
        """Sensible boundaries for the patches by their roles; each domain has its own words for the flow."""
        raise NotImplementedError

    def _covered(self, wall: Boundary) -> dict[str, Boundary]:
        """The boundary of all of the body: by the word for it, singly where one of several patches is called so."""
        if not self.known or BODY not in self.patches:
            return {BODY: wall}
        return {name: wall for name in self.patches if name not in self.rims}

    def boxes(self, cell: float | None = None) -> tuple[Refine, ...]:
        """Boxes of finer cells that are proposed around this body, each with the reason for its numbers.

        `cell` is the size [m] of the cells near the body; by rule when not given. Raises CaseError without a body.
        """
        return ()

    @property
    def layout(self) -> tuple[Layout, Mapping[str, PatchInfo]]:
        """The box with its reasons, and all patches; computed once."""
        if not self.known:
            raise CaseError(f"{self.kind}: its box follows from the body: domain.around(body)")
        if self._kept is None:
            laid = self._laid(self._body)
            self._kept = (laid, {})  # the patches ask for the box
            self._kept = (laid, dict(self._patches(self._body)))
        return self._kept

    def _laid(self, body: Body | None) -> Layout:
        """The box and the reasons for its numbers; without a body only for a domain that is `known` without."""
        raise NotImplementedError

    def _misfits(self, body: Body) -> Iterator[tuple[Location, str]]:
        if body.volume is None:
            mend = "body.report() says where, body.heal() mends what it can"
            yield (
                ("geometry",),
                f"the surface of {body.label} is not closed, so it has no inside and no outside; {mend}",
            )
        for name in sorted(set(self.rims) & set(body.patches)):
            mend = f"geometry.name({{'body_{name}': {name!r}}})"
            yield ("geometry", "patches", name), f"the {self.kind} has a patch of this name too; rename it: {mend}"
        if body.group in self.rims:
            mend = f"geometry.labelled('body_{body.group}')"
            yield ("geometry", "label"), f"the {self.kind} has a patch {body.group!r}; call the body otherwise: {mend}"

    def _patches(self, body: Body | None) -> Iterator[tuple[str, PatchInfo]]:
        sizes = [high - low for low, high in self.box]
        for name, sides in self.rims.items():
            areas = [_face(sizes, "xyz".index(side[1])) for side in sides]
            yield name, PatchInfo(*role(name), self._normal(name), sum(areas))
        bodies = body.patches if body else {}
        hidden = self._hidden(bodies)
        for name, patch in bodies.items():
            if name not in hidden:
                yield name, self._info(name, patch)

    def _info(self, name: str, patch: BodyPatch) -> PatchInfo:
        """A wetted patch of the body: a wall, whose area is known where the box cuts nothing of it off."""
        whole = all(inside(self.box, (x, y, z)) for x, y, z in zip(*patch.bounds, strict=True))
        # A body's normal points out of its solid, a domain's out of the fluid.
        sign = 1.0 if self.solid_is_fluid else -1.0
        normal = None if patch.normal is None else tuple(sign * one + 0.0 for one in patch.normal)
        return PatchInfo("wall", "wall", normal, patch.area if whole else None)  # type: ignore[arg-type]

    def _normal(self, name: str) -> tuple[float, float, float] | None:
        sides = self.rims[name]
        return normal_of(sides[0]) if len(sides) == 1 else None

    def _hidden(self, patches: Mapping[str, BodyPatch]) -> dict[str, str]:
        """Why patches of the body are not in the fluid, for those that are not."""
        if self._body is None:
            return {}
        near, box = TOUCH * max(self._body.extent), self.box
        planes = [(name, side, "xyz".index(side[1])) for name, sides in self.rims.items() for side in sides]
        found = {}
        for patch, info in patches.items():
            for name, side, axis in planes:
                (low, high), (first, last) = info.bounds[axis], box[axis]
                if (high <= first + near) if side[0] == "-" else (low >= last - near):
                    found[patch] = f"lies in, or beyond, {name}"
        return found

    @property
    def told(self) -> dict[str, str]:
        """Its numbers in words, for people."""
        return dict(self.why) if self.known else {}

    def _repr_html_(self) -> str:
        body = f" around {self._body.label}" if self._body is not None else ""
        given = {name: f"{value}" for name, value in self if name != "kind" and value is not None}
        return sentences(f"{self.kind}{body}", self.told or given) + svg(self)

    def __eq__(self, other: object) -> bool:
        fields = type(self).model_fields
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in fields)


def drawn(domain: Domain) -> str:
    """A sketch of a domain around a body, as SVG; empty for others."""
    return svg(domain) if isinstance(domain, Enclosure) else ""


def role(name: str) -> tuple[PatchKind, Role]:
    """What a side of the box is, by its name."""
    return ROLES.get(name, ("patch", "side"))


def normal_of(side: Side) -> tuple[float, float, float]:
    """The outward unit normal of a side of a box."""
    x, y, z = ((1.0 if side[0] == "+" else -1.0) if side[1] == axis else 0.0 for axis in "xyz")
    return x, y, z


def tidy(length: float) -> float:
    """A length [m] rounded up to two significant digits, so that proposals can be read aloud."""
    unit = 10.0 ** (math.floor(math.log10(length)) - 1)
    return float(f"{math.ceil(length / unit - 1e-9) * unit:.6g}")


def _face(sizes: list[float], axis: int) -> float:
    first, second = (size for number, size in enumerate(sizes) if number != axis)
    return first * second

"""What the domains around a body share: the half model, the proposal of a box by distances, and the blockage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, model_validator

from flowcfd.case.body import Body
from flowcfd.case.bounds import Bounds
from flowcfd.case.boxes import ACROSS, Stage, gaps, near, under, wake
from flowcfd.case.enclosure import Enclosure, Layout, Side, Up, tidy
from flowcfd.case.quantities import Coordinate, Length, problem
from flowcfd.case.refinement import Refine
from flowcfd.case.spec import Location
from flowcfd.errors import CaseError
from flowcfd.given import positive
from flowcfd.units import si

_AROUND: Mapping[Up, tuple[Side, Side, Side, Side]] = {"z": ("-z", "+z", "-y", "+y"), "y": ("-y", "+y", "-z", "+z")}
"""Below, above, and the two sides across the flow, by what is up."""
Reasoned = tuple[float, str]
"""A length [m] and the sentence that says where it comes from."""


@dataclass(frozen=True, slots=True)
class Distances:
    """How far the box reaches beyond the body: before its nose, behind its tail, beside and above it."""

    upstream: Reasoned
    downstream: Reasoned
    beside: Reasoned
    above: Reasoned


def asked_speed(speed: float | str | None) -> float | str:
    """The speed of the flow; CaseError where none is given."""
    if speed is None:
        raise CaseError("speed: give that of the flow: boundaries('40 m/s')")
    return speed


def _size(cell: object) -> float:
    """The size of cells [m]; CaseError for what is none."""
    return positive(si(cell, "m") if isinstance(cell, str) else cell, "cell")


class Outside(Enclosure):
    """What all domains around a body have: `half` keeps the part on one side of a plane of symmetry only.

    The plane is across the third direction, through the body's middle or at `mirror`. The part with the greater
    coordinates is kept, or that in which the body is.
    """

    half: bool = Field(False, description="half a model with a plane of symmetry across the third direction")
    mirror: Coordinate | None = Field(
        None, description="where the plane of symmetry is; through the body's middle when not given"
    )

    @model_validator(mode="after")
    def _halved(self) -> Outside:
        if self.mirror is not None and not self.half:
            raise problem("mirror: is given with half=True")
        return self

    @property
    def middle(self) -> float:
        """The coordinate of the plane of symmetry, or of the body's middle, in the third direction [m]."""
        low, high = self._across
        return 0.5 * (low + high) if self.mirror is None else self.mirror

    @property
    def kept(self) -> Side:
        """The side of the plane of symmetry on which the fluid is."""
        low, high = self._across
        beyond = self.mirror is not None and low < high and high - self.mirror <= 1e-6 * (high - low)
        sign = "-" if beyond else "+"
        return f"{sign}{'xyz'[self.lateral]}"  # type: ignore[return-value]

    @property
    def share(self) -> float:
        """The share of the body that is in the fluid's half; 1 for a whole model."""
        low, high = self._across
        if not self.half:
            return 1.0
        inside = high - self.middle if self.kept[0] == "+" else self.middle - low
        return min(1.0, max(0.0, inside / (high - low)))

    @property
    def rims(self) -> Mapping[str, tuple[Side, ...]]:
        """The sides of the box, with the plane of symmetry of a half model among them."""
        whole = self._sides()
        if not self.half:
            return whole
        plane = ("-" if self.kept[0] == "+" else "+") + self.kept[1]
        rest = {name: tuple(side for side in sides if side != plane) for name, sides in whole.items()}
        return {**rest, "symmetry": (plane,)}  # type: ignore[dict-item]

    def _sides(self) -> Mapping[str, tuple[Side, ...]]:
        """The sides of the box of a whole model."""
        raise NotImplementedError

    @property
    def _across(self) -> tuple[float, float]:
        """The body's extent in the third direction [m]."""
        if self._body is None:
            return (self.mirror or 0.0,) * 2
        return self._body.bounds[self.lateral]

    def _misfits(self, body: Body) -> Iterator[tuple[Location, str]]:
        yield from super()._misfits(body)
        low, high = self._across
        near = 1e-6 * (high - low)
        if self.mirror is not None and not low - near <= self.mirror <= high + near:
            axis = "xyz"[self.lateral]
            yield (
                ("domain", "mirror"),
                f"the plane of symmetry at {axis} = {self.mirror:g} m misses {body.label} at {low:g} to {high:g} m;"
                " leave it out for the body's middle",
            )

    def boxes(self, cell: float | None = None) -> tuple[Refine, ...]:
        """Near the body, in its wake, under it and in gaps; each with the reason for its numbers.

        `cell` is the size [m] of the cells near the body; by rule when not given. Raises CaseError without a body.
        """
        stage = self._stage()
        size, reason = (_size(cell), "as given") if cell is not None else self._finest(stage)
        return tuple(self._boxes(stage, size, reason))

    def _stage(self) -> Stage:
        if self._body is None:
            raise CaseError(f"{self.kind}: its boxes follow from the body: domain.around(body)")
        ground = self.box[self.vertical][0] if "ground" in self.rims else None
        return Stage(self._body, self.box, self.vertical, ground)

    def _finest(self, stage: Stage) -> tuple[float, str]:
        return stage.size / ACROSS, f"{ACROSS} across the root of the frontal area (rule of thumb)"

    def _boxes(self, stage: Stage, cell: float, reason: str) -> Iterator[Refine]:
        yield from near(stage, cell, reason)
        yield from wake(stage, 2 * cell)
        yield from under(stage)
        yield from gaps(stage)

    def halved(self, box: Bounds) -> Bounds:
        """The half of a whole model's box that is kept; the box itself for a whole model."""
        if not self.half:
            return box
        sides = list(box)
        low, high = sides[self.lateral]
        sides[self.lateral] = (self.middle, high) if self.kept[0] == "+" else (low, self.middle)
        x, y, z = sides
        return x, y, z


class Section(Outside):
    """A box with an inlet before and an outlet behind the body: what WindTunnel and BuildingSite share.

    `length`, `width` and `height` are those of the whole box (a half model has half the width), `upstream` is the
    distance from the inlet to the body's nose. What is not given is proposed; `why` says by which rule.
    """

    leading = ("length", "width", "height")
    length: Length | None = Field(None, description="length from the inlet to the outlet; proposed when not given")
    width: Length | None = Field(None, description="width of the whole section; proposed when not given")
    height: Length | None = Field(None, description="height of the section; proposed when not given")
    upstream: Length | None = Field(
        None, description="distance from the inlet to the body's nose; proposed when not given"
    )

    most_blocked: ClassVar[float] = 0.05
    """A body that takes more of the section than this speeds the flow up visibly: the usual limit (rule of thumb)."""

    @property
    def stands(self) -> bool:
        """Whether there is a ground."""
        return True

    @property
    def gap(self) -> float:
        """The distance [m] of the body from the ground."""
        return 0.0

    def distances(self, body: Body) -> Distances:
        """The proposal for this body, by the domain's rules."""
        raise NotImplementedError

    @property
    def section(self) -> float:
        """The area of the section that the fluid enters through [m2]."""
        (_, _), (y0, y1), (z0, z1) = self.box
        return (y1 - y0) * (z1 - z0)

    @property
    def blockage(self) -> float:
        """The body's frontal area over that of the section; half of both in a half model."""
        body = self._body
        return 0.0 if body is None else self.frontal(body) / self.section * (0.5 if self.half else 1.0)

    @property
    def told(self) -> dict[str, str]:
        """Its numbers in words, and the blockage."""
        most = f"{100 * self.most_blocked:g} % are the limit"
        blocked = {"blockage": f"{100 * self.blockage:.3g} % of the section; {most}"} if self._body else {}
        return {**super().told, **blocked}

    def frontal(self, body: Body) -> float:
        """The frontal area [m2] of the whole model: twice that of the half that is kept."""
        return body.frontal[0] * (2 * self.share if self.half else 1.0)

    def _sides(self) -> Mapping[str, tuple[Side, ...]]:
        floor = "ground" if self.stands else "below"
        below, above, right, left = _AROUND[self.up]
        return {"inlet": ("-x",), "outlet": ("+x",), floor: (below,), "top": (above,), "sides": (right, left)}

    def _laid(self, body: Body | None) -> Layout:
        assert body is not None
        far = self.distances(body)
        why: dict[str, str] = {}
        x = self._along(body, far, why)
        across = self._across_box(body, far, why)
        upright = self._upright(body, far, why)
        sides = {0: x, self.lateral: across, self.vertical: upright}
        if self.half:
            place = "through the body's middle" if self.mirror is None else "as given"
            why["mirror"] = f"{'xyz'[self.lateral]} = {self.middle:g} m: plane of symmetry {place}"
        return Layout(self.halved((sides[0], sides[1], sides[2])), why)

    def _along(self, body: Body, far: Distances, why: dict[str, str]) -> tuple[float, float]:
        nose, tail = body.bounds[0]
        size = tail - nose
        (before, reason), (behind, other) = far.upstream, far.downstream
        if self.upstream is not None:
            before, reason = self.upstream, "as given"
        elif self.length is not None and self.length > size:
            before = (self.length - size) * before / (before + behind)
            reason = "as the rules divide the length that is given"
        else:
            before = tidy(before)
        length, source = (self.length, "as given") if self.length is not None else (tidy(before + size + behind), other)
        why["upstream"] = f"{before:.4g} m from the inlet to the body's nose: {reason}"
        why["length"] = f"{length:.4g} m from the inlet to the outlet: {source}"
        return nose - before, nose - before + length

    def _across_box(self, body: Body, far: Distances, why: dict[str, str]) -> tuple[float, float]:
        low, high = self._across
        reach = max(high - self.middle, self.middle - low)
        width, reason = self.width or tidy(2 * (reach + far.beside[0])), far.beside[1]
        why["width"] = f"{width:.4g} m{' of the whole section' if self.half else ''}: " + (
            "as given" if self.width else reason
        )
        return self.middle - 0.5 * width, self.middle + 0.5 * width

    def _upright(self, body: Body, far: Distances, why: dict[str, str]) -> tuple[float, float]:
        low, high = body.bounds[self.vertical]
        rows = 1 if self.stands else 2
        height = self.height or tidy(high - low + self.gap + rows * far.above[0])
        if self.stands:
            place = f"{self.gap:.4g} m below the body, as given" if self.gap else "the body stands on it"
            why["ground"] = f"{self.up} = {low - self.gap:.4g} m: {place}"
        why["height"] = f"{height:.4g} m: {'as given' if self.height else far.above[1]}"
        if self.stands:
            return low - self.gap, low - self.gap + height
        middle = 0.5 * (low + high)
        return middle - 0.5 * height, middle + 0.5 * height

    def _misfits(self, body: Body) -> Iterator[tuple[Location, str]]:
        yield from super()._misfits(body)
        names = {0: "length", self.lateral: "width", self.vertical: "height"}
        for axis, name in names.items():
            given: float | None = getattr(self, name)
            size = body.extent[axis] + (self.gap if axis == self.vertical else 0.0)
            if given is not None and size >= given:
                yield ("domain", name), f"{body.label} is {size:.4g} m in {'xyz'[axis]} and needs more (got {given:g})"
                return
        for axis, name in names.items():
            (low, high), (first, last) = body.bounds[axis], self.box[axis]
            standing = axis == self.vertical and self.stands
            if axis == self.lateral and self.half:
                first, last = (low - 1, last) if self.kept[0] == "+" else (first, high + 1)
            if high >= last or (low <= first and not standing):
                yield (
                    ("domain", "upstream" if axis == 0 else name),
                    f"{body.label} sticks out of the {self.kind}: in {'xyz'[axis]} it reaches from {low:.4g} to"
                    f" {high:.4g} m, the box from {first:.4g} to {last:.4g} m",
                )

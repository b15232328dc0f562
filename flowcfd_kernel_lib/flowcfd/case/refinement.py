"""What meshes around a body from CAD have in common: how fine its surface and the space are cut, and its layers.

The background cells have the size `cell`. Level n halves them n times, so a size is a level: the coarsest whose cells
are not larger.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError, core_schema

from flowcfd.case.bounds import Bounds
from flowcfd.case.quantities import Coordinate, Length, Position, Positive, Quantity, problem, shown
from flowcfd.case.spec import FrozenDict, Spec

DEEPEST = 15
"""Levels beyond it make cells that are 30 000 times smaller than the background's: a slip of the pen."""
EDGE = math.pi / 6
"""Surfaces that meet at more than it have an edge [rad]."""
ROUNDED = 0.01
"""A level whose cells are larger than the size asked for by less than this share is taken for it."""
Levels = tuple[int, int]
Sized = Levels | float
"""Levels (at least, where it is curved or at edges), or a size of cells [m]."""
Range = tuple[Coordinate, Coordinate]


class Fineness:
    """A field that holds levels or a size: 4, (3, 5), or "5 mm"; whole numbers are levels, others sizes in metres."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.value)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        level = {"type": "integer", "minimum": 0, "maximum": DEEPEST}
        pair = {"type": "array", "items": level, "minItems": 2, "maxItems": 2}
        return {"anyOf": [level, pair, {"type": ["number", "string"], "exclusiveMinimum": 0, "unit": "m"}]}

    @staticmethod
    def value(given: object) -> Sized:
        """The levels or the size; raises the problem in words."""
        given = given.tolist() if hasattr(given, "tolist") else given  # numpy's numbers and arrays
        if isinstance(given, bool):
            raise problem(f"must be a level, two levels or a size of cells (got {shown(given)})")
        if isinstance(given, Integral):
            return _level(given), _level(given)
        if isinstance(given, Sequence) and not isinstance(given, str):
            if len(given) != 2 or not all(isinstance(one, Integral) for one in given):
                raise problem(f"must be two levels, the least and the greatest (got {shown(given)})")
            low, high = map(_level, given)
            if low > high:
                raise problem(f"the least level must not exceed the greatest (got {shown(given)})")
            return low, high
        if not isinstance(given, (Real, str)):
            raise problem(f"must be a level, two levels or a size of cells (got {shown(given)})")
        return Quantity("m", gt=0).value(given)


def _level(given: Any) -> int:
    if not 0 <= given <= DEEPEST:
        raise problem(f"a level must be 0 to {DEEPEST} (got {shown(given)}); a size of cells has a unit, as in '5 mm'")
    return int(given)


Fine = Annotated[Sized, Fineness]


class PatchFineness(Fineness):
    """A field that holds one fineness for all patches, or one for each by name."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        one = super().__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*one["anyOf"], {"type": "object", "additionalProperties": one}]}

    @staticmethod
    def value(given: object) -> Any:
        """The levels or size, or a mapping of such by patch; raises the problem in words."""
        if not isinstance(given, Mapping):
            return Fineness.value(given)
        if not given:
            raise problem("must name at least one patch")
        return FrozenDict({str(name): _named(str(name), value) for name, value in given.items()})


def _named(name: str, value: object) -> Sized:
    try:
        return Fineness.value(value)
    except PydanticCustomError as error:
        raise problem(f"{name}: {error.message()}") from None


ByPatch = Annotated[Sized | Mapping[str, Sized], PatchFineness]


def levels(fine: Sized, cell: float) -> Levels:
    """The least and the greatest level, for background cells of `cell` [m]."""
    if not isinstance(fine, tuple):
        level = level_of(fine, cell)
        return level, level
    return fine


def level_of(size: float, cell: float) -> int:
    """The coarsest level whose cells are not larger than `size` [m]."""
    return max(0, math.ceil(math.log2(cell / size) - math.log2(1 + ROUNDED)))


def finer(fine: Sized, ratio: float) -> Sized:
    """The same levels; a size that is smaller by `ratio`, which is the same level of smaller background cells."""
    return fine if isinstance(fine, tuple) else fine / ratio


class Refine(Spec):
    """A part of the space that is cut finer: a box, a sphere, a cylinder, or all that is near a patch.

    - `box`: (low, high) in x, y and z
    - `centre` and `radius`: a sphere
    - `axis` (two points) and `radius`: a cylinder
    - `patch` and `within`: what is nearer to that patch than a distance

    How fine: `level`, or `cell`, the largest size. `name` and `why` say what it is for and where its numbers come
    from.
    """

    leading = ("box",)
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)] | None = Field(
        None, description="what it is called; by its place when not given"
    )
    box: tuple[Range, Range, Range] | None = Field(None, description="(low, high) in x, y and z")
    centre: Position | None = Field(None, description="centre of a sphere")
    axis: tuple[Position, Position] | None = Field(None, description="the ends of the axis of a cylinder")
    radius: Length | None = Field(None, description="radius of a sphere or a cylinder")
    patch: str | None = Field(None, description="the patch, or the name of several, that it lies at")
    within: Length | None = Field(None, description="distance from the patch")
    level: Annotated[int, Field(ge=0, le=DEEPEST)] | None = Field(None, description="how often cells are halved")
    cell: Length | None = Field(None, description="largest size of cells, instead of a level")
    why: str = Field("", description="what it is for, and where its numbers come from")

    @model_validator(mode="after")
    def _one_shape(self) -> Refine:
        given = [name for name in ("box", "centre", "axis", "patch") if getattr(self, name) is not None]
        if len(given) != 1:
            raise problem("give one shape: box, centre and radius, axis and radius, or patch and within")
        for shape, size in (("centre", "radius"), ("axis", "radius"), ("patch", "within")):
            if given == [shape] and getattr(self, size) is None:
                raise problem(f"{size}: missing; it goes with {shape}")
        fits = {"box": (), "centre": ("radius",), "axis": ("radius",), "patch": ("within",)}[given[0]]
        for size in ("radius", "within"):
            if getattr(self, size) is not None and size not in fits:
                raise problem(f"{size}: does not go with {given[0]}")
        if (self.level is None) == (self.cell is None):
            raise problem("give either level or cell (a size)")
        if self.box is not None and any(low >= high for low, high in self.box):
            raise problem(f"box: each direction has (low, high), low first (got {self.box})")
        if self.axis is not None and self.axis[0] == self.axis[1]:
            raise problem("axis: must be two different points")
        return self

    @property
    def fine(self) -> Sized:
        """Its level twice, or its size."""
        return (self.level, self.level) if self.level is not None else self.cell or 0.0

    def depth(self, cell: float) -> int:
        """Its level, for background cells of `cell` [m]."""
        return levels(self.fine, cell)[1]

    def finer(self, ratio: float) -> Refine:
        """The same part of the space; a size of cells that is smaller by `ratio`."""
        return self if self.cell is None else self.model_copy(update={"cell": self.cell / ratio})

    @property
    def bounds(self) -> Bounds | None:
        """The box around it; None for what lies at a patch."""
        if self.box is not None:
            return self.box
        ends = self.axis or (() if self.centre is None else (self.centre, self.centre))
        if not ends or self.radius is None:
            return None
        reach = self.radius
        x, y, z = ((min(a, b) - reach, max(a, b) + reach) for a, b in zip(*ends, strict=True))
        return x, y, z


class Gaps(Spec):
    """Gaps are cut until so many cells lie across, but no finer than `level`."""

    leading = ("level",)
    level: int = Field(ge=1, le=DEEPEST, description="the finest level in gaps")
    cells: int = Field(4, ge=2, le=20, description="cells across a gap")


def as_gaps(given: object) -> object:
    """A bare level as Gaps."""
    return {"level": given} if not isinstance(given, bool) and isinstance(given, Integral) else given


def _patches(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class Layers(Spec):
    """Layers of flat cells on walls: `Layers(5)`, `Layers(8, first="0.1 mm")`, `Layers(10, y_plus=50)`.

    How thick they are is said by one of three, each layer being `ratio` times as thick as the one below it:

    - `first`: height of the cell at the wall
    - `y_plus`: of the centre of the cell at the wall; its height is 2 y+ nu / u_tau, with the friction velocity of a
      flat plate, u_tau = U sqrt(cf/2), cf = (2 log10 Re - 0.65)^-2.3 (Schlichting), of the case's speed and viscosity
      and the body's length
    - `final`: height of the outermost layer over the size of the cells outside of it; 0.5 when none of them is given

    `patches` are those that have them, by name or group; all walls of the body when not given.
    """

    leading = ("count", "ratio")
    count: int = Field(5, ge=1, le=100, description="number of layers")
    ratio: Annotated[float, Quantity("", ge=1, le=2)] = Field(1.2, description="thickness over that of the layer below")
    first: Length | None = Field(None, description="height of the cell at the wall")
    y_plus: Positive | None = Field(None, description="y+ of the centre of the cell at the wall")
    final: Annotated[float, Quantity("", gt=0, le=2)] | None = Field(
        None, description="height of the outermost layer over the size of the cells outside"
    )
    patches: Annotated[tuple[str, ...], BeforeValidator(_patches), Field(min_length=1)] | None = Field(
        None, description="the patches that have them; all walls of the body when not given"
    )

    @model_validator(mode="after")
    def _one_height(self) -> Layers:
        given = [name for name in ("first", "y_plus", "final") if getattr(self, name) is not None]
        if len(given) > 1:
            raise problem(f"give one of first, y_plus and final (got {' and '.join(given)})")
        return self

    @property
    def relative(self) -> bool:
        """Whether the height is relative to that of the cells outside."""
        return self.first is None and self.y_plus is None

    @property
    def last(self) -> float:
        """Height of the outermost layer over that of the cells outside, where it is relative."""
        return FINAL if self.final is None else self.final

    def stack(self, first: float) -> float:
        """The thickness of all layers together, of the height of the first [m]."""
        return first * (self.count if self.ratio == 1 else (self.ratio**self.count - 1) / (self.ratio - 1))

    def finer(self, ratio: float) -> Layers:
        """As many layers that are thinner by `ratio`; those relative to the cells outside become so with these."""
        height = "first" if self.first is not None else "y_plus"
        return self if self.relative else self.model_copy(update={height: getattr(self, height) / ratio})


FINAL = 0.5
"""Height of the outermost layer over that of the cells outside: nine bodies had 86 to 100 % of it."""


def as_layers(given: object) -> object:
    """Layers as a tuple: a bare count, one, several, or none of them."""
    given = given.tolist() if hasattr(given, "tolist") else given
    if given is None or given == 0:
        return ()
    if not isinstance(given, bool) and isinstance(given, Integral):
        return ({"count": given},)
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)

"""Body: what a case knows of a shape from CAD; its triangles stay where `flowcfd.cad` keeps them, named by digest."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, BeforeValidator, Field

from flowcfd.case.bounds import Bounds
from flowcfd.case.quantities import Area, Position, Quantity, problem
from flowcfd.case.spec import FrozenDict, Spec

Volume = Annotated[float, Quantity("m^3", gt=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Normal = tuple[float, float, float]


class BodyPatch(Spec):
    """One named patch of a body: its area [m2], its box [m] and, where it is plane, its normal out of the body."""

    area: Area = Field(description="area")
    bounds: Bounds = Field(description="(low, high) in x, y and z")
    normal: Normal | None = Field(None, description="unit normal out of the body; none where it is not plane")


class Body(Spec):
    """A shape with named patches, as `flowcfd.load` gives it to a case.

    `digest` names the kept Geometry, `surface` is the SHA-256 of its STL, by which equal bodies make equal cases.
    `volume` is None for a surface that is not closed. `frontal` are the areas [m2] of its shadows along x, y and z.
    `inside` is a point in the solid, far from its surface (None: it has no inside).
    """

    label: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)] = Field(
        description="what it is called; all its patches together answer to it"
    )
    digest: Digest = Field(description="digest of the kept geometry")
    surface: Digest = Field(description="SHA-256 of its STL")
    size: int = Field(gt=0, description="bytes of its STL")
    source: str = Field("", description="the file that it came from and what was done since")
    volume: Volume | None = Field(None, description="volume of the solid")
    void: Annotated[float, Quantity("m^3", ge=0)] = Field(0.0, description="volume of the hollows inside of the solid")
    area: Area = Field(description="area of the surface")
    bounds: Bounds = Field(description="(low, high) in x, y and z")
    frontal: tuple[float, float, float] = Field(description="areas of its shadows along x, y and z")
    inside: Position | None = Field(None, description="a point in the solid")
    patches: Annotated[dict[str, BodyPatch], AfterValidator(FrozenDict)] = Field(description="its named patches")

    def __repr__(self) -> str:
        x, y, z = self.extent
        solid = "an open surface" if self.volume is None else f"{self.volume:.4g} m3"
        source = f", from {self.source}" if self.source else ""
        patches = ", ".join(self.patches)
        return f"Body({self.label!r}, {x:.4g} x {y:.4g} x {z:.4g} m, {solid}, patches {patches}{source})"

    @property
    def extent(self) -> tuple[float, float, float]:
        """Its size [m] in x, y and z."""
        x, y, z = (high - low for low, high in self.bounds)
        return x, y, z

    @property
    def group(self) -> str | None:
        """The name of all its patches together; None where a patch has this name itself."""
        return None if self.label in self.patches else self.label


class Bodied(Protocol):
    """Whatever says what it is as a body, such as a Geometry."""

    def body(self) -> Body:
        """What a case knows of it."""
        ...


def _body(given: object) -> Any:
    """What a Geometry says of itself; anything else is left to the model."""
    say = getattr(given, "body", None)
    if isinstance(given, (str, PurePath)):
        raise problem(f"must be a geometry, not its file; give geometry=flowcfd.load({str(given)!r})")
    return say() if callable(say) else given


Given = Annotated[Body | None, BeforeValidator(_body)]
"""A body, or whatever has a method `body()` that gives one, such as a Geometry."""

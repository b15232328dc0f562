"""FreeAir: undisturbed flow around a body, far from everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from flowcfd.case.around import Outside, asked_speed
from flowcfd.case.body import Body
from flowcfd.case.boundary import Boundary, FarField, Wall
from flowcfd.case.boxes import Stage, gaps, near, wake
from flowcfd.case.domain import DOMAINS
from flowcfd.case.enclosure import Layout, Side, tidy
from flowcfd.case.quantities import Angle, Quantity, Speed
from flowcfd.case.refinement import Refine
from flowcfd.case.turbulence import InletTurbulence

FAR = 10.0
SPREAD = 0.2
"""The wake's box widens by this share of its length up and down: room for angles of attack of some 10 degrees."""


class FreeAir(Outside):
    """Free air around a body: one patch, farfield, on all sides; with half=True also symmetry.

        fc.FreeAir()                              10 times the body's largest extent to all sides
        fc.FreeAir(20, half=True, mirror=0)        a wing that ends at its root, at y = 0

    The flow's direction is that of the FarField; the body stays as it is.
    """

    leading = ("far",)
    kind: Literal["FreeAir"] = "FreeAir"
    far: Annotated[float, Quantity("", ge=1, le=1000)] = Field(
        FAR, description="distance to all sides, in largest extents of the body"
    )

    def boundaries(
        self,
        speed: Speed | str | None = None,
        *,
        angle: Angle | str = 0.0,
        turbulence: InletTurbulence | None = None,
        body: Boundary | None = None,
    ) -> dict[str, Boundary]:
        """Flow at `speed` [m/s] and an `angle` of attack, from x towards what is up."""
        more = {} if turbulence is None else {"turbulence": turbulence}
        return {
            "farfield": FarField(speed=asked_speed(speed), angle=angle, up=self.up, **more),
            **self._covered(body or Wall()),
        }

    def _boxes(self, stage: Stage, cell: float, reason: str) -> Iterator[Refine]:
        yield from near(stage, cell, reason)
        yield from wake(stage, 2 * cell, spread=SPREAD)
        yield from gaps(stage)

    def _sides(self) -> Mapping[str, tuple[Side, ...]]:
        return {"farfield": ("-x", "+x", "-y", "+y", "-z", "+z")}

    def _laid(self, body: Body | None) -> Layout:
        assert body is not None
        size = max(body.extent)
        away = tidy(self.far * size)
        x, y, z = ((low - away, high + away) for low, high in body.bounds)
        given = "as given" if self.far != FAR else "what the body does to the flow has faded there (rule of thumb)"
        why = {
            "far": f"{away:.4g} m to all sides, {self.far:g} times the body's largest extent of {size:.4g} m: {given}"
        }
        if self.half:
            place = "through the body's middle" if self.mirror is None else "as given"
            why["mirror"] = f"{'xyz'[self.lateral]} = {self.middle:g} m: plane of symmetry {place}"
        return Layout(self.halved((x, y, z)), why)


DOMAINS.register("FreeAir", FreeAir)

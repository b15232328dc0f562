"""WindTunnel: a box with an inlet, an outlet and a ground around a body."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flowcfd.case.around import Distances, Section, asked_speed
from flowcfd.case.body import Body
from flowcfd.case.boundary import Boundary, Inlet, Outlet, Slip, Wall
from flowcfd.case.domain import DOMAINS
from flowcfd.case.quantities import Quantity, Speed, problem
from flowcfd.case.turbulence import InletTurbulence

UPSTREAM, DOWNSTREAM = 5.0, 10.0
"""Body lengths before the nose and behind the tail."""
SLENDER = 3.0
"""A body whose largest shadow is more than so many frontal areas has lift rather than drag."""
BLOCKAGE = 0.02
"""The share of the section that a body may take where the section is proposed."""


class WindTunnel(Section):
    """A wind tunnel around a body: inlet, outlet, ground, top, sides; with half=True also symmetry.

        fc.WindTunnel()                                        all by rule; `domain.around(body).why` says by which
        fc.WindTunnel("12 m", "3 m", "2.5 m", half=True, clearance="5 cm")

    The body stands on the ground, or `clearance` above it. With ground=False it hangs in the middle of the tunnel,
    whose patch under it is called below.
    """

    kind: Literal["WindTunnel"] = "WindTunnel"
    ground: bool = Field(True, description="whether there is a ground; without one the body is in the middle")
    clearance: Annotated[float, Quantity("m", ge=0)] = Field(0.0, description="distance of the body from the ground")

    @model_validator(mode="after")
    def _grounded(self) -> WindTunnel:
        if self.clearance and not self.ground:
            raise problem("clearance: is the distance from a ground, which this tunnel has not (ground=False)")
        return self

    @property
    def stands(self) -> bool:
        """Whether there is a ground."""
        return self.ground

    @property
    def gap(self) -> float:
        """The distance [m] of the body from the ground."""
        return self.clearance

    def boundaries(
        self,
        speed: Speed | str | None = None,
        *,
        moving_ground: bool = False,
        turbulence: InletTurbulence | None = None,
        body: Boundary | None = None,
    ) -> dict[str, Boundary]:
        """Flow at `speed` [m/s] through the tunnel: a ground that stands or moves along, slip above and beside."""
        entering = Inlet(speed=asked_speed(speed), turbulence=turbulence or InletTurbulence())
        floor = Wall(velocity=(entering.speed or 0.0, 0.0, 0.0)) if moving_ground else Wall()
        below = {"ground": floor} if self.ground else {"below": Slip()}
        return {
            "inlet": entering, "outlet": Outlet(), **below, "top": Slip(), "sides": Slip(),
            **self._covered(body or Wall()),
        }  # fmt: skip

    def distances(self, body: Body) -> Distances:
        """5 and 10 body lengths before and behind, and a section of which the body takes 2 %.

        10 before a slender body without a ground: its lift is felt far, and the verdict on a run asks for as much.
        """
        size, word = reference(body)
        wing = not self.ground and max(body.frontal) > SLENDER * body.frontal[0]
        before = DOWNSTREAM if wing else UPSTREAM
        beside = self._clear(body)
        share = f"{100 * BLOCKAGE:g} % of the section"
        section = f"{share} blocked, so that the walls do not speed the flow up (rule of thumb)"
        return Distances(
            (before * size, f"{before:g} {word}: the flow before the body is not felt there (rule of thumb)"),
            (
                DOWNSTREAM * size,
                f"{DOWNSTREAM:g} {word} behind the body: its wake has closed (rule of thumb)",
            ),
            (beside, section),
            (beside, section),
        )

    def _clear(self, body: Body) -> float:
        """The distance d [m] beside and above at which (W + 2 d) (H + d) is the frontal area over BLOCKAGE.

        With a width or height that is given the other follows from it; d is at least the body's larger extent.
        """
        low, high = self._across
        wide = 2 * max(high - self.middle, self.middle - low)
        high_ = body.extent[self.vertical] + self.gap
        rows = 1 if self.ground else 2
        section = self.frontal(body) / BLOCKAGE
        if self.height is not None:
            found = 0.5 * (section / self.height - wide)
        elif self.width is not None:
            found = (section / self.width - high_) / rows
        else:  # (W + 2 d)(H + rows d) = S
            b = rows * wide + 2 * high_
            found = (-b + math.sqrt(b * b + 8 * rows * max(0.0, section - wide * high_))) / (4 * rows)
        return max(found, wide, high_)


def reference(body: Body) -> tuple[float, str]:
    """The size that distances are counted in [m], and its name: the length, or the root of the frontal area."""
    length, seen = body.extent[0], math.sqrt(body.frontal[0])
    return (length, "body lengths") if length >= seen else (seen, "roots of the frontal area")


DOMAINS.register("WindTunnel", WindTunnel)

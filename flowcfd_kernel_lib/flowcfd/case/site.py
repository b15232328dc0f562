"""BuildingSite: buildings in the wind over rough ground."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from flowcfd.case.around import Distances, Section
from flowcfd.case.body import Body
from flowcfd.case.boundary import Boundary, Inlet, Outlet, Slip, Wall
from flowcfd.case.boxes import Stage, footing, gaps, near, wake
from flowcfd.case.domain import DOMAINS
from flowcfd.case.enclosure import Layout
from flowcfd.case.refinement import Refine
from flowcfd.case.wind import LogLaw, Wind
from flowcfd.errors import CaseError

COST = "Franke et al., COST Action 732, 2007"
AIJ = "Tominaga et al., AIJ, J. Wind Eng. Ind. Aerodyn. 96, 2008"


class BuildingSite(Section):
    """The space around one or more buildings: inlet, outlet, ground, top, sides; with half=True also symmetry.

        fc.BuildingSite()                      by the guidelines, in heights of the highest building
        fc.BuildingSite(up="y", half=True)

    The buildings stand on the ground. With length, width and height all given it may do without a body: the empty
    fetch, with the inlet at x = 0, the middle at 0 and the ground at 0, in which the wind must not change.
    """

    kind: Literal["BuildingSite"] = "BuildingSite"
    most_blocked: ClassVar[float] = 0.03
    """What both guidelines allow."""

    @property
    def known(self) -> bool:
        """With a body, or empty with all three sizes given."""
        return super().known or None not in (self.length, self.width, self.height)

    def boundaries(self, wind: LogLaw, *, body: Boundary | None = None) -> dict[str, Boundary]:
        """The wind at the inlet and above, ground of the wind's roughness, slip beside.

        `domain.around(body).boundaries(wind)` puts the wind's floor onto the ground; without a body it stays as given.
        """
        if not isinstance(wind, LogLaw):
            raise CaseError(f"wind: must be a LogLaw, such as LogLaw('10 m/s', '10 m', '3 cm') (got {wind!r})")
        floor = self.box[self.vertical][0] if self.known else wind.floor
        blowing = wind.model_copy(update={"axis": self.up, "floor": floor})
        built = {} if self.known and self._body is None else self._covered(body or Wall())
        return {
            "inlet": Inlet(profile=blowing),
            "outlet": Outlet(),
            "ground": Wall(roughness_length=wind.roughness),
            "top": Wind(profile=blowing),
            "sides": Slip(),
            **built,
        }

    def distances(self, body: Body) -> Distances:
        """5 heights before, beside and above, 15 behind; more beside where more than 3 % of the section is blocked."""
        size = body.extent[self.vertical]
        beside, source = 5 * size, f"5 heights of the highest building on each side ({COST}; {AIJ})"
        low, high = self._across
        wide, tall = 2 * max(high - self.middle, self.middle - low), self.height or 6 * size
        whole = self.frontal(body)
        needed = 0.5 * (whole / self.most_blocked / tall - wide)
        if needed > beside:
            beside, source = needed, f"as wide as 3 % blockage asks for ({COST}; {AIJ})"
        return Distances(
            (5 * size, f"5 heights of the highest building, for a wind whose profile is known ({COST})"),
            (15 * size, f"15 heights behind, so that the flow recovers from the wake ({COST})"),
            (beside, source),
            (5 * size, f"6 heights of the highest building, 5 above its roof ({COST}; {AIJ})"),
        )

    def _finest(self, stage: Stage) -> tuple[float, str]:
        return min(stage.body.extent) / 10, f"10 along the shortest side of the buildings ({AIJ})"

    def _boxes(self, stage: Stage, cell: float, reason: str) -> Iterator[Refine]:
        yield from near(stage, cell, reason)
        yield from wake(stage, 2 * cell)
        yield from footing(stage, 0.5 * cell)
        yield from gaps(stage)

    def _laid(self, body: Body | None) -> Layout:
        if body is not None:
            return super()._laid(body)
        length, width, height = self.length or 0.0, self.width or 0.0, self.height or 0.0
        sides = {0: (0.0, length), self.vertical: (0.0, height)}
        sides[self.lateral] = (self.middle - 0.5 * width, self.middle + 0.5 * width)
        why = {
            name: f"{size:.4g} m: as given" for name, size in zip(self.leading, (length, width, height), strict=True)
        }
        return Layout(self.halved((sides[0], sides[1], sides[2])), why)


DOMAINS.register("BuildingSite", BuildingSite)

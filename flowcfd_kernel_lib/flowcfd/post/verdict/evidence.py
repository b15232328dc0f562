"""The evidence of one run: its record, and what it says of patches and of the stream through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final, TypeVar, cast

import numpy as np

from flowcfd.foam.fields import Field
from flowcfd.post.verdict import geometry
from flowcfd.post.verdict.geometry import Floats, Patch
from flowcfd.post.verdict.record import Apart, Missing, Record, Values, field_file

Value = TypeVar("Value")

WALLS: Final = frozenset({"wall", "mappedWall"})
CONSTRAINTS: Final = ("empty", "wedge", "symmetry", "cyclic", "processor", "overset")
"""What the type of a patch begins with that is no boundary of the flow's own making."""
FREE: Final = frozenset({"freestream", "freestreamVelocity", "supersonicFreestream", "freestreamPressure"})
ATMOSPHERIC: Final = frozenset({"nutkAtmRoughWallFunction", "nutUAtmRoughWallFunction", "atmNutkWallFunction"})
"""Wall functions of rough ground in the wind, which count in roughness lengths and not in y+."""
SLIP: Final = frozenset({"slip", "partialSlip", "symmetry", "symmetryPlane", "basicSymmetry"})


class Evidence(Record):
    """All that judges look at; what is absent raises Missing, which makes the judgement "not judged"."""

    @cached_property
    def _kept(self) -> dict[str, object]:
        return {}

    def once(self, what: str, make: Callable[[], Value]) -> Value:
        """What `make` gives, made once for all judges that ask for `what`."""
        if what not in self._kept:
            self._kept[what] = make()
        return cast(Value, self._kept[what])

    def patches(self, kind: Callable[[Patch], bool]) -> dict[str, Patch]:
        """The patches with faces that are of a kind."""
        return {name: patch for name, patch in self.mesh.patches.items() if len(patch.cells) and kind(patch)}

    @cached_property
    def open(self) -> dict[str, Patch]:
        """The patches through which fluid may pass: no walls, no symmetry, cyclic, empty, and no slip."""
        speed = self.field("U")
        found = self.patches(lambda patch: patch.kind not in WALLS and not patch.kind.startswith(CONSTRAINTS))
        return {name: patch for name, patch in found.items() if speed.kind(name) not in SLIP | {"noSlip"}}

    @cached_property
    def walls(self) -> dict[str, Patch]:
        """The walls on which the fluid sticks."""
        speed = self.field("U")
        found = self.patches(lambda patch: patch.kind in WALLS)
        return {name: patch for name, patch in found.items() if speed.kind(name) not in SLIP}

    @cached_property
    def atmospheric(self) -> bool:
        """Whether it is the wind over rough ground, by the wall function of any wall."""
        nut = self.find("nut")
        return nut is not None and any(nut.kind(name) in ATMOSPHERIC for name in self.walls)

    def flux(self, patch: str) -> Floats:
        """The flux out through each face of a patch: volume [m3/s], or mass [kg/s] where the solver writes that."""
        faces = self.mesh.patches[patch]
        written = self._flux_file(patch, len(faces.cells))
        if written is not None:
            return written
        return cast(Floats, np.einsum("ij,ij->i", self.field("U").on(patch), faces.areas))

    @cached_property
    def _phi(self) -> tuple[Field, ...]:
        return tuple(field_file(file) for file in self.files.get("phi", ()))

    def _flux_file(self, patch: str, count: int) -> Floats | None:
        pieces = []
        for part in self._phi:
            value = part.value(("boundaryField", patch, "value")) if ("boundaryField", patch, "value") in part else None
            if value is None or not isinstance(value, np.ndarray):
                continue
            pieces.append(np.asarray(value, np.float64))
        if not pieces or (len(pieces) == 1 and pieces[0].ndim == 0):
            return np.full(count, float(pieces[0])) if pieces else None
        found = np.concatenate([np.atleast_1d(each) for each in pieces])
        return found if len(found) == count else None

    @property
    def flux_written(self) -> bool:
        """Whether the solver's own flux is there."""
        return "phi" in self.files

    @cached_property
    def inflow(self) -> float:
        """All that flows in through open patches, per time."""
        return float(sum(-np.minimum(self.flux(name), 0).sum() for name in self.open))

    @cached_property
    def stream(self) -> Floats:
        """The mean velocity of what flows in [m/s], shape (3,); Missing where nothing does."""
        total, weight = np.zeros(3), 0.0
        for name in self.open:
            share = -np.minimum(self.flux(name), 0)
            total += share @ self.field("U").on(name)
            weight += float(share.sum())
        if weight <= 0 or not np.linalg.norm(total):
            raise Missing("nothing flows in through a patch")
        return total / weight

    @cached_property
    def speed(self) -> float:
        """The speed that drives the flow [m/s]: of what flows in, else of moving walls, else the mean."""
        try:
            return float(np.linalg.norm(self.stream))
        except Missing:
            walls = [np.linalg.norm(self.field("U").on(name), axis=1).max() for name in self.walls]
            moving = max(walls, default=0.0)
            mean = float(np.average(np.linalg.norm(self.field("U").cells, axis=1), weights=self.mesh.volumes))
            return float(moving) or mean

    def behind(self, patch: str) -> tuple[Floats, Floats]:
        """Outward unit normals (n, 3) of a patch, and the distance (n,) [m] of the cell centre behind each face."""
        faces = self.mesh.patches[patch]
        normals = faces.areas / (faces.sizes[:, None] + geometry.SMALL)
        reach = faces.centres - self.mesh.centres[faces.cells]
        return normals, np.abs(np.einsum("ij,ij->i", normals, reach))


def names_of(patches: Iterable[str], limit: int = 4) -> str:
    """Names as a sentence has them: at most `limit`, and how many more."""
    names = list(patches)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


__all__ = ["Apart", "Evidence", "Missing", "Values", "names_of"]

"""Paint: by which field a thing is coloured, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowcfd.errors import CaseError, UnknownName

Component = Literal["magnitude", "x", "y", "z"]
COMPONENTS: tuple[Component, ...] = ("magnitude", "x", "y", "z")
MAPS = ("turbo", "viridis", "coolwarm", "inferno", "magma", "cividis", "plasma", "gray", "RdBu_r", "Blues", "jet")
"""The colour maps that are offered; matplotlib's others are taken too."""
SIGNED = frozenset({"p", "p_rgh", "Q", "lambda2", "T"})
"""Fields whose middle means something."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A field, which component of a vector, a colour map, the range [in the field's unit], and whether it is log.

    Without a range it goes from the 1st to the 99th percentile of what is shown; "times" is that of all cells over all
    times that are written, so that pictures of them can be compared. `cells`: the values of the cells as they are, not
    smoothed to their corners.
    """

    field: str
    component: Component = "magnitude"
    map: str = ""
    range: tuple[float, float] | Literal["times"] | None = None
    log: bool = False
    cells: bool = False

    def __post_init__(self) -> None:
        if self.component not in COMPONENTS:
            raise UnknownName("component", str(self.component), COMPONENTS, where="color")
        if self.map and self.map not in MAPS:
            from matplotlib import colormaps

            if self.map not in colormaps:
                raise UnknownName("colour map", self.map, MAPS, where="color")
        if isinstance(self.range, str):
            if self.range != "times":
                raise CaseError(f"color: the range must be two numbers or 'times' (got {self.range!r})")
        elif self.range is not None:
            low, high = self.range
            if not low < high:
                raise CaseError(f"color: the range must rise (got {low:g} to {high:g})")
            if self.log and low <= 0:
                raise CaseError(f"color: a range for log must be positive (got {low:g} to {high:g})")

    @property
    def colours(self) -> str:
        """The colour map, by the field where none is given."""
        return self.map or ("coolwarm" if self.field in SIGNED or self.component != "magnitude" else "turbo")

    def chosen(self, values: np.ndarray) -> np.ndarray:
        """The component of vectors (n, 3), or scalars (n,) as they are; tensors by their magnitude."""
        if values.ndim == 1:
            return values
        if self.component == "magnitude" or values.shape[1] != 3:
            return np.asarray(np.linalg.norm(values, axis=1))
        return np.asarray(values[:, "xyz".index(self.component)])

    def label(self, unit: str, *, vector: bool) -> str:
        """What stands at the scale."""
        part = "" if not vector else {"magnitude": " magnitude"}.get(self.component, f" {self.component}")
        return f"{self.field}{part}" + (f" [{unit}]" if unit else "")

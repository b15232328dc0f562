"""Layers that mark things: points and lines whose values are read off, the worst cells of the mesh, its patches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.scene import layers
from flowcfd.scene.colours import ACCENT, BODY, PATCHES
from flowcfd.scene.layers import AXES, Layer, Stage, Vector
from flowcfd.scene.paint import Paint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowcfd.scene.data import Data

LABELLED = 5
"""So many of the worst cells have their value beside them."""


@dataclass(frozen=True)
class Probe(Layer):
    """Points with the value that is there beside them."""

    kind: ClassVar[str] = "probe"
    points: tuple[Vector, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.points:
            raise CaseError("probe: needs one point or more")

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Mark the points."""
        values = paint.chosen(data.sample(self.points, paint.field))
        unit = data.unit(paint.field)
        said = [f"{value:.4g} {unit}".strip() if np.isfinite(value) else "outside" for value in values]
        stage.mark(np.asarray(self.points, float), said)


@dataclass(frozen=True)
class Line(Layer):
    """A straight line along which fields are read off."""

    kind: ClassVar[str] = "line"
    a: Vector = (0.0, 0.0, 0.0)
    b: Vector = (1.0, 0.0, 0.0)
    count: int = 101

    @property
    def painted(self) -> bool:
        """Whether it needs a field; this one does not."""
        return False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.a == self.b:
            raise CaseError(f"line: needs two different ends (got {self.a} twice)")
        if self.count < 2:
            raise CaseError(f"line: needs at least 2 points (got {self.count})")

    def draw(self, data: Data, stage: Stage, paint: Paint | None) -> None:
        """Draw it, and its ends."""
        import pyvista

        stage.plain(pyvista.Line(self.a, self.b), colour=ACCENT, edges=False, opacity=self.opacity, width=3.0)
        stage.mark(np.array([self.a, self.b], float), ["a", "b"])


@dataclass(frozen=True)
class Worst(Layer):
    """The worst cells of the mesh by a metric of checkMesh, the very worst with their values."""

    kind: ClassVar[str] = "worst"
    metric: str = "non-orthogonality"
    count: int = 50

    @property
    def painted(self) -> bool:
        """Whether it needs a field; this one does not."""
        return False

    def __post_init__(self) -> None:
        from flowcfd.post.quality.quality import WORST

        super().__post_init__()
        if self.metric not in WORST:
            raise UnknownName("metric", self.metric, WORST, where="worst")
        if self.count < 1:
            raise CaseError(f"worst: needs one cell or more (got {self.count})")

    def draw(self, data: Data, stage: Stage, paint: Paint | None) -> None:
        """Find them and paint them by the metric."""
        from flowcfd.post.quality.quality import WORST

        values = data.metric(self.metric)
        known = np.flatnonzero(~np.isnan(values))
        order = np.argsort(-values[known] if WORST[self.metric] else values[known], kind="stable")
        cells = known[order[: self.count]]
        part = data.cells.extract_cells(cells)
        part.clear_data()
        part.cell_data[self.metric] = values[np.sort(cells)]
        shown = part.extract_surface(algorithm=None)
        own = self.paint or Paint(self.metric, map="YlOrRd", cells=True)
        stage.paint(shown, replace(own, field=self.metric), vector=False, edges=True, opacity=self.opacity)
        some = cells[:LABELLED]
        places = [np.asarray(data.cells.get_cell(int(one)).points).mean(axis=0) for one in some]
        unit = data.unit(self.metric)
        stage.mark(np.array(places), [f"{values[one]:.3g} {unit}".strip() for one in some])


@dataclass(frozen=True)
class Patches(Layer):
    """The patches of the mesh, each in a colour of its own; the near sides of the domain can be seen through."""

    kind: ClassVar[str] = "patches"
    edges: bool = True

    @property
    def painted(self) -> bool:
        """Whether it needs a field; this one does not."""
        return False

    def draw(self, data: Data, stage: Stage, paint: Paint | None) -> None:
        """Show them with their names; in two dimensions as lines around the mesh."""
        shown = {name: patch for name, patch in data.patches.items() if patch.n_cells}
        if data.plane is not None:
            self._flat(data, stage, shown)
            return
        if not shown:
            raise ResultError("patches: none of them has faces")
        for number, (name, patch) in enumerate(shown.items()):
            stage.patch(patch, name=name, colour=PATCHES[number % len(PATCHES)], edges=self.edges, opacity=self.opacity)

    def _flat(self, data: Data, stage: Stage, shown: Mapping[str, Any]) -> None:
        plane = layers.AXES["xyz"[data.plane or 0]]
        cells = data.cells.slice(normal=plane, generate_triangles=False)
        stage.plain(cells, colour=BODY, edges=self.edges, opacity=self.opacity, width=1.0)
        sides = {n: one for n, one in shown.items() if one.user_dict.get("type") not in ("empty", "wedge")}
        for number, (name, patch) in enumerate(sides.items()):
            rim = patch.slice(normal=AXES["xyz"[data.plane or 0]], origin=data.cells.center)
            if rim.n_points:
                stage.patch(rim, name=name, colour=PATCHES[number % len(PATCHES)], edges=False, opacity=1.0)

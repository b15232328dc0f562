"""Layers: the things in a scene. Each says what it is made of, and draws itself on a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from flowcfd.errors import CaseError, ResultError
from flowcfd.given import positive
from flowcfd.scene.paint import Paint

if TYPE_CHECKING:
    from flowcfd.scene.data import Data

Vector = tuple[float, float, float]
AXES: Mapping[str, Vector] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


class Stage(Protocol):
    """Where layers are drawn."""

    def paint(self, dataset: Any, paint: Paint, *, vector: bool, edges: bool, opacity: float) -> None:
        """Show a surface or lines by a field that is its point or cell data."""
        ...

    def plain(self, dataset: Any, *, colour: str, edges: bool, opacity: float, width: float) -> None:
        """Show a surface or lines in one colour; "" is that of the foreground."""
        ...

    def patch(self, dataset: Any, *, name: str, colour: str, edges: bool, opacity: float) -> None:
        """Show a patch, or its rim, in a colour that is told beside its name."""
        ...

    def mark(self, places: Any, words: Sequence[str]) -> None:
        """Mark points (n, 3) [m] with words beside them."""
        ...


@dataclass(frozen=True)
class Layer:
    """What every layer has; `paint` None: that of the scene."""

    kind: ClassVar[str] = ""
    paint: Paint | None = None
    edges: bool = False
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < positive(self.opacity, "opacity") <= 1:
            raise CaseError(f"opacity: must be above 0 and at most 1 (got {self.opacity:g})")
        if not isinstance(self.edges, bool):
            raise CaseError(f"edges: must be True or False (got {self.edges!r})")

    @property
    def painted(self) -> bool:
        """Whether it needs a field; what needs none can be drawn of a mesh alone."""
        return True

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Draw itself, with this paint where it has none of its own."""
        raise NotImplementedError

    def show(self, data: Data, stage: Stage, paint: Paint, dataset: Any, what: str) -> None:
        """Put a part of the cells on the stage; ResultError where nothing is left of it."""
        if dataset is None or not dataset.n_points:
            raise ResultError(f"{what}: there is nothing of the flow here")
        values = np.asarray(dataset[paint.field])
        stage.paint(dataset, paint, vector=values.ndim == 2, edges=self.edges, opacity=self.opacity)


@dataclass(frozen=True)
class Slice(Layer):
    """The plane through a point with a normal."""

    kind: ClassVar[str] = "slice"
    normal: Vector = (0.0, 0.0, 1.0)
    origin: Vector | None = None
    """A point on it [m]; None: the middle."""

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Cut the cells."""
        low, high = data.bounds
        origin = (low + high) / 2 if self.origin is None else np.asarray(self.origin)
        along = int(np.argmax(np.abs(self.normal)))
        nudge = 1e-6 * (high[along] - low[along])  # a plane in a side of the mesh cuts nothing
        origin = np.array(origin, float)
        origin[along] = min(max(origin[along], low[along] + nudge), high[along] - nudge) if (
            low[along] - nudge <= origin[along] <= high[along] + nudge
        ) else origin[along]  # fmt: skip
        cells = data.with_values(paint.field, smooth=not paint.cells)
        where = " ".join(f"{value:g}" for value in origin)
        found = cells.slice(normal=self.normal, origin=origin)
        if data.plane is not None and abs(self.normal[data.plane]) < 1e-6 and found.n_points:
            low, high = data.bounds  # across a two-dimensional case: a line in it, seen from where it is seen
            found = found.slice(normal=AXES["xyz"[data.plane]], origin=(low + high) / 2)
        self.show(data, stage, paint, found, f"slice at ({where})")


@dataclass(frozen=True)
class Surface(Layer):
    """Patches: coloured by a field, or plain."""

    kind: ClassVar[str] = "surface"
    patches: tuple[str, ...] = ()
    """None: those of the body, or the walls."""
    colour: str = ""
    """Plain in this colour instead of painted."""

    @property
    def painted(self) -> bool:
        """Whether it has no colour of its own."""
        return not self.colour

    def on_edge(self, data: Data) -> bool:
        """Whether nothing is seen of the patches of a two-dimensional case across its plane, as of its walls."""
        return not any(
            patch.user_dict.get("type") in ("empty", "wedge") for patch in data.chosen(self.patches).values()
        )

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Show the patches as one surface."""
        parts = [patch for patch in data.chosen(self.patches).values() if patch.n_cells]
        if not parts:
            raise ResultError(f"surface {', '.join(self.patches)}: the patches have no faces")
        if self.colour:
            for part in parts:
                stage.plain(part, colour=self.colour, edges=self.edges, opacity=self.opacity, width=1.0)
            return
        data.require(paint.field)
        for part in parts:
            if paint.field not in part.cell_data:  # derived from the gradient in the cells
                part = part.sample(data.with_values(paint.field, smooth=True))
            shown = part if paint.cells or paint.field not in part.cell_data else part.cell_data_to_point_data()
            self.show(data, stage, paint, shown, "surface")


@dataclass(frozen=True)
class Contour(Layer):
    """Lines on a slice's plane, or surfaces in the cells, where a field has given values."""

    kind: ClassVar[str] = "contour"
    field: str = "p"
    values: tuple[float, ...] = ()
    count: int = 10
    """So many values over the range, where none are given."""

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Find the surfaces."""
        cells = data.with_values(self.field, smooth=True)
        given = np.asarray(cells.point_data[self.field])
        scalar = np.linalg.norm(given, axis=1) if given.ndim == 2 else given
        values = self.values
        if not values:
            low, high = np.percentile(scalar, (5, 95))
            values = tuple(np.linspace(low, high, self.count).tolist())
        base = cells.copy(deep=False)
        base.point_data["contoured"] = scalar
        if paint.field != self.field:
            more = data.with_values(paint.field, smooth=True)
            base.point_data[paint.field] = more.point_data[paint.field]
        if data.plane is not None:  # lines in the plane instead of strips across it
            base = base.slice(normal=AXES["xyz"[data.plane]])
        found = base.contour(isosurfaces=list(values), scalars="contoured")
        if not found.n_points:
            raise ResultError(
                f"contour of {self.field}: no point has {', '.join(f'{value:g}' for value in values)}; "
                f"it is {scalar.min():.4g} to {scalar.max():.4g}"
            )
        self.show(data, stage, paint, found, f"contour of {self.field}")


@dataclass(frozen=True)
class Streamlines(Layer):
    """Lines along the velocity from a patch, from points between two points, or from points in a ball."""

    kind: ClassVar[str] = "streamlines"
    patch: str = ""
    line: tuple[Vector, Vector] | None = None
    ball: tuple[Vector, float] | None = None
    count: int = 60
    width: float = 2.0
    colour: str = ""
    """Plain in this colour instead of painted."""

    @property
    def painted(self) -> bool:
        """Whether it has no colour of its own."""
        return not self.colour

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Follow the velocity both ways."""
        cells = data.with_values("U", smooth=True)
        if self.painted and paint.field != "U":
            more = data.with_values(paint.field, smooth=True)
            cells = cells.copy(deep=False)
            cells.point_data[paint.field] = more.point_data[paint.field]
        low, high = data.bounds
        found = cells.streamlines_from_source(
            self._seeds(data), vectors="U", integration_direction="both", max_length=float(4 * np.sum(high - low)),
            initial_step_length=0.2, max_steps=4000, compute_vorticity=False,
        )  # fmt: skip
        if not found.n_points:
            raise ResultError("streamlines: none starts inside of the flow")
        if self.colour:
            stage.plain(found, colour=self.colour, edges=False, opacity=self.opacity, width=self.width)
        else:
            self.show(data, stage, paint, found, "streamlines")

    def _seeds(self, data: Data) -> Any:
        import pyvista

        if self.line is not None:
            ends = np.asarray(self.line, float)
            share = np.linspace(0, 1, self.count)[:, None]
            return pyvista.PolyData(ends[0] + share * (ends[1] - ends[0]))
        if self.ball is not None:
            centre, radius = self.ball
            rng = np.random.default_rng(0)
            turned = rng.normal(size=(self.count, 3))
            turned /= np.linalg.norm(turned, axis=1)[:, None]
            return pyvista.PolyData(np.asarray(centre) + turned * radius * rng.random((self.count, 1)) ** (1 / 3))
        places = np.asarray(data.seed(self.patch).cell_centers().points)
        chosen = places[np.linspace(0, len(places) - 1, min(self.count, len(places))).astype(int)]
        low, high = data.bounds
        middle = (low + high) / 2
        return pyvista.PolyData(chosen + 1e-4 * (middle - chosen))  # a little inside


@dataclass(frozen=True)
class Glyphs(Layer):
    """Arrows along a vector field, at points spread evenly."""

    kind: ClassVar[str] = "glyphs"
    field: str = "U"
    count: int = 400
    scale: float = 1.0

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Put arrows at some of the cells."""
        import pyvista

        vectors, cells = data.in_cells(self.field), data.cells
        if vectors.ndim != 2:
            raise CaseError(f"glyphs: {self.field} is no vector field")
        rng = np.random.default_rng(0)
        some = np.sort(rng.permutation(cells.n_cells)[: self.count])
        points = pyvista.PolyData(np.asarray(cells.extract_cells(some).cell_centers().points))
        lengths = np.linalg.norm(vectors[some], axis=1)
        points.point_data["along"], points.point_data["long"] = vectors[some], lengths
        points.point_data[paint.field] = data.in_cells(paint.field)[some]
        longest = float(lengths.max()) or 1.0
        low, high = data.bounds
        size = self.scale * 0.05 * float(np.linalg.norm(high - low)) / longest
        self.show(data, stage, paint, points.glyph(orient="along", scale="long", factor=size), "glyphs")


@dataclass(frozen=True)
class Clip(Layer):
    """The outside of the part of the cells behind a plane."""

    kind: ClassVar[str] = "clip"
    normal: Vector = (0.0, 1.0, 0.0)
    origin: Vector | None = None

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Cut off what is before the plane; whole cells where edges are shown."""
        low, high = data.bounds
        origin = (low + high) / 2 if self.origin is None else self.origin
        cells = data.with_values(paint.field, smooth=not (paint.cells or self.edges))
        part = cells.clip(normal=self.normal, origin=origin, crinkle=self.edges)
        self.show(data, stage, paint, part.extract_surface(algorithm=None), "clip")


@dataclass(frozen=True)
class Threshold(Layer):
    """The cells in which a field lies in a range."""

    kind: ClassVar[str] = "threshold"
    field: str = "p"
    low: float = 0.0
    high: float = 1.0

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Pick the cells."""
        values, cells = data.in_cells(self.field), data.cells
        scalar = np.linalg.norm(values, axis=1) if values.ndim == 2 else values
        chosen = np.flatnonzero((scalar >= self.low) & (scalar <= self.high))
        if not len(chosen):
            raise ResultError(
                f"threshold: no cell has {self.field} from {self.low:g} to {self.high:g}; "
                f"it is {scalar.min():.4g} to {scalar.max():.4g}"
            )
        part = cells.extract_cells(chosen)
        part.cell_data[paint.field] = data.in_cells(paint.field)[chosen]
        self.show(data, stage, paint, part.extract_surface(algorithm=None), "threshold")


@dataclass(frozen=True)
class Outline(Layer):
    """The edges of the domain."""

    kind: ClassVar[str] = "outline"

    @property
    def painted(self) -> bool:
        """Lines only."""
        return False

    def draw(self, data: Data, stage: Stage, paint: Paint) -> None:
        """Show the sharp edges of all patches."""
        import pyvista

        parts = [patch for patch in data.patches.values() if patch.n_cells]
        whole = pyvista.MultiBlock(parts).combine().extract_surface(algorithm=None).clean()
        edges = whole.extract_feature_edges(30, manifold_edges=False, non_manifold_edges=False)
        stage.plain(edges, colour="", edges=False, opacity=0.6 * self.opacity, width=1.0)

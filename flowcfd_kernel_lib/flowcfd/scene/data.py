"""What a scene shows: cells and patches of one time with the fields that are asked for, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import NoSuchField, NotYet, ResultError, UnknownName
from flowcfd.post.described import case_of

if TYPE_CHECKING:
    from flowcfd.case import Case
    from flowcfd.post.open import Results
    from flowcfd.post.quality.quality import MeshQuality
    from flowcfd.scene.paint import Paint

SMALL = 0.25
"""Walls of a two-dimensional case that take less of it than this in either direction are a body in the flow."""
DERIVED = ("vorticity", "Q", "lambda2")
"""Fields that follow from the gradient of U where they are not written."""
UNITS = {"non-orthogonality": "°", "volume": "m3", "skewness": "", "aspect ratio": "", "determinant": "",
         "volume ratio": "", "interpolation weight": ""}  # fmt: skip
"""Of the metrics of a mesh."""
Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


class Data:
    """The results at one time; what is read is kept as long as it lives."""

    def __init__(self, results: Results, time: float | None) -> None:
        self.results, self.time = results, time
        self._spans: dict[tuple[str, str], tuple[float, float]] = {}
        self._smooth: dict[str, Any] = {}
        self._quality: MeshQuality | None = None

    @cached_property
    def written(self) -> list[str]:
        """The names of the fields that are written at this time."""
        if self.time is None and self.results._unwritten():
            return []  # those of its start are there, but they are not what the run computed
        return self.results.fields(self.time)

    @cached_property
    def computed(self) -> bool:
        """Whether there is more to see than the mesh: fields that are not the same everywhere."""
        times = self.results.times if self.time is None else [self.time]
        if not times or times[-1] > 0:
            return bool(times)
        cells = self.cells.cell_data
        return any(np.ptp(np.asarray(cells[name]), axis=0).any() for name in cells)

    @property
    def fields(self) -> list[str]:
        """The names of all fields that can be shown."""
        more = [name for name in DERIVED if name not in self.written] if "U" in self.written else []
        return [*self.written, *more]

    def require(self, field: str) -> None:
        """Raises NoSuchField, which lists the fields, for one that cannot be shown."""
        if field not in self.fields:
            raise NoSuchField(f"no field {field!r}; there are: {', '.join(self.fields) or 'none'}")

    def unit(self, field: str) -> str:
        """The unit of a field; empty where it is not known or a pure number."""
        if field in UNITS:
            return UNITS[field]
        if field in DERIVED and field not in self.written:
            return {"vorticity": "1/s"}.get(field, "1/s2")
        return str(self.results._unit_of(field) or "")

    @cached_property
    def _whole(self) -> Any:
        try:
            names = [name for name in self.written if name != "phi"]
            return self.results.mesh(self.time, fields=names, patches=True)
        except NotYet:
            if self.time is not None:
                raise
            from flowcfd.post.fields import bare

            with suppress(ResultError):
                return bare(self.results.case)
            raise

    @property
    def cells(self) -> Any:
        """All cells with the written fields."""
        return self._whole["internalMesh"]

    @property
    def patches(self) -> dict[str, Any]:
        """The patches by name, with the written fields."""
        boundary = self._whole["boundary"]
        return {name: boundary[name] for name in boundary.keys()}  # noqa: SIM118 - a MultiBlock has no iterator of names

    @cached_property
    def body(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The corners of the body that the case was laid around [m]; None where there is none."""
        case = self._case
        if case is None or case.geometry is None:
            return self._obstacle()
        if self._filled:
            return None
        return np.array([low for low, _ in case.geometry.bounds]), np.array([high for _, high in case.geometry.bounds])

    def _obstacle(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The corners of the walls of a two-dimensional case that is much larger: a cylinder, an airfoil."""
        walls = [one for one in self.patches.values() if one.user_dict.get("type") == "wall" and one.n_cells]
        if self.plane is None or not walls:
            return None
        return obstacle(np.array([one.bounds for one in walls]), self.bounds, self.plane)

    @property
    def _filled(self) -> bool:
        """Whether the flow is inside of the body."""
        return self._case is not None and bool(getattr(self._case.domain, "solid_is_fluid", False))

    @property
    def across(self) -> int:
        """The axis across flow and height: that of a two-dimensional case, as the case says, or the shorter one.

        In a body that is filled by the flow the shortest one: an elbow is seen with both of its legs.
        """
        if self.plane is not None:
            return self.plane
        if self._filled:
            low, high = self.bounds
            return int(np.argmin(np.round((high - low) / float((high - low).max()), 3)))
        said = None if self._case is None else getattr(self._case.domain, "lateral", None)
        low, high = self.bounds
        return int(said) if said is not None else 1 if high[1] - low[1] <= high[2] - low[2] else 2

    @property
    def towards(self) -> float:
        """On which side of the middle plane a half model lies, +1 or -1; -1 for a whole one, seen from there."""
        space = None if self._case is None else self._case.space
        return 1.0 if getattr(space, "half", False) and getattr(space, "kept", "-")[0] == "+" else -1.0

    @property
    def near(self) -> Box | None:
        """A box around the body with some room, more behind it, in the domain; None where there is no body."""
        if self.body is None:
            return None
        (low, high), (first, last) = self.body, self.bounds
        size = float((high - low).max())
        before, behind, beside = 0.6 * size, 1.4 * size, 0.5 * size
        if self.plane is not None:
            # how far the flow is disturbed goes by the height: a cylinder needs more than a wing
            tall = float(np.delete(high - low, self.plane)[-1])
            before, behind, beside = 0.4 * size + 0.6 * tall, 0.5 * size + 2.5 * tall, 0.3 * size + 0.8 * tall
        begin = np.maximum(low - np.array([before, beside, beside]), first)
        end = np.minimum(high + np.array([behind, beside, beside]), last)
        x, y, z = ((float(one), float(other)) for one, other in zip(begin, end, strict=True))
        return x, y, z

    @cached_property
    def _case(self) -> Case | None:
        return case_of(self.results.run)

    def _groups(self) -> Mapping[str, tuple[str, ...]]:
        return {} if self._case is None else self._case.space.groups

    def chosen(self, names: Iterable[str]) -> dict[str, Any]:
        """These patches or groups; without names those of the body, else the walls, else all. Raises UnknownName."""
        known, groups = self.patches, self._groups()
        asked = list(names) or list(groups)[:1]
        wanted = [patch for name in asked for patch in groups.get(name, (name,))]
        for name in wanted:
            if name not in known:
                raise UnknownName("patch", name, known, where="patches")
        walls = [name for name, patch in known.items() if patch.user_dict.get("type") == "wall"]
        return {name: known[name] for name in wanted or walls or known}

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest corner of all cells [m]."""
        box = self.cells.bounds
        return np.array(box[0::2]), np.array(box[1::2])

    @cached_property
    def plane(self) -> int | None:
        """The axis across a two-dimensional case, which has one cell there; None in three dimensions."""
        kinds = {patch.user_dict.get("type") for patch in self.patches.values()}
        if not kinds & {"empty", "wedge"}:
            return None
        low, high = self.bounds
        return int(np.argmin(high - low))

    def with_values(self, field: str, *, smooth: bool) -> Any:
        """The cells with a field as cell data or, where it is smoothed or derived, as point data."""
        self.require(field)
        if field in DERIVED and field not in self.written:
            return self._derived()
        if not smooth:
            return self.cells
        if field not in self._smooth:
            bare = self.cells.copy(deep=False)
            bare.clear_data()
            bare.cell_data[field] = self.cells.cell_data[field]
            self._smooth[field] = bare.cell_data_to_point_data()
        return self._smooth[field]

    def in_cells(self, field: str) -> np.ndarray:
        """A field's values in the cells: (n,), or (n, 3) for vectors; of what is derived the mean of their corners."""
        self.require(field)
        if field not in DERIVED or field in self.written:
            return np.asarray(self.cells.cell_data[field])
        if "in cells" not in self._smooth:
            self._smooth["in cells"] = self._derived().point_data_to_cell_data()
        return np.asarray(self._smooth["in cells"].cell_data[field])

    def _derived(self) -> Any:
        """The cells with vorticity, Q and lambda2 at their corners."""
        from flowcfd.post import polymesh

        if "derived" not in self._smooth:
            base = self.with_values("U", smooth=True)
            with polymesh.silent():  # VTK says of each such corner that it has none
                found = base.compute_derivative("U", gradient="gradient", vorticity="vorticity", qcriterion="Q")
            for name in ("gradient", "vorticity", "Q"):  # cells of layers that are flat at a corner have none
                found.point_data[name] = np.nan_to_num(found.point_data[name], posinf=0.0, neginf=0.0)
            gradient = np.asarray(found.point_data["gradient"]).reshape(-1, 3, 3)
            found.point_data["lambda2"] = lambda2(gradient)
            self._smooth["derived"] = found
        return self._smooth["derived"]

    def sample(self, places: Sequence[Sequence[float]], field: str) -> np.ndarray:
        """A field at points (n, 3) [m]: (n,), or (n, 3) for vectors; nan outside of the flow."""
        self.require(field)
        if field in self.written:
            from flowcfd.post import sample

            whole = sample.points(self._whole, places, [field])
            found = whole.drop(columns=list("xyz")).to_numpy()
        else:
            from flowcfd.post import locate

            smooth = self.with_values(field, smooth=True)
            values = np.asarray(smooth.point_data[field], float).reshape(smooth.n_points, -1)
            found = locate.from_points(smooth, values, np.asarray(places, float))
        return np.asarray(found[:, 0] if found.shape[1] == 1 else found)

    def span(self, paint: Paint) -> tuple[float, float]:
        """The least and the largest value of a field's component over all cells and all times that are written."""
        asked = (paint.field, paint.component)
        if asked not in self._spans:
            ends = [self._ends(time, paint) for time in self.results.times]
            known = [pair for pair in ends if pair is not None]
            if not known:
                raise NoSuchField(
                    f"no field {paint.field!r} at any time; there are: {', '.join(self.fields) or 'none'}"
                )
            self._spans[asked] = min(low for low, _ in known), max(high for _, high in known)
        return self._spans[asked]

    def _ends(self, time: float, paint: Paint) -> tuple[float, float] | None:
        data = Data(self.results, time)
        if paint.field not in data.fields:
            return None
        found = data.with_values(paint.field, smooth=paint.field not in data.written)
        values = paint.chosen(np.asarray(found[paint.field], float))
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if len(values) else None

    def metric(self, name: str) -> np.ndarray:
        """A metric of the quality of each cell (n,), as checkMesh finds it; ResultError where there is none."""
        from flowcfd.post.quality.quality import quality

        if self._quality is None:
            self._quality = quality(self.results.run or self.results.case)
        if name not in self._quality.metrics:
            raise UnknownName("metric", name, self._quality.metrics, where="worst")
        values = np.asarray(self._quality.metrics[name], float)
        if len(values) != self.cells.n_cells:
            raise ResultError(f"worst: checkMesh saw {len(values)} cells, this time has {self.cells.n_cells}")
        return values

    def follow(self, other: Data) -> None:
        """Take what does not hang on the time from data of the same results."""
        self._spans, self._quality = other._spans, other._quality

    @property
    def time_shown(self) -> float:
        """The time that is shown [s or iterations]; raises NotYet where nothing is written."""
        return self.results.last if self.time is None else self.time

    def seed(self, patch: str) -> Any:
        """A patch that streamlines start from; raises UnknownName."""
        found = self.chosen([patch])[patch]
        if not found.n_cells:
            raise ResultError(f"patch {patch!r} has no faces for streamlines to start from")
        return found


def lambda2(gradient: np.ndarray) -> np.ndarray:
    """The second eigenvalue of S^2 + Omega^2 (n,) [1/s2] of velocity gradients (n, 3, 3); negative in vortices.

    Source: Jeong and Hussain, J. Fluid Mech. 285 (1995) 69-94.
    """
    turned = gradient.transpose(0, 2, 1)
    strain, spin = 0.5 * (gradient + turned), 0.5 * (gradient - turned)
    return np.asarray(np.linalg.eigvalsh(strain @ strain + spin @ spin)[:, 1])


def obstacle(
    walls: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], plane: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """The corners of walls, given as boxes (walls, 6) [m], where they are small in a flow in two dimensions."""
    low, high = walls[:, 0::2].min(axis=0), walls[:, 1::2].max(axis=0)
    small = (high - low) < SMALL * (bounds[1] - bounds[0])
    return (low, high) if np.delete(small, plane).all() else None

"""Values of fields at points and along lines, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyvista
from numpy.typing import ArrayLike, NDArray

from flowcfd.errors import NoSuchField, ResultError
from flowcfd.foam.fields.element import ELEMENTS
from flowcfd.post import interpolate
from flowcfd.post.locate import Weights, containing
from flowcfd.post.rim import parts

Mesh = pyvista.UnstructuredGrid | pyvista.MultiBlock

_BY_WIDTH = {1: ELEMENTS["scalar"], 3: ELEMENTS["vector"], 6: ELEMENTS["symmTensor"], 9: ELEMENTS["tensor"]}


def line(
    mesh: Mesh,
    a: ArrayLike,
    b: ArrayLike,
    n: int = 101,
    fields: Sequence[str] | None = None,
    *,
    interpolated: bool = True,
) -> pd.DataFrame:
    """Fields at `n` points from `a` to `b` [m], both included; columns as in `points` and `distance` from `a` [m].

    Raises ResultError for an n below 2 or a line of no length, NoSuchField.
    """
    start, end = _places(a, "a")[0], _places(b, "b")[0]
    if n < 2:
        raise ResultError(f"a line needs at least 2 points (got {n})")
    length = float(np.linalg.norm(end - start))
    if not length:
        raise ResultError(f"a line needs two different ends (got {start.tolist()} twice)")
    share = np.linspace(0, 1, n)
    table = points(mesh, start + share[:, None] * (end - start), fields, interpolated=interpolated)
    table.insert(3, "distance", share * length)
    table.attrs["units"] = {**table.attrs["units"], "distance": "m"}
    return table


def points(
    mesh: Mesh, places: ArrayLike, fields: Sequence[str] | None = None, *, interpolated: bool = True
) -> pd.DataFrame:
    """Fields at places, shape (n, 3) [m]: columns x, y, z, p, Ux, Uy, Uz, ...; NaN outside the mesh.

    `mesh` is what `fields.mesh` returned; with patches, values on them count where they are. `interpolated` False gives
    the value of the cell that holds the point; else see `flowcfd.post.interpolate`. The units of the columns are in
    `attrs["units"]`. Raises NoSuchField, which lists the fields, and ResultError.
    """
    grid, rim = parts(mesh)
    found = _fields(grid, fields)
    samples = _places(places, "places")
    located = containing(grid, samples)
    weights = interpolate.from_cells(grid, rim, located) if interpolated else _own_cell(located.cells)
    units = grid.user_dict.get("units", {})
    columns: dict[str, NDArray[np.float64]] = dict(zip("xyz", samples.T, strict=True))
    column_units = dict.fromkeys("xyz", "m")
    for name in found:
        known = np.concatenate([np.asarray(grid.cell_data[name]), *rim.values(name)])
        values = weights.apply(known, len(samples)).reshape(len(samples), -1)
        labels = _BY_WIDTH[values.shape[1]].names(name)
        columns.update(zip(labels, values.T, strict=True))
        column_units.update(dict.fromkeys(labels, str(units.get(name, ""))))
    table = pd.DataFrame(columns)
    table.attrs["units"] = column_units
    return table


def _own_cell(cells: NDArray[np.int64]) -> Weights:
    inside = np.flatnonzero(cells >= 0)
    return Weights(inside, cells[inside], np.ones(len(inside)))


def _fields(grid: pyvista.UnstructuredGrid, fields: Sequence[str] | None) -> list[str]:
    there = [
        name
        for name in grid.cell_data
        if np.asarray(grid.cell_data[name]).reshape(grid.n_cells, -1).shape[1] in _BY_WIDTH
    ]
    for name in fields or ():
        if name not in there:
            raise NoSuchField(f"no field {name!r}; there are: {', '.join(sorted(there)) or 'none'}")
    return there if fields is None else list(fields)


def _places(values: ArrayLike, what: str) -> NDArray[np.float64]:
    try:
        places = np.atleast_2d(np.asarray(values, np.float64))
    except (TypeError, ValueError):
        places = np.empty((0, 0))
    if places.ndim != 2 or places.shape[1] != 3:
        raise ResultError(f"{what}: must be points of three numbers [m] (got {values!r})")
    return places

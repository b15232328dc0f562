"""Points in cells with warped faces, thin cells and polyhedra."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import pyvista
from pyvista import CellType
from tests.unit.post.test_sample import GRADIENT, structured, with_linear_fields, with_rim

from flowcfd.post import sample
from flowcfd.post.centres import centres, faces_of, topology
from flowcfd.post.locate import from_points
from flowcfd.post.rim import Rim

SPEED = 40.0
Told = Callable[[], pyvista.UnstructuredGrid]


def warped() -> pyvista.UnstructuredGrid:
    """Layers over a wavy floor: faces of 0.3 m, the first cells 6 cm high, their corners up to 2 cm off a plane."""
    grid = structured((4, 4, 3), grading=2)
    x, y, z = np.asarray(grid.points).T
    grid.points = np.stack([x, y + 0.1 * np.sin(3 * x + z * z) * np.cos(2 * z + x), z], axis=1)
    return grid


def as_polyhedra(grid: pyvista.UnstructuredGrid) -> pyvista.UnstructuredGrid:
    """The same cells, each told by its faces."""
    cells: list[int] = []
    for cell in range(grid.n_cells):
        labels, faces = faces_of(grid, cell)
        told = [len(faces), *(one for face in faces for one in (len(face), *labels[list(face)].tolist()))]
        cells += [len(told), *told]
    return pyvista.UnstructuredGrid(cells, [CellType.POLYHEDRON] * grid.n_cells, np.asarray(grid.points))


MESHES = pytest.mark.parametrize("told", [warped, lambda: as_polyhedra(warped())], ids=["hexahedra", "polyhedra"])


def over_a_wall(grid: pyvista.UnstructuredGrid) -> pyvista.MultiBlock:
    """Rest on all sides, the same velocity in all cells; p is linear."""
    mesh = with_rim(with_linear_fields(grid))
    mesh["boundary"]["all"].cell_data["U"][:] = 0
    grid.cell_data["U"][:] = [SPEED, 0, 0]
    return mesh


def behind(grid: pyvista.UnstructuredGrid, rim: Rim) -> np.ndarray:
    """The centroid of the cell behind each face of the rim."""
    offsets, labels = topology(grid)
    cells = [frozenset(part.tolist()) for part in np.split(labels, offsets[1:-1])]
    number = {tuple(place): i for i, place in enumerate(np.asarray(grid.points).tolist())}
    middles, found = centres(grid, np.arange(grid.n_cells)), []
    for face in range(rim.patches[0].n_cells):
        corners = {number[tuple(place)] for place in rim.patches[0].get_cell(face).points.tolist()}
        found.append(middles[next(i for i, cell in enumerate(cells) if corners <= cell)])
    return np.array(found)


@MESHES
def test_the_centre_of_a_warped_face_has_the_walls_value(told: Told) -> None:
    """It was nan, or up to 33 m/s, where a cell behind the first one was taken for the one that has it."""
    mesh = over_a_wall(told())
    places = Rim((mesh["boundary"]["all"],)).centres
    assert not sample.points(mesh, places)[["Ux", "Uy", "Uz"]].to_numpy().any()
    found = sample.points(mesh["internalMesh"], places)
    assert found["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)


@MESHES
@pytest.mark.parametrize("height", [1e-3, 0.1, 0.3, 0.45])
def test_a_point_inside_of_a_thin_cell_over_a_warped_face_has_what_lies_between(told: Told, height: float) -> None:
    mesh = over_a_wall(told())
    rim = Rim((mesh["boundary"]["all"],))
    middles = behind(mesh["internalMesh"], rim)
    places = rim.centres + 2 * height * (middles - rim.centres)
    assert sample.points(mesh, places)["Ux"].to_numpy() == pytest.approx(2 * height * SPEED, abs=1e-6)
    found = sample.points(mesh["internalMesh"], places)
    assert found["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)


@MESHES
def test_the_value_does_not_jump_where_a_line_leaves_a_cell(told: Told) -> None:
    grid = told()
    grid.cell_data["p"] = np.random.default_rng(3).random(grid.n_cells)
    table = sample.line(grid, (0.31, 0.3, 0.21), (0.62, 0.7, 0.83), 1001)
    assert np.abs(np.diff(table["p"])).max() < 0.03


@MESHES
def test_a_cell_has_its_own_centroid_and_what_is_near_it(told: Told) -> None:
    """VTK says of any point in the box of a polyhedron that it is inside: four of ten centroids were another cell's."""
    grid = told()
    grid.cell_data["number"] = np.arange(grid.n_cells, dtype=float)
    middles = centres(grid, np.arange(grid.n_cells))
    labels = topology(grid)[1]
    corners = np.asarray(grid.points)[labels.reshape(-1, 8)]
    shares = np.array([0.0, 0.5, 0.9])[:, None, None, None]
    places = middles[:, None] + shares * (corners - middles[:, None])
    found = sample.points(grid, places.reshape(-1, 3), interpolated=False)["number"].to_numpy()
    assert (found.reshape(3, -1, 8) == np.arange(grid.n_cells)[:, None]).all()


@MESHES
def test_a_linear_field_is_exact_in_warped_cells(told: Told) -> None:
    places = np.random.default_rng(2).random((100, 3)) * [1, 0.6, 1] + [0, 0.2, 0]
    found = sample.points(with_linear_fields(told()), places)
    assert found["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)


@MESHES
def test_a_linear_field_at_points_is_exact_too(told: Told) -> None:
    grid = told()
    places = np.random.default_rng(3).random((60, 3)) * [1, 0.6, 1] + [0, 0.2, 0]
    values = np.asarray(grid.points, float) @ GRADIENT.T + 2
    found = from_points(grid, values, np.vstack([places, [[9, 9, 9]]]))
    assert found[:-1] == pytest.approx(places @ GRADIENT.T + 2, abs=1e-9)
    assert np.isnan(found[-1]).all()

"""Sampling on points and lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import pyvista
from pyvista import CellType

from flowcfd.errors import NoSuchField, ResultError
from flowcfd.post import sample
from flowcfd.post.centres import centres
from flowcfd.post.rim import Rim
from flowcfd.post.units import unit

GRADIENT = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, 1.0], [0.0, 4.0, -1.0]])


def structured(shape: tuple[int, int, int], shear: float = 0.0, grading: float = 1.0) -> pyvista.UnstructuredGrid:
    """Hexahedra, graded in y and sheared, so that centroids and centres of parameters differ."""
    x, y, z = np.meshgrid(*(np.linspace(0, 1, n + 1) for n in shape), indexing="ij")
    y = y**grading
    return pyvista.StructuredGrid(x + shear * y * z, y + shear * x * x, z).cast_to_unstructured_grid()


def with_linear_fields(grid: pyvista.UnstructuredGrid) -> pyvista.UnstructuredGrid:
    places = centres(grid, np.arange(grid.n_cells))
    grid.cell_data["p"] = places @ GRADIENT[0] + 2
    grid.cell_data["U"] = places @ GRADIENT.T + [1, 2, 3]
    grid.user_dict = {"units": {"U": "m/s", "p": "m2/s2"}}
    return grid


@pytest.mark.parametrize(
    "grid",
    [
        structured((6, 5, 4)),
        structured((6, 5, 4), shear=0.2, grading=3),
        structured((12, 300, 2), grading=6),
        structured((1, 1, 1)).triangulate(),
        structured((3, 3, 3)).triangulate(),
    ],
    ids=["cubes", "sheared", "thin", "six tetrahedra", "tetrahedra"],
)
def test_a_linear_field_comes_out_exactly_even_at_the_walls(grid: pyvista.UnstructuredGrid) -> None:
    grid = with_linear_fields(grid)
    table = sample.line(grid, grid.points[0], grid.center, 41)
    places = table[["x", "y", "z"]].to_numpy()
    assert table["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)
    assert table[["Ux", "Uy", "Uz"]].to_numpy() == pytest.approx(places @ GRADIENT.T + [1, 2, 3], abs=1e-9)


def test_a_plane_mesh_has_no_gradient_across_itself() -> None:
    grid = with_linear_fields(structured((8, 8, 1), grading=2))
    table = sample.line(grid, (0, 0, 0.1), (1, 1, 0.9), 23)
    places = table[["x", "y", "z"]].to_numpy() * [1, 1, 0] + [0, 0, 0.5]
    assert table["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)


def test_a_smooth_field_is_interpolated_to_second_order() -> None:
    errors = []
    for n in (10, 20):
        grid = structured((n, n, n))
        grid.cell_data["p"] = np.sin(3 * centres(grid, np.arange(grid.n_cells))).sum(axis=1)
        table = sample.line(grid, (0.1, 0.2, 0.3), (0.9, 0.8, 0.7), 50)
        errors.append(np.abs(table["p"] - np.sin(3 * table[["x", "y", "z"]]).sum(axis=1)).max())
    assert errors[0] / errors[1] > 3


def with_rim(grid: pyvista.UnstructuredGrid, kind: str = "wall") -> pyvista.MultiBlock:
    """The grid with its outer faces as one patch, with the exact linear field on it."""
    surface = pyvista.PolyData(grid.extract_surface(algorithm="dataset_surface"), deep=True)
    surface.clear_data()
    surface.points = np.asarray(grid.points)[
        [np.abs(grid.points - place).sum(axis=1).argmin() for place in surface.points]
    ]
    middles = Rim((surface,)).centres
    surface.cell_data["p"] = middles @ GRADIENT[0] + 2
    surface.cell_data["U"] = middles @ GRADIENT.T + [1, 2, 3]
    surface.user_dict = {"type": kind}
    whole = pyvista.MultiBlock({"internalMesh": grid})
    whole["boundary"] = pyvista.MultiBlock({"all": surface})
    return whole


def test_values_on_patches_keep_a_linear_field_exact() -> None:
    mesh = with_rim(with_linear_fields(structured((6, 5, 4), grading=2)))
    table = sample.line(mesh, (0, 0.43, 0.37), (1, 0.5, 0.61), 41)
    places = table[["x", "y", "z"]].to_numpy()
    assert table["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)


def test_a_wall_has_the_walls_value() -> None:
    mesh = with_rim(with_linear_fields(structured((6, 5, 4))))
    mesh["boundary"]["all"].cell_data["U"][:] = 0
    wall = sample.line(mesh, (0.1, 0, 0.2), (0.9, 0, 0.3), 9)
    assert not wall[["Ux", "Uy", "Uz"]].to_numpy().any() and wall["p"].min() > 1
    inside = sample.points(mesh, (0.5, 0.5, 0.5))
    assert inside["Ux"][0] == pytest.approx(0.5 * GRADIENT[0].sum() + 1)


def with_sides(grid: pyvista.UnstructuredGrid, kinds: dict[str, str], u: np.ndarray) -> pyvista.MultiBlock:
    """A cube with the patches low and high in each direction, on each p linear and U = u y."""
    whole = with_rim(grid)
    surface = whole["boundary"]["all"]
    middles = Rim((surface,)).centres
    blocks = pyvista.MultiBlock()
    for axis, letter in enumerate("xyz"):
        for end, side in enumerate(("low", "high")):
            own = surface.extract_cells(np.flatnonzero(np.abs(middles[:, axis] - end) < 1e-9))
            patch = own.extract_surface(algorithm="dataset_surface")
            for name in list(patch.cell_data):
                if name not in ("p", "U"):
                    del patch.cell_data[name]
            patch.cell_data["U"] = Rim((patch,)).centres[:, 1:2] * u
            patch.user_dict = {"type": kinds.get(f"{side} {letter}", "patch")}
            blocks[f"{side} {letter}"] = patch
    grid.cell_data["U"] = centres(grid, np.arange(grid.n_cells))[:, 1:2] * u
    whole["boundary"] = blocks
    return whole


@pytest.mark.parametrize("shape", [(6, 5, 4), (6, 5, 1)])
def test_a_wall_that_meets_a_side_with_slip_has_the_walls_value_up_to_the_edge(shape: tuple[int, int, int]) -> None:
    u = np.array([1.0, 0.0, 2.0])
    mesh = with_sides(with_linear_fields(structured(shape)), {"low y": "wall", "low x": "symmetryPlane"}, u)
    on_wall = np.array([[0.01, 0, 0.5], [0, 0, 0.5], [0.08, 0, 0.02], [1, 0, 1], [0.5, 0, 0.5], [0.03, 1e-13, 0.5]])
    assert not sample.points(mesh, on_wall)[["Ux", "Uy", "Uz"]].to_numpy().any()
    beside = sample.points(mesh, on_wall + np.array([0, 1e-3, 0]))  # and there is no step to it from inside
    assert np.abs(beside[["Ux", "Uy", "Uz"]].to_numpy()).max() < 0.02


def test_a_linear_field_comes_out_exactly_on_each_of_several_patches() -> None:
    u = np.array([1.0, 0.0, 2.0])
    mesh = with_sides(with_linear_fields(structured((6, 5, 4))), {"low y": "wall", "high y": "wall"}, u)
    generator = np.random.default_rng(1)
    for axis in range(3):
        for end in (0.0, 1.0):
            places = generator.random((40, 3))
            places[:, axis] = end
            places[0, (axis + 1) % 3] = 0.001
            found = sample.points(mesh, places)
            assert found["p"].to_numpy() == pytest.approx(places @ GRADIENT[0] + 2, abs=1e-9)
            assert found[["Ux", "Uz"]].to_numpy() == pytest.approx(places[:, 1:2] * u[[0, 2]], abs=1e-9)


def test_a_moving_lid_moves_and_the_wall_beside_it_does_not() -> None:
    u = np.zeros(3)
    mesh = with_sides(with_linear_fields(structured((6, 5, 4))), {"high y": "wall", "low x": "wall"}, u)
    mesh["boundary"]["high y"].cell_data["U"][:] = [1, 0, 0]
    found = sample.points(mesh, [[0.01, 1, 0.5], [0, 0.99, 0.5], [0.5, 1, 0.01]])
    assert found["Ux"].tolist() == [pytest.approx(1, abs=1e-12), 0, pytest.approx(1, abs=1e-12)]


def test_empty_patches_say_nothing_about_the_field() -> None:
    grid = with_linear_fields(structured((6, 5, 4)))
    mesh = with_rim(grid, "empty")
    mesh["boundary"]["all"].cell_data["U"][:] = 0
    pd.testing.assert_frame_equal(
        sample.line(mesh, (0, 0, 0), (1, 1, 1), 9), sample.line(grid, (0, 0, 0), (1, 1, 1), 9)
    )


def test_the_centroid_of_a_polygon_is_that_of_its_area() -> None:
    points = np.array([[-2.0, 0, 1], [2, 0, 1], [1, 1, 1], [-1, 1, 1], [0, 3, 1]])
    rim = Rim((pyvista.PolyData(points, faces=[4, 0, 1, 2, 3, 3, 3, 2, 4]),))
    assert rim.centres == pytest.approx(np.array([[0, 4 / 9, 1], [0, 5 / 3, 1]]))
    assert [faces.tolist() for faces in rim.at(np.array([[1.0, 1, 1], [0, 3, 1], [5, 5, 5]]))] == [[0, 1], [1], []]


def test_cell_values_are_those_of_the_cell_that_holds_the_point() -> None:
    grid = with_linear_fields(structured((4, 4, 4)))
    table = sample.points(grid, [[0.1, 0.1, 0.1], [0.9, 0.4, 0.6]], interpolated=False)
    assert table["p"].tolist() == pytest.approx(
        (np.array([[0.125] * 3, [0.875, 0.375, 0.625]]) @ GRADIENT[0] + 2).tolist()
    )


def test_outside_the_mesh_there_is_no_value() -> None:
    grid = with_linear_fields(structured((4, 4, 4)))
    for interpolated in (True, False):
        table = sample.line(grid, (-0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 5, ["p"], interpolated=interpolated)
        assert table["p"].isna().tolist() == [True, True, False, False, False]
    assert sample.points(grid, (9, 9, 9)).isna().loc[0, ["p", "Ux"]].all()


def test_columns_say_what_they_are_and_in_which_unit() -> None:
    grid = with_linear_fields(structured((3, 3, 3)))
    grid.cell_data["R"] = np.zeros((27, 6))
    table = sample.line(grid, (0, 0, 0), (1, 1, 0), 5)
    assert list(table) == ["x", "y", "z", "distance", "p", "Ux", "Uy", "Uz", "Rxx", "Rxy", "Rxz", "Ryy", "Ryz", "Rzz"]
    assert table["distance"].iloc[-1] == pytest.approx(2**0.5)
    units = table.attrs["units"]
    assert (units["x"], units["distance"], units["Uy"], units["p"], units["Rxy"]) == ("m", "m", "m/s", "m2/s2", "")
    assert list(sample.points(grid, (0.5, 0.5, 0.5), ["U"])) == ["x", "y", "z", "Ux", "Uy", "Uz"]


def test_bad_questions_are_refused() -> None:
    grid = with_linear_fields(structured((3, 3, 3)))
    with pytest.raises(NoSuchField, match=r"no field 'T'; there are: U, p$"):
        sample.line(grid, (0, 0, 0), (1, 1, 1), fields=["T"])
    with pytest.raises(ResultError, match=r"at least 2 points \(got 1\)"):
        sample.line(grid, (0, 0, 0), (1, 1, 1), 1)
    with pytest.raises(ResultError, match="two different ends"):
        sample.line(grid, (0, 0, 0), (0, 0, 0))
    with pytest.raises(ResultError, match="points of three numbers"):
        sample.points(grid, [[1, 2]])
    with pytest.raises(ResultError, match="points of three numbers"):
        sample.points(grid, "here")


def one_cell(kind: CellType, corners: list[list[float]]) -> pyvista.UnstructuredGrid:
    return pyvista.UnstructuredGrid([len(corners), *range(len(corners))], [kind], np.array(corners, float))


@pytest.mark.parametrize(
    ("grid", "centre"),
    [
        (one_cell(CellType.TETRA, [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]), [1 / 4] * 3),
        (one_cell(CellType.PYRAMID, [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, 1]]), [0.5, 0.5, 1 / 4]),
        (
            one_cell(CellType.WEDGE, [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1]]),
            [1 / 3, 1 / 3, 1 / 2],
        ),
        (  # a truncated pyramid: 4x4 below, 2x2 above, height 1: (16 + 2 * 8 + 3 * 4) / (16 + 8 + 4) / 4
            one_cell(
                CellType.HEXAHEDRON,
                [[-2, -2, 0], [2, -2, 0], [2, 2, 0], [-2, 2, 0], [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]],
            ),
            [0, 0, 44 / 28 / 4],
        ),
        (
            one_cell(
                CellType.VOXEL, [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]
            ),
            [0.5] * 3,
        ),
    ],
    ids=["tetrahedron", "pyramid", "wedge", "frustum", "voxel"],
)
def test_centroids_of_known_bodies(grid: pyvista.UnstructuredGrid, centre: list[float]) -> None:
    assert centres(grid, np.array([0]))[0] == pytest.approx(centre, abs=1e-14)


def test_the_centroid_of_a_polyhedron() -> None:
    faces = [[0, 3, 2, 1], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7], [4, 5, 6, 7]]
    corners = [[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0], [0, 0, 1], [2, 0, 1], [2, 1, 1], [0, 1, 1]]
    flat = [len(faces), *(label for face in faces for label in (len(face), *face))]
    grid = pyvista.UnstructuredGrid([len(flat), *flat], [CellType.POLYHEDRON], np.array(corners, float))
    assert centres(grid, np.array([0]))[0] == pytest.approx([1, 0.5, 0.5])


@pytest.mark.parametrize(
    ("dimensions", "text"),
    [
        ((0, 1, -1, 0, 0, 0, 0), "m/s"),
        ((0, 2, -2), "m2/s2"),
        ((1, -1, -2, 0, 0, 0, 0), "Pa"),
        ((0, 0, 0, 1, 0, 0, 0), "K"),
        ((0, 0, -1, 0, 0, 0, 0), "1/s"),
        ((1, 0, -3, -1, 0, 0, 0), "kg/(s3 K)"),
        ((0, 0.5, 0, 0, 0, 0, 0), "m0.5"),
        ((0, 0, 0, 0, 0, 0, 0), ""),
    ],
)
def test_units_are_spelt_from_dimensions(dimensions: tuple[float, ...], text: str) -> None:
    assert unit(dimensions) == text

"""Hexahedra put together from faces."""

from __future__ import annotations

import numpy as np
import pytest
import pyvista

from flowcfd.bench.box import Box
from flowcfd.foam.fields import Faces
from flowcfd.post.centres import centres
from flowcfd.post.hexahedra import hexahedra

Mesh = tuple[Faces, np.ndarray, np.ndarray, np.ndarray]


def mesh(cells: tuple[int, int, int]) -> Mesh:
    box = Box(cells, (2.0, 1.0, 3.0))
    corners, owner, neighbour, _ = box.faces()
    labels = corners.astype(np.int32).reshape(-1)
    return Faces(4 * np.arange(len(corners) + 1), labels), owner, neighbour, box.points()


def volumes(grid: pyvista.UnstructuredGrid) -> np.ndarray:
    return np.asarray(grid.compute_cell_sizes(length=False, area=False).cell_data["Volume"])


@pytest.mark.parametrize("cells", [(1, 1, 1), (1, 7, 1), (5, 4, 3), (30, 30, 20)])
def test_every_cell_is_the_right_one_and_not_inside_out(cells: tuple[int, int, int]) -> None:
    grid = hexahedra(*mesh(cells))
    assert grid is not None and set(np.unique(grid.celltypes)) == {pyvista.CellType.HEXAHEDRON}
    assert volumes(grid) == pytest.approx(6 / np.prod(cells))
    assert centres(grid, np.arange(grid.n_cells)) == pytest.approx(Box(cells, (2.0, 1.0, 3.0)).centres())


def test_faces_that_begin_at_any_corner_make_the_same_cells() -> None:
    faces, owner, neighbour, points = mesh((4, 3, 5))
    turns = np.random.default_rng(0).integers(0, 4, len(faces))
    turned = np.stack([np.roll(face, turn) for face, turn in zip(faces.labels.reshape(-1, 4), turns, strict=True)])
    grid = hexahedra(Faces(faces.offsets, turned.reshape(-1)), owner, neighbour, points)
    assert grid is not None and volumes(grid) == pytest.approx(0.1)
    assert centres(grid, np.arange(60)) == pytest.approx(Box((4, 3, 5), (2.0, 1.0, 3.0)).centres())


def test_cells_in_any_order_are_taken(  # renumberMesh keeps the order of faces, not that of a box
) -> None:
    faces, owner, neighbour, points = mesh((3, 3, 3))
    number = np.random.default_rng(1).permutation(27)
    quads, inner = faces.labels.reshape(-1, 4).copy(), len(neighbour)
    one, two = number[owner[:inner]], number[neighbour]
    quads[:inner][one > two] = quads[:inner][one > two][:, ::-1]
    order = np.lexsort((np.maximum(one, two), np.minimum(one, two)))
    quads[:inner] = quads[:inner][order]
    owners = np.concatenate([np.minimum(one, two)[order], number[owner[inner:]]])
    grid = hexahedra(Faces(faces.offsets, quads.reshape(-1)), owners, np.maximum(one, two)[order], points)
    assert grid is not None and volumes(grid) == pytest.approx(6 / 27)
    assert centres(grid, number) == pytest.approx(Box((3, 3, 3), (2.0, 1.0, 3.0)).centres())


def test_anything_else_is_left_to_others() -> None:
    faces, owner, neighbour, points = mesh((2, 2, 2))
    assert hexahedra(faces, owner[::-1].copy(), neighbour, points) is None, "faces not in OpenFOAM's order"
    assert hexahedra(Faces(faces.offsets[:-1], faces.labels[:-4]), owner[:-1], neighbour, points) is None, "a face lost"
    cut = Faces(np.append(faces.offsets[:-1], faces.offsets[-1] - 1), faces.labels[:-1])
    assert hexahedra(cut, owner, neighbour, points) is None, "a triangle"
    wrong = faces.labels.copy()
    wrong[0] = wrong[1]
    assert hexahedra(Faces(faces.offsets, wrong), owner, neighbour, points) is None, "a corner twice"
    for stray in (-1, len(points)):
        wrong[0] = stray
        assert hexahedra(Faces(faces.offsets, wrong), owner, neighbour, points) is None, "a point that is not there"
        bad = neighbour.copy()
        bad[3] = stray if stray < 0 else 10**6
        assert hexahedra(faces, owner, bad, points) is None, "a cell that is not there"
    assert hexahedra(faces, owner[:-1], neighbour, points) is None, "a face without owner"
    assert hexahedra(Faces(faces.offsets, faces.labels.astype(np.int64)), owner, neighbour, points) is None

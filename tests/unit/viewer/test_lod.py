"""Levels of detail: small, true in shape and values, kept, made in the background."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvista

from flowcfd.post import cache
from flowcfd.scene.coarse import coarse, triangles
from flowcfd.viewer import lod


@pytest.fixture(autouse=True)
def kept(tmp_path: Path) -> Iterator[Path]:
    with cache.in_folder(tmp_path):
        yield tmp_path


def wavy(side: int, *, cells: bool = False) -> pyvista.PolyData:
    """A wavy sheet of quads with a value at its points or in its cells."""
    sheet = pyvista.ImageData(dimensions=(side + 1, side + 1, 1), spacing=(1 / side, 1 / side, 1)).extract_surface(
        algorithm=None
    )
    points = np.array(sheet.points)
    points[:, 2] = 0.05 * np.sin(20 * points[:, 0])
    sheet.points = points
    sheet.clear_data()
    if cells:
        sheet.cell_data["shown"] = np.asarray(sheet.cell_centers().points)[:, 0]
    else:
        sheet.point_data["shown"] = points[:, 0].astype(float)
    return sheet


@pytest.mark.parametrize("cells", [False, True])
def test_a_coarse_surface_has_the_wanted_size_the_shape_and_the_values(cells: bool) -> None:
    sheet = wavy(300, cells=cells)
    found = coarse(sheet, 20_000)
    assert 10_000 < triangles(found) < 40_000
    assert np.allclose(found.bounds, sheet.bounds, atol=0.02)
    values = np.asarray(found["shown"])
    places = np.asarray((found.cell_centers() if cells else found).points)[:, 0]
    assert np.abs(values - places).max() < 0.05


def test_triangles_of_polygons_are_counted() -> None:
    assert triangles(wavy(10)) == 200
    assert triangles(pyvista.Line()) == 0
    assert triangles(pyvista.ImageData(dimensions=(3, 3, 3)).cast_to_unstructured_grid()) == 0


def test_a_pyramid_is_found_again_by_what_the_surface_holds(kept: Path) -> None:
    sheet = wavy(500)
    first = lod.pyramid(sheet)
    assert [triangles(one) for one in first] == sorted((triangles(one) for one in first), reverse=True)
    assert len(first) == 3 and triangles(first[-1]) < 2 * lod.COARSE
    file = next(kept.glob("lod-*.npz"))
    written = file.stat().st_ino
    again = lod.pyramid(sheet.copy())
    assert next(kept.glob("lod-*.npz")).stat().st_ino == written
    assert np.array_equal(again[-1].points, first[-1].points) and again[-1].active_scalars_name == "shown"
    assert lod.key(sheet) == lod.key(sheet.copy()) != lod.key(wavy(501))


def test_a_small_surface_needs_none() -> None:
    assert len(lod.pyramid(wavy(50))) == 1


def test_levels_are_made_in_the_background_and_forgotten() -> None:
    levels, sheet = lod.Levels(), wavy(400)
    assert levels.of(sheet) == ()
    levels.prepare([sheet, sheet])
    levels.wait()
    assert len(levels.of(sheet)) > 1 and levels.news() and not levels.news()
    levels.clear()
    assert levels.of(sheet) == ()

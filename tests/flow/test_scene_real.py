"""Scenes of runs that were really computed: what is seen is there, and where it should be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

import flowcfd as fc
from flowcfd.errors import CaseError, NoSuchField, NotYet, ResultError, UnknownName
from flowcfd.scene.render import plotter

pytestmark = pytest.mark.flow


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """What is read is kept in no other place."""


@pytest.fixture(scope="module")
def duct(tmp_path_factory: pytest.TempPathFactory) -> fc.Results:
    """Flow between plates in three dimensions, developing; its home outlives the tests of this file."""
    import os

    from flowcfd.settings import settings

    before = os.environ.get("FLOWCFD_HOME")
    os.environ["FLOWCFD_HOME"] = str(tmp_path_factory.mktemp("home"))
    settings.cache_clear()
    try:
        case = fc.Case(
            name="duct",
            domain=fc.Channel("1 m", "0.2 m", "0.3 m"),
            mesh=fc.Blocks((20, 10, 8)),
            physics=fc.Incompressible(fluid=fc.Fluid(name="oil", nu=1e-2, rho=900.0)),
            boundaries={
                "inlet": fc.Inlet(1.0), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall(),
                "back": fc.Slip(), "front": fc.Slip(),
            },
            solve=fc.Steady(iterations=60),
        )  # fmt: skip
        return fc.results(fc.run(case))
    finally:
        if before is None:
            del os.environ["FLOWCFD_HOME"]
        else:
            os.environ["FLOWCFD_HOME"] = before
        settings.cache_clear()


@pytest.mark.parametrize(
    "make",
    [
        lambda view: view.threshold("Q", -1e9, 1e9),
        lambda view: view.threshold("U", 0, 0.9, color="Q"),
        lambda view: view.threshold("U", 0, 0.9).color("lambda2"),
        lambda view: view.glyphs("vorticity"),
        lambda view: view.glyphs("U", color="Q"),
    ],
)
def test_derived_fields_can_be_shown_as_those_that_are_written(duct: fc.Results, make: Any) -> None:
    assert colours(pixels(make(fc.view(duct)))) > 50


def test_q_in_the_cells_is_that_of_the_gradient(duct: fc.Results) -> None:
    data = fc.view(duct)._data
    found, corners = data.in_cells("Q"), data.with_values("Q", smooth=True)
    assert found.shape == (data.cells.n_cells,)
    assert corners.point_data["Q"].min() <= found.min() < found.max() <= corners.point_data["Q"].max()


def test_what_a_clip_lays_open_is_seen_from_the_usual_side(duct: fc.Results) -> None:
    def fast(scene: fc.Scene) -> int:
        """Pixels in the colours of the greatest speed, which are inside, above the scale."""
        picture = pixels(scene)
        red, green, blue = np.moveaxis(picture[: int(0.8 * len(picture))], 2, 0)
        return int(((red > 90) & (green < 60) & (blue < 60)).sum())

    view = fc.view(duct).color("U", range=(0, 1.4))
    assert fast(view.clip()) > 1.5 * fast(view.clip("y"))  # its slip sides are fast too


def test_a_wall_at_rest_has_no_negative_speeds_in_its_scale(duct: fc.Results) -> None:
    with plotter(fc.view(duct).surface("top", color="U")) as (made, _):
        assert made.scalar_bar.GetLookupTable().GetRange()[0] == 0.0


def test_a_line_through_a_plane_case_is_seen_from_its_front(home: Path) -> None:
    lid = fc.Case(
        name="lid", domain=fc.Cavity("1 m"), mesh=fc.Blocks((16, 16)), physics=fc.Incompressible(fc.Fluid(nu=0.01)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=30),
    )  # fmt: skip
    shown = fc.view(fc.results(fc.run(lid)))
    picture = pixels(shown.slice("x"))
    assert colours(picture[: int(0.8 * len(picture))]) > 10
    rims = pixels(shown.patches())
    assert (rims[:, :3] == 255).all() and (rims[:, -3:] == 255).all()  # no name is cut


def pixels(scene: fc.Scene) -> np.ndarray:
    """The picture (height, width, 3) as numbers from 0 to 255."""
    return np.round(255 * imread(io.BytesIO(scene.png))[:, :, :3]).astype(int)


def colours(picture: np.ndarray) -> int:
    return len(np.unique(picture.reshape(-1, 3), axis=0))


def test_the_first_look_shows_the_flow(duct: fc.Results) -> None:
    picture = pixels(fc.view(duct))
    assert picture.shape[1] == 1000
    assert colours(picture) > 300
    assert fc.view(duct)._repr_html_().startswith("<img alt=")


def test_a_plane_is_coloured_by_the_value_that_is_there(duct: fc.Results) -> None:
    """A range that ends below all values paints everything in the last colour, one above all in the first."""
    scene = fc.view(duct).slice("z").size(400, 200)
    last = pixels(scene.color("p", map="gray", range=(-3.0, -2.0)))
    first = pixels(scene.color("p", map="gray", range=(1e3, 2e3)))
    middle = last[70:100, 150:250]
    assert (middle > 250).all()
    assert (first[70:100, 150:250] < 5).all()


def test_pressure_falls_along_the_duct(duct: fc.Results) -> None:
    picture = pixels(fc.view(duct).slice("z").color("p", map="gray").size(600, 260))
    row = picture[60, :, 0]
    assert row[40] > row[300] > row[560]


@pytest.mark.parametrize(
    "layer",
    [
        lambda s: s.slice("x", 0.5),
        lambda s: s.slice((1, 1, 0), (0.5, 0.1, 0.1), edges=True),
        lambda s: s.surface(color="p"),
        lambda s: s.surface("inlet", "top", color="U", component="x"),
        lambda s: s.surface("bottom", color="vorticity"),
        lambda s: s.contour("U", 5, color="p"),
        lambda s: s.isosurface("Q", -1.0, color="U"),
        lambda s: s.streamlines("inlet", count=10),
        lambda s: s.streamlines(line=[(0.1, 0.02, 0.1), (0.1, 0.18, 0.1)], count=5, color="p"),
        lambda s: s.streamlines(ball=((0.5, 0.1, 0.15), 0.05), count=8),
        lambda s: s.slice("z").streamlines("inlet", count=10, plain="#ff00ff"),
        lambda s: s.glyphs(count=400, scale=2.0),
        lambda s: s.clip("y", edges=True, color="p", cells=True),
        lambda s: s.threshold("U", 0.5, 2.0),
        lambda s: s.outline().slice("z", color="lambda2"),
        lambda s: s.worst("aspect ratio", 10),
        lambda s: s.patches(),
    ],
)
def test_every_layer_puts_something_on_the_picture(duct: fc.Results, layer) -> None:
    bare = fc.view(duct).outline().camera("iso").size(500, 300)
    assert colours(pixels(layer(bare))) > colours(pixels(bare)) + 20


def test_two_fields_have_two_scales(duct: fc.Results) -> None:
    one = pixels(fc.view(duct).slice("z").size(600, 300))
    two = pixels(fc.view(duct).slice("z").contour("p", 4, color="p").size(600, 300))
    assert (one[-40:] != two[-40:]).any()


@pytest.mark.parametrize(
    ("layer", "error", "said"),
    [
        (lambda s: s.color("temperature"), NoSuchField, "no field 'temperature'; there are: U, p"),
        (lambda s: s.surface("roof"), UnknownName, "bottom"),
        (lambda s: s.slice("x", 5.0), ResultError, "there is nothing of the flow here"),
        (lambda s: s.isosurface("U", 99.0), ResultError, "contour of U: no point has 99; it is "),
        (lambda s: s.threshold("U", 50, 60), ResultError, "no cell has U from 50 to 60"),
        (lambda s: s.streamlines("roof"), UnknownName, "bottom"),
        (lambda s: s.at(7), NotYet, "60"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(duct: fc.Results, layer, error, said) -> None:
    scene = layer(fc.view(duct))
    with pytest.raises(error, match=said):
        _ = scene.png
    assert "fields: " in scene._repr_html_()


def test_a_scene_is_saved_as_its_name_says(duct: fc.Results, tmp_path: Path) -> None:
    scene = fc.view(duct).slice("z", 0.16).color("p")
    for suffix, begin in {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".html": b"<", ".gltf": b"{"}.items():
        assert scene.save(tmp_path / f"scene{suffix}").read_bytes().lstrip()[: len(begin)] == begin
    import pyvista

    blocks = pyvista.read(scene.save(tmp_path / "scene.vtm"))
    assert sum(block.n_cells for block in blocks) == 200  # 20 x 10 cells of the plane


def test_a_page_that_turns_needs_nothing_from_elsewhere(duct: fc.Results, tmp_path: Path) -> None:
    page = fc.view(duct).slice("z").save(tmp_path / "scene.html").read_text()
    assert 'src="http' not in page
    assert "<link" not in page or 'href="http' not in page


def test_a_two_dimensional_case_is_seen_from_the_front(home: Path) -> None:
    case = fc.Case(
        name="lid", domain=fc.Cavity("0.1 m"), mesh=fc.Blocks(12), physics=fc.Incompressible(fluid="water"),
        boundaries={"lid": fc.Wall(velocity=(0.01, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=20),
    )  # fmt: skip
    scene = fc.view(fc.results(fc.run(case)))
    picture = pixels(scene)
    painted = (picture.max(axis=2) - picture.min(axis=2) > 60)[: picture.shape[0] - 90]
    rows, columns = np.flatnonzero(painted.any(axis=1)), np.flatnonzero(painted.any(axis=0))
    assert np.ptp(columns) == pytest.approx(np.ptp(rows), rel=0.03)  # the cavity is square
    walls = pixels(scene.surface(color="U"))  # from the front nothing would be seen of them
    assert (walls.max(axis=2) - walls.min(axis=2) > 60)[: walls.shape[0] - 90].any()


def test_values_at_probes_and_along_lines_are_those_of_the_results(duct: fc.Results) -> None:
    scene = fc.view(duct).slice("z").probe((0.5, 0.1, 0.15), (0.25, 0.05, 0.15)).line((0.5, 0, 0.15), (0.5, 0.2, 0.15))
    probed = scene.probed
    exact = duct.sample_points([(0.5, 0.1, 0.15), (0.25, 0.05, 0.15)])
    assert probed["p"].to_numpy() == pytest.approx(exact["p"].to_numpy())
    assert scene._data.sample([(0.5, 0.1, 0.15)], "p") == pytest.approx(exact["p"].to_numpy()[:1])
    assert scene._data.sample([(0.5, 0.1, 0.15)], "U").shape == (1, 3)
    assert np.isnan(scene._data.sample([(9, 9, 9)], "Q")).all()
    assert len(scene.profiles) == 1
    assert scene.profiles[0]["distance"].iloc[-1] == pytest.approx(0.2)
    assert colours(pixels(scene)) > colours(pixels(fc.view(duct).slice("z")))


def test_a_probe_alone_stands_in_the_edges_of_the_domain(duct: fc.Results) -> None:
    assert fc.view(duct).probe((9, 9, 9)).png.startswith(b"\x89PNG")


def test_a_range_over_all_times_is_that_of_all_cells(duct: fc.Results) -> None:
    scene = fc.view(duct).slice("z").color("p", range="times")
    low, high = scene._data.span(scene.paint)  # type: ignore[arg-type]
    each = [np.asarray(duct.mesh(time, fields=["p"]).cell_data["p"]) for time in duct.times]
    assert (low, high) == pytest.approx((min(one.min() for one in each), max(one.max() for one in each)))
    assert len(scene.png) > 1000


def test_a_case_before_any_run_shows_its_patches_and_is_meshed_once(home: Path) -> None:
    case = fc.Case(
        name="lid", domain=fc.Cavity("0.1 m"), mesh=fc.Blocks(12), physics=fc.Incompressible(fluid="water"),
        boundaries={"lid": fc.Wall(velocity=(0.01, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=20),
    )  # fmt: skip
    scene = fc.view(case)
    assert [one.kind for one in scene.explicit().layers] == ["patches"]
    assert colours(pixels(scene)) > 20
    assert fc.view(case) == scene  # an equal case has the same mesh
    assert eval(scene.code, {"fc": fc}) == scene
    with pytest.raises(CaseError, match="which looking does not start"):
        fc.view(fc.adopt(fc.tutorial("incompressible/simpleFoam/motorBike")))

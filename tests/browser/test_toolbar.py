"""The view of a scene in Chromium: what the controls do is in the picture, in the Scene and in the code."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import LONG, assert_accessible, focus_order, shot, until

import flowcfd as fc
from flowcfd.scene import Scene
from flowcfd.settings import settings
from flowcfd.viewer.process import RenderProcess

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("FLOWCFD_SHARED_CORES", "1")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def duct() -> fc.Results:
    """Flow between plates in three dimensions, at one time."""
    case = fc.Case(
        name="duct", domain=fc.Channel("1 m", "0.2 m", "0.3 m"), mesh=fc.Blocks((20, 10, 8)),
        physics=fc.Incompressible(fluid=fc.Fluid(name="oil", nu=1e-2, rho=900.0)),
        boundaries={
            "inlet": fc.Inlet(1.0), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall(),
            "back": fc.Slip(), "front": fc.Slip(),
        },
        solve=fc.Steady(iterations=40), outputs=[fc.YPlus()],
    )  # fmt: skip
    return fc.results(fc.run(case))


@pytest.fixture(scope="module")
def lid() -> fc.Results:
    """A cavity that starts to move, at five times."""
    case = fc.Case(
        name="lid", domain=fc.Cavity("0.1 m"), mesh=fc.Blocks(16),
        physics=fc.Incompressible(fluid=fc.Fluid(name="oil", nu=1e-3, rho=900.0)),
        boundaries={"lid": fc.Wall(velocity=(0.1, 0, 0)), "walls": fc.Wall()},
        solve=fc.Transient(end="1 s", step="0.02 s", write_every="0.25 s"),
    )  # fmt: skip
    return fc.results(fc.run(case))


@pytest.fixture(scope="module")
def process() -> Iterator[RenderProcess]:
    made = RenderProcess()
    yield made
    made.end()


class View:
    """A view of the render process in a page."""

    def __init__(self, process: RenderProcess, page: Page, scene: Scene) -> None:
        self._process, self.page = process, page
        said = process.ask("open", kind="scene", spec=scene.to_json())
        self.name = said["view"]
        page.goto(f"http://127.0.0.1:{said['port']}/index.html?ui=main&reconnect=auto&token={said['token']}")
        expect(page.get_by_label("Screenshot")).to_be_visible(timeout=LONG * 1000)
        until(lambda: len(np.unique(self.pixels().reshape(-1, 3), axis=0)) > 100)

    @property
    def scene(self) -> Scene:
        return Scene.from_json(self._process.ask("spec", view=self.name)["spec"])

    def replace(self, scene: Scene) -> None:
        self._process.ask("replace", view=self.name, spec=scene.to_json())

    def pixels(self) -> np.ndarray:
        """The picture as it is in the page (height, width, 3)."""
        shown = self.page.locator(".flowcfd-picture").screenshot()
        return np.round(255 * imread(io.BytesIO(shown))[:, :, :3]).astype(int)

    def changes(self, do: Callable[[], Any], share: float = 0.0005) -> None:
        """Do something that changes the picture."""
        before = self.pixels()
        do()

        def changed() -> bool:
            now = self.pixels()
            return now.shape != before.shape or float((np.abs(now - before) > 12).any(axis=2).mean()) > share

        until(changed)

    def choose(self, select: Locator, value: str) -> None:
        select.click()
        self.page.get_by_role("option", name=value, exact=True).click()

    def from_menu(self, menu: str, item: str) -> None:
        self.page.get_by_role("button", name=menu, exact=True).click()
        self.page.locator(".v-overlay--active .v-list-item", has_text=re.compile(f"^{re.escape(item)}$")).click()

    def panel(self, title: str) -> None:
        self.page.get_by_role("button", name=title, exact=True).click()


def field(view: View) -> Locator:
    return view.page.locator(".flowcfd-bar .v-select").first


def test_what_is_clicked_is_in_the_picture_the_scene_and_the_code(duct: fc.Results, process, page) -> None:
    view = View(process, page, fc.view(duct))
    view.changes(lambda: view.choose(field(view), "p"))
    until(lambda: view.scene.paint is not None and view.scene.paint.field == "p")

    def add() -> None:
        view.from_menu("Add", "Slice")

    view.changes(add)
    assert [one.kind for one in view.scene.layers] == ["slice", "surface", "outline", "slice"]
    card = page.locator(".flowcfd-card").last
    view.changes(lambda: card.get_by_role("slider", name="Position along x").press("Home"))
    until(lambda: view.scene.layers[-1].origin[0] == 0.0)
    at = card.get_by_label("at [m]")
    at.fill("0.25")
    view.changes(lambda: at.press("Enter"))
    until(lambda: view.scene.layers[-1].origin == (0.25, 0.1, 0.15))

    # something that cannot be is said, and nothing has happened
    before = view.scene
    at.fill("far away")
    at.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("position: must be a number (got 'far away')")
    assert view.scene == before
    page.get_by_role("button", name="Close").click()

    view.changes(lambda: view.from_menu("Ready views", "Walls: y+"))
    assert view.scene.paint is not None
    assert view.scene.paint.field == "yPlus"
    view.from_menu("Ready views", "Walls: shear stress")
    expect(page.get_by_role("alert")).to_contain_text("put fc.WallShear() into the outputs")

    # the kernel replaces it, and the controls show what it has
    view.changes(lambda: view.replace(fc.view(duct).slice("z").color("U", "y", map="viridis").ruler()))
    expect(field(view)).to_contain_text("U")
    expect(page.get_by_label("Scale bar")).to_have_attribute("aria-pressed", "true")
    view.panel("Python")
    code = page.locator(".flowcfd-code")
    expect(code).to_have_text(view.scene.code)
    assert eval(code.inner_text(), {"fc": fc}) == view.scene
    view.changes(lambda: page.get_by_label("Dark", exact=True).click(), share=0.3)
    shot(page, "toolbar-dark")
    assert view.scene.black


def test_the_mouse_turns_the_camera_of_the_scene_and_drags_a_plane(duct: fc.Results, process, page) -> None:
    view = View(process, page, fc.view(duct).slice("x", 0.5).outline().camera("iso"))
    box = page.locator(".flowcfd-picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def turn() -> None:
        page.mouse.move(x + 200, y + 150)
        page.mouse.down()
        page.mouse.move(x + 260, y + 150, steps=4)
        page.mouse.move(x + 300, y + 130, steps=4)
        page.mouse.up()

    view.changes(turn)
    until(lambda: view.scene.seen.direction is not None)
    assert view.scene.layers == fc.view(duct).slice("x", 0.5).outline().layers
    view.changes(lambda: view.from_menu("Look from", "From -y"))
    until(lambda: view.scene.seen.view == "-y")

    page.locator(".flowcfd-card").first.locator("summary").click()
    view.changes(lambda: page.get_by_label("Drag the plane by the mouse").first.click(), share=0.0005)
    shot(page, "toolbar-plane")

    def drag() -> None:
        page.mouse.move(x, y - 20)
        page.mouse.down()
        page.mouse.move(x - 40, y - 20, steps=5)
        page.mouse.move(x - 120, y - 20, steps=5)
        page.mouse.up()

    view.changes(drag, share=0.0005)
    until(lambda: view.scene.layers[0].origin[0] < 0.47)
    assert view.scene.layers[0].normal == pytest.approx((1, 0, 0), abs=0.05)


def test_values_are_read_off_by_click_and_are_those_of_the_results(lid: fc.Results, process, page) -> None:
    view = View(process, page, fc.view(lid))
    box = page.locator(".flowcfd-picture").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.panel("Probes and line")
    page.get_by_label("Probe by click").click()
    page.mouse.click(x + 40, y - 60)
    row = page.locator("[data-test=probe]")
    expect(row).to_have_count(1)
    point = view.scene.layers[-1].points[0]
    table = lid.sample_points([point], ["U"])
    exact = float(np.linalg.norm(table[["Ux", "Uy", "Uz"]].to_numpy()))
    expect(row).to_contain_text(f"{exact:.6g} m/s")
    expect(row).to_contain_text(f"({point[0]:g}, {point[1]:g}, {point[2]:g}) m")
    page.mouse.click(box["x"] + 3, box["y"] + 3)  # beside the cavity
    expect(page.get_by_role("alert")).to_contain_text("nothing is shown there")

    page.get_by_label("Plot along a line").click()
    page.mouse.click(x - 90, y)
    expect(page.locator(".flowcfd-hint")).to_contain_text("other end")
    page.mouse.click(x + 90, y)
    expect(page.locator(".flowcfd-plot")).to_be_visible()
    line = view.scene.profiles[0]
    speed = np.linalg.norm(line[["Ux", "Uy", "Uz"]].to_numpy(), axis=1)
    label = page.locator(".flowcfd-plot").get_attribute("aria-label")
    assert label == f"U magnitude [m/s] along the line: {speed.min():.4g} to {speed.max():.4g}"
    page.get_by_label("Plot along a line").click()
    shot(page, "toolbar-values")
    assert eval(view.scene.code, {"fc": fc}) == view.scene


def test_times_are_played_and_files_are_taken_away(lid: fc.Results, process, page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 900, "height": 560})
    view = View(process, page, fc.view(lid).color("U", range="times"))
    times = lid.times
    view.changes(lambda: page.get_by_role("slider", name="Time").press("Home"))
    until(lambda: view.scene.time == times[0])
    page.get_by_label("One time on").click()
    until(lambda: view.scene.time == times[1])
    view.changes(lambda: page.get_by_role("button", name="Play", exact=True).click())
    until(lambda: view.scene.time == times[-1])
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shot(page, "toolbar-small")

    def taken(do: Callable[[], Any]) -> bytes:
        with page.expect_download() as found:
            do()
        path = tmp_path / found.value.suggested_filename
        found.value.save_as(path)
        return path.read_bytes()

    picture = taken(lambda: page.get_by_label("Screenshot").click())
    assert picture.startswith(b"\x89PNG")
    assert taken(lambda: view.from_menu("Export", "Figure (SVG)")).startswith(b"<?xml")
    assert json.loads(taken(lambda: view.from_menu("Export", "3-D model (glTF)")))["asset"]["version"] == "2.0"
    assert "scene.vtm" in zipfile.ZipFile(io.BytesIO(taken(lambda: view.from_menu("Export", "VTK (zip)")))).namelist()

    page.set_viewport_size({"width": 450, "height": 560})  # as in a notebook beside Lab's files: no room for the panels
    drawer = page.locator(".flowcfd-drawer")
    expect(drawer).not_to_be_in_viewport()
    for name in ("Screenshot", "Panels"):
        expect(page.get_by_label(name, exact=True)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Panels").click()
    expect(drawer).to_be_in_viewport()
    shot(page, "toolbar-narrow")


def test_all_controls_are_reached_by_the_keyboard_and_named(duct: fc.Results, process, page) -> None:
    view = View(process, page, fc.view(duct).slice("x", 0.5).streamlines("inlet", count=10).contour("p", 3))
    for title in ("Probes and line", "Python"):
        view.panel(title)
    assert_accessible(page, "#app")
    names = focus_order(page.locator("#app"))
    for name in ("Fit into the picture", "Look from", "Scale bar", "Probe by click", "Screenshot", "Export", "Panels"):
        assert any(name in one for one in names), name
    shot(page, "toolbar")

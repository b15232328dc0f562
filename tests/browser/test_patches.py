"""Patches picked by mouse in a real JupyterLab: clicks, boxes and angles on a body from CAD, boundaries, their code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from tests.browser.conftest import LONG, Lab, Notebook, assert_accessible, dark, shot, until

pytestmark = pytest.mark.browser
expect.set_options(timeout=LONG * 1000)
MADE = """
import flowcfd as fc
from flowcfd.cad import bodies
elbow = bodies.elbow("0.1 m", "0.2 m", inlet="0.3 m", outlet="0.3 m")
picker = fc.patches(elbow, {"wall": fc.Wall()})
picker
"""
ASKED = """
import json
made = {"fc": fc}
exec(picker.code, made)
equal = (made["geometry"], made["boundaries"]) == (picker.geometry, picker.boundaries)
kinds = {name: one.kind for name, one in picker.boundaries.items()}
names = list(picker.geometry.patches)
print(json.dumps({"kinds": kinds, "names": names, "equal": equal, "chosen": picker.selection}))
"""


def test_faces_are_picked_by_mouse_and_their_boundaries_are_a_script(lab: Lab, page: Page) -> None:
    book = lab.open(page, MADE, ASKED)
    book.run(0)
    out, view = opened(book)
    count = out.locator(".fcp-count")

    at(view, 0.253, 0.816)  # the round end of the pipe
    expect(count).to_have_text("1 of 5 faces selected: inlet")
    expect(out.get_by_role("button", name="inlet", exact=True)).to_have_attribute("aria-pressed", "true")
    out.get_by_role("button", name="Assign to the selection").click()
    row = out.locator("tr", has=page.get_by_role("button", name="inlet", exact=True))
    expect(row).to_contain_text("Inlet(speed=1")

    mode(view, "Angle")
    at(view, 0.45, 0.66)
    expect(count).to_have_text("3 of 5 faces selected: wall")
    mode(view, "Click")
    at(view, 0.45, 0.66)
    expect(count).to_have_text("1 of 5 faces selected: wall")
    out.get_by_label("Name of the selection").fill("wall")
    out.get_by_role("button", name="Name", exact=True).click()
    expect(out.get_by_role("alert")).to_contain_text("wall is the name of 2 other faces already")
    out.get_by_label("Name of the selection").fill("straight")
    out.get_by_role("button", name="Name", exact=True).click()
    expect(out.get_by_role("button", name="straight", exact=True)).to_be_visible()
    shot(out, "patches-picked")

    assert_accessible(out.locator(".fcp"))
    inside = page.locator(".jp-Cell-outputArea iframe").first.element_handle().content_frame()
    assert inside is not None
    assert_accessible(inside.locator(".fp"))
    with dark(lab, page):
        assert_accessible(out.locator(".fcp"))
        shot(out, "patches-dark")

    mode(view, "Box")
    drag(page, view, (0.02, 0.02), (0.98, 0.98))
    expect(count).to_contain_text("4 of 5 faces selected")
    expect(view.locator(".fp-view")).to_have_attribute("data-mode", "box")  # whatever the list said meanwhile
    shot(out, "patches-box")

    out.get_by_role("button", name="None", exact=True).click()
    out.get_by_role("button", name="Assign to the selection").click()
    expect(out.get_by_role("alert")).to_contain_text("nothing is selected to assign")
    by_keys(page, out, "outlet")
    expect(count).to_have_text("1 of 5 faces selected: outlet")

    said = asked(book, 1)
    assert said == {
        "kinds": {"inlet": "Inlet", "wall": "Wall"}, "names": ["inlet", "straight", "wall", "outlet"],
        "equal": True, "chosen": [4],
    }  # fmt: skip


CAVITY = """
import flowcfd as fc
case = fc.Case(
    domain=fc.Cavity(1.0), mesh=fc.Blocks(cells=8), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
    boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=5),
)
picker = fc.patches(case, height=420)
picker
"""


def test_a_boundary_that_does_not_fit_is_said_beside_its_patch(lab: Lab, page: Page) -> None:
    book = lab.open(page, CAVITY, "print(picker.case == case, picker.boundaries['lid'].kind)")
    book.run(0)
    out, view = opened(book)
    at(view, 0.5, 0.25)
    expect(out.locator(".fcp-count")).to_contain_text("1 of 3 patches selected")
    by_keys(page, out, "lid")
    out.get_by_role("button", name="Assign to the selection").click()
    expect(out.locator(".fcp-problem")).to_contain_text("cannot leave")
    shot(out, "patches-case")
    book.run(1)
    assert book.text(1).strip() == "True Inlet"

    until(lambda: "# lid: " in book.left(0))  # what stays in the notebook follows, seldom

    book.restart()  # nothing that is clicked would be heard
    expect(out.locator(".fcp-words")).to_contain_text("run the cell again")
    expect(out.get_by_role("button", name="lid", exact=True)).to_be_disabled()
    book.save()
    out = lab.show(page, book.path.name).output(0)
    expect(out).to_contain_text("The kernel of this picker has ended. Run the cell again to pick")
    expect(out.locator("pre").last).to_contain_text("# lid: ")  # its code, and what was still wrong
    expect(out.locator("img")).to_be_visible()


def opened(book: Notebook) -> tuple[Locator, FrameLocator]:
    """The output with the picker, and the page of its picture when that is there."""
    out = book.output(0)
    view = out.frame_locator("iframe")
    view.locator(".fp-view img").first.wait_for()
    picture = view.locator(".fp-view img").first
    until(lambda: picture.evaluate("one => one.naturalWidth > 100"))
    until(lambda: still(picture))
    return out, view


def still(picture: Locator) -> bool:
    """Whether the picture fills its place, so that it is not drawn for another size."""
    return bool(
        picture.evaluate(
            "one => { const box = one.closest('.fp-view').getBoundingClientRect();"
            " return Math.abs(one.naturalWidth / one.naturalHeight - box.width / box.height) < 0.02; }"
        )
    )


def mode(view: FrameLocator, name: str) -> None:
    view.get_by_role("button", name=name, exact=True).click()
    view.locator(f".fp-view[data-mode={name.lower()}]").wait_for()


def at(view: FrameLocator, x: float, y: float) -> None:
    """Click at a place of the picture, in shares of its size."""
    place = view.locator(".fp-view")
    box: Any = place.bounding_box()
    place.click(position={"x": x * box["width"], "y": y * box["height"]})


def drag(page: Page, view: FrameLocator, begin: tuple[float, float], end: tuple[float, float]) -> None:
    box: Any = view.locator(".fp-view").bounding_box()
    for step, (x, y) in enumerate((begin, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        (page.mouse.up if step else page.mouse.down)()


def by_keys(page: Page, out: Locator, name: str) -> None:
    """Choose a patch without the mouse: to the first row, down to it, enter."""
    names = out.locator(".fcp-name")
    names.first.focus()
    for _ in range([one.strip() for one in names.all_inner_texts()].index(name)):
        page.keyboard.press("ArrowDown")
    expect(out.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")


def asked(book: Notebook, cell: int) -> Any:
    book.run(cell)
    return json.loads(book.text(cell).strip().splitlines()[-1])

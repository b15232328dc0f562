"""One day's work by mouse behind the real hub: from the login to the report, and the dashboard of a small study.

What the rooms do in detail is tested beside this file; here they have to work together, through the hub's proxy.
"""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import CELLS, Notebook, shot, until
from tests.browser.hubs import Hub, hub  # noqa: F401
from tests.browser.pictures import changed

pytestmark = pytest.mark.browser
CELLS_NOW = CELLS.replace(".content", "?.content?")
WRITE = "code => { window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(code); }"
PATCHES = """\
from flowcfd.cad import bodies
picker = fc.patches(bodies.elbow("0.1 m", "0.2 m", inlet="0.3 m", outlet="0.3 m"), {"wall": fc.Wall()})
picker"""
STUDY = """\
study = fc.Study(case, {"mesh.cells": [8, 12]}, name="Lids").run(wait=True)
fc.dashboard(study, height=620)"""


def test_a_day_by_mouse_behind_the_hub(hub: Hub, page: Page) -> None:  # noqa: F811
    hub.login(page, "dora")
    page.locator(".jp-LauncherCard", has_text="Set up by mouse").click()
    page.wait_for_function(f"{CELLS_NOW}?.[0]?.model.executionCount")
    book = Notebook(page, hub.home("dora"))
    sets_up_and_runs(book)
    turns_and_cuts(book)
    picks_a_patch(book)
    reads_the_report(hub, book)
    opens_the_dashboard(hub, book)


def sets_up_and_runs(book: Notebook) -> None:
    """The wizard by mouse, until its run is done; its residuals move, and its script is the next cell."""
    page, shown = book.page, book.output(0)
    shown.locator(".fc-tile[data-name='Cavity']").click()
    enter(shown, "Mesh")
    shown.get_by_role("textbox", name=re.compile("^Cells")).fill("80")
    expect(shown.locator(".fc-step[data-name='Mesh']")).to_contain_text("done")
    enter(shown, "Check")
    expect(shown.get_by_text("Nothing is wrong: it can be run.")).to_be_visible()
    shown.get_by_label("keep the cell up to date").check()
    enter(shown, "Run")
    shown.get_by_role("button", name="Run", exact=True).click()
    monitor = shown.locator(".flowcfd-monitor").first
    until(lambda: rows(monitor))
    first, plot = rows(monitor), monitor.locator("canvas").first
    before = plot.screenshot()
    until(lambda: rows(monitor) > first)
    until(lambda: changed(before, plot.screenshot()) > 0.001)
    shot(page, "story-1-residuals")
    expect(shown.locator(".fc-step[data-name='Run']")).to_contain_text("done")
    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source.includes('run = fc.run(case')")
    book.run(1)
    assert "Error" not in book.text(1), book.text(1)


def turns_and_cuts(book: Notebook) -> None:
    """The result, living: turned by the mouse, and cut by a plane of the toolbar."""
    output = add(book, "fc.view(run)")
    view = output.frame_locator("iframe")
    picture = view.locator(".flowcfd-picture")
    until(lambda: colours(picture) > 100)
    before = picture.screenshot()
    drag(book.page, picture)
    until(lambda: changed(before, picture.screenshot()) > 0.05)
    turned = settled(picture)
    view.get_by_role("button", name="Add", exact=True).click()
    view.locator(".v-overlay--active .v-list-item", has_text=re.compile("^Slice$")).click()
    until(lambda: changed(turned, picture.screenshot()) > 0.001)
    output.scroll_into_view_if_needed()
    shot(book.page, "story-2-view")


def picks_a_patch(book: Notebook) -> None:
    """A face of a body from CAD is clicked and made an inlet."""
    output = add(book, PATCHES)
    view = output.frame_locator("iframe")
    picture = view.locator(".fp-view")
    until(lambda: colours(picture) > 100)
    click(picture, 0.253, 0.816)  # the round end of the pipe
    expect(output.locator(".fcp-count")).to_have_text("1 of 5 faces selected: inlet")
    output.get_by_role("button", name="Assign to the selection").click()
    row = output.locator("tr", has=book.page.get_by_role("button", name="inlet", exact=True))
    expect(row).to_contain_text("Inlet(speed=1")
    output.scroll_into_view_if_needed()
    shot(book.page, "story-3-patch")


def reads_the_report(hub: Hub, book: Notebook) -> None:  # noqa: F811
    """The report is a file of the user, and a page of the user's server."""
    output = add(book, "print(fc.report(run, 'lid.html'))")
    assert "lid.html" in output.inner_text(), output.inner_text()
    assert (hub.home("dora") / "lid.html").stat().st_size > 50_000
    page = book.page.context.new_page()
    page.goto(f"{hub.server('dora')}files/lid.html")
    expect(page.get_by_text("Provenance").first).to_be_visible()
    shot(page, "story-4-report")
    page.close()


def opens_the_dashboard(hub: Hub, book: Notebook) -> None:  # noqa: F811
    """A small study as a page of its own, behind the hub's proxy."""
    output = add(book, STUDY)
    output.locator("iframe").scroll_into_view_if_needed()  # below the window a page may wait to be seen
    output.frame_locator("iframe").get_by_text("2 rows: 2 done").wait_for()
    with book.page.context.expect_page() as opened:
        output.get_by_role("link", name="Open in a tab of its own").click()
    page = opened.value
    assert page.url.startswith(f"{hub.server('dora')}proxy/")
    page.locator(".tabulator-row").nth(1).click()
    page.locator("section.chosen").get_by_role("heading", name="Point 1").wait_for()
    shot(page, "story-5-dashboard")
    page.close()


def enter(shown: Locator, name: str) -> None:
    """Show a step of the wizard, by its button."""
    shown.locator(f".fc-step[data-name='{name}']").click()
    expect(shown.locator(".fc-wizard-title")).to_have_text(name)


def add(book: Notebook, code: str) -> Locator:
    """Run code in a new cell at the end; its output when it is done."""
    last = book.count - 1
    book.page.evaluate("n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", last)
    if book.source(last):
        book.command("notebook:insert-cell-below")
        last += 1
        book.page.wait_for_function(f"n => {CELLS}.length > n", arg=last)
    book.page.evaluate(WRITE, code)
    book.run(last)
    assert "Error" not in book.text(last), book.text(last)
    return book.output(last)


def rows(monitor: Locator) -> int:
    """The rows that the page has of all curves; none before the monitor is there."""
    return int(monitor.get_attribute("data-rows") or 0) if monitor.count() else 0


def click(picture: Locator, x: float, y: float) -> None:
    """Click at a place of a picture, in shares of its size."""
    box: Any = picture.bounding_box()
    picture.click(position={"x": x * box["width"], "y": y * box["height"]})


def drag(page: Page, picture: Locator) -> None:
    """Turn what is seen by the mouse."""
    picture.scroll_into_view_if_needed()
    box: Any = picture.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=5)
    page.mouse.move(x + 120, y + 60, steps=5)
    page.mouse.up()


def settled(picture: Locator) -> bytes:
    """A screenshot that is equal to the one before it: the picture at rest."""
    seen = [picture.screenshot()]

    def rests() -> bool:
        seen.append(picture.screenshot())
        return changed(*seen[-2:]) == 0.0

    until(rests)
    return seen[-1]


def colours(of: Locator) -> int:
    """How many colours a screenshot of it has; none before it is there."""
    if not of.count():
        return 0
    with Image.open(io.BytesIO(of.screenshot())) as seen:
        return len(seen.convert("RGB").getcolors(1 << 24) or ())

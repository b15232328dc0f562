"""The dashboard of a study: in the notebook through Jupyter's proxy, and as a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import LONG, SIZE, Lab, shot, until

pytestmark = pytest.mark.browser

STUDY = """\
import flowcfd as fc
case = fc.Case(
    name="lid", domain=fc.Cavity("1 m"), mesh=fc.Blocks(cells=16), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
    boundaries={"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=300),
)
study = fc.Study(case, {"physics.fluid.nu": [0.01, 0.004], "mesh.cells": [12, 16]}, name="Cavities").run(wait=True)
"""


def test_a_study_is_seen_chosen_and_taken_home(lab: Lab, page: Page, browser_3d: Any) -> None:
    book = lab.open(page, STUDY, "page = fc.dashboard(study, height=700); page", "print(page.address)")
    book.run()
    framed = book.output(1).frame_locator("iframe")
    framed.get_by_role("heading", name="Cavities").wait_for()
    framed.get_by_text("4 rows: 4 done").wait_for()
    framed.locator(".tabulator-row").nth(3).wait_for()
    book.output(1).scroll_into_view_if_needed()
    shot(page, "dashboard-notebook")
    link = book.output(1).get_by_role("link", name="Open in a tab of its own").get_attribute("href") or ""
    assert "/proxy/" in link
    context = browser_3d.new_context(viewport=SIZE)
    try:
        alone(context.new_page(), link, book)
    finally:
        context.close()


def alone(page: Page, link: str, book: Any) -> None:
    """The page in a tab: everything is linked, nothing comes from elsewhere."""
    page.set_default_timeout(LONG * 1000)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.context.add_cookies(book.page.context.cookies())
    page.goto(link)
    page.get_by_text("4 rows: 4 done").wait_for()
    assert "token" not in page.url
    chosen = page.locator("section.chosen")
    chosen.get_by_role("heading", name="Point 0").wait_for()
    picture = chosen.frame_locator("iframe[title^=Picture]").locator("img")
    until(lambda: picture.evaluate("one => one.naturalWidth") > 100)
    shot(page, "dashboard")
    page.locator(".tabulator-row").nth(2).click()
    chosen.get_by_role("heading", name="Point 2").wait_for()
    until(lambda: page.evaluate(SELECTED) == [2])
    page.evaluate("Bokeh.documents[0].get_model_by_name('points').selected.indices = [1]")  # as a click on a mark does
    chosen.get_by_role("heading", name="Point 1").wait_for()
    page.locator(".tabulator-row.tabulator-selected").get_by_text("Point 1").wait_for()
    chosen.get_by_text("3-D view").click()
    chosen.frame_locator("iframe[title^='3-D']").locator("canvas").first.wait_for()
    chosen.get_by_text("Residuals").click()
    chosen.locator("canvas").first.wait_for()
    shot(page, "dashboard-residuals")
    with page.expect_download() as download:
        page.get_by_text("Download the table (CSV)").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("point,fluid.nu [m^2/s],mesh.cells")
    assert len(lines) == 5
    assert hosts - {""} == {urlsplit(link).netloc}
    accessible(page)


SELECTED = "Bokeh.documents[0].get_model_by_name('points').selected.indices"


def accessible(page: Page) -> None:
    """What axe finds against WCAG AA; that Tabulator's grid owns more than rows is not ours to mend."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": ["wcag2a", "wcag2aa"]}
    found = Axe().run(page, options=options).response["violations"]
    problems = [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]
    theirs = [one for one in problems if one[0] == "aria-required-children" and "pnx-tabulator" in one[1]]
    assert [one for one in problems if one not in theirs] == []


def test_a_page_that_lost_its_server_says_so(lab: Lab, page: Page, browser: Any) -> None:
    from flowcfd.widgets.dashboard.served import Server
    from flowcfd.widgets.dashboard.subject import Subject

    server = Server(Subject("gone", study=str(lab.folder / "no study")))
    try:
        page.goto(server.address)
        page.get_by_text("no study").first.wait_for()  # why nothing is shown
    finally:
        server.end()
    page.get_by_role("alert").get_by_text("This page has lost its server").wait_for()

"""Scenes as pages in a notebook, as on Binder: drawn by the browser, with no process behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import LONG, SIZE, Lab, shot, until
from tests.browser.pictures import changed, colours, drag

pytestmark = pytest.mark.browser


def test_a_page_is_drawn_and_turned_by_the_browser_and_says_its_title(
    lab: Lab, browser_3d: Browser, swirl: Path
) -> None:
    context = browser_3d.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(LONG * 1000)
    scene = f"import flowcfd as fc\nfc.view({str(swirl)!r}).slice('z').title('It <b>turns</b>')"
    book = lab.open(page, "%env FLOWCFD_VIEW=html", scene)
    book.run()
    shown = book.output(1).frame_locator("iframe")
    expect(shown.get_by_text("It <b>turns</b>")).to_be_visible()
    picture = shown.locator("canvas").first
    until(lambda: colours(picture) > 100)
    shot(page, "page")
    before = picture.screenshot()

    def turned() -> bool:
        drag(page, picture)
        return changed(before, picture.screenshot()) > 0.02

    until(turned)
    context.close()

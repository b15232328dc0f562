"""Scenes as pages in a notebook, as on Binder: drawn by the browser, with no process behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import LONG, SIZE, Lab, shot, until
from tests.browser.test_viewer import CONTROL, changed, colours, drag

from flowcfd.bench.box import Box, write_field, write_mesh

pytestmark = pytest.mark.browser


def test_a_page_is_drawn_and_turned_by_the_browser_and_says_its_title(
    lab: Lab, browser_3d: Browser, tmp_path: Path
) -> None:
    write_mesh(tmp_path, box := Box((8, 8, 8)))
    write_field(tmp_path, "1", "U", box.centres() ** 2)
    write_field(tmp_path, "1", "p", np.sum(box.centres() ** 2, axis=1))
    (tmp_path / "system").mkdir()
    (tmp_path / "system/controlDict").write_text(CONTROL)
    context = browser_3d.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(LONG * 1000)
    scene = f"import flowcfd as fc\nfc.view({str(tmp_path)!r}).slice('z').title('It <b>turns</b>')"
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

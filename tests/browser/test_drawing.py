"""The page of a view says that a picture takes long, for as long as the process does not answer."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import LONG
from tests.unit.viewer.patches.test_shell import box

from flowcfd.viewer.patches.sight import Sight
from flowcfd.viewer.process import RenderProcess

pytestmark = pytest.mark.browser


def test_a_picture_that_takes_long_is_said(page: Any, tmp_path: Path) -> None:
    shell = box((0, 0, 0), (1, 1, 1)).save(tmp_path / "shell.npz")
    process = RenderProcess()
    try:
        names = ("front", "back", "right", "left", "under", "roof")
        opened = process.ask("open", kind="patches", spec=Sight(str(shell), names).to_json())
        page.goto(f"http://127.0.0.1:{opened['port']}/index.html?reconnect=auto&token={opened['token']}")
        expect(page.locator("img[src^=blob]").first).to_be_visible(timeout=LONG * 1000)
        os.kill(process.pid, signal.SIGSTOP)  # as one that draws what is very large
        page.get_by_text("Names").click()
        sign = page.locator("#flowcfd-drawing")
        expect(sign).to_have_text("Drawing …", timeout=LONG * 1000)
        expect(sign).to_be_visible()
        os.kill(process.pid, signal.SIGCONT)
        expect(sign).to_be_hidden(timeout=LONG * 1000)
    finally:
        if process.alive:
            os.kill(process.pid, signal.SIGCONT)
        process.end()

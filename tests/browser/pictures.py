"""What pictures in a page show: how many colours, whether they have changed; and how they are turned."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Error, Locator, Page
from tests.browser.conftest import Notebook, until


def colours(of: Locator) -> int:
    """How many colours a screenshot of it has; none while its frame is put into the page anew."""
    try:
        shown = of.screenshot()
    except Error as error:
        if any(words in str(error) for words in ("detached", "not visible")):
            return 0
        raise
    with Image.open(io.BytesIO(shown)) as seen:
        return len(seen.convert("RGB").getcolors(1 << 24) or ())


def changed(before: bytes, after: bytes) -> float:
    """The share of pixels that differ."""
    with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(after)) as other:
        if one.size != other.size:
            return 1.0
        return float((np.asarray(one.convert("RGB")) != np.asarray(other.convert("RGB"))).any(axis=2).mean())


def alike(before: bytes, after: bytes) -> bool:
    """Whether two pictures show the same; one may still be the coarse one of a view that has just been turned."""
    with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(after)) as other:
        small = [np.asarray(each.convert("RGB").resize((90, 60)), float) for each in (one, other)]
        return float(np.abs(small[0] - small[1]).mean()) < 3.0


def picture(book: Notebook, cell: int) -> Locator:
    """The picture of the live view that a cell shows, when it has come."""
    seen = book.output(cell).frame_locator("iframe").locator("vtk-remote-view, canvas").first
    seen.wait_for()
    until(lambda: colours(seen) > 100)
    return seen


def drag(page: Page, seen: Locator, also: Callable[[], None] = lambda: None) -> None:
    """Turn what is seen by the mouse."""
    box = seen.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 16):
        page.mouse.move(x + 8 * step, y + 4 * step)
    also()
    page.mouse.up()

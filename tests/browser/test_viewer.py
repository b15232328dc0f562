"""Scenes that live in the notebook: turned while the kernel is busy, lost and back again, and without the proxy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests.browser.conftest import Lab, shot, until
from tests.browser.pictures import alike, changed, colours, drag, picture

pytestmark = pytest.mark.browser
STATUS = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
FRAME = ".flowcfd-frame"
STILL = "[class^=flowcfd-still]"


def test_a_scene_turns_while_the_kernel_is_busy_and_comes_back_when_it_is_lost(
    lab: Lab, page: Page, swirl: Path
) -> None:
    book = lab.open(
        page,
        f"import flowcfd as fc\nscene = fc.view({str(swirl)!r}).slice('z').surface('top', color='p')\n"
        "viewer = fc.Viewer(scene.camera('iso'))\nviewer",
        "import time, os, signal\nprint('busy', flush=True)\ntime.sleep(20)",
        "os.kill(viewer.process.pid, signal.SIGKILL)",
        "viewer.scene = viewer.scene.color('p').dark()\nprint(viewer.code)",
        "fc.view(viewer.scene.results).color('nothing')",
        "print(repr(viewer.scene.paint), os.path.exists(viewer.scene.results.case))",
    )
    book.run(0)
    assert not book.text(0)
    seen = picture(book, 0)
    shot(page, "viewer-live")

    # a busy kernel does not freeze the picture
    book.run(1, wait=False)
    until(lambda: "busy" in book.text(1))
    before, left = seen.screenshot(), book.left(0)
    assert "data:image/jpeg;base64," in left and len(left) < 300_000
    assert book.output(0).locator(STILL).is_hidden()
    drag(page, seen, lambda: until(lambda: changed(before, seen.screenshot()) > 0.05) and None)
    assert page.evaluate(f"{STATUS} === 'busy'")
    until(lambda: book.left(0) != left)  # what is seen at rest stays in the notebook
    book.command("notebook:interrupt-kernel")
    page.wait_for_function(f"{STATUS} === 'idle'")

    # a page that is reloaded in the middle shows the same view
    turned = seen.screenshot()
    assert not alike(before, turned)
    book.save()
    book = lab.show(page, book.path.name)
    seen = picture(book, 0)
    until(lambda: alike(turned, seen.screenshot()))
    left = book.left(0)

    # lost: a sentence, the last picture, and a button back
    book.run(2)
    frame = book.output(0).locator(FRAME)
    again = frame.get_by_role("button", name="Start it again")
    again.wait_for()
    assert "killed by signal 9" in frame.inner_text() and frame.locator("img").is_visible()
    shot(page, "viewer-lost")
    again.click()
    seen = picture(book, 0)
    assert again.is_hidden()

    # the kernel changes what the page shows, and knows it
    before = seen.screenshot()
    book.run(3)
    code = book.text(3)
    assert ".color('p')" in code and ".dark()" in code and ".camera((" in code  # turned by the mouse
    until(lambda: changed(before, seen.screenshot()) > 0.3)

    # what is not there is said, and the next cell goes on
    book.run(4)
    said = book.output(4)
    until(lambda: "no field 'nothing'" in said.inner_text() + _inside(said))
    book.run(5)
    assert "Paint(field='p'" in book.text(5)

    until(lambda: book.left(0) != left)  # also in a page that was loaded again

    # the kernel is started again: a sentence with the last picture; the cell shows the same once more
    book.restart()
    frame.get_by_text("run the cell again").wait_for()
    assert frame.locator("img").is_visible() and not frame.get_by_role("button").count()
    shot(page, "viewer-kernel-gone")

    # and the page is loaded again: the picture stays, and the way back
    book.save()
    book = lab.show(page, book.path.name)
    still = book.output(0).locator(STILL)
    still.get_by_text("The kernel that drew this has ended. Run the cell again to turn it.").wait_for()
    assert colours(still.locator("img")) > 100
    assert "Error displaying widget" not in book.output(0).inner_text()
    shot(page, "viewer-kernel-gone-reloaded")
    book.run(0)
    picture(book, 0)
    assert still.is_hidden()


def _inside(output: Locator) -> str:
    """The words in the page of a live view; empty while there is none."""
    frames = output.locator("iframe")
    return frames.first.content_frame.locator("body").inner_text() if frames.count() else ""


def test_the_first_picture_is_there_before_its_page(lab: Lab, page: Page, swirl: Path) -> None:
    held: list[Route] = []
    page.route("**/proxy/**/vue.global.js", lambda route: held.append(route))
    book = lab.open(page, f"import flowcfd as fc\nfc.view({str(swirl)!r}).slice('z').camera('iso')")
    book.run(0)
    first = book.output(0).locator(".flowcfd-frame-poster")
    until(lambda: colours(first) > 100)
    until(lambda: held)
    shot(page, "viewer-first-picture")
    for one in held:
        one.continue_()
    page.unroute("**/proxy/**/vue.global.js")
    until(lambda: not first.count())  # it gives way to the living one
    picture(book, 0)


def test_where_the_proxy_is_closed_the_page_turns_by_itself(lab: Lab, browser_3d: Browser, swirl: Path) -> None:
    context = browser_3d.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.route("**/proxy/**", lambda route: route.fulfill(status=404, body="no proxy"))
    try:
        book = lab.open(page, f"import flowcfd as fc\nfc.view({str(swirl)!r}).slice('z').camera('iso')")
        book.run(0)
        frame = book.output(0).locator(FRAME)
        frame.get_by_role("button", name="Try again").wait_for()
        assert "closed" in frame.inner_text()
        inside = frame.locator("iframe[srcdoc]").content_frame.locator("canvas").first
        inside.wait_for()
        until(lambda: colours(inside) > 100)
        before = inside.screenshot()

        def turned() -> bool:
            drag(page, inside)  # again: a page that is not served for a while takes press and release together
            return changed(before, inside.screenshot()) > 0.02

        until(turned)
        shot(page, "viewer-no-proxy")
        page.unroute("**/proxy/**")  # the way back
        frame.get_by_role("button", name="Try again").click()
        expect(frame.locator("iframe[srcdoc]")).to_have_count(0)
        picture(book, 0)
    finally:
        context.close()

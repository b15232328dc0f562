"""JupyterLab as `flowcfd lab` starts it: its launcher, cells written by widgets, nothing asked of the net."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlencode, urlparse

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import (
    CELLS,
    Lab,
    Notebook,
    Server,
    assert_accessible,
    dark,
    focus_order,
    shot,
    until,
)
from tests.browser.pictures import changed, drag, picture

from flowcfd.cli import main

pytestmark = pytest.mark.browser
CELLS_NOW = CELLS.replace(".content", "?.content?")
"""The cells where something else than a notebook may be in front."""
WRITER = """\
from flowcfd.widgets.cell import CellWriter
writer = CellWriter("a = 1", "story", label="Write the cell", keep=False)
writer"""


def sources(book: Notebook) -> list[str]:
    return [book.source(n) for n in range(book.count)]


def test_a_widget_writes_a_cell_replaces_it_and_leaves_what_the_user_has_edited(lab: Lab, page: Page) -> None:
    book = lab.open(
        page, WRITER, "writer.write('b = 2; print(b)', 'story', run=True)", "writer.code = 'c = 3'", "'end'"
    )
    book.run(0)
    shown = book.output(0)

    shown.get_by_role("button", name="Write the cell").click()
    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source === 'a = 1'")
    expect(shown.get_by_role("status")).to_have_text("Written into a new cell.")
    assert book.source(2).startswith("writer.write")

    book.run(2)  # the same mark: the cell keeps its place, and is run as asked
    page.wait_for_function(f"{CELLS}[1].model.executionCount")
    assert (book.count, book.source(1), book.text(1)) == (5, "b = 2; print(b)", "2\n")

    page.evaluate(f"{CELLS}[1].model.sharedModel.setSource('b = 20  # mine')")
    shown.get_by_label("keep the cell up to date").check()
    page.wait_for_function(f"{CELLS}[2].model.sharedModel.source === 'b = 2; print(b)'")
    expect(shown.get_by_role("status")).to_have_text("You have edited the cell, so it stays; a new one is below it.")

    book.run(4)  # every new code is written while the box is ticked
    page.wait_for_function(f"{CELLS}[2].model.sharedModel.source === 'c = 3'")
    assert sources(book)[1:3] == ["b = 20  # mine", "c = 3"]
    assert page.evaluate(f"{CELLS}[2].model.executionCount") is None
    shot(page, "cell-written")


def test_a_cell_is_written_while_the_kernel_is_busy_and_once_only(lab: Lab, page: Page) -> None:
    free = lab.folder / "free"
    busy = f"import pathlib, time\nwhile not pathlib.Path({str(free)!r}).exists(): time.sleep(0.05)"
    book = lab.open(page, f"{WRITER}\nwriter.write('early = 1', 'story')\nwriter", "writer", busy)
    book.run(0)
    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source === 'early = 1'")
    book.run(2)  # the second view of the same widget asks for nothing
    page.evaluate(f"{CELLS}[1].model.sharedModel.setSource('mine')")
    book.run(3, wait=False)
    page.wait_for_function(f"{CELLS}[3].model.executionState === 'running'")
    book.output(0).get_by_role("button", name="Write the cell").click()
    page.wait_for_function(f"{CELLS}[2].model.sharedModel.source === 'early = 1'")
    free.touch()
    page.wait_for_function(f"{CELLS}[4].model.executionCount")

    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    button = book.output(0).get_by_role("button", name="Write the cell")
    expect(button).to_be_visible()
    assert [text[:9] for text in sources(book)] == ["from flow", "mine", "early = 1", "writer", "import pa"]

    book.command("notebook:create-output-view")
    apart = page.locator(".jp-LinkedOutputView")
    apart.get_by_role("button", name="Write the cell").click()
    expect(apart.get_by_role("status")).to_contain_text("outside of its notebook")
    expect(apart.get_by_role("button", name="Copy")).to_be_visible()


def test_where_nobody_answers_the_code_can_be_copied(lab: Lab, page: Page) -> None:
    book = lab.open(page, WRITER)
    deaf(page)
    book.run(0)
    shown = book.output(0)
    shown.get_by_role("button", name="Write the cell").click()
    expect(shown.get_by_role("status")).to_contain_text("copy the code into a cell")
    assert_accessible(shown)
    with dark(lab, page):
        assert_accessible(shown)
        shot(page, "cell-copied-dark")
    assert focus_order(shown) == ["Write the cell", "keep the cell up to date", "Python code", "Copy"]
    shown.get_by_role("button", name="Copy").press("Enter")
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    assert book.count == 1
    shot(shown, "cell-copied")


def deaf(page: Page) -> None:
    """The page as one without the extension: the event reaches nobody."""
    page.evaluate(
        "() => { const send = window.dispatchEvent; "
        "window.dispatchEvent = event => event.type === 'flowcfd:cell' || send.call(window, event); }"
    )


def asked(page: Page) -> set[str]:
    """The servers that the page asks, filled as it goes; an address of `data:` or `blob:` has none."""
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.update(filter(None, [urlparse(request.url).netloc])))
    page.on("websocket", lambda socket: hosts.add(urlparse(socket.url).netloc))
    return hosts


def launcher(lab: Lab, page: Page) -> None:
    page.goto(f"{lab.address}lab?{urlencode({'reset': '', 'token': lab.token})}")
    page.wait_for_selector(".jp-Launcher-body")


def tile(page: Page, words: str) -> None:
    page.locator(".jp-LauncherCard", has_text=words).click()


def test_tiles_open_notebooks_and_nothing_is_asked_of_the_net(lab: Lab, page: Page) -> None:
    hosts = asked(page)
    launcher(lab, page)
    expect(page.locator(".jp-Launcher-section", has_text="FlowCFD").locator(".jp-LauncherCard")).to_have_count(3)
    shot(page, "launcher")
    tile(page, "Look at runs")
    page.wait_for_function(f"{CELLS_NOW}?.[0]?.model.executionCount")
    assert page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.name") == "openfoam"
    book = Notebook(page, lab.folder)
    assert book.source(0) == "import flowcfd as fc\n\nfc.runs()"
    assert "Error" not in book.text(0)

    book.command("launcher:create")
    tile(page, "Set up by mouse")
    wizard = "import flowcfd as fc\n\nfc.wizard()"
    page.wait_for_function(f"code => {CELLS_NOW}?.[0]?.model.sharedModel.source === code", arg=wizard)
    expect(page.locator(".fc-wizard")).to_be_visible()

    book.command("launcher:create")
    tile(page, "Example notebooks")
    expect(page.get_by_text("The example notebooks are not in this server's folder")).to_be_visible()
    (lab.folder / "01_cavity.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    tile(page, "Example notebooks")
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.title.label === '01_cavity.ipynb'")
    assert hosts == {urlparse(lab.address).netloc}
    expect(page.get_by_text("Would you like to get notified about official Jupyter news?")).to_have_count(0)


def test_a_plain_jupyter_lab_has_all_that_is_installed(
    place: Path,
    environment: dict[str, str],
    page: Page,
    swirl: Path,
) -> None:
    prefix, folder = place / "prefix", place / "plain"
    folder.mkdir()
    assert main(["kernel", "install", "--prefix", str(prefix)]) == 0
    found = {"JUPYTER_PATH": f"{prefix}/share/jupyter", "JUPYTER_CONFIG_PATH": f"{prefix}/etc/jupyter"}
    root = ["--allow-root"] if os.geteuid() == 0 else []
    more = ["--no-browser", "--port=0", "--ServerApp.ip=127.0.0.1", "--LabApp.expose_app_in_browser=True", *root]
    command = [sys.executable, "-m", "jupyterlab", str(folder), *more]
    with Server(command, {**environment, **found}, folder) as server:
        lab = Lab(server.address, server.token, folder, environment)
        hosts = asked(page)
        view = f"import flowcfd as fc\nfc.view({str(swirl)!r}).slice('z').camera('iso')"
        more = "import flowcfd as fc; print(fc.Cavity('1 m').model_dump_json())"
        book = lab.open(page, WRITER, more, "!which blockMesh", view)
        book.run()
        seen = picture(book, 3)
        before = seen.screenshot()
        drag(page, seen, lambda: until(lambda: changed(before, seen.screenshot()) > 0.05) and None)
        with dark(lab, page):
            shot(page, "viewer-plain-lab-dark")
        assert '"length":1.0' in book.text(1), book.text(1)
        assert book.text(2).strip().endswith("blockMesh")
        book.output(0).get_by_role("button", name="Write the cell").click()
        page.wait_for_function(f"{CELLS}[1]?.model.sharedModel.source === 'a = 1'")
        kept = "@jupyterlab/apputils-extension:kernels-settings"
        answer = page.request.get(f"{lab.address}lab/api/settings/{kept}?token={lab.token}").json()
        assert answer["schema"]["properties"]["commsOverSubshells"]["default"] == "disabled"
    assert hosts == {urlparse(lab.address).netloc}

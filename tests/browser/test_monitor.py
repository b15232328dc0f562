"""fc.watch in a real JupyterLab: rows move, reload and restart lose none, a busy cell stops nothing, clicks count."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import KERNEL, LONG, Lab, Notebook, assert_accessible, dark, shot, until

pytestmark = pytest.mark.browser
MONITOR = ".flowcfd-monitor"

CASE = """
import flowcfd as fc
def cavity(end, name):
    return fc.Case(
        name=name, domain=fc.Cavity("0.1 m"), mesh=fc.Blocks(cells=40),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-3)),
        boundaries={"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()},
        solve=fc.Transient(end, "0.5 ms", write_every="0.1 s", solver="icoFoam"),
        outputs=[fc.Probes([(0.05, 0.09, 0.005), (0.05, 0.02, 0.005)]), fc.Forces("lid", name="lid")],
    )
"""


COUNTS = """
steps = (run.case / "log.icoFoam").read_text().count("\\nTime = ")
print(monitor.rows["Initial residuals"] - steps, sum(monitor.rows.values()))
"""

THREADS = """
import threading
mine = [one for one in threading.enumerate() if one.name == "flowcfd-monitor"]
for one in mine: one.join(60)
print("threads", sum(one.is_alive() for one in mine))
"""


def rows(page: Page) -> int:
    """The rows that the page has of all curves."""
    return int(page.locator(MONITOR).first.get_attribute("data-rows") or 0)


def in_kernel(book: Notebook, cell: int) -> int:
    """What a cell printed as a number."""
    return int(book.text(cell).strip().split()[-1])


def zoomed_and_held(page: Page, monitor: Locator) -> None:
    """Drag over a range and see all again by a double click; hold the drawing while rows go on, and follow."""
    curves = monitor.locator(".u-over").first
    box = curves.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], middle, steps=4)
    page.mouse.up()
    everything = monitor.get_by_role("button", name="All", exact=True)
    expect(everything).to_be_enabled()
    curves.dblclick()
    expect(everything).to_be_disabled()
    monitor.get_by_role("button", name="Hold").click()
    drawn = monitor.locator(".fc-curves").first
    page.wait_for_function("() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(1))))")
    held, before = drawn.get_attribute("data-rows"), rows(page)
    until(lambda: rows(page) > before + 20)
    assert drawn.get_attribute("data-rows") == held
    monitor.get_by_role("button", name="Follow").click()
    until(lambda: drawn.get_attribute("data-rows") != held)


def test_a_run_is_watched_stopped_resumed_and_judged(lab: Lab, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    book = lab.open(
        page,
        CASE + "run = fc.run(cavity(60, 'long'))\nmonitor = fc.watch(run)\nmonitor",
        "import time\nwhile run.state != 'Stopped': time.sleep(0.1)\nprint('stopped')",
        COUNTS,
        "short = fc.watch(fc.run(cavity(0.3, 'short')))\nshort",
        "fc.watch([run, short.run])",
        THREADS,
        "time.sleep(600)",
    )
    book.run(0)
    assert not book.text(0), book.text(0)
    monitor = book.output(0).locator(MONITOR)
    expect(monitor).to_be_visible(timeout=LONG * 1000)
    expect(monitor.get_by_role("tab", name="Probes")).to_be_visible(timeout=LONG * 1000)
    until(lambda: rows(page) > 200)
    shot(monitor, "monitor-running")

    book.command("docmanager:save")
    until(lambda: "widget-view" in book.path.read_text())
    page.reload()  # in the middle
    page.wait_for_selector(".jp-Notebook")
    page.wait_for_function(KERNEL)
    expect(monitor).to_be_visible()
    until(lambda: rows(page) > 200)
    zoomed_and_held(page, monitor)

    book.restart()  # its monitor is over, says so, and has no button that nobody would hear
    expect(monitor.locator(".fc-says")).to_contain_text("Run the cell again: it shows all rows from the start")
    assert not monitor.locator(".fc-verbs button").count()
    assert_accessible(monitor)
    shot(monitor, "monitor-kernel-gone")
    before = rows(page)
    book.run(0)  # finds the run that goes on
    until(lambda: rows(page) > before)
    assert "goes on" not in monitor.locator(".fc-says").inner_text()

    book.run(1, wait=False)  # the kernel is busy until the run is stopped
    expect(book.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    before = rows(page)
    until(lambda: rows(page) > before + 50)
    monitor.get_by_role("button", name="Stop").click()
    expect(monitor.locator(".fc-state")).to_have_text(re.compile("Stopped"), timeout=LONG * 1000)
    until(lambda: "stopped" in book.text(1))
    book.run(2)
    until(lambda: rows(page) == in_kernel(book, 2), say=lambda: f"{rows(page)} rows in the page, {book.text(2)}")
    assert book.text(2).split()[0] == "0", "a row of the log was lost, or came twice"
    shot(monitor, "monitor-stopped")

    monitor.get_by_role("button", name="Resume").click()
    expect(monitor.locator(".fc-state")).to_have_text(re.compile("Running"), timeout=LONG * 1000)
    before = rows(page)
    until(lambda: rows(page) > before + 50)
    monitor.get_by_role("tab", name="Residuals").focus()
    page.keyboard.press("ArrowRight")
    expect(monitor.get_by_role("tab", name="Forces")).to_have_attribute("aria-selected", "true")
    key = monitor.get_by_role("button", name="Fz", exact=True)
    key.focus()
    page.keyboard.press("Space")
    expect(key).to_have_attribute("aria-pressed", "false")
    monitor.get_by_role("button", name="Cancel").click()
    monitor.get_by_role("button", name="Cancel for good?").click()
    expect(monitor.locator(".fc-state")).to_have_text(re.compile("Cancelled"), timeout=LONG * 1000)

    book.run(3)  # one that comes to its end
    short = book.output(3).locator(MONITOR)
    expect(short.locator(".fc-says")).to_contain_text("Verdict", timeout=LONG * 1000)
    short.get_by_role("tab", name="Forces").click()
    assert_accessible(short)
    shot(short, "monitor-done")
    with dark(lab, page):
        assert_accessible(short)
        shot(short, "monitor-dark")
    book.run(4)  # both, one in detail
    many = book.output(4).locator(MONITOR)
    many.get_by_role("button", name=re.compile("short")).click()
    expect(many.locator(".fc-head .fc-state")).to_have_text(re.compile("Done"), timeout=LONG * 1000)
    expect(many.get_by_role("tab", name="Residuals")).to_be_visible()
    assert_accessible(many)
    shot(many, "monitor-overview")
    book.run(5)
    assert "threads 0" in book.text(5)
    assert not errors
    book.run(6, wait=False)  # a kernel that is at work answers what is asked now, and is then started again
    expect(book.cell(6).locator(".jp-InputPrompt")).to_have_text("[*]:")
    many.get_by_role("button", name=re.compile("long")).click()
    expect(many.locator(".fc-head .fc-state")).to_have_text(re.compile("Cancelled"), timeout=LONG * 1000)
    book.restart()
    expect(many.locator(".fc-says")).to_contain_text("Run the cell again")
    assert not [error for error in errors if "kernel_info" in error]  # the kernel's own last words may come in pieces

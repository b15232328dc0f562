"""The wizard in a plain JupyterLab: from nothing to a finished run by mouse and keyboard, written as a cell."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import CELLS, Lab, assert_accessible, shot

pytestmark = pytest.mark.browser
BUSY = """const later = window.setTimeout;
window.setTimeout = (does, after, ...more) => later.call(window, does, after === 100 ? 4000 : after, ...more);"""
"""A page so busy that ipywidgets, which looks for a model every 100 ms, looks but once before it gives up."""
WIZARD = "import flowcfd as fc\nwizard = fc.wizard()\nwizard"


def step(shown: Locator, name: str) -> Locator:
    return shown.locator(f".fc-step[data-name='{name}']")


def enter(shown: Locator, name: str) -> None:
    """Show a step, by its button."""
    step(shown, name).click()
    expect(shown.locator(".fc-wizard-title")).to_have_text(name)


def test_a_cavity_is_set_up_run_and_written_by_mouse_and_keyboard(lab: Lab, page: Page) -> None:
    book = lab.open(page, WIZARD, "print(wizard.case == case, wizard.run.path == run.path)")
    book.run(0)
    shown = book.output(0)

    tile = shown.locator(".fc-tile[data-name='Cavity']")
    expect(step(shown, "Domain")).to_contain_text("needs something")
    assert_accessible(shown)
    shot(page, "wizard-1-geometry")
    tile.click()
    expect(step(shown, "Mesh")).to_contain_text("proposed")

    shown.get_by_role("button", name="Next: Domain").press("Enter")
    expect(shown.locator(".fc-wizard-title")).to_have_text("Domain")
    expect(shown.get_by_text("extent in x, along the lid")).to_be_visible()
    for label in ("Length", "Speed"):  # of two forms on one page
        expect(shown.get_by_role("textbox", name=f"{label} *")).to_have_value("1")
    shot(page, "wizard-2-domain")

    enter(shown, "Mesh")
    cells = shown.get_by_role("textbox", name=re.compile("^Cells"))
    cells.fill("-20")
    expect(step(shown, "Mesh")).to_contain_text("problem")
    expect(shown.locator(".fc-wizard-page").get_by_text(re.compile("must be")).first).to_be_visible()
    assert_accessible(shown)
    shot(page, "wizard-3-mesh-wrong")
    enter(shown, "Solve")
    shown.get_by_role("button", name=re.compile("^Mesh: mesh.cells")).click()
    expect(cells).to_be_focused()
    cells.fill("40")
    expect(step(shown, "Mesh")).to_contain_text("done")

    for number, name in ((4, "Physics"), (5, "Boundaries"), (6, "Solve"), (7, "Outputs")):
        enter(shown, name)
        shot(page, f"wizard-{number}-{name.lower()}")
    step(shown, "Outputs").press("ArrowRight")
    page.keyboard.press("Enter")
    expect(shown.get_by_text("Nothing is wrong: it can be run.")).to_be_visible()
    expect(shown.get_by_text("What it will take")).to_be_visible()
    assert_accessible(shown)
    shot(page, "wizard-8-check")

    shown.get_by_label("keep the cell up to date").check()
    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source.includes('fc.Cavity(')")
    enter(shown, "Run")
    shown.get_by_role("button", name="Run", exact=True).click()
    expect(shown.get_by_text("Initial residuals")).to_be_visible()
    expect(shown.get_by_role("button", name="Look at the flow")).to_be_visible()
    expect(step(shown, "Run")).to_contain_text("done")
    assert_accessible(shown)
    shot(page, "wizard-9-run")

    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source.includes('run = fc.run(case, cores=1)')")
    book.run(1, 2)
    assert book.text(2) == "True True\n"

    book.save()
    page.add_init_script(BUSY)
    book = lab.show(page, book.path.name)  # loaded again: the wizard lives in the kernel
    expect(step(book.output(0), "Run")).to_contain_text("done")
    enter(book.output(0), "Mesh")
    expect(book.output(0).get_by_role("textbox", name=re.compile("^Cells"))).to_have_value("40")

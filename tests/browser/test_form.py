"""A form of a whole case in JupyterLab: typed into, mended, grown; read by axe and by the Tab key."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import LONG, Lab, assert_accessible, focus_order, shot

pytestmark = pytest.mark.browser
expect.set_options(timeout=LONG * 1000)

CASE = """
import flowcfd as fc
from flowcfd.widgets.form import Form
patches = ["inlet", "outlet", "bottom", "top"]
case = fc.Case(
    name="channel", domain=fc.Channel("1 m", "10 cm"), mesh=fc.Blocks((40, 20)),
    physics=fc.Incompressible("air", "kOmegaSST"),
    boundaries={"inlet": fc.Inlet("10 m/s"), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Slip()},
    solve=fc.Steady(100), outputs=[fc.Forces("bottom")],
)
form = Form(case, choices={"boundaries": patches, "patches": patches},
            proposals={"domain.length": "10 heights, so that the flow develops (rule of thumb)"})
form.show({"mesh.cells": ("warning", "20 cells across the channel are few")})
form.widget
"""
AFTER = "print(form.value.boundaries['inlet'].speed, type(form.value.boundaries['top']).__name__, \
[one.kind for one in form.value.outputs], form.value.solve.iterations, dict(form.problems))"


def theme(page, dark: bool) -> None:
    name = "JupyterLab Dark" if dark else "JupyterLab Light"
    page.evaluate("theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); return 1; }", name)
    page.wait_for_selector(f"body[data-jp-theme-light='{'false' if dark else 'true'}']", state="attached")


def field(form: Locator, row: str, name: str) -> Locator:
    """The control of a field, by the labels of its row and of what it is in."""
    return form.locator(f".ff-group:has(> .ff-row > .ff-label:text-is('{row}'))").last.get_by_label(name, exact=True)


def test_a_case_is_set_up_in_a_form(lab: Lab, page) -> None:
    page.set_viewport_size({"width": 1400, "height": 2000})
    book = lab.open(page, CASE, AFTER)
    book.run(0)
    form = book.output(0).locator(".flowcfd-form")
    form.wait_for()
    # A bad value is said beside its field, as one types.
    speed = field(form, "inlet", "Speed")
    speed.click()
    speed.fill("-1")
    expect(speed).to_have_attribute("aria-invalid", "true")
    said = speed.get_attribute("aria-describedby").split()[0]
    assert page.locator(f"#{said}").inner_text() == "must be positive (got -1)"
    assert speed.evaluate("one => one === document.activeElement")
    assert_accessible(form)
    shot(form, "form-problem-light")
    theme(page, dark=True)
    assert_accessible(form)
    shot(form, "form-problem-dark")
    theme(page, dark=False)
    # It is mended with another unit, and its value in SI stands beside it.
    speed.fill("36 km/h")
    expect(speed).not_to_have_attribute("aria-invalid", "true")
    expect(form.get_by_text("= 10 m/s")).to_be_visible()
    # The kernel changes the case; what has the focus keeps it, and what is typed there too.
    form.get_by_role("combobox", name="top", exact=True).select_option("Wall")
    expect(field(form, "top", "Treatment")).to_have_count(0)  # folded under "More"
    form.get_by_label("Outputs: what to add").select_option("Probes")
    form.get_by_label("Add to outputs").click()
    points = form.get_by_label("Points", exact=True)
    expect(points).to_have_attribute("aria-invalid", "true")
    points.fill("0.5, 5 cm, 0\n0.9, 0.05, 0")
    expect(points).not_to_have_attribute("aria-invalid", "true")
    iterations = form.get_by_label("Iterations", exact=True)
    iterations.fill("250")
    iterations.press("Tab")
    book.run(1)
    assert book.text(1).split("\n")[0] == "10.0 Wall ['Forces', 'Probes'] 250 {}"
    # Tab goes through in reading order.
    order = focus_order(form)
    names = ["Name", "Domain", "Length", "Height", "Width", "Mesh", "Cells", "Physics", "Fluid", "Boundaries", "inlet"]
    there = [name for name in order if name in names]
    assert there[:8] == [name for name in names if name in there][:8]
    page.set_viewport_size({"width": 900, "height": 2000})
    shot(form, "form-narrow")


def test_a_form_whose_kernel_is_busy_says_so_and_goes_on(lab: Lab, page) -> None:
    book = lab.open(page, "import flowcfd as fc\nfrom flowcfd.widgets.form import Form\nForm(fc.Cavity(1)).widget",
                    "import time; time.sleep(600)")  # fmt: skip
    book.run(0)
    form = book.output(0).locator(".flowcfd-form")
    book.run(1, wait=False)
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'")
    form.get_by_label("Length", exact=True).fill("2 m")
    expect(form.get_by_role("status")).to_contain_text("The kernel is busy or gone")
    assert form.get_by_label("Length", exact=True).input_value() == "2 m"
    book.command("notebook:interrupt-kernel")
    expect(form.get_by_role("status")).to_have_text("")

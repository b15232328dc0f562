"""Files of geometry through the page: taken, and refused in a sentence, in the wizard's first step."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Lab, assert_accessible, dark, shot

from flowcfd.cad import bodies

pytestmark = pytest.mark.browser
WIZARD = "import flowcfd as fc\nwizard = fc.wizard()\nwizard"


def test_a_body_comes_through_the_page_and_what_is_none_is_refused(lab: Lab, page: Page, tmp_path: Path) -> None:
    cube, letter, huge = (tmp_path / f"{name}.stl" for name in ("cube", "letter", "huge"))
    bodies.cube("20 cm").write_stl(cube)
    letter.write_text("Dear engineer,\n")
    huge.write_bytes(b"#" * (51 << 20))
    book = lab.open(page, WIZARD, "print(wizard.draft.loaded)")
    book.run(0)
    shown = book.output(0)
    shown.locator(".fc-tile[data-name='A body from a file']").click()
    upload, page_of = shown.locator(".fc-upload input"), shown.locator(".fc-wizard-page")

    upload.set_input_files(huge)
    expect(page_of).to_contain_text("huge.stl: 51 MB, but 50 MB go through the page; copy it to this machine")
    upload.set_input_files(cube)
    expect(page_of).to_contain_text("cube.stl does not say its unit")
    shown.get_by_label("Unit").select_option("m")
    upload.set_input_files(letter)
    expect(page_of).to_contain_text("letter.stl: is no STL")
    assert_accessible(shown)
    with cube.open("ab") as file:
        file.write(b"\n" * (11 << 20))  # more than a server takes in one message
    upload.set_input_files(cube)
    expect(page_of).to_contain_text("The surface is sound")
    shot(page, "wizard-upload")
    with dark(lab, page):
        assert_accessible(shown)
        shot(page, "wizard-dark")
    book.run(1)
    assert book.text(1).startswith("fc.load('")

    book.restart()  # a wizard that nobody hears says so
    expect(shown.get_by_role("alert").filter(has_text="fc.wizard(case)")).to_be_visible()
    shot(page, "wizard-kernel-gone")

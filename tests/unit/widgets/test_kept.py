"""What widgets leave in a notebook: an output of its own, hidden while the widget lives, kept anew seldom."""

from __future__ import annotations

import html
import math
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import flowcfd as fc
from flowcfd.widgets import kept
from flowcfd.widgets.form import Form
from flowcfd.widgets.kept import Kept, Left

WIDGET = "application/vnd.jupyter.widget-view+json"
PNG = b"\x89PNG and what follows"


@pytest.fixture(autouse=True)
def shell() -> InteractiveShell:
    """What `display` needs; a notebook has one."""
    return InteractiveShell.instance()


def displayed(one: Any) -> list[dict[str, str]]:
    """The bundles that showing it writes into the notebook."""
    with capture_output() as said:
        one._ipython_display_()
    return [output.data for output in said.outputs]


def test_a_picture_and_a_sentence_stay_below_the_widget() -> None:
    one = Kept(".living", lambda: Left("<a view>", "It has ended & so on.", PNG, "<p>more</p>"))
    with capture_output() as said:
        one.display({WIDGET: {"model_id": "1"}, "text/plain": "Viewer()"})
    widget, still = said.outputs
    assert widget.data == {WIDGET: {"model_id": "1"}, "text/plain": "<a view>"}
    page = still.data["text/html"]
    assert "src='data:image/png;base64," in page and "alt='&lt;a view&gt;'" in page
    assert "It has ended &amp; so on." in page and "<p>more</p>" in page
    assert ":has(.living) + " in page  # while the widget lives it is hidden
    assert still.metadata["flowcfd"]["still"] in page  # by which it is found again


def test_it_is_kept_anew_when_it_has_changed_and_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    monkeypatch.setattr("IPython.display.update_display", lambda bundle, **_: left.append(bundle["text/plain"]))
    monkeypatch.setattr(kept, "look_on", lambda one: None)  # nobody but this test looks
    monkeypatch.setattr(kept, "LOOK", 0.0)
    monkeypatch.setattr(kept, "AGAIN", math.inf)
    number = iter(range(9))
    one = Kept(".living", lambda: Left(f"picture {next(number)}", ""))
    one.changed()
    one.keep_up()  # nothing was shown
    with capture_output():
        one.display({})
    one.keep_up()  # nothing has changed
    assert left == []
    one.changed()
    one.keep_up()
    one.changed()
    one.keep_up()  # too soon
    assert left == ["picture 1"]


@pytest.mark.usefixtures("home")
def test_a_wizard_leaves_its_code_or_what_is_missing() -> None:
    wizard = fc.wizard()
    assert "something to do in Domain" in displayed(wizard)[1]["text/html"]
    wizard = fc.wizard(fc.Cavity("2 m"))
    page = displayed(wizard)[1]["text/html"]
    assert html.escape(wizard.code) in page and "The kernel of this wizard has ended" in page


@pytest.mark.usefixtures("home")
def test_a_picker_leaves_its_code_and_what_does_not_fit() -> None:
    picker = fc.patches(fc.wizard(fc.Cavity(1.0)).case)
    picker.select("lid")
    picker.assign(fc.Inlet(speed=1.0))
    left = picker._left()
    assert html.escape(picker.code) in left.page and "# lid: " in left.page and "lid Inlet" in left.words
    picker.close()


def test_a_form_leaves_its_value_and_its_problems() -> None:
    form = Form(fc.Cavity("2 m"))
    form.enter("length", "-1 m")
    page = displayed(form.widget)[1]["text/html"]
    assert "fc.Cavity(length=2.0)" in page and "# length: must be positive" in page

"""JupyterLab as `flowcfd lab` starts it: its launcher, cells written by widgets, nothing asked of the net."""

from __future__ import annotations

import pytest
from tests.browser.conftest import CELLS, Lab, shot

pytestmark = pytest.mark.browser
WRITER = """\
import ipywidgets
from flowcfd.widgets.cell import CellWriter
writer = CellWriter("a = 1", "story", label="Write the cell", keep=False)
writer
"""


def test_a_notebook_runs_in_the_openfoam_kernel(lab: Lab, page) -> None:
    book = lab.open(page, "import flowcfd as fc; print(fc.Cavity().model_dump_json())", "!which blockMesh")
    book.run()
    assert "length" in book.text(0)
    assert book.text(1).strip().endswith("blockMesh")


def test_a_widget_writes_a_cell(lab: Lab, page) -> None:
    book = lab.open(page, WRITER, "writer.write('a = 2', 'story')", "print('last')")
    book.run(0)
    book.output(0).get_by_role("button", name="Write the cell").click()
    page.wait_for_function(f"{CELLS}[1].model.sharedModel.source === 'a = 1'")
    shot(page, "cell-written")

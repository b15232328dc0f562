"""A notebook with views and pickers that is executed without a page: it keeps pictures, and no process draws for it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.unit.widgets.test_without_a_page import written

pytestmark = pytest.mark.flow
BEGIN = """
%load_ext flowcfd.kernel.extension
import os
import flowcfd as fc
from flowcfd.viewer.process import render_process
box = fc.view(os.environ["BOX"])
case = fc.Case(
    domain=fc.Cavity(1.0), mesh=fc.Blocks(cells=8), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
    boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=5),
)
viewer = fc.Viewer(box.slice("z"))
viewer
"""
CELLS = (
    BEGIN,
    "print(render_process().pid, viewer.code)",
    "box.slice('z')",
    "fc.Viewer(box.color('nothing'))",
    "fc.patches(case)",
    "print(render_process().pid)",
)


def test_a_notebook_that_is_executed_headless_keeps_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat  # for this test only: it takes seconds
    from nbclient import NotebookClient

    own = {"FLOWCFD_HOME": "home", "IPYTHONDIR": "ipython", "JUPYTER_RUNTIME_DIR": "runtime"}
    for name, folder in own.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("BOX", str(written(tmp_path / "box")))
    monkeypatch.setenv("JPY_SESSION_NAME", "papermill, called in a notebook")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(book, timeout=240, kernel_name="python3").execute()
    viewer, pid, scene, wrong, picker, ended = (cell.outputs for cell in book.cells)

    assert _is_picture(viewer[-1].data)
    assert pid[0].text.startswith("0 ") and ".slice('z')" in pid[0].text
    assert "data:image/png;base64," in scene[0].data["text/html"]
    states = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    assert any("no field 'nothing'" in one["state"].get("words", "") for one in states), wrong
    assert _is_picture(picker[-1].data)
    assert ended[0].text.strip() == "0"
    assert "no field &#x27;nothing&#x27;" in wrong[-1].data["text/html"]

    from nbconvert import HTMLExporter

    page = HTMLExporter().from_notebook_node(book)[0]
    for shown in (viewer, picker):  # a notebook on paper shows the pictures, not widgets that need a page
        assert base64.b64encode(base64.b64decode(shown[-1].data["image/png"])).decode()[:200] in page


def _is_picture(data: dict[str, str]) -> bool:
    return base64.b64decode(data.get("image/png", "")).startswith(b"\x89PNG")

"""JupyterLab as `flowcfd lab` starts it, with a notebook in the OpenFOAM kernel."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser


def test_a_notebook_runs_in_the_openfoam_kernel(lab: Lab, page) -> None:
    book = lab.open(page, "import flowcfd as fc; print(fc.Cavity().model_dump_json())", "!which blockMesh")
    book.run()
    assert "length" in book.text(0)
    assert book.text(1).strip().endswith("blockMesh")

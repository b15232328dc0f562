"""What a sweep reads of a notebook, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.sweeps import notebook
from flowcfd.sweeps.notebook import UNKNOWN


def test_parameters_are_what_the_tagged_cell_assigns(notebook_of):
    read = notebook.read(
        notebook_of("import os\nspeed = 10.0  # m/s\nangle: int = 4\na, b = 1, [2, 3]\nhome = os.sep\nx[0] = 1")
    )
    assert read.parameters == {"speed": 10.0, "angle": 4, "a": 1, "b": [2, 3], "home": UNKNOWN}
    assert read.kernel == "python3"


def test_the_digest_is_of_code_and_kernel_only(notebook_of):
    one = notebook_of("a = 1", "print(a)")
    before = notebook.read(one)
    raw = json.loads(one.read_text())
    raw["cells"][0]["source"] = "# Another title"
    raw["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    one.write_text(json.dumps(raw))
    assert notebook.read(one).digest == before.digest
    assert notebook.read(one, kernel="openfoam").digest != before.digest
    raw["cells"][2]["source"] = "print(a + 1)"
    one.write_text(json.dumps(raw))
    after = notebook.read(one)
    assert after.digest != before.digest
    assert after.key({"a": 1}) != before.key({"a": 1}) != before.key({"a": 2})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such notebook"),
        ("not json", "is no notebook"),
        ('{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is no"),
        ('{"a": 1}', "is no"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, content, words):
    path = tmp_path / "it.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CaseError, match=words) as caught:
        notebook.read(path)
    assert "\n" not in str(caught.value)


def test_a_notebook_without_parameters_is_told_how_to_tag_them(notebook_of):
    with pytest.raises(CaseError, match=r"no cell is tagged 'parameters': in JupyterLab .* add the tag"):
        notebook.read(notebook_of("speed = 10.0", tagged=False))
    with pytest.raises(CaseError, match="sets no names"):
        notebook.read(notebook_of("# nothing yet"))
    with pytest.raises(CaseError, match="is no Python, line 2"):
        notebook.read(notebook_of("a = 1\nb ="))


def test_a_kernel_must_be_named_and_known(notebook_of):
    with pytest.raises(CaseError, match="names no kernel"):
        notebook.read(notebook_of("a = 1", kernel=None))
    with pytest.raises(UnknownName, match="unknown kernel 'pyton3'; did you mean 'python3'"):
        notebook.require_kernel("pyton3")


def test_a_notebook_of_another_language_is_refused(notebook_of):
    path = notebook_of("a = 1")
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(CaseError, match="is a notebook of R"):
        notebook.read(path)

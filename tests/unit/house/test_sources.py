"""What is tracked belongs to the project alone: no machine's paths, no registry's host, no outputs in notebooks."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Built from parts, so that this file passes its own test.
FOREIGN = re.compile(
    "|".join(["/" + "home/[a-z]", "/" + "root/", "/" + "Users/", "files.python" + "hosted", "py" + r"pi\.org/simple"])
)


def tracked() -> list[Path]:
    """The files of the project; what git tracks, or, outside a clone, what lies here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, timeout=20)
    names = [Path(name) for name in listed.stdout.decode().split("\0") if name] if listed.returncode == 0 else []
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def read(notebook: Path) -> Any:
    """A notebook as its file has it: nbformat would load for seconds, to give the same."""
    return json.loads(notebook.read_text())


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for file in tracked():
        for number, line in enumerate(file.read_bytes().decode("latin-1").split("\n"), 1):
            if FOREIGN.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_scripts_can_be_run_and_stop_at_the_first_error() -> None:
    scripts = [file for file in tracked() if file.read_bytes().startswith(b"#!/usr/bin/env bash")]
    assert len(scripts) >= 6
    for script in scripts:
        assert script.stat().st_mode & 0o111, script
        assert "\nset -euo pipefail\n" in script.read_text(), script


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_short_and_has_no_outputs(notebook: Path) -> None:
    cells = read(notebook)["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(cells) <= 25
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_begins_with_parameters_and_has_an_answer(notebook: Path) -> None:
    book = read(notebook)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert book["nbformat"] == 4
    assert code[0]["metadata"].get("tags") == ["parameters"]
    assert any("answer" in cell["metadata"].get("tags", []) for cell in code)
    assert book["metadata"]["kernelspec"]["name"] == "openfoam"

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from flowcfd.cli import main


def test_the_kernel_goes_where_it_is_told_and_starts_this_interpreter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kernel", "install", "--prefix", str(tmp_path)]) == 0
    folder = tmp_path / "share/jupyter/kernels/openfoam"
    assert str(folder) in capsys.readouterr().out
    assert json.loads((folder / "kernel.json").read_text())["argv"][0] == sys.executable
    assert (tmp_path / "share/jupyter/labextensions/flowcfd-lab/package.json").is_file()


def test_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    assert main(["kernel", "install", "--user", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    extension = str(tmp_path / "labextensions/flowcfd-lab")
    assert told == {"name": "openfoam", "folder": str(tmp_path / "kernels/openfoam"), "extension": extension}
    assert (tmp_path / "config/labconfig/default_setting_overrides.d/flowcfd.json").is_file()
    assert (tmp_path / "kernels/openfoam/kernel.json").is_file()

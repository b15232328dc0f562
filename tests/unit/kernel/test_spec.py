from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.kernel import spec


def test_the_kernel_is_installed_for_one_interpreter_with_its_logos(tmp_path: Path) -> None:
    folder = spec.install(tmp_path, python="/some/python")
    content = json.loads((folder / "kernel.json").read_text())
    assert content["argv"][0] == "/some/python"
    assert content["display_name"] == "OpenFOAM (Python 3)"
    assert content["metadata"]["kernel_provisioner"]["provisioner_name"] == "flowcfd-openfoam"
    assert {p.name for p in folder.iterdir()} == {"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}


def test_installing_again_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "openfoam").mkdir()
    (tmp_path / "openfoam/old").touch()
    spec.install(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["openfoam"]
    assert not (tmp_path / "openfoam/old").exists()


def test_a_place_that_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SiteError, match=r"cannot be written: Not a directory; choose another place"):
        spec.install(tmp_path / "file")


def test_the_places_to_install_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    assert spec.kernels_folder() == Path(sys.prefix) / "share/jupyter/kernels"
    assert spec.kernels_folder(prefix=tmp_path) == tmp_path / "share/jupyter/kernels"
    assert spec.kernels_folder(user=True) == tmp_path / "data/kernels"


def test_installed_kernels_tell_whose_interpreter_they_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    spec.install(tmp_path / "a/kernels", python="/other/python")
    spec.install(tmp_path / "b/kernels")
    found = [known for known in spec.installed() if known.folder.is_relative_to(tmp_path)]
    assert [known.ours for known in found] == [False, True]
    (tmp_path / "a/kernels/openfoam/kernel.json").write_text("{ torn")
    assert not spec.installed()[0].ours

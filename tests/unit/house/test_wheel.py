"""The wheel: built without the network, it holds the package, the kernel's specification and the licence."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel of the sources as they are."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("flowcfd_kernel_lib", "kernels", "extensions/flowcfd-lab"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(build, cwd=copy, check=True, capture_output=True, timeout=60)
    [built] = (copy / "dist").glob("flowcfd-*-py3-none-any.whl")
    return zipfile.ZipFile(built)


def test_it_holds_every_source_file(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "flowcfd_kernel_lib"
    sources = {str(file.relative_to(package)) for file in (package / "flowcfd").rglob("*.py")}
    assert sources <= set(wheel.namelist())
    assert {"flowcfd/py.typed", "flowcfd/foam/faults/catalogue.toml"} <= set(wheel.namelist())


def test_it_holds_the_kernel_specification(wheel: zipfile.ZipFile) -> None:
    assert any(name.endswith(".data/data/share/jupyter/kernels/openfoam/kernel.json") for name in wheel.namelist())


def test_it_holds_the_extension_of_jupyterlab_its_settings_and_what_widgets_use_in_the_page(
    wheel: zipfile.ZipFile,
) -> None:
    data = "data/share/jupyter/labextensions/flowcfd-lab"
    for end in (f"{data}/package.json", f"{data}/static/container.js",
                "data/etc/jupyter/labconfig/default_setting_overrides.d/flowcfd.json"):  # fmt: skip
        assert any(name.endswith(end) for name in wheel.namelist()), end
    package = ROOT / "flowcfd_kernel_lib"
    pages = {str(file.relative_to(package)) for kind in ("js", "css", "html") for file in package.rglob(f"*.{kind}")}
    assert "flowcfd/widgets/static/uPlot.iife.min.js" in pages
    assert pages <= set(wheel.namelist())


def test_it_holds_the_licence_and_the_data(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    tables = [file for file in (ROOT / "flowcfd_kernel_lib/flowcfd/benchmarks/data").iterdir() if file.is_file()]
    assert tables
    assert all(f"flowcfd/benchmarks/data/{file.name}" in names for file in tables)


def test_it_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0].split("-")[0] for name in wheel.namelist()}
    assert tops == {"flowcfd"}

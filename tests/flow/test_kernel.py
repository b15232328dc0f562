"""The OpenFOAM kernel as Jupyter starts it: its specification, its provisioner, its magics, with real OpenFOAM."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from flowcfd.kernel import spec

pytestmark = pytest.mark.flow
PATIENCE = 120


class Kernel:
    """A started kernel, and what it says."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.manager = KernelManager(kernel_name=spec.NAME)
        self.manager.start_kernel(env=environment)
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def run(self, code: str, each: Callable[[str], object] = lambda _: None) -> tuple[str, dict[str, Any]]:
        """All that a cell prints, and the reply of the kernel; `each` gets every piece as it comes."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
                each(content["text"])

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=PATIENCE)
        return "".join(said), reply["content"]

    def complete(self, code: str) -> list[str]:
        reply = self.client.complete(code, reply=True, timeout=PATIENCE)
        return list(reply["content"]["matches"])

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment in which Jupyter finds the kernel, and nothing else of ours."""
    if not spec.provisioner_known():
        pytest.fail("FlowCFD must be installed for this test (make test does): its provisioner is an entry point")
    root = tmp_path_factory.mktemp("jupyter")
    spec.install(root / "share/kernels")
    added = {
        "JUPYTER_PATH": str(root / "share"),
        "IPYTHONDIR": str(root / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
        "FLOWCFD_HOME": str(root / "home"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in added.items():
            patch.setenv(name, value)
        yield {name: value for name, value in os.environ.items() if not name.startswith(("WM_", "FOAM_"))}


@pytest.fixture(scope="module")
def kernel(environment: dict[str, str]) -> Iterator[Kernel]:
    made = Kernel(environment)
    yield made
    made.end()


@pytest.fixture
def cavity(tutorials: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tutorials / "incompressible/icoFoam/cavity/cavity", tmp_path / "cavity"))


def working_in(folder: Path) -> list[int]:
    """The processes whose directory is `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_the_kernel_has_openfoams_environment(kernel: Kernel) -> None:
    said, reply = kernel.run("import os; print(os.environ['WM_PROJECT_DIR'])\n!blockMesh -help | grep -c Usage")
    assert reply["status"] == "ok"
    folder, count = said.split()
    assert (Path(folder) / "etc/controlDict").is_file() and count == "1"


def test_a_foam_cell_meshes_and_solves_and_its_output_comes_while_it_runs(kernel: Kernel, cavity: Path) -> None:
    pieces: list[float] = []
    said, reply = kernel.run(
        f"%%foam {cavity}\nblockMesh\nicoFoam\nsleep 1\necho last", lambda _: pieces.append(time.monotonic())
    )
    assert reply["status"] == "ok"
    assert "Time = 0.5\n" in said and said.rstrip().endswith("last")
    assert pieces[-1] - pieces[0] > 0.9
    assert "There was a problem" not in said and "FOAM Warning" not in said
    assert (cavity / "0.5/U").is_file()


def test_a_command_that_fails_is_one_line_with_its_exit_code_and_cause(kernel: Kernel, cavity: Path) -> None:
    said, reply = kernel.run(f"%%foam {cavity}\nicoFoam\ntouch never")
    assert "FOAM FATAL ERROR" in said
    assert reply["ename"] == "CommandFailed" and "\n" not in reply["evalue"]
    assert reply["evalue"].startswith(f"icoFoam: exit code 1 in {cavity}: constant/polyMesh/points: there is no mesh; ")
    assert len(reply["traceback"]) == 1
    assert not (cavity / "never").exists()


def test_an_interrupt_ends_mpi_ranks_too(kernel: Kernel, cavity: Path) -> None:
    shutil.copy(cavity / "system/controlDict", cavity / "system/decomposeParDict")
    kernel.run(f"%%dict {cavity} system/decomposeParDict\nnumberOfSubdomains 2; method simple; coeffs {{ n (2 1 1); }}")
    kernel.run(f"%%dict {cavity} system/controlDict\nendTime 1000;")
    _, reply = kernel.run(f"%%foam {cavity}\nblockMesh\ndecomposePar")
    assert reply["status"] == "ok"
    asked: list[float] = []

    def interrupt(text: str) -> None:
        if "Time = 0.1\n" in text and not asked:
            assert len(working_in(cavity)) >= 3  # mpirun and two ranks
            asked.append(time.monotonic())
            kernel.manager.interrupt_kernel()

    _, reply = kernel.run(f"%%foam {cavity}\nmpirun -np 2 icoFoam -parallel", interrupt)
    assert asked and time.monotonic() - asked[0] < 15
    assert reply["ename"] == "CommandFailed" and reply["evalue"].startswith("interrupted")
    time.sleep(0.5)
    assert working_in(cavity) == []
    assert kernel.run("print(1 + 1)")[0] == "2\n"


def test_a_dict_cell_shows_a_diff_and_refuses_what_does_not_parse(kernel: Kernel, cavity: Path) -> None:
    control = cavity / "system/controlDict"
    said, reply = kernel.run(f"%%dict {cavity} system/controlDict\nendTime 0.1;")
    assert reply["status"] == "ok"
    assert "-endTime         0.5;" in said and "+endTime         0.1;" in said
    before = control.read_bytes()
    _, reply = kernel.run(f"%%dict {cavity} system/controlDict\ndeltaT 0.001;\nendTime 0.2")
    assert reply["ename"] == "DictionaryError" and "<cell>:3:1" in reply["evalue"]
    assert control.read_bytes() == before


def test_names_are_completed_by_a_complete_request(kernel: Kernel, cavity: Path) -> None:
    assert kernel.complete(f"%%dict {cavity} system/co") == ["system/controlDict"]
    assert kernel.complete(f"%%dict {cavity} system/fvSolution\nsolvers\n{{\n    p\n    {{\n        tol") == [
        "tolerance"
    ]
    assert kernel.complete(f"%%foam {cavity}\nicoF") == ["icoFoam"]
    assert kernel.complete(f"%%foam {cavity}\ncat sys") == ["system/"]


def test_a_cell_that_waits_for_a_run_shows_one_line(kernel: Kernel, cavity: Path) -> None:
    shown: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("display_data", "update_display_data"):
            shown.append(message["msg_type"] + " " + message["content"]["data"]["text/plain"])

    code = (
        f"import flowcfd as fc\n"
        f"case = fc.adopt({str(cavity)!r}).edit('system/controlDict', deltaT=1e-4, endTime=1.2, writeInterval=12000)\n"
        "run = fc.run(case)\nrun.wait()"
    )
    reply = kernel.client.execute_interactive(code, output_hook=hear, timeout=PATIENCE)
    assert reply["content"]["status"] == "ok"
    assert sum(line.startswith("display_data") for line in shown) == 1
    assert "Done, iteration 12000, time 1.2 s" in shown[-1]


def test_the_kernel_starts_without_openfoam_and_what_needs_it_says_so(environment: dict[str, str]) -> None:
    made = Kernel({**environment, "FLOWCFD_OPENFOAM": "/nowhere"})
    try:
        assert made.run("print('alive')")[0] == "alive\n"
        _, reply = made.run("%foam blockMesh -help")
        assert reply["ename"] == "SiteError" and "names /nowhere, which is no OpenFOAM" in reply["evalue"]
        assert len(reply["traceback"]) == 1
    finally:
        made.end()


def test_a_notebook_runs_headless_through_the_kernel(environment: dict[str, str], cavity: Path, tmp_path: Path) -> None:
    cells = [
        {"id": "a", "cell_type": "code", "source": "%%foam cavity\nblockMesh > log.blockMesh", "outputs": []},
        {"id": "b", "cell_type": "code", "source": "%dict cavity system/controlDict endTime", "outputs": []},
    ]
    notebook = {
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "openfoam", "display_name": "OpenFOAM (Python 3)", "language": "python"}},
        "cells": [{**cell, "metadata": {}, "execution_count": None} for cell in cells],
    }  # fmt: skip
    (tmp_path / "in.ipynb").write_text(json.dumps(notebook))
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    outputs = [cell["outputs"] for cell in json.loads((tmp_path / "out.ipynb").read_text())["cells"]]
    assert outputs[0] == []
    assert "".join(outputs[1][0]["text"]) == "0.5\n"
    assert (cavity / "constant/polyMesh/points").is_file()

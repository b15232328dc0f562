"""Run a rendered case with the OpenFOAM of this machine, without jobs: what is tested is what is rendered."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from flowcfd.case import Case
from flowcfd.foam import install
from flowcfd.foam.render import render


@dataclass(frozen=True)
class Computed:
    """A case directory after its steps, and what each of them said."""

    path: Path
    logs: Mapping[str, str]

    @property
    def solver_log(self) -> str:
        return list(self.logs.values())[-1]

    def written(self, output: str) -> list[Path]:
        """The files of an output that hold something, the latest last."""
        folder = self.path / "postProcessing" / output
        times = (
            sorted((each for each in folder.iterdir()), key=lambda each: float(each.name)) if folder.is_dir() else []
        )
        return [file for time in times for file in sorted(time.iterdir()) if file.stat().st_size]

    def table(self, output: str, file: str) -> np.ndarray:
        """The columns of an output's file at the latest time."""
        found = [path for path in self.written(output) if path.name == file]
        assert found, f"{output} wrote no {file}, but {[path.name for path in self.written(output)]}"
        return np.loadtxt(found[-1])


Compute = Callable[[Case], Computed]
Application = Callable[..., str]


@pytest.fixture(scope="session")
def openfoam() -> install.Installation:
    return install.find()


@pytest.fixture(scope="session")
def application(openfoam: install.Installation) -> Application:
    """Runs an OpenFOAM application in a case; it must end with 0. Gives what it said."""

    def run(case: Path, *argv: str) -> str:
        program = [str(openfoam.application(argv[0])), *argv[1:]]
        environment = openfoam.environment(case=case)
        done = subprocess.run(program, cwd=case, env=environment, capture_output=True, text=True, timeout=300)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-4000:]
        return said

    return run


@pytest.fixture
def compute(tmp_path: Path, application: Application) -> Compute:
    """Render, write, check the mesh and run every step in its place; each must end with 0 and say nothing FATAL."""

    def run(*argv: str) -> str:
        said = application(tmp_path, *argv)
        assert "FATAL" not in said, said[-4000:]
        return said

    def compute(case: Case) -> Computed:
        files = render(case)
        files.write(tmp_path)
        logs = {}
        for step in files.steps:
            logs[step] = run(*step.split())
            if step == "blockMesh":
                checked = run("checkMesh")
                assert "Mesh OK." in checked, checked[-3000:]
        return Computed(tmp_path, logs)

    return compute

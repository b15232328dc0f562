"""What a run costs beyond the commands that it runs: the submission, the worker, its records and its looks."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from flowcfd import jobs
from flowcfd.bench.home import home as home_of_its_own
from flowcfd.bench.home import reaped
from flowcfd.bench.measure import least, peer_python
from flowcfd.bench.row import Row
from flowcfd.errors import SiteError
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import partition, record

GOAL = 0.2
"""Highest cost of a run over its commands [s CPU]."""

SERIAL = ("blockMesh", "icoFoam")
PARALLEL = ("blockMesh", "decomposePar", "mpirun -np 2 icoFoam -parallel", "reconstructPar")

_FLOWCFD = """
import sys, time
import flowcfd as fc
run = fc.run(sys.argv[1], name=sys.argv[2])
while run.wait() != "Done" or fc.jobs.executors.executors.get("local").alive([run.record]):
    time.sleep(0.02)
"""
_FOAMLIB = """
import sys
from foamlib import FoamCase
case = FoamCase(sys.argv[1])
case.run(["blockMesh"])
case.run(["icoFoam"])
"""
_PYFOAM = """
import os, sys
from PyFoam.Execution.BasicRunner import BasicRunner
os.chdir(sys.argv[1])
for application in ("blockMesh", "icoFoam"):
    BasicRunner(argv=[application, "-case", sys.argv[1]], silent=True).start()
"""


def run(*, quick: bool = False) -> list[Row]:
    """CPU time over a shell that runs the same commands [s]; of a short icoFoam, so that its noise is small."""
    repeats = 3 if quick else 7
    with home_of_its_own() as home:
        bench = _Bench(home, _case())
        return [
            *_in_session(bench, "a run, serial", 1, SERIAL, repeats),
            *_in_session(bench, "a run on 2 ranks", 2, PARALLEL, repeats),
            *_as_script(bench, repeats),
        ]


def _in_session(bench: _Bench, name: str, cores: int, commands: tuple[str, ...], repeats: int) -> list[Row]:
    works = (lambda: bench.ours(cores), lambda: bench.shell(commands))
    least(*works, repeats=1)  # imports
    ours, shell = least(*works, repeats=repeats)
    return [
        Row(
            name=f"{name}, over a shell",
            ours=ours - shell,
            unit="s CPU",
            goal=GOAL,
            absolute=True,
            note=f"{ours:.3f} s against {shell:.3f} s of {', '.join(commands)}",
        )
    ]


def _as_script(bench: _Bench, repeats: int) -> Iterator[Row]:
    """A whole Python process that imports the library and runs blockMesh and icoFoam, beside the peers' ones.

    The peers keep no record and their runs end with their process; PyFoam, which loads nothing else, has no goal.
    """
    for module, script, goal in (("foamlib", _FOAMLIB, 1.0), ("PyFoam", _PYFOAM, None)):
        python = peer_python(module)
        works = [lambda: bench.script(sys.executable, _FLOWCFD, named=True), lambda: bench.shell(SERIAL)]
        if python is not None:
            works.append(_script(bench, python, script))
        least(*works, repeats=1)
        ours, shell, *peer = least(*works, repeats=repeats)
        yield Row(
            name="a script with one run, over a shell",
            ours=ours - shell,
            unit="s CPU",
            peer_name=module,
            peer=peer[0] - shell if peer else None,
            goal=goal,
            note="imports included" if peer else f"{module} is not installed",
        )


def _script(bench: _Bench, python: str, script: str) -> Callable[[], None]:
    return lambda: bench.script(python, script)


class _Bench:
    """A folder in which each work gets a case of its own."""

    def __init__(self, home: Path, files: CaseFiles) -> None:
        self.home, self.files = home, files
        self.environment = install.find().environment(case=home, cores=2, shared=True)
        self._number = itertools.count()

    def ours(self, cores: int) -> None:
        """A run to its end, and its worker's."""
        run = jobs.run(self.files, cores=cores, name=f"run{next(self._number)}", wait=True)
        run.check()
        worker = record.worker(run.path)
        assert worker is not None
        os.waitpid(worker.identity.pid, 0)

    def shell(self, commands: tuple[str, ...]) -> None:
        """The commands as a person would type them, with logs."""
        line = " && ".join(f"{command} > log.{number} 2>&1" for number, command in enumerate(commands))
        self._in_case(["sh", "-c", line])

    def script(self, python: str, script: str, *, named: bool = False) -> None:
        """A Python program with the case's path as its argument."""
        number = next(self._number)
        self._in_case([python, "-c", script, "{case}", *([f"script{number}"] if named else [])])
        while reaped():
            pass

    def _in_case(self, command: list[str]) -> None:
        case = self.home / f"case{next(self._number)}"
        self.files.write(case)
        partition.write(case, 2, "hierarchical")
        argv = [str(case) if word == "{case}" else word for word in command]
        environment = {**self.environment, "PWD": str(case)}
        subprocess.run(argv, cwd=case, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300)
        shutil.rmtree(case)


def _case() -> CaseFiles:
    """The cavity tutorial, 20 steps."""
    examples = install.find().examples
    if examples is None:
        raise SiteError("OpenFOAM's tutorials are not installed; install them: apt-get install openfoam-examples")
    return adopt(examples / "incompressible/icoFoam/cavity/cavity").edit("system/controlDict", endTime=0.1)
